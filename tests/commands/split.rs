//! `split`

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::support::{TestDesk, ticket_path};

#[test]
fn the_new_ticket_takes_over_what_it_needs() {
    let desk = TestDesk::new();
    let options = ["--requester", "bob@example.com", "--asset", "HP-4", "--service", "print", "-p", "p2", "-m", "both"];
    let id = desk.open("Two printers", &options);
    desk.run(&["comment", &id, "and the second is jammed"]).ok();
    let entry = desk.ticket(&id)["thread"][0]["id"].as_str().unwrap().to_owned();
    let before = (desk.commits(), desk.git(&["rev-parse", &format!("HEAD:{}", ticket_path(&id))]));
    let new =
        desk.run(&["split", &id, "Second printer", "--entry", &entry[17..], "-m", "jam"]).ok().trim_end().to_owned();
    assert_eq!(desk.commits(), before.0 + 1);
    let made = desk.ticket(&new);
    for field in ["requester", "asset", "service", "priority", "queue", "kind", "channel"] {
        assert_eq!(made[field], desk.ticket(&id)[field], "{field}");
    }
    assert_eq!(
        (&made["title"], &made["body"], &made["status"]),
        (&json!("Second printer"), &json!("jam"), &json!("new"))
    );
    assert_eq!((&made["links"][0]["type"], &made["links"][0]["id"]), (&json!("related"), &json!(id)));
    assert_eq!(made["thread"][0]["body"], "and the second is jammed");
    let thread = desk.ticket(&id)["thread"].clone();
    assert_eq!(thread[0]["id"], json!(entry), "the first ticket keeps it");
    assert!(thread[1]["body"].as_str().unwrap().contains(&new), "{thread}");
    assert_eq!(desk.git(&["rev-parse", &format!("HEAD:{}", ticket_path(&id))]), before.1);
    desk.is_sound();
    desk.run(&["undo"]).ok();
    assert_eq!(desk.ticket(&new)["resolution"], "cancelled");
    assert_eq!(desk.ticket(&id)["thread"].as_array().unwrap().len(), 1);
}

#[test]
fn files_go_with_their_entry() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    std::fs::write(desk.outside().join("fw.log"), "dropped\n").unwrap();
    let file = desk.outside().join("fw.log").display().to_string();
    desk.run(&["comment", &id, "see", "--attach", &file]).ok();
    let entry = desk.ticket(&id)["thread"][0]["id"].as_str().unwrap().to_owned();
    let new = desk.run(&["split", &id, "y", "--entry", &entry]).ok().trim_end().to_owned();
    let attached = desk.ticket(&new)["attachments"][0].clone();
    assert_eq!(attached["name"], "fw.log");
    let kept = std::fs::read_to_string(desk.path().join(attached["path"].as_str().unwrap())).unwrap();
    assert_eq!(kept, "dropped\n");
}

#[test]
fn a_split_without_title_or_entry_is_refused() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["split", "k7m3"]).to_string(),
        str![[r#"
stderr: git-desk: what is the new ticket about? TITLE is missing
stderr:   git desk split k7m3 "what it is"
exit: 2

"#]]
    );
    desk.run(&["split", &id, "two", "words"]).fails(2);
    desk.run(&["split", &id, "t", "--entry", "none-such"]).fails(3);
    desk.run(&["split", "zzzz", "t"]).fails(3);
    desk.run(&["split", &id, "t", "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
    let hostile = "$(id) \u{1b}[31m";
    let new = desk.feed(json!({"op": "split", "id": id, "title": hostile}).to_string(), &["batch", "-"]).ok();
    let new: serde_json::Value = serde_json::from_str(&new).unwrap();
    assert_eq!(desk.ticket(new["id"].as_str().unwrap())["title"], hostile);
}

#[test]
fn what_was_counted_once_is_not_copied() {
    let desk = TestDesk::new();
    let id = desk.open("two things", &[]);
    desk.run(&["work", &id, "30"]).ok();
    let entry = desk.ticket(&id)["thread"][0]["id"].as_str().unwrap().to_owned();
    let said = desk.run(&["split", &id, "the other thing", "--entry", &entry]).fails(2);
    assert!(said.contains("is a work"), "{said}");
}

#[test]
fn under_a_name_it_is_done_once_and_tells_the_same() {
    let desk = TestDesk::new();
    let id = desk.open("two things", &[]);
    let words = ["split", &id, "the other thing", "--op-id", "s-1"];
    let first = desk.run(&words).ok();
    let commits = desk.commits();
    assert_eq!(desk.run(&words).ok(), first);
    assert_eq!(desk.commits(), commits);
}
