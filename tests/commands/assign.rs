//! `assign`

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

fn with_bob() -> TestDesk {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bob", "--email", "bob@acme.example"]).ok();
    desk
}

#[test]
fn a_new_ticket_becomes_active_when_somebody_has_it() {
    let desk = with_bob();
    let id = desk.open("x", &[]);
    assert_eq!(desk.run(&["assign", &id, "--to", "@bob", "-m", "knows the site"]).to_string(), format!("{id}\n"));
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "active");
    assert_eq!(ticket["assignee"], "bob");
    assert_eq!(ticket["thread"][0]["kind"], "note");
    assert_eq!(ticket["thread"][0]["act"], "assign");
    assert_eq!(ticket["thread"][0]["body"], "knows the site");
    desk.run(&["assign", &id, "--to", "none"]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "active");
    assert_eq!(ticket["assignee"], Value::Null);
    desk.is_sound();
}

#[test]
fn a_name_that_is_no_agent_is_not_found() {
    let desk = with_bob();
    let id = desk.open("x", &[]);
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["assign", &id, "--to", "bop"]).to_string(),
        str![[r#"
stderr: git-desk: no agent `bop`; this desk has ana, bob
stderr:   did you mean `bob`?
stderr:   git desk agent add bop --email MAIL
exit: 3

"#]]
    );
    let error: Value = serde_json::from_str(&desk.run(&["assign", &id, "--to", "bop", "--json"]).fails(3)).unwrap();
    assert_eq!(error["error"]["code"], "no_agent");
    assert_eq!(error["error"]["candidates"], serde_json::json!(["ana", "bob"]));
    desk.run(&["agent", "retire", "bob"]).ok();
    desk.run(&["assign", &id, "--to", "bob"]).fails(3);
    assert_eq!(desk.commits(), before + 1);
}

#[test]
fn without_to_it_says_to_whom() {
    let desk = with_bob();
    let (one, other) = (desk.open("x", &[]), desk.open("y", &[]));
    assert_data_eq!(
        desk.run(&["assign", &one]).to_string(),
        str![[r#"
stderr: git-desk: to whom? `--to` is missing
stderr:   git desk assign 261124-f31aj1bw --to me
stderr:   agents: ana, bob
exit: 2

"#]]
    );
    let error = desk.run(&["assign", &one, &other]).fails(2);
    assert!(error.contains(&format!("{other} is a ticket, not an agent; to whom?")), "{error}");
    assert!(error.contains("agents: ana, bob"), "{error}");
    let error = desk.run(&["assign", &one, "bob"]).fails(2);
    assert!(error.contains(&format!("git desk assign {one} --to bob")), "{error}");
}
