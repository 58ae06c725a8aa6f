//! `edit`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

/// A desk whose editor is a shell script: `$1` is the file that it edits, `$DESK` is git-desk.
fn desk(script: &str) -> (TestDesk, String) {
    let desk = TestDesk::new().with("GIT_DESK_EDITOR", "sh ../editor.sh").with("DESK", env!("CARGO_BIN_EXE_git-desk"));
    let id = desk.open("Printer HP-4 prints blank pages", &[]);
    std::fs::write(desk.outside().join("editor.sh"), script.replace("ID", &id)).unwrap();
    (desk, id)
}

/// The text that was kept, by the path that a message names; the path becomes `[KEPT]`.
#[track_caller]
fn kept(said: &str) -> (String, String) {
    let (_, rest) = said.split_once("your text is in ").unwrap_or_else(|| panic!("no path in {said}"));
    let path = rest.lines().next().unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    std::fs::remove_file(path).unwrap();
    (text, said.replace(path, "[KEPT]"))
}

#[test]
fn what_was_edited_is_saved_as_it_was_written() {
    let (desk, id) = desk("sed -i 's/^asset = .*/asset   = \"hp-4\"  # third floor/' \"$1\"");
    let before = desk.commits();
    assert_eq!(desk.run(&["edit", &id]).ok(), format!("{id}\n"));
    assert!(std::fs::read_to_string(desk.file(&id)).unwrap().contains("\nasset   = \"hp-4\"  # third floor\n"));
    assert_eq!((&desk.ticket(&id)["asset"], desk.commits()), (&"hp-4".into(), before + 1));
    desk.is_sound();
    assert_data_eq!(
        desk.git(&["log", "-1", "--format=%s%n%n%b"]),
        str![[r#"
edit 261124-svz5ne2x: Printer HP-4 prints blank pages

Desk-Ticket: 261124-svz5ne2x
Desk-Act: edit


"#]]
    );
}

#[test]
fn an_edit_that_changes_nothing_makes_no_commit() {
    let (desk, id) = desk("true");
    let before = desk.commits();
    assert_data_eq!(desk.run(&["edit", &id]).to_string(), str![]);
    assert_eq!(desk.commits(), before);
}

#[test]
fn another_field_that_changed_meanwhile_is_kept() {
    let (desk, id) = desk("sed -i 's/^asset = .*/asset = \"hp-4\"/' \"$1\"; \"$DESK\" tag ID --add red");
    let before = desk.commits();
    let run = desk.run(&["edit", &id]);
    assert_eq!(run.code, 0, "{run}");
    let ticket = desk.ticket(&id);
    assert_eq!((&ticket["asset"], &ticket["tags"]), (&"hp-4".into(), &serde_json::json!(["red"])));
    assert_eq!(desk.commits(), before + 2);
    desk.is_sound();
}

#[test]
fn the_same_field_changed_meanwhile_is_refused_and_the_text_kept() {
    let (desk, id) = desk("sed -i 's/^asset = .*/asset = \"mine\"/' \"$1\"; \"$DESK\" set ID asset=theirs >&2");
    let said = desk.run(&["edit", &id]).fails(5);
    let (text, said) = kept(&said);
    assert!(text.contains("asset = \"mine\""), "{text}");
    assert_eq!(desk.ticket(&id)["asset"], "theirs");
    desk.is_sound();
    assert_data_eq!(
        said,
        str![[r#"
261124-svz5ne2x
git-desk: `asset` of 261124-svz5ne2x was changed by somebody else meanwhile
  see theirs: git desk show 261124-svz5ne2x
  your text is in [KEPT]

"#]]
    );
}

#[test]
fn a_mistake_off_a_terminal_names_line_and_keeps_the_text() {
    let (desk, id) = desk("sed -i 's/^asset = .*/asset = \"hp-4/' \"$1\"");
    let before = desk.commits();
    let said = desk.run(&["edit", &id]).fails(6);
    let (text, said) = kept(&said);
    assert!(text.contains("asset = \"hp-4\n"), "{text}");
    assert!(said.contains("line 21"), "{said}");
    assert_eq!(desk.commits(), before);
    assert_data_eq!(
        said,
        str![[r#"
git-desk: line 21: this is no TOML: invalid basic string, expected `"`
  your text is in [KEPT]

"#]]
    );
}

#[test]
fn a_rule_that_refuses_keeps_the_text() {
    let (desk, id) = desk("sed -i 's/^status = .*/status = \"closed\"/' \"$1\"");
    let before = desk.commits();
    let run = desk.run(&["edit", &id]);
    assert!([5, 6].contains(&run.code), "the file is not as the rules want it: {run}");
    assert!(kept(&run.stderr).0.contains("status = \"closed\""));
    assert_eq!(desk.commits(), before);
}

#[test]
fn on_a_terminal_a_mistake_brings_the_editor_back() {
    let script = "if [ -e ../seen ]; then sed -i 's/^asset = .*/asset = \"hp-4\"/' \"$1\"\n\
        else touch ../seen; sed -i 's/^asset = .*/asset = \"hp-4/' \"$1\"; fi";
    let (desk, id) = desk(script);
    let screen = desk.on_terminal("y\n", &["edit", &id]);
    assert_eq!(screen.code, 0, "{screen}");
    assert_eq!(desk.ticket(&id)["asset"], "hp-4");
    assert_data_eq!(
        screen.to_string(),
        str![[r#"
y
git-desk: line 21: this is no TOML: invalid basic string, expected `"`
edit again? [y/N] 261124-svz5ne2x
saved 261124-svz5ne2x

"#]]
    );
}

#[test]
fn an_editor_that_fails_or_an_unknown_ticket_changes_nothing() {
    let (desk, id) = desk("echo half >> \"$1\"; exit 3");
    let before = desk.commits();
    let said = desk.run(&["edit", &id]).fails(10);
    let (text, said) = kept(&said);
    assert!(text.ends_with("half\n"), "{text}");
    assert_data_eq!(
        said,
        str![[r#"
git-desk: the editor `sh ../editor.sh` failed
  your text is in [KEPT]
  another editor: GIT_DESK_EDITOR=nano git desk …

"#]]
    );
    assert_data_eq!(
        desk.run(&["edit", "zzzz"]).fails(3),
        str![[r#"
git-desk: no ticket zzzz
  what is open: git desk list     by words: git desk search WORDS

"#]]
    );
    assert_eq!(desk.commits(), before);
}
