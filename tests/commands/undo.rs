//! `undo`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

/// The files of all tickets and the policy, as one name.
fn tree(desk: &TestDesk) -> String {
    desk.git(&["rev-parse", "main^{tree}"])
}

#[track_caller]
fn is_undone(desk: &TestDesk, act: &[&str]) {
    let (before, commits) = (tree(desk), desk.commits());
    desk.run(act).ok();
    assert_ne!(tree(desk), before, "{act:?}");
    desk.run(&["undo"]).ok();
    assert_eq!((tree(desk), desk.commits()), (before, commits + 2), "{act:?}");
}

#[test]
fn every_act_can_be_taken_back_by_a_new_commit() {
    let desk = TestDesk::new().with("GIT_DESK_EDITOR", "sed -i 's/^asset = .*/asset = \"hp-4\"/'");
    let id = desk.open("Printer HP-4 prints blank pages", &[]);
    let id = id.as_str();
    let other = desk.open("other", &[]);
    let acts: [&[&str]; 14] = [
        &["take", id],
        &["assign", id, "--to", "ana"],
        &["escalate", id, "-m", "why"],
        &["comment", id, "hello"],
        &["note", id, "hm"],
        &["wait", id, "--on", "vendor", "--until", "2d"],
        &["resolve", id, "--resolution", "fixed", "-m", "toner"],
        &["close", id, "--resolution", "wontfix", "-m", "no"],
        &["set", id, "asset=hp-4", "impact=high"],
        &["tag", id, "--add", "red,blue"],
        &["link", id, "related", &other],
        &["edit", id],
        &["queue", "add", "web"],
        &["agent", "add", "bob", "--email", "bob@example.com"],
    ];
    acts.iter().for_each(|act| is_undone(&desk, act));
    desk.run(&["wait", id, "--on", "requester"]).ok();
    is_undone(&desk, &["resume", id]);
    desk.run(&["close", id, "--resolution", "answered", "-m", "so"]).ok();
    is_undone(&desk, &["reopen", id, "-m", "again"]);
    desk.is_sound();
    assert_data_eq!(
        desk.git(&["log", "-3", "--format=%an %ad %s%n%n%b", "--date=iso-strict"]),
        str![[r#"
Ana Agent 2026-11-24T09:55:00Z undo reopen 261124-svz5ne2x: Printer HP-4 prints blank pages

This takes back ba63619746baacd1d1d16dd97236c32eac8a352b.

Desk-Act: undo

Ana Agent 2026-11-24T09:53:00Z reopen 261124-svz5ne2x: Printer HP-4 prints blank pages

again

Desk-Ticket: 261124-svz5ne2x
Desk-Act: reopen

Ana Agent 2026-11-24T09:50:00Z close 261124-svz5ne2x: Printer HP-4 prints blank pages

so

Desk-Ticket: 261124-svz5ne2x
Desk-Act: close


"#]]
    );
}

#[test]
fn an_opened_ticket_is_cancelled_and_keeps_what_was_said() {
    let desk = TestDesk::new();
    let id = desk.open("by mistake", &[]);
    desk.run(&["comment", &id, "hello"]).ok();
    assert_eq!(desk.run(&["undo", "HEAD~1"]).ok(), format!("{id}\n"));
    let ticket = desk.ticket(&id);
    assert_eq!((&ticket["status"], &ticket["resolution"]), (&"closed".into(), &"cancelled".into()));
    assert_eq!(ticket["thread"][0]["body"], "hello");
    assert_eq!(desk.run(&["list", "-o", "ids"]).ok(), "");
    desk.is_sound();
}

#[test]
fn a_commit_is_named_by_hash_and_later_changes_of_other_fields_stay() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.run(&["set", &id, "asset=a"]).ok();
    let commit = desk.git(&["rev-parse", "--short", "HEAD"]);
    desk.run(&["set", &id, "service=vpn"]).ok();
    desk.run(&["undo", commit.trim()]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!((&ticket["asset"], &ticket["service"]), (&serde_json::Value::Null, &"vpn".into()));
}

#[test]
fn it_refuses_when_later_changes_stand_in_the_way() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.run(&["set", &id, "asset=a"]).ok();
    desk.run(&["set", &id, "asset=b"]).ok();
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["undo", "HEAD~1"]).fails(5),
        str![[r#"
git-desk: `asset` of 261124-svz5ne2x has been changed again since
  git desk log 261124-svz5ne2x

"#]]
    );
    desk.run(&["close", &id, "--resolution", "fixed", "-m", "x"]).ok();
    assert_data_eq!(
        desk.run(&["undo", "HEAD~3"]).fails(5),
        str![[r#"
git-desk: 261124-svz5ne2x has ended already, as fixed

"#]]
    );
    assert_eq!(desk.commits(), before + 1);
}

#[test]
fn undo_of_undo_does_it_again() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "toner"]).ok();
    let done = tree(&desk);
    desk.run(&["undo"]).ok();
    assert_eq!(desk.ticket(&id)["status"], "new");
    desk.run(&["undo"]).ok();
    assert_eq!(tree(&desk), done);
    assert_data_eq!(
        desk.run(&["log", &id, "-6"]).to_string(),
        str![[r#"
2026-11-24T08:05:00Z	ana	261124-svz5ne2x	status	resolved	new	f09d9ec97f4cf2e884f4d1a01400e71ef1481447
2026-11-24T08:05:00Z	ana	261124-svz5ne2x	resolution	fixed		f09d9ec97f4cf2e884f4d1a01400e71ef1481447
2026-11-24T08:05:00Z	ana	261124-svz5ne2x	solution	sha256:cf803336b49d5a76		f09d9ec97f4cf2e884f4d1a01400e71ef1481447
2026-11-24T08:07:00Z	ana	261124-svz5ne2x	status	new	resolved	b311ffee3217466ed1d5123d5deb0afcae4467d6
2026-11-24T08:07:00Z	ana	261124-svz5ne2x	resolution		fixed	b311ffee3217466ed1d5123d5deb0afcae4467d6
2026-11-24T08:07:00Z	ana	261124-svz5ne2x	solution		sha256:cf803336b49d5a76	b311ffee3217466ed1d5123d5deb0afcae4467d6

"#]]
    );
}

#[test]
fn only_my_own_last_act_is_taken_back() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.run(&["agent", "add", "bob", "--email", "bob@example.com"]).ok();
    desk.run(&["set", &id, "asset=ana"]).ok();
    let desk = desk.by("bob");
    assert_data_eq!(
        desk.run(&["undo"]).fails(5),
        str![[r#"
git-desk: no act of yours (bob@example.com) to take back
  name a commit: git desk undo COMMIT     which there are: git desk log

"#]]
    );
    desk.run(&["set", &id, "service=bob"]).ok();
    let desk = desk.by("ana");
    desk.run(&["undo"]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!((&ticket["asset"], &ticket["service"]), (&serde_json::Value::Null, &"bob".into()));
}

#[test]
fn the_beginning_of_the_desk_cannot_be_taken_back() {
    let desk = TestDesk::new();
    let run = desk.run(&["undo"]);
    assert_eq!(run.code, 5, "a desk without desk.toml would be none: {run}");
    desk.run(&["list"]).ok();
}

#[test]
fn a_dry_run_writes_nothing_and_an_unknown_commit_is_not_found() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    let before = desk.commits();
    assert_eq!(desk.run(&["undo", "--dry-run"]).ok(), format!("{id}\n"));
    assert_data_eq!(
        desk.run(&["undo", "nosuch"]).fails(3),
        str![[r#"
git-desk: no commit `nosuch`

"#]]
    );
    assert_eq!((desk.commits(), desk.ticket(&id)["status"].as_str()), (before, Some("new")));
    let shown = desk.run(&["undo", "--json"]).ok();
    assert!(serde_json::from_str::<serde_json::Value>(&shown).is_ok_and(|value| !value.is_number()), "{shown}");
    assert_data_eq!(
        desk.on_terminal("", &["undo"]).to_string(),
        str![[r#"
261124-svz5ne2x
took back: undo open 261124-svz5ne2x: one

"#]]
    );
}

#[test]
fn an_undo_with_a_name_is_done_once() {
    let desk = TestDesk::new();
    let id = desk.open("set and taken back", &[]);
    desk.run(&["set", &id, "asset=db1"]).ok();
    let first = desk.run(&["undo", "--op-id", "u-1"]).ok();
    let commits = desk.commits();
    assert_eq!(desk.run(&["undo", "--op-id", "u-1"]).ok(), first);
    assert_eq!(desk.commits(), commits);
    assert_eq!(desk.ticket(&id)["asset"], serde_json::Value::Null);
}

#[test]
fn a_ticket_written_anew_since_it_was_deleted_is_not_overwritten() {
    let desk = TestDesk::new();
    let id = desk.open("deleted", &[]);
    let (path, file) = (crate::support::ticket_path(&id), desk.file(&id));
    let text = std::fs::read_to_string(&file).unwrap();
    desk.git(&["rm", "-q", &path]);
    desk.git(&["commit", "-qm", "delete"]);
    let deletion = desk.git(&["rev-parse", "HEAD"]);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text.replace("deleted", "newer")).unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "write it anew"]);
    desk.run(&["undo", deletion.trim()]).fails(5);
    assert_eq!(desk.ticket(&id)["title"], "newer");
    desk.git(&["rm", "-q", &path]);
    desk.git(&["commit", "-qm", "delete again"]);
    desk.run(&["undo", "HEAD"]).ok();
    assert_eq!(desk.ticket(&id)["title"], "newer");
}

#[test]
fn what_others_added_to_a_list_since_stays() {
    let desk = TestDesk::new();
    let id = desk.open("watched", &["--tag", "old"]);
    desk.run(&["tag", &id, "--add", "a,b", "--remove", "old"]).ok();
    let act = desk.git(&["rev-parse", "HEAD"]);
    desk.run(&["tag", &id, "--add", "c", "--remove", "b"]).ok();
    desk.run(&["undo", act.trim()]).ok();
    assert_eq!(desk.ticket(&id)["tags"], serde_json::json!(["c", "old"]));
}

#[test]
fn a_key_that_another_open_ticket_has_by_now_is_not_given_twice() {
    let desk = TestDesk::new();
    let id = desk.open("disk full", &["--key", "disk"]);
    desk.run(&["close", &id, "--resolution", "fixed"]).ok();
    let other = desk.open("disk full", &["--key", "disk"]);
    let act = desk.git(&["rev-parse", "HEAD~1"]);
    let said = desk.run(&["undo", act.trim()]).fails(5);
    assert!(said.contains(&other), "{said}");
    assert!(desk.run(&["check"]).ok().is_empty());
}

#[test]
fn articles_services_and_customers_are_taken_back_to_the_byte() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "toner"]).ok();
    is_undone(&desk, &["kb", "promote", &id, "--topic", "print"]);
    is_undone(&desk, &["kb", "new", "a/b", "--title", "T"]);
    desk.run(&["kb", "new", "a/b", "--title", "T"]).ok();
    is_undone(&desk, &["kb", "edit", "a/b", "--title", "Y"]);
    is_undone(&desk, &["kb", "review", "a/b"]);
    for (folder, file, text) in
        [("services", "vpn.toml", "title = \"VPN\"\n"), ("customers", "acme.toml", "name = \"ACME\"\n")]
    {
        let before = tree(&desk);
        std::fs::create_dir_all(desk.path().join(folder)).unwrap();
        std::fs::write(desk.path().join(folder).join(file), text).unwrap();
        desk.git(&["add", "."]);
        desk.git(&["commit", "-qm", "by hand"]);
        desk.run(&["undo", "HEAD"]).ok();
        assert_eq!(tree(&desk), before, "{folder}");
    }
    desk.run(&["kb", "edit", "a/b", "--title", "Y"]).ok();
    let edit = desk.git(&["rev-parse", "main"]);
    desk.run(&["kb", "edit", "a/b", "--title", "Z"]).ok();
    assert_data_eq!(
        desk.run(&["undo", edit.trim()]).fails(5),
        str![[r#"
git-desk: kb/a/b.toml has been changed again since

"#]]
    );
    desk.is_sound();
}
