//! Reports on a part of the time: every figure is of that part, and what it counts is what `--tickets` names.

use serde_json::{Value, json};

use super::object;
use crate::support::TestDesk;

/// The same desk at a moment.
fn at(desk: &TestDesk, time: &str) -> TestDesk {
    desk.at("desk").with("GIT_DESK_NOW", time)
}

fn opened(desk: &TestDesk, title: &str, time: &str) -> String {
    at(desk, time).open(title, &[])
}

fn resolve(desk: &TestDesk, id: &str, time: &str) {
    at(desk, time).run(&["resolve", id, "--resolution", "fixed", "-m", "a new cable"]).ok();
}

/// One of October, four of November, of which one came back in December and another was told twice; one taken away.
fn desk() -> TestDesk {
    let desk = TestDesk::new();
    opened(&desk, "of october", "2026-10-20T08:00:00Z");
    opened(&desk, "of early november", "2026-11-03T08:00:00Z");
    let back = opened(&desk, "came back", "2026-11-10T08:00:00Z");
    resolve(&desk, &back, "2026-11-12T08:00:00Z");
    let same = opened(&desk, "told twice", "2026-11-11T08:00:00Z");
    at(&desk, "2026-11-12T09:00:00Z").run(&["resolve", &same, "--duplicate-of", &back]).ok();
    opened(&desk, "of late november", "2026-11-28T08:00:00Z");
    at(&desk, "2026-12-01T08:00:00Z").run(&["reopen", &back, "-m", "again"]).ok();
    resolve(&desk, &back, "2026-12-03T08:00:00Z");
    desk
}

fn sum(rows: &Value, name: &str) -> u64 {
    rows.as_array().unwrap().iter().filter_map(|row| row[name].as_u64()).sum()
}

#[test]
fn periods_end_where_the_window_does() {
    let all = desk();
    let desk = at(&all, "2026-12-10T08:00:00Z");
    let words = ["flow", "--since", "2026-11-05", "--until", "2026-11-20"];
    let flow = object(&desk, &words);
    assert_eq!(flow["flow"].as_array().map(Vec::len), Some(1));
    let row = &flow["flow"][0];
    assert_eq!(row["month"], "2026-11 (part)");
    assert_eq!((&row["opened"], &row["resolved"], &row["backlog_end"]), (&json!(2), &json!(2), &json!(2)));
    let tickets = desk.run(&[&["report"], &words[..], &["--tickets", "-o", "jsonl"]].concat()).to_string();
    assert_eq!(tickets.lines().count(), 4, "{tickets}");
    // Whole periods keep their names, also where the last one is not over yet.
    let whole = object(&desk, &["flow", "--since", "2026-11-01"]);
    assert_eq!(whole["flow"][0]["month"], "2026-11");
    assert_eq!((whole["flow"][1]["month"].clone(), sum(&whole["flow"], "reopened")), (json!("2026-12"), 1));
}

#[test]
fn what_came_back_counts_where_it_came_back() {
    let all = desk();
    let desk = at(&all, "2026-12-10T08:00:00Z");
    let november = object(&desk, &["quality", "--period", "2026-11"]);
    assert_eq!(november["reopen"], json!({"events": 0, "tickets": 0}));
    assert_eq!(november["reopen_percent"], 0.0);
    // What December made of it is not told of November.
    assert_eq!(november["resolution_seconds_full"]["max"], 2 * 86_400);
    assert_eq!((&november["opened"], &november["done"], &november["resolutions"]), (&json!(4), &json!(1), &json!(2)));
    let days = object(&desk, &["quality", "--since", "2026-12-01", "--until", "2026-12-02"]);
    assert_eq!(days["reopen"], json!({"events": 1, "tickets": 1}));
    // A share of no resolutions is none.
    assert_eq!((&days["resolutions"], &days["reopen_percent"]), (&json!(0), &Value::Null));
    let tickets = desk.run(&["report", "quality", "--since", "2026-12-01", "--until", "2026-12-02", "--tickets"]);
    assert!(tickets.to_string().contains("came back"));
    let december = object(&desk, &["quality", "--period", "2026-12"]);
    assert_eq!((&december["reopen_percent"], &december["solved"]), (&json!(100.0), &json!(1)));
}

#[test]
fn rows_of_tickets_add_up_to_the_figures_of_quality() {
    let desk = TestDesk::new();
    desk.run(&["queue", "add", "l9"]).ok();
    let before = opened(&desk, "escalated in october", "2026-10-20T08:00:00Z");
    at(&desk, "2026-10-20T09:00:00Z").run(&["escalate", &before, "-m", "not ours"]).ok();
    resolve(&desk, &before, "2026-10-21T08:00:00Z");
    at(&desk, "2026-11-02T08:00:00Z").run(&["reopen", &before, "-m", "again"]).ok();
    let now = opened(&desk, "escalated in november", "2026-11-03T08:00:00Z");
    at(&desk, "2026-11-03T09:00:00Z").run(&["escalate", &now, "-m", "not ours"]).ok();
    let old = opened(&desk, "escalated, and of october", "2026-10-30T08:00:00Z");
    at(&desk, "2026-10-30T09:00:00Z").run(&["escalate", &old, "-m", "not ours"]).ok();
    resolve(&desk, &old, "2026-11-05T08:00:00Z");
    let desk = at(&desk, "2026-12-10T08:00:00Z");
    let words = ["quality", "--period", "2026-11"];
    let quality = object(&desk, &words);
    let rows = desk.run(&[&["report"], &words[..], &["--tickets", "-o", "jsonl"]].concat()).ok();
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = |test: &dyn Fn(&Value) -> bool| rows.iter().filter(|row| test(row)).count();
    assert_eq!((count(&|_| true), quality["escalated_tickets"].clone()), (3, json!(1)));
    assert_eq!(quality["escalated_tickets"], count(&|row| row["escalated"] == true));
    assert_eq!(quality["reopen"]["events"], sum(&json!(rows), "reopened"));
    assert_eq!(quality["reassignments"]["sum"], sum(&json!(rows), "reassignments"));
    assert_eq!(quality["resolution_seconds_full"]["n"], count(&|row| !row["resolution_seconds"].is_null()));
    assert_eq!(quality["first_contact_tickets"], count(&|row| row["first_contact"] == true));
}

