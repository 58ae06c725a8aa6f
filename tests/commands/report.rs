//! `report`

mod care;
mod formats;
mod promises;
mod shapes;
mod summary;
mod windows;
mod work;

use crate::support::TestDesk;
use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

/// All reports.
pub const NAMES: &[&str] = &[
    "summary",
    "flow",
    "ageing",
    "response",
    "quality",
    "pareto",
    "recurring",
    "early-faults",
    "workload",
    "channels",
    "csat",
    "cost",
    "knowledge",
    "problems",
    "follow-ups",
    "sla",
    "breaches",
    "at-risk",
    "customer",
];

/// How a report is asked for.
pub fn asked(name: &str) -> Vec<&str> {
    let customer: &[&str] = if name == "customer" { &["acme"] } else { &[] };
    [&["report", name][..], customer].concat()
}

const FORMATS: &[&str] = &["table", "tsv", "csv", "json", "jsonl", "markdown", "html"];

/// Three tickets of one Tuesday, a week later: one solved twice, one open with a hostile title.
fn desk() -> TestDesk {
    let desk = TestDesk::new();
    let vpn = desk.open("VPN drops every hour", &["--queue", "l1", "--priority", "p1", "--category", "network/vpn"]);
    desk.open("<script>alert(1)</script> & \u{1b}[31mred", &[]);
    let printer = desk.open("Printer HP-4 prints blank pages", &["--queue", "l2"]);
    desk.run(&["escalate", &vpn, "-m", "not ours"]).ok();
    desk.later(3_600);
    desk.run(&["resolve", &vpn, "--resolution", "fixed", "-m", "restarted it"]).ok();
    desk.run(&["reopen", &vpn, "-m", "again"]).ok();
    desk.later(3_600);
    desk.run(&["resolve", &vpn, "--resolution", "fixed", "-m", "new firmware"]).ok();
    desk.run(&["close", &printer, "--resolution", "cancelled", "-m", "wrong printer"]).ok();
    desk.later(7 * 86_400);
    desk
}

fn object(desk: &TestDesk, words: &[&str]) -> Value {
    let mut all = vec!["report", "--json"];
    all.extend(words);
    serde_json::from_str(&desk.run(&all).ok()).unwrap()
}

