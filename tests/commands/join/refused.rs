//! `join` of what cannot be joined: nothing is left behind.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use super::{clones, data, nothing_is_joined, world};
use crate::support::TestDesk;

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
