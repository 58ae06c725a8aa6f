//! `customer`

use snapbox::{assert_data_eq, str};

use super::service::put;
use crate::support::TestDesk;

const ACME: &str = r#"name = "Acme"
domains = ["acme.example"]
contacts = ["J. de Vries <jdv@private.example>"]

[[contract]]
valid_from = 2026-01-01
name = "acme silver"

[[contract]]
valid_from = 2026-11-01
name = "acme gold"
currency = "EUR"
hourly_rate = 95.0
included_hours = 1

[contract.targets.p3]
respond = "4h"
resolve = "3bd"
promise = 95

[[contract]]
valid_from = 2027-01-01
name = "acme platinum"
"#;

const GONE: &str = "name = \"Gone\"\ndomains = [\"gone.example\"]\nactive = false\n";

fn desk() -> TestDesk {
    let desk = TestDesk::new();
    put(&desk, &[("customers/acme.toml", ACME), ("customers/gone.toml", GONE)]);
    desk
}

fn known(desk: &TestDesk) {
    desk.change(&desk.path().join("desk.toml"), "resolutions = []", "requesters = \"known\"\nresolutions = []");
    desk.git(&["commit", "-qam", "known"]);
}

#[test]
fn an_agent_is_known_by_name_and_address() {
    let desk = desk();
    known(&desk);
    for who in ["Ana <ana@example.com>", " ANA@example.com.", "ana"] {
        desk.open("Printer", &["-r", who]);
    }
    assert!(desk.run(&["open", "Printer", "-r", "Ana <ana@elsewhere.example>"]).fails(5).contains("nobody here knows"));
}

