//! Several desks: by name, from anywhere, together.

mod several;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::{Ran, TestDesk};

/// Two desks with names and a folder that is none, where commands run. Ana is an agent of both; bo of noord alone.
fn world() -> TestDesk {
    let world = TestDesk::nowhere().with("NO_COLOR", "1");
    for name in ["acme", "noord"] {
        world.run(&["init", &format!("../{name}")]).ok();
        let path = world.outside().join(name).display().to_string();
        world.git(&["config", "--global", &format!("desk.{name}.path"), &path]);
    }
    let at = |name: &str, words: &[&str]| {
        let mut all = vec!["--desk", name];
        all.extend(words);
        world.run(&all).ok().trim_end().to_owned()
    };
    at("noord", &["agent", "add", "bo", "--email", "bo@example.com"]);
    at("acme", &["open", "Printer HP-4 prints blank pages"]);
    at("noord", &["open", "VPN drops every hour", "-p", "p1"]);
    at("acme", &["open", "ERP: no listener", "-p", "p1", "--assign", "me"]);
    at(
        "noord",
        &["open", "Printer in the hall is on fire", "-p", "p2", "--queue", "l2", "--due", "2026-11-24T08:05:00Z"],
    );
    world
}

fn titles(ran: &Ran) -> Vec<String> {
    ran.ok().lines().map(|line| line.split('\t').next_back().unwrap().to_owned()).collect()
}

#[test]
fn a_desk_is_at_hand_by_its_name_from_anywhere() {
    let world = world();
    assert_eq!(
        titles(&world.run(&["list", "--desk", "acme"])),
        ["ERP: no listener", "Printer HP-4 prints blank pages"]
    );
    let id = world.run(&["list", "--desk", "acme", "-o", "ids", "-n", "1"]).ok().trim().to_owned();
    world.run(&["--desk", "acme", "close", &id, "--resolution", "fixed"]).ok();
    let acme = world.at("acme");
    assert_eq!(acme.git(&["log", "-1", "--format=%s"]), format!("close {id}: ERP: no listener\n"));
    acme.is_sound();
    // In the folder of another desk the name counts, too.
    assert_eq!(titles(&world.at("noord").run(&["list", "--desk=acme"])), ["Printer HP-4 prints blank pages"]);
}

