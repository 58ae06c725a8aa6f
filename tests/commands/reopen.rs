//! `reopen`

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

fn closed() -> (TestDesk, String) {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    desk.run(&["close", &id, "--resolution", "fixed", "-m", "drum"]).ok();
    (desk, id)
}

#[test]
fn it_is_active_again_and_keeps_its_solution() {
    let (desk, id) = closed();
    let before = desk.commits();
    desk.run(&["reopen", &id, "-m", "it happened again at nine"]).ok();
    assert_eq!(desk.commits(), before + 1);
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "active");
    assert_eq!(ticket["resolution"], Value::Null);
    assert_eq!(ticket["solution"], "drum");
    assert_eq!(ticket["closed"], Value::Null);
    assert_eq!(ticket["resolved"], Value::Null);
    let entry = &ticket["thread"][0];
    assert_eq!(entry["kind"], "note");
    assert_eq!(entry["act"], "reopen");
    assert_eq!(entry["body"], "it happened again at nine");
    let again = desk.run(&["reopen", &id, "-m", "again"]);
    assert_eq!(again.code, 0);
    assert!(again.stderr.contains("the words given with `reopen` were not kept: git desk note"), "{}", again.stderr);
    desk.run(&["reopen", &id, "-m", "again", "--strict"]).fails(5);
    assert_eq!(desk.commits(), before + 1);
    desk.is_sound();
}

#[test]
fn without_a_reason_it_stays_closed() {
    let (desk, id) = closed();
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["reopen", &id]).to_string(),
        str![[r#"
stderr: git-desk: why is it open again? `--reason` is missing
stderr:   git desk reopen 261124-svz5ne2x -m "what came back"
exit: 2

"#]]
    );
    desk.run(&["reopen", &id, "-m", ""]).fails(2);
    desk.run(&["reopen", &id, "-m", "x", "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
    assert_eq!(desk.ticket(&id)["status"], "closed");
}

#[test]
fn closed_too_long_ago_it_wants_a_new_one() {
    let (desk, id) = closed();
    desk.later(13 * 86_400);
    desk.run(&["reopen", &id, "-m", "still within the window", "--dry-run"]).ok();
    desk.later(86_400);
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["reopen", &id, "-m", "x"]).to_string(),
        str![[r#"
stderr: git-desk: 261124-svz5ne2x: it was closed too long ago to be reopened
stderr:   git desk open "…" --link "follows 261124-svz5ne2x"
exit: 5

"#]]
    );
    let error = desk.run(&["reopen", &id, "-m", "x"]).fails(5);
    assert!(error.contains(&format!("--link \"follows {id}\"")), "{error}");
    assert_eq!(desk.commits(), before);

    let solved = desk.open("y", &[]);
    desk.run(&["resolve", &solved, "--resolution", "fixed"]).ok();
    desk.later(30 * 86_400);
    desk.run(&["reopen", &solved, "-m", "resolved is not closed"]).ok();
}

#[test]
fn what_a_ticket_repeated_before_it_was_opened_again_is_no_circle() {
    let desk = TestDesk::new();
    let (a, b) = (desk.open("first", &[]), desk.open("second", &[]));
    desk.run(&["close", &a, "--duplicate-of", &b]).ok();
    desk.run(&["reopen", &a, "-m", "it is another one"]).ok();
    desk.run(&["close", &b, "--duplicate-of", &a]).ok();
    assert!(desk.run(&["check"]).ok().is_empty());
    desk.run(&["close", &a, "--resolution", "duplicate"]).fails(5);
}
