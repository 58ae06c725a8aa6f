//! `import`

mod rows;
mod systems;

use std::collections::BTreeMap;

use crate::support::TestDesk;
use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

const LOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/servicenow.jsonl.gz");
/// What an independent program, `reference.py`, makes of the same log.
const REFERENCE: &str = include_str!("../fixtures/servicenow.json");
const MAP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/import/servicenow.toml");
const ALL: &str = "status:new,active,waiting,resolved,closed";

/// A small log: two tickets, a word no map knows, a message.
const SMALL: &str = r#"{"ticket":"T1","at":"2020-01-01T10:00:00Z","actor":"Bob <bob@x.example>","changes":{"opened_at":"2020-01-01T09:00:00Z","incident_state":"New","priority":"6 - urgent!!","assignment_group":"Group 9"}}
{"ticket":"T1","at":"2020-01-01T11:00:00Z","actor":"Bob <bob@x.example>","changes":{"incident_state":"Pending auto close+"},"entry":{"kind":"comment","body":"hello"}}
{"ticket":"T2","at":"2020-01-01T11:00:00Z","actor":"Eve <eve@x.example>","changes":{"opened_at":"2020-01-01T09:00:00Z","incident_state":"New"}}
{"ticket":"T2","at":"2020-01-01T12:00:00Z","actor":"Eve <eve@x.example>","changes":{"incident_state":"Pending auto close+","knowledge":true}}
{"ticket":"T2","at":"2020-01-01T12:30:00Z","actor":"Eve <eve@x.example>","changes":{"priority":"5 - Planning","incident_state":"Resolved"}}
"#;

fn json_of(desk: &TestDesk, words: &[&str]) -> Value {
    let mut all = words.to_vec();
    all.push("--json");
    serde_json::from_str(&desk.run(&all).ok()).unwrap()
}

/// How often each value of a field is there.
fn counts(tickets: &Value, field: &str) -> BTreeMap<Option<String>, u64> {
    let mut counts = BTreeMap::new();
    for ticket in tickets.as_array().unwrap() {
        *counts.entry(ticket[field].as_str().map(str::to_owned)).or_default() += 1;
    }
    counts
}

/// The most frequent values, as the reference lists them: by count, then by name.
fn top(counts: &BTreeMap<Option<String>, u64>, most: usize) -> Value {
    let mut pairs: Vec<_> = counts.iter().collect();
    pairs.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone().unwrap_or_default()));
    pairs.truncate(most);
    json!(pairs)
}

#[test]
fn a_servicenow_history_gives_the_figures_that_an_independent_replay_gives() {
    let expect: Value = serde_json::from_str(REFERENCE).unwrap();
    let desk = TestDesk::new();
    let done = json_of(&desk, &["import", "events", LOG, "--map", MAP]);
    assert_eq!((&done["tickets"], &done["commits"]), (&expect["tickets"], &expect["commits"]));
    assert_eq!(desk.commits() as u64, 1 + expect["commits"].as_u64().unwrap());

    let tickets = json_of(&desk, &["list", ALL]);
    for (field, wanted) in expect["final"].as_object().unwrap() {
        assert_eq!(top(&counts(&tickets, field), 10), *wanted, "{field} at the end");
    }
    let flow = json_of(&desk, &["report", "flow", "--by", "month"]);
    for wanted in expect["flow"].as_array().unwrap() {
        let month = flow["flow"].as_array().unwrap().iter().find(|row| row["month"] == wanted["month"]).unwrap();
        for figure in ["opened", "resolved", "reopened", "backlog_end"] {
            assert_eq!(month[figure], wanted[figure], "{figure} in {}", wanted["month"]);
        }
    }
    let quality = json_of(&desk, &["report", "quality"]);
    let figures =
        ["resolution_seconds_full", "resolution_seconds_first", "reopen", "ping_pong_tickets", "reassignments"];
    for figure in figures.iter().chain(&["seconds_in_status", "seconds_waiting_on"]) {
        assert_eq!(quality[*figure], expect[*figure], "{figure}");
    }
    for (time, wanted) in expect["as_of"].as_object().unwrap() {
        let then = json_of(&desk, &["list", ALL, "--at", time]);
        assert_eq!(then.as_array().unwrap().len() as u64, wanted["tickets"].as_u64().unwrap(), "tickets at {time}");
        for field in ["status", "priority"] {
            assert_eq!(json!(named(&counts(&then, field))), wanted[field], "{field} at {time}");
        }
        assert_eq!(top(&counts(&then, "queue"), 5), wanted["queues"], "queues at {time}");
    }
}

