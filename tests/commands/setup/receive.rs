//! `setup receive`

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::{has, hostile, shown};
use crate::support::{Ran, TestDesk};

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKv0dMS9WCb1f4dHYkcJk2vXv2Nn6p5n0dYp3o1Yb9aQ root@web1\n";

/// A bare desk that knows its spool from the user alone.
fn desk() -> TestDesk {
    TestDesk::bare().with("XDG_STATE_HOME", "")
}

/// The command of a line, as sshd reads it: a quote loses its backslash, nothing else does.
fn command_of(line: &str) -> String {
    let rest = line.strip_prefix("command=\"").unwrap();
    let end = (0..rest.len()).find(|at| rest[*at..].starts_with('"') && !rest[..*at].ends_with('\\')).unwrap();
    assert!(rest[end..].starts_with("\",restrict ssh-"), "{line}");
    rest[..end].replace("\\\"", "\"")
}

#[test]
fn the_line_holds_the_desk_and_the_key() {
    let desk = desk();
    fs::write(desk.outside().join("web1.pub"), KEY).unwrap();
    assert_data_eq!(
        shown(&desk, &desk.run(&["setup", "receive", "../web1.pub"])),
        str![[r#"
command="'[PROGRAM]' receive '[WORLD]/desk' --producer web1",restrict ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKv0dMS9WCb1f4dHYkcJk2vXv2Nn6p5n0dYp3o1Yb9aQ root@web1

"#]]
    );
    assert_eq!(desk.feed(KEY, &["setup", "receive", "-"]).ok(), desk.run(&["setup", "receive", "../web1.pub"]).ok());
    let elsewhere = desk.at("elsewhere").with("GIT_DESK_SPOOL", "/var/spool/git-desk");
    assert_data_eq!(
        shown(&desk, &elsewhere.run(&["setup", "receive", "--desk", "../desk"])),
        str![[r#"
command="env GIT_DESK_SPOOL='/var/spool/git-desk' '[PROGRAM]' receive '[WORLD]/desk' --producer PRODUCER",restrict ssh-ed25519 AAAA… producer

"#]]
    );
    let told: Value = serde_json::from_str(&desk.feed(KEY, &["setup", "receive", "-", "--json"]).ok()).unwrap();
    assert_eq!(told["key"], json!({"type": "ssh-ed25519", "comment": "root@web1"}));
}

#[test]
fn whoever_adds_the_line_hears_which_spool_flush_and_sweep_have_to_use() {
    let last = |desk: &TestDesk| {
        let screen = desk.on_terminal("", &["setup", "receive"]).ok();
        screen.lines().last().unwrap().trim().replace(&desk.outside().display().to_string(), "[WORLD]")
    };
    let desk = desk();
    let words = "flush and sweep of this desk have to use its spool, too: ";
    let own = if last(&desk).ends_with("/var/spool/git-desk") {
        "/var/spool/git-desk"
    } else {
        "[WORLD]/home/.local/state/git-desk/spool"
    };
    assert_eq!(last(&desk), format!("{words}{own}"));
    assert_eq!(last(&desk.with("GIT_DESK_SPOOL", "/srv/spool")), format!("{words}/srv/spool"));
}

#[test]
fn a_desk_of_another_machine_can_be_named_and_none_cannot() {
    let world = TestDesk::nowhere().with("XDG_STATE_HOME", "");
    assert_data_eq!(
        shown(&world, &world.run(&["setup", "receive", "--desk", "/nowhere/ops.git"])),
        str![[r#"
command="'[PROGRAM]' receive '/nowhere/ops.git' --producer PRODUCER",restrict ssh-ed25519 AAAA… producer
stderr: git-desk: the desk could not be looked at here: no desk here: /nowhere/ops.git is not in a git repository

"#]]
    );
    world.run(&["setup", "receive"]).fails(7);
    world.run(&["setup", "receive", "--desk", "ops"]).fails(3);
}

#[test]
fn a_private_key_is_refused_and_so_is_whatever_else_is_no_key() {
    let desk = desk();
    let refused = |text: &str| desk.feed(text, &["setup", "receive", "-"]).fails(2);
    fs::write(desk.outside().join("id"), "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n").unwrap();
    assert_data_eq!(
        desk.run(&["setup", "receive", "../id"]).fails(2),
        str![[r#"
git-desk: ../id: this is the private key, which stays where it is; the public one ends in .pub
  on the producer: cat ../id.pub

"#]]
    );
    let second = format!("{KEY}{KEY}");
    for text in ["", "hello\n", &second, &KEY.replace("root@", "root\u{1b}[2J@"), &format!("no-pty {KEY}")] {
        assert!(refused(text).starts_with("git-desk: -: "), "{text:?}");
    }
    desk.run(&["setup", "receive", "../none.pub"]).fails(2);
}

#[test]
fn sshd_runs_it_wherever_the_desk_is() {
    let world = TestDesk::nowhere();
    let desk = hostile(&world);
    let line = desk.feed(KEY, &["setup", "receive", "-"]).ok();
    if has(&world, "ssh-keygen") {
        // The same reading of the options as sshd's.
        let file = world.outside().join("authorized_keys");
        fs::write(&file, &line).unwrap();
        let read = world.program("ssh-keygen", &["-l", "-f", file.to_str().unwrap()]).output().unwrap();
        let said = String::from_utf8_lossy(&read.stdout).into_owned();
        assert!(read.status.success() && said.contains("root@web1"), "{said}{line}");
    }
    let event = json!({"schema": "desk.event/1", "id": "20261124T081502.000000001Z-a1", "at": "2026-11-24T08:15:02Z",
        "ask": "trigger", "key": "disk/web1", "title": "disk full on web1", "host": "web1", "producer": "web1"});
    let mut sh = world.program("sh", &["-c", &command_of(&line)]);
    sh.env_remove("XDG_STATE_HOME").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = sh.spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{event}").unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap(), world.outside());
    assert!(ran.ok().starts_with("{\"kept\":\"20261124T081502.000000001Z-a1\"}\n"), "{ran}{line}");
    assert!(desk.run(&["list"]).ok().contains("disk full on web1"));
}
