//! `kb edit`, and `kb new --edit`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

/// A desk with an article, whose editor is a shell script: `$1` is the file that it edits, `$DESK` is git-desk.
fn desk(script: &str) -> TestDesk {
    let desk = TestDesk::new().with("GIT_DESK_EDITOR", "sh ../editor.sh").with("DESK", env!("CARGO_BIN_EXE_git-desk"));
    desk.run(&["kb", "new", "a/b", "--title", "T", "-m", "1. do it"]).ok();
    std::fs::write(desk.outside().join("editor.sh"), script).unwrap();
    desk
}

fn file(desk: &TestDesk) -> String {
    std::fs::read_to_string(desk.path().join("kb/a/b.toml")).unwrap()
}

#[test]
fn what_was_edited_is_saved_as_it_was_written() {
    let desk = desk("sed -i 's/^title = .*/title   = \"Other\"  # why/' \"$1\"");
    let before = desk.commits();
    assert_eq!(desk.run(&["kb", "edit", "a/b"]).ok(), "a/b\n");
    assert!(file(&desk).starts_with("title   = \"Other\"  # why\n"), "{}", file(&desk));
    assert_eq!(desk.commits(), before + 1);
    desk.is_sound();
}

#[test]
fn another_field_that_changed_meanwhile_is_kept_and_the_same_one_is_refused() {
    let desk = desk("sed -i 's/^title = .*/title = \"Mine\"/' \"$1\"; \"$DESK\" kb edit a/b --language nl >/dev/null");
    desk.run(&["kb", "edit", "a/b"]).ok();
    assert!(file(&desk).contains("title = \"Mine\"") && file(&desk).contains("language = \"nl\""), "{}", file(&desk));
    std::fs::write(
        desk.outside().join("editor.sh"),
        "sed -i 's/^title = .*/title = \"Mine again\"/' \"$1\"; \"$DESK\" kb edit a/b --title Theirs >/dev/null",
    )
    .unwrap();
    let said = desk.run(&["kb", "edit", "a/b"]).fails(5);
    let (head, path) = said.rsplit_once("your text is in ").unwrap();
    assert!(std::fs::read_to_string(path.trim()).unwrap().contains("Mine again"));
    std::fs::remove_file(path.trim()).unwrap();
    assert_data_eq!(
        head,
        str![[r#"
git-desk: `title` of a/b was changed by somebody else meanwhile
  see theirs: git desk kb show a/b
  
"#]]
    );
    assert!(file(&desk).contains("title = \"Theirs\""));
}

#[test]
fn a_mistake_brings_the_editor_back() {
    let script = "if grep -q odd \"$1\"; then sed -i 's/odd/validated/' \"$1\"; else sed -i 's/draft/odd/' \"$1\"; fi";
    let desk = desk(script);
    let run = desk.converse(&["kb", "edit", "a/b"], &[("edit again?", "y\n")]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "a/b\n"), "{run}");
    assert!(file(&desk).contains("state = \"validated\""));
    assert_data_eq!(
        run.stderr,
        str![[r#"
git-desk: `state` is "odd", which is none of its words
git-desk: one of draft, validated, retired
edit again? [y/N] y
a/b is saved

"#]]
    );
}

#[test]
fn nothing_changed_is_nothing_written() {
    let desk = desk("true");
    let before = desk.commits();
    desk.run(&["kb", "edit", "a/b"]).ok();
    assert_data_eq!(
        desk.run(&["kb", "edit", "a/b", "--strict"]).fails(5),
        str![[r#"
git-desk: `kb edit` would change nothing in kb/a/b.toml

"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "new", "a/c", "--edit"]).fails(10),
        str![[r#"
git-desk: nothing was changed, so nothing was written

"#]]
    );
    assert_eq!(desk.commits(), before);
}

#[test]
fn a_new_one_can_be_written_in_the_editor() {
    let desk = desk("sed -i 's/^title = .*/title = \"Reset\"/; s/^1\\. */1. open it/' \"$1\"");
    assert_eq!(desk.run(&["kb", "new", "--topic", "vpn", "--edit"]).ok(), "vpn/reset\n");
    assert_eq!(desk.run(&["kb", "show", "vpn/reset"]).ok(), "## Steps\n\n1. open it\n");
}

#[test]
fn fields_are_set_without_an_editor_and_nothing_else_moves() {
    let desk = desk("exit 9");
    let path = desk.path().join("kb/a/b.toml");
    desk.change(&path, "owner = ", "# ours\nowner = ");
    desk.git(&["commit", "-qam", "by hand"]);
    desk.run(&["kb", "edit", "a/b", "--audience", "public", "--symptom", "b", "--symptom", "a"]).ok();
    desk.run(&["kb", "edit", "a/b", "--review-by", "2027-05-01", "--state", "validated"]).ok();
    assert_data_eq!(
        desk.git(&["diff", "-U0", "HEAD~2", "--", "kb"]),
        str![[r#"
diff --git a/kb/a/b.toml b/kb/a/b.toml
index 416ec76..6e307c1 100644
--- a/kb/a/b.toml
+++ b/kb/a/b.toml
@@ -3 +3 @@ title = "T"
-state = "draft"
+state = "validated"
@@ -5 +5 @@ state = "draft"
-audience = "internal"
+audience = "public"
@@ -9,0 +10,2 @@ symptoms = [
+  "a",
+  "b",
@@ -31 +33 @@ tested_by = ""
-review_by = ""
+review_by = 2027-05-01

"#]]
    );
    desk.is_sound();
}

#[test]
fn what_cannot_be_read_stays_as_it_stands_until_somebody_sets_it() {
    let desk = desk("exit 9");
    let path = desk.path().join("kb/a/b.toml");
    let odd = "title = \"T\"\nstate = \"Validated\"\nsymptoms = \"cannot print\"\ntested = \"24-11-2026\"\nbody = 3\n";
    std::fs::write(&path, odd).unwrap();
    desk.git(&["commit", "-qam", "by hand"]);
    assert_data_eq!(
        desk.run(&["kb", "edit", "a/b", "--owner", "ana"]).to_string(),
        str![[r#"
a/b
stderr: git-desk: kb/a/b.toml: `state` cannot be read; it stays as it stands
stderr: git-desk: kb/a/b.toml: `symptoms` cannot be read; it stays as it stands
stderr: git-desk: kb/a/b.toml: `body` cannot be read; it stays as it stands
stderr: git-desk: kb/a/b.toml: `tested` cannot be read; it stays as it stands

"#]]
    );
    assert_data_eq!(
        file(&desk),
        str![[r#"
title = "T"
state = "Validated"
symptoms = "cannot print"

owner = "ana"
tested = "24-11-2026"
body = 3

"#]]
    );
    desk.run(&["kb", "edit", "a/b", "--state", "validated", "--symptom", "no print"]).ok();
    assert_data_eq!(
        file(&desk),
        str![[r#"
title = "T"
state = "validated"
symptoms = [
  "no print",
]

owner = "ana"
tested = "24-11-2026"
body = 3

"#]]
    );
}

#[test]
fn without_an_editor_it_says_how_else() {
    let desk = TestDesk::new();
    desk.run(&["kb", "new", "a/b", "--title", "T"]).ok();
    assert_data_eq!(
        desk.run(&["kb", "edit", "a/b"]).fails(2),
        str![[r#"
git-desk: no editor is named, and nobody is there to be asked
  GIT_DESK_EDITOR=… git desk kb edit a/b     without one: git desk kb edit a/b -F steps.md

"#]]
    );
}

#[test]
fn what_nobody_sees_is_no_part_of_a_line() {
    let desk = desk("exit 9");
    desk.run(&["kb", "edit", "a/b", "--tag", "a, c", "--title", " T ", "--review-by", "2027-05-01"]).ok();
    assert!(file(&desk).contains("title = \"T\"\n") && file(&desk).contains("  \"c\",\n"), "{}", file(&desk));
    desk.run(&["kb", "edit", "a/b", "--review-by", "none"]).ok();
    assert!(file(&desk).contains("review_by = \"\"\n"), "{}", file(&desk));
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["kb", "edit", "a/b", "--title", "a\u{202e}b"]).fails(2),
        str![[r#"
git-desk: `title` has a character that cannot be seen: U+202E

"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "edit", "a/b", "--symptom", "a\u{7}b"]).fails(2),
        str![[r#"
git-desk: `symptoms` has a character that cannot be seen: U+0007

"#]]
    );
    std::fs::write(desk.outside().join("latin.md"), b"caf\xe9").unwrap();
    assert_data_eq!(
        desk.run(&["kb", "edit", "a/b", "-F", "../latin.md"]).fails(2),
        str![[r#"
git-desk: ../latin.md is no UTF-8: byte 4
  iconv -f LATIN1 -t UTF-8 FILE

"#]]
    );
    assert_eq!(desk.commits(), before);
}

#[test]
fn a_list_is_as_long_as_asked_for_and_names_its_fields_once() {
    let desk = desk("exit 9");
    desk.run(&["kb", "new", "a/c", "--title", "T"]).ok();
    assert_eq!(desk.run(&["kb", "list", "-n", "1", "-o", "ids"]).ok(), "a/b\n");
    assert_data_eq!(
        desk.run(&["kb", "list", "--fields", "nope", "-o", "tsv"]).fails(2),
        str![[r#"
git-desk: an article in a list has no `nope`
  there are schema, name, title, state, audience, language, symptoms, cause, services, categories, tags, owner, tested, tested_by, review_by, body, path, commit

"#]]
    );
    let line = "{\"op\": \"kb new\", \"name\": \"a/d\", \"title\": \"T\"}\n";
    assert_data_eq!(
        desk.feed(line, &["batch", "-"]).to_string(),
        str![[r#"
{"changed":false,"error":{"code":"usage","exit":2,"message":"line 1: `kb new` is no act on tickets"},"id":"a/d","op":"kb new","title":null}
stderr: git-desk: line 1: `kb new` is no act on tickets
exit: 2

"#]]
    );
}
