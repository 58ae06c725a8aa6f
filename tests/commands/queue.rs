//! `queue`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

#[test]
fn a_new_queue_is_added_without_touching_anything_else() {
    let desk = TestDesk::new();
    desk.change(&desk.path().join("desk.toml"), "[queues.l1]", "# ours since 2019\n[queues.l1]");
    desk.git(&["commit", "-qam", "by hand"]);
    let words = ["queue", "add", "web", "--title", "Web team", "--next", "l2", "--member", "ana", "--lead", "ana"];
    assert_eq!(desk.run(&words).ok(), "web\n");
    assert!(desk.git(&["show", "--numstat", "--format=", "HEAD"]).ends_with("\t0\tdesk.toml\n"), "nothing was removed");
    desk.open("for them", &["--queue", "web"]);
    desk.is_sound();
    desk.run(&["check"]).ok();
    assert_data_eq!(
        desk.run(&["queue", "list"]).to_string(),
        str![[r#"
l1	First line	1	l2	ana	ana	true
l2	Second line	2	l3	ana	ana	true
l3	Third line	3		ana	ana	true
web	Web team	1	l2	ana	ana	true

"#]]
    );
    assert_data_eq!(
        desk.git(&["show", "--format=%s", "-U0", "HEAD~1"]),
        str![[r#"
queue add web

diff --git a/desk.toml b/desk.toml
index f141a61..47c3c7f 100644
--- a/desk.toml
+++ b/desk.toml
@@ -51,0 +52,7 @@ active = true
+[queues.web]
+title = "Web team"
+level = 1
+next = "l2"
+members = ["ana"]
+lead = "ana"
+active = true

"#]]
    );
}

#[test]
fn adding_it_twice_makes_one_commit() {
    let desk = TestDesk::new();
    desk.run(&["queue", "add", "web"]).ok();
    let before = desk.commits();
    assert_eq!(desk.run(&["queue", "add", "web"]).ok(), "web\n");
    assert_eq!(desk.run(&["queue", "add", "other", "--dry-run"]).ok(), "other\n");
    assert_eq!(desk.commits(), before);
}

#[test]
fn a_retired_queue_takes_no_ticket_and_names_those_it_has() {
    let desk = TestDesk::new();
    let id = desk.open("one", &["--queue", "l2"]);
    let screen = desk.on_terminal("", &["queue", "retire", "l2"]);
    assert_data_eq!(
        screen.to_string(),
        str![[r#"
l2
l2 is retired and still has 1 open ticket
  svz5   p3  one
hand over      git desk set --where 'is:open queue:l2' --yes queue=NAME

"#]]
    );
    assert_data_eq!(
        desk.run(&["open", "two", "--queue", "l2"]).fails(3),
        str![[r#"
git-desk: queue `l2` is retired; this desk has l1, l3
  did you mean `l1`?
  git desk queue add l2

"#]]
    );
    assert_eq!(desk.ticket(&id)["queue"], "l2", "what is there stays");
    let queues: Vec<serde_json::Value> = serde_json::from_str(&desk.run(&["queue", "list", "--json"]).ok()).unwrap();
    assert_eq!(queues.iter().find(|queue| queue["name"] == "l2").unwrap()["active"], false);
    desk.run(&["queue", "add", "l2"]).ok();
    desk.open("three", &["--queue", "l2"]);
}

#[test]
fn names_that_are_none_or_not_there_are_refused() {
    let desk = TestDesk::new();
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["queue", "add", "We b"]).fails(2),
        str![[r#"
git-desk: `We b` is no name: a-z, 0-9 and - between, at most 63

"#]]
    );
    assert_data_eq!(
        desk.run(&["queue", "add", "con"]).fails(2),
        str![[r#"
git-desk: `con` is no name: a-z, 0-9 and - between, at most 63

"#]]
    );
    assert_data_eq!(
        desk.run(&["queue", "add", "web", "--next", "l9"]).fails(3),
        str![[r#"
git-desk: no queue `l9`; this desk has l1, l2, l3
  did you mean `l1`?
  git desk queue add l9

"#]]
    );
    assert_data_eq!(
        desk.run(&["queue", "add", "web", "--lead", "zoe"]).fails(3),
        str![[r#"
git-desk: no agent `zoe`; this desk has ana
  git desk agent add zoe --email MAIL

"#]]
    );
    assert_data_eq!(
        desk.run(&["queue", "retire", "l9"]).fails(3),
        str![[r#"
git-desk: no queue `l9`; this desk has l1, l2, l3
  did you mean `l1`?

"#]]
    );
    assert_data_eq!(
        desk.run(&["queue", "retire", "l1"]).fails(5),
        str![[r#"
git-desk: l1 is the default queue: new tickets need it
  name another in desk.toml first: [desk] default_queue = "…"

"#]]
    );
    assert_eq!(desk.commits(), before);
}

#[test]
fn without_a_verb_the_verbs_are_named() {
    let desk = TestDesk::new();
    for noun in ["queue", "agent"] {
        let said = desk.run(&[noun]).fails(2);
        assert!(["add", "list", "retire"].iter().all(|verb| said.contains(verb)), "{said}");
    }
}

#[test]
fn a_queue_goes_with_its_tickets_in_one_commit() {
    let desk = TestDesk::new();
    let (one, two) = (desk.open("one", &["--queue", "l3"]), desk.open("two", &["--queue", "l3"]));
    let before = desk.commits();
    desk.run(&["queue", "retire", "l3", "--hand-over-to", "l3"]).fails(3);
    assert_eq!(desk.commits(), before);
    let retired = desk.run(&["queue", "retire", "l3", "--hand-over-to", "l2", "--json"]).ok();
    let retired: serde_json::Value = serde_json::from_str(&retired).unwrap();
    assert_eq!((&retired["queue"], &retired["hand_over"]), (&"l3".into(), &serde_json::Value::Null));
    assert_eq!((&desk.ticket(&one)["queue"], &desk.ticket(&two)["queue"]), (&"l2".into(), &"l2".into()));
    assert_eq!(desk.commits(), before + 1);
    desk.is_sound();
}