/// Working seconds that `resolve` used of every solved ticket, reckoned from the log alone by another program: 9 to 17 on
/// Monday to Friday in UTC, less the spans in which the incident waited or was solved before.
const CLOCKS: &str = include_str!("../fixtures/servicenow-clocks.json");

#[test]
fn clocks_of_a_servicenow_history_are_those_of_an_independent_reckoning() {
    let desk = TestDesk::new();
    desk.run(&["import", "events", LOG, "--map", MAP]).ok();
    let whole = ["report", "sla", "--since", "2016-01-01", "--until", "2019-12-31", "--tickets"];
    let rows = json_of(&desk, &whole);
    let resolve = rows.as_array().unwrap().iter().filter(|row| row["clock"] == "resolve");
    let number = |row: &Value| row["title"].as_str().unwrap().rsplit(' ').next().unwrap().to_owned();
    let ours: BTreeMap<String, Value> = resolve.map(|row| (number(row), row["used_seconds"].clone())).collect();
    let expect: BTreeMap<String, Value> = serde_json::from_str(CLOCKS).unwrap();
    assert_eq!(expect.len(), 400);
    assert_eq!(ours, expect);
}

fn named(counts: &BTreeMap<Option<String>, u64>) -> BTreeMap<String, u64> {
    counts.iter().map(|(name, count)| (name.clone().unwrap_or_else(|| "null".to_owned()), *count)).collect()
}

