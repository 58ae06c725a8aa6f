//! `set`

use std::fs;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::{TestDesk, ticket_path};

#[test]
fn only_the_lines_of_the_fields_change() {
    let desk = TestDesk::new();
    let id = desk.open("x", &["-m", "the report"]);
    let by_hand = "title = \"x\"  # as she said it";
    desk.change(&desk.file(&id), "title = \"x\"", by_hand);
    desk.git(&["commit", "-qam", "by hand"]);
    let before = desk.commits();
    let fields = [
        "priority=p2",
        "category=network/vpn",
        "tags=b, a,b",
        "fields.serial=X12",
        "fields.pages=93",
        "due=2026-12-01",
    ];
    let mut words = vec!["set", &id];
    words.extend(fields);
    desk.run(&words).ok();
    assert_eq!(desk.commits(), before + 1);
    assert!(fs::read_to_string(desk.file(&id)).unwrap().contains(by_hand));
    assert_data_eq!(
        desk.git(&["show", "--format=%B", "--unified=0", "HEAD", "--", &ticket_path(&id)]),
        str![[r#"
set 261124-svz5ne2x: x

priority=p2, category=network/vpn, tags=b, a,b, fields.serial=X12, fields.pages=93, due=2026-12-01

Desk-Ticket: 261124-svz5ne2x
Desk-Act: set


diff --git a/tickets/2026/11/24/261124-svz5ne2x.toml b/tickets/2026/11/24/261124-svz5ne2x.toml
index 54521b1..e417009 100644
--- a/tickets/2026/11/24/261124-svz5ne2x.toml
+++ b/tickets/2026/11/24/261124-svz5ne2x.toml
@@ -3 +3 @@ title = "x"  # as she said it
-status = "new"
+status = "active"
@@ -11 +11 @@ kind = "incident"
-priority = "p3"
+priority = "p2"
@@ -17 +17 @@ assignee = ""
-category = ""
+category = "network/vpn"
@@ -23 +23 @@ asset = ""
-due = ""
+due = 2026-12-01T17:00:00Z
@@ -27,0 +28,2 @@ tags = [
+  "a",
+  "b",
@@ -41,0 +44,6 @@ the report
+
+[fields]
+
+pages = 93
+
+serial = "X12"

"#]]
    );
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["fields"], serde_json::json!({"pages": 93, "serial": "X12"}));
    assert_eq!(ticket["due"], "2026-12-01T17:00:00Z", "the end of that working day");
    assert_eq!(ticket["status"], "active", "somebody has acted");
    desk.is_sound();
}

#[test]
fn an_empty_value_unsets() {
    let desk = TestDesk::new();
    let id = desk.open("x", &["--location", "2nd floor", "--asset", "HP-4", "--tag", "a", "--field", "n=1"]);
    desk.run(&["set", &id, "location=", "asset=", "tags=", "fields.n="]).ok();
    let text = fs::read_to_string(desk.file(&id)).unwrap();
    assert!(text.contains("\nasset = \"\"\n") && text.contains("\ntags = [\n]\n"), "{text}");
    assert!(!text.contains("location") && !text.contains("n = 1"), "{text}");
    let before = desk.commits();
    desk.run(&["set", &id, "location=", "environment=", "fields.n="]).ok();
    desk.run(&["set", &id, "location=", "--strict"]).fails(5);
    assert_eq!(desk.commits(), before, "absent and empty are the same");
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_written() {
    let desk = TestDesk::new();
    let (id, other) = (desk.open("x", &[]), desk.open("y", &[]));
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["set", &id, "quue=l1"]).to_string(),
        str![[r#"
stderr: git-desk: a ticket has no field `quue`
stderr:   did you mean `queue`?
stderr:   a field of your own: fields.quue=…
exit: 2

"#]]
    );
    assert_data_eq!(
        desk.run(&["set", &id, "priority=p9"]).to_string(),
        str![[r#"
stderr: git-desk: `priority` is "p9", which is none of its words
stderr:   one of p1, p2, p3, p4, p5
exit: 2

"#]]
    );
    assert_data_eq!(
        desk.run(&["set", &id, "queue=l9"]).to_string(),
        str![[r#"
stderr: git-desk: no queue `l9`; this desk has l1, l2, l3
stderr:   did you mean `l1`?
stderr:   git desk queue add l9
exit: 3

"#]]
    );
    assert_data_eq!(
        desk.run(&["set", &id, "status=closed"]).to_string(),
        str![[r#"
stderr: git-desk: `status` changes by what happens, not by hand
stderr:   git desk resolve|close|reopen|wait|resume 261124-svz5ne2x
exit: 5

"#]]
    );
    let words =
        "quue=l1:2 priority=p9:2 title=:2 due=soonish:2 queue=l9:3 assignee=eve:3 status=closed:5 resolution=fixed:5";
    for (field, code) in words.split(' ').map(|word| word.rsplit_once(':').unwrap()) {
        desk.run(&["set", &id, "asset=HP-4", field]).fails(code.parse().unwrap());
    }
    desk.run(&["set", "--where", "is:open", "asset=HP-4"]).fails(2);
    let all = ["set", "--where", "is:open", "--yes", "asset=HP-4", "--dry-run"];
    assert_eq!(desk.run(&all).ok().lines().count(), 2);
    desk.run(&["set", &id]).fails(2);
    desk.run(&["set", "asset=HP-4"]).fails(2);
    desk.run(&["set", &id, "zzzz", "asset=HP-4"]).fails(3);
    desk.run(&["set", &id, &other, "asset=HP-4", "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
    let error: Value = serde_json::from_str(&desk.run(&["set", &id, "quue=l1", "--json"]).fails(2)).unwrap();
    assert_eq!(error["error"]["code"], "no_field");
    assert_eq!(error["error"]["candidates"], serde_json::json!(["queue"]));
}

#[test]
fn a_wake_belongs_to_a_wait() {
    let desk = TestDesk::new();
    let id = desk.open("not waiting", &[]);
    let said = desk.run(&["set", &id, "wake=2026-12-01"]).fails(5);
    assert!(said.contains("git desk wait"), "{said}");
}
