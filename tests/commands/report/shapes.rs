//! What does not depend on what there is to say: the columns that programs read.

use std::collections::HashSet;

use serde_json::json;
use snapbox::{assert_data_eq, str};

use super::{NAMES, asked, desk, object};
use crate::support::TestDesk;

const ONE_TABLE: &[&str] = &["flow", "pareto", "at-risk", "follow-ups", "early-faults"];

#[test]
fn the_columns_of_a_report_are_the_same_with_and_without_tickets() {
    let (empty, full) = (TestDesk::new(), desk());
    for desk in [&empty, &full] {
        desk.open("of a customer", &["--customer", "acme"]);
    }
    let header = |desk: &TestDesk, name: &str, more: &[&str]| -> String {
        let out = desk.run(&[&asked(name)[..], &["-o", "csv"], more].concat()).ok().to_string();
        out.lines().next().unwrap_or_default().to_owned()
    };
    for name in NAMES {
        let nothing = header(&empty, name, &["--period", "2020-01"]);
        assert_eq!(nothing, header(&full, name, &[]), "{name}");
        assert_eq!(nothing == "sheet,row,column,value", !ONE_TABLE.contains(name), "{name}: {nothing}");
    }
}

#[test]
fn no_two_values_of_a_report_have_the_same_key() {
    let desk = desk();
    for customer in ["acme", "noord"] {
        let words = ["--customer", customer, "--priority", "p1", "--category", "network/vpn"];
        desk.open("same title", &words);
        desk.open("same title", &words);
    }
    for name in NAMES.iter().filter(|name| !ONE_TABLE.contains(name)) {
        let tsv = desk.run(&[&asked(name)[..], &["-o", "tsv"]].concat()).ok().to_string();
        let mut seen = HashSet::new();
        for line in tsv.lines() {
            let key: Vec<&str> = line.split('\t').take(3).collect();
            assert!(seen.insert(key), "{name}: twice: {line}\n{tsv}");
        }
    }
    let sla = desk.run(&["report", "sla", "-o", "csv"]).ok().to_string();
    assert!(sla.contains("\npriorities,p1 respond,"), "{sla}");
}

#[test]
fn a_sheet_that_is_named_is_its_own_table() {
    let desk = desk();
    let header = |words: &[&str]| desk.run(&[words, &["-o", "csv"]].concat()).ok().lines().next().map(str::to_owned);
    assert_eq!(header(&["report", "quality", "--fields", "shares"]).as_deref(), Some("figure,count,of,percent"));
    let two = header(&["report", "quality", "--fields", "shares,seconds_in_status"]);
    assert_eq!(two.as_deref(), Some("sheet,row,column,value"));
    assert_eq!(header(&["report", "pareto", "--fields", "categories"]), header(&["report", "pareto"]));
}

#[test]
fn a_sheet_that_says_nothing_today_is_a_header() {
    let desk = desk();
    desk.open("of a customer", &["--customer", "acme"]);
    let empty = ["--period", "2020-W02", "-o", "csv"];
    for name in NAMES {
        let full = desk.run(&[&asked(name)[..], &["--json"]].concat()).ok().to_string();
        let object: serde_json::Value = serde_json::from_str(&full).unwrap();
        let keys = object.as_object().unwrap().iter().filter(|(_, value)| value.is_array()).map(|(key, _)| key.clone());
        for key in keys {
            let run = desk.run(&[&asked(name)[..], &["--fields", &key], &empty].concat());
            let known = desk.run(&[&asked(name)[..], &["--fields", &key, "-o", "csv"]].concat());
            // The same columns, whether there is something to say or not.
            assert_eq!(run.code, known.code, "{name} {key}: {run}");
            assert_eq!(run.stdout.lines().next(), known.stdout.lines().next(), "{name} {key}");
        }
    }
    let agents = desk.run(&[&["report", "cost", "--fields", "agents"][..], &empty].concat()).ok();
    assert!(agents.starts_with("agent,currency,"), "{agents}");
}

#[test]
fn the_help_names_what_each_report_can_be_told_apart_by() {
    let desk = TestDesk::new();
    let help = desk.run(&["report", "--help"]).ok().split_whitespace().collect::<Vec<_>>().join(" ");
    for name in NAMES {
        let error = desk.run(&[&asked(name)[..], &["--by", "nothing"]].concat()).fails(2);
        let known = error.split("is told apart by ").nth(1).and_then(|rest| rest.split(", not by").next());
        match known {
            Some(known) => assert!(help.contains(&format!("{name}: {known}")), "{name}: {known}"),
            None => assert!(error.contains("not told apart by anything"), "{error}"),
        }
    }
}

