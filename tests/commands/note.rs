//! `note`

use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

#[test]
fn a_note_is_for_agents_and_answers_nobody() {
    let desk = TestDesk::new();
    let id = desk.open("x", &["-r", "bob@example.com"]);
    assert_data_eq!(
        desk.on_terminal("", &["note", &id, "rekey at 3600 s"]).to_string(),
        str![[r#"
261124-svz5ne2x
svz5: agents only will read it

"#]]
    );
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["thread"][0]["kind"], "note");
    assert_eq!(ticket["thread"][0]["by"], "ana");
    assert!(ticket["responded"].is_null() && ticket["acknowledged"].is_string(), "{ticket}");
    desk.is_sound();
}

#[test]
fn an_empty_note_is_refused() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    let before = desk.commits();
    let refused = desk.run(&["note", &id]);
    assert_data_eq!(
        refused.to_string(),
        str![[r#"
stderr: git-desk: there is nothing to say: the text is empty
stderr:   git desk note 261124-svz5ne2x "what you did"
exit: 2

"#]]
    );
    assert!(refused.fails(2).contains("git desk note"), "the hint names the command that was typed");
    desk.run(&["note", &id, "x", "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
}
