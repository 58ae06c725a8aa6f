//! `import jsonl` and `import csv`: what the columns of a row say happened.

use crate::support::TestDesk;
use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

const MAP: &str = r#"source = "shop"
title = "{title}"

[row]
ticket = "no"
zone = "Europe/Berlin"
opened = { at = "opened", by = "by" }
assigned = { at = "taken", by = "who" }
answered = { at = "answered", by = "who" }
resolved = { at = "solved", by = "who" }
closed = { at = "closed", by = "who" }
changed = { at = "changed" }

[[field]]
to = "title"
from = "what"

[[field]]
to = "status"
from = "state"
values = { new = "new", open = "active", hold = "waiting", solved = "resolved", closed = "closed" }

[[field]]
to = "assignee"
from = "who"

[[field]]
to = "external_id"
from = "no"

[[field]]
to = "priority"
from = "prio"

[[entry]]
each = "talk"
at = "at"
by = "by"
files = { each = "files", name = "name", base64 = "data" }

[[entry.field]]
to = "body"
from = "text"
"#;

fn desk() -> TestDesk {
    let desk = TestDesk::new();
    std::fs::write(desk.outside().join("map.toml"), MAP).unwrap();
    desk
}

fn import(desk: &TestDesk, rows: &[Value], more: &[&str]) -> crate::support::Ran {
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    desk.feed(lines, &[&["import", "jsonl", "-", "--map", "../map.toml"], more].concat())
}

/// The steps of one ticket: when, by whom, and the status and assignee from then on.
fn steps(desk: &TestDesk, row: Value) -> String {
    import(desk, &[row], &[]).ok();
    let log = desk.run(&["log", "-o", "jsonl"]).ok();
    let mut lines: Vec<String> = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|fact| ["status", "assignee", "waiting_on", "resolution"].contains(&fact["field"].as_str().unwrap()))
        .filter(|fact| !fact["to"].is_null())
        .map(|fact| format!("{} {} {}", fact["at"].as_str().unwrap(), fact["field"].as_str().unwrap(), fact["to"]))
        .collect();
    lines.sort();
    lines.join("\n")
}

