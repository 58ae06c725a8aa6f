//! `join`

mod address;

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use snapbox::{assert_data_eq, str};

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
fn names_and_places_that_are_taken_are_left_alone() {
    let world = world();
    world.run(&["join", "../acme.git"]).ok();
    let other = world.at("other/acme.git");
    other.run(&["init", "--bare"]).ok();
    assert_data_eq!(
        world.run(&["join", "../other/acme.git"]).fails(5),
        str![[r#"
git-desk: another desk has the name `acme` here: [WORLD]/home/.local/share/git-desk/acme.git
  another name: git desk join URL --name NAME

"#]]
    );
    world.run(&["join", "../other/acme.git", "--name", "acme"]).fails(5);
    let full = world.at("full");
    fs::write(full.path().join("letter.txt"), "mine\n").unwrap();
    assert_data_eq!(
        world.run(&["join", "../other/acme.git", "../full", "--name", "second"]).fails(5),
        str![[r#"
git-desk: [WORLD]/full is not empty
  another place: git desk join URL DIR

"#]]
    );
    assert_eq!(fs::read_dir(full.path()).unwrap().count(), 1);
    world.at("empty");
    world.run(&["join", "../other/acme.git", "../empty", "--name", "second"]).ok();
    assert_eq!(world.run(&["--desk", "second", "list", "--count"]).ok(), "0\n");
    assert_data_eq!(
        world.run(&["join", "../acme.git", "--name", "Our Desk"]).fails(2),
        str![[r#"
git-desk: `Our Desk` is no name for a desk: a to z, 0 to 9 and - between them
  git desk join URL --name our-desk

"#]]
    );
    world.run(&["join", "../acme.git", "--name", "-x"]).fails(2);
    fs::write(world.path().join("file"), "").unwrap();
    let third = world.at("third.git");
    third.run(&["init", "--bare"]).ok();
    let refused = world.run(&["join", "../third.git", "file/below"]).fails(7);
    assert!(refused.starts_with("git-desk: cannot make [WORLD]/desk/file/below: "), "{refused}");
    let nowhere = world.at("desk").with("HOME", "").with("XDG_DATA_HOME", "");
    nowhere.run(&["join", "../third.git"]).fails(2);
}

#[test]
fn nothing_of_the_remote_or_of_the_folder_one_is_in_is_run() {
    let world = world();
    let mark = world.outside().join("ran");
    let script = format!("#!/bin/sh\ntouch {}\n", mark.display());
    let hub = world.outside().join("acme.git");
    for hook in ["post-checkout", "post-merge", "reference-transaction", "pre-receive"] {
        let path = hub.join("hooks").join(hook);
        fs::create_dir_all(hub.join("hooks")).unwrap();
        fs::write(&path, &script).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let program = world.outside().join("program");
    fs::write(&program, &script).unwrap();
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let program = program.display().to_string();
    world.at("acme.git").git(&["config", "uploadpack.packObjectsHook", &program]);
    world.at("acme.git").git(&["config", "core.fsmonitor", &program]);
    let evil = world.at("evil");
    evil.git(&["init", "-q"]);
    for name in ["core.sshCommand", "core.fsmonitor", "core.gitProxy", "remote.origin.uploadpack"] {
        evil.git(&["config", name, &program]);
    }
    evil.run(&["join", "../acme.git"]).ok();
    evil.with("GIT_SSH_COMMAND", "").run(&["join", "ssh://nowhere.invalid/x"]).fails(8);
    assert!(!mark.exists());
    let clone = data(&world).join("acme.git");
    assert!(!clone.join("hooks").exists());
    let config = fs::read_to_string(clone.join("config")).unwrap();
    assert!(!config.contains("ook") && !config.contains("program"), "{config}");
}

#[test]
fn what_is_no_desk_is_said_and_nothing_is_left() {
    let world = TestDesk::nowhere();
    let code = world.at("code");
    code.git(&["init", "-q", "-b", "main"]);
    fs::write(code.path().join("README"), "code\n").unwrap();
    code.git(&["add", "README"]);
    code.git(&["commit", "-qm", "code"]);
    assert_data_eq!(
        world.run(&["join", "../code"]).fails(7),
        str![[r#"
git-desk: [WORLD]/code holds no desk: there is no desk.toml on its branch
  it is on another branch: git desk join URL --ref NAME
  begin one in a clone of it: git desk init

"#]]
    );
    world.at("empty.git").git(&["init", "-q", "--bare"]);
    world.run(&["join", "../empty.git"]).fails(7);
    nothing_is_joined(&world);
    // A desk on another branch of it.
    code.git(&["switch", "-qc", "support"]);
    code.run(&["init"]).ok();
    code.open("Printer", &[]);
    code.git(&["switch", "-q", "main"]);
    world.run(&["join", "../code"]).fails(7);
    nothing_is_joined(&world);
    world.run(&["join", "../code", "--ref", "support"]).ok();
    assert_eq!(world.run(&["list", "--count"]).ok(), "1\n");
    // A desk in a folder of it.
    let other = world.at("other");
    other.git(&["init", "-q", "-b", "main"]);
    fs::write(other.path().join("README"), "code\n").unwrap();
    other.git(&["add", "README"]);
    other.git(&["commit", "-qm", "code"]);
    other.run(&["init", "support"]).ok();
    other.open("Printer", &[]);
    world.run(&["join", "../other"]).ok();
    assert_eq!(world.run(&["--desk", "other", "list", "--count"]).ok(), "1\n");
}

#[test]
fn out_of_reach_is_exit_8_and_refused_is_exit_9() {
    let world = TestDesk::nowhere();
    assert_data_eq!(
        world.run(&["join", "../gone.git"]).fails(8),
        str![[r#"
git-desk: [WORLD]/desk/../gone.git cannot be cloned: repository '[WORLD]/desk/../gone.git' does not exist
  what git itself says: git ls-remote URL

"#]]
    );
    let ssh = |words: &str| {
        let script = format!("sh -c 'echo \"{words}\" >&2; exit 255' --");
        world.at("desk").with("GIT_SSH_COMMAND", &script)
    };
    assert_data_eq!(
        ssh("ssh: connect to host hub port 22: \u{1b}[31mConnection refused").run(&["join", "hub:desk"]).fails(8),
        str![[r#"
git-desk: hub:desk cannot be cloned: ssh: connect to host hub port 22: ␛[31mConnection refused
  what git itself says: git ls-remote URL

"#]]
    );
    assert_data_eq!(
        ssh("ana@hub: Permission denied (publickey).").run(&["join", "ana@hub:desk"]).fails(9),
        str![[r#"
git-desk: ana@hub:desk cannot be cloned: ana@hub: Permission denied (publickey)
  what git itself says: git ls-remote URL

"#]]
    );
    let error: Value = serde_json::from_str(&world.run(&["join", "../gone.git", "--json"]).fails(8)).unwrap();
    assert_eq!(error["error"]["code"], "no_clone");
    let secret = world.run(&["join", "https://ana:s3cret@nowhere.invalid/desk"]).fails(8);
    assert!(!secret.contains("s3cret"), "{secret}");
    nothing_is_joined(&world);
}

#[test]
fn stopped_half_way_it_leaves_nothing() {
    let world = world();
    // An ssh that begins like the real one and then never ends.
    let script = world.outside().join("ssh");
    let begun = world.outside().join("begun");
    fs::write(&script, format!("#!/bin/sh\ntouch {}\nexec sleep 60\n", begun.display())).unwrap();
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = world.command(&["join", "hub:acme.git"]);
    command.env("GIT_SSH", &script).process_group(0).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let patience = Instant::now();
    while !begun.exists() {
        assert!(patience.elapsed() < Duration::from_secs(30), "ssh was never started");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(clones(&world).iter().any(|name| name.starts_with(".acme.git.")), "{:?}", clones(&world));
    let group = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process_group(group, rustix::process::Signal::INT).unwrap();
    assert!(!child.wait().unwrap().success());
    while !clones(&world).is_empty() {
        assert!(patience.elapsed() < Duration::from_secs(30), "{:?}", clones(&world));
        std::thread::sleep(Duration::from_millis(10));
    }
    nothing_is_joined(&world);
    world.run(&["join", "../acme.git"]).ok();
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
fn where_names_cannot_be_kept_nothing_is_cloned() {
    let world = world();
    let folder = world.outside().join("no-file");
    fs::create_dir(&folder).unwrap();
    let mut join = world.command(&["join", "../acme.git"]);
    let output = join.env("GIT_CONFIG_GLOBAL", &folder).output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(clones(&world), Vec::<String>::new());
    assert!(folder.is_dir());
}

#[test]
fn a_configuration_that_is_named_from_here_is_written_here() {
    let world = world();
    let mut join = world.command(&["join", "../acme.git", "--name", "acme"]);
    let output = join.env("GIT_CONFIG_GLOBAL", "own.config").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(fs::read_to_string(world.path().join("own.config")).unwrap().contains("[desk \"acme\"]"));
}
