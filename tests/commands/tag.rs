//! `tag`

use snapbox::{assert_data_eq, str};

use crate::support::{TestDesk, ticket_path};

#[test]
fn tags_are_sorted_and_each_is_there_once() {
    let desk = TestDesk::new();
    let id = desk.open("x", &["--tag", "new,printer"]);
    let before = desk.commits();
    desk.run(&["tag", &id, "--add", "urgent, printer", "--add", "acme", "--remove", "new,none-such"]).ok();
    assert_eq!(desk.commits(), before + 1);
    assert_eq!(desk.ticket(&id)["tags"], serde_json::json!(["acme", "printer", "urgent"]));
    assert_data_eq!(
        desk.git(&["show", "--format=", "--unified=0", "HEAD", "--", &ticket_path(&id)]),
        str![[r#"
diff --git a/tickets/2026/11/24/261124-svz5ne2x.toml b/tickets/2026/11/24/261124-svz5ne2x.toml
index 7cc78d4..71a5eff 100644
--- a/tickets/2026/11/24/261124-svz5ne2x.toml
+++ b/tickets/2026/11/24/261124-svz5ne2x.toml
@@ -28 +28 @@ tags = [
-  "new",
+  "acme",
@@ -29,0 +30 @@ tags = [
+  "urgent",

"#]]
    );
    desk.run(&["tag", &id, "--add", "acme"]).ok();
    desk.run(&["tag", &id, "--add", "acme", "--strict"]).fails(5);
    assert_eq!(desk.commits(), before + 1);
    desk.is_sound();
}

#[test]
fn which_tags_must_be_said() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["tag", &id]).to_string(),
        str![[r#"
stderr: git-desk: which tags? `--add` or `--remove` is missing
stderr:   git desk tag k7m3 --add printer
exit: 2

"#]]
    );
    desk.run(&["tag", &id, "zzzz", "--add", "a"]).fails(3);
    desk.run(&["tag", &id, "--add", ","]).fails(2);
    desk.run(&["tag", "--add", "a"]).fails(2);
    desk.run(&["tag", &id, "--add", "a", "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
}
