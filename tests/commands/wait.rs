//! `wait`

use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

#[test]
fn it_waits_for_somebody_until_a_time() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    let before = desk.commits();
    desk.run(&["wait", &id, "--on", "vendor", "--until", "2026-11-27T09:00:00Z", "-m", "part is ordered"]).ok();
    assert_eq!(desk.commits(), before + 1);
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "waiting");
    assert_eq!(ticket["waiting_on"], "vendor");
    assert_eq!(ticket["wake"], "2026-11-27T09:00:00Z");
    assert_eq!(ticket["thread"][0]["act"], "wait");
    assert_eq!(ticket["thread"][0]["body"], "part is ordered");
    assert_data_eq!(
        desk.git(&["show", "--format=", "--unified=0", "HEAD", "--", &crate::support::ticket_path(&id)]),
        str![[r#"
diff --git a/tickets/2026/11/24/261124-svz5ne2x.toml b/tickets/2026/11/24/261124-svz5ne2x.toml
index 0aeed4a..2ab89a9 100644
--- a/tickets/2026/11/24/261124-svz5ne2x.toml
+++ b/tickets/2026/11/24/261124-svz5ne2x.toml
@@ -3 +3 @@ title = "x"
-status = "new"
+status = "waiting"
@@ -7 +7,3 @@ resolution = ""
-waiting_on = ""
+waiting_on = "vendor"
+
+wake = 2026-11-27T09:00:00Z

"#]]
    );
    desk.run(&["wait", &id, "--on", "vendor", "--until", "2026-11-27T09:00:00Z", "--strict"]).fails(5);
    assert_eq!(desk.commits(), before + 1);
    desk.is_sound();
}

#[test]
fn whose_turn_it_is_must_be_said() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["wait", &id]).to_string(),
        str![[r#"
stderr: git-desk: whose turn is it? `--on` is missing
stderr:   git desk wait 261124-svz5ne2x --on requester
stderr:   requester, vendor, change, problem, approval, schedule
exit: 2

"#]]
    );
    assert_data_eq!(
        desk.run(&["wait", &id, "--on", "vendors"]).to_string(),
        str![[r#"
stderr: git-desk: invalid value 'vendors' for '--on <WHOM>': [possible values: requester, vendor, change, problem, approval, schedule]
stderr:   a similar value exists: 'vendor'
stderr:   git desk help wait
exit: 2

"#]]
    );
    assert_data_eq!(
        desk.run(&["wait", &id, "--on", "vendor", "--until", "2026-11-20"]).to_string(),
        str![[r#"
stderr: git-desk: 261124-svz5ne2x: the time to wake up has passed
exit: 2

"#]]
    );
    desk.run(&["wait", &id, "--on", "vendors"]).fails(2);
    desk.run(&["wait", &id, "--on", "vendor", "--until", "2026-11-20"]).fails(2);
    desk.run(&["wait", &id, "--on", "vendor", "--until", "some day"]).fails(2);
    desk.run(&["wait", &id, "--on", "vendor", "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
}
