//! Reports on people's work: workload, channels, csat, cost. All figures are worked out by hand in these comments.
//!
//! The clock stands at 08:00 on Tuesday 24 November 2026 and goes on by a minute a command. Four tickets:
//!
//! * A, phone, acme, l1, ana's: opened for a caller, so answered at once; resolved 10 min after, at first contact
//!   (a solution alone). Rated 5. Work of ana: 30 min, and 15 min that are not billed.
//! * B, email, l2, bob's: nobody answers in words; resolved 20 min after. Rated 4, and 2 an hour later: 2 counts.
//!   Work: 20 min of bob, 60 min of ana.
//! * C, email, l1, nobody's: stays open.
//! * D, cli, l1, nobody's: two answers of ana, the first 5 min after; resolved 30 min after: no first contact. Not rated.
//!
//! ana costs 60 an hour, bob has no rate, acme's contract says 90 EUR an hour.

use std::fs;

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::object;
use crate::support::{TestDesk, ticket_path};

/// A moment of the day.
fn at(clock: &str) -> String {
    format!("2026-11-24T{clock}Z")
}

/// An entry that somebody writes by hand.
fn entry(desk: &TestDesk, ticket: &str, clock: &str, lines: &str) {
    let name = format!("20261124T{}Z-abcdef.toml", clock.replace(':', ""));
    let folder = desk.path().join(ticket_path(ticket).trim_end_matches(".toml"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), format!("{lines}\n\nat = {}\n\nbody = \"\"\n", at(clock))).unwrap();
}

fn commit(desk: &TestDesk) {
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "by hand"]);
}

fn desk() -> TestDesk {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bob", "--email", "bob@example.com"]).ok();
    desk.change(&desk.path().join("desk.toml"), "role = \"admin\"", "hourly_rate = 60\nrole = \"admin\"");
    fs::create_dir_all(desk.path().join("customers")).unwrap();
    let contract = "name = \"Acme\"\n\n[[contract]]\nvalid_from = 2026-01-01\ncurrency = \"EUR\"\nhourly_rate = 90\n";
    fs::write(desk.path().join("customers/acme.toml"), contract).unwrap();
    commit(&desk);
    let open = |title: &str, opened: &str, options: &[&str]| {
        let time = at(opened);
        desk.open(title, &[options, &["--opened", &time]].concat())
    };
    let phone = ["--channel", "phone", "--customer", "acme", "--requester", "jo@acme.example", "--assign", "ana"];
    desk.later(3_600);
    let a = open("A", "09:00:00", &phone);
    let b = open(
        "B",
        "09:00:00",
        &["--channel", "email", "--queue", "l2", "--assign", "bob", "--requester", "x@y.example"],
    );
    open("C", "09:00:00", &["--channel", "email"]);
    let d = open("D", "09:00:00", &["--requester", "x@y.example"]);
    let now = |clock: &str| desk.at("desk").with("GIT_DESK_NOW", &at(clock));
    now("09:05:00").run(&["reply", &d, "is it plugged in?"]).ok();
    now("09:10:00").run(&["resolve", &a, "--resolution", "fixed", "-m", "plugged in"]).ok();
    now("09:15:00").run(&["reply", &d, "and now?"]).ok();
    now("09:20:00").run(&["resolve", &b, "--resolution", "fixed"]).ok();
    now("09:30:00").run(&["resolve", &d, "--resolution", "fixed"]).ok();
    entry(&desk, &a, "09:06:00", "kind = \"work\"\n\nby = \"ana\"\n\nminutes = 30\n\nbillable = true");
    entry(&desk, &a, "09:07:00", "kind = \"work\"\n\nby = \"ana@example.com\"\n\nminutes = 15\n\nbillable = false");
    entry(&desk, &b, "09:08:00", "kind = \"work\"\n\nby = \"bob\"\n\nminutes = 20");
    entry(&desk, &b, "09:09:00", "kind = \"work\"\n\nby = \"ana\"\n\nminutes = 60\n\nbillable = true");
    entry(&desk, &a, "10:00:00", "kind = \"rating\"\n\nby = \"jo@acme.example\"\n\nscore = 5");
    entry(&desk, &b, "10:00:00", "kind = \"rating\"\n\nby = \"x@y.example\"\n\nscore = 4");
    entry(&desk, &b, "11:00:00", "kind = \"rating\"\n\nby = \"x@y.example\"\n\nscore = 2");
    desk.later(3 * 3_600);
    commit(&desk);
    desk
}