#[test]
fn a_name_that_is_none_is_exit_3_with_those_that_there_are() {
    let world = world();
    assert_data_eq!(
        world.run(&["--desk", "acem", "list"]).fails(3),
        str![[r#"
git-desk: no desk has the name `acem` here
  did you mean `acme`?     all of them: acme, noord
  give one a name: git config --global desk.NAME.path PATH     or join one: git desk join URL

"#]]
    );
    let error: Value = serde_json::from_str(&world.run(&["--desk", "zuid", "list", "--json"]).fails(3)).unwrap();
    assert_eq!(error["error"]["code"], "no_desk_name");
    assert_eq!(error["error"]["candidates"], serde_json::json!(["acme", "noord"]));
    // With several, nothing is listed either: what is missing would go unseen.
    world.run(&["--desk", "acme,zuid", "list"]).fails(3);
    assert_data_eq!(
        TestDesk::nowhere().run(&["--desk", "x\u{1b}[31m", "list"]).fails(3),
        str![[r#"
git-desk: no desk has the name `x␛[31m` here
  give one a name: git config --global desk.NAME.path PATH     or join one: git desk join URL

"#]]
    );
}

#[test]
fn the_order_of_preference_is_flag_variable_folder_default() {
    let world = world();
    world.git(&["config", "--global", "desk.default", "acme"]);
    let first = |ran: Ran| titles(&ran)[0].clone();
    let (erp, vpn) = ("ERP: no listener", "VPN drops every hour");
    assert_eq!(first(world.run(&["list"])), erp);
    assert_eq!(first(world.at("noord").run(&["list"])), vpn, "the folder's own desk");
    assert_eq!(first(world.at("noord").with("GIT_DESK_REPO", "acme").run(&["list"])), erp);
    assert_eq!(first(world.at("desk").with("GIT_DESK_REPO", "acme").run(&["list", "--desk", "noord"])), vpn);
    // A code repository is no desk.
    let code = world.at("code");
    code.git(&["init", "-q"]);
    assert_eq!(first(code.run(&["list"])), erp);
    world.git(&["config", "--global", "desk.default", &world.outside().join("noord").display().to_string()]);
    assert_eq!(first(world.run(&["list"])), vpn, "a path");
    // A path that is spelt like a name.
    let other = world.at("desk/acme");
    other.run(&["init"]).ok();
    assert_eq!(titles(&world.run(&["list", "--repo", "acme"])).len(), 0);
    assert_eq!(titles(&world.at("desk").with("GIT_DESK_REPO", "./acme").run(&["list"])).len(), 0);
    assert_eq!(titles(&world.at("desk").with("GIT_DESK_REPO", "acme").run(&["list"])).len(), 2);
    world.run(&["open", "--desk", "", "Printer"]).fails(2);
    world.run(&["list", "--desk", " , "]).fails(2);
    assert_data_eq!(
        world.run(&["list", "--repo", "acme", "--desk", "acme"]).fails(2),
        str![[r#"
git-desk: `--desk` names a desk and `--repo` a path; only one can be meant

"#]]
    );
}

#[test]
fn home_is_spelt_as_git_spells_it_and_preferences_show_names() {
    let world = world();
    std::fs::rename(world.outside().join("acme"), world.outside().join("home/acme")).unwrap();
    world.git(&["config", "--global", "desk.acme.path", "~/acme"]);
    world.git(&["config", "--global", "desk.default", "acme"]);
    assert_eq!(titles(&world.run(&["list"])).len(), 2);
    let shown = world.run(&["config", "list", "--show-origin"]).ok();
    assert!(shown.contains("default\tacme\tgit config\n"), "{shown}");
    assert!(
        shown.ends_with("acme.path\t[WORLD]/home/acme\tgit config\nnoord.path\t[WORLD]/noord\tgit config\n"),
        "{shown}"
    );
    assert_eq!(world.run(&["config", "get", "desk.acme.path"]).ok(), "[WORLD]/home/acme\n");
    let shown = world.run(&["config", "list", "--show-origin", "--desk", "noord"]).ok();
    assert!(shown.contains("default\tnoord\tflag\n"), "{shown}");
    // The user's file of preferences names a default, too.
    world.git(&["config", "--global", "--unset", "desk.default"]);
    let folder = world.outside().join("home/config/git-desk");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), "default = \"noord\"\n").unwrap();
    assert_eq!(titles(&world.run(&["list"]))[0], "VPN drops every hour");
}

#[test]
fn a_repository_names_no_desks() {
    let world = world();
    let evil = world.at("evil");
    evil.git(&["init", "-q"]);
    evil.git(&["config", "desk.trap.path", &world.outside().join("noord").display().to_string()]);
    evil.run(&["--desk", "trap", "list"]).fails(3);
    // `git -c` is the user's own word.
    let path = world.outside().join("noord").display().to_string();
    let once = world.at("desk").with("GIT_CONFIG_COUNT", "1").with("GIT_CONFIG_KEY_0", "desk.once.path");
    assert_eq!(titles(&once.with("GIT_CONFIG_VALUE_0", &path).run(&["--desk", "once", "list"])).len(), 2);
}

#[test]
fn where_there_is_no_desk_the_names_are_told() {
    let world = world();
    assert_data_eq!(
        world.run(&["list"]).fails(7),
        str![[r#"
git-desk: no desk here: [WORLD]/desk is not in a git repository
  use one by name: git desk --desk acme list     always: git config --global desk.default acme
  begin one: git desk init     join one: git desk join URL

"#]]
    );
    world.git(&["config", "--global", "desk.default", "acmee"]);
    assert_data_eq!(
        world.run(&["list"]).fails(7),
        str![[r#"
git-desk: no desk here: desk.default is acmee, and no desk has that name here
  another: git config --global desk.default NAME     none: git config --global --unset desk.default
  begin one: git desk init     join one: git desk join URL

"#]]
    );
    world.git(&["config", "--global", "desk.default", "/nowhere"]);
    assert_data_eq!(
        world.run(&["list"]).fails(7),
        str![[r#"
git-desk: no desk here: desk.default is /nowhere, and /nowhere is not in a git repository
  another: git config --global desk.default NAME     none: git config --global --unset desk.default
  begin one: git desk init     join one: git desk join URL

"#]]
    );
}

#[test]
fn names_are_offered_to_the_shell_and_tickets_are_those_of_the_named_desk() {
    let world = world();
    let offered = |words: &[&str]| {
        let mut all = vec!["--", "git-desk"];
        all.extend(words);
        let mut command = world.command(&all);
        command.env("COMPLETE", "bash").env("_CLAP_IFS", "\n").env("_CLAP_COMPLETE_INDEX", words.len().to_string());
        command.env("_CLAP_COMPLETE_COMP_TYPE", "9").env("_CLAP_COMPLETE_SPACE", "true");
        Ran::of(command.output().unwrap(), world.outside()).ok()
    };
    assert_eq!(offered(&["--desk", ""]), "acme\nnoord");
    assert_eq!(offered(&["--desk", "acme,n"]), "acme,noord");
    let tickets =
        |desk: &str| offered(&["--desk", desk, "show", ""]).lines().filter(|line| !line.starts_with('-')).count();
    assert_eq!((tickets("acme"), tickets("noord"), tickets("gone")), (2, 2, 0));
    let queues = offered(&["list", "--desk", "noord", "--queue"]);
    assert_eq!(queues, "");
}
