//! `follow-up`

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

#[test]
fn a_call_is_promised_for_a_day_and_taken_back() {
    let desk = TestDesk::new();
    let id = desk.open("dock", &["--requester", "bob@acme.example"]);
    // It is a Tuesday.
    let run = desk.run(&["follow-up", &id, "fri", "-m", "ask whether it $(works)\n-- now"]);
    assert_eq!(run.to_string(), format!("{id}\n"));
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["follow_up"], "2026-11-27");
    assert_eq!(
        (&ticket["thread"][0]["kind"], &ticket["thread"][0]["act"]),
        (&Value::from("note"), &Value::from("follow-up"))
    );
    assert_eq!(ticket["thread"][0]["body"], "ask whether it $(works)\n-- now");
    for (typed, day) in [
        ("2d", "2026-11-26"),
        ("tomorrow", "2026-11-25"),
        ("2026-12-24", "2026-12-24"),
        ("today", "2026-11-24"),
        ("2026-12-01T09:00:00Z", "2026-12-01"),
    ] {
        desk.run(&["follow-up", &id, typed]).ok();
        assert_eq!(desk.ticket(&id)["follow_up"], day, "{typed}");
    }
    let before = desk.commits();
    desk.run(&["follow-up", &id, "2026-12-01"]).ok();
    assert_eq!(desk.commits(), before, "already so");
    desk.run(&["follow-up", &id, "2026-12-01", "--strict"]).fails(5);
    desk.run(&["follow-up", &id, "none", "--dry-run"]).ok();
    assert_eq!(desk.ticket(&id)["follow_up"], "2026-12-01");
    desk.run(&["follow-up", &id, "none"]).ok();
    assert_eq!(desk.ticket(&id)["follow_up"], Value::Null);
    let line = format!("{{\"op\":\"follow-up\",\"id\":\"{id}\",\"date\":\"fri\",\"message\":\"once more\"}}\n");
    desk.feed(line, &["batch", "-"]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!(
        (&ticket["follow_up"], &ticket["thread"][1]["body"]),
        (&Value::from("2026-11-27"), &Value::from("once more"))
    );
    desk.is_sound();
}

#[test]
fn people_are_told_who_is_called_when() {
    let desk = TestDesk::new();
    let id = desk.open("dock", &["--requester", "bob@acme.example"]);
    assert_data_eq!(
        desk.on_terminal("", &["follow-up", &id, "fri"]).to_string(),
        str![[r#"
261124-svz5ne2x
svz5: call bob@acme.example back on Fri 27 Nov 2026

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["follow-up", &id, "none"]).to_string(),
        str![[r#"
261124-svz5ne2x
svz5: no call back any more

"#]]
    );
}

#[test]
fn what_is_no_day_or_no_ticket_writes_nothing() {
    let desk = TestDesk::new();
    let id = desk.open("dock", &[]);
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["follow-up", &id, "soonish"]).fails(2),
        str![[r#"
git-desk: `soonish` is no time
  like these: 2026-12-01, 14:30, tomorrow, fri, 2d, 2026-12-01T09:00:00Z

"#]]
    );
    assert_data_eq!(
        desk.run(&["follow-up", &id]).fails(2),
        str![[r#"
git-desk: when? a DATE is missing
  git desk follow-up 261124-svz5ne2x fri
  no call any more: none in place of the day

"#]]
    );
    desk.run(&["follow-up", "zzzz", "fri"]).fails(3);
    assert_eq!(desk.commits(), before);
}