#[test]
fn workload_says_who_has_got_and_did_how_much() {
    let desk = desk();
    let load = object(&desk, &["workload"]);
    // l1: C is open; A, C, D came; A and D were resolved; 30 + 15 min on A. l2: B came and went; 20 + 60 min.
    assert_eq!(
        load["queues"],
        json!([
            {"queue": "l1", "open": 1, "new": 3, "resolved": 2, "work_seconds": 2700},
            {"queue": "l2", "open": 0, "new": 1, "resolved": 1, "work_seconds": 4800},
        ])
    );
    // Nobody has C, and D, which was never given to anybody. Work counts for whom it was done by: ana 30 + 15 + 60.
    assert_eq!(
        load["agents"],
        json!([
            {"agent": "", "open": 1, "new": 2, "resolved": 1, "work_seconds": 0},
            {"agent": "ana", "open": 0, "new": 1, "resolved": 1, "work_seconds": 6300},
            {"agent": "bob", "open": 0, "new": 1, "resolved": 1, "work_seconds": 1200},
        ])
    );
    assert_eq!(load["sentence"], "1 open, 4 new, 3 resolved, 125 minutes of work.");
    // The day before there was nothing, and nothing was open at its end.
    assert_eq!(object(&desk, &["workload", "--period", "2026-11-23"])["queues"], json!([]));
    let customers = object(&desk, &["workload", "--by", "customer", "--where", "customer:acme"]);
    let acme = json!([{"customer": "acme", "open": 0, "new": 1, "resolved": 1, "work_seconds": 2700}]);
    assert_eq!((&customers["customers"], &customers["agents"]), (&acme, &Value::Null));
    // The rows that the figures rest on add up to them.
    let rows = desk.run(&["report", "workload", "--tickets", "-o", "jsonl"]).ok();
    let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let seconds: u64 = rows.filter(|row| row["figure"] == "work").filter_map(|row| row["work_seconds"].as_u64()).sum();
    assert_eq!(seconds, 2700 + 4800);
}

#[test]
fn channels_say_how_each_way_does() {
    let desk = desk();
    let ways = object(&desk, &["channels"]);
    // email: B took 20 min, C is open, nobody answered either; B, without a solution or words, was at no first contact.
    // cli: D was answered after 5 min, took 30, by two answers. phone: answered at once, 10 min, at first contact.
    assert_eq!(
        ways["channels"],
        json!([
            {"channel": "email", "opened": 2, "resolved": 1, "responded": 0, "respond_median_seconds": null,
             "resolve_median_seconds": 1200, "first_contact_tickets": 0, "first_contact_percent": 0.0},
            {"channel": "cli", "opened": 1, "resolved": 1, "responded": 1, "respond_median_seconds": 300,
             "resolve_median_seconds": 1800, "first_contact_tickets": 0, "first_contact_percent": 0.0},
            {"channel": "phone", "opened": 1, "resolved": 1, "responded": 1, "respond_median_seconds": 0,
             "resolve_median_seconds": 600, "first_contact_tickets": 1, "first_contact_percent": 100.0},
        ])
    );
    assert_eq!(ways["sentence"], "4 opened; most by channel: email, 2 of them.");
    let queues = object(&desk, &["channels", "--by", "queue"]);
    // l1: A answered at once and D after 5 min: the median by nearest rank is 0; resolved after 10 and 30 min: 10.
    assert_eq!(queues["queues"][0]["respond_median_seconds"], 0);
    assert_eq!(queues["queues"][0]["resolve_median_seconds"], 600);
    assert_eq!(queues["queues"][0]["first_contact_percent"], 50.0);
}

