//! `sync` with a remote that is away, refuses, or is of something else: nothing is lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use snapbox::{assert_data_eq, str};

use super::{Team, team, tip};
use crate::support::{Ran, TestDesk};

/// Ana's clone with two commits that are not shared, and a remote of this address.
fn sharing_through(team: &Team, url: &str) -> TestDesk {
    team.ana.open("Printer", &[]);
    team.ana.open("VPN", &[]);
    team.ana.git(&["remote", "set-url", "origin", url]);
    team.world.at("ana")
}

/// Everything, with the team's folder as `[WORLD]`.
fn shown(team: &Team, ran: &Ran) -> String {
    ran.to_string().replace(&team.world.outside().display().to_string(), "[WORLD]")
}

/// An ssh that does this.
fn ssh(desk: TestDesk, script: &str) -> TestDesk {
    let path = desk.path().join("../ssh");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    let path = path.display().to_string();
    desk.with("GIT_SSH_COMMAND", &path)
}

#[test]
fn a_remote_that_does_not_answer_is_exit_8_and_nothing_is_lost() {
    let team = team();
    let desk = ssh(sharing_through(&team, "git@hub.example.com:acme.git"), "exec sleep 60");
    let begun = Instant::now();
    assert_data_eq!(
        shown(&team, &desk.run(&["sync", "--timeout", "1s"])),
        str![[r#"
stderr: git-desk: hub.example.com does not answer (ssh, 1 s); 2 commits are safe here and not shared yet
stderr:   again: git desk sync          what waits: git desk log --unpublished
exit: 8

"#]]
    );
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let error = desk.run(&["sync", "--timeout", "1s", "--json"]).fails(8);
    let error: serde_json::Value = serde_json::from_str(&error).unwrap();
    assert_eq!(error["error"]["code"], "no_answer");
    assert_eq!(error["error"]["try"][1].to_string(), r#"["git","desk","log","--unpublished"]"#);
    assert_eq!(desk.run(&["list", "--count"]).ok(), "2\n");
    team.ana.git(&["remote", "set-url", "origin", "../hub.git"]);
    team.ana.run(&["sync"]).ok();
    assert_eq!(tip(&team.ana), tip(&team.hub));
}

#[test]
fn a_remote_that_is_gone_is_exit_8() {
    let team = team();
    let desk = sharing_through(&team, "../gone.git");
    assert_data_eq!(
        shown(&team, &desk.run(&["sync"])),
        str![[r#"
stderr: git-desk: [WORLD]/ana/../gone.git is out of reach: no repository is there; 2 commits are safe here and not shared yet
stderr:   again: git desk sync          what waits: git desk log --unpublished
exit: 8

"#]]
    );
    let desk = ssh(desk, "echo 'ssh: connect to host hub port 22: \u{1b}[31mConnection refused' >&2; exit 255");
    team.ana.git(&["remote", "set-url", "origin", "hub:acme"]);
    assert_data_eq!(
        shown(&team, &desk.run(&["sync"])),
        str![[r#"
stderr: git-desk: hub is out of reach: ssh: connect to host hub port 22: ␛[31mConnection refused; 2 commits are safe here and not shared yet
stderr:   again: git desk sync          what waits: git desk log --unpublished
exit: 8

"#]]
    );
    let desk = ssh(team.world.at("ana"), "echo 'ssh: connect to host hub port 22: Connection timed out' >&2; exit 255");
    let said = desk.run(&["sync"]).fails(8);
    assert!(said.starts_with("git-desk: hub does not answer (ssh, 10 s); 2 commits are safe here"), "{said}");
}

#[test]
fn a_remote_that_lets_nobody_in_is_exit_9() {
    let team = team();
    let desk =
        ssh(sharing_through(&team, "ana@hub:acme.git"), "echo 'ana@hub: Permission denied (publickey).' >&2; exit 255");
    assert_data_eq!(
        shown(&team, &desk.run(&["sync"])),
        str![[r#"
stderr: git-desk: hub does not let us in: ana@hub: Permission denied (publickey); 2 commits are safe here and not shared yet
stderr:   what git itself says: git ls-remote origin
exit: 9

"#]]
    );
    team.ana.git(&["remote", "set-url", "origin", "https://ana:s3cret@nowhere.invalid/acme.git"]);
    let said = team.ana.run(&["sync", "-v"]).fails(8);
    assert!(said.contains("nowhere.invalid is out of reach") && !said.contains("s3cret"), "{said}");
}

#[test]
fn a_hook_that_refuses_is_exit_9_in_its_own_words() {
    let team = team();
    let hook = team.hub.path().join("hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\necho 'no pushes on a Tuesday \u{1b}]52;x'\nexit 1\n").unwrap();
    fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
    team.ana.open("Printer", &[]);
    assert_data_eq!(
        shown(&team, &team.ana.run(&["sync"])),
        str![[r#"
stderr: git-desk: [WORLD]/hub.git does not take what is new here: pre-receive hook declined; 1 commit is safe here and not shared yet
stderr:   no pushes on a Tuesday ␛]52;x
exit: 9

"#]]
    );
    assert!(!team.ana.run(&["log", "--unpublished", "--fields", "ticket"]).ok().is_empty());
    fs::remove_file(hook).unwrap();
    team.ana.run(&["sync"]).ok();
    assert_eq!(tip(&team.ana), tip(&team.hub));
}

#[test]
fn a_remote_with_a_worktree_on_the_branch_says_so() {
    let team = team();
    team.ana.open("Printer", &[]);
    team.ana.git(&["remote", "set-url", "origin", "../bob"]);
    assert_data_eq!(
        shown(&team, &team.ana.run(&["sync"])),
        str![[r#"
stderr: git-desk: [WORLD]/bob has its branch checked out, and takes no push to it; 1 commit is safe here and not shared yet
stderr:   share through a bare repository: git clone --bare THERE hub.git
exit: 8

"#]]
    );
}

#[test]
fn a_branch_of_something_else_is_exit_5() {
    let team = team();
    let other = team.world.at("other");
    other.git(&["init", "-q", "-b", "main"]);
    fs::write(other.path().join("README"), "code\n").unwrap();
    other.git(&["add", "."]);
    other.git(&["commit", "-qm", "code"]);
    team.ana.git(&["remote", "add", "other", "../other"]);
    let before = tip(&team.ana);
    assert_data_eq!(
        shown(&team, &team.ana.run(&["sync", "--remote", "other"])),
        str![[r#"
stderr: git-desk: other/main is of something else: it has no commit in common with this desk
stderr:   whether it is the right one: git remote -v     another: git desk sync --remote NAME
exit: 5

"#]]
    );
    assert_eq!(tip(&team.ana), before);
}

#[test]
fn a_remote_whose_desk_was_taken_away_is_exit_7() {
    let team = team();
    team.bob.git(&["rm", "-q", "desk.toml"]);
    team.bob.git(&["commit", "-qm", "tidy up"]);
    team.bob.git(&["push", "-q"]);
    let said = team.ana.run(&["sync"]).fails(7);
    assert!(said.starts_with("git-desk: origin/main holds no desk any more: there is no desk.toml\n"), "{said}");
    team.ana.run(&["list"]).ok();
}

#[test]
fn a_file_that_is_being_edited_is_not_touched() {
    let team = team();
    let id = team.ana.open("Printer", &[]);
    let other = team.ana.open("VPN", &[]);
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["sync"]).ok();
    team.bob.run(&["set", &id, "asset=hp-4"]).ok();
    team.bob.run(&["sync"]).ok();
    let file = team.ana.file(&id);
    team.ana.change(&file, "Printer", "Printer HP-4");
    let edited = fs::read(&file).unwrap();
    let said = team.ana.run(&["sync"]).fails(5);
    assert!(said.contains("changes of yours that are not committed"), "{said}");
    assert_eq!(fs::read(&file).unwrap(), edited);
    team.ana.git(&["restore", "."]);
    // One that nobody else touched does not stand in the way.
    team.ana.change(&team.ana.file(&other), "VPN", "VPN drops");
    let edited = fs::read(team.ana.file(&other)).unwrap();
    team.ana.run(&["sync"]).ok();
    assert_eq!(team.ana.ticket(&id)["asset"], "hp-4");
    assert_eq!(fs::read(team.ana.file(&other)).unwrap(), edited);
}

#[test]
fn a_file_in_the_way_that_git_does_not_know_is_added_or_moved() {
    let team = team();
    let id = team.bob.open("Printer", &[]);
    team.bob.run(&["sync"]).ok();
    let path = team.bob.git(&["ls-files", "tickets"]).trim().to_owned();
    let file = team.ana.path().join(&path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "mine\n").unwrap();
    let said = team.ana.run(&["sync"]).fails(5);
    assert!(said.contains(&format!("keep it: git add {path} && git commit -m edit {path}\n")), "{said}");
    assert!(said.contains(&format!("or out of the way: mv {path} {path}.mine\n")), "{said}");
    fs::rename(&file, file.with_extension("toml.mine")).unwrap();
    team.ana.run(&["sync"]).ok();
    assert_eq!(team.ana.ticket(&id)["title"], "Printer");
}

#[test]
fn no_password_stands_in_a_file_and_what_a_killed_sync_left_goes() {
    let team = team();
    team.ana.git(&["config", "http.extraHeader", "Authorization: token S3CRET"]);
    let left = team.ana.path().join(".git/desk/outposts/to-killed");
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("lock"), "").unwrap();
    let found = team.world.outside().join("found");
    let desk = ssh(
        sharing_through(&team, "hub:acme"),
        &format!("grep -rl 'token S3CRET' .git/desk >{} 2>/dev/null; exit 255", found.display()),
    );
    desk.run(&["sync"]).fails(8);
    assert_eq!(fs::read_to_string(&found).unwrap(), "");
    assert!(!left.exists());
    assert_eq!(fs::read_dir(team.ana.path().join(".git/desk/outposts")).unwrap().count(), 0);
}
