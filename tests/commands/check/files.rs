//! `check` on files by themselves: what can be executed, what is attached, what only newer readers know.

use std::fs;

use snapbox::{assert_data_eq, str};

use crate::support::{TestDesk, ticket_path};

#[test]
fn what_can_be_executed_is_put_right() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.git(&["update-index", "--chmod=+x", &ticket_path(&id), "desk.toml"]);
    desk.git(&["commit", "-qm", "programs"]);
    desk.git(&["checkout", "-q", "--", "."]);
    desk.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    assert_data_eq!(
        desk.on_terminal("", &["check", "--fix"]).to_string().replace(&id, "ID"),
        str![[r#"
put right: desk.toml
put right: tickets/2026/11/24/ID.toml
2 files put right; look at it: git diff     keep it: git commit -am "put files right"
everything is in order

"#]]
    );
    let changes = desk.git(&["diff", "--summary"]).replace(&id, "ID");
    assert_eq!(
        changes,
        " mode change 100755 => 100644 desk.toml\n mode change 100755 => 100644 tickets/2026/11/24/ID.toml\n"
    );
    let bare = desk.at("bare.git");
    bare.run(&["check", "--fix"]).ok();
    assert_eq!(bare.git(&["diff-tree", "-r", "--summary", "HEAD~1", "HEAD"]).replace(&id, "ID"), changes);
}

#[test]
fn where_git_does_not_look_at_modes_it_is_left_to_git() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.git(&["config", "core.fileMode", "false"]);
    desk.git(&["update-index", "--chmod=+x", &ticket_path(&id)]);
    desk.git(&["commit", "-qm", "a program"]);
    assert_data_eq!(
        desk.on_terminal("", &["check", "--fix"]).to_string().replace(&id, "ID"),
        str![[r#"
git-desk: git does not look here at whether tickets/2026/11/24/ID.toml can be executed (core.fileMode)
tickets/2026/11/24/ID.toml:1:1  DSK605  can be executed (warning)
  fix: git update-index --chmod=-x tickets/2026/11/24/ID.toml

"#]]
    );
}

#[test]
fn a_text_that_is_attached_is_searched_for_secrets_while_it_is_new() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let large = format!("{}{token}\n", "all is well\n".repeat(90_000));
    let files = [
        ("config.txt", format!("host = db1\ntoken: {token}\n")),
        ("core.bin", format!("\0{token}")),
        ("large.txt", large),
    ];
    let mut words = vec!["comment".to_owned(), id.clone(), "see there".to_owned()];
    for (name, text) in files {
        let file = desk.outside().join(name);
        fs::write(&file, text).unwrap();
        words.extend(["--attach".to_owned(), file.display().to_string()]);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    desk.run(&words).ok();
    let said = desk.on_terminal("", &["check", "--base", "HEAD~1"]).to_string();
    let (place, rest) = said.split_once("  DSK505  ").unwrap();
    assert!(
        place.starts_with(&format!("tickets/2026/11/24/{id}/files/")) && place.ends_with("-config.txt:2:8"),
        "{said}"
    );
    assert_data_eq!(
        rest,
        str![[r#"
this looks like a secret (github) (warning)
  fix: take it out, and have it changed where it is used: what was committed stays in history

"#]]
    );
    assert_eq!(desk.run(&["check"]).ok(), "", "what was there before is let be");
    desk.git(&["reset", "-q", "--soft", "HEAD~1"]);
    assert_eq!(desk.on_terminal("", &["check", "--staged"]).to_string(), said);
}

#[test]
fn forms_of_toml_that_only_newer_readers_know_are_told() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.change(&desk.file(&id), "\"Printer\"", "\"Prin\\x74er\"");
    let policy = desk.path().join("desk.toml");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, format!("{text}\n[views]\nmine = \"assignee:\\x6de\"\n")).unwrap();
    assert_eq!(desk.ticket(&id)["title"], "Printer");
    assert_data_eq!(
        desk.on_terminal("", &["check"]).to_string().replace(&id, "ID"),
        str![[r#"
desk.toml:172:18  DSK702  `/e` and `/x` in a text are TOML 1.1, which many programs cannot read (warning)
  fix: write the character as /u and four digits
tickets/2026/11/24/ID.toml:1:14  DSK701  the file is not in canonical form from here on (warning)
  fix: git desk fmt tickets/2026/11/24/ID.toml
tickets/2026/11/24/ID.toml:1:14  DSK702  `/e` and `/x` in a text are TOML 1.1, which many programs cannot read (warning)
  fix: write the character as /u and four digits

"#]]
    );
    desk.git(&["commit", "-qam", "newer"]);
    desk.run(&["check", "--fix"]).ok();
    assert!(fs::read_to_string(desk.file(&id)).unwrap().starts_with("title = \"Printer\"\n"));
}
