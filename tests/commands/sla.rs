//! `sla`

mod explain;
mod firing;

use crate::support::TestDesk;
use explain::adds_up;
use serde_json::Value;
use snapbox::{assert_data_eq, str};

/// A desk with `[[sla]]` and rules of its own, in place of those that `init` wrote.
fn desk(policy: &str) -> TestDesk {
    let desk = TestDesk::new();
    let office = "timezone = \"UTC\"\nhours = { mon = [\"09:00-17:00\"], tue = [\"09:00-17:00\"], wed = [\"09:00-17:00\"], thu = [\"09:00-17:00\"], fri = [\"09:00-17:00\"] }";
    desk.promise(&policy.replace("OFFICE", office));
    // The office opens at nine.
    desk.later(3_600);
    desk
}

const GOLD: &str = "\
[[sla]]
name = \"gold\"
[sla.targets.p1]
acknowledge = \"15m\"
respond = \"30m\"
update = \"1h\"
resolve = \"4h\"
[sla.targets.p2]
acknowledge = \"1h\"
respond = \"2h\"
resolve = \"1bd\"
";

fn rows(desk: &TestDesk, words: &[&str]) -> Vec<Value> {
    let all = [&["sla", "--json"][..], words].concat();
    serde_json::from_str(&desk.run(&all).ok()).unwrap()
}

fn told(rows: &[Value]) -> Vec<String> {
    let row = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
        format!(
            "{} {} {} {}/{} {}",
            text("title"),
            text("clock"),
            text("state"),
            row["used_seconds"],
            row["target_seconds"],
            text("due")
        )
    };
    rows.iter().map(row).collect()
}

