//! `close`

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

fn with<'a>(words: &[&'a str], more: &'a str) -> Vec<&'a str> {
    [words, &[more]].concat()
}

#[test]
fn how_it_ended_is_missing() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["close", &id]).to_string(),
        str![[r#"
stderr: git-desk: how did 261124-svz5ne2x end? `--resolution` is missing
stderr:   git desk close 261124-svz5ne2x --resolution fixed -m "what solved it"
stderr:   fixed, workaround, answered, known-error, duplicate, wontfix, rejected, cancelled, no-fault
exit: 2

"#]]
    );
    let error: Value = serde_json::from_str(&desk.run(&["close", &id, "--json"]).fails(2)).unwrap();
    assert_eq!(error["error"]["code"], "missing_resolution");
    assert_eq!(error["error"]["candidates"][0], "fixed");
    assert!(error["error"]["try"][0].is_array(), "a program can act without parsing English: {error}");
    let by_variable = desk.command(&["close", &id]).env("GIT_DESK_ERRORS", "json").output().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&by_variable.stderr).unwrap(), error);
    desk.run(&["close"]).fails(2);
    assert_eq!(desk.commits(), before);
}

#[test]
fn a_closed_ticket_stays_closed() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    desk.run(&["close", &id, "--resolution", "fixed", "-m", "drum"]).ok();
    let before = desk.commits();
    desk.run(&["close", &id, "--resolution", "fixed"]).ok();
    desk.run(&["close", &id, "--resolution", "fixed", "--strict"]).fails(5);
    assert_data_eq!(
        desk.run(&["close", &id, "--resolution", "wontfix"]).to_string(),
        str![[r#"
stderr: git-desk: 261124-svz5ne2x: the ticket is closed already, as fixed
stderr:   git desk reopen 261124-svz5ne2x -m "why"     and then close it as it should be
exit: 5

"#]]
    );
    for mut words in [vec!["assign", "--to", "me"], vec!["wait", "--on", "vendor"], vec!["resume"], vec!["take"]] {
        words.push(&id);
        let error = desk.run(&words).fails(5);
        assert!(error.contains(&format!("git desk reopen {id}")), "{error}");
    }
    assert_eq!(desk.commits(), before);
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "closed");
    assert_eq!(ticket["resolution"], "fixed");
}

#[test]
fn a_duplicate_names_what_it_repeats_and_makes_no_circle() {
    let desk = TestDesk::new();
    let (id, first) = (desk.open("x", &[]), desk.open("y", &[]));
    let before = desk.commits();
    desk.run(&["close", &id, "--resolution", "duplicate"]).fails(2);
    desk.run(&["close", &id, "--duplicate-of", &id]).fails(5);
    desk.run(&["close", &id, "--duplicate-of", "zzzz"]).fails(3);
    assert_eq!(desk.commits(), before);
    desk.run(&["close", &id, "--duplicate-of", &first]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["resolution"], "duplicate");
    assert_eq!(ticket["links"][0]["id"], *first);
    assert_data_eq!(
        desk.run(&["close", &first, "--duplicate-of", &id]).to_string(),
        str![[r#"
stderr: git-desk: 261124-f31aj1bw: duplicates would run in a circle: 261124-f31aj1bw → 261124-svz5ne2x → 261124-f31aj1bw
exit: 5

"#]]
    );
    desk.run(&["close", &first, "--duplicate-of", &id]).fails(5);
}

#[test]
fn all_that_a_query_finds_needs_a_yes() {
    let desk = TestDesk::new();
    let ids: Vec<String> = (0..3).map(|at| desk.open(&format!("t{at}"), &["--tag", "storm"])).collect();
    let spared = desk.open("other", &[]);
    let before = desk.commits();
    let words = ["close", "--where", "tag:storm", "--resolution", "no-fault"];
    assert_data_eq!(
        desk.run(&words).to_string(),
        str![[r#"
stderr: git-desk: `--where` would close 3 tickets; `--yes` is missing
stderr:   look first: git desk list 'tag:storm'
exit: 2

"#]]
    );
    desk.run(&words).fails(2);
    desk.run(&with(&words, &ids[0])).fails(2);
    assert_eq!(desk.run(&with(&words, "--dry-run")).ok().lines().count(), 3);
    let no = desk.on_terminal("n\n", &words);
    assert_eq!(no.code, 10, "{no}");
    assert_eq!(desk.commits(), before);
    assert_eq!(desk.run(&with(&words, "--yes")).ok(), ids.join("\n") + "\n");
    assert_eq!(desk.commits(), before + 1);
    assert_eq!(desk.run(&["list", "-o", "ids"]).ok().trim_end(), spared);
    assert_eq!(desk.run(&["close", "--where", "tag:none-such", "--resolution", "fixed", "--yes"]).to_string(), "");
    let strict = ["close", "--where", "tag:none-such", "--resolution", "fixed", "--yes", "--strict"];
    assert_data_eq!(
        desk.run(&strict).to_string(),
        str![[r#"
stderr: git-desk: `close` would change nothing:  is so already
exit: 5

"#]]
    );
    desk.run(&strict).fails(5);
}

#[test]
fn what_would_be_lost_or_contradicts_itself_is_refused() {
    let desk = TestDesk::new();
    let (id, other) = (desk.open("ends", &[]), desk.open("another", &[]));
    let said = desk.run(&["close", &id, "--resolution", "fixed", "--duplicate-of", &other]).fails(2);
    assert!(said.contains("duplicate"), "{said}");
    desk.run(&["close", &id, "--resolution", "fixed"]).ok();
    let said = desk.run(&["close", &id, "--resolution", "fixed", "--reply", "bye"]).fails(5);
    assert!(said.contains("git desk reply"), "{said}");
}
