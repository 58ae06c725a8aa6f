//! What git, run by a person at the very moment, takes out of index or branch is put back; what a person does on purpose
//! stays done.

use std::fs;

use crate::support::{TestDesk, ticket_path};

/// A desk, and a git that read the index before two tickets were opened.
fn with_an_old_index() -> (TestDesk, Vec<u8>, [String; 2]) {
    let desk = TestDesk::new();
    desk.open("from before", &[]);
    let index = fs::read(desk.path().join(".git/index")).unwrap();
    let ids = [desk.open("the first", &[]), desk.open("the second", &[])];
    (desk, index, ids)
}

/// A `git commit` of what is in the index, dated by the machine's clock, which races go by.
fn commit_in(desk: &TestDesk, seconds: u64) {
    let date = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() + seconds;
    let mut commit = desk.program("git", &["commit", "-q", "-m", "raced"]);
    assert!(commit.env("GIT_COMMITTER_DATE", format!("@{date} +0000")).status().unwrap().success());
}

fn all_is_well(desk: &TestDesk, tickets: usize) {
    assert_eq!(desk.run(&["list", "--count"]).ok(), format!("{tickets}\n"));
    assert_eq!(desk.git(&["status", "--porcelain"]), "");
    desk.git(&["commit", "-q", "--allow-empty", "-m", "afterwards"]);
    assert_eq!(desk.run(&["list", "--count"]).ok(), format!("{tickets}\n"));
    desk.is_sound();
}

#[test]
fn an_index_that_git_wrote_back_without_us_is_mended_by_the_next_command() {
    for next in [["list"].as_slice(), &["open", "a third"]] {
        let (desk, index, _) = with_an_old_index();
        fs::write(desk.path().join(".git/index"), index).unwrap();
        assert!(desk.git(&["status", "--porcelain"]).contains("D  tickets/"), "the race is not as meant");
        desk.run(next).ok();
        all_is_well(&desk, if next[0] == "open" { 4 } else { 3 });
    }
}

#[test]
fn a_commit_from_an_old_index_takes_nothing_out_however_many_writes_came_between() {
    for seconds in [0, 300] {
        let (desk, index, ids) = with_an_old_index();
        fs::write(desk.path().join(".git/index"), index).unwrap();
        commit_in(&desk, seconds);
        let tree = desk.git(&["ls-tree", "-r", "--name-only", "HEAD"]);
        assert!(!tree.contains(&ticket_path(&ids[0])), "the race is not as meant");
        all_is_well(&desk, 3);
        assert!(desk.git(&["log", "--format=%s"]).contains("restore 2 files"));
    }
}

#[test]
fn an_old_version_of_a_ticket_is_put_back_to_the_new_one() {
    let desk = TestDesk::new();
    let id = desk.open("changed", &[]);
    let index = fs::read(desk.path().join(".git/index")).unwrap();
    desk.run(&["set", &id, "asset=db1"]).ok();
    fs::write(desk.path().join(".git/index"), index).unwrap();
    commit_in(&desk, 0);
    assert_eq!(desk.ticket(&id)["asset"], "db1");
    all_is_well(&desk, 1);
}

#[test]
fn a_ticket_that_a_person_removed_or_turned_back_stays_so() {
    let desk = TestDesk::new();
    let (removed, turned) = (desk.open("removed", &[]), desk.open("turned back", &[]));
    desk.run(&["set", &turned, "asset=db1"]).ok();
    desk.git(&["revert", "--no-edit", "HEAD"]);
    desk.git(&["rm", "-q", &ticket_path(&removed)]);
    desk.git(&["commit", "-qm", "remove"]);
    all_is_well(&desk, 1);
    assert_eq!(desk.ticket(&turned)["asset"], serde_json::Value::Null);
}