#[test]
fn every_heading_says_whose_desk_what_which_time_and_which_tickets() {
    let desk = desk();
    desk.open("of a customer", &["--customer", "acme"]);
    for name in NAMES {
        for format in ["table", "markdown", "html", "json"] {
            let words = ["--period", "2026-11", "--where", "queue:l1 or is:open", "-o", format];
            let out = desk.run(&[&asked(name)[..], &words].concat()).ok().to_string();
            let json: Vec<&str> = out.lines().filter(|line| line.contains("\"heading\"")).collect();
            let head = match format {
                "json" => json.join(" "),
                "html" => out.split("</style>").nth(1).unwrap().chars().take(500).collect(),
                _ => out.lines().take(3).collect::<Vec<_>>().join(" "),
            };
            assert!(head.contains("desk") && head.contains("where queue:l1 or is:open"), "{name} {format}: {head}");
            let days = "2026-11-01 – 2026-11-30";
            let period = if *name == "summary" { "November 2026" } else { days };
            assert_eq!(head.matches(period).count(), 1, "{name} {format}: {head}");
        }
    }
    let heading = |words: &[&str]| object(&desk, words)["heading"].as_str().unwrap().to_owned();
    assert_eq!(heading(&["flow"]), "desk · what came and went, by month · up to 2026-12-01");
    assert_eq!(heading(&["ageing"]), "desk · how old what is open is, as of 2026-12-01");
    assert_eq!(
        heading(&["pareto"]),
        "desk · what makes the work, by category, 2026-11-01 – 2026-12-01 against the time before"
    );
}

#[test]
fn programs_read_which_time_and_which_tickets() {
    let desk = desk();
    desk.open("of a customer", &["--customer", "acme"]);
    for name in NAMES {
        let words = [&asked(name)[1..], &["--period", "2026-11", "--where", "is:open"]].concat();
        let report = object(&desk, &words);
        let november = json!({"since": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"});
        assert_eq!((&report["period"], &report["where"]), (&november, &json!("is:open")), "{name}");
    }
    let week = object(&desk, &["summary"]);
    let last = json!({"since": "2026-11-23T00:00:00Z", "until": "2026-11-30T00:00:00Z"});
    assert_eq!((&week["period"], &week["where"]), (&last, &json!(null)));
    let flow = object(&desk, &["flow", "--at", "2026-11-30T12:00:00Z"]);
    assert_eq!(flow["period"], json!({"since": null, "until": "2026-11-30T12:00:00Z"}));
    let sla = object(&desk, &["sla", "--at", "2026-11-30T12:00:00Z"]);
    assert_eq!(sla["period"], json!({"since": "2026-10-31T12:00:01Z", "until": "2026-11-30T12:00:00Z"}));
    let span = object(&desk, &["summary", "--since", "2026-11-03", "--until", "2026-11-05"]);
    assert!(span["period"].is_string(), "the name that it has as a figure: {span}");
}

#[test]
fn a_page_breaks_long_texts_alone_and_tickets_are_a_page_too() {
    let desk = desk();
    desk.open("the printer on the third floor prints blank pages again", &[]);
    for more in [&[][..], &["--tickets"]] {
        let page = desk.run(&[&["report", "ageing", "-o", "html"], more].concat()).ok().to_string();
        assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"), "{page}");
        assert!(page.contains("td.t{white-space:normal") && page.contains("div.wide{overflow-x:auto}"), "{page}");
        assert_eq!(page.matches("<div class=\"wide\"><table>").count(), page.matches("<table>").count(), "{page}");
        assert!(page.contains("<td class=\"t\">the printer on the third floor prints"), "{page}");
        assert!(page.contains("<td>261124-"), "{page}");
    }
    let page = desk.run(&["report", "ageing", "--tickets", "-o", "html"]).ok().to_string();
    let head = "<h1>ageing: tickets</h1>\n<p class=\"lead\">desk · how old what is open is, as of 2026-12-01</p>\n";
    assert!(page.contains(head), "{page}");
}

#[test]
fn on_eighty_columns_no_line_is_broken_by_the_terminal() {
    let desk = TestDesk::nowhere();
    desk.run(&["demo", "."]).ok();
    for name in NAMES.iter().filter(|name| **name != "customer") {
        for more in [&[][..], &["--tickets"]] {
            let words = [&asked(name)[..], more, &["-o", "table"]].concat();
            let output = desk.command(&words).env("COLUMNS", "80").output().unwrap();
            assert!(output.status.success(), "{name}");
            let out = String::from_utf8(output.stdout).unwrap();
            let long = out.lines().find(|line| line.chars().count() > 80);
            assert_eq!(long, None, "{name} {more:?}");
        }
    }
}

#[test]
fn a_row_that_is_too_wide_takes_several_lines() {
    let desk = desk();
    let words = ["report", "quality", "--tickets", "-o", "table"];
    let output = desk.command(&words).env("COLUMNS", "60").output().unwrap();
    assert_data_eq!(
        String::from_utf8(output.stdout).unwrap(),
        str![[r#"
ID               RESOLUTION  REOPENED  REASSIGNMENTS
    PING PONG  ESCALATED  FIRST CONTACT
    TITLE
261124-f31aj1bw                     0              0
    –
    <script>alert(1)</script> & ␛[31mred
261124-svz5ne2x  2h 06m             1              1
               yes
    VPN drops every hour
261124-w90thdzm  2h 05m             0              0
    –
    Printer HP-4 prints blank pages

"#]]
    );
}
