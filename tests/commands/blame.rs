//! `blame`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

#[test]
fn every_field_names_the_commit_that_set_it() {
    let desk = TestDesk::new();
    let id = desk.open("Printer HP-4 prints blank pages", &[]);
    let opened = desk.git(&["rev-parse", "HEAD"]);
    desk.run(&["take", &id]).ok();
    let taken = desk.git(&["rev-parse", "HEAD"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&desk.run(&["blame", &id, "--json"]).ok()).unwrap();
    let commit = |field: &str| rows.iter().find(|row| row["field"] == field).unwrap()["commit"].clone();
    for (field, by) in [("title", &opened), ("priority", &opened), ("status", &taken), ("assignee", &taken)] {
        assert_eq!(commit(field), by.trim(), "{field}");
    }
    assert_data_eq!(
        desk.run(&["blame", &id]).to_string(),
        str![[r#"
title	Printer HP-4 prints blank pages	ana	2026-11-24T08:02:00Z	b21d01479f13d3fefc24e3162735d78184d6598f
kind	incident	ana	2026-11-24T08:02:00Z	b21d01479f13d3fefc24e3162735d78184d6598f
priority	p3	ana	2026-11-24T08:02:00Z	b21d01479f13d3fefc24e3162735d78184d6598f
queue	l1	ana	2026-11-24T08:02:00Z	b21d01479f13d3fefc24e3162735d78184d6598f
requester	ana	ana	2026-11-24T08:02:00Z	b21d01479f13d3fefc24e3162735d78184d6598f
channel	cli	ana	2026-11-24T08:02:00Z	b21d01479f13d3fefc24e3162735d78184d6598f
opened	2026-11-24T08:02:00Z	ana	2026-11-24T08:02:00Z	b21d01479f13d3fefc24e3162735d78184d6598f
status	active	ana	2026-11-24T08:04:00Z	eb377e3f864b41e4783e87e077e835b6b63cccc3
assignee	ana	ana	2026-11-24T08:04:00Z	eb377e3f864b41e4783e87e077e835b6b63cccc3

"#]]
    );
}

#[test]
fn what_is_unset_again_has_no_line() {
    let desk = TestDesk::new();
    let id = desk.open("one", &["--tag", "red", "--tag", "blue", "--asset", "hp-4"]);
    desk.run(&["tag", &id, "--remove", "red"]).ok();
    desk.run(&["set", &id, "asset="]).ok();
    let shown = desk.run(&["blame", &id]).ok();
    assert!(shown.contains("tags\tblue\t"), "{shown}");
    assert!(!shown.contains("red") && !shown.contains("asset"), "{shown}");
}

#[test]
fn blame_of_the_past_and_of_nothing() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    let then = desk.run(&["blame", &id]).ok();
    desk.run(&["set", &id, "priority=p1"]).ok();
    assert_eq!(desk.run(&["blame", &id, "--at", "HEAD~1"]).ok(), then);
    assert_data_eq!(
        desk.run(&["blame", "zzzz"]).fails(3),
        str![[r#"
git-desk: no ticket zzzz
  what is open: git desk list     by words: git desk search WORDS

"#]]
    );
}
