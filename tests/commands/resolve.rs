//! `resolve`

use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

#[test]
fn a_ticket_is_solved_and_says_how() {
    let desk = TestDesk::new();
    let id = desk.open("x", &["-r", "bob@example.com"]);
    let before = desk.commits();
    let options = ["--resolution", "fixed", "--article", "printers/drum", "--reply", "It prints again."];
    let mut words = vec!["resolve", &id, "-m", "replaced the drum\n"];
    words.extend(options);
    assert_eq!(desk.run(&words).to_string(), format!("{id}\n"));
    assert_eq!(desk.commits(), before + 1);
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "resolved");
    assert_eq!(ticket["resolution"], "fixed");
    assert_eq!(ticket["solution"], "replaced the drum");
    assert_eq!(ticket["articles"], serde_json::json!(["printers/drum"]));
    assert_eq!(ticket["thread"][0]["kind"], "comment");
    assert_eq!(ticket["thread"][0]["body"], "It prints again.");
    assert!(ticket["resolved"].is_string() && ticket["closed"].is_null());
    assert_data_eq!(
        desk.git(&["log", "-1", "--format=%B"]),
        str![[r#"
resolve 261124-svz5ne2x: x

replaced the drum

Desk-Ticket: 261124-svz5ne2x
Desk-Act: resolve


"#]]
    );
    assert_data_eq!(
        desk.git(&["show", "--format=", "--unified=0", "HEAD", "--", &crate::support::ticket_path(&id)]),
        str![[r#"
diff --git a/tickets/2026/11/24/261124-svz5ne2x.toml b/tickets/2026/11/24/261124-svz5ne2x.toml
index 4375e9e..4ab8c97 100644
--- a/tickets/2026/11/24/261124-svz5ne2x.toml
+++ b/tickets/2026/11/24/261124-svz5ne2x.toml
@@ -3 +3 @@ title = "x"
-status = "new"
+status = "resolved"
@@ -5 +5 @@ status = "new"
-resolution = ""
+resolution = "fixed"
@@ -32,0 +33,4 @@ links = [
+articles = [
+  "printers/drum",
+]
+
@@ -38,0 +43,4 @@ opened = 2026-11-24T08:02:00Z
+solution = '''
+replaced the drum
+'''
+

"#]]
    );
    desk.is_sound();
}

#[test]
fn the_words_are_one_flag_of_several_names() {
    let desk = TestDesk::new();
    for flag in ["-m", "--message", "--reason", "--solution"] {
        let id = desk.open("x", &[]);
        desk.run(&["resolve", &id, "--resolution", "fixed", flag, "-9 degrees"]).ok();
        assert_eq!(desk.ticket(&id)["solution"], "-9 degrees", "{flag}");
    }
    let id = desk.open("x", &[]);
    desk.feed("from stdin\n", &["resolve", &id, "--resolution", "fixed", "-F", "-"]).ok();
    assert_eq!(desk.ticket(&id)["solution"], "from stdin");
}

#[test]
fn what_is_blocked_is_not_solved_before_what_blocks_it() {
    let desk = TestDesk::new();
    let (id, blocker) = (desk.open("x", &[]), desk.open("y", &[]));
    desk.run(&["link", &id, "blocked-by", &blocker]).ok();
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["resolve", &id, "--resolution", "fixed"]).to_string(),
        str![[r#"
stderr: git-desk: 261124-svz5ne2x: it is blocked by 261124-f31aj1bw
stderr:   git desk show 261124-f31aj1bw
exit: 5

"#]]
    );
    desk.run(&["resolve", &id, "--resolution", "fixed"]).fails(5);
    assert_eq!(desk.commits(), before);
    desk.run(&["resolve", &blocker, "--resolution", "fixed"]).ok();
    desk.run(&["resolve", &id, "--resolution", "fixed"]).ok();
}