#[test]
fn flow_counts_what_came_and_went() {
    let desk = desk();
    let flow = object(&desk, &["flow", "--period", "2026-11"]);
    let month =
        json!([{"month": "2026-11", "opened": 3, "resolved": 2, "reopened": 1, "cancelled": 1, "backlog_end": 1}]);
    assert_eq!(flow["flow"], month, "end = start + opened + reopened - resolved - cancelled");
    for format in FORMATS {
        let run = desk.run(&["report", "flow", "--period", "2026-11", "-o", format]);
        assert!(run.ok().contains("2026-11"), "{format}: {run}");
    }
    assert_data_eq!(
        desk.run(&["report", "flow", "--by", "week", "-o", "markdown"]).to_string(),
        str![[r#"
# flow

desk · what came and went, by week · up to 2026-12-01

## flow

| week | opened | resolved | reopened | cancelled | backlog_end |
|---|---|---|---|---|---|
| 2026-W48 | 3 | 2 | 1 | 1 | 1 |

3 opened and 1 reopened, 2 resolved and 1 cancelled; 1 is open at the end.

"#]]
    );
}

#[test]
fn quality_says_how_long_it_took_and_what_came_back() {
    let desk = desk();
    let quality = object(&desk, &["quality", "--where", "priority:p1"]);
    assert_eq!(quality["solved"], 1);
    assert_eq!(quality["reopen"], json!({"events": 1, "tickets": 1}));
    assert_eq!(quality["escalated_tickets"], 1);
    // From 08:02 to 09:06 and, at the second time, 10:08.
    assert_eq!(quality["resolution_seconds_first"]["median"], 3_600 + 240);
    assert_eq!(quality["resolution_seconds_full"]["median"], 7_200 + 360);
    assert_data_eq!(
        desk.run(&["report", "quality", "-o", "table"]).to_string(),
        str![[r#"
desk · how well it went, in calendar time · up to 2026-12-01

RESOLUTION TIME
UNTIL         N    MEAN    MEDIAN  P90     MAX
last solved   2 *  2h 05m  2h 05m  2h 06m  2h 06m  ████████████████████████
first solved  2 *  1h 34m  1h 04m  2h 05m  2h 05m  ████████████▎

WHAT CAME BACK AND CHANGED HANDS
FIGURE                       COUNT  OF   PERCENT
solved at first contact          0  1 *  0.0 %
reopened                         1  3 *  33.3 %   ████████████████████████
reassigned                       1  3 *  33.3 %   ████████████████████████
queue came back (ping-pong)      0  3 *  0.0 %
escalated                        1  3 *  33.3 %   ████████████████████████

TIME IN STATUS
STATUS    TIME
active    2h 02m  ██████████████████████▉
new       2h 08m  ████████████████████████
resolved  1m      ▎

2 tickets were solved; 1 came back, 1 changed hands, 0 went back and forth.

* from fewer than 20 tickets

"#]]
    );
    assert_data_eq!(
        desk.run(&["report", "quality", "-o", "markdown"]).to_string(),
        str![[r#"
# quality

desk · how well it went, in calendar time · up to 2026-12-01

## resolution time

| until | n | mean | median | p90 | max |
|---|---|---|---|---|---|
| last solved | 2 /* | 2h 05m | 2h 05m | 2h 06m | 2h 06m |
| first solved | 2 /* | 1h 34m | 1h 04m | 2h 05m | 2h 05m |

## what came back and changed hands

| figure | count | of | percent |
|---|---|---|---|
| solved at first contact | 0 | 1 /* | 0.0 % |
| reopened | 1 | 3 /* | 33.3 % |
| reassigned | 1 | 3 /* | 33.3 % |
| queue came back (ping-pong) | 0 | 3 /* | 0.0 % |
| escalated | 1 | 3 /* | 33.3 % |

## time in status

| status | time |
|---|---|
| active | 2h 02m |
| new | 2h 08m |
| resolved | 1m |

2 tickets were solved; 1 came back, 1 changed hands, 0 went back and forth.

/* from fewer than 20 tickets

"#]]
    );
    assert_data_eq!(
        desk.run(&["report", "quality", "-o", "csv"]).to_string(),
        str![[r#"
sheet,row,column,value
resolution_seconds,last solved,n,2
resolution_seconds,last solved,mean,7530.0
resolution_seconds,last solved,median,7500
resolution_seconds,last solved,p90,7560
resolution_seconds,last solved,max,7560
resolution_seconds,first solved,n,2
resolution_seconds,first solved,mean,5670.0
resolution_seconds,first solved,median,3840
resolution_seconds,first solved,p90,7500
resolution_seconds,first solved,max,7500
shares,solved at first contact,count,0
shares,solved at first contact,of,1
shares,solved at first contact,percent,0.0
shares,reopened,count,1
shares,reopened,of,3
shares,reopened,percent,33.3
shares,reassigned,count,1
shares,reassigned,of,3
shares,reassigned,percent,33.3
shares,queue came back (ping-pong),count,0
shares,queue came back (ping-pong),of,3
shares,queue came back (ping-pong),percent,0.0
shares,escalated,count,1
shares,escalated,of,3
shares,escalated,percent,33.3
seconds_in_status,active,seconds,7320
seconds_in_status,new,seconds,7680
seconds_in_status,resolved,seconds,60

"#]]
    );
}

#[test]
fn several_sheets_are_one_table_of_csv_and_of_tsv() {
    let desk = desk();
    for report in ["summary", "quality"] {
        let csv = desk.run(&["report", report, "-o", "csv"]).ok();
        assert!(csv.starts_with("sheet,row,column,value\r\n"), "{csv}");
        assert!(!csv.contains("\r\n\r\n"), "{csv}");
        let tsv = desk.run(&["report", report, "-o", "tsv"]).ok();
        assert!(tsv.lines().all(|line| line.split('\t').count() == 4), "{tsv}");
    }
    assert!(desk.run(&["report", "flow", "-o", "csv"]).ok().starts_with("month,opened,resolved"));
    assert!(desk.run(&["report", "quality", "-o", "tsv"]).ok().contains("last solved\tmedian\t7500"));
    assert!(desk.run(&["help", "report"]).ok().contains("sheet, row, column, value"));
}

#[test]
fn people_read_durations_and_what_few_tickets_say_is_marked() {
    let desk = desk();
    for format in ["table", "markdown", "html"] {
        let quality = desk.run(&["report", "quality", "-o", format]).ok();
        assert!(quality.contains("2h 05m") && !quality.contains("7500"), "{format}: {quality}");
        assert!(quality.contains("from fewer than 20 tickets"), "{format}: {quality}");
        assert!(!quality.to_lowercase().contains("time waiting"), "an empty sheet is left out: {quality}");
    }
}

#[test]
fn a_chart_draws_the_column_that_matters() {
    let desk = desk();
    let quality = desk.run(&["report", "quality", "-o", "html"]).ok();
    assert!(quality.contains("<figcaption>median</figcaption>"), "{quality}");
    assert!(quality.contains(">2h 05m</text>"), "{quality}");
    let flow = desk.run(&["report", "flow", "--by", "day", "-o", "html"]).ok();
    assert!(flow.contains("prefers-color-scheme") && flow.contains("@media print"), "{flow}");
}

#[test]
fn a_report_has_no_ids_and_no_unknown_fields() {
    let desk = desk();
    assert_data_eq!(
        desk.run(&["report", "-o", "ids"]).fails(2),
        str![[r#"
git-desk: a report is figures, not tickets, so it has no ids
  the tickets they rest on: git desk report summary --tickets -o ids
  tickets of a query: git desk list QUERY -o ids

"#]]
    );
    assert!(desk.run(&["report", "--fields", "flwo", "--json"]).fails(2).contains("flow"));
    assert!(desk.run(&["report", "--fields", "agee", "-o", "csv"]).fails(2).contains("age"));
    let some = object(&desk, &["summary", "--fields", "open,week"]);
    assert_eq!(some, json!({"open": 1, "week": "2026-W48"}));
    assert_eq!(desk.run(&["report", "--fields", "age", "-o", "csv"]).ok().lines().next(), Some("age,tickets"));
}

#[test]
fn a_query_and_a_time_narrow_a_report() {
    let desk = desk();
    let opened = |words: &[&str]| {
        let mut all = vec!["flow", "--by", "day"];
        all.extend(words);
        let flow = object(&desk, &all);
        flow["flow"].as_array().unwrap().iter().filter_map(|row| row["opened"].as_i64()).sum::<i64>()
    };
    assert_eq!(opened(&[]), 3);
    assert_eq!(opened(&["--where", "priority:p1"]), 1);
    assert_eq!(opened(&["--since", "2026-11-24", "--until", "2026-11-24"]), 3, "the last day is included");
    assert_eq!(opened(&["--until", "2026-11-23"]), 0);
    assert_eq!(opened(&["--since", "2026-11-25"]), 0);
    assert_eq!(opened(&["--period", "2026-W48"]), 3);
    assert_eq!(opened(&["--period", "last-month"]), 3);
}

#[test]
fn an_unknown_report_or_period_is_a_usage_error() {
    let desk = TestDesk::new();
    assert_data_eq!(
        desk.run(&["report", "flwo"]).fails(2),
        str![[r#"
git-desk: no report `flwo`; there are summary, flow, ageing, sla, breaches, at-risk, response, quality, pareto, recurring, early-faults, workload, channels, csat, cost, knowledge, problems, follow-ups, customer
  git desk report flow

"#]]
    );
    assert_data_eq!(
        desk.run(&["report", "flow", "--period", "soon"]).fails(2),
        str![[r#"
git-desk: `soon` is no period or time
  like these: 2026-10, 2026-W47, 2026-Q4, 2026-10-01, last-month, this-quarter, yesterday

"#]]
    );
    assert_data_eq!(
        desk.run(&["report", "flow", "--where", "quue:l1"]).fails(2),
        str![[r#"
git-desk: no field `quue`
  quue:l1
  ^^^^ queue?

"#]]
    );
}
