//! A repository that somebody else made may say what it likes: no command of ours runs a program that it names.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::support::{TestDesk, search_path, ticket_path};

/// Settings by which git, asked in a folder, runs a program (git-config(1)), and what makes it do so. `TRAP` stands for a
/// program that leaves a marker, `ADDRESS` for one that only ssh reaches.
const TRAPS: &[(&str, &[(&str, &str)])] = &[
    ("a monitor of files", &[("core.fsmonitor", "TRAP")]),
    ("a way to ssh", &[("core.sshCommand", "TRAP"), ("remote.origin.url", "ADDRESS")]),
    ("hooks", &[("core.hooksPath", "HOOKS")]),
    (
        "a signer",
        &[
            ("commit.gpgSign", "true"),
            ("push.gpgSign", "if-asked"),
            ("gpg.program", "TRAP"),
            ("gpg.openpgp.program", "TRAP"),
        ],
    ),
    (
        "a signer by ssh",
        &[
            ("commit.gpgSign", "true"),
            ("gpg.format", "ssh"),
            ("gpg.ssh.program", "TRAP"),
            ("gpg.ssh.defaultKeyCommand", "TRAP"),
        ],
    ),
    (
        "an editor and a pager",
        &[("core.editor", "TRAP"), ("sequence.editor", "TRAP"), ("core.pager", "TRAP"), ("pager.log", "TRAP")],
    ),
    (
        "filters",
        &[
            ("filter.trap.clean", "TRAP"),
            ("filter.trap.smudge", "TRAP"),
            ("filter.trap.process", "TRAP"),
            ("filter.trap.required", "true"),
        ],
    ),
    (
        "programs that compare and merge",
        &[
            ("diff.external", "TRAP"),
            ("diff.desk.command", "TRAP"),
            ("diff.desk.textconv", "TRAP"),
            ("merge.desk.driver", "TRAP %O %A %B"),
            ("merge.tool", "trap"),
            ("mergetool.trap.cmd", "TRAP"),
        ],
    ),
    (
        "aliases",
        &[
            ("alias.desk", "!TRAP"),
            ("alias.fetch", "!TRAP"),
            ("alias.push", "!TRAP"),
            ("alias.bundle", "!TRAP"),
            ("alias.open", "!TRAP"),
        ],
    ),
    (
        "a remote that is an option",
        &[("branch.main.remote", "--upload-pack=TRAP"), ("remote.pushDefault", "--receive-pack=TRAP")],
    ),
    ("an address that is a command", &[("remote.origin.url", "ext::TRAP %S"), ("protocol.ext.allow", "always")]),
    ("an address that becomes a command", &[("url.ext::TRAP .insteadOf", "HUB"), ("protocol.ext.allow", "always")]),
    ("a way to upload", &[("remote.origin.uploadpack", "TRAP"), ("remote.origin.receivepack", "TRAP")]),
    ("a helper for a remote", &[("remote.origin.vcs", "trap")]),
    ("a helper for a protocol", &[("remote.origin.url", "trap::desk.git")]),
    (
        "who asks for passwords",
        &[
            ("core.askPass", "TRAP"),
            ("credential.helper", "!TRAP"),
            ("credential.https://127.0.0.1:1.helper", "!TRAP"),
            ("remote.origin.url", "https://127.0.0.1:1/desk.git"),
        ],
    ),
    ("a proxy", &[("core.gitProxy", "TRAP"), ("remote.origin.url", "git://127.0.0.1:1/desk.git")]),
    (
        "what git asks on the way",
        &[
            ("core.alternateRefsCommand", "TRAP"),
            ("trailer.Desk-Op.command", "TRAP"),
            ("uploadpack.packObjectsHook", "TRAP"),
        ],
    ),
    (
        "a forge, and who knows its passwords",
        &[
            ("desk.forge", "gitea"),
            ("desk.forge-api", "https://127.0.0.1:1/api/v1"),
            ("credential.helper", "!TRAP"),
            ("credential.https://127.0.0.1:1.helper", "!TRAP"),
            ("core.askPass", "TRAP"),
        ],
    ),
];

/// Names of hooks, of which git runs those that fit (githooks(5)).
const HOOKS: &[&str] = &[
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-checkout",
    "post-merge",
    "pre-push",
    "pre-receive",
    "update",
    "post-receive",
    "reference-transaction",
    "pre-auto-gc",
    "post-index-change",
    "post-rewrite",
    "fsmonitor-watchman",
];