#[test]
fn each_column_of_time_is_a_commit_of_its_time_and_author() {
    let desk = desk();
    let row = json!({"no": 7, "what": "x", "state": "closed", "by": "Bob <bob@x.example>", "who": "ana", "opened": "2024-07-01 10:00:00",
        "taken": "2024-07-01 10:05:00", "answered": "2024-07-01 10:10:00", "solved": "2024-07-01 12:00:00", "closed": "2024-07-03 12:00:00"});
    import(&desk, &[row], &[]).ok();
    assert_data_eq!(
        desk.git(&["log", "--reverse", "-4", "--format=%ad %cd %an <%ae> %s", "--date=iso-strict"]),
        str![[r#"
2024-07-01T08:00:00Z 2024-07-01T08:00:00Z Bob <bob@x.example> open 240701-ereav9w2: x
2024-07-01T08:05:00Z 2024-07-01T08:05:00Z ana <ana@shop.invalid> change 240701-ereav9w2: assignee none → ana, status new → active
2024-07-01T10:00:00Z 2024-07-01T10:00:00Z ana <ana@shop.invalid> change 240701-ereav9w2: resolution none → fixed, status active → resolved
2024-07-03T10:00:00Z 2024-07-03T10:00:00Z ana <ana@shop.invalid> change 240701-ereav9w2: status resolved → closed

"#]]
    );
}

#[test]
fn the_status_is_what_the_row_says_and_its_times_where_it_says_nothing() {
    let row = |rest: Value| {
        let mut row = json!({"no": "7", "what": "x", "opened": "2024-07-01", "who": "ana"});
        row.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        steps(&desk(), row)
    };
    assert_data_eq!(
        row(json!({"state": "hold", "taken": "2024-07-02"})),
        str![[r#"
2024-06-30T22:00:00Z status "new"
2024-07-01T22:00:00Z assignee "ana"
2024-07-01T22:00:00Z status "waiting"
2024-07-01T22:00:00Z waiting_on "requester"
"#]]
    );
    assert_data_eq!(
        row(json!({"state": "open"})),
        str![[r#"
2024-06-30T22:00:00Z assignee "ana"
2024-06-30T22:00:00Z status "active"
"#]]
    );
    // Reopened: the end in the row is not the end.
    assert_data_eq!(
        row(json!({"state": "open", "solved": "2024-07-02"})),
        str![[r#"
2024-06-30T22:00:00Z assignee "ana"
2024-06-30T22:00:00Z status "active"
"#]]
    );
    // Nobody wrote down when: when it was changed last.
    assert_data_eq!(
        row(json!({"state": "closed", "changed": "2024-07-05"})),
        str![[r#"
2024-06-30T22:00:00Z assignee "ana"
2024-06-30T22:00:00Z status "new"
2024-07-04T22:00:00Z resolution "fixed"
2024-07-04T22:00:00Z status "closed"
"#]]
    );
    // The last word, where there is not even that.
    assert_data_eq!(
        row(json!({"state": "closed", "talk": [{"at": "2024-07-04", "text": "bye"}]})),
        str![[r#"
2024-06-30T22:00:00Z assignee "ana"
2024-06-30T22:00:00Z status "new"
2024-07-03T22:00:00Z resolution "fixed"
2024-07-03T22:00:00Z status "closed"
"#]]
    );
    assert_data_eq!(
        row(json!({"solved": "2024-07-02"})),
        str![[r#"
2024-06-30T22:00:00Z assignee "ana"
2024-06-30T22:00:00Z status "new"
2024-07-01T22:00:00Z resolution "fixed"
2024-07-01T22:00:00Z status "resolved"
"#]]
    );
    // Taken behind its end, and opened behind its first word.
    assert_data_eq!(
        row(
            json!({"state": "solved", "solved": "2024-07-02", "taken": "2024-07-09", "talk": [{"at": "2024-06-01", "text": "hi"}]})
        ),
        str![[r#"
2024-06-30T22:00:00Z status "new"
2024-07-01T22:00:00Z assignee "ana"
2024-07-01T22:00:00Z resolution "fixed"
2024-07-01T22:00:00Z status "active"
2024-07-01T22:00:00Z status "resolved"
"#]]
    );
}

#[test]
fn a_later_export_brings_what_is_new() {
    let desk = desk();
    let mut row = json!({"no": "7", "what": "x", "state": "open", "opened": "2024-07-01", "talk": [{"at": "2024-07-02", "by": "bob", "text": "one"}]});
    import(&desk, std::slice::from_ref(&row), &[]).ok();
    row["talk"] = json!([{"at": "2024-07-02", "by": "bob", "text": "one"}, {"at": "2024-07-03", "by": "bob", "text": "two"}, {"at": "2024-07-03", "by": "bob", "text": "two"}]);
    row["state"] = json!("solved");
    row["solved"] = json!("2024-07-04");
    let other = json!({"no": "8", "what": "y", "state": "new", "opened": "2024-07-02"});
    for commits in [4, 0] {
        let done: Value =
            serde_json::from_str(&import(&desk, &[other.clone(), row.clone()], &["--json"]).ok()).unwrap();
        assert_eq!(done["commits"], commits);
    }
    let ticket = desk.ticket("7");
    assert_eq!((ticket["thread"].as_array().unwrap().len(), &ticket["status"]), (3, &json!("resolved")));
    desk.is_sound();
}

#[test]
fn a_bad_row_is_named_with_its_line_and_nothing_is_written() {
    let desk = desk();
    let good = json!({"no": "1", "opened": "2024-07-01", "what": "x"}).to_string();
    for (bad, said) in [
        ("no json", "no JSON"),
        ("[{}]", "jq -c '.[]'"),
        ("{", "jq -c '.[]'"),
        (r#"{"no": null}"#, "`no` is empty"),
        (r#"{"nr": "2", "a": 1}"#, "there is no `no`: the number of the ticket; the row has a, nr"),
        (r#"{"no": "2", "opened": ""}"#, "`opened` is empty"),
        (r#"{"no": "2", "opened": "\u001b[31mtoday"}"#, "no time since 1970"),
        (r#"{"no": "2\n3", "opened": "2024-07-01"}"#, "no number of a ticket"),
        (r#"{"no": "1", "opened": "2024-07-01"}"#, "in line 1 already"),
        (r#"{"no": "2", "opened": "2024-07-01", "talk": [{"text": "x"}]}"#, "`talk.0.at` is empty"),
        (r#"{"no": "2", "opened": "2024-07-01", "talk": [{"at": "x", "text": "x"}]}"#, "`talk.0.at` is \"x\""),
    ] {
        let text = format!("{good}\n\n{bad}\n");
        let told = desk.feed(&text, &["import", "jsonl", "-", "--map", "../map.toml"]).fails(6);
        assert!(told.contains("-:3: ") && told.contains(said), "{bad}: {told}");
        assert!(!told.contains('\u{1b}'), "{told:?}");
        let report = desk.feed(&text, &["import", "jsonl", "-", "--map", "../map.toml", "--dry-run", "--json"]).ok();
        let report: Value = serde_json::from_str(&report).unwrap();
        let first = report["not_understood"].as_array().unwrap().iter().find(|one| one["first"] == "line 3");
        assert!(first.is_some_and(|one| one["what"].as_str().unwrap().contains(said)), "{bad}: {report}");
    }
    assert_eq!(desk.commits(), 1);
}

#[test]
fn a_dry_run_counts_and_says_what_was_not_understood() {
    let desk = desk();
    let row =
        |no: &str, state: &str| json!({"no": no, "what": "x", "state": state, "opened": "2024-07-01", "by": "bob"});
    let rows = [row("1", "odd"), row("2", "odd"), row("3", "new"), json!({"no": "4"})];
    assert_data_eq!(
        import(&desk, &rows, &["--dry-run"]).to_string(),
        str![[r#"
read      3 tickets, 3 events
would be  3 commits, 0 messages

not understood                                                   times   first seen   as it stands
state "odd"                                                          2   1            → as its times say
a row: there is no `opened`: when it was opened; the row has no      1   line 4       → left out; a real run ends there
column `prio`                                                        1                → in no row
column `who`                                                         1                → in no row

"#]]
    );
    assert_eq!(desk.commits(), 1);
}

#[test]
fn a_sample_shows_the_first_tickets() {
    let desk = desk();
    let row = |no: &str| json!({"no": no, "what": "x", "opened": "2024-07-01", "talk": [{"at": "2024-07-01", "text": "hi", "files": [{"name": "a", "data": "AP8="}]}]});
    let shown = import(&desk, &[row("1"), row("2"), row("3")], &["--sample", "2"]).ok();
    assert_eq!(shown.lines().filter(|line| line.starts_with("# tickets/")).count(), 4);
    assert_eq!(desk.commits(), 1);
}

#[test]
fn attachments_over_the_limit_are_named_in_the_message() {
    let desk = desk();
    let files = json!([{"name": "small.txt", "data": "aGk="}, {"name": "../\u{1b}large.bin", "data": "aGVsbG8gd29ybGQ="}, {"name": "broken", "data": "?"}]);
    let row = json!({"no": "1", "what": "x", "opened": "2024-07-01", "talk": [{"at": "2024-07-01", "by": "bob", "text": "see", "files": files}]});
    assert_data_eq!(
        import(&desk, std::slice::from_ref(&row), &["--max-file", "10"]).to_string(),
        str![[r#"
read      1 ticket, 2 events, 1 file (2 bytes)
made      2 commits, 1 message

not understood                   times   first seen   as it stands
an attachment that is no base64      1   1            → left out, named
column `prio`                        1                → in no row
column `state`                       1                → in no row
column `who`                         1                → in no row

files     1 file over 10 bytes: left out, named in the message (--max-file to change)

"#]]
    );
    let ticket = desk.ticket("1");
    assert_data_eq!(
        ticket["thread"][0]["body"].as_str().unwrap(),
        str![[r#"
see

(attachment left out: large.bin, 11 bytes)

(attachment left out: broken, not readable)
"#]]
    );
    let path = ticket["attachments"][0]["path"].as_str().unwrap();
    assert_eq!(std::fs::read_to_string(desk.path().join(path)).unwrap(), "hi");
    import(&desk, &[row], &["--max-file", "ten"]).fails(2);
    desk.is_sound();
}

#[test]
fn rows_of_csv_are_read_as_spreadsheets_write_them() {
    let desk = desk();
    let csv =
        "no;what;state;opened\r\n1;\"a; \"\"b\"\"\r\nc\";new;2024-07-01 10:00\r\n2;\u{202e}x;new;2024-07-01 11:00\r\n";
    desk.feed(csv, &["import", "csv", "-", "--map", "../map.toml"]).ok();
    assert_eq!(desk.ticket("1")["title"], "a; \"b\" c");
    for (bad, said) in [
        (&b"no;what;opened\n3;x\n"[..], "-:2: 2 cells"),
        (b"no,what,opened\n3,\xff,2024-07-01\n", "iconv"),
        (b"no,what,opened\n3,\"x,2024-07-01\n", "never closed"),
        (b"", "-:1: "),
    ] {
        let told = desk.feed(bad, &["import", "csv", "-", "--map", "../map.toml"]).fails(6);
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn a_map_for_rows_that_is_wrong_is_refused_with_file_line_and_key() {
    let desk = desk();
    for (from, to, said) in [
        ("[row]", "[raw]", "map.toml:4:2: unknown field `raw`"),
        ("ticket = \"no\"", "tickt = \"no\"", "map.toml:5:1: unknown field `tickt`"),
        ("Europe/Berlin", "Berlin", "map.toml:6:8: there is no time zone \"Berlin\""),
        ("each = \"talk\"", "evry = \"talk\"", "unknown field `evry`"),
        ("to = \"body\"", "to = \"bdy\"", "`bdy` is no field of an entry"),
        ("to = \"body\"", "to = \"by\"", "`by` is no field of an entry"),
        (
            "from = \"text\"",
            "from = \"text\"\n[[entry.field]]\nto = \"kind\"\nfrom = \"k\"\nvalues = { a = \"remark\" }",
            "\"remark\" is no kind of an entry",
        ),
    ] {
        assert!(MAP.contains(from));
        std::fs::write(desk.outside().join("map.toml"), MAP.replacen(from, to, 1)).unwrap();
        let told = import(&desk, &[], &[]).fails(6);
        assert!(told.contains(said), "{told}");
    }
    std::fs::write(desk.outside().join("map.toml"), "source = \"x\"\ntitle = \"\"\n").unwrap();
    assert!(import(&desk, &[], &[]).fails(6).contains("[row]"));
}

#[test]
fn a_ticket_of_a_log_is_not_made_again_of_a_row() {
    let desk = desk();
    let event = r#"{"ticket":"7","at":"2024-07-01T08:00:00Z","actor":"bob","changes":{"what":"x"}}"#;
    desk.feed(event, &["import", "events", "-", "--map", "../map.toml"]).ok();
    let told = import(&desk, &[json!({"no": "7", "what": "x", "opened": "2024-07-01"})], &["--json"]).ok();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["commits"], &told["not_understood"][0]["first"]), (&json!(0), &json!("7")));
}

#[test]
fn a_ticket_that_was_deleted_here_does_not_come_back() {
    let desk = desk();
    let mut row = json!({"no": "7", "what": "x", "opened": "2024-07-01", "talk": []});
    import(&desk, std::slice::from_ref(&row), &[]).ok();
    let id = desk.ticket("7")["id"].as_str().unwrap().to_owned();
    desk.git(&["rm", "-q", &crate::support::ticket_path(&id)]);
    desk.git(&["commit", "-qm", "deleted"]);
    row["talk"] = json!([{"at": "2024-07-02", "by": "bob", "text": "one"}]);
    let told: Value = serde_json::from_str(&import(&desk, &[row], &["--json"]).ok()).unwrap();
    assert_eq!(told["commits"], 0);
    assert_eq!(told["not_understood"][0]["what"], "a ticket that was deleted here");
    desk.run(&["show", &id]).fails(3);
}

#[test]
fn a_table_for_people_has_an_end_and_json_has_all() {
    let desk = desk();
    let row = json!({"no": "7", "what": "x", "opened": "2024-07-01", "state": "new", "who": "ana", "prio": "p3"});
    let rows: Vec<Value> = (0..70)
        .map(|at| if at == 0 { row.clone() } else { json!({"no": "1", "opened": format!("day {at}")}) })
        .collect();
    let told = import(&desk, &rows, &["--dry-run"]).ok();
    assert!(
        told.ends_with("\n... 19 more: --json has all\n") || told.ends_with("\n… 19 more: --json has all\n"),
        "{told}"
    );
    let told: Value = serde_json::from_str(&import(&desk, &rows, &["--dry-run", "--json"]).ok()).unwrap();
    assert_eq!(told["not_understood"].as_array().unwrap().len(), 69);
}