#[test]
fn customers_are_listed_with_their_contract_of_today() {
    let desk = desk();
    desk.open("Printer", &["-r", "bob@acme.example"]);
    assert_data_eq!(
        desk.run(&["customer", "list"]).to_string(),
        str![[r#"
acme	Acme	acme.example	true	acme gold	1
gone	Gone	gone.example	false		0

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["customer", "list"]).to_string(),
        str![[r#"
NAME  TITLE  DOMAINS       ACTIVE  CONTRACT   OPEN
acme  Acme   acme.example  true    acme gold     1
gone  Gone   gone.example  false                 0

"#]]
    );
    assert_eq!(desk.run(&["customer", "list", "-o", "ids"]).ok(), "acme\ngone\n");
    assert_data_eq!(
        desk.run(&["customer", "list", "--json=name,contract,open"]).ok(),
        str![[r#"
[
  {
    "contract": "acme gold",
    "name": "acme",
    "open": 1
  },
  {
    "contract": null,
    "name": "gone",
    "open": 0
  }
]

"#]]
    );
}

#[test]
fn a_customer_is_shown_with_people_contracts_and_hours() {
    let desk = desk();
    let id = desk.open("Printer", &["-r", "bob@acme.example"]);
    desk.run(&["work", &id, "90"]).ok();
    assert_data_eq!(
        desk.on_terminal("", &["customer", "show", "acme"]).to_string(),
        str![[r#"
Acme  acme

    domains     acme.example
    contacts    J. de Vries <jdv@private.example>
    open        1 ticket
    contract    acme silver, from 2026-01-01
    contract    acme gold, from 2026-11-01, 1 h a month, 95 EUR an hour, holds today
    contract    acme platinum, from 2027-01-01, to come
    p3          respond 4h, resolve 3bd, 95 % kept
    this month  1h 30m of 1h, 30m more than that

  next       git desk list customer:acme     git desk customer report acme

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["customer", "show", "gone"]).to_string(),
        str![[r#"
Gone  gone  (retired: its people open nothing)

    domains     gone.example
    open        0 tickets

  next       git desk list customer:gone     git desk customer report gone

"#]]
    );
    assert_data_eq!(
        desk.run(&["customer", "show", "acme", "--json=hours,open"]).ok(),
        str![[r#"
{
  "hours": {
    "amount": 47.5,
    "currency": "EUR",
    "included_seconds": 3600,
    "month": "2026-11",
    "over_seconds": 1800,
    "work_seconds": 5400
  },
  "open": 1
}

"#]]
    );
    assert_data_eq!(
        desk.run(&["customer", "show", "akme"]).to_string(),
        str![[r#"
stderr: git-desk: no customer `akme`; this desk has acme, gone
stderr:   did you mean `acme`?
exit: 3

"#]]
    );
}

#[test]
fn its_report_is_that_of_report_customer() {
    let desk = desk();
    desk.open("Printer", &["-r", "bob@acme.example"]);
    let words = ["--period", "2026-11", "--json"];
    let ours = desk.run(&[&["customer", "report", "acme"][..], &words].concat()).ok();
    desk.later(-60);
    assert_eq!(desk.run(&[&["report", "customer", "acme"][..], &words].concat()).ok(), ours);
    assert_eq!(desk.run(&["customer", "report", "nobody"]).code, 3);
}

#[test]
fn a_requester_is_of_the_customer_whose_domain_they_have() {
    let desk = desk();
    let of = |options: &[&str]| desk.ticket(&desk.open("x", options))["customer"].clone();
    assert_eq!(of(&["-r", "bob@acme.example"]), "acme");
    assert_eq!(of(&["-r", "bob@mail.ACME.example"]), "acme", "a domain below");
    assert_eq!(of(&["-r", "jdv@private.example"]), "acme", "a contact");
    assert_eq!(of(&["-r", "x@gone.example"]), serde_json::Value::Null, "retired");
    assert_eq!(of(&["-r", "x@else.example"]), serde_json::Value::Null);
    assert_eq!(of(&["-r", "bob@acme.example", "--customer", "other"]), "other", "what is said counts");
    assert_eq!(of(&[]), serde_json::Value::Null, "an agent");
}

#[test]
fn only_known_people_open_where_the_desk_says_so() {
    let desk = desk();
    known(&desk);
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["open", "x", "-r", "eve@else.example"]).to_string(),
        str![[r#"
stderr: git-desk: nobody here knows eve@else.example: tickets are for people of active customers
stderr:   say whose they are: --customer NAME     who there is: git desk customer list
stderr:   or add their domain to `domains` of customers/NAME.toml
exit: 5

"#]]
    );
    assert_data_eq!(
        desk.run(&["open", "x", "-r", "eve@gone.example"]).to_string(),
        str![[r#"
stderr: git-desk: eve@gone.example is of gone, whom this desk no longer works for
stderr:   active = false in customers/gone.toml
exit: 5

"#]]
    );
    let eve = desk.at("desk").by("Eve <eve@else.example>");
    assert_eq!(eve.run(&["open", "x"]).code, 5);
    assert_eq!(desk.run(&["open", "x", "-r", "eve@else.example", "--customer", "gone"]).code, 5);
    assert_eq!(desk.commits(), before);
    for options in [
        &["-r", "bob@acme.example"][..],
        &["-r", "jdv@private.example"],
        &[],
        &["-r", "eve@else.example", "--customer", "acme"],
    ] {
        desk.open("x", options);
    }
    put(&desk, &[("services/chair.toml", "title = \"Chair\"\n")]);
    assert_eq!(desk.run(&["service", "request", "chair", "-r", "eve@else.example"]).code, 5);
    let old = desk.open("y", &["-r", "bob@acme.example"]);
    desk.change(&desk.path().join("customers/acme.toml"), "domains", "active = false\ndomains");
    desk.git(&["commit", "-qam", "gone"]);
    desk.run(&["split", &old, "of it"]).ok();
    assert_eq!(desk.run(&["check"]).ok(), "");
}

#[test]
fn whom_a_machine_names_and_nobody_knows_is_never_lost() {
    let desk = desk();
    known(&desk);
    let event = |key: &str, who: &str| {
        format!(
            "{{\"schema\": \"desk.event/1\", \"id\": \"{key}\", \"at\": \"2026-11-24T08:00:00Z\", \"key\": \"{key}\", \"title\": \"{key}\", \"queue\": \"l2\", \"requester\": \"{who}\"}}\n"
        )
    };
    let lines = [event("a", "eve@else.example"), event("b", "bob@acme.example"), event("c", "x@gone.example")].concat();
    desk.feed(&lines, &["event", "import", "--from", "jsonl", "-"]).ok();
    desk.run(&["flush"]).ok();
    let of = |key: &str| {
        let id = desk.run(&["list", &format!("key:{key}"), "-o", "ids"]).ok();
        let ticket = desk.ticket(id.trim_end());
        format!("{} {} {}", ticket["queue"], ticket["tags"], ticket["customer"])
    };
    assert_eq!(of("a"), "\"l1\" [\"triage\"] null");
    assert_eq!(of("b"), "\"l2\" [] \"acme\"");
    assert_eq!(of("c"), "\"l1\" [\"triage\"] null");
}
