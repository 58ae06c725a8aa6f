//! `resume`

use serde_json::Value;

use crate::support::TestDesk;

#[test]
fn it_is_our_turn_again() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    desk.run(&["wait", &id, "--on", "vendor", "--until", "2d"]).ok();
    let before = desk.commits();
    desk.run(&["resume", &id, "-m", "the part has come"]).ok();
    desk.run(&["resume", &id, "-m", "no words are kept"]).ok();
    desk.run(&["resume", &id, "--strict"]).fails(5);
    assert_eq!(desk.commits(), before + 1);
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "active");
    assert_eq!(ticket["waiting_on"], Value::Null);
    assert_eq!(ticket["wake"], Value::Null);
    assert_eq!(ticket["thread"][0]["act"], "resume");
    assert_eq!(ticket["thread"][0]["by"], "ana");
    desk.is_sound();
}

#[test]
fn what_has_ended_is_not_resumed() {
    let desk = TestDesk::new();
    let (id, waiting) = (desk.open("x", &[]), desk.open("y", &[]));
    desk.run(&["resolve", &id, "--resolution", "fixed"]).ok();
    desk.run(&["wait", &waiting, "--on", "vendor"]).ok();
    let before = desk.commits();
    let error = desk.run(&["resume", &waiting, &id]).fails(5);
    assert!(error.contains(&format!("git desk reopen {id}")), "{error}");
    desk.run(&["resume", &waiting, "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
    assert_eq!(desk.ticket(&waiting)["status"], "waiting");
}
