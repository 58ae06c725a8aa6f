//! `remind`

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

/// Calls: ana's of yesterday and of Friday, nobody's in ana's queue of today, bob's of today, one of a closed ticket.
fn desk() -> (TestDesk, [String; 4]) {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bob", "--email", "bob@acme.example"]).ok();
    let open = |title: &str, options: &[&str], day: &str| {
        let id = desk.open(title, &[options, &["--requester", "jo@acme.example"]].concat());
        desk.run(&["follow-up", &id, day]).ok();
        id
    };
    let mine = open("mine", &["--assign", "ana"], "2026-11-23");
    let friday = open("friday", &["--assign", "ana"], "fri");
    let free = open("free \u{1b}[31mred", &[], "today");
    let bobs = open("bob's", &["--assign", "bob"], "today");
    let closed = open("closed", &["--assign", "ana"], "today");
    desk.run(&["close", &closed, "--resolution", "fixed", "-m", "x"]).ok();
    (desk, [mine, friday, free, bobs])
}

#[test]
fn what_is_mine_or_free_in_my_queues_and_due_comes_longest_due_first() {
    let (desk, [mine, friday, free, bobs]) = desk();
    let ids = |words: &[&str]| desk.run(&[&["remind", "-o", "ids"], words].concat()).ok();
    assert_eq!(ids(&[]), format!("{mine}\n{free}\n"));
    assert_eq!(ids(&["--days", "3"]), format!("{mine}\n{free}\n{friday}\n"));
    assert_eq!(ids(&["--all"]), format!("{mine}\n{free}\n{bobs}\n"));
    assert_eq!(ids(&["assignee:bob"]), format!("{bobs}\n"));
    assert_eq!(ids(&["-n", "1"]), format!("{mine}\n"));
    assert_eq!(
        desk.run(&["remind"]).ok().lines().next().unwrap(),
        format!("2026-11-23\t{mine}\tp3\tl1\tana\tjo@acme.example\tmine")
    );
    let first: Value = serde_json::from_str(&desk.run(&["remind", "--json"]).ok()).unwrap();
    assert_eq!((&first[0]["id"], &first[0]["follow_up"]), (&Value::from(mine.as_str()), &Value::from("2026-11-23")));
    let bob = desk.at("desk").by("bob");
    assert_eq!(bob.run(&["remind", "-o", "ids"]).ok(), format!("{bobs}\n"));
    // Before any of it was promised there was nothing.
    assert_eq!(ids(&["--at", "HEAD~10"]), "");
    // To the east it is tomorrow already.
    assert_eq!(
        desk.at("desk")
            .with("TZ", "Pacific/Kiritimati")
            .with("GIT_DESK_NOW", "2026-11-26T10:30:00Z")
            .run(&["remind", "-o", "ids"])
            .ok()
            .lines()
            .count(),
        3
    );
    assert_eq!(desk.run(&["list", "follow_up:2026-11-23", "-o", "ids"]).ok(), format!("{mine}\n"));
    let west = desk.at("desk").with("TZ", "America/New_York");
    assert_eq!(
        west.run(&["list", "follow_up:2026-11-23", "-o", "ids"]).ok(),
        format!("{mine}\n"),
        "a day is a day anywhere"
    );
}

#[test]
fn people_see_who_to_call_and_what_is_late() {
    let (desk, _) = desk();
    assert_data_eq!(
        desk.on_terminal("", &["remind", "--color", "never", "--all"]).to_string(),
        str![[r#"
 CALL     P   ID    TITLE          REQUESTER        QUEUE  WHO
 late 1d  p3  f31a  mine           jo@acme.example  l1     ana
 today    p3  gzsz  free ␛[31mred  jo@acme.example  l1     —
 today    p3  k5dv  bob's          jo@acme.example  l1     bob
3 calls, 1 late          made one: git desk follow-up ID none -m "what they said"

"#]]
    );
    let nobody = desk.on_terminal("", &["remind", "assignee:nobody"]);
    assert_eq!(nobody.to_string(), "nobody is to be called back\n");
}

#[test]
fn scripts_are_told_by_the_exit_code() {
    let (desk, _) = desk();
    assert_eq!(desk.run(&["remind", "--exit-code"]).code, 0);
    let none = desk.run(&["remind", "--exit-code", "asset:none"]);
    assert_eq!((none.code, none.stdout.as_str(), none.stderr.as_str()), (1, "", ""));
    assert_eq!(desk.run(&["remind", "asset:none"]).code, 0);
    desk.run(&["remind", "quue:l1"]).fails(2);
    desk.run(&["remind", "--days", "soon"]).fails(2);
}
