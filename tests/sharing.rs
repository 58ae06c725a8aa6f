//! Several users of one bare desk, or of one spool: none locks another out, whatever their masks. Several clones of one
//! desk: none loses anything.

mod hostile;
mod rounds;

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

#[test]
fn many_put_events_into_one_spool_and_its_owner_delivers_them_whoever_came_first() {
    let Some(desk) = shared_folder() else { return };
    let user = |id| User { desk: &desk, id: GROUP + id, mask: "077" };
    let (owner, others) = (user(1), [user(2), user(3)]);
    owner.says("git-desk init --bare hub.git; chmod 700 hub.git; mkdir spool; chmod 1733 spool");
    let spooled =
        |line: &str| format!("cd /; GIT_DESK_SPOOL={0}/spool; export GIT_DESK_SPOOL; {line}", desk.path().display());
    let fails = |user: &User<'_>| {
        let line = format!("git-desk run --name job{} --mail changes -- sh -c 'exit 3' || true", user.id);
        user.says(&spooled(&format!("PATH={}:$PATH; {line}", desk.outside().display())))
    };
    let flush = |user: &User<'_>| {
        let line = format!("{0}/git-desk --repo {1}/hub.git flush", desk.outside().display(), desk.path().display());
        user.shell(&spooled(&line)).output().unwrap()
    };
    // Before the owner has made folders in it, and after.
    for round in ["first", "second"] {
        for other in &others {
            let said = fails(other);
            let kept = format!("a ticket with the next `git-desk flush`: kept in {}/spool\n", desk.path().display());
            assert!(round == "second" || said.contains(&kept), "{said}");
        }
        let flushed = flush(&owner);
        assert!(flushed.status.success(), "{}", String::from_utf8_lossy(&flushed.stderr));
    }
    let listed = owner.says("git-desk --repo hub.git list --json=title,occurrences");
    let tickets: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let counts: Vec<_> = tickets.as_array().unwrap().iter().map(|one| one["occurrences"]["count"].as_u64()).collect();
    assert_eq!(counts, [Some(2), Some(2)], "{listed}");
    let left = owner.says("find spool/new spool/tmp spool -maxdepth 1 -type f ! -name reserve");
    assert_eq!(left, "");
    // Whoever is not the owner is told so, and does not believe that nothing waits.
    owner.says("chmod 755 hub.git; git config --global --get safe.directory > /dev/null");
    let refused = flush(&others[0]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(7), "{said}");
    assert!(said.starts_with("git-desk: only the owner of "), "{said}");
}

#[test]
fn a_desk_is_begun_from_a_folder_that_its_owner_may_not_enter() {
    let Some(desk) = shared_folder() else { return };
    let closed = desk.outside().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).unwrap();
    let hub = desk.path().join("hub.git").display().to_string();
    let owner = User { desk: &desk, id: GROUP + 1, mask: "022" };
    let program = desk.outside().join("git-desk").display().to_string();
    let begun = owner.shell(&format!("{program} init --bare {hub}")).current_dir(&closed).output().unwrap();
    assert!(begun.status.success(), "{}", String::from_utf8_lossy(&begun.stderr));
}
