//! What holds for every report: the same bytes of a past time, no harm in any format, tickets behind the figures.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::{FORMATS, NAMES, asked, desk, object};
use crate::support::TestDesk;

/// Titles and names that would do harm as they are.
const EVIL: &str = "</title><script>alert(1)</script>\"'|`=1+1 \u{1b}[31m\u{202e}";

/// A desk whose every word is an attack, with something for each report to say.
fn hostile() -> TestDesk {
    let desk = TestDesk::new();
    desk.run(&["queue", "add", "l9"]).ok();
    let words = ["--category", EVIL, "--service", EVIL, "--asset", EVIL, "--requester", EVIL];
    let mut ids = Vec::new();
    for customer in ["acme", "noord", "acme", "ghent", "noord", "acme"] {
        let model = format!("model={EVIL}");
        ids.push(desk.open(EVIL, &[&words[..], &["--customer", customer, "--field", &model]].concat()));
    }
    let problem = desk.open(EVIL, &["--kind", "problem", "--priority", "p2"]);
    desk.run(&["link", &ids[0], "caused-by", &problem]).ok();
    desk.run(&["follow-up", &ids[1], "today"]).ok();
    desk.run(&["take", &ids[2]]).ok();
    desk.run(&["wait", &ids[2], "--on", "vendor", "-m", EVIL]).ok();
    desk.run(&["work", &ids[3], "30"]).ok();
    let kb = desk.path().join("kb/vpn");
    std::fs::create_dir_all(&kb).unwrap();
    let title = toml::Value::from(EVIL).to_string();
    std::fs::write(kb.join("reset.toml"), format!("title = {title}\nowner = {title}\nreview_by = 2020-01-01\n"))
        .unwrap();
    std::fs::write(kb.join("broken.toml"), "= no TOML").unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "articles"]);
    for id in &ids[3..] {
        desk.run(&["resolve", id, "--resolution", "fixed", "-m", EVIL, "--article", "vpn/reset"]).ok();
        desk.run(&["rate", id, "5"]).ok();
    }
    desk.later(10 * 86_400);
    desk
}

#[test]
fn no_format_of_any_report_lets_an_attack_through() {
    let desk = hostile();
    for report in NAMES {
        for tickets in [false, true] {
            let ask = |format: &str, more: &[&str]| {
                let words = ["-o", format, "--since", "2026-11-01", "--until", "2026-12-31"];
                let tickets: &[&str] = if tickets { &["--tickets"] } else { &[] };
                desk.run(&[&asked(report)[..], &words, tickets, more].concat()).ok()
            };
            let page = ask("html", &[]).to_lowercase();
            for bad in ["<script", "http:", "https:", "src=", "@import", "url(", "\u{1b}", "\u{202e}"] {
                assert!(!page.contains(bad), "{report} holds {bad}: {page}");
            }
            let markdown = ask("markdown", &[]);
            assert!(!markdown.contains("<script") && !markdown.contains('\u{1b}'), "{report}: {markdown}");
            assert!(!markdown.contains("\"'|"), "{report}: a bar would end the cell: {markdown}");
            let table = ask("table", &[]);
            assert!(!table.contains(['\u{1b}', '\u{202e}']), "{report}: {table}");
            for line in ask("csv", &["--csv-safe"]).lines() {
                assert!(!line.contains(",=") && !line.contains(",\"="), "{report}: {line}");
            }
            assert!(ask("tsv", &[]).lines().all(|line| !line.contains('\r')), "{report}");
            serde_json::from_str::<Value>(&ask("json", &[])).unwrap();
        }
    }
}

#[test]
fn every_attack_is_in_reach_of_the_test_above() {
    let desk = hostile();
    for (report, figure) in [
        ("ageing", "oldest"),
        ("pareto", "categories"),
        ("recurring", "recurring"),
        ("early-faults", "faults"),
        ("knowledge", "stale"),
        ("problems", "open"),
        ("follow-ups", "follow_ups"),
        ("breaches", "breaches"),
    ] {
        let said = object(&desk, &[report, "--since", "2026-11-01"])[figure].to_string();
        assert!(said.contains("alert(1)"), "{report}: {said}");
    }
    let page = desk.run(&["report", "pareto", "--by", "asset", "--since", "2026-11-01", "-o", "html"]).ok();
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
}