#[test]
fn of_several_ratings_the_last_counts() {
    let desk = desk();
    let csat = object(&desk, &["csat"]);
    // 5 and 2: mean 3.5, one of two is 4 or 5. Of the three that were resolved, two were rated: 66.7 %.
    let all = ["n", "mean", "satisfied", "satisfied_percent", "resolved", "answered", "answered_percent"];
    let told: Vec<&Value> = all.iter().map(|name| &csat[*name]).collect();
    assert_eq!(json!(told), json!([2, 3.5, 1, 50.0, 3, 2, 66.7]));
    assert_eq!(csat["agents"][1]["agent"], "ana");
    assert_eq!((&csat["agents"][1]["mean"], &csat["agents"][2]["mean"]), (&json!(5.0), &json!(2.0)));
    // Of nothing there is no share.
    assert_eq!(csat["agents"][0]["satisfied_percent"], Value::Null);
    assert_eq!(object(&desk, &["csat", "--period", "2026-11-23"])["sentence"], "Nobody rated anything in that time.");
    assert_data_eq!(
        desk.run(&["report", "csat", "--by", "customer", "-o", "table"]).to_string(),
        str![[r#"
desk · how satisfied people were, from 1 to 5 · up to 2026-11-24

ALL TOGETHER
N    MEAN  SATISFIED  RESOLVED  ANSWERED
2 *   3.5  50.0 %            3  66.7 %

BY CUSTOMER
CUSTOMER  N    MEAN  SATISFIED  RESOLVED  ANSWERED
          1 *   2.0  0.0 %             2  50.0 %    █████████▋
acme      1 *   5.0  100.0 %           1  100.0 %   ████████████████████████

2 ratings, 1 of them 4 or 5.

* from fewer than 20 tickets

"#]]
    );
}

#[test]
fn money_is_added_by_currency_and_time_without_a_rate_stays_time() {
    let desk = desk();
    let cost = object(&desk, &["cost"]);
    // acme: 45 min × 90 / 60 = 67.50, billed 30 min = 45.00. Without a customer: ana's hour is 60.00 of the desk's own
    // money; bob's 20 min have no rate.
    let acme = json!({"customer": "acme", "currency": "EUR", "work_seconds": 2700, "billable_seconds": 1800,
                      "materials": 0.0, "amount": 67.5, "billable_amount": 45.0});
    let own = json!({"customer": "", "currency": "", "work_seconds": 3600, "billable_seconds": 3600,
                     "materials": 0.0, "amount": 60.0, "billable_amount": 60.0});
    let unrated = json!({"customer": "", "currency": null, "work_seconds": 1200, "billable_seconds": 1200,
                         "materials": null, "amount": null, "billable_amount": null});
    assert_eq!(cost["customers"], json!([own, acme, unrated]));
    assert_eq!(
        cost["sentence"],
        "125 minutes of work, worth 60.00 and 67.50 EUR; 20 minutes of it have no rate: `hourly_rate` of agents and \
         contracts."
    );
    // ana in two currencies: two rows.
    let ana: Vec<&Value> = cost["agents"].as_array().unwrap().iter().filter(|row| row["agent"] == "ana").collect();
    assert_eq!((&ana[0]["amount"], &ana[1]["amount"]), (&json!(60.0), &json!(67.5)));
    assert_data_eq!(
        desk.run(&["report", "cost", "--by", "customer", "-o", "table"]).to_string(),
        str![[r#"
desk · the time that was spent, and what it is worth · up to 2026-11-24

ALL TOGETHER
CURRENCY  WORK  BILLABLE  MATERIALS  AMOUNT  BILLABLE AMOUNT
no rate   20m   20m
own       1h    1h        0.00       60.00   60.00
EUR       45m   30m       0.00       67.50   45.00

BY CUSTOMER
CUSTOMER  CURRENCY  WORK  BILLABLE  MATERIALS  AMOUNT  BILLABLE AMOUNT
          own       1h    1h        0.00       60.00   60.00            ████████████████████████
acme      EUR       45m   30m       0.00       67.50   45.00            ██████████████████
          no rate   20m   20m                                           ████████

125 minutes of work, worth 60.00 and 67.50 EUR; 20 minutes of it have no rate: `hourly_rate` of
agents and contracts.

"#]]
    );
    assert_data_eq!(
        desk.run(&["report", "cost", "--by", "agent", "-o", "csv", "--fields", "agents"]).to_string(),
        str![[r#"
agent,currency,work_seconds,billable_seconds,materials,amount,billable_amount
ana,,3600,3600,0.0,60.0,60.0
ana,EUR,2700,1800,0.0,67.5,45.0
bob,,1200,1200,,,

"#]]
    );
    assert_eq!(object(&desk, &["cost", "--period", "2026-11-23"])["sentence"], "No work was noted in that time.");
}

#[test]
fn what_was_used_up_is_added_to_the_time_in_its_money() {
    let desk = TestDesk::new();
    fs::create_dir_all(desk.path().join("customers")).unwrap();
    let contract =
        "name = \"Acme\"\n[[contract]]\nname = \"a\"\nvalid_from = 2026-01-01\ncurrency = \"EUR\"\nhourly_rate = 90\n";
    fs::write(desk.path().join("customers/acme.toml"), contract).unwrap();
    commit(&desk);
    let acme = desk.open("drum is worn", &["--customer", "acme", "--service", "printing"]);
    let own = desk.open("mouse is lost", &["--service", "desktop"]);
    desk.run(&["work", &acme, "20", "--materials", "84.5", "-m", "a drum"]).ok();
    desk.run(&["work", &acme, "0", "--materials", "10", "--not-billable"]).ok();
    desk.run(&["work", &own, "0", "--materials", "12.05"]).ok();
    let cost = object(&desk, &["cost"]);
    // 20 min × 90 / 60 + 84.50 + 10.00 = 124.50, billed 114.50. A part alone has no time that lacks a rate.
    let printing = json!({"service": "printing", "currency": "EUR", "work_seconds": 1200, "billable_seconds": 1200,
                          "materials": 94.5, "amount": 124.5, "billable_amount": 114.5});
    let desktop = json!({"service": "desktop", "currency": "", "work_seconds": 0, "billable_seconds": 0,
                         "materials": 12.05, "amount": 12.05, "billable_amount": 12.05});
    assert_eq!(cost["services"], json!([printing, desktop]));
    assert_eq!(cost["sentence"], "20 minutes of work, worth 12.05 and 124.50 EUR.");
    let rows = desk.run(&["report", "cost", "--tickets", "-o", "jsonl"]).ok();
    let rows = rows.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    assert_eq!(rows.filter_map(|row| row["amount"].as_f64()).sum::<f64>(), 136.55);
    let thread = desk.run(&["show", &acme, "-o", "table"]).to_string();
    assert!(thread.contains("20m of work, materials 84.50"), "{thread}");
    desk.is_sound();
    for (minutes, amount) in [("0", "0"), ("5", "-3"), ("5", "1,50"), ("5", "1.999"), ("5", "lots")] {
        let error = desk.run(&["work", &own, minutes, "--materials", amount]).fails(2);
        assert!(error.contains("12.50"), "{error}");
    }
    desk.run(&["work", &own, "0"]).fails(2);
    // What somebody writes by hand is named, and counts as nothing.
    entry(&desk, &own, "09:00:00", "kind = \"work\"\nby = \"ana\"\nminutes = 5\nmaterials = \"much\"");
    commit(&desk);
    let found = desk.run(&["check"]).to_string();
    assert!(found.contains("`materials` is no amount of money"), "{found}");
    let cost = object(&desk, &["cost"]);
    let rows = cost["services"].as_array().unwrap();
    let used: Vec<&Value> =
        rows.iter().filter(|row| row["service"] == "desktop").map(|row| &row["materials"]).collect();
    assert_eq!(used, [&Value::Null, &json!(12.05)]);
}

#[test]
fn every_report_comes_in_every_format_and_fits_its_schema() {
    let desk = desk();
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "report"]).ok()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in ["workload", "channels", "csat", "cost"] {
        for format in super::FORMATS {
            let run = desk.run(&["report", report, "--period", "2026-11", "-o", format]);
            assert!(!run.ok().is_empty() && run.stderr.is_empty(), "{report} as {format}: {run}");
        }
        for by in ["queue", "customer"] {
            let object = object(&desk, &[report, "--by", by]);
            let wrong: Vec<String> = validator.iter_errors(&object).map(|error| error.to_string()).collect();
            assert_eq!(wrong, Vec::<String>::new(), "{report} by {by}: {object}");
        }
    }
}

#[test]
fn what_a_report_cannot_be_told_apart_by_is_said() {
    let desk = TestDesk::new();
    assert_data_eq!(
        desk.run(&["report", "workload", "--by", "month"]).fails(2),
        str![[r#"
git-desk: `workload` is told apart by queue, agent, customer, not by `month`

"#]]
    );
    assert_data_eq!(
        desk.run(&["report", "flow", "--by", "weak"]).fails(2),
        str![[r#"
git-desk: `flow` is told apart by day, week, month, quarter, year, not by `weak`
  git desk report flow --by week

"#]]
    );
    assert_data_eq!(
        desk.run(&["report", "quality", "--by", "queue"]).fails(2),
        str![[r#"
git-desk: `quality` is not told apart by anything: it takes no `--by`

"#]]
    );
}
