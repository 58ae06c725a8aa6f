//! `sla explain`: why a clock stands where it stands.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::{GOLD, desk, rows, told};
use crate::support::TestDesk;

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

      Tue 24 Nov 09:03  ┌ opened by ana                                         e627aaaeef
                 09:24  └ acknowledged by ana                                   39b2dc4828

  met · used 21m of 1h

respond    30m for p1 (desk.toml:81)

      Tue 24 Nov 09:03  ┌ opened by ana                                         e627aaaeef
                 09:57  │ priority p2 → p1 by ana                               a280582542
                 09:57  │ more than 30m used: late from here on
                 17:00  └ closed
      Wed 25 Nov 09:00  ┌ running
                 11:58  └ solved by ana                                         c770c3c3dd

  breached · used 10h 55m of 30m · 10h 01m too late

resolve    4h for p1 (desk.toml:83)

      Tue 24 Nov 09:03  ┌ opened by ana                                         e627aaaeef
                 09:25  └ paused, waits on vendor by ana                        f4d489855a
                 09:56  ┌ goes on by ana                                        4052af4a74
                 09:57  │ priority p2 → p1 by ana                               a280582542
                 13:34  │ 4h used up: breached here
                 17:00  └ closed
      Wed 25 Nov 09:00  ┌ running
                 11:58  └ solved by ana                                         c770c3c3dd

  breached · used 10h 24m of 4h · 6h 24m too late · paused 31m

resolve 2  4h for p1 (desk.toml:83)

      Tue 24 Nov 09:03  ┌ opened by ana                                         e627aaaeef
                 09:25  └ paused, waits on vendor by ana                        f4d489855a
                 09:56  ┌ goes on by ana                                        4052af4a74
                 09:57  │ priority p2 → p1 by ana                               a280582542
                 13:34  │ 4h used up: breached here
                 17:00  └ closed
      Wed 25 Nov 09:00  ┌ running
                 11:58  └ solved, fixed by ana                                  c770c3c3dd
                 12:09  ┌ reopened by ana                                       750c3f995e
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
    std::fs::write(customers.join("zed.toml"), "name = \"Zed\"\n").unwrap();
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

/// In every explanation, the spans in which a clock ran add up to what is used.
pub fn adds_up(desk: &TestDesk, id: &str) {
    let object: Value = serde_json::from_str(&desk.run(&["sla", "explain", id, "--json"]).ok()).unwrap();
    let clocks = object["clocks"].as_array().unwrap();
    assert!(!clocks.is_empty());
    for clock in clocks {
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

      Tue 24 Nov 09:30  ┌ asked by bob@acme.example                             7f573c719e
                 09:30  └ paused, waits on vendor by ana                        ac1eade7cf
                 10:30  ┌ goes on by ana                                        a1e4e98ca3
                 11:00  └ answered by ana                                       cc3eca3a7b

  met · used 30m of 1h · paused 1h

update 2   1h for p1 (desk.toml:82)

      Tue 24 Nov 12:00  ┌ asked by bob@acme.example                             2079b29266
                 12:30  └ now
                 13:00    due

  running · used 30m of 1h · 30m left

"#]]
    );
    adds_up(&now, &vpn);
}

#[test]
fn where_a_service_asks_for_approval_the_clock_begins_with_it() {
    let desk = desk(GOLD);
    let services = desk.path().join("services");
    std::fs::create_dir_all(&services).unwrap();
    std::fs::write(services.join("laptop.toml"), "name = \"A laptop\"\nclock_start = \"approved\"\n").unwrap();
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "service"]);
    let asked = desk.open("a laptop please", &["--priority", "p1", "--service", "laptop"]);
    desk.open("VPN drops", &["--priority", "p1"]);
    let clock = |title: &str, clock: &str| -> String {
        let all = rows(&desk, &[]).into_iter().filter(|row| row["title"] == title && row["clock"] == clock);
        all.map(|row| format!("{} {}", row["state"], row["started"])).collect()
    };
    desk.later(600);
    assert_eq!(clock("VPN drops", "resolve"), "\"running\" \"2026-11-24T09:06:00Z\"");
    // Nobody has approved it: the others run, this one does not.
    assert_eq!(clock("a laptop please", "respond"), "\"running\" \"2026-11-24T09:05:00Z\"");
    assert_eq!(clock("a laptop please", "resolve"), "");
    let folder = desk.path().join(crate::support::ticket_path(&asked).trim_end_matches(".toml"));
    std::fs::create_dir_all(&folder).unwrap();
    let approval = |time: &str, decision: &str| {
        format!(
            "kind = \"approval\"\n\nby = \"ana\"\n\nat = 2026-11-24T{time}Z\n\ndecision = \"{decision}\"\n\nbody = \"\"\n"
        )
    };
    std::fs::write(folder.join("20261124T092000Z-aaaaaa.toml"), approval("09:20:00", "refused")).unwrap();
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "refused"]);
    assert_eq!(clock("a laptop please", "resolve"), "");
    std::fs::write(folder.join("20261124T093000Z-bbbbbb.toml"), approval("09:30:00", "approved")).unwrap();
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "approved"]);
    desk.later(3_600);
    assert_eq!(clock("a laptop please", "resolve"), "\"running\" \"2026-11-24T09:30:00Z\"");
    adds_up(&desk, &asked);
}