#[test]
fn a_second_import_makes_no_commit_and_git_finds_nothing_wrong() {
    let desk = TestDesk::new();
    desk.run(&["import", "events", LOG, "--map", MAP]).ok();
    let tip = desk.git(&["rev-parse", "main"]);
    assert_eq!(json_of(&desk, &["import", "events", LOG, "--map", MAP])["commits"], 0);
    assert_eq!(desk.git(&["rev-parse", "main"]), tip);
    assert_eq!(desk.git(&["for-each-ref", "--format=%(refname)"]), "refs/heads/main\n");
    desk.is_sound();
    desk.run(&["check"]).ok();
    desk.run(&["fmt", "--check"]).ok();
    assert_data_eq!(
        desk.git(&["log", "-2", "--format=%an <%ae> %ad%n%cd%n%s%n%b", "--date=iso-strict"]),
        str![[r#"
Updated by 908 <updated-by-908@servicenow.invalid> 2016-11-30T08:10:00Z
2016-11-30T08:10:00Z
change 160229-atybjnzb: status resolved → closed
Desk-Ticket: 160229-atybjnzb
Desk-Op: servicenow/INC0000298/5

Updated by 70 <updated-by-70@servicenow.invalid> 2016-11-25T08:07:00Z
2016-11-25T08:07:00Z
change 160229-atybjnzb: fields none → {"closed_code":"code-6"}, resolution none → fixed, status wai…
Desk-Ticket: 160229-atybjnzb
Desk-Op: servicenow/INC0000298/4


"#]]
    );
}

#[test]
fn each_event_that_says_something_new_is_a_commit_of_its_time_and_author() {
    let desk = TestDesk::new();
    let run = desk.feed(SMALL, &["import", "events", "-", "--map", MAP]);
    assert_eq!(run.code, 0, "{run}");
    let log = desk.git(&["log", "--reverse", "-4", "--format=%an <%ae> %ad %cd", "--date=iso-strict-local"]);
    let wanted = [
        ("Bob", "bob", "10:00:00"),
        ("Bob", "bob", "11:00:00"),
        ("Eve", "eve", "11:00:00"),
        ("Eve", "eve", "12:30:00"),
    ];
    let line = |(name, mail, time): &(&str, &str, &str)| {
        let at = format!("2020-01-01T{time}+00:00");
        format!("{name} <{mail}@x.example> {at} {at}\n")
    };
    assert_eq!(log.replace('Z', "+00:00"), wanted.iter().map(line).collect::<String>());
    let ticket = desk.ticket("T1");
    assert_eq!((&ticket["external_id"], &ticket["queue"]), (&json!("T1"), &json!("group-9")));
    assert_eq!(ticket["thread"][0]["body"], "hello");
    let queues = json_of(&desk, &["queue", "list"]);
    let new = queues.as_array().unwrap().iter().find(|queue| queue["name"] == "group-9").unwrap();
    assert_eq!((&new["title"], &new["active"]), (&json!("Group 9"), &json!(false)));
    desk.is_sound();
    assert_data_eq!(
        run.to_string(),
        str![[r#"
read      2 tickets, 5 events
made      4 commits, 1 message

not understood                        times   first seen   as it stands
incident_state "Pending auto close+"      2   T1           → left as it was
priority "6 - urgent!!"                   1   T1           → left as it was

new here         times   first seen   as it stands
queue "Group 9"      1   T1           → new queue group-9, inactive

"#]]
    );
}

#[test]
fn a_dry_run_writes_nothing_and_says_what_was_not_understood() {
    let desk = TestDesk::new();
    std::fs::write(desk.outside().join("log.jsonl"), SMALL).unwrap();
    let words = ["import", "events", "../log.jsonl", "--map", MAP, "--dry-run"];
    assert_data_eq!(
        desk.run(&words).to_string(),
        str![[r#"
read      2 tickets, 5 events
would be  4 commits, 1 message

not understood                        times   first seen   as it stands
incident_state "Pending auto close+"      2   T1           → left as it was
priority "6 - urgent!!"                   1   T1           → left as it was

new here         times   first seen   as it stands
queue "Group 9"      1   T1           → new queue group-9, inactive

"#]]
    );
    let report = json_of(&desk, &words);
    assert_eq!((&report["tickets"], &report["commits"], &report["entries"]), (&json!(2), &json!(4), &json!(1)));
    let first = &report["not_understood"][0];
    assert_eq!((&first["times"], &first["first"]), (&json!(2), &json!("T1")));
    assert!(first["what"].as_str().unwrap().contains("Pending auto close+"), "{first}");
    assert_eq!((desk.commits(), desk.git(&["for-each-ref", "--format=%(refname)"]).lines().count()), (1, 1));
    desk.is_sound();
}

#[test]
fn a_sample_shows_the_first_tickets_as_they_would_be() {
    let desk = TestDesk::new();
    let shown = desk.run(&["import", "events", LOG, "--map", MAP, "--sample", "5"]).ok();
    assert_eq!(shown.lines().filter(|line| line.starts_with("# tickets/")).count(), 5);
    assert_eq!(desk.commits(), 1);
    std::fs::write(desk.outside().join("log.jsonl"), SMALL).unwrap();
    assert_data_eq!(
        desk.run(&["import", "events", "../log.jsonl", "--map", MAP, "--sample", "1"]).to_string(),
        str![[r##"
# tickets/2020/01/01/200101-zx6w4pb2.toml
title = "T1"

status = "new"

resolution = ""

waiting_on = ""

kind = "incident"

priority = "p3"

queue = "group-9"

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

requester = ""

channel = ""

external_id = "T1"

opened = 2020-01-01T09:00:00Z

body = '''
'''

# tickets/2020/01/01/200101-zx6w4pb2/20200101T110000Z-n0e955.toml
kind = "comment"

by = "bob@x.example"

at = 2020-01-01T11:00:00Z

body = '''
hello
'''


"##]]
    );
}

#[test]
fn an_import_that_is_run_again_goes_on_where_it_stopped() {
    let (whole, parts) = (TestDesk::new(), TestDesk::new());
    assert_eq!(whole.feed(SMALL, &["import", "events", "-", "--map", MAP]).code, 0);
    let first: String = SMALL.lines().take(3).map(|line| format!("{line}\n")).collect();
    assert_eq!(parts.feed(&first, &["import", "events", "-", "--map", MAP]).code, 0);
    let id = parts.ticket("T2")["id"].as_str().unwrap().to_owned();
    assert_eq!(parts.feed(SMALL, &["import", "events", "-", "--map", MAP]).code, 0);
    assert_eq!(parts.commits(), whole.commits());
    assert_eq!(parts.git(&["rev-parse", "main:tickets"]), whole.git(&["rev-parse", "main:tickets"]));
    assert_eq!(parts.ticket("T2")["id"], id.as_str());
    parts.is_sound();
}

#[test]
fn a_log_that_ends_in_the_middle_or_is_none_is_refused_whole() {
    let desk = TestDesk::new();
    let bytes = std::fs::read(LOG).unwrap();
    std::fs::write(desk.outside().join("cut.jsonl.gz"), &bytes[..20_000]).unwrap();
    let said = desk.run(&["import", "events", "../cut.jsonl.gz", "--map", MAP]).fails(6);
    assert!(said.contains("cut.jsonl.gz") && said.contains("after line "), "{said}");
    assert_data_eq!(
        said,
        str![[r#"
git-desk: ../cut.jsonl.gz: the log breaks off after line 754: incomplete deflate stream

"#]]
    );
    let second = format!("{}\nno json\n", SMALL.lines().next().unwrap());
    let said = desk.feed(&second, &["import", "events", "-", "--map", MAP]).fails(6);
    assert!(said.contains(":2:"), "the line is named: {said}");
    assert_data_eq!(
        said,
        str![[r#"
git-desk: -:2: this line is no event: expected ident at line 1 column 2
  one JSON object a line: {"ticket": …, "at": …, "actor": …, "changes": {…}}

"#]]
    );
    let early = SMALL.replace("2020-01-01T12:00", "1969-12-31T12:00");
    assert!(
        desk.feed(&early, &["import", "events", "-", "--map", MAP]).fails(6).contains("-:4: 1969-12-31T12:00:00Z is")
    );
    assert_data_eq!(
        desk.run(&["import", "events", "../nosuch", "--map", MAP]).fails(3),
        str![[r#"
git-desk: cannot read ../nosuch: No such file or directory (os error 2)

"#]]
    );
    assert_eq!((desk.commits(), desk.git(&["for-each-ref", "--format=%(refname)"]).lines().count()), (1, 1));
    desk.is_sound();
}

#[test]
fn a_line_that_is_no_event_does_not_end_a_dry_run() {
    let desk = TestDesk::new();
    let lines: Vec<&str> = SMALL.lines().collect();
    let log = format!("{}\nno json\n{}\n{{\"ticket\": 5}}\n", lines[0], lines[1]);
    let report: Value =
        serde_json::from_str(&desk.feed(&log, &["import", "events", "-", "--map", MAP, "--dry-run", "--json"]).ok())
            .unwrap();
    assert_eq!((&report["events"], &report["commits"]), (&json!(2), &json!(2)));
    let bad = report["not_understood"].as_array().unwrap().iter().find(|one| one["first"] == "line 2").unwrap();
    assert_eq!(bad["times"], 2);
    assert_eq!(
        report["new"][0],
        json!({"kind": "queue", "name": "group-9", "title": "Group 9", "times": 1, "first": "T1"})
    );
    assert!(desk.feed(&log, &["import", "events", "-", "--map", MAP]).fails(6).contains("-:2:"));
    assert_eq!(desk.commits(), 1);
    assert_data_eq!(
        desk.feed(&log, &["import", "events", "-", "--map", MAP, "--dry-run"]).to_string(),
        str![[r#"
read      1 ticket, 2 events
would be  2 commits, 1 message

not understood                        times   first seen   as it stands
a line that is no event                   2   line 2       → left out; a real run ends there
incident_state "Pending auto close+"      1   T1           → left as it was
priority "6 - urgent!!"                   1   T1           → left as it was

new here         times   first seen   as it stands
queue "Group 9"      1   T1           → new queue group-9, inactive

"#]]
    );
}

#[test]
fn a_bad_map_is_refused_with_file_line_and_key() {
    let desk = TestDesk::new();
    let head = "source = \"x\"\ntitle = \"{ticket}\"\n\n";
    let bad = [
        ("[[field]]\nto = \"queue\"\nfrm = \"g\"\n", "6", "frm"),
        ("[[field]]\nto = \"quue\"\nfrom = \"g\"\n", "5", "quue"),
        ("[constants]\nknd = \"incident\"\n", "5", "knd"),
        ("[constants]\nkind = \"bug\"\n", "5", "kind"),
        ("[[field]]\nto = \"status\"\nfrom = \"s\"\nvalues = { \"New\" = \"nwe\" }\n", "7", "nwe"),
    ];
    for (rest, line, key) in bad {
        std::fs::write(desk.outside().join("map.toml"), format!("{head}{rest}")).unwrap();
        let run = desk.feed(SMALL, &["import", "events", "-", "--map", "../map.toml"]);
        let said = run.fails(6);
        assert!(said.contains(&format!("../map.toml:{line}:")) && said.contains(key), "{line} {key}: {said}");
    }
    std::fs::write(desk.outside().join("map.toml"), format!("{head}{}", bad[0].0)).unwrap();
    assert_data_eq!(
        desk.feed(SMALL, &["import", "events", "-", "--map", "../map.toml"]).fails(6),
        str![[r#"
git-desk: ../map.toml:6:1: unknown field `frm`, expected one of `to`, `from`, `join`, `slug`, `html`, `values`, `otherwise`

"#]]
    );
    assert_eq!(desk.commits(), 1);
}
