//! `completions`

use crate::support::{Ran, TestDesk};
use snapbox::{assert_data_eq, str};

/// What the stub of a shell is answered when the last of `words` is being typed.
fn offered(desk: &TestDesk, shell: &str, words: &[&str]) -> Ran {
    let mut all = vec!["--", "git-desk"];
    all.extend(words);
    let mut command = desk.command(&all);
    command.env("COMPLETE", shell).env("_CLAP_IFS", "\n").env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    command.env("_CLAP_COMPLETE_COMP_TYPE", "9").env("_CLAP_COMPLETE_SPACE", "true");
    Ran::of(command.output().unwrap(), desk.outside())
}

fn names(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('-')).collect()
}

#[test]
fn every_shell_has_a_stub_that_asks_the_program() {
    let desk = TestDesk::nowhere();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let stub = desk.run(&["completions", shell]).ok();
        assert!(stub.contains("COMPLETE") && stub.contains("git-desk"), "{shell}: {stub}");
    }
    assert!(desk.run(&["completions", "bash"]).ok().contains("_git_desk()"), "for `git desk` too");
    assert!(desk.run(&["completions", "zsh"]).ok().starts_with("#compdef git-desk"));
    assert_data_eq!(
        desk.run(&["completions", "tcsh"]).fails(2),
        str![[r#"
git-desk: invalid value 'tcsh' for '<SHELL>': [possible values: bash, elvish, fish, powershell, zsh]
  a similar value exists: 'zsh'
  git desk help completions

"#]]
    );
}

#[test]
fn open_tickets_are_offered_by_handle_with_their_titles() {
    let desk = TestDesk::new();
    let (one, two) = (desk.open("Printer", &[]), desk.open("VPN", &[]));
    let closed = desk.open("closed", &[]);
    desk.run(&["close", &closed, "--resolution", "fixed", "-m", "x"]).ok();
    let handle = |id: &str| desk.ticket(id)["handle"].as_str().unwrap().to_owned();
    let bash = offered(&desk, "bash", &["show", ""]).ok();
    assert_eq!(names(&bash), [handle(&one), handle(&two)]);
    let begun = offered(&desk, "bash", &["show", &handle(&two)[..2]]).ok();
    assert_eq!(names(&begun), [handle(&two)]);
    let zsh = offered(&desk, "zsh", &["close", ""]).ok();
    assert!(zsh.contains(&format!("{}:Printer", handle(&one))), "{zsh}");
}

#[test]
fn queues_agents_commands_and_words_are_offered() {
    let desk = TestDesk::new();
    desk.run(&["queue", "retire", "l3"]).ok();
    assert_eq!(names(&offered(&desk, "bash", &["open", "--queue", ""]).ok()), ["l1", "l2"]);
    assert_eq!(
        names(&offered(&desk, "bash", &["assign", "x", "--to", ""]).ok()),
        ["ana", "me", "none", "oncall", "next"]
    );
    assert_eq!(names(&offered(&desk, "bash", &["esc"]).ok()), ["escalate"]);
    desk.change(&desk.path().join("desk.toml"), "#[views]\n#mine", "[views]\nmine");
    desk.git(&["commit", "-qam", "a view"]);
    assert_eq!(names(&offered(&desk, "bash", &["list", "--view", ""]).ok()), ["mine"]);
    assert_eq!(names(&offered(&desk, "bash", &["report", "work"]).ok()), ["workload"]);
    assert_eq!(names(&offered(&desk, "bash", &["follow"]).ok()), ["follow-up"]);
    assert_eq!(names(&offered(&desk, "bash", &["open", "--impact", ""]).ok()), ["high", "medium", "low"]);
}

#[test]
fn a_title_cannot_play_tricks_and_without_a_desk_it_is_silent() {
    let desk = TestDesk::new();
    desk.open("red \u{1b}[31m\u{202e}title", &[]);
    let zsh = offered(&desk, "zsh", &["show", ""]).ok();
    assert!(!zsh.contains(['\u{1b}', '\u{202e}']), "{zsh:?}");
    let nowhere = offered(&TestDesk::nowhere(), "bash", &["show", ""]);
    assert_eq!((nowhere.code, nowhere.stderr.as_str(), names(&nowhere.stdout).len()), (0, "", 0));
}
