//! `agent`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

#[test]
fn whoever_begins_the_desk_is_its_first_agent() {
    let desk = TestDesk::new();
    assert_data_eq!(
        desk.run(&["agent", "list"]).to_string(),
        str![[r#"
ana	Ana Agent	ana@example.com	admin	true

"#]]
    );
    assert_data_eq!(
        desk.run(&["agent", "list", "--json"]).to_string(),
        str![[r#"
[
  {
    "active": true,
    "emails": [
      "ana@example.com"
    ],
    "handle": "ana",
    "name": "Ana Agent",
    "role": "admin"
  }
]

"#]]
    );
}

#[test]
fn a_handle_comes_from_the_address_and_a_clash_gets_a_number() {
    let desk = TestDesk::new();
    assert_eq!(desk.run(&["agent", "add", "--email", "Bob.Smith+desk@example.com"]).ok(), "bob-smith\n");
    assert_eq!(
        desk.run(&["agent", "add", "--email", "bob.smith@other.example", "--name", "Bob 2"]).ok(),
        "bob-smith-2\n"
    );
    assert!(desk.git(&["show", "--numstat", "--format=", "HEAD"]).ends_with("\t0\tdesk.toml\n"), "nothing was removed");
    let id = desk.open("one", &["--assign", "bob-smith-2"]);
    assert_eq!(desk.ticket(&id)["assignee"], "bob-smith-2");
    desk.run(&["check"]).ok();
    desk.is_sound();
}

#[test]
fn a_retired_agent_gets_no_ticket_and_keeps_the_history() {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bob", "--email", "bob@example.com", "--name", "Bob Smith"]).ok();
    let id = desk.open("one", &["--assign", "bob"]);
    let screen = desk.on_terminal("", &["agent", "retire", "bob"]);
    assert_data_eq!(
        screen.to_string(),
        str![[r#"
bob
bob is retired and still has 1 open ticket
hand over      git desk assign --where 'is:open assignee:bob' --to NAME

"#]]
    );
    assert_data_eq!(
        desk.run(&["assign", &id, "--to", "none"]).to_string(),
        str![[r#"
261124-f31aj1bw

"#]]
    );
    assert_data_eq!(
        desk.run(&["assign", &id, "--to", "bob"]).fails(3),
        str![[r#"
git-desk: no agent `bob`; this desk has ana
  git desk agent add bob --email MAIL

"#]]
    );
    assert!(std::fs::read_to_string(desk.path().join("desk.toml")).unwrap().contains("[agents.bob]"));
    assert_eq!(desk.run(&["agent", "add", "bob", "--email", "bob@example.com"]).ok(), "bob\n");
    desk.run(&["assign", &id, "--to", "bob"]).ok();
}

#[test]
fn an_address_has_one_owner_and_looks_like_one() {
    let desk = TestDesk::new();
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["agent", "add", "eve", "--email", "ANA@example.com"]).fails(5),
        str![[r#"
git-desk: ANA@example.com is ana's address already

"#]]
    );
    assert_data_eq!(
        desk.run(&["agent", "add", "eve", "--email", "nomail"]).fails(2),
        str![[r#"
git-desk: `nomail` is no mail address

"#]]
    );
    assert_data_eq!(
        desk.run(&["agent", "add", "eve"]).fails(2),
        str![[r#"
git-desk: the following required arguments were not provided: --email <EMAIL>
  git desk help agent

"#]]
    );
    assert_data_eq!(
        desk.run(&["agent", "add", "Eve!", "--email", "eve@example.com"]).fails(2),
        str![[r#"
git-desk: `Eve!` is no name: a-z, 0-9 and - between, at most 63

"#]]
    );
    assert_data_eq!(
        desk.run(&["agent", "retire", "an"]).fails(3),
        str![[r#"
git-desk: no agent `an`; this desk has ana
  did you mean `ana`?

"#]]
    );
    assert_eq!(desk.commits(), before);
}

#[test]
fn the_desks_people_can_be_listed_as_they_were_and_not_be_changed_there() {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bob", "--email", "bob@example.com"]).ok();
    assert!(!desk.run(&["agent", "list", "--at", "HEAD~1"]).ok().contains("bob"));
    assert!(desk.run(&["agent", "list"]).ok().contains("bob"));
    desk.run(&["agent", "retire", "bob", "--at", "HEAD"]).fails(2);
    desk.run(&["doctor", "--at", "HEAD"]).fails(2);
}
