//! A repository that somebody else made, and a remote that wants a program run: none is.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::support::TestDesk;

/// A desk, and a program that leaves a mark.
fn desk() -> (TestDesk, PathBuf, String) {
    let world = TestDesk::nowhere();
    world.at("hub.git").run(&["init", "--bare"]).ok();
    world.git(&["clone", "-q", "../hub.git", "."]);
    world.open("Printer", &[]);
    let (mark, program) = (world.outside().join("ran"), world.outside().join("program"));
    fs::write(&program, format!("#!/bin/sh\ntouch {}\n", mark.display())).unwrap();
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let program = program.display().to_string();
    (world, mark, program)
}

#[test]
fn no_setting_of_a_repository_runs_a_program_when_it_syncs() {
    let (desk, mark, program) = desk();
    let settings = [
        "core.sshCommand",
        "core.gitProxy",
        "core.askPass",
        "core.fsmonitor",
        "core.editor",
        "core.pager",
        "core.alternateRefsCommand",
        "gpg.program",
        "diff.external",
        "credential.helper",
        "credential.https://nowhere.invalid.helper",
        "remote.origin.uploadpack",
        "remote.origin.receivepack",
        "remote.pushDefault",
        "filter.x.clean",
        "alias.fetch",
        "alias.push",
    ];
    for name in settings {
        desk.git(&["config", name, &program]);
    }
    let hooks = desk.outside().join("hooks");
    fs::create_dir_all(&hooks).unwrap();
    for name in ["pre-push", "reference-transaction", "post-checkout", "post-merge", "pre-auto-gc", "post-index-change"]
    {
        fs::copy(&program, hooks.join(name)).unwrap();
    }
    desk.git(&["config", "core.hooksPath", &hooks.display().to_string()]);
    let _ = fs::remove_file(&mark);
    desk.run(&["sync"]).ok();
    assert!(!mark.exists(), "the hub by its path");
    for url in ["ssh://nowhere.invalid/x", "git://nowhere.invalid/x", "https://nowhere.invalid/x", "nowhere.invalid:x"]
    {
        desk.run(&["config", "list"]).ok();
        // By git itself, these settings would run the program.
        fs::write(desk.path().join(".git/config"), config_with(&desk, url)).unwrap();
        let ran = desk.run(&["sync", "--timeout", "2s"]);
        assert!([8, 9].contains(&ran.code), "{url}: {ran}");
        assert!(!mark.exists(), "{url}");
    }
    fs::write(desk.path().join(".git/config"), config_with(&desk, "x")).unwrap();
    fs::write(
        desk.path().join(".git/config"),
        fs::read_to_string(desk.path().join(".git/config")).unwrap() + "[remote \"origin\"]\n\tvcs = x\n",
    )
    .unwrap();
    desk.run(&["sync"]);
    assert!(!mark.exists());
}

/// The repository's settings with another address of the remote.
fn config_with(desk: &TestDesk, url: &str) -> String {
    let text = fs::read_to_string(desk.path().join(".git/config")).unwrap();
    let lines = text.lines().map(|line| match line.trim_start().starts_with("url = ") {
        true => format!("\turl = {url}\n"),
        false => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn no_name_and_no_address_of_a_remote_is_an_option_or_a_program() {
    let (desk, mark, _) = desk();
    let touch = format!("touch {}", mark.display());
    let upload = format!("--upload-pack={touch}");
    for name in [upload.as_str(), "-u", "--exec=x", "ext::sh -c x", "a b", ""] {
        let ran = desk.run(&["sync", "--remote", name]);
        assert_eq!(ran.code, 2, "{name}: {ran}");
    }
    // As a setting, too: git would not make it.
    let config = desk.path().join(".git/config");
    let plain = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{plain}[desk]\n\tremote = \"{upload}\"\n[remote \"{upload}\"]\n\turl = ../hub.git\n"))
        .unwrap();
    desk.run(&["sync"]).fails(2);
    fs::write(&config, format!("{plain}[branch \"main\"]\n\tmerge = \"--upload-pack={touch}\"\n")).unwrap();
    desk.run(&["sync"]).fails(2);
    let sh = format!("ext::sh -c {touch}");
    let fd = "fd::0".to_owned();
    let option_host = format!("ssh://-oProxyCommand={touch}/x");
    let short_host = format!("-oProxyCommand={touch}:x");
    for url in [&upload, &sh, &fd, &option_host, &short_host] {
        fs::write(&config, &plain).unwrap();
        desk.git(&["config", "remote.origin.url", url]);
        let ran = desk.run(&["sync"]);
        assert_eq!(ran.code, 2, "{url}: {ran}");
        desk.git(&["config", "remote.origin.url", "../hub.git"]);
        desk.git(&["config", "remote.origin.pushurl", url]);
        let ran = desk.run(&["sync"]);
        assert_eq!(ran.code, 2, "{url}: {ran}");
    }
    // An address that becomes another by a setting of the repository.
    fs::write(&config, &plain).unwrap();
    desk.git(&["config", &format!("url.{sh} .insteadOf"), "hub:"]);
    desk.git(&["config", "remote.origin.url", "hub:acme"]);
    let ran = desk.run(&["sync", "--timeout", "2s"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(!mark.exists());
}

#[test]
fn a_file_in_gits_own_folder_is_not_taken_over() {
    let (desk, mark, program) = desk();
    desk.run(&["sync"]).ok();
    let hub = desk.at("hub.git");
    for name in [".git", ".GIT", "git~1", ".g\u{200c}it", ".."] {
        let script = format!(
            "blob=$(git hash-object -w {program}) && hooks=$(printf '100755 blob %s\\tpost-index-change\\n' $blob | git mktree) && \
             git_=$(printf '040000 tree %s\\thooks\\n' $hooks | git mktree) && \
             tree=$( (git ls-tree main; printf '040000 tree %s\\t%s\\n' $git_ '{name}') | git mktree) && \
             git update-ref refs/heads/main $(git commit-tree -p main -m evil $tree)"
        );
        let before = hub.git(&["rev-parse", "main"]);
        let made = hub.program("sh", &["-ec", &script]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let said = desk.run(&["sync"]).fails(6);
        assert!(said.starts_with("git-desk: the remote has a file that no git may have: "), "{said}");
        assert!(!desk.path().join(".git/hooks/post-index-change").exists());
        assert!(!desk.path().join("../hooks").exists());
        desk.run(&["list"]).ok();
        hub.git(&["update-ref", "refs/heads/main", before.trim()]);
    }
    assert!(!mark.exists());
}

#[test]
fn the_users_own_configuration_stays_in_force() {
    let (desk, mark, program) = desk();
    desk.git(&["config", "remote.origin.url", "nowhere.invalid:x"]);
    desk.git(&["config", "--global", "core.sshCommand", &program]);
    desk.run(&["sync", "--timeout", "2s"]).fails(8);
    assert!(mark.exists());
}
