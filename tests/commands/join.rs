//! `join`

mod address;
mod refused;
use serde_json::Value;
use snapbox::{assert_data_eq, str};
use std::fs;
use std::path::PathBuf;

use crate::support::TestDesk;

/// A bare hub with three tickets, one closed, and a folder beside it where commands run.
fn world() -> TestDesk {
    let world = TestDesk::nowhere();
    let hub = world.at("acme.git");
    hub.run(&["init", "--bare"]).ok();
    hub.open("Printer HP-4 prints blank pages", &[]);
    hub.open("VPN drops every hour", &["-p", "p1"]);
    let gone = hub.open("Badge reader", &[]);
    hub.run(&["close", &gone, "--resolution", "fixed"]).ok();
    world
}

fn data(world: &TestDesk) -> PathBuf {
    world.outside().join("home/.local/share/git-desk")
}

/// What lies where clones lie, hidden things too.
fn clones(world: &TestDesk) -> Vec<String> {
    let entries = fs::read_dir(data(world)).map(|entries| entries.flatten().collect()).unwrap_or_else(|_| Vec::new());
    let mut names: Vec<String> = entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn setting(world: &TestDesk, name: &str) -> String {
    world.git(&["config", "--global", "--default", "", "--get", name]).trim_end().to_owned()
}

/// Nothing of a desk is left: no clone, no half of one, no name.
fn nothing_is_joined(world: &TestDesk) {
    assert_eq!(clones(world), Vec::<String>::new());
    let global = fs::read_to_string(world.outside().join("gitconfig")).unwrap();
    assert!(!global.contains("[desk"), "{global}");
}

#[test]
fn a_joined_desk_is_at_hand_from_anywhere() {
    let world = world();
    assert_data_eq!(
        world.run(&["join", "../acme.git"]).to_string(),
        str![[r#"
[WORLD]/home/.local/share/git-desk/acme.git

"#]]
    );
    assert_eq!(clones(&world), ["acme.git"]);
    assert_eq!(setting(&world, "desk.default"), "acme");
    assert_eq!(PathBuf::from(setting(&world, "desk.acme.path")), data(&world).join("acme.git"));
    assert_eq!(world.run(&["list", "--count"]).ok(), "2\n");
    assert_eq!(world.run(&["--desk", "acme", "list", "is:closed", "--count"]).ok(), "1\n");
    world.open("Here, not there", &[]);
    assert_eq!(world.run(&["list", "--count"]).ok(), "3\n");
    assert_eq!(world.at("acme.git").run(&["list", "--count"]).ok(), "2\n");
    let clone = world.at("home/.local/share/git-desk/acme.git");
    clone.is_sound();
    assert!(clone.path().join("desk").read_dir().unwrap().flatten().any(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        name.starts_with("index-") && name.ends_with(".sqlite")
    }));
}

#[test]
fn a_later_fetch_brings_what_others_did_and_leaves_ours() {
    let world = world();
    world.run(&["join", "../acme.git"]).ok();
    let clone = world.at("home/.local/share/git-desk/acme.git");
    clone.open("Here", &[]);
    world.at("acme.git").open("There", &[]);
    let main = clone.git(&["rev-parse", "main"]);
    clone.git(&["fetch", "-q"]);
    assert_eq!(clone.git(&["rev-parse", "main"]), main);
    assert_eq!(clone.git(&["rev-parse", "origin/main"]), world.at("acme.git").git(&["rev-parse", "main"]));
    assert_eq!(clone.git(&["rev-parse", "--abbrev-ref", "main@{upstream}"]), "origin/main\n");
    let titles = clone.run(&["list", "--fields", "title"]).ok();
    assert!(titles.contains("Here") && !titles.contains("There"), "{titles}");
}

#[test]
fn on_a_terminal_it_says_how_it_went_and_what_to_type() {
    let world = world();
    let screen = world.on_terminal("", &["join", "../acme.git"]).ok();
    let figures = |screen: &str| {
        let lines = screen.lines().map(|line| match line.split_once("open, ") {
            Some((head, _)) => format!("{head}open, …\n"),
            None => format!("{line}\n"),
        });
        lines.collect::<String>()
    };
    assert_data_eq!(
        figures(&screen),
        str![[r#"
[WORLD]/home/.local/share/git-desk/acme.git
joined acme: 3 tickets, 2 open, …
next           git desk list
shell          git desk setup shell          completion and man pages

"#]]
    );
    assert!(screen.contains(" KiB, ") || screen.contains(" MiB, "), "{screen}");
    assert_data_eq!(
        figures(&world.on_terminal("", &["join", "../acme.git"]).ok()),
        str![[r#"
[WORLD]/home/.local/share/git-desk/acme.git
acme is joined already: 3 tickets, 2 open, …
next           git desk list

"#]]
    );
    let stranger = world.at("desk").by("Bob <bob@example.com>");
    let screen = stranger.on_terminal("", &["join", "../acme.git", "../other.git", "--name", "other"]).ok();
    assert!(screen.contains("you are bob@example.com, who is no agent there"), "{screen}");
    assert!(screen.contains("git desk --desk other list"), "{screen}");
}

#[test]
fn joined_twice_is_joined_once() {
    let world = world();
    let path = world.run(&["join", "../acme.git"]).ok();
    let before = fs::read_to_string(world.outside().join("gitconfig")).unwrap();
    assert_eq!(world.run(&["join", "../acme.git"]).ok(), path);
    // The same repository, otherwise spelt.
    world.at("home").run(&["join", "../desk/../acme.git/"]).ok();
    assert_eq!(fs::read_to_string(world.outside().join("gitconfig")).unwrap(), before);
    let told: Value = serde_json::from_str(&world.run(&["join", "../acme.git", "--json"]).ok()).unwrap();
    assert_eq!((&told["already"], &told["name"], &told["tickets"]), (&true.into(), &"acme".into(), &3.into()));
    world.run(&["join", "../acme.git", "--strict"]).fails(5);
    // A second name for it.
    assert_eq!(world.run(&["join", "../acme.git", "--name", "customer"]).ok(), path);
    assert_eq!(world.run(&["--desk", "customer", "list", "--count"]).ok(), "2\n");
    assert_eq!(setting(&world, "desk.default"), "acme");
    assert_eq!(clones(&world), ["acme.git"]);
    // Its name is lost, not the clone.
    world.git(&["config", "--global", "--remove-section", "desk.acme"]);
    world.git(&["config", "--global", "--remove-section", "desk.customer"]);
    assert_eq!(world.run(&["join", "../acme.git"]).ok(), path);
    assert_eq!(world.run(&["--desk", "acme", "list", "--count"]).ok(), "2\n");
    // The clone is lost, not its name.
    fs::remove_dir_all(data(&world).join("acme.git")).unwrap();
    assert_eq!(world.run(&["join", "../acme.git"]).ok(), path);
    assert_eq!(world.run(&["list", "--count"]).ok(), "2\n");
}

#[test]
fn what_it_tells_programs() {
    let world = world();
    let url = format!("file://{}", world.outside().join("acme.git").display());
    let would: Value = serde_json::from_str(&world.run(&["join", &url, "--dry-run", "--json"]).ok()).unwrap();
    assert_eq!((&would["dry_run"], &would["default"]), (&true.into(), &true.into()));
    assert_eq!(world.run(&["join", &url, "--dry-run"]).ok(), "[WORLD]/home/.local/share/git-desk/acme.git\n");
    nothing_is_joined(&world);
    let mut told: Value = serde_json::from_str(&world.run(&["join", &url, "../here", "--json"]).ok()).unwrap();
    assert!(told["bytes"].as_u64().unwrap() > 1_000 && told["seconds"].is_number(), "{told}");
    told["bytes"] = 0.into();
    told["seconds"] = 0.into();
    assert_data_eq!(
        format!("{told:#}\n"),
        str![[r#"
{
  "agent": "ana",
  "already": false,
  "bytes": 0,
  "default": true,
  "dry_run": false,
  "name": "acme",
  "open": 2,
  "path": "[WORLD]/here",
  "seconds": 0,
  "tickets": 3,
  "url": "file://[WORLD]/acme.git"
}

"#]]
    );
    let again: Value = serde_json::from_str(&world.run(&["join", &url, "--dry-run", "--json"]).ok()).unwrap();
    assert_eq!(again["already"], true);
}

#[test]
fn who_writes_is_asked_where_git_does_not_know() {
    let world = world();
    fs::write(world.outside().join("gitconfig"), "[init]\n\tdefaultBranch = main\n").unwrap();
    assert_data_eq!(
        world.run(&["join", "../acme.git"]).to_string(),
        str![[r#"
[WORLD]/home/.local/share/git-desk/acme.git
stderr: git-desk: git does not know who you are; what you write will be by ana <ana@testhost>
stderr:   git config --global user.name "Ana Agent"     git config --global user.email ana@example.com

"#]]
    );
    let other = world.at("other.git");
    other.run(&["init", "--bare"]).ok();
    let screen = world.on_terminal("Bob Smith\nbob@example.com\n", &["join", "../other.git"]).ok();
    assert!(screen.contains("Your name?") && screen.contains("you are bob@example.com"), "{screen}");
    assert_eq!(setting(&world, "user.name"), "Bob Smith");
    assert_eq!(setting(&world, "user.email"), "bob@example.com");
    let third = world.at("third.git");
    third.run(&["init", "--bare"]).ok();
    let screen = world.on_terminal("", &["join", "../third.git"]).ok();
    assert!(!screen.contains("Your name?"), "{screen}");
}

#[test]
fn a_configuration_that_is_named_from_here_is_written_here() {
    let world = world();
    let mut join = world.command(&["join", "../acme.git", "--name", "acme"]);
    let output = join.env("GIT_CONFIG_GLOBAL", "own.config").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(fs::read_to_string(world.path().join("own.config")).unwrap().contains("[desk \"acme\"]"));
}
