//! `sync` of files and references that are not as one expects.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

use super::{Team, team, tip, told};
use crate::support::{TestDesk, ticket_path};

/// Both have what is there, and Bob's changes are shared.
fn shared(team: &Team) {
    team.bob.run(&["sync"]).ok();
    team.ana.run(&["sync"]).ok();
}

fn commit(desk: &TestDesk, file: &str, text: &str) {
    fs::write(desk.path().join(file), text).unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "by hand"]);
}

#[test]
fn what_may_be_run_may_be_run_after_a_merge() {
    let team = team();
    commit(&team.bob, "run.sh", "one\ntwo\nthree\n");
    shared(&team);
    fs::set_permissions(team.bob.path().join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    commit(&team.bob, "run.sh", "ONE\ntwo\nthree\n");
    team.bob.run(&["sync"]).ok();
    commit(&team.ana, "run.sh", "one\ntwo\nTHREE\n");
    team.ana.run(&["sync"]).ok();
    let listed = team.hub.git(&["ls-tree", "main", "run.sh"]);
    assert!(listed.starts_with("100755 "), "{listed}");
    assert_eq!(team.hub.git(&["show", "main:run.sh"]), "ONE\ntwo\nTHREE\n");
}

#[test]
fn a_file_whose_name_is_no_text_is_left_to_git() {
    let team = team();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    fs::write(team.bob.path().join(name), "x").unwrap();
    team.bob.git(&["add", "-A"]);
    team.bob.git(&["commit", "-qm", "by hand"]);
    team.bob.run(&["sync"]).ok();
    let before = tip(&team.ana);
    let said = team.ana.run(&["sync"]).fails(5);
    assert!(said.contains("has a name that is not UTF-8; nothing was written"), "{said}");
    assert_eq!(tip(&team.ana), before);
    team.ana.git(&["merge", "-q", "--ff-only", "@{upstream}"]);
    team.ana.run(&["sync"]).ok();
    assert_eq!(team.ana.git(&["status", "--porcelain"]), "");
}

#[test]
fn lock_files_of_notes_that_a_killed_sync_left_stop_nobody() {
    let team = team();
    team.ana.open("Printer", &[]);
    team.ana.run(&["sync"]).ok();
    let git = team.ana.path().join(".git");
    let old = SystemTime::now() - Duration::from_secs(3_600);
    for name in ["refs/desk/seen/origin/main.lock", "refs/remotes/origin/main.lock"] {
        fs::File::create(git.join(name)).unwrap().set_modified(old).unwrap();
    }
    team.ana.open("VPN", &[]);
    assert_eq!(team.ana.run(&["sync"]).to_string(), "");
    assert_eq!(team.ana.git(&["rev-parse", "origin/main", "refs/desk/seen/origin/main"]), tip(&team.hub).repeat(2));
}

#[test]
fn a_branch_named_as_a_folder_of_branches_was_has_its_own_note() {
    let team = team();
    for name in ["feature/x", "feature"] {
        team.ana.git(&["switch", "-qc", name, "main"]);
        team.ana.open(name, &[]);
        team.ana.run(&["sync"]).ok();
        team.ana.git(&["switch", "-q", "main"]);
        team.ana.git(&["branch", "-qD", name]);
        team.ana.git(&["update-ref", "-d", &format!("refs/remotes/origin/{name}")]);
        team.hub.git(&["branch", "-qD", name]);
    }
}

#[test]
fn a_rewind_is_noticed_after_a_plain_pull() {
    let team = team();
    team.bob.run(&["sync"]).ok();
    team.ana.open("Printer", &[]);
    team.ana.run(&["sync"]).ok();
    team.bob.git(&["pull", "-q", "--ff-only"]);
    team.hub.git(&["update-ref", "refs/heads/main", "main~1"]);
    let said = team.bob.run(&["sync"]).fails(5);
    assert!(said.starts_with("git-desk: origin/main was rewound: it has 1 commit no more that it had\n"), "{said}");
}

#[test]
fn a_policy_that_nobody_may_write_by_does_not_come_in_where_nothing_waits_either() {
    let team = team();
    let good = fs::read_to_string(team.bob.path().join("desk.toml")).unwrap();
    shared(&team);
    commit(&team.bob, "desk.toml", &format!("{good}x = [\n"));
    team.bob.git(&["push", "-q"]);
    let done = told(&team.ana, &["sync", "--json"]);
    let note = done["notes"][0].as_str().unwrap();
    assert!(note.starts_with("desk.toml: line "), "{note}");
    assert_eq!(fs::read_to_string(team.ana.path().join("desk.toml")).unwrap(), good);
    team.ana.open("Printer", &[]);
    assert_eq!(team.hub.git(&["show", "main:desk.toml"]), good);
}

#[test]
fn a_ticket_too_large_to_be_read_does_not_take_the_place_of_one_that_can_be() {
    let team = team();
    let id = team.bob.open("Printer", &[]);
    shared(&team);
    team.ana.run(&["set", &id, "asset=hp-4"]).ok();
    let path = ticket_path(&id);
    let large = fs::read_to_string(team.bob.path().join(&path)).unwrap() + &"# x\n".repeat(300_000);
    commit(&team.bob, &path, &large);
    team.bob.git(&["push", "-q"]);
    team.ana.run(&["sync"]).ok();
    assert_eq!(team.ana.ticket(&id)["asset"], "hp-4");
}

#[test]
fn a_lock_file_left_at_the_hub_is_called_one() {
    let team = team();
    team.ana.open("Printer", &[]);
    fs::write(team.hub.path().join("refs/heads/main.lock"), "").unwrap();
    let said = team.ana.run(&["sync"]).fails(8);
    assert_eq!(
        said,
        "git-desk: origin/main takes no push, and nobody else moves it; 1 commit is safe here and not shared yet\n  \
         its lock file may be left over; where no git runs there: rm refs/heads/main.lock\n"
    );
}

#[test]
fn beside_the_desk_what_one_deleted_and_the_other_changed_is_for_people() {
    let world = TestDesk::nowhere();
    world.at("hub.git").git(&["init", "-q", "--bare", "-b", "main"]);
    world.git(&["clone", "-q", "../hub.git", "../code"]);
    let code = world.at("code");
    commit(&code, "main.c", "one\n");
    code.run(&["init", "support"]).ok();
    code.run(&["sync"]).ok();
    world.git(&["clone", "-q", "../hub.git", "../other"]);
    let other = world.at("other");
    other.git(&["mv", "main.c", "prog.c"]);
    other.git(&["commit", "-qm", "renamed"]);
    other.run(&["sync"]).ok();
    commit(&code, "main.c", "two\n");
    let before = tip(&code);
    let said = code.run(&["sync"]).fails(5);
    assert!(said.contains("main.c is gone on one side and changed on the other"), "{said}");
    assert_eq!(tip(&code), before);
}

#[test]
fn line_ends_that_an_editor_made_are_named() {
    let team = team();
    let id = team.bob.open("Printer", &[]);
    shared(&team);
    team.bob.run(&["set", &id, "asset=hp-4"]).ok();
    team.bob.run(&["sync"]).ok();
    let file = team.ana.file(&id);
    let text = fs::read_to_string(&file).unwrap().replace('\n', "\r\n");
    fs::write(&file, text).unwrap();
    let said = team.ana.run(&["sync"]).fails(5);
    let path = ticket_path(&id);
    assert!(said.contains(&format!("as git has it: rm {path} && git checkout -- {path}")), "{said}");
    team.ana.git(&["checkout", "--", &path]);
    team.ana.run(&["sync"]).ok();
}