#[test]
fn html_is_one_page_with_charts_that_can_be_read_aloud() {
    let desk = desk();
    desk.open("of a customer", &["--customer", "acme"]);
    for report in NAMES {
        let page = desk.run(&[&asked(report)[..], &["-o", "html"]].concat()).ok();
        assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"), "{page}");
        assert!(page.contains("prefers-color-scheme") && page.contains("@media print"), "{page}");
        let charts = page.matches("<svg role=\"img\"").count();
        assert_eq!((page.matches("<title>").count(), page.matches("<desc>").count()), (charts + 1, charts), "{report}");
    }
    let page = desk.run(&["report", "summary", "-o", "html"]).ok();
    for title in
        ["flow and what is left", "age of what was open then", "when they come", "what was opened, by category"]
    {
        assert!(page.contains(&format!("<title>{title}</title>")), "{title}: {page}");
    }
    assert!(page.contains("<dt>opened</dt><dd>3</dd><dd class=\"less\">3 more than before</dd>"), "{page}");
    assert!(page.contains("<desc>opened or reopened: from 0 to 4, 4 in 2026-W48;"), "{page}");
}

#[test]
fn the_same_report_of_a_past_time_gives_the_same_bytes_for_ever() {
    let desk = hostile();
    let then = "2026-11-30T12:00:00Z";
    let all = || {
        let ask = |name: &str, format: &str, more: &[&str]| {
            desk.run(&[&asked(name)[..], &["--at", then, "-o", format], more].concat()).ok()
        };
        let of = |name: &&str| -> Vec<String> {
            let figures = FORMATS.iter().map(|format| ask(name, format, &[]));
            figures.chain([ask(name, "jsonl", &["--tickets"])]).collect()
        };
        NAMES.iter().map(of).collect::<Vec<_>>()
    };
    let before = all();
    for number in 0..4 {
        let opened = format!("2026-11-2{number}T08:00:00Z");
        let words = ["--category", EVIL, "--opened", &opened, "--customer", "late", "--priority", "p1"];
        let id = desk.open("later", &words);
        desk.run(&["follow-up", &id, "2026-11-25"]).ok();
    }
    std::fs::write(desk.path().join("kb/vpn/new.toml"), "title = \"New\"\n").unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "an article"]);
    desk.later(30 * 86_400);
    for (name, (before, after)) in NAMES.iter().zip(before.iter().zip(all())) {
        assert_eq!(*before, after, "{name}");
    }
    let now = object(&desk, &["pareto", "--since", "2026-11-01"]);
    assert_eq!(now["tickets"], 11, "what came later is there without --at");
}

