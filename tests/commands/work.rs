//! `work`

use serde_json::json;

use crate::support::{TestDesk, ticket_path};

#[test]
fn time_spent_is_an_entry_and_nothing_else() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    desk.run(&["work", &id, "1h30m", "--billable", "-m", "replaced the drum"]).ok();
    let changed = desk.git(&["show", "--format=", "--name-only", "HEAD"]);
    assert!(!changed.contains(&ticket_path(&id)) && changed.lines().count() == 1, "{changed}");
    desk.run(&["work", &id, "15", "--not-billable", "--on", "2026-11-20T09:00:00Z"]).ok();
    let thread = desk.ticket(&id)["thread"].clone();
    assert_eq!((&thread[0]["minutes"], &thread[0]["billable"]), (&json!(15), &json!(false)));
    assert_eq!(thread[0]["at"], "2026-11-20T09:00:00Z", "when it was done, and in that order");
    assert_eq!((&thread[1]["minutes"], &thread[1]["billable"]), (&json!(90), &json!(true)));
    assert_eq!((&thread[1]["by"], &thread[1]["body"]), (&json!("ana"), &json!("replaced the drum")));
    let page = desk.run(&["show", &id, "-o", "table"]).ok();
    assert!(page.contains("1h 30m of work, billable") && page.contains("time spent  1h 45m"), "{page}");
    desk.run(&["undo"]).ok();
    assert_eq!(desk.ticket(&id)["thread"].as_array().unwrap().len(), 1);
    desk.is_sound();
}

#[test]
fn time_that_cannot_be_is_refused() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    let before = desk.commits();
    for bad in ["0", "-5", "25h", "1441", "90s", "soon", ""] {
        let error = desk.run(&["work", &id, bad]).fails(2);
        assert!(error.contains("1h30m"), "{bad}: {error}");
    }
    desk.run(&["work", &id, "5", "--billable", "--not-billable"]).fails(2);
    desk.run(&["work", &id, "5", "--by", "nobody-known"]).fails(3);
    desk.run(&["work", &id, "5", "--on", "2099-01-01"]).fails(2);
    desk.run(&["work", "zzzz", "5"]).fails(3);
    desk.run(&["work", &id, "5", "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
}

#[test]
fn an_operation_that_has_a_name_counts_once() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    desk.run(&["work", &id, "5", "--op-id", "timer-1"]).ok();
    desk.run(&["work", &id, "5", "--op-id", "timer-1"]).ok();
    desk.feed(json!({"op": "work", "id": id, "minutes": 7}).to_string(), &["batch", "-"]).ok();
    let minutes: Vec<i64> =
        desk.ticket(&id)["thread"].as_array().unwrap().iter().map(|one| one["minutes"].as_i64().unwrap()).collect();
    assert_eq!(minutes, [5, 7]);
}

#[test]
fn check_finds_minutes_that_no_command_writes() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    desk.run(&["work", &id, "5"]).ok();
    let path = desk.git(&["show", "--format=", "--name-only", "HEAD"]).trim().to_owned();
    desk.run(&["check"]).ok();
    desk.change(&desk.path().join(&path), "minutes = 5", "minutes = -5");
    let found = desk.run(&["check"]);
    assert!(found.code == 1 && found.stdout.contains("`minutes` is -5"), "{found}");
}
