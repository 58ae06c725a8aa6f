//! `rate`

use serde_json::json;

use crate::support::{TestDesk, ticket_path};

fn ended(desk: &TestDesk) -> String {
    let id = desk.open("x", &["--requester", "bob@example.com"]);
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "drum"]).ok();
    id
}

#[test]
fn an_agent_rates_for_the_requester_and_the_entry_says_so() {
    let desk = TestDesk::new();
    let id = ended(&desk);
    desk.run(&["rate", &id, "4", "took long"]).ok();
    let changed = desk.git(&["show", "--format=", "--name-only", "HEAD"]);
    assert!(!changed.contains(&ticket_path(&id)), "{changed}");
    let entry = desk.ticket(&id)["thread"][0].clone();
    assert_eq!((&entry["kind"], &entry["score"], &entry["body"]), (&json!("rating"), &json!(4), &json!("took long")));
    assert_eq!((&entry["by"], &entry["from"]), (&json!("ana"), &json!("bob@example.com")));
    let before = desk.commits();
    desk.run(&["rate", &id, "4", "took long"]).ok();
    desk.run(&["rate", &id, "4", "took long", "--strict"]).fails(5);
    assert_eq!(desk.commits(), before, "the same again is so already");
    let page = desk.run(&["show", &id, "-o", "table"]).ok();
    assert!(page.contains("4 of 5 from bob@example.com"), "{page}");
    desk.run(&["undo"]).ok();
    assert_eq!(desk.ticket(&id)["thread"], json!([]));
    desk.is_sound();
}

#[test]
fn the_requester_rates_and_nobody_else() {
    let desk = TestDesk::new();
    let id = ended(&desk);
    let other = desk.command(&["rate", &id, "1"]).env("GIT_DESK_USER", "Eve <eve@example.com>").output().unwrap();
    assert_eq!(other.status.code(), Some(9), "{}", String::from_utf8_lossy(&other.stderr));
    let own = desk.command(&["rate", &id, "5"]).env("GIT_DESK_USER", "Bob <bob@example.com>").output().unwrap();
    assert!(own.status.success(), "{}", String::from_utf8_lossy(&own.stderr));
    let entry = desk.ticket(&id)["thread"][0].clone();
    assert_eq!((&entry["by"], &entry["from"]), (&json!("bob@example.com"), &json!(null)));
}

#[test]
fn what_is_no_rating_is_refused() {
    let desk = TestDesk::new();
    let (id, open) = (ended(&desk), desk.open("y", &[]));
    let before = desk.commits();
    for bad in ["0", "6", "-1", "good", "4.5", ""] {
        let error = desk.run(&["rate", &id, bad]).fails(2);
        assert!(error.contains("from 1 to 5"), "{bad}: {error}");
    }
    desk.run(&["rate", &open, "5"]).fails(5);
    desk.run(&["rate", "zzzz", "5"]).fails(3);
    desk.run(&["rate", &id, "5", "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
    desk.feed(json!({"op": "rate", "id": id, "score": 3}).to_string(), &["batch", "-"]).ok();
    assert_eq!(desk.ticket(&id)["thread"][0]["score"], 3);
}