#[test]
fn periods_are_those_of_the_desks_own_zone() {
    let desk = TestDesk::new();
    desk.change(&desk.path().join("desk.toml"), "timezone = \"UTC\"", "timezone = \"Europe/Amsterdam\"");
    desk.git(&["commit", "-qam", "zone"]);
    // In Amsterdam it was half past midnight of Sunday, the first of November.
    opened(&desk, "of november", "2026-10-31T23:30:00Z");
    let desk = at(&desk, "2026-12-10T08:00:00Z");
    let flow = object(&desk, &["flow"]);
    assert_eq!(flow["flow"][0]["month"], "2026-11");
    assert_eq!(sum(&object(&desk, &["flow", "--period", "2026-10"])["flow"], "opened"), 0);
    assert_eq!(object(&desk, &["pareto", "--period", "2026-11"])["tickets"].as_u64(), Some(1));
    let hours = object(&desk, &["channels", "--period", "2026-11"])["hours"].clone();
    assert_eq!((&hours[6]["weekday"], &hours[6]["hours"][0]), (&json!("Sun"), &json!(1)));
}

#[test]
fn a_summary_up_to_a_day_is_of_its_week() {
    let all = desk();
    let desk = at(&all, "2026-12-10T08:00:00Z");
    assert_eq!(object(&desk, &["summary", "--until", "2026-11-11"])["week"], "2026-W46");
}

#[test]
fn the_summary_measures_what_was_done_in_its_period() {
    let all = desk();
    let desk = at(&all, "2026-12-10T08:00:00Z");
    let november = object(&desk, &["summary", "--period", "2026-11"]);
    // The duplicate took an hour less than a day, and was no work of its own.
    assert_eq!((&november["resolution_seconds"]["n"], sum(&november["workload"], "resolved")), (&json!(1), 1));
    // From a day on: up to now.
    let since = object(&desk, &["summary", "--since", "2026-11-20"]);
    assert_eq!((sum(&since["workload"], "resolved"), since["open"].clone()), (1, json!(3)));
    let opened = &since["flow"].as_array().unwrap().iter().find(|row| row["figure"] == "opened").unwrap().clone();
    assert!(opened.as_object().unwrap().values().any(|value| *value == json!(1)), "{opened}");
}

#[test]
fn a_ticket_that_is_taken_away_leaves_the_backlog_as_cancelled() {
    let desk = TestDesk::new();
    opened(&desk, "stays", "2026-11-03T08:00:00Z");
    let gone = opened(&desk, "goes", "2026-11-04T08:00:00Z");
    let then = at(&desk, "2026-11-05T08:00:00Z");
    let dates = ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"];
    let git = dates.iter().fold(desk.at("desk"), |desk, name| desk.with(name, "2026-11-05T08:00:00Z"));
    git.git(&["rm", "-qr", &crate::support::ticket_path(&gone)]);
    git.git(&["commit", "-qm", "away"]);
    let flow = object(&then, &["flow", "--period", "2026-11"]);
    let row = &flow["flow"][0];
    assert_eq!((&row["opened"], &row["cancelled"], &row["backlog_end"]), (&json!(2), &json!(1), &json!(1)));
}

#[test]
fn times_are_said_as_people_say_them() {
    let all = desk();
    let desk = at(&all, "2026-12-10T08:00:00Z");
    let opened = |words: &[&str]| sum(&object(&desk, &[&["flow"], words].concat())["flow"], "opened");
    assert_eq!(opened(&["--since", "13d"]), 1);
    assert_eq!(opened(&["--since", "-13d"]), 1);
    assert_eq!(opened(&["--since", "2026-11-10 08:00:00", "--until", "now"]), 3);
    assert_eq!((opened(&["--period", "last month"]), opened(&["--period", "this-quarter"])), (4, 5));
    let error = desk.run(&["report", "flow", "--since", "soonish"]).fails(2);
    assert!(error.contains("last-month"), "{error}");
}

#[test]
fn a_time_that_has_not_begun_is_no_period() {
    let all = desk();
    let desk = at(&all, "2026-12-10T08:00:00Z");
    for words in [&["--since", "2027-01-01"][..], &["--period", "2027-01"]] {
        let error = desk.run(&[&["report", "flow"], words].concat()).fails(2);
        assert!(error.contains("not begun"), "{error}");
    }
    desk.run(&["report", "follow-ups", "--period", "2027-01"]).ok();
    let error = desk.run(&["report", "flow", "--by", "day", "--since", "1700-01-01"]).fails(2);
    assert!(error.contains("5000 rows"), "{error}");
    desk.run(&["report", "flow", "--by", "year", "--since", "1700-01-01"]).ok();
}
