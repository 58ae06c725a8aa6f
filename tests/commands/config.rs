//! `config`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

fn user_file(desk: &TestDesk, text: &str) {
    let folder = desk.outside().join("home/config/git-desk");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
}

/// Value and origin of a preference.
fn said(desk: &TestDesk, name: &str, flags: &[&str]) -> (String, String) {
    let mut words = vec!["config", "list", "--show-origin", "-o", "tsv"];
    words.extend(flags);
    let list = desk.run(&words).ok();
    let line = list.lines().find(|line| line.starts_with(&format!("{name}\t"))).unwrap();
    let mut cells = line.split('\t').skip(1).map(str::to_owned);
    (cells.next().unwrap(), cells.next().unwrap())
}

fn pair(value: &str, origin: &str) -> (String, String) {
    (value.to_owned(), origin.to_owned())
}

#[test]
fn without_settings_everything_is_built_in() {
    let desk = TestDesk::new();
    assert_data_eq!(
        desk.run(&["config", "list", "--show-origin"]).to_string(),
        str![[r#"
default		built-in
hub		built-in
ref		built-in
root		built-in
user		built-in
output		built-in
errors		built-in
pager	less -FRX	built-in
editor		built-in
autosync	off	built-in
remote		built-in
durability	full	built-in
lockTimeout	30s	built-in
remote		built-in
forge		built-in
forge-api		built-in

"#]]
    );
    assert_eq!(desk.run(&["config"]).ok(), desk.run(&["config", "list"]).ok());
}

#[test]
fn flag_beats_environment_beats_git_beats_the_users_file() {
    let desk = TestDesk::new();
    user_file(&desk, "ref = \"of-file\"\nlockTimeout = \"3s\"\npager = \"of-file\"\n");
    let file = "file [WORLD]/home/config/git-desk/config.toml";
    assert_eq!(said(&desk, "pager", &[]), pair("of-file", file));
    assert_eq!(said(&desk, "lockTimeout", &[]), pair("3s", file));
    desk.git(&["config", "--global", "desk.pager", "of-git"]);
    desk.git(&["config", "--global", "desk.lockTimeout", "4s"]);
    assert_eq!(said(&desk, "pager", &[]), pair("of-git", "git config"));
    assert_eq!(said(&desk, "lockTimeout", &[]), pair("4s", "git config"));
    let desk = desk.with("PAGER", "of-everybody");
    assert_eq!(said(&desk, "pager", &[]), pair("of-everybody", "environment PAGER"));
    let desk = desk.with("GIT_DESK_PAGER", "of-environment").with("GIT_DESK_REF", "main");
    assert_eq!(said(&desk, "pager", &[]), pair("of-environment", "environment GIT_DESK_PAGER"));
    assert_eq!(said(&desk, "ref", &[]), pair("main", "environment GIT_DESK_REF"));
    assert_eq!(said(&desk, "ref", &["--ref", "refs/heads/main"]), pair("refs/heads/main", "flag"));
    assert_eq!(said(&desk, "lockTimeout", &["--lock-timeout", "5s"]), pair("5s", "flag"));
}

#[test]
fn settings_of_one_command_reach_us_as_git_hands_them_over() {
    let desk = TestDesk::new().with("GIT_CONFIG_COUNT", "1");
    let desk = desk.with("GIT_CONFIG_KEY_0", "desk.pager").with("GIT_CONFIG_VALUE_0", "of-command");
    assert_eq!(said(&desk, "pager", &[]), pair("of-command", "git config"));
}

#[test]
fn what_is_shown_is_in_force() {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bob", "--name", "Bob", "--email", "bob@example.com"]).ok();
    desk.git(&["branch", "drill"]);
    user_file(&desk, "ref = \"drill\"\nuser = \"bob\"\neditor = \"false\"\nerrors = \"json\"\n");
    assert_eq!(said(&desk, "user", &[]).0, "bob");
    let id = desk.open("on a branch of its own", &[]);
    assert!(desk.git(&["log", "-1", "--format=%an", "drill"]).starts_with("Bob"));
    assert_eq!(desk.run(&["--ref", "main", "list", "--count"]).ok(), "0\n");
    let error: serde_json::Value = serde_json::from_str(&desk.run(&["edit", &id]).fails(10)).unwrap();
    assert!(error["error"]["message"].as_str().unwrap().contains("editor `false`"), "{error}");
    user_file(&desk, &format!("default = \"{}\"\n", desk.path().display()));
    assert_eq!(
        desk.at("")
            .with("XDG_CONFIG_HOME", desk.outside().join("home/config").to_str().unwrap())
            .run(&["list", "--count"])
            .ok(),
        "0\n"
    );
}

#[test]
fn a_repository_has_no_say_in_what_is_a_persons_own() {
    let desk = TestDesk::new();
    for name in ["pager", "editor", "output", "errors", "default"] {
        desk.git(&["config", &format!("desk.{name}"), "of-the-repository"]);
        assert_ne!(said(&desk, name, &[]).0, "of-the-repository");
    }
}

#[test]
fn one_preference_is_asked_for_by_name() {
    let desk = TestDesk::new();
    desk.git(&["config", "--global", "desk.pager", "less"]);
    assert_eq!(desk.run(&["config", "get", "pager"]).ok(), "less\n");
    assert_eq!(desk.run(&["config", "get", "desk.locktimeout"]).ok(), "30s\n");
    assert_data_eq!(
        desk.run(&["config", "get", "pagr"]).fails(3),
        str![[r#"
git-desk: no preference `pagr`
  git desk config get pager

"#]]
    );
    assert_eq!(TestDesk::nowhere().run(&["config", "get", "lockTimeout"]).ok(), "30s\n");
}

#[test]
fn a_preference_that_cannot_be_is_named_and_the_way_to_find_it_works() {
    let desk = TestDesk::new();
    user_file(&desk, "output = \"nope\"\n");
    assert_data_eq!(
        desk.run(&["list"]).fails(2),
        str![[r#"
git-desk: `output` is set to "nope", which is no format
  one of table, tsv, json, jsonl, ids, csv, markdown, html
  where it is set: git desk config list --show-origin

"#]]
    );
    // The hint of that message.
    assert!(desk.run(&["config", "list", "--show-origin"]).ok().contains("nope"));
    desk.run(&["help", "--all"]).ok();
    user_file(&desk, "output = \"json\"\n");
    assert!(desk.run(&["config", "list"]).ok().starts_with('['), "a good one holds here, too");
}

#[test]
fn a_users_file_that_is_no_toml_is_not_passed_over_in_silence() {
    let desk = TestDesk::new();
    user_file(&desk, "pager = [\n");
    let run = desk.run(&["list"]);
    assert!(run.stderr.contains("config.toml:1:") && run.code == 0, "{run}");
    assert!(desk.run(&["config", "list"]).stderr.contains("config.toml:1:"));
}
