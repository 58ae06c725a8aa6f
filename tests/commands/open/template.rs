//! What a ticket begins with: `open --template` and `open --like`.

use std::fs;

use crate::support::TestDesk;
use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

const TEMPLATES: &str = r#"
[templates.new-laptop]
title = "New laptop:"
kind = "request"
queue = "l2"
impact = "low"
urgency = "medium"
tags = ["hardware"]
due = "2026-12-01"
body = """
Who needs it:
By when:
"""

[templates.new-laptop.fields]
model = "T14"
monitors = 2

[templates.leak]
title = "Water in the server room"
priority = "p1"
assignee = "@me"
"#;

fn desk() -> TestDesk {
    let desk = TestDesk::new();
    let path = desk.path().join("desk.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap() + TEMPLATES).unwrap();
    desk.git(&["commit", "-qam", "templates"]);
    desk
}

fn open(desk: &TestDesk, words: &[&str]) -> Value {
    desk.ticket(desk.run(&[&["open"], words].concat()).ok().trim_end())
}

#[test]
fn a_template_gives_what_is_not_given() {
    let desk = desk();
    let ticket = open(&desk, &["--template", "new-laptop", "for Fatima"]);
    let chosen = ["title", "kind", "queue", "priority", "tags", "due", "body", "fields", "requester", "status"];
    let said: serde_json::Map<String, Value> =
        chosen.iter().map(|name| ((*name).to_owned(), ticket[*name].clone())).collect();
    assert_data_eq!(
        serde_json::to_string_pretty(&said).unwrap(),
        str![[r#"
{
  "body": "Who needs it:/nBy when:",
  "due": "2026-12-01T17:00:00Z",
  "fields": {
    "model": "T14",
    "monitors": 2
  },
  "kind": "request",
  "priority": "p4",
  "queue": "l2",
  "requester": "ana",
  "status": "new",
  "tags": [
    "hardware"
  ],
  "title": "New laptop: for Fatima"
}
"#]]
    );
    let leak = open(&desk, &["--template", "leak"]);
    assert_eq!(
        json!([leak["title"], leak["priority"], leak["assignee"], leak["status"]]),
        json!(["Water in the server room", "p1", "ana", "active"])
    );
    desk.is_sound();
}

#[test]
fn what_is_given_wins_and_lists_come_together() {
    let desk = desk();
    let ticket = open(
        &desk,
        &[
            "--template",
            "new-laptop",
            "for Eve",
            "--queue",
            "l1",
            "--tag",
            "vip",
            "--field",
            "model=X1",
            "-m",
            "Soon.",
            "-p",
            "p1",
        ],
    );
    assert_eq!(
        json!([
            ticket["queue"],
            ticket["tags"],
            ticket["fields"],
            ticket["body"],
            ticket["priority"],
            ticket["impact"]
        ]),
        json!(["l1", ["hardware", "vip"], {"model": "X1", "monitors": 2}, "Soon.", "p1", null])
    );
    let other = open(&desk, &["--template", "leak", "Water in the kitchen", "--impact", "low", "--urgency", "low"]);
    assert_eq!(json!([other["title"], other["priority"]]), json!(["Water in the kitchen", "p5"]));
}

#[test]
fn a_template_that_is_not_there_names_those_that_are() {
    let desk = desk();
    assert_data_eq!(
        desk.run(&["open", "x", "--template", "laptop"]).to_string(),
        str![[r#"
stderr: git-desk: no template `laptop`; this desk has leak, new-laptop
stderr:   a template is a table in desk.toml: [templates.NAME]
exit: 3

"#]]
    );
    let empty = TestDesk::new();
    assert_data_eq!(
        empty.run(&["open", "x", "--template", "laptop"]).to_string(),
        str![[r#"
stderr: git-desk: no template `laptop`; this desk has none
stderr:   a template is a table in desk.toml: [templates.NAME]
exit: 3

"#]]
    );
    assert_data_eq!(
        desk.run(&["open", "--template", "new-laptop"]).to_string(),
        str![[r#"
stderr: git-desk: what happened? a title is missing
stderr:   git desk open "Printer HP-4 prints blank pages"
exit: 2

"#]]
    );
    let ask = [("For whom?     ", "me\n"), ("What is it?   ", "for Bo\n")];
    let opened = desk.converse(&["open", "--template", "new-laptop"], &ask);
    assert_eq!(desk.ticket(opened.ok().trim_end())["title"], "New laptop: for Bo");
}

#[test]
fn a_misspelt_key_of_a_template_is_warned_of() {
    let desk = desk();
    desk.change(&desk.path().join("desk.toml"), "impact = \"low\"\n", "impct = \"low\"\n");
    let said = desk.run(&["check", "desk.toml"]);
    assert!(said.stdout.contains("`impct` is not known") && said.stdout.contains("`impact`"), "{said}");
}

#[test]
fn an_earlier_ticket_gives_what_describes_it_and_nothing_of_its_life() {
    let desk = TestDesk::new();
    let options = "--kind request --impact high --urgency low --queue l2 --assign me --requester bob@example.com --service mail \
        --category mail/quota --asset mx1 --tag b,a --customer acme --location ghent --environment prod --key k --field n=1 \
        --watcher eve@example.com --priority p1 --external-id INC-7 --channel phone";
    let mut words: Vec<&str> = options.split_whitespace().collect();
    words.extend(["-m", "long words", "--reason", "why"]);
    let earlier = desk.open("Mailbox over quota", &words);
    desk.run(&["resolve", &earlier, "--resolution", "fixed", "-m", "more room"]).ok();
    let ticket = open(&desk, &["--like", &earlier[7..11]]);
    for name in [
        "title",
        "kind",
        "impact",
        "urgency",
        "queue",
        "service",
        "category",
        "asset",
        "tags",
        "customer",
        "location",
        "environment",
    ] {
        assert_eq!(ticket[name], desk.ticket(&earlier)[name], "{name}");
        assert!(!ticket[name].is_null(), "{name}");
    }
    assert_eq!(
        json!([
            ticket["status"],
            ticket["assignee"],
            ticket["requester"],
            ticket["priority"],
            ticket["body"],
            ticket["key"],
            ticket["watchers"],
            ticket["external_id"],
            ticket["fields"],
            ticket["channel"],
            ticket["solution"]
        ]),
        json!(["new", null, "ana", "p3", "", null, [], null, {}, "cli", null])
    );
    let given = open(&desk, &["Mailbox is full again", "--like", &earlier, "--queue", "l1", "-r", "eve@example.com"]);
    assert_eq!(
        json!([given["title"], given["queue"], given["requester"]]),
        json!(["Mailbox is full again", "l1", "eve@example.com"])
    );
    desk.run(&["queue", "retire", "l2"]).ok();
    assert_eq!(open(&desk, &["--like", &earlier])["queue"], "l1", "a retired queue takes no more");
    desk.run(&["open", "x", "--like", "zzzz"]).fails(3);
}

#[test]
fn both_work_in_a_batch_and_in_a_dry_run() {
    let desk = desk();
    let earlier = desk.open("Mailbox over quota", &["--asset", "mx1"]);
    let lines = format!(
        "{}\n{}\n{}\n",
        json!({"op": "open", "template": "new-laptop", "title": "for Bo"}),
        json!({"op": "open", "like": earlier}),
        json!({"op": "open", "template": "nosuch", "title": "x"})
    );
    let ran = desk.feed(lines, &["batch", "-"]);
    assert_eq!(ran.code, 3, "{ran}");
    let done: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json!([done[0]["title"], done[1]["title"]]), json!(["New laptop: for Bo", "Mailbox over quota"]));
    assert_eq!(desk.ticket(done[1]["id"].as_str().unwrap())["asset"], "mx1");
    let before = desk.commits();
    desk.run(&["open", "--template", "leak", "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
}
