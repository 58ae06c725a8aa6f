//! `report sla|breaches|at-risk|customer`

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::{FORMATS, object};
use crate::support::TestDesk;

const POLICY: &str = "\
[[sla]]
name = \"vip\"
match = \"tag:vip\"
[sla.targets.p1]
resolve = \"1h\"
promise = 99

[[sla]]
name = \"default\"
pause = [\"vendor\"]
[sla.targets.p1]
acknowledge = \"15m\"
resolve = \"4h\"
promise = 90
[sla.targets.p2]
acknowledge = \"1h\"
resolve = \"8h\"
promise = 80
";

const ACME: &str = "\
name = \"Acme Rotterdam\"
domains = [\"acme.example\"]

[[contract]]
name = \"silver\"
valid_from = 2026-01-01
currency = \"EUR\"
hourly_rate = 100
included_hours = 1
[contract.targets.p1]
resolve = \"8h\"
promise = 90

[[contract]]
name = \"gold\"
valid_from = 2026-11-25
currency = \"EUR\"
hourly_rate = 120
included_hours = 2
[contract.targets.p1]
resolve = \"2h\"
promise = 95
";

/// Three days of November: tickets of a customer with two contracts, of another one, and of nobody.
fn desk() -> TestDesk {
    let desk = TestDesk::new();
    desk.promise(POLICY);
    let customers = desk.path().join("customers");
    std::fs::create_dir_all(&customers).unwrap();
    std::fs::write(customers.join("acme.toml"), ACME).unwrap();
    std::fs::write(customers.join("zed.toml"), "name = \"Zeditious Holding\"\n").unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "policy"]);
    desk.later(3_600);
    let resolve = |id: &str, how: &str| desk.run(&["resolve", id, "--resolution", how, "-m", "done"]).ok();
    let p1 = |title: &str, more: &[&str]| desk.open(title, &[&["--priority", "p1"], more].concat());
    let vpn = p1("VPN drops", &["--customer", "acme", "-r", "jan@acme.example"]);
    let secret = p1("Takeover of Quibble", &["--customer", "zed", "--category", "zedcat"]);
    let vip = p1("Director", &["--tag", "vip"]);
    let mail = desk.open("Mail is slow", &["--priority", "p2"]);
    desk.run(&["take", &mail]).ok();
    desk.run(&["work", &vpn, "90"]).ok();
    desk.run(&["wait", &vpn, "--on", "vendor", "-m", "they look"]).ok();
    desk.later(3_600);
    desk.run(&["resume", &vpn]).ok();
    desk.later(3_600);
    resolve(&vpn, "fixed");
    resolve(&vip, "fixed");
    desk.later(86_400);
    let gold = p1("ERP is down", &["--customer", "acme", "-r", "jan@acme.example"]);
    let twice = p1("ERP is down again", &["--customer", "acme"]);
    desk.run(&["close", &twice, "--resolution", "rejected", "-m", "told already"]).ok();
    desk.run(&["work", &secret, "55"]).ok();
    desk.later(4 * 3_600);
    resolve(&gold, "fixed");
    desk.later(45 * 60);
    desk
}

