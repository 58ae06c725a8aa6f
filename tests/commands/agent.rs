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
  f31a   p3  one
hand over      git desk assign --where 'is:open assignee:bob' --yes --to NAME

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
  bob is retired

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

/// A desk where bob has so many open tickets, one that is closed, and where somebody else has one.
fn of_bob(tickets: usize) -> TestDesk {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bob", "--email", "bob@example.com"]).ok();
    desk.run(&["agent", "add", "eve", "--email", "eve@example.com"]).ok();
    desk.change(&desk.path().join("desk.toml"), "members = [\"ana\"]", "members = [\"ana\", \"bob\", \"eve\"]");
    desk.git(&["commit", "-qam", "members"]);
    let open = |who: &str, title: String| format!("{{\"op\":\"open\",\"title\":\"{title}\",\"assign\":\"{who}\"}}\n");
    let lines: String = (0..tickets).map(|number| open("bob", format!("number {number}"))).collect();
    desk.feed(lines, &["batch", "-"]).ok();
    let done = desk.open("done", &["--assign", "bob"]);
    desk.run(&["close", &done, "--resolution", "fixed", "-m", "x"]).ok();
    desk.open("eve's", &["--assign", "eve"]);
    desk
}

fn count(desk: &TestDesk, query: &str) -> String {
    desk.run(&["list", query, "--count"]).ok().trim().to_owned()
}

#[test]
fn three_hundred_tickets_are_handed_over_in_one_commit_and_undone_to_the_byte() {
    let desk = of_bob(300);
    // A ticket that somebody wrote by hand, in no canonical form.
    let id = desk.run(&["list", "assignee:bob", "-o", "ids", "-n", "1"]).ok().trim().to_owned();
    desk.change(&desk.file(&id), "status = \"active\"", "status=\"active\"   # on it");
    desk.git(&["commit", "-qam", "by hand"]);
    let (before, tree) = (desk.commits(), desk.git(&["rev-parse", "HEAD^{tree}"]));
    let hand_over = ["assign", "--where", "is:open assignee:bob", "--to"];
    let by = |to: &'static str| [&hand_over[..], &[to]].concat();
    let asked = desk.run(&by("eve")).fails(2);
    assert!(asked.contains("`--where` would assign 300 tickets; `--yes` is missing"), "{asked}");
    assert_eq!(desk.run(&[&by("eve")[..], &["--yes"]].concat()).ok().lines().count(), 300);
    assert_eq!(
        (desk.commits(), count(&desk, "assignee:bob").as_str(), count(&desk, "assignee:eve").as_str()),
        (before + 1, "0", "301")
    );
    desk.run(&["undo"]).ok();
    assert_eq!(desk.git(&["rev-parse", "HEAD^{tree}"]), tree);
    desk.run(&[&by("none")[..], &["--yes"]].concat()).ok();
    assert_eq!(count(&desk, "is:unassigned"), "300");
    desk.run(&["undo"]).ok();
    assert_eq!(desk.git(&["rev-parse", "HEAD^{tree}"]), tree);

    let retired = desk.run(&["agent", "retire", "bob", "--hand-over-to", "next", "--json"]).ok();
    let retired: serde_json::Value = serde_json::from_str(&retired).unwrap();
    assert_eq!(
        (&retired["agent"], &retired["active"], &retired["open"]),
        (&"bob".into(), &false.into(), &serde_json::json!([]))
    );
    assert_eq!(retired["handed_over"].as_array().unwrap().len(), 300);
    assert_eq!(desk.commits(), before + 5);
    // Two are left to be next.
    assert_eq!((count(&desk, "assignee:ana").as_str(), count(&desk, "assignee:eve").as_str()), ("150", "151"));
    assert!(desk.git(&["log", "-1", "--format=%s"]).starts_with("agent retire bob, 300 tickets handed over"));
    desk.run(&["undo"]).ok();
    assert_eq!(desk.git(&["rev-parse", "HEAD^{tree}"]), tree, "bob is back, too");
    desk.is_sound();
}

#[test]
fn a_hand_over_is_all_or_nothing() {
    let desk = of_bob(2);
    let before = desk.commits();
    let error = desk.run(&["agent", "retire", "bob", "--hand-over-to", "bob"]).fails(3);
    assert!(error.starts_with("git-desk: no agent `bob`; this desk has ana, eve"), "{error}");
    desk.run(&["agent", "retire", "bob", "--hand-over-to", "oncall"]).fails(5);
    desk.run(&["agent", "retire", "bob", "--hand-over-to", "eve", "--dry-run"]).ok();
    assert_eq!((desk.commits(), count(&desk, "assignee:bob").as_str()), (before, "2"));
    assert_data_eq!(
        desk.on_terminal("", &["agent", "retire", "bob", "--hand-over-to", "eve"]).to_string(),
        str![[r#"
bob
2 tickets of bob handed over
bob is retired

"#]]
    );
    assert_eq!(desk.run(&["agent", "retire", "bob", "--hand-over-to", "eve"]).ok(), "bob\n", "already so");
    assert_eq!((desk.commits(), count(&desk, "assignee:eve").as_str()), (before + 1, "3"));
    desk.is_sound();
}

#[test]
fn who_goes_does_not_take_over_and_a_second_time_is_said() {
    let desk = of_bob(2);
    let bob = desk.at("desk").by("bob");
    let desk_path = desk.path().to_str().unwrap().to_owned();
    bob.run(&["--repo", &desk_path, "agent", "retire", "bob", "--hand-over-to", "me"]).fails(5);
    let words = ["agent", "retire", "bob", "--hand-over-to", "eve", "--op-id", "r-1", "--json"];
    let first: serde_json::Value = serde_json::from_str(&desk.run(&words).ok()).unwrap();
    let again: serde_json::Value = serde_json::from_str(&desk.run(&words).ok()).unwrap();
    assert_eq!(first["handed_over"].as_array().unwrap().len(), 2);
    assert_eq!(again["handed_over"], first["handed_over"]);
    desk.run(&["agent", "retire", "bob", "--strict"]).fails(5);
}