#[test]
fn late_ones_come_first_then_those_that_are_due_next_then_those_that_stand_still() {
    let desk = desk(GOLD);
    let vpn = desk.open("VPN drops", &["--priority", "p1"]);
    let printer = desk.open("Printer", &["--priority", "p2", "-r", "bob@acme.example"]);
    desk.open("Without a target", &["--priority", "p4"]);
    desk.later(40 * 60);
    desk.run(&["take", &vpn]).ok();
    desk.run(&["wait", &vpn, "--on", "vendor"]).ok();
    desk.later(30 * 60);
    desk.open("Mail", &["--priority", "p1"]);
    assert_data_eq!(
        desk.on_terminal("", &["sla"]).to_string(),
        str![[r#"
 P   ID    TITLE      WHO  CLOCK    USED      LEFT  DUE
 [1mlate[0m
[38;5;9m[1m p1  [0m[1mf31a  [0mVPN drops  ana  respond  ████████  [38;5;9m[1m−46m  [0m09:33
[38;5;11m p2  [39m[1mw90t  [0mPrinter    —    ack      ████████  [38;5;9m[1m−15m  [0m10:04
 [1mwithin the hour[0m
[38;5;9m[1m p1  [0m[1mhezx  [0mMail       —    ack      █░░░░░░░   14m  10:33
gold, office (UTC), now Tue 24 Nov 2026 10:19, open until 17:00
why is one late: git desk sla explain f31a

"#]]
    );
    assert_data_eq!(
        desk.run(&["sla"]).to_string(),
        str![[r#"
261124-f31aj1bw	p1	l1	ana	respond	breached	1800	4620	-2820	2026-11-24T09:33:00Z	VPN drops
261124-f31aj1bw	p1	l1	ana	resolve	paused	14400	2640	11760		VPN drops
261124-w90thdzm	p2	l1		acknowledge	breached	3600	4560	-960	2026-11-24T10:04:00Z	Printer
261124-w90thdzm	p2	l1		respond	running	7200	4560	2640	2026-11-24T11:04:00Z	Printer
261124-w90thdzm	p2	l1		resolve	running	28800	4560	24240	2026-11-25T09:04:00Z	Printer
261124-hezx7bwg	p1	l1		acknowledge	running	900	120	780	2026-11-24T10:33:00Z	Mail
261124-hezx7bwg	p1	l1		respond	running	1800	120	1680	2026-11-24T10:48:00Z	Mail
261124-hezx7bwg	p1	l1		resolve	running	14400	120	14280	2026-11-24T14:18:00Z	Mail

"#]]
    );
    assert_data_eq!(
        told(&rows(&desk, &[])).join("\n"),
        str![[r#"
VPN drops respond breached 4680/1800 2026-11-24T09:33:00Z
VPN drops resolve paused 2640/14400 -
Printer acknowledge breached 4620/3600 2026-11-24T10:04:00Z
Printer respond running 4620/7200 2026-11-24T11:04:00Z
Printer resolve running 4620/28800 2026-11-25T09:04:00Z
Mail acknowledge running 180/900 2026-11-24T10:33:00Z
Mail respond running 180/1800 2026-11-24T10:48:00Z
Mail resolve running 180/14400 2026-11-24T14:18:00Z
"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["list"]).to_string(),
        str![[r#"
 P   ID    TITLE             QUEUE  WHO  STATUS   OPEN  DUE
[38;5;9m[1m p1  [0m[1mf31a  [0mVPN drops         l1     [1myou  [0m[2mwaiting  [0m  1h  [38;5;9m[1mlate 49m  [0m
[38;5;9m[1m p1  [0m[1mhezx  [0mMail              l1     —    [1mnew      [0m  4m  [38;5;11mack 11m   [39m
[38;5;11m p2  [39m[1mw90t  [0mPrinter           l1     —    [1mnew      [0m  1h  [38;5;9m[1mlate 18m  [0m
 p4  [1mnd2t  [0mWithout a target  l1     —    [1mnew      [0m  1h
4 open: 2 late, 1 due within the hour, 3 unassigned, 1 waiting

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["show", &vpn]).to_string(),
        str![[r#"
p1  [1mVPN drops[0m                                                                        261124-f31aj1bw
    waiting · on vendor · incident · l1 · ana · opened 09:03 by cli

    requester   ana

    ack        breached   43m of 15m, 28m too late
    respond    ██████████████████████  1h 20m of 30m    [1m[31mlate 50m, 09:33[0m
    resolve    ████░░░░░░░░░░░░░░░░░░  44m of 4h        paused, 3h 16m left

  09:46      ana          → active, ana
  09:47      ana          → waiting

  next       git desk reply f31a     git desk resolve f31a --resolution fixed -m "…"

"#]]
    );
    let ids = |query: &str| desk.run(&["list", query, "-o", "ids"]).ok().lines().count();
    let queries = ["is:overdue", "is:breached", "sla:at-risk", "sla:paused", "sla:none", "sla:met", "not sla:overdue"];
    assert_eq!(queries.map(ids), [2, 2, 0, 1, 1, 0, 2]);
    assert_eq!(desk.run(&["sla", "-o", "ids", "-n", "1"]).ok(), format!("{vpn}\n"));
    assert_eq!(desk.run(&["sla", "is:closed", "--exit-code"]).code, 1);
    desk.run(&["resolve", &printer, "--resolution", "fixed", "-m", "paper"]).ok();
    let ticket = desk.ticket(&printer);
    assert_eq!(ticket["sla"].as_array().unwrap().len(), 3);
    let states: Vec<&Value> = ticket["sla"].as_array().unwrap().iter().map(|run| &run["state"]).collect();
    assert_eq!(states, ["breached", "met", "met"]);
}

#[test]
fn what_is_shown_follows_its_schema() {
    let desk = desk(&format!("{GOLD}\n[[escalation]]\nclock = \"resolve\"\nat = \"0%\"\ndo = \"notify\"\n"));
    desk.open("VPN drops", &["--priority", "p1"]);
    for (schema, words) in [("clock", &["sla", "--json"][..]), ("firing", &["sla", "--would-fire", "--json"])] {
        let rows: Vec<Value> = serde_json::from_str(&desk.run(words).ok()).unwrap();
        let schema: Value = serde_json::from_str(&desk.run(&["schema", schema]).ok()).unwrap();
        assert!(!rows.is_empty());
        for row in rows {
            assert!(jsonschema::is_valid(&schema, &row), "{row:#}");
        }
    }
    let due = ["calendar", "due", "office", "--start", "now", "--target", "1h", "--json"];
    let elapsed = ["calendar", "elapsed", "office", "--start", "yesterday", "--end", "now", "--json"];
    let show = ["calendar", "show", "--json"];
    for (schema, words) in [("due", &due[..]), ("elapsed", &elapsed), ("calendar", &show)] {
        let object: Value = serde_json::from_str(&desk.run(words).ok()).unwrap();
        let schema: Value = serde_json::from_str(&desk.run(&["schema", schema]).ok()).unwrap();
        assert!(jsonschema::is_valid(&schema, &object), "{object:#}");
    }
}

#[test]
fn a_history_that_is_cut_off_tells_no_clock() {
    let desk = desk(GOLD);
    desk.open("VPN drops", &["--priority", "p1"]);
    let shallow = desk.outside().join("shallow");
    desk.git(&["clone", "-q", "--depth=1", &format!("file://{}", desk.path().display()), shallow.to_str().unwrap()]);
    let there = desk.at("shallow");
    assert_data_eq!(
        there.run(&["sla"]).fails(7),
        str![[r#"
git-desk: this clone is shallow: it has no history before some commit
  git fetch --unshallow          in GitHub Actions: actions/checkout with fetch-depth: 0

"#]]
    );
    assert_eq!(there.run(&["list", "is:overdue"]).code, 7);
    assert!(there.on_terminal("", &["list"]).to_string().contains("VPN drops"));
}

#[test]
fn a_rule_means_the_same_tickets_in_lists_and_in_reports() {
    let desk = desk(
        "[[sla]]\nname = \"parents\"\nmatch = \"is:parent\"\n[sla.targets.p3]\nresolve = \"1h\"\n\n[[sla]]\n\
         name = \"others\"\nmatch = \"kind:incident\"\n[sla.targets.p3]\nresolve = \"2h\"\n\n[[escalation]]\n\
         clock = \"resolve\"\nat = \"+0m\"\nmatch = \"is:parent\"\ndo = \"notify\"\n",
    );
    let parent = desk.open("the whole site", &[]);
    let child = desk.open("one phone", &["--link", &format!("parent {parent}")]);
    desk.later(3 * 3_600);
    let targets = |rows: &[Value]| -> Vec<String> {
        rows.iter().map(|row| format!("{} {}", row["id"].as_str().unwrap(), row["target_seconds"])).collect()
    };
    let expected = [format!("{parent} 3600"), format!("{child} 7200")];
    assert_eq!(targets(&rows(&desk, &[])), expected);
    let report: Value = serde_json::from_str(&desk.run(&["report", "breaches", "--json"]).ok()).unwrap();
    assert_eq!(targets(report["breaches"].as_array().unwrap()), expected);
    assert_eq!(desk.run(&["sla", "--would-fire", "-o", "ids"]).ok(), format!("{parent}\n"));
    adds_up(&desk, &parent);
}

#[test]
fn out_of_hours_it_is_said_since_when_it_is_late() {
    let desk = desk(GOLD);
    let friday = desk.at("desk").with("GIT_DESK_NOW", "2026-11-27T13:00:00Z");
    friday.open("VPN drops", &["--priority", "p1", "--opened", "2026-11-27T13:00:00Z"]);
    let saturday = desk.at("desk").with("GIT_DESK_NOW", "2026-11-28T10:00:00Z");
    let list = saturday.on_terminal("", &["list"]).to_string();
    assert!(list.contains("late 3h 45m"), "{list}");
    let id = saturday.run(&["list", "-o", "ids"]).ok();
    let resolve = saturday.on_terminal("", &["show", id.trim()]);
    assert!(resolve.to_string().contains("late since Fri 17:00"), "{resolve}");
}

#[test]
fn fields_are_chosen_and_unknown_ones_named() {
    let desk = desk(GOLD);
    let vpn = desk.open("VPN drops", &["--priority", "p1"]);
    let chosen = desk.run(&["sla", "explain", &vpn, "-o", "tsv", "--fields", "clock,target"]);
    assert_data_eq!(
        chosen.to_string(),
        str![[r#"
acknowledge	15m
respond	30m
resolve	4h

"#]]
    );
    let fails = [
        desk.run(&["sla", "explain", &vpn, "--fields", "clok", "-o", "tsv"]).fails(2),
        desk.run(&["sla", "explain", &vpn, "--json", "--fields", "levle"]).fails(2),
        desk.run(&["sla", "--json", "--fields", "levle"]).fails(2),
        desk.run(&["calendar", "show", "-o", "tsv", "--fields", "hour"]).fails(2),
        desk.run(&["calendar", "due", "office", "--start", "now", "--target", "1h", "--json=duo"]).fails(2),
    ];
    assert_data_eq!(
        fails.concat(),
        str![[r#"
git-desk: an explanation has no `clok`
  did you mean `clock`?
  there are id, clock, cycle, state, priority, target_seconds, used_seconds, remaining_seconds, due, line, target, started, stopped
{"error":{"candidates":["level"],"code":"no_field","exit":2,"hint":"did you mean `level`?","message":"an explanation has no `levle`","try":[]}}
{"error":{"candidates":["level"],"code":"no_field","exit":2,"hint":"did you mean `level`?","message":"a clock has no `levle`","try":[]}}
git-desk: a day has no `hour`
  did you mean `hours`?
  there are date, weekday, hours, working_seconds, note
{"error":{"candidates":["due"],"code":"no_field","exit":2,"hint":"did you mean `due`?","message":"this answer has no `duo`","try":[]}}

"#]]
    );
}
