//! Reports on what is open, what comes back and what is known: ageing, response, pareto, recurring, early-faults,
//! knowledge, problems, follow-ups. Every figure can be worked out by hand from the lines above it.

use std::fs;

use serde_json::json;
use snapbox::{assert_data_eq, str};

use super::object;
use crate::support::TestDesk;

/// The same desk at a moment.
fn at(desk: &TestDesk, time: &str) -> TestDesk {
    desk.at("desk").with("GIT_DESK_NOW", time)
}

fn opened(desk: &TestDesk, title: &str, time: &str, options: &[&str]) -> String {
    at(desk, time).open(title, options)
}

/// Open on 24 November: one of this morning, one that waits since the 10th (with another reason since the 20th), one
/// that was taken back from waiting, one of October that nobody has; and one that is solved.
fn old() -> TestDesk {
    let desk = TestDesk::new();
    let now = |time: &str| at(&desk, time);
    opened(&desk, "of today", "2026-11-24T07:00:00Z", &["--assign", "ana"]);
    let waits = opened(&desk, "waits", "2026-11-09T08:00:00Z", &["--assign", "ana"]);
    now("2026-11-10T08:00:00Z").run(&["wait", &waits, "--on", "requester", "-m", "which one?"]).ok();
    now("2026-11-20T08:00:00Z").run(&["wait", &waits, "--on", "vendor", "-m", "they ask theirs"]).ok();
    let back = opened(&desk, "waited", "2026-11-01T08:00:00Z", &["--assign", "ana"]);
    now("2026-11-02T08:00:00Z").run(&["wait", &back, "--on", "vendor", "-m", "x"]).ok();
    now("2026-11-23T08:00:00Z").run(&["resume", &back]).ok();
    opened(&desk, "forgotten", "2026-10-01T08:00:00Z", &[]);
    let done = opened(&desk, "done", "2026-10-01T08:00:00Z", &[]);
    now("2026-11-24T08:00:00Z").run(&["resolve", &done, "--resolution", "fixed", "-m", "x"]).ok();
    desk
}

