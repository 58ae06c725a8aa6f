//! Several users of one bare desk: none locks another out, whatever their masks.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::process::{Child, Command, Stdio};

use crate::support::TestDesk;

const GROUP: u32 = 54_000;

/// A user by number who is in the group, with a mask of their own; `None` where this machine cannot do that.
struct User<'d> {
    desk: &'d TestDesk,
    id: u32,
    mask: &'static str,
}

impl User<'_> {
    fn shell(&self, line: &str) -> Command {
        let (uid, gid) = (format!("--reuid={}", self.id), format!("--regid={GROUP}"));
        let line = format!("umask {}; PATH=\"$PWD/..:$PATH\"; {line}", self.mask);
        let mut command = self.desk.program("setpriv", &[&uid, &gid, "--clear-groups", "sh", "-c", &line]);
        command
            .env_remove("GIT_DESK_SEED")
            .env("GIT_DESK_USER", format!("User {} <u{}@example.com>", self.id, self.id));
        command
    }

    fn says(&self, line: &str) -> String {
        let output = self.shell(line).output().unwrap();
        assert!(output.status.success(), "user {}: {}", self.id, String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn begins(&self, line: &str) -> Child {
        self.shell(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

/// A folder of the group's with the program beside it, where other users can reach both.
fn shared_folder() -> Option<TestDesk> {
    let desk = TestDesk::nowhere();
    let is_root = desk.program("id", &["-u"]).output().unwrap().stdout == b"0\n";
    if !is_root || !desk.program("setpriv", &["--version"]).output().is_ok_and(|output| output.status.success()) {
        return None;
    }
    let folder = desk.path();
    chown(folder, Some(GROUP + 1), Some(GROUP)).unwrap();
    fs::set_permissions(folder, PermissionsExt::from_mode(0o2770)).unwrap();
    for open in [desk.outside(), folder.parent().unwrap()] {
        fs::set_permissions(open, PermissionsExt::from_mode(0o755)).unwrap();
    }
    fs::copy(env!("CARGO_BIN_EXE_git-desk"), folder.parent().unwrap().join("git-desk")).unwrap();
    // Each user says for themselves that they trust the owner.
    desk.git(&["config", "--global", "safe.directory", "*"]);
    Some(desk)
}

#[test]
fn users_of_one_bare_desk_do_not_lock_each_other_out() {
    let Some(desk) = shared_folder() else { return };
    let users = [User { desk: &desk, id: GROUP + 1, mask: "077" }, User { desk: &desk, id: GROUP + 2, mask: "022" }];
    users[0].says("git-desk init --bare --shared hub.git");
    let rounds = "for i in 1 2 3 4 5 6 7 8 9 10; do git-desk --repo hub.git open round || exit 1; \
                  git-desk --repo hub.git list --count >&2 || exit 1; done";
    let running: Vec<Child> = users.iter().chain(&users).map(|user| user.begins(rounds)).collect();
    let mut ids = Vec::new();
    for child in running {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        ids.extend(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned));
    }
    ids.sort();
    for user in &users {
        let mut listed: Vec<String> =
            user.says("git-desk --repo hub.git list -o ids").lines().map(str::to_owned).collect();
        listed.sort();
        assert_eq!(listed, ids, "user {}", user.id);
        // A day folder, a thread folder, the index: each was made by one and is written by the other.
        user.says(&format!("git-desk --repo hub.git comment {} seen", ids[0]));
        user.says("rm -f hub.git/desk/index-*; git-desk --repo hub.git list --count");
        let closed = user.says("find hub.git/desk -type f ! -perm -060");
        assert_eq!(closed, "", "a file that the others cannot write");
        user.says("git -C hub.git gc -q; git -C hub.git fsck --strict");
    }
}
