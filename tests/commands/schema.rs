//! `schema`

use super::kb::shelve;
use super::report::asked;
use crate::support::TestDesk;
use flate2::read::GzDecoder;
use serde_json::Value;
use snapbox::{assert_data_eq, str};
use std::io::Read;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Holds a value against `schema NAME`.
#[track_caller]
fn holds(desk: &TestDesk, name: &str, value: &Value) {
    let schema = json(&desk.run(&["schema", name]).ok());
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(value), "{name} does not hold for {value:#}");
}

/// A desk with a bit of everything.
fn desk() -> (TestDesk, String) {
    let desk = TestDesk::new();
    let other = desk.open("other", &[]);
    let link = format!("parent {other}");
    let mut words =
        vec!["--impact", "high", "--urgency", "low", "--tag", "red", "--field", "room=4.12", "--key", "k/1"];
    words.extend(["--link", link.as_str(), "--channel", "phone", "--due", "2026-12-01", "-m", "It does not print."]);
    let id = desk.open("Printer", &words);
    desk.run(&["open", "Printer", "--key", "k/1"]).ok();
    desk.run(&["comment", &id, "we look at it"]).ok();
    desk.run(&["escalate", &id, "-m", "why"]).ok();
    desk.run(&["wait", &id, "--on", "vendor", "--until", "2d"]).ok();
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "toner"]).ok();
    (desk, id)
}

