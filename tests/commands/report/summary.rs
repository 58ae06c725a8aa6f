//! `report summary`: one page on a week or another period.

mod page;

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::{desk, object};
use crate::support::TestDesk;

#[test]
fn the_summary_is_one_page_on_the_last_week() {
    let desk = desk();
    let table = desk.run(&["report", "summary", "-o", "table"]).ok();
    assert_data_eq!(
        table.clone(),
        str![[r#"
desk     week 48: Mon 23 – Sun 29 Nov 2026     against week 47     calendar time

                   week   before          8 weeks     KEPT PROMISES     kept  promised  late
opened                3        0     +3   ▁▁▁▁▁▁▁█    acknowledge     50.0 %*   90.0 %     1
resolved              2        0     +2   ▁▁▁▁▁▁▁█    respond          0.0 %*   90.0 %     2
reopened              1        0     +1   ▁▁▁▁▁▁▁█    resolve         50.0 %*   90.0 %     1
cancelled             1        0     +1   ▁▁▁▁▁▁▁█
open at the end       1        0     +1   ▁▁▁▁▁▁▁█    TO RESOLVE
                                                      median 1h 04m, p90 2h 06m (n = 2) *

AGE OF WHAT WAS OPEN THEN                             WORKLOAD THEN           open   resolved   late
< 1 day       0                                       l1                         1          0      1
1–3 days      0                                       l2                         0          2      0
3–7 days      1  ████████████████████
7–30 days     0
> 30 days     0

OLDEST THEN
f31a  <script>alert(1)</script> & ␛[31mred     5d

1 more open than a week ago: 3 opened and 1 reopened, 2 resolved and 1 cancelled.

* from fewer than 20 tickets

"#]]
    );
    // On a terminal also what leads on.
    let shown = desk.on_terminal("", &["report"]).to_string();
    assert_eq!(
        shown.strip_prefix(&table).unwrap(),
        "more: git desk report sla · breaches · ageing · workload\npage to share: git desk report -o html > week.html\n"
    );
}

#[test]
fn a_past_week_counts_what_was_open_at_its_end() {
    let desk = desk();
    desk.open("of the week after", &["--queue", "l3"]);
    let now = object(&desk, &["summary", "--since", "2026-11-30"]);
    let then = object(&desk, &["summary"]);
    let asked = object(&desk, &["summary", "--period", "2026-W48"]);
    assert_eq!((&then["open_at"], &then["workload"]), (&asked["open_at"], &asked["workload"]));
    assert_eq!((&now["open"], &then["open"]), (&json!(2), &json!(1)));
    let ages = |report: &Value| -> u64 {
        report["age"].as_array().unwrap().iter().map(|row| row["tickets"].as_u64().unwrap()).sum()
    };
    assert_eq!(ages(&then), then["flow"][4]["week"].as_u64().unwrap(), "blocks agree with the flow");
    assert!(!then["workload"].to_string().contains("l3"), "{then}");
    let shown = desk.run(&["report", "-o", "table"]).ok();
    assert!(shown.contains("AGE OF WHAT WAS OPEN THEN") && shown.contains("OLDEST THEN"), "{shown}");
    let shown = desk.run(&["report", "summary", "--since", "2026-11-30", "-o", "table"]).ok();
    assert!(shown.contains("AGE OF WHAT IS OPEN NOW") && shown.contains("OLDEST NOW"), "{shown}");
    assert!(then["oldest"][0]["handle"].as_str().unwrap().len() < 8, "{then}");
}

#[test]
fn a_narrow_terminal_has_one_column_and_off_utf8_no_sign_is_foreign() {
    let desk = desk().with("COLUMNS", "80");
    let narrow = desk.run(&["report", "-o", "table"]).ok();
    assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
    let wide = desk.run(&["report", "-o", "table"]);
    assert_eq!(wide.stdout, narrow);
    let desk = desk.with("LC_ALL", "C").with("COLUMNS", "100");
    let plain = desk.run(&["report", "-o", "table"]).ok().replace('␛', "");
    assert!(plain.is_ascii() && plain.contains("1-3 days"), "{plain}");
}

#[test]
fn one_ticket_is_said_in_the_singular() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "x"]).ok();
    let sentence = object(&desk, &["quality"])["sentence"].as_str().unwrap().to_owned();
    assert_eq!(sentence, "1 ticket was solved; 0 came back, 0 changed hands, 0 went back and forth.");
}

#[test]
fn a_period_that_is_named_is_set_against_the_one_before_it() {
    let desk = desk();
    // All three came on 24 November 2026; in October there was nothing.
    for (period, unit, heading) in [
        ("2026-11", "month", "desk     November 2026     against October 2026     calendar time"),
        ("2026-Q4", "quarter", "desk     Q4 2026     against Q3 2026     calendar time"),
        ("2026", "year", "desk     2026     against 2025     calendar time"),
        ("2026-11-24", "day", "desk     Tue 24 Nov 2026     against Mon 23 Nov 2026     calendar time"),
    ] {
        let page = object(&desk, &["summary", "--period", period]);
        assert_eq!((&page["unit"], &page[unit], &page["heading"]), (&json!(unit), &json!(period), &json!(heading)));
        assert_eq!((&page["flow"][0][unit], &page["flow"][0]["before"]), (&json!(3), &json!(0)), "{period}");
        assert_eq!(page["flow"][0][format!("{unit}s")].as_array().unwrap().len(), 8);
        assert!(page["sentence"].as_str().unwrap().starts_with(&format!("1 more open than a {unit} ago")), "{page}");
    }
    let before = object(&desk, &["summary", "--period", "2026-12"]);
    assert_eq!((&before["flow"][0]["month"], &before["flow"][0]["before"]), (&json!(0), &json!(3)));
    // Twelve days against the twelve before them.
    let days = object(&desk, &["summary", "--since", "2026-11-24", "--until", "2026-12-05"]);
    assert_eq!(days["period"], "2026-11-24 – 2026-12-05");
    assert_eq!((&days["flow"][0]["period"], &days["flow"][0]["before"]), (&json!(3), &json!(0)));
    assert_data_eq!(
        desk.run(&["report", "summary", "--period", "2026-Q4", "-o", "table"])
            .stdout
            .lines()
            .nth(2)
            .unwrap()
            .to_owned(),
        str!["                quarter   before          8 quarters  KEPT PROMISES     kept  promised  late"]
    );
}