#[test]
fn ageing_says_how_old_what_is_open_is() {
    let desk = old();
    let then = at(&desk, "2026-11-24T12:00:00Z");
    assert_data_eq!(
        then.run(&["report", "ageing", "-o", "table"]).to_string(),
        str![[r#"
desk · how old what is open is, as of 2026-11-24

AGE OF WHAT IS OPEN
AGE        TICKETS  UNASSIGNED  WAITING
< 1 day          1           0        0  ████████████
1–3 days         0           0        0
3–7 days         0           0        0
7–30 days        2           0        1  ████████████████████████
> 30 days        1           1        0  ████████████

OLDEST
ID               TITLE      QUEUE  AGENT  AGE
261001-dgk0fynj  forgotten  l1            54d 4h
261101-dgk0fynj  waited     l1     ana    23d 4h
261109-dgk0fynj  waits      l1     ana    15d 4h
261124-dgk0fynj  of today   l1     ana    5h

OLDEST THAT NOBODY HAS
ID               TITLE      QUEUE  AGE
261001-dgk0fynj  forgotten  l1     54d 4h

WAITING FOR MORE THAN 7 DAYS, THE LONGEST
ID               TITLE  WAITING ON  WAITING
261109-dgk0fynj  waits  vendor      14d 4h

4 open; 1 without an agent, 1 waiting for more than 7 days.

"#]]
    );
    let ageing = object(&then, &["ageing"]);
    assert_eq!((&ageing["open"], &ageing["unassigned"], &ageing["waiting"]), (&json!(4), &json!(1), &json!(1)));
    // Of the one that waits: from the 10th on, whatever it waits for.
    assert_eq!(ageing["longest_waiting"][0]["waiting_seconds"], 14 * 86_400 + 4 * 3_600);
    // A week before, two were waiting for more than a week, if what was open then is asked for.
    let before = object(&then, &["ageing", "--until", "2026-11-17"]);
    assert_eq!((&before["open"], &before["waiting"]), (&json!(4), &json!(2)), "{before}");
}

#[test]
fn response_says_how_long_people_waited_for_a_word() {
    let desk = TestDesk::new();
    let now = |time: &str| at(&desk, time);
    let caller = ["--requester", "jo@acme.example"];
    // p1: seen to after 10 minutes, answered after 30. p3: seen to after 60; not answered. Another p3: neither.
    let one = opened(&desk, "one", "2026-11-24T08:00:00Z", &[&caller[..], &["--priority", "p1"]].concat());
    now("2026-11-24T08:10:00Z").run(&["take", &one]).ok();
    now("2026-11-24T08:30:00Z").run(&["reply", &one, "on my way"]).ok();
    let two = opened(&desk, "two", "2026-11-24T08:00:00Z", &caller);
    now("2026-11-24T09:00:00Z").run(&["take", &two]).ok();
    opened(&desk, "three", "2026-11-24T08:00:00Z", &caller);
    let then = now("2026-11-24T12:00:00Z");
    let spread = |n: i64, seconds: i64| {
        let figure = seconds as f64;
        json!({"n": n, "mean": figure, "median": seconds, "p90": seconds, "max": seconds})
    };
    let response = object(&then, &["response"]);
    assert_eq!(
        response["priorities"],
        json!([
            {"priority": "p1", "opened": 1, "acknowledge_seconds": spread(1, 600), "respond_seconds": spread(1, 1_800)},
            {"priority": "p3", "opened": 2, "acknowledge_seconds": spread(1, 3_600), "respond_seconds": {"n": 0}},
        ])
    );
    assert_eq!(response["acknowledge_seconds"]["mean"], 2_100.0);
    assert_eq!(response["sentence"], "3 tickets opened; 1 not seen to by anybody yet, 2 without an answer.");
    assert_data_eq!(
        then.run(&["report", "response", "--by", "queue", "-o", "table"]).to_string(),
        str![[r#"
desk · how long until tickets were seen to and answered, by queue, in calendar time · up to
2026-11-24

UNTIL ACKNOWLEDGED
QUEUE  N    MEAN  MEDIAN  P90  MAX
all    2 *  35m   10m     1h   1h   ████████████████████████
l1     2 *  35m   10m     1h   1h   ████████████████████████

UNTIL ANSWERED
QUEUE  N    MEAN  MEDIAN  P90  MAX
all    1 *  30m   30m     30m  30m  ████████████████████████
l1     1 *  30m   30m     30m  30m  ████████████████████████

3 tickets opened; 1 not seen to by anybody yet, 2 without an answer.

* from fewer than 20 tickets

"#]]
    );
    assert_eq!(object(&then, &["response", "--until", "2026-11-23"])["opened"], 0);
}

#[test]
fn pareto_adds_up_and_compares_with_the_month_before() {
    let desk = TestDesk::new();
    for (category, month, count) in [("mail", "11", 3), ("vpn", "11", 1), ("mail", "10", 1), ("erp", "10", 2)] {
        for _ in 0..count {
            opened(&desk, "x", &format!("2026-{month}-10T08:00:00Z"), &["--category", category]);
        }
    }
    opened(&desk, "of nothing", "2026-11-10T08:00:00Z", &[]);
    let then = at(&desk, "2026-11-24T12:00:00Z");
    assert_data_eq!(
        then.run(&["report", "pareto", "--period", "2026-11", "-o", "table"]).to_string(),
        str![[r#"
desk · what makes the work, by category, 2026-11-01 – 2026-11-30 against the time before

WHAT WAS OPENED, BY CATEGORY
CATEGORY  TICKETS  SHARE   CUMULATIVE  BEFORE  CHANGE
mail            3  60.0 %  60.0 %           1       2  ████████████████████████
                1  20.0 %  80.0 %           0       1  ████████
vpn             1  20.0 %  100.0 %          0       1  ████████
erp             0  0.0 %   100.0 %          2      -2

5 tickets opened; the first 2 of 4 make 80 % of them.

"#]]
    );
    let pareto = object(&then, &["pareto", "--period", "2026-11", "--by", "service"]);
    assert_eq!(pareto["services"].as_array().unwrap().len(), 1, "none of them names a service: {pareto}");
    assert_eq!(pareto["services"][0]["cumulative_percent"], 100.0);
    let plain = then.with("LC_ALL", "C").run(&["report", "pareto", "--period", "2026-11", "-o", "table"]).ok();
    assert!(plain.is_ascii() && plain.contains("####"), "{plain}");
}

#[test]
fn recurring_says_what_comes_back_and_proposes_a_problem() {
    let desk = TestDesk::new();
    let mail = ["--category", "mail", "--service", "exchange"];
    // Usually one a month; this month five. Nothing else comes more than twice.
    for month in ["03", "04", "05", "06", "07", "08", "09", "10"] {
        opened(&desk, "mail", &format!("2026-{month}-20T08:00:00Z"), &mail);
    }
    let ids: Vec<String> = (1..=5).map(|_| opened(&desk, "mail", "2026-11-20T08:00:00Z", &mail)).collect();
    opened(&desk, "vpn", "2026-11-20T08:00:00Z", &["--category", "it's vpn"]);
    let then = at(&desk, "2026-11-24T12:00:00Z");
    let recurring = object(&then, &["recurring"]);
    let group =
        json!({"group": "exchange, mail", "service": "exchange", "category": "mail", "asset": "", "tickets": 5});
    assert_eq!(recurring["candidates"], json!([group]));
    let mut more = group;
    more["usually"] = json!(1.0);
    assert_eq!(recurring["recurring"], json!([more]), "5 > 1 + 3·√1");
    let summary = then.run(&["report", "summary", "--period", "2026-11", "-o", "table"]).ok();
    assert!(summary.contains("exchange, mail               5  usually 1.0"), "{summary}");
    assert!(summary.contains("problems: git desk report recurring --propose"), "{summary}");
    let lines = then.run(&["report", "recurring", "--propose"]).ok();
    assert!(lines.starts_with("git desk open --kind problem --service=exchange --category=mail "), "{lines}");
    assert_eq!(lines.lines().count(), 1);
    // What is printed can be typed.
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_git-desk")).parent().unwrap();
    let line = lines.replacen("git desk", &folder.join("git-desk").display().to_string(), 1);
    let output = then.program("sh", &["-ec", &line]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let problem = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert_eq!(then.ticket(&problem)["title"], "exchange, mail comes back: 5 tickets in 30 days");
    assert_eq!(then.ticket(&problem)["links"].as_array().unwrap().len(), 5);
    // Now there is a problem; and once it is solved, there should be one again.
    assert_eq!(object(&then, &["recurring"])["candidates"], json!([]));
    assert_eq!(then.run(&["report", "recurring", "--propose"]).ok(), "");
    let open = object(&then, &["problems"])["open"].clone();
    assert_eq!(
        (&open[0]["id"], &open[0]["incidents"], &open[0]["open_incidents"]),
        (&json!(problem), &json!(5), &json!(5))
    );
    then.run(&["resolve", &problem, "--resolution", "fixed", "-m", "new server"]).ok();
    assert_eq!(object(&then, &["recurring"])["candidates"].as_array().unwrap().len(), 1);
    assert_eq!(ids.len(), 5);
}

#[test]
fn an_early_fault_is_one_thing_at_several_customers_within_a_week() {
    let desk = TestDesk::new();
    let fails = |day: &str, customer: &str, more: &[&str]| {
        let words = ["--customer", customer, "--field", "model=HP-4"];
        opened(&desk, "fails", &format!("2026-11-{day}T08:00:00Z"), &[&words[..], more].concat())
    };
    fails("10", "acme", &["--field", "version=2.1", "--asset", "hp-1"]);
    fails("12", "noord", &["--field", "version=2.1", "--asset", "hp-2"]);
    fails("16", "acme", &["--field", "version=2.1", "--asset", "hp-1"]);
    // A request is no fault, and a week after the first the next week begins.
    fails("13", "ghent", &["--kind", "request"]);
    fails("17", "ghent", &["--field", "version=2.2"]);
    let then = at(&desk, "2026-11-24T12:00:00Z");
    let row = |kind: &str, name: &str, first: &str, last: &str, customers: u64| {
        let time = |day: &str| format!("2026-11-{day}T08:00:00Z");
        json!({"kind": kind, "name": name, "tickets": 3, "customers": customers, "first": time(first), "last": time(last)})
    };
    assert_eq!(
        object(&then, &["early-faults"])["faults"],
        json!([row("model", "HP-4", "10", "16", 2), row("version", "HP-4 2.1", "10", "16", 2)])
    );
    assert_eq!(object(&then, &["early-faults", "--since", "2026-11-13"])["faults"], json!([]));
}

#[test]
fn knowledge_says_what_helps_what_is_missing_and_what_is_stale() {
    let desk = TestDesk::new();
    let folder = desk.path().join("kb/vpn");
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in [
        ("reset", "title = \"Reset a token\"\nstate = \"validated\"\nowner = \"ana\"\ntested = 2026-11-01\n"),
        ("old", "title = \"Old\"\nreview_by = 2026-11-01\n"),
        ("gone", "title = \"Gone\"\nstate = \"retired\"\nreview_by = 2020-01-01\n"),
        ("bad", "= is no TOML"),
    ] {
        fs::write(folder.join(format!("{name}.toml")), text).unwrap();
    }
    fs::write(desk.path().join("kb/README"), "not an article").unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "articles"]);
    let now = at(&desk, "2026-11-24T08:00:00Z");
    let resolve = |category: &str, more: &[&str]| {
        let id = now.open("x", &["--category", category]);
        now.run(&[&["resolve", &id, "--resolution", "fixed", "-m", "so"], more].concat()).ok();
    };
    resolve("vpn", &["--article", "vpn/reset"]);
    (0..5).for_each(|_| resolve("mail", &[]));
    (0..4).for_each(|_| resolve("erp", &[]));
    let knowledge = object(&now, &["knowledge"]);
    assert_eq!((&knowledge["resolved"], &knowledge["with_article"]), (&json!(10), &json!(1)));
    assert_eq!(knowledge["link_rate_percent"], 10.0);
    assert_eq!(knowledge["top"], json!([{"article": "vpn/reset", "title": "Reset a token", "tickets": 1}]));
    assert_eq!(knowledge["gaps"], json!([{"kind": "category", "name": "mail", "tickets": 5}]), "four are few");
    assert_data_eq!(
        now.run(&["report", "knowledge", "-o", "table"]).to_string(),
        str![[r#"
desk · articles that solve, that are missing, that are stale · up to 2026-11-24

SOLVED WITH AN ARTICLE
RESOLVED  WITH ARTICLE  LINK RATE
      10             1  10.0 %

MOST USED
ARTICLE    TITLE          TICKETS
vpn/reset  Reset a token        1

RESOLVED OFTEN, NEVER WITH AN ARTICLE
KIND      NAME  TICKETS
category  mail        5

STALE ARTICLES
ARTICLE  TITLE  OWNER  WHY             SINCE
vpn/old  Old           review is over  2026-11-01

10 resolved, 1 with an article; 1 group without any, 1 article is stale.

"#]]
    );
    assert_eq!(object(&now, &["knowledge", "--until", "2026-11-23"])["link_rate_percent"], json!(null));
}

#[test]
fn problems_stand_with_their_incidents_and_known_errors_with_their_workaround() {
    let desk = TestDesk::new();
    let now = at(&desk, "2026-11-24T08:00:00Z");
    let problem = now.open("Mail server loses its disk", &["--kind", "problem", "--priority", "p2"]);
    let one = now.open("no mail", &[]);
    let two = now.open("no mail either", &[]);
    let same = now.open("no mail, again", &[]);
    now.run(&["link", &one, "caused-by", &problem]).ok();
    now.run(&["link", &problem, "related", &two]).ok();
    now.run(&["resolve", &same, "--duplicate-of", &problem]).ok();
    now.run(&["resolve", &two, "--resolution", "workaround", "-m", "web mail"]).ok();
    let known = now.open("Old client crashes", &["--kind", "problem"]);
    now.run(&["resolve", &known, "--resolution", "known-error", "-m", "Use the web client.\nThe vendor knows."]).ok();
    let later = at(&desk, "2026-11-26T08:00:00Z");
    assert_data_eq!(
        later.run(&["report", "problems", "-o", "table"]).to_string(),
        str![[r#"
desk · open problems and known errors, as of 2026-11-26

OPEN PROBLEMS
ID               TITLE                   PRIORITY  AGENT  AGE  INCIDENTS  OPEN INCIDENTS  WORKAROUND
261124-dgk0fynj  Mail server loses its…  p2               2d           2               1

KNOWN ERRORS
ID               TITLE             PRIORITY  AGENT  AGE  INCIDENTS  OPEN INCIDENTS  WORKAROUND
261124-bwf3mngd  Old client cras…  p3               2d           0               0  Use the web cli…

1 problem open with 2 tickets, 1 without a workaround; 1 known error.

"#]]
    );
    let before = object(&later, &["problems", "--until", "2026-11-23"]);
    assert_eq!((&before["open"], &before["known_errors"]), (&json!([]), &json!([])));
    // Another ticket's link counts, also where a query leaves that ticket out.
    let narrow = object(&later, &["problems", "--where", "kind:problem"]);
    assert_eq!(narrow["open"][0]["incidents"], 2);
    // But it is not named: it may be of somebody who has nothing to do with those who read this.
    let named = later.run(&["report", "problems", "--where", "kind:problem", "--tickets", "-o", "csv"]).to_string();
    assert!(!named.contains("no mail") && named.contains("Mail server"), "{named}");
    let all = later.run(&["report", "problems", "--tickets", "-o", "csv"]).to_string();
    assert!(all.contains("no mail either"), "{all}");
}

#[test]
fn follow_ups_are_those_whose_day_has_come_with_who_promised() {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bob", "--email", "bob@example.com"]).ok();
    let now = at(&desk, "2026-11-24T08:00:00Z");
    let late = now.open("late", &["--requester", "jo@acme.example"]);
    let today = now.open("today", &[]);
    let later = now.open("later", &[]);
    let done = now.open("done", &[]);
    let bob = at(&desk, "2026-11-24T09:00:00Z").by("Bob <bob@example.com>");
    bob.run(&["follow-up", &late, "2026-11-25"]).ok();
    for (id, day) in [(&today, "2026-11-27"), (&later, "2026-12-10"), (&done, "2026-11-25")] {
        now.run(&["follow-up", id, day]).ok();
    }
    now.run(&["resolve", &done, "--resolution", "fixed", "-m", "x"]).ok();
    let then = at(&desk, "2026-11-27T08:00:00Z");
    assert_data_eq!(
        then.run(&["report", "follow-ups", "-o", "table"]).to_string(),
        str![[r#"
desk · who is to be called back, on 2026-11-27

TO BE CALLED BACK
FOLLOW UP   LATE  ID               TITLE  REQUESTER        PROMISED BY  AGENT
2026-11-25  2d    261124-x47p0dyp  late   jo@acme.example  bob
2026-11-27        261124-retm38px  today  ana              ana

2 calls, 1 late.

"#]]
    );
    let days = |words: &[&str]| -> Vec<String> {
        let all = object(&then, &[&["follow-ups"], words].concat())["follow_ups"].clone();
        all.as_array().unwrap().iter().map(|row| row["follow_up"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(days(&[]), ["2026-11-25", "2026-11-27"]);
    assert_eq!(days(&["--until", "2026-12-31"]), ["2026-11-25", "2026-11-27", "2026-12-10"]);
    assert_eq!(days(&["--since", "2026-11-26"]), ["2026-11-27"]);
    assert_eq!(days(&["--until", "2026-11-25"]), ["2026-11-25"]);
}