#[test]
fn every_name_is_a_schema_of_its_own() {
    let desk = TestDesk::nowhere();
    let names = desk.run(&["schema"]).ok();
    for name in names.lines() {
        let schema = json(&desk.run(&["schema", name]).ok());
        jsonschema::validator_for(&schema).unwrap();
        assert!(!schema["title"].as_str().unwrap().is_empty());
    }
    assert_data_eq!(
        names,
        str![[r#"
ticket
fact
finding
report
figure
day
clock
explanation
firing
due
elapsed
calendar
swept
notified
error
event
beat
kept
sync
delivered
backup
article
portal
problem
proposal
change
service
customer
event-log
history
article-hit
suggestion
article-use

"#]]
    );
    assert_data_eq!(
        desk.run(&["schema", "tickt"]).fails(3),
        str![[r#"
git-desk: no schema `tickt`; there are ticket, fact, finding, report, figure, day, clock, explanation, firing, due, elapsed, calendar, swept, notified, error, event, beat, kept, sync, delivered, backup, article, portal, problem, proposal, change, service, customer, event-log, history, article-hit, suggestion, article-use
  git desk schema ticket

"#]]
    );
}

#[test]
fn articles_hold_as_answers_and_as_suggestions() {
    let (desk, id) = desk();
    let article = "title = \"Printer prints nothing\"\nstate = \"validated\"\nlanguage = \"en\"\n";
    shelve(&desk, &[("printers/nothing", article), ("printers/none", "title = \"Printer\"\n")]);
    let rows = |words: &[&str], least: usize| {
        let rows: Vec<Value> = desk.run(words).ok().lines().map(json).collect();
        assert!(rows.len() >= least, "{words:?}: {rows:?}");
        rows
    };
    rows(&["kb", "search", "printer", "-o", "jsonl"], 2).iter().for_each(|hit| holds(&desk, "article-hit", hit));
    holds(&desk, "article-hit", &rows(&["search", "printer", "-o", "jsonl"], 2)[0]);
    rows(&["kb", "suggest", &id, "-o", "jsonl"], 2).iter().for_each(|one| holds(&desk, "suggestion", one));
    desk.run(&["reopen", &id, "-m", "again"]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["suggested_articles"].as_array().unwrap().len(), 2);
    holds(&desk, "ticket", &ticket);
}

#[test]
fn tickets_hold_in_show_in_list_and_after_an_act() {
    let (desk, id) = desk();
    holds(&desk, "ticket", &desk.ticket(&id));
    holds(&desk, "ticket", &json(&desk.run(&["open", "new", "--json"]).ok()));
    let list = json(&desk.run(&["list", "status:new,active,waiting,resolved,closed", "--json"]).ok());
    assert_eq!(list.as_array().unwrap().len(), 3);
    list.as_array().unwrap().iter().for_each(|ticket| holds(&desk, "ticket", ticket));
    for line in desk.run(&["search", "printer", "-o", "jsonl"]).ok().lines() {
        holds(&desk, "ticket", &json(line));
    }
}

#[test]
fn services_and_customers_hold() {
    let desk = super::service::catalogue();
    let acme = "name = \"Acme\"\n[[contract]]\nvalid_from = 2026-01-01\nincluded_hours = 2\n[contract.targets.p1]\nresolve = \"4h\"\n";
    super::service::put(&desk, &[("customers/acme.toml", acme)]);
    for (name, words) in [("service", ["new-laptop", "password"]), ("customer", ["acme", "acme"])] {
        let list = json(&desk.run(&[name, "list", "--json"]).ok());
        list.as_array().unwrap().iter().for_each(|one| holds(&desk, name, one));
        for word in words {
            holds(&desk, name, &json(&desk.run(&[name, "show", word, "--json"]).ok()));
        }
    }
}

#[test]
fn the_schema_of_a_ticket_can_fail() {
    let (desk, id) = desk();
    let schema = json(&desk.run(&["schema", "ticket"]).ok());
    let validator = jsonschema::validator_for(&schema).unwrap();
    let good = desk.ticket(&id);
    for (key, bad) in [("status", "odd"), ("id", "k7m3"), ("opened", "2026-11-24"), ("tags", "red"), ("level", "x")] {
        let mut ticket = good.clone();
        ticket[key] = Value::from(bad);
        assert!(!validator.is_valid(&ticket), "{key} {bad}");
    }
    let mut short = good;
    short.as_object_mut().unwrap().remove("priority");
    assert!(!validator.is_valid(&short), "every key is always there");
}

#[test]
fn facts_hold_in_the_log() {
    let (desk, id) = desk();
    let log = desk.run(&["log", &id, "-o", "jsonl"]).ok();
    assert!(log.lines().count() > 10);
    log.lines().for_each(|line| holds(&desk, "fact", &json(line)));
}

#[test]
fn findings_and_errors_hold() {
    let (desk, id) = desk();
    desk.change(&desk.file(&id), "resolution = \"fixed\"", "resolution = \"\"");
    let run = desk.run(&["check", "--json"]);
    let findings = json(&run.stdout);
    assert!(!findings.as_array().unwrap().is_empty(), "{run}");
    findings.as_array().unwrap().iter().for_each(|finding| holds(&desk, "finding", finding));
    desk.git(&["checkout", "-q", "."]);
    let wrong: [(&[&str], i32); 5] = [
        (&["show", "zzzz", "--json"], 3),
        (&["list", "quue:l1", "--json"], 2),
        (&["open", "--json"], 2),
        (&["set", &id, "nosuch=1", "-o", "json"], 2),
        (&["nosuch", "--json"], 2),
    ];
    for (words, code) in wrong {
        let error = json(&desk.run(words).fails(code));
        holds(&desk, "error", &error);
        assert_eq!(error["error"]["exit"], code, "{words:?}");
    }
}

#[test]
fn lines_of_an_import_hold() {
    let desk = TestDesk::nowhere();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/servicenow.jsonl.gz");
    let mut log = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut log).unwrap();
    let schema = json(&desk.run(&["schema", "event-log"]).ok());
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(log.lines().all(|line| validator.is_valid(&json(line))));
    assert!(!validator.is_valid(&json("{\"ticket\": \"T1\"}")));
}

#[test]
fn lines_of_an_export_hold() {
    let desk = TestDesk::nowhere();
    desk.run(&["demo", "."]).ok();
    let schema = json(&desk.run(&["schema", "history"]).ok());
    let validator = jsonschema::validator_for(&schema).unwrap();
    let told = desk.run(&["export", "jsonl"]).ok();
    assert!(told.lines().any(|line| json(line)["entry"].is_object()));
    assert!(told.lines().all(|line| validator.is_valid(&json(line))));
    assert!(!validator.is_valid(&json("{\"ticket\": \"T1\", \"at\": \"2026-01-01T00:00:00Z\"}")));
}

#[test]
fn a_report_names_a_schema_that_there_is() {
    let (desk, _) = desk();
    let with_customer = |desk: &TestDesk| {
        std::fs::create_dir_all(desk.path().join("customers")).unwrap();
        std::fs::write(desk.path().join("customers/acme.toml"), "name = \"Acme\"\n").unwrap();
        desk.git(&["add", "-A"]);
        desk.git(&["commit", "-qm", "a customer"]);
    };
    with_customer(&desk);
    for report in super::report::NAMES {
        let report = json(&desk.run(&[&asked(report)[..], &["--json"]].concat()).ok());
        assert_eq!(report["schema"], "desk.report/1");
        holds(&desk, "report", &report);
    }
    let mut seen = 0;
    for report in super::report::NAMES {
        let tickets = json(&desk.run(&[&asked(report)[..], &["--tickets", "--json"]].concat()).ok());
        seen += tickets.as_array().unwrap().len();
        tickets.as_array().unwrap().iter().for_each(|ticket| holds(&desk, "figure", ticket));
    }
    assert!(seen > 5, "{seen}");
    let empty = TestDesk::new();
    with_customer(&empty);
    for report in super::report::NAMES {
        holds(&desk, "report", &json(&empty.run(&[&asked(report)[..], &["--json"]].concat()).ok()));
    }
    holds(&desk, "report", &json(&empty.run(&["report", "flow", "--by", "day", "--json"]).ok()));
    let mut broken = json(&desk.run(&["report", "quality", "--json"]).ok());
    broken["solved"] = "many".into();
    let schema = json(&desk.run(&["schema", "report"]).ok());
    assert!(!jsonschema::validator_for(&schema).unwrap().is_valid(&broken));
}

#[test]
fn a_day_holds_for_agents_and_requesters_and_when_there_is_nothing() {
    let (desk, id) = desk();
    desk.run(&["reopen", &id, "-m", "not so"]).ok();
    desk.open("failing", &["--key", "run/db1/root/backup", "--assign", "me"]);
    let day = json(&desk.run(&["--json"]).ok());
    assert!(!day["now"].as_array().unwrap().is_empty() && !day["machines"].as_array().unwrap().is_empty());
    holds(&desk, "day", &day);
    let bob = desk.at("desk").by("Bob <bob@example.com>");
    bob.open("mine", &[]);
    let asked = json(&bob.run(&["--json"]).ok());
    assert_eq!(asked["requests"].as_array().unwrap().len(), 1);
    holds(&desk, "day", &asked);
    holds(&desk, "day", &json(&TestDesk::new().run(&["--json"]).ok()));
    let mut broken = asked;
    broken["requests"][0]["why"] = "odd".into();
    let schema = json(&desk.run(&["schema", "day"]).ok());
    assert!(!jsonschema::validator_for(&schema).unwrap().is_valid(&broken));
}

#[test]
fn a_schema_is_json_whatever_is_asked_for() {
    let desk = TestDesk::nowhere();
    let names = json(&desk.run(&["schema", "--json"]).ok());
    assert_eq!(names.as_array().unwrap().len(), desk.run(&["schema"]).ok().lines().count());
    let plain = json(&desk.run(&["schema", "ticket"]).ok());
    assert_eq!(json(&desk.run(&["schema", "ticket", "--json"]).ok()), plain);
    assert_eq!(json(&desk.run(&["schema", "ticket", "-o", "jsonl"]).ok()), plain);
}

#[test]
fn a_ticket_after_a_dry_run_and_with_its_history_holds() {
    let (desk, id) = desk();
    holds(&desk, "ticket", &json(&desk.run(&["open", "new", "--json", "--dry-run"]).ok()));
    holds(&desk, "ticket", &json(&desk.run(&["show", &id, "--json", "--history"]).ok()));
}
