//! `comment`

use std::fs;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

/// A desk with a ticket of Bob's.
fn of_bob() -> (TestDesk, String) {
    let desk = TestDesk::new();
    let id = desk.open("x", &["-r", "bob@example.com"]);
    (desk, id)
}

fn bob(desk: &TestDesk) -> TestDesk {
    desk.at("desk").by("Bob <bob@example.com>")
}

#[test]
fn a_comment_never_touches_the_ticket_file() {
    let (desk, id) = of_bob();
    let file = fs::read_to_string(desk.file(&id)).unwrap();
    let before = desk.commits();
    assert_eq!(desk.run(&["comment", &id, "We see it too.  \n\n"]).to_string(), format!("{id}\n"));
    assert_eq!(desk.commits(), before + 1);
    assert_eq!(fs::read_to_string(desk.file(&id)).unwrap(), file);
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "new", "words alone make nothing active");
    assert!(ticket["responded"].is_string(), "an agent answered");
    let entry = desk.git(&["show", "--format=", "HEAD"]);
    assert_data_eq!(
        entry,
        str![[r#"
diff --git a/tickets/2026/11/24/261124-svz5ne2x/20261124T080400Z-ge2gec.toml b/tickets/2026/11/24/261124-svz5ne2x/20261124T080400Z-ge2gec.toml
new file mode 100644
index 0000000..fdae40c
--- /dev/null
+++ b/tickets/2026/11/24/261124-svz5ne2x/20261124T080400Z-ge2gec.toml
@@ -0,0 +1,9 @@
+kind = "comment"
+
+by = "ana"
+
+at = 2026-11-24T08:04:00Z
+
+body = '''
+We see it too.
+'''

"#]]
    );
    desk.run(&["note", &id, "to us", "--op-id", "mail-7"]).ok();
    desk.run(&["note", &id, "to us", "--op-id", "mail-7"]).ok();
    assert_eq!(desk.commits(), before + 2, "said twice under one name it is said once");
    desk.is_sound();
}

#[test]
fn the_text_comes_in_one_way() {
    let (desk, id) = of_bob();
    desk.run(&["reply", &id, "-m", "by flag"]).ok();
    desk.feed("by stdin\n", &["comment", &id, "-F", "-"]).ok();
    desk.feed("by dash\n", &["comment", &id, "-"]).ok();
    let path = desk.outside().join("text");
    fs::write(&path, "by file\n").unwrap();
    desk.run(&["comment", &id, "-F", path.to_str().unwrap()]).ok();
    let thread = desk.ticket(&id)["thread"].clone();
    let bodies: Vec<&str> = thread.as_array().unwrap().iter().map(|entry| entry["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["by flag", "by stdin", "by dash", "by file"]);

    let before = desk.commits();
    assert_data_eq!(
        desk.feed("unread", &["comment", &id]).to_string(),
        str![[r#"
stderr: git-desk: there is nothing to say: the text is empty
stderr:   git desk comment 261124-svz5ne2x "what you did"
exit: 2

"#]]
    );
    desk.run(&["comment", &id, " \n"]).fails(2);
    desk.run(&["comment", &id, "twice", "-m", "twice"]).fails(2);
    desk.run(&["comment", "zzzz", "x"]).fails(3);
    desk.run(&["comment", &id, "x", "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
}

#[test]
fn a_file_comes_with_the_words_or_alone() {
    let (desk, id) = of_bob();
    let path = desk.outside().join("fw-log.txt");
    fs::write(&path, b"a\r\nb").unwrap();
    let path = path.to_str().unwrap();
    desk.run(&["comment", &id, "the log", "--attach", path]).ok();
    desk.run(&["comment", &id, "--attach", path]).ok();
    let ticket = desk.ticket(&id);
    let names: Vec<&str> =
        ticket["attachments"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["fw-log.txt", "fw-log.txt"], "as they were called; the path has the stored name");
    let kept = ticket["attachments"][0]["path"].as_str().unwrap();
    assert_eq!(fs::read(desk.path().join(kept)).unwrap(), b"a\r\nb");
    let before = desk.commits();
    desk.run(&["comment", &id, "x", "--attach", "nowhere.txt"]).fails(3);
    assert_eq!(desk.commits(), before);
    desk.is_sound();
}

#[test]
fn when_its_requester_answers_the_ticket_goes_on() {
    let (desk, id) = of_bob();
    desk.run(&["wait", &id, "--on", "requester"]).ok();
    let before = desk.commits();
    bob(&desk).run(&["comment", &id, "It is switched on."]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "active");
    assert_eq!(ticket["waiting_on"], Value::Null);
    assert_eq!(ticket["thread"][0]["by"], "bob@example.com");

    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "drum"]).ok();
    let again = bob(&desk).run(&["comment", &id, "Still blank."]);
    assert_data_eq!(
        again.to_string(),
        str![[r#"
261124-svz5ne2x

"#]]
    );
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "active");
    assert_eq!(ticket["resolution"], Value::Null);

    desk.run(&["close", &id, "--resolution", "fixed"]).ok();
    bob(&desk).run(&["comment", &id, "No."]).ok();
    assert_eq!(desk.ticket(&id)["status"], "active");
    assert_eq!(desk.commits(), before + 5, "the answer and the change are one commit");
}

#[test]
fn an_answer_changes_nothing_where_it_is_not_ours_to_change() {
    let (desk, id) = of_bob();
    desk.run(&["wait", &id, "--on", "vendor"]).ok();
    bob(&desk).run(&["comment", &id, "Any news?"]).ok();
    desk.at("desk").by("Eve <eve@example.com>").run(&["comment", &id, "Me too."]).ok();
    assert_eq!(desk.ticket(&id)["status"], "waiting");

    let first = desk.open("y", &[]);
    desk.run(&["close", &id, "--duplicate-of", &first]).ok();
    bob(&desk).run(&["comment", &id, "Which one?"]).ok();
    assert_eq!(desk.ticket(&id)["status"], "closed");

    let late = desk.open("z", &["-r", "bob@example.com"]);
    desk.run(&["close", &late, "--resolution", "fixed"]).ok();
    desk.later(15 * 86_400);
    assert_data_eq!(
        bob(&desk).run(&["comment", &late, "Again."]).to_string(),
        str![[r#"
261124-hezx7bwg
stderr: git-desk: 261124-hezx7bwg was closed too long ago to be reopened; open a new one: git desk open "…" --link "follows 261124-hezx7bwg"

"#]]
    );
    let ticket = desk.ticket(&late);
    assert_eq!(ticket["status"], "closed");
    assert_eq!(ticket["thread"][0]["body"], "Again.");
}