#[test]
fn figures_open_to_the_tickets_that_they_rest_on() {
    let desk = desk();
    let rows = |words: &[&str]| -> Vec<Value> {
        let all = object(&desk, &[words, &["--tickets"]].concat());
        all.as_array().unwrap().clone()
    };
    let count = |rows: &[Value], figure: &str| rows.iter().filter(|row| row["figure"] == figure).count() as u64;
    let flow = object(&desk, &["flow", "--period", "2026-11"])["flow"][0].clone();
    let tickets = rows(&["flow", "--period", "2026-11"]);
    for figure in ["opened", "resolved", "reopened", "cancelled"] {
        assert_eq!(count(&tickets, figure), flow[figure].as_u64().unwrap(), "{figure}");
    }
    let load = object(&desk, &["workload"])["queues"].clone();
    let sum = |figure: &str| load.as_array().unwrap().iter().map(|row| row[figure].as_u64().unwrap()).sum::<u64>();
    let tickets = rows(&["workload"]);
    for figure in ["open", "new", "resolved"] {
        assert_eq!(count(&tickets, figure), sum(figure), "{figure}");
    }
    assert_eq!(rows(&["quality"]).len() as u64, object(&desk, &["quality"])["tickets"].as_u64().unwrap());
    assert_eq!(rows(&["ageing"]).len() as u64, object(&desk, &["ageing"])["open"].as_u64().unwrap());
    assert_data_eq!(
        desk.run(&["report", "--tickets", "-o", "table"]).to_string(),
        str![[r#"
ID               FIGURE     AT                 QUEUE  TITLE
261124-f31aj1bw  opened     2026-11-24 08:03Z  l1     <script>alert(1)</script> & ␛[31mred
261124-svz5ne2x  opened     2026-11-24 08:02Z  l1     VPN drops every hour
261124-svz5ne2x  resolved   2026-11-24 09:06Z  l2     VPN drops every hour
261124-svz5ne2x  reopened   2026-11-24 09:07Z  l2     VPN drops every hour
261124-svz5ne2x  resolved   2026-11-24 10:08Z  l2     VPN drops every hour
261124-w90thdzm  opened     2026-11-24 08:04Z  l2     Printer HP-4 prints blank pages
261124-w90thdzm  cancelled  2026-11-24 10:09Z  l2     Printer HP-4 prints blank pages
261124-f31aj1bw  open       2026-11-24 08:03Z  l1     <script>alert(1)</script> & ␛[31mred

"#]]
    );
    assert_data_eq!(
        desk.run(&["report", "quality", "--tickets", "-o", "markdown"]).to_string(),
        str![[r#"
| id | resolution | reopened | reassignments | ping_pong | escalated | first_contact | title |
|---|---|---|---|---|---|---|---|
| 261124-f31aj1bw |  | 0 | 0 |  |  |  | &lt;script&gt;alert(1)&lt;/script&gt; &amp; ␛/[31mred |
| 261124-svz5ne2x | 2h 06m | 1 | 1 |  | yes |  | VPN drops every hour |
| 261124-w90thdzm | 2h 05m | 0 | 0 |  |  |  | Printer HP-4 prints blank pages |

"#]]
    );
    let ids = desk.run(&["report", "flow", "--tickets", "-o", "ids"]).ok();
    assert_eq!(ids.lines().count(), 3, "each once: {ids}");
    let some = desk.run(&["report", "flow", "--tickets", "--fields", "figure,id", "-o", "tsv", "--where", "queue:l1"]);
    assert!(some.ok().lines().all(|line| line.split('\t').count() == 2), "{some}");
    assert!(desk.run(&["report", "flow", "--tickets", "--fields", "figrue"]).fails(2).contains("figure"));
}

#[test]
fn every_report_is_named_in_the_help_and_offered() {
    let desk = TestDesk::new();
    let help = desk.run(&["help", "report"]).ok();
    for name in NAMES {
        assert!(help.contains(&format!("\n  {name} ")), "{name}: {help}");
    }
    let offered = |words: &[&str]| -> Vec<String> {
        let mut all = vec!["--", "git-desk"];
        all.extend(words);
        let index = (all.len() - 2).to_string();
        let output = desk
            .command(&all)
            .env("COMPLETE", "bash")
            .env("_CLAP_IFS", "\n")
            .env("_CLAP_COMPLETE_INDEX", index)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    };
    assert_eq!(offered(&["report", ""]).iter().filter(|word| NAMES.contains(&word.as_str())).count(), NAMES.len());
    assert_eq!(offered(&["report", "pareto", "--by", "s"]), ["service"]);
    assert_eq!(offered(&["report", "flow", "--by", "w"]), ["week"]);
}

#[test]
fn what_a_report_is_told_apart_by_is_its_own() {
    let desk = TestDesk::new();
    assert_data_eq!(
        desk.run(&["report", "pareto", "--by", "catgory"]).fails(2),
        str![[r#"
git-desk: `pareto` is told apart by category, service, asset, queue, customer, channel, not by `catgory`
  git desk report pareto --by category

"#]]
    );
    assert_data_eq!(
        desk.run(&["report", "ageing", "--by", "queue"]).fails(2),
        str![[r#"
git-desk: `ageing` is not told apart by anything: it takes no `--by`

"#]]
    );
    assert_data_eq!(
        desk.run(&["report", "flow", "--propose"]).fails(2),
        str![[r#"
git-desk: `flow` has nothing to propose
  git desk report recurring --propose

"#]]
    );
    let empty = object(&desk, &["pareto"]);
    assert_eq!((&empty["categories"], &empty["tickets"]), (&json!([]), &json!(0)));
}