#[test]
fn sla_says_which_promises_were_kept() {
    let desk = desk();
    assert_data_eq!(
        desk.run(&["report", "sla", "--period", "2026-11", "-o", "markdown"]).to_string(),
        str![[r#"
# sla

desk · which promises were kept, 2026-11-01 – 2026-11-30, in working time

## kept promises

| clock | n | met | breached | kept | promised |
|---|---|---|---|---|---|
| acknowledge | 2 /* | 1 | 1 | 50.0 % | 85.0 % |
| resolve | 5 /* | 1 | 4 | 20.0 % | 90.8 % |

## kept promises by priority

| priority | clock | n | met | breached | kept | promised |
|---|---|---|---|---|---|---|
| p1 | acknowledge | 1 /* | 0 | 1 | 0.0 % | 90.0 % |
| p1 | resolve | 4 /* | 1 | 3 | 25.0 % | 93.5 % |
| p2 | acknowledge | 1 /* | 1 | 0 | 100.0 % | 80.0 % |
| p2 | resolve | 1 /* | 0 | 1 | 0.0 % | 80.0 % |

## kept promises by month

| month | n | breached | acknowledge | respond | update | resolve |
|---|---|---|---|---|---|---|
| 2026-11 | 7 /* | 5 | 50.0 % | n/a | n/a | 20.0 % |

2 promises kept, 5 missed; 0 clocks go on in time.

/* from fewer than 20 tickets

"#]]
    );
    let customers = object(&desk, &["sla", "--period", "2026-11", "--by", "customer"])["customers"].clone();
    let of = |name: &str| {
        let rows = customers.as_array().unwrap().iter().filter(|row| row["customer"] == name);
        rows.map(|row| format!("{} {}/{}", row["clock"].as_str().unwrap(), row["met"], row["n"])).collect::<Vec<_>>()
    };
    assert_eq!(of("acme"), ["resolve 1/2"], "the rejected one is left out");
    assert_eq!(of("zed"), ["acknowledge 0/1", "resolve 0/1"], "what runs and is late counts as missed");
    // On the day before, all that is late now was in time.
    let before = object(&desk, &["sla", "--until", "2026-11-24"]);
    let clocks: Vec<String> = before["clocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{} {}/{}", row["clock"].as_str().unwrap(), row["met"], row["n"]))
        .collect();
    assert_eq!(clocks, ["acknowledge 1/2", "resolve 1/3"]);
}

#[test]
fn breaches_are_told_one_by_one() {
    let desk = desk();
    assert_data_eq!(
        desk.run(&["report", "breaches", "--period", "2026-11", "-o", "markdown"]).to_string(),
        str![[r#"
# breaches

desk · promises that were missed, 2026-11-01 – 2026-11-30, in working time

## missed by queue

| queue | breaches |
|---|---|
| l1 | 5 |

## missed by agent

| agent | breaches |
|---|---|
|  | 4 |
| ana | 1 |

## missed, the latest by most first

| id | title | priority | queue | agent | clock | target | late | due | stopped |
|---|---|---|---|---|---|---|---|---|---|
| 261124-dwzk1vz9 | Takeover of Quibble | p1 | l1 |  | resolve | 4h | 10h 59m | 2026-11-24 13:06Z |  |
| 261124-dwzk1vz9 | Takeover of Quibble | p1 | l1 |  | acknowledge | 15m | 9h 57m | 2026-11-24 09:21Z | 2026-11-25 11:18Z |
| 261124-hezx7bwg | Mail is slow | p2 | l1 | ana | resolve | 8h | 6h 57m | 2026-11-25 09:08Z |  |
| 261125-ed2e3wgj | ERP is down | p1 | l1 |  | resolve | 2h | 2h 04m | 2026-11-25 13:15Z | 2026-11-25 15:19Z |
| 261124-gzszwskr | Director | p1 | l1 |  | resolve | 1h | 1h 07m | 2026-11-24 10:07Z | 2026-11-24 11:14Z |

5 promises missed, 2 of them still open.

"#]]
    );
    let ids = desk.run(&["report", "breaches", "--period", "2026-11", "--tickets", "-o", "ids"]).ok();
    assert_eq!(ids.lines().count(), 4, "{ids}");
}

#[test]
fn at_risk_is_what_has_used_more_than_three_quarters() {
    let desk = desk();
    assert_data_eq!(
        desk.run(&["report", "at-risk", "--at", "2026-11-24T12:30:00Z", "-o", "markdown"]).to_string(),
        str![[r#"
# at-risk

desk · what will be late soon, as of 2026-11-24, in working time

## more than three quarters used

| id | title | priority | queue | agent | clock | state | used | target | left | due |
|---|---|---|---|---|---|---|---|---|---|---|
| 261124-dwzk1vz9 | Takeover of Quibble | p1 | l1 |  | resolve | running | 3h 24m | 4h | 36m | 2026-11-24 13:06Z |

1 promise at risk, 0 of them paused.

"#]]
    );
}

#[test]
fn a_month_that_begins_without_a_contract_is_of_the_first_that_begins_in_it() {
    let desk = TestDesk::new();
    std::fs::create_dir_all(desk.path().join("customers")).unwrap();
    let contracts = ACME.replace("valid_from = 2026-01-01", "valid_from = 2026-11-10");
    std::fs::write(desk.path().join("customers/acme.toml"), contracts).unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "acme"]);
    let id = desk.open("VPN drops", &["--customer", "acme"]);
    desk.run(&["work", &id, "90"]).ok();
    let hours = super::object(&desk, &["customer", "acme", "--period", "2026-11"])["hours"].clone();
    assert_eq!((&hours[0]["included_seconds"], &hours[0]["amount"]), (&json!(3600), &json!(50.0)));
    let october = super::object(&desk, &["customer", "acme", "--period", "2026-10"]);
    assert_eq!(october["hours"], json!([]));
}

#[test]
fn a_missed_promise_is_of_whom_had_it_when_the_clock_stopped() {
    let desk = TestDesk::new();
    desk.promise(POLICY);
    desk.run(&["agent", "add", "bob", "--email", "bob@example.com"]).ok();
    let id = desk.open("Mail is slow", &["--priority", "p2", "--opened", "2026-11-20T08:00:00Z"]);
    desk.run(&["take", &id]).ok();
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "done"]).ok();
    desk.run(&["set", &id, "queue=l2", "assignee=bob"]).ok();
    let breaches = super::object(&desk, &["breaches"]);
    assert_eq!(breaches["agents"], json!([{"agent": "ana", "breaches": 2}]));
    assert_eq!(breaches["queues"], json!([{"queue": "l1", "breaches": 2}]));
    let by = |group: &str| super::object(&desk, &["sla", "--by", group])[format!("{group}s")].clone();
    let names = |group: &str| -> Vec<String> {
        by(group).as_array().unwrap().iter().map(|row| row[group].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((names("agent"), names("queue")), (vec!["ana".to_owned(); 2], vec!["l1".to_owned(); 2]));
}

#[test]
fn a_customer_reads_of_itself_alone() {
    let desk = desk();
    let report = ["report", "customer", "acme", "--period", "2026-11"];
    assert_data_eq!(
        desk.run(&[&report[..], &["-o", "markdown"]].concat()).to_string(),
        str![[r#"
# customer

desk · Acme Rotterdam, 2026-11-01 – 2026-11-30, in working time

## contracts

| contract | valid_from | valid_until | calendar | n | met | breached | kept | promised |
|---|---|---|---|---|---|---|---|---|
| silver | 2026-01-01 | 2026-11-24 |  | 1 /* | 1 | 0 | 100.0 % | 90.0 % |
| gold | 2026-11-25 |  |  | 1 /* | 0 | 1 | 0.0 % | 95.0 % |

## kept promises

| level | priority | clock | n | met | breached | kept | promised |
|---|---|---|---|---|---|---|---|
| acme silver | p1 | resolve | 1 /* | 1 | 0 | 100.0 % | 90.0 % |
| acme gold | p1 | resolve | 1 /* | 0 | 1 | 0.0 % | 95.0 % |

## missed, the latest by most first

| id | title | priority | clock | target | late | due | stopped |
|---|---|---|---|---|---|---|---|
| 261125-ed2e3wgj | ERP is down | p1 | resolve | 2h | 2h 04m | 2026-11-25 13:15Z | 2026-11-25 15:19Z |

## left out of the figures

| resolution | tickets |
|---|---|
| rejected | 1 |

## waiting, of what was resolved

| waiting_on | tickets | working |
|---|---|---|
| vendor | 1 | 1h 01m |

## hours

| month | work | included | over | amount | currency |
|---|---|---|---|---|---|
| 2026-11 | 1h 30m | 1h | 30m | 50.00 | EUR |

3 opened, 3 resolved, 0 open at the end; 1 of 2 promises missed.

/* from fewer than 20 tickets

"#]]
    );
    for format in FORMATS {
        for tickets in [&[][..], &["--tickets"]] {
            let said = desk.run(&[&report[..], &["-o", format], tickets].concat()).ok();
            assert!(said.contains("ERP is down"), "{format}: {said}");
            for word in ["Zed", "zed", "Quibble", "Director", "Mail is slow", "vip"] {
                assert!(!said.contains(word), "{format} holds {word}: {said}");
            }
        }
    }
    let object: Value = serde_json::from_str(&desk.run(&[&report[..], &["--json"]].concat()).ok()).unwrap();
    let hours = json!([{"month": "2026-11", "work_seconds": 5400, "included_seconds": 3600, "over_seconds": 1800,
        "amount": 50.0, "currency": "EUR"}]);
    assert_eq!(object["hours"], hours, "the contract of the month's first day");
    // Months are whole where the period has but a part of them; December is of the contract that goes on, and has no work.
    let part = ["customer", "acme", "--since", "2026-11-25", "--until", "2026-12-01"];
    let later = desk.at("desk").with("GIT_DESK_NOW", "2026-12-10T08:00:00Z");
    let months = super::object(&later, &part)["hours"].clone();
    assert_eq!((&months[0], months.as_array().map(Vec::len)), (&hours[0], Some(2)));
    assert_eq!((&months[1]["month"], &months[1]["included_seconds"]), (&json!("2026-12"), &json!(7200)));
    let fails = [
        desk.run(&["report", "customer", "acme", "--where", "id:x) or (id:y"]).fails(2),
        desk.run(&["report", "customer"]).fails(2),
        desk.run(&["report", "customer", "acne"]).fails(3),
        desk.run(&["report", "sla", "acme"]).fails(2),
    ];
    assert_data_eq!(
        fails.concat(),
        str![[r#"
git-desk: this `)` closes nothing
  id:x) or (id:y
      ^
git-desk: whose report? the customer is missing
  git desk report customer acme --period last-month
git-desk: no customer `acne`
  its file would be customers/acne.toml
git-desk: `sla` takes no further word: acme
  git desk report sla --where 'customer:acme'

"#]]
    );
    assert!(desk.run(&["report", "customer", "zed"]).ok().contains("Quibble"));
}

#[test]
fn what_promises_say_fits_the_schema() {
    let desk = desk();
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "report"]).ok()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let asked =
        [&["sla"][..], &["sla", "--by", "agent"], &["breaches"], &["at-risk"], &["customer", "acme"], &["summary"]];
    for words in asked {
        let object = object(&desk, words);
        let wrong: Vec<String> = validator.iter_errors(&object).map(|error| error.to_string()).collect();
        assert_eq!(wrong, Vec::<String>::new(), "{words:?}: {object:#}");
    }
}

#[test]
fn how_long_things_took_is_told_in_working_time_too() {
    let desk = desk();
    // From 16:50 on Friday to 9:10 on Monday: 20 minutes of work.
    desk.later(2 * 86_400 + 3_600);
    let at = |time: &str| desk.at("desk").with("GIT_DESK_NOW", time);
    let id = at("2026-11-27T16:50:00Z").open("over the weekend", &["-r", "bob@example.com"]);
    at("2026-11-30T09:10:00Z").run(&["resolve", &id, "--resolution", "fixed", "-m", "done"]).ok();
    let later = at("2026-12-07T12:00:00Z");
    let figures = |name: &str, more: &[&str]| object(&later, &[&[name, "--since", "2026-11-27"][..], more].concat());
    let office = ["--calendar", "office"];
    let full = |figures: Value| figures["resolution_seconds_full"]["max"].clone();
    assert_eq!(full(figures("quality", &[])), 231_600);
    assert_eq!(full(figures("quality", &office)), 1_200);
    assert_eq!(figures("response", &office)["respond_seconds"]["max"], 1_200);
    assert_eq!(figures("channels", &office)["channels"][0]["resolve_median_seconds"], 1_200);
    assert_eq!(figures("channels", &office)["calendar"], "office");
    let summary = object(&later, &["summary", "--period", "2026-W49", "--calendar", "office"]);
    assert_eq!(summary["resolution_seconds"]["median"], 1_200);
    let said =
        later.run(&["report", "quality", "--since", "2026-11-27", "--calendar", "office", "-o", "markdown"]).ok();
    assert!(said.contains("how well it went, in working time of office"), "{said}");
    let fails = [
        desk.run(&["report", "flow", "--calendar", "office"]).fails(2),
        desk.run(&["report", "quality", "--calendar", "offic"]).fails(3),
    ];
    assert_data_eq!(
        fails.concat(),
        str![[r#"
git-desk: `flow` takes no `--calendar`
  these do: summary, response, quality, channels
git-desk: no calendar `offic`
  did you mean `office`?

"#]]
    );
}