/// A command line of each kind; `ID` is a ticket.
const COMMANDS: &[&str] = &[
    "list",
    "show ID",
    "log",
    "blame ID",
    "search VPN",
    "sla",
    "report summary",
    "check",
    "check --all",
    "doctor",
    "doctor --fix",
    "fmt",
    "config list",
    "open another",
    "take ID",
    "comment ID words",
    "propose --no-pr -- note ID words",
    "propose --branch another -- note ID words",
    "set ID category=network",
    "undo",
    "edit ID",
    "queue add apps",
    "event trigger --key k --title t",
    "flush",
    "intake",
    "sweep",
    "notify",
    "run -- true",
    "run -- false",
    "backup ../desk.bundle",
    "export jsonl",
    "resolve ID --resolution fixed -m done",
    "",
];

/// A desk whose repository has been prepared by somebody of ill will; where the marker would be.
fn trapped(settings: &[(&str, &str)]) -> (TestDesk, String, PathBuf) {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops every hour", &[]);
    let (marker, hub) = (desk.outside().join("marker"), desk.outside().join("hub.git"));
    let trap = desk.outside().join("trap");
    let script = format!("#!/bin/sh\ntouch {}\nexit 1\n", marker.display());
    let hooks = desk.outside().join("hooks");
    fs::create_dir(&hooks).unwrap();
    for path in HOOKS.iter().map(|name| hooks.join(name)).chain([trap.clone(), desk.outside().join("git-remote-trap")])
    {
        fs::write(&path, &script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    desk.git(&["clone", "-q", "--bare", ".", hub.to_str().unwrap()]);
    if !settings.iter().any(|(name, _)| *name == "remote.origin.url") {
        desk.git(&["config", "remote.origin.url", hub.to_str().unwrap()]);
    }
    desk.git(&["config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"]);
    desk.git(&["config", "branch.main.remote", "origin"]);
    desk.git(&["config", "branch.main.merge", "refs/heads/main"]);
    let attributes = "* filter=trap diff=desk merge=desk\n";
    fs::write(desk.path().join(".gitattributes"), attributes).unwrap();
    fs::create_dir_all(desk.path().join(".git/info")).unwrap();
    fs::write(desk.path().join(".git/info/attributes"), attributes).unwrap();
    // In a file that is included, as one would hide it.
    let included = desk.outside().join("included");
    for (name, value) in settings {
        let words = [("TRAP", &trap), ("HUB", &hub), ("HOOKS", &hooks)];
        let put = |text: &str| {
            words.iter().fold(text.to_owned(), |text, (word, path)| text.replace(word, path.to_str().unwrap()))
        };
        let (name, value) = (put(name), put(value).replace("ADDRESS", "ssh://127.0.0.1:1/desk.git"));
        desk.git(&["config", "--file", included.to_str().unwrap(), &name, &value]);
    }
    desk.git(&["config", "include.path", included.to_str().unwrap()]);
    let path = format!("{}:{}", desk.outside().display(), search_path().to_str().unwrap());
    (desk.with("PATH", &path), id, marker)
}

#[test]
fn no_command_runs_what_a_repository_names() {
    for (what, settings) in TRAPS {
        let (desk, id, marker) = trapped(settings);
        fs::write(desk.path().join(ticket_path(&id)), fs::read(desk.file(&id)).unwrap()).unwrap();
        for line in COMMANDS {
            let words: Vec<&str> = line.split_whitespace().map(|word| if word == "ID" { &id } else { word }).collect();
            let run = desk.run(&words);
            assert!(!marker.exists(), "{what}: `git desk {line}` ran it\n{run}");
            assert_ne!(run.code, 101, "{what}: `git desk {line}`\n{run}");
        }
    }
}

#[test]
fn the_traps_are_traps() {
    let caught = |settings: &[(&str, &str)], words: &[&str]| {
        let (desk, _, marker) = trapped(settings);
        let _ = desk.program("git", words).output();
        marker.exists()
    };
    assert!(caught(TRAPS[0].1, &["status"]), "the monitor of files");
    assert!(caught(TRAPS[1].1, &["fetch"]), "the way to ssh");
    assert!(caught(TRAPS[2].1, &["commit", "--allow-empty", "-m", "x"]), "the hooks");
    assert!(caught(TRAPS[3].1, &["commit", "--allow-empty", "-m", "x"]), "the signer");
    assert!(caught(TRAPS[6].1, &["add", "."]), "the filter");
    assert!(caught(TRAPS[8].1, &["desk"]), "the alias");
    assert!(caught(TRAPS[10].1, &["fetch", "origin"]), "the address that is a command");
    assert!(caught(TRAPS[11].1, &["fetch", "origin"]), "the address that becomes a command");
    assert!(caught(TRAPS[12].1, &["fetch", "origin"]), "the way to upload");
    assert!(caught(TRAPS[13].1, &["fetch", "origin"]), "the helper for a remote");
    assert!(caught(TRAPS[14].1, &["fetch", "origin"]), "the helper for a protocol");
}
