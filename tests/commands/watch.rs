//! `watch`

use serde_json::json;

use crate::support::TestDesk;

#[test]
fn watching_is_on_or_off() {
    let desk = TestDesk::new();
    let id = desk.open("x", &["--requester", "bob@example.com"]);
    let before = desk.commits();
    assert_eq!(desk.run(&["watch", &id]).ok(), format!("{id}\n"));
    desk.run(&["watch", &id, "--who", "carl@example.com"]).ok();
    assert_eq!(desk.ticket(&id)["watchers"], json!(["ana", "carl@example.com"]));
    desk.run(&["watch", &id, "--who", "@ana"]).ok();
    desk.run(&["watch", &id, "--strict"]).fails(5);
    assert_eq!(desk.commits(), before + 2);
    desk.run(&["watch", &id, "--remove"]).ok();
    desk.run(&["watch", &id, "--remove"]).ok();
    assert_eq!(desk.ticket(&id)["watchers"], json!(["carl@example.com"]));
    assert_eq!(desk.ticket(&id)["status"], "new", "to watch is not to work");
    desk.run(&["undo"]).ok();
    assert_eq!(desk.ticket(&id)["watchers"], json!(["ana", "carl@example.com"]));
    desk.is_sound();
}

#[test]
fn a_watcher_is_an_agent_or_an_address() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    let before = desk.commits();
    desk.run(&["watch", &id, "--who", "nobody-known"]).fails(3);
    desk.run(&["watch", &id, "--who", "a b@c"]).fails(2);
    desk.run(&["watch", &id, "--who", "a\u{202e}@b"]).fails(2);
    desk.run(&["watch"]).fails(2);
    desk.run(&["watch", &id, "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
    desk.feed(json!({"op": "watch", "id": id, "who": "bob@example.com"}).to_string(), &["batch", "-"]).ok();
    assert_eq!(desk.ticket(&id)["watchers"], json!(["bob@example.com"]));
}
