//! `open`

mod interview;
mod key;
mod similar;
mod template;

use std::fs;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_report_prints_the_full_id_and_is_one_commit() {
    let desk = TestDesk::new();
    let before = desk.commits();
    let opened = desk.run(&["open", "Printer HP-4 prints blank pages", "-r", "bob@example.com"]);
    assert_data_eq!(
        opened.to_string(),
        str![[r#"
261124-f31aj1bw

"#]]
    );
    assert_eq!(desk.commits(), before + 1);
    let id = opened.stdout.trim_end();
    assert_data_eq!(
        fs::read_to_string(desk.file(id)).unwrap(),
        str![[r#"
title = "Printer HP-4 prints blank pages"

status = "new"

resolution = ""

waiting_on = ""

kind = "incident"

priority = "p3"

queue = "l1"

assignee = ""

category = ""

service = ""

asset = ""

due = ""

follow_up = ""

tags = [
]

links = [
]

requester = "bob@example.com"

channel = "cli"

opened = 2026-11-24T08:03:00Z

body = '''
'''

"#]]
    );
    assert_data_eq!(
        desk.git(&["log", "-1", "--format=%an <%ae>%n%n%B"]),
        str![[r#"
Ana Agent <ana@example.com>

open 261124-f31aj1bw: Printer HP-4 prints blank pages

Desk-Ticket: 261124-f31aj1bw
Desk-Act: open


"#]]
    );
    desk.is_sound();
}

#[test]
fn everything_that_is_given_is_in_the_file() {
    let desk = TestDesk::new();
    let parent = desk.open("Storm", &[]);
    let link = format!("parent {}", &parent[7..11]);
    let plain = "--kind request --impact high --urgency low --priority p2 --queue l2 --assign @me --channel phone \
        --requester bob@example.com --service printing --category hardware/printer --asset HP-4 --environment office \
        --external-id INC-7 --tag b,a --tag b --watcher eve@example.com --field serial=X12 --field pages=93 \
        --article printers/blank --key hp4 --group floor2 --due 2026-12-01T09:00:00Z --opened 2026-11-24T07:30:00+01:00";
    let mut options: Vec<&str> = plain.split_whitespace().collect();
    options.extend(["-m", "All pages.\nSince nine.", "--reason", "the boss prints"]);
    options.extend(["--location", "2nd floor", "--link", &link]);
    let id = desk.open("Printer HP-4 prints blank pages", &options);
    assert_data_eq!(
        fs::read_to_string(desk.file(&id)).unwrap(),
        str![[r#"
title = "Printer HP-4 prints blank pages"

status = "active"

resolution = ""

waiting_on = ""

kind = "request"

impact = "high"

urgency = "low"

priority = "p2"

priority_reason = "the boss prints"

queue = "l2"

assignee = "ana"

category = "hardware/printer"

service = "printing"

asset = "HP-4"

due = 2026-12-01T09:00:00Z

follow_up = ""

tags = [
  "a",
  "b",
]

links = [
  "parent 261124-svz5ne2x",
]

articles = [
  "printers/blank",
]

requester = "bob@example.com"

location = "2nd floor"

environment = "office"

channel = "phone"

external_id = "INC-7"

key = "hp4"

group = "floor2"

watchers = [
  "eve@example.com",
]

opened = 2026-11-24T06:30:00Z

body = '''
All pages.
Since nine.
'''

[fields]

pages = 93

serial = "X12"

"#]]
    );
}

#[test]
fn a_title_is_one_argument() {
    let desk = TestDesk::new();
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["open", "Printer", "is", "broken"]).to_string(),
        str![[r#"
stderr: git-desk: a title is one argument, here are three: Printer, is, broken
stderr:   git desk open "Printer is broken"
exit: 2

"#]]
    );
    let error = json(&desk.run(&["open", "Printer", "is", "broken", "--json"]).fails(2));
    assert_eq!(error["error"]["exit"], 2);
    assert_eq!(error["error"]["code"], "title_words");
    assert_eq!(error["error"]["hint"], "git desk open \"Printer is broken\"");
    assert_eq!(error["error"]["try"][0].as_array().unwrap().last().unwrap(), "Printer is broken");
    desk.run(&["open"]).fails(2);
    desk.run(&["open", " \n "]).fails(2);
    assert_eq!(desk.commits(), before);
}

#[test]
fn a_title_of_many_lines_or_of_more_than_200_characters_loses_nothing() {
    let desk = TestDesk::new();
    let ticket = desk.ticket(&desk.open("disk full\nline 2\n", &["-m", "more"]));
    assert_eq!(ticket["title"], "disk full");
    assert_eq!(ticket["body"], "disk full\nline 2\n\nmore");
    let long = "é".repeat(201);
    let ticket = desk.ticket(&desk.open(&long, &[]));
    assert_eq!(ticket["title"], "é".repeat(200));
    assert_eq!(ticket["body"], long);
    let fits = "é".repeat(200);
    let ticket = desk.ticket(&desk.open(&fits, &[]));
    assert_eq!(ticket["title"], fits);
    assert_eq!(ticket["body"], "");
}

#[test]
fn an_operation_done_twice_is_done_once() {
    let desk = TestDesk::new();
    let id = desk.open("backup failed", &["--op-id", "job-1"]);
    let before = desk.commits();
    let again = desk.run(&["open", "backup failed", "--op-id", "job-1", "--json=id,created,changed"]);
    let again = json(&again.ok());
    assert_eq!(again["id"], *id);
    assert_eq!(again["created"], false);
    assert_eq!(again["changed"], false);
    assert_eq!(desk.commits(), before);
    assert_eq!(desk.run(&["list", "--count"]).ok(), "1\n");
    assert_ne!(desk.open("backup failed", &["--op-id", "job-2"]), id);
}

#[test]
fn an_unknown_name_is_not_found_and_nothing_is_written() {
    let desk = TestDesk::new();
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["open", "disk full on web7", "--queue", "infra"]).to_string(),
        str![[r#"
stderr: git-desk: no queue `infra`; this desk has l1, l2, l3
stderr:   git desk queue add infra
exit: 3

"#]]
    );
    assert_data_eq!(
        desk.run(&["open", "disk full on web7", "--assign", "anna"]).to_string(),
        str![[r#"
stderr: git-desk: no agent `anna`; this desk has ana
stderr:   did you mean `ana`?
stderr:   git desk agent add anna --email MAIL
exit: 3

"#]]
    );
    let error = json(&desk.run(&["open", "x", "--queue", "l4", "--json"]).fails(3));
    assert_eq!(error["error"]["code"], "no_queue");
    assert_eq!(error["error"]["candidates"], serde_json::json!(["l1", "l2", "l3"]));
    desk.run(&["open", "x", "--link", "parent 261124-zzzzzzzz"]).fails(3);
    desk.run(&["open", "x", "-F", "nowhere.txt"]).fails(3);
    desk.run(&["open", "x", "--priority", "p9"]).fails(2);
    desk.run(&["open", "x", "--dry-run"]).ok();
    desk.run(&["open", "x", "--field", "serial"]).fails(2);
    assert_eq!(desk.commits(), before);
    desk.is_sound();
}

#[test]
fn stdin_is_read_only_where_a_dash_says_so() {
    let desk = TestDesk::new();
    let silent = desk.feed("not for us", &["open", "a"]).ok();
    assert_eq!(desk.ticket(silent.trim_end())["body"], "");
    let read = desk.feed("/dev/sda1  \t\n100%  \n\n\n", &["open", "b", "-F", "-"]).ok();
    assert_eq!(desk.ticket(read.trim_end())["body"], "/dev/sda1\n100%");
    let bytes = desk.feed(b"caf\xe9", &["open", "c", "-F", "-"]).ok();
    assert_eq!(desk.ticket(bytes.trim_end())["body"], "caf\u{fffd}");
}

#[test]
fn a_file_is_attached_under_a_harmless_name() {
    let desk = TestDesk::new();
    let path = desk.outside().join("Prüfung 1.txt");
    fs::write(&path, b"\x00\xff").unwrap();
    let id = desk.open("x", &["--attach", path.to_str().unwrap()]);
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["attachments"][0]["name"], "Prüfung 1.txt");
    let stored = ticket["attachments"][0]["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert_eq!(&stored[6..], "-Pr-fung-1.txt");
    assert_eq!(ticket["attachments"][0]["size"], 2);
    assert_eq!(ticket["thread"][0]["files"][0], format!("{stored} Prüfung 1.txt"));
    let kept = desk.file(&id).with_extension("").join("files").join(stored);
    assert_eq!(fs::read(kept).unwrap(), b"\x00\xff");
    desk.is_sound();

    let before = desk.commits();
    fs::write(&path, vec![b'x'; 10 * 1024 * 1024 + 1]).unwrap();
    desk.run(&["open", "x", "--attach", path.to_str().unwrap()]).fails(2);
    desk.run(&["open", "x", "--attach", "nowhere"]).fails(3);
    assert_eq!(desk.commits(), before);
}

#[test]
fn a_day_promised_ends_with_its_working_day_and_a_time_is_read_whole() {
    let desk = TestDesk::new();
    let ticket = desk.ticket(&desk.open("x", &["--due", "2026-12-01", "--opened", "2026-11-20 10:00"]));
    assert_eq!(ticket["opened"], "2026-11-20T10:00:00Z");
    assert_eq!(ticket["due"], "2026-12-01T17:00:00Z");
    desk.run(&["open", "x", "--due", "soonish"]).fails(2);
}

#[test]
fn a_link_at_opening_keeps_the_rules_of_links() {
    let desk = TestDesk::new();
    let a = desk.open("above", &[]);
    let said = desk.run(&["open", "round", "--link", &format!("parent {a}"), "--link", &format!("child {a}")]).fails(5);
    assert!(said.contains("circle") || said.contains(&a), "{said}");
    let child = desk.open("below", &["--link", &format!("parent {a}"), "--link", &format!("blocks {a}")]);
    assert_eq!(desk.ticket(&child)["links"].as_array().unwrap().len(), 2);
    assert!(desk.run(&["check"]).ok().is_empty());
}

#[test]
fn what_no_file_may_have_is_refused_before_it_is_written() {
    let desk = TestDesk::new();
    let commits = desk.commits();
    desk.run(&["open", "x", "--requester", "a@example.com\nb"]).fails(2);
    desk.run(&["open", "x", "--key", &"k".repeat(300)]).fails(2);
    assert_eq!(desk.commits(), commits);
}

#[test]
fn a_write_can_ask_that_nothing_has_changed_since() {
    let desk = TestDesk::new();
    let (id, other) = (desk.open("watched", &[]), desk.open("another", &[]));
    let seen = desk.ticket(&id)["commit"].as_str().unwrap().to_owned();
    desk.run(&["set", &other, "asset=db1"]).ok();
    desk.run(&["set", &id, "asset=db1", "--if-rev", &seen]).ok();
    let said = desk.run(&["set", &id, "asset=db2", "--if-rev", &seen]).fails(5);
    assert!(said.contains("has changed since"), "{said}");
    assert_eq!(desk.ticket(&id)["asset"], "db1");
}

#[test]
fn a_body_that_no_file_would_hold_is_attached() {
    let desk = TestDesk::new();
    let log = "a line of a very long log\n".repeat(60_000);
    let id = desk.feed(&log, &["open", "job failed", "-F", "-"]).ok().trim().to_owned();
    assert_eq!(desk.ticket(&id)["attachments"][0]["size"], log.trim_end().len());
}
