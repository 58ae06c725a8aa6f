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
    assert_eq!(of(&["-r", "bob@acme.example", "--customer", "gone"]), "gone", "what is said counts");
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

#[test]
fn a_customer_who_is_not_there_is_refused_where_customers_are_kept() {
    let free = TestDesk::new();
    let id = free.open("x", &["--customer", "acmee"]);
    free.run(&["set", &id, "customer=akme"]).ok();
    let desk = desk();
    let id = desk.open("x", &["--customer", "acme"]);
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["open", "x", "--customer", "acmee"]).to_string(),
        str![[r#"
stderr: git-desk: no customer `acmee`; this desk has acme, gone
stderr:   did you mean `acme`?
exit: 3

"#]]
    );
    assert_data_eq!(
        desk.run(&["set", &id, "customer=nonesuch"]).to_string(),
        str![[r#"
stderr: git-desk: no customer `nonesuch`; this desk has acme, gone
exit: 3

"#]]
    );
    assert_eq!(desk.commits(), before);
    desk.run(&["set", &id, "customer=gone"]).ok();
    desk.run(&["set", &id, "customer="]).ok();
    let event = "{\"schema\": \"desk.event/1\", \"id\": \"a\", \"at\": \"2026-11-24T08:00:00Z\", \"key\": \"a\", \"title\": \"a\", \"service\": \"nonesuch\"}\n";
    put(&desk, &[("services/chair.toml", "title = \"Chair\"\n")]);
    desk.feed(event, &["event", "import", "--from", "jsonl", "-"]).ok();
    desk.run(&["flush"]).ok();
    assert_eq!(desk.run(&["list", "service:nonesuch", "--count"]).ok(), "1\n", "what a machine says is kept");
    desk.run(&["open", "x", "--service", "chiar"]).fails(3);
    desk.run(&["set", &id, "service=chiar"]).fails(3);
    desk.run(&["set", &id, "service=chair"]).ok();
}

#[test]
fn words_of_queries_are_no_names() {
    let desk = desk();
    put(&desk, &[("customers/none.toml", "name = \"None\"\n"), ("services/me.toml", "title = \"Me\"\n")]);
    assert_data_eq!(
        desk.on_terminal("", &["check"]).to_string(),
        str![[r#"
customers/none.toml:1:1  DSK201  "none" is no name of a customer, so no ticket can have it
  fix: in queries it is a word of its own: give the file another name
services/me.toml:1:1  DSK201  "me" is no name of a service, so no ticket can have it
  fix: in queries it is a word of its own: give the file another name
exit: 1

"#]]
    );
    assert_data_eq!(
        desk.run(&["open", "x", "--customer", "none"]).to_string(),
        str![[r#"
stderr: git-desk: no customer `none`; this desk has acme, gone
stderr:   in queries `none` is a word of its own, so it is no name of a customer
exit: 3

"#]]
    );
    desk.run(&["customer", "show", "none"]).fails(3);
    desk.run(&["open", "x", "--service", "me"]).fails(3);
    desk.run(&["service", "request", "me"]).fails(3);
}

#[test]
fn of_many_customers_the_nearest_are_named() {
    let desk = TestDesk::new();
    let name = |n| format!("customers/client-{n:02}.toml");
    let names: Vec<String> = (0..40).map(name).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|path| (path.as_str(), "name = \"Client\"\n")).collect();
    put(&desk, &files);
    assert_data_eq!(
        desk.run(&["customer", "show", "cleint-17"]).to_string(),
        str![[r#"
stderr: git-desk: no customer `cleint-17`; this desk has client-17, client-07, client-10, client-11, client-12, client-13, client-14, client-15, client-16, client-18 and 30 more
stderr:   did you mean `client-17`?
exit: 3

"#]]
    );
}

/// A file that a merge left as it was.
const TORN: &str = "name = \"Acme\"\n<<<<<<< ours\ndomains = [\"acme.example\"]\n=======\ndomains = [\"acme.test\"]\n>>>>>>> theirs\n\n\
    [[contract]]\nvalid_from = 2026-01-01\n[contract.targets.p3]\nresolve = \"1h\"\n";

#[test]
fn a_damaged_file_is_told_wherever_it_matters() {
    let desk = desk();
    known(&desk);
    let id = desk.open("Printer", &["--customer", "acme"]);
    put(&desk, &[("customers/acme.toml", TORN)]);
    assert_data_eq!(
        desk.run(&["customer", "list"]).to_string(),
        str![[r#"
acme	Acme		true		1
gone	Gone	gone.example	false		0
stderr: git-desk: customers/acme.toml:2:1 is damaged: this is no TOML: invalid unquoted key, expected letters, numbers, `-`, `_`

"#]]
    );
    assert_data_eq!(
        desk.run(&["customer", "show", "acme"]).to_string(),
        str![[r#"
stderr: git-desk: customers/acme.toml:2:1: this is no TOML: invalid unquoted key, expected letters, numbers, `-`, `_`
exit: 6

"#]]
    );
    assert_data_eq!(
        desk.run(&["open", "x", "-r", "eve@acme.example"]).to_string(),
        str![[r#"
stderr: git-desk: nobody here knows eve@acme.example: tickets are for people of active customers
stderr:   say whose they are: --customer NAME     who there is: git desk customer list
stderr:   or add their domain to `domains` of customers/NAME.toml
stderr:   customers/acme.toml:2:1 is damaged: this is no TOML: invalid unquoted key, expected letters, numbers, `-`, `_`
exit: 5

"#]]
    );
    assert_data_eq!(
        desk.run(&["sla", "explain", &id]).stderr,
        str![[r#"
git-desk: customers/acme.toml:2:1 is damaged: this is no TOML: invalid unquoted key, expected letters, numbers, `-`, `_`; what was agreed with acme may not be all here

"#]]
    );
}
