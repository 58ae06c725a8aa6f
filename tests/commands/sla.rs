//! `sla`

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

/// A desk with `[[sla]]` and rules of its own, in place of those that `init` wrote.
fn desk(policy: &str) -> TestDesk {
    let desk = TestDesk::new();
    let path = desk.path().join("desk.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let head = text.split("[[sla]]").next().unwrap().trim_end();
    let office = "timezone = \"UTC\"\nhours = { mon = [\"09:00-17:00\"], tue = [\"09:00-17:00\"], wed = [\"09:00-17:00\"], thu = [\"09:00-17:00\"], fri = [\"09:00-17:00\"] }";
    let policy = policy.replace("OFFICE", office);
    std::fs::write(&path, format!("{head}\n\n{policy}")).unwrap();
    desk.git(&["commit", "-qam", "policy"]);
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
fn an_explanation_names_the_rule_the_calendar_and_the_commits() {
    let desk = desk(GOLD);
    let vpn = desk.open("VPN drops", &["--priority", "p2", "-r", "bob@acme.example"]);
    desk.later(20 * 60);
    desk.run(&["take", &vpn]).ok();
    desk.run(&["wait", &vpn, "--on", "vendor", "-m", "they look"]).ok();
    desk.later(30 * 60);
    desk.run(&["resume", &vpn]).ok();
    desk.run(&["set", &vpn, "priority=p1"]).ok();
    desk.later(26 * 3_600);
    desk.run(&["resolve", &vpn, "--resolution", "fixed", "-m", "new firmware"]).ok();
    desk.later(600);
    desk.run(&["reopen", &vpn, "-m", "again"]).ok();
    desk.later(600);
    assert_data_eq!(
        desk.on_terminal("", &["sla", "explain", &vpn]).to_string(),
        str![[r#"
261124-f31aj1bw  VPN drops
gold (desk.toml:77), hours of office (desk.toml:54, UTC)

ack        1h for p2 (desk.toml:85)

      Tue 24 Nov 09:03  ┌ opened by ana                                         6058443982
                 09:24  └ acknowledged by ana                                   9d45be039a

  met · used 21m of 1h

respond    30m for p1 (desk.toml:81)

      Tue 24 Nov 09:03  ┌ opened by ana                                         6058443982
                 09:57  │ priority p2 → p1 by ana                               04cb42657a
                 09:57  │ more than 30m used: late from here on
                 17:00  └ closed
      Wed 25 Nov 09:00  ┌ running
                 11:58  └ solved by ana                                         2a1c2a5f13

  breached · used 10h 55m of 30m · 10h 01m too late

resolve    4h for p1 (desk.toml:83)

      Tue 24 Nov 09:03  ┌ opened by ana                                         6058443982
                 09:25  └ paused, waits on vendor by ana                        47c3e9d746
                 09:56  ┌ goes on by ana                                        2accac174a
                 09:57  │ priority p2 → p1 by ana                               04cb42657a
                 13:34  │ 4h used up: breached here
                 17:00  └ closed
      Wed 25 Nov 09:00  ┌ running
                 11:58  └ solved by ana                                         2a1c2a5f13

  breached · used 10h 24m of 4h · 6h 24m too late · paused 31m

resolve 2  4h for p1 (desk.toml:83)

      Tue 24 Nov 09:03  ┌ opened by ana                                         6058443982
                 09:25  └ paused, waits on vendor by ana                        47c3e9d746
                 09:56  ┌ goes on by ana                                        2accac174a
                 09:57  │ priority p2 → p1 by ana                               04cb42657a
                 13:34  │ 4h used up: breached here
                 17:00  └ closed
      Wed 25 Nov 09:00  ┌ running
                 11:58  └ solved, fixed by ana                                  2a1c2a5f13
                 12:09  ┌ reopened by ana                                       fe1759d5f0
                 12:20  └ now

  breached · used 10h 35m of 4h · late 6h 35m · paused 42m

"#]]
    );
    let object: Value = serde_json::from_str(&desk.run(&["sla", "explain", &vpn, "--json"]).ok()).unwrap();
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "explanation"]).ok()).unwrap();
    assert!(jsonschema::is_valid(&schema, &object), "{object:#}");
    let level = json!({"name": "gold", "file": "desk.toml", "line": 77, "calendar": "office", "calendar_line": 54,
        "timezone": "UTC"});
    assert_eq!(object["level"], level);
    let head = desk.git(&["rev-list", "--max-parents=1", "--reverse", "HEAD"]);
    let opened = head.lines().nth(2).unwrap();
    assert_eq!(object["clocks"][0]["segments"][0]["cause"]["commit"], opened);
    assert_data_eq!(
        desk.run(&["sla", "explain", &vpn]).to_string(),
        str![[r#"
261124-f31aj1bw	acknowledge	1	met	p2	3600	1260	2340	2026-11-24T10:03:00Z	desk.toml:85
261124-f31aj1bw	respond	1	breached	p1	1800	39300	-36060	2026-11-24T09:57:00Z	desk.toml:81
261124-f31aj1bw	resolve	1	breached	p1	14400	37440	-23040	2026-11-24T13:34:00Z	desk.toml:83
261124-f31aj1bw	resolve	2	breached	p1	14400	38340	-23940	2026-11-24T13:34:00Z	desk.toml:83

"#]]
    );
}

#[test]
fn a_contract_comes_before_the_rules_and_holds_by_the_day_of_the_report() {
    let desk = desk(GOLD);
    let customers = desk.path().join("customers");
    std::fs::create_dir_all(&customers).unwrap();
    let contract = "name = \"Acme\"\ndomains = [\"acme.example\"]\n\n[[contract]]\nvalid_from = 2026-01-01\n\
                    name = \"silver\"\n[contract.targets.p1]\nresolve = \"8h\"\n\n[[contract]]\n\
                    valid_from = 2026-11-25\nname = \"gold\"\n[contract.targets.p1]\nresolve = \"2h\"\n";
    std::fs::write(customers.join("acme.toml"), contract).unwrap();
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "acme"]);
    let options = ["--priority", "p1", "--customer", "acme"];
    desk.open("before", &options);
    desk.later(86_400);
    desk.open("after", &options);
    desk.open("another", &["--priority", "p1", "--customer", "zed"]);
    let rows = rows(&desk, &[]);
    let levels: Vec<String> = rows.iter().map(|row| format!("{} {}", row["title"], row["level"])).collect();
    let all = told(&rows);
    assert_data_eq!(
        format!("{}\n{}", all.join("\n"), levels.join("\n")),
        str![[r#"
before resolve breached 28980/28800 2026-11-25T09:05:00Z
another acknowledge running 60/900 2026-11-25T09:22:00Z
another respond running 60/1800 2026-11-25T09:37:00Z
another resolve running 60/14400 2026-11-25T13:07:00Z
after resolve running 120/7200 2026-11-25T11:06:00Z
"before" "acme silver"
"another" "gold"
"another" "gold"
"another" "gold"
"after" "acme gold"
"#]]
    );
    let before = desk.run(&["list", "before", "--field", "x"]);
    assert_eq!(before.code, 2);
    let id = desk.run(&["list", "before", "-o", "ids"]).ok();
    let explained = desk.on_terminal("", &["sla", "explain", id.trim()]).to_string();
    assert!(explained.contains("acme silver (customers/acme.toml:4)"), "{explained}");
    assert!(explained.contains("8h for p1 (customers/acme.toml:8)"), "{explained}");
}

#[test]
fn rules_whose_time_has_come_are_told() {
    let desk = desk(&format!(
        "{GOLD}\n[[escalation]]\nname = \"warn the lead\"\nclock = \"resolve\"\nat = \"75%\"\nmatch = \"priority:p1\"\n\
         do = [\"notify\", \"escalate\"]\n\n[[escalation]]\nclock = \"acknowledge\"\nat = \"+10m\"\ndo = \"raise\"\n"
    ));
    assert_eq!(desk.run(&["check"]).code, 0);
    let vpn = desk.open("VPN drops", &["--priority", "p1"]);
    let fire = |desk: &TestDesk| {
        let rows: Vec<Value> = serde_json::from_str(&desk.run(&["sla", "--would-fire", "--json"]).ok()).unwrap();
        rows.iter().map(|row| format!("{} {} {}", row["rule"], row["clock"], row["at"])).collect::<Vec<_>>()
    };
    // Each command takes a minute: this one begins a second before the time.
    desk.later(24 * 60 - 1);
    assert_eq!(fire(&desk), [""; 0]);
    desk.later(-60);
    assert_data_eq!(
        desk.on_terminal("", &["sla", "--would-fire"]).to_string(),
        str![[r#"
no rule would fire

"#]]
    );
    desk.later(-59);
    assert_eq!(fire(&desk), ["\"\" \"acknowledge\" \"+10m\""]);
    desk.run(&["take", &vpn]).ok();
    desk.later(155 * 60);
    assert_eq!(fire(&desk), ["\"warn the lead\" \"resolve\" \"75%\""]);
    assert_data_eq!(
        desk.on_terminal("", &["sla", "--would-fire"]).to_string(),
        str![[r#"
 P   ID    TITLE      CLOCK    AT   RULE           WOULD
 p1  [1mw90t  [0mVPN drops  resolve  75%  warn the lead  notify, escalate

"#]]
    );
    // The entry that a rule writes is the proof that it fired.
    let entry = desk
        .path()
        .join(format!("{}/20261124T120000Z-aaaaaa.toml", crate::support::ticket_path(&vpn).trim_end_matches(".toml")));
    std::fs::create_dir_all(entry.parent().unwrap()).unwrap();
    let proof = "kind = \"note\"\n\nby = \"ana\"\n\nat = 2026-11-24T12:00:00Z\n\nfired = \"resolve 1 75% warn the lead\"\n\nbody = \"told eva\"\n";
    std::fs::write(&entry, proof).unwrap();
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "fired"]);
    assert_eq!(fire(&desk), [""; 0]);
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

/// In every explanation, the spans in which a clock ran add up to what is used.
fn adds_up(desk: &TestDesk, id: &str) {
    let object: Value = serde_json::from_str(&desk.run(&["sla", "explain", id, "--json"]).ok()).unwrap();
    for clock in object["clocks"].as_array().unwrap() {
        let segments = clock["segments"].as_array().unwrap().iter();
        let running = segments.filter(|segment| segment["state"] == "running");
        let sum: i64 = running.map(|segment| segment["working_seconds"].as_i64().unwrap()).sum();
        assert_eq!(sum, clock["used_seconds"].as_i64().unwrap(), "{clock:#}");
    }
}

#[test]
fn what_was_asked_while_a_ticket_waits_is_explained_from_the_question_on() {
    let desk = desk(GOLD);
    let bob = || desk.at("desk").by("Bob <bob@acme.example>");
    let vpn = desk.open("VPN drops", &["--priority", "p1", "-r", "bob@acme.example"]);
    desk.run(&["wait", &vpn, "--on", "vendor", "-m", "they look"]).ok();
    desk.later(600);
    let later = |desk: TestDesk, time: &str| desk.with("GIT_DESK_NOW", time);
    later(bob(), "2026-11-24T09:30:00Z").run(&["comment", &vpn, "any news?"]).ok();
    let ana = |time: &str| later(desk.at("desk"), time);
    ana("2026-11-24T10:30:00Z").run(&["resume", &vpn]).ok();
    ana("2026-11-24T11:00:00Z").run(&["reply", &vpn, "they found it"]).ok();
    ana("2026-11-24T11:30:00Z").run(&["resolve", &vpn, "--resolution", "fixed", "-m", "done"]).ok();
    later(bob(), "2026-11-24T12:00:00Z").run(&["comment", &vpn, "still broken"]).ok();
    let now = ana("2026-11-24T12:30:00Z");
    let page = now.on_terminal("", &["sla", "explain", &vpn]).to_string();
    let update = page.split("\nupdate").skip(1).map(|part| part.split("\nresolve").next().unwrap());
    assert_data_eq!(
        update.collect::<Vec<_>>().join("\nupdate"),
        str![[r#"
     1h for p1 (desk.toml:82)

      Tue 24 Nov 09:30  ┌ asked by bob@acme.example                             380ed76b3c
                 09:30  └ paused, waits on vendor by ana                        85f851502f
                 10:30  ┌ goes on by ana                                        ef9c15eeee
                 11:00  └ answered by ana                                       3757f1a296

  met · used 30m of 1h · paused 1h

update 2   1h for p1 (desk.toml:82)

      Tue 24 Nov 12:00  ┌ asked by bob@acme.example                             20472af1e7
                 12:30  └ now
                 13:00    due

  running · used 30m of 1h · 30m left

"#]]
    );
    adds_up(&now, &vpn);
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
