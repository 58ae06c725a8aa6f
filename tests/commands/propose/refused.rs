//! What cannot be proposed, and what hostile words do: nothing.

use std::fs;

use super::World;
use crate::support::forge::Kind;

#[test]
fn what_is_no_write_of_one_commit_is_exit_2() {
    let world = World::new(Kind::Github);
    let said = |words: &[&str]| world.desk.run(&[&["propose", "--"], words].concat()).fails(2);
    for words in [
        &["list"][..],
        &["show", &world.id],
        &["propose", "--", "close", &world.id],
        &["queue", "list"],
        &["fmt", "--check"],
        &["import", "events", "log.jsonl"],
        &["run", "--", "true"],
        &["init", "elsewhere"],
        &["doctor"],
    ] {
        let said = said(words);
        let verb = words[0];
        assert!(said.starts_with(&format!("git-desk: `{verb}` is no command whose work is one commit")), "{said}");
    }
    assert!(said(&["clsoe", &world.id]).contains("git desk propose -- close"));
    assert!(said(&["--repo", "x", "close", &world.id]).contains("stand in front of `propose`"));
    assert_eq!(world.desk.run(&["propose"]).code, 2);
    assert_eq!(world.desk.run(&["propose", "--at", "2026-01-01", "--", "close", "k7m3"]).code, 2);
    assert_eq!(world.hub.git(&["for-each-ref", "--format=%(refname)"]), "refs/heads/main\n");
}

#[test]
fn what_the_command_refuses_passes_through_and_leaves_nothing() {
    let world = World::new(Kind::Github);
    let refused = world.desk.run(&["propose", "--", "close", &world.id]);
    assert!(refused.fails(2).contains("how did"), "{refused}");
    assert_eq!(world.desk.run(&["propose", "--", "close", "zzzz", "--resolution", "fixed"]).code, 3);
    assert_eq!(
        world.desk.git(&["for-each-ref", "--format=%(refname)", "refs/desk", "refs/heads"]),
        "refs/heads/main\n"
    );
}

#[test]
fn what_would_leave_errors_is_not_pushed() {
    let world = World::new(Kind::Github);
    world.desk.change(&world.desk.file(&world.id), "queue = \"l1\"", "queue = \"nowhere\"");
    world.desk.git(&["commit", "-qam", "by hand"]);
    world.desk.git(&["push", "-q", "origin", "main"]);
    let said = world.desk.run(&["propose", "--", "tag", &world.id, "--add", "x"]).fails(6);
    assert!(said.starts_with("git-desk: that would leave 1 error in the desk; nothing was pushed\n"), "{said}");
    assert!(said.contains(&format!("{}.toml:", world.id)) && said.contains("DSK301"), "{said}");
    assert_eq!(world.hub.git(&["for-each-ref", "--format=%(refname)"]), "refs/heads/main\n");
}

#[test]
fn nobodys_commits_are_put_aside() {
    let world = World::new(Kind::Github);
    world.desk.run(&world.close()).ok();
    let branch = world.branch();
    // A reviewer adds one.
    let path = |name: &str| world.around.outside().join(name).display().to_string();
    world.around.git(&["clone", "-q", "--branch", &branch, &path("acme/desk.git"), &path("reviewer")]);
    let reviewer = world.around.at("reviewer");
    reviewer.run(&["comment", &world.id, "are you sure?"]).ok();
    reviewer.git(&["push", "-q", "origin", &branch]);
    let theirs = world.there(&branch);
    let said = world.desk.run(&world.close()).fails(5);
    assert!(
        said.starts_with(&format!("git-desk: `{branch}` of origin has commits that `propose` did not make")),
        "{said}"
    );
    assert_eq!(world.there(&branch), theirs);
    // A branch here that is somebody's own, the base itself, and one that is checked out.
    world.desk.git(&["branch", "mine", "main"]);
    world.desk.git(&["commit-tree", "-m", "own", "main^{tree}"]);
    let own = world.desk.git(&["commit-tree", "-p", "main", "-m", "own", "main^{tree}"]);
    world.desk.git(&["update-ref", "refs/heads/mine", own.trim()]);
    let on = |name: &str| world.desk.run(&["propose", "--branch", name, "--", "take", &world.id]).fails(5);
    assert!(on("mine").contains("`mine` of this repository has commits"));
    assert!(on("main").contains("`main` is the branch that is proposed to"));
    world.desk.git(&["worktree", "add", "-q", &path("elsewhere"), "-b", "out"]);
    assert!(on("out").contains("`out` is checked out"));
}

#[test]
fn names_that_git_could_take_for_something_else_are_exit_2() {
    let world = World::new(Kind::Github);
    for (option, value) in [
        ("--branch", "-f"),
        ("--branch", "a b"),
        ("--branch", "a..b"),
        ("--branch", "x:refs/heads/main"),
        ("--branch", "+main"),
        ("--branch", "a\nb"),
        ("--branch", "HEAD"),
        ("--base", "--upload-pack=touch x"),
        ("--base", "main~1"),
        ("--remote", "--upload-pack=touch x"),
        ("--remote", "ext::sh -c touch% x"),
        ("--reviewer", "../admin"),
        ("--title", " \n "),
    ] {
        let option = format!("{option}={value}");
        let ran = world.desk.run(&["propose", &option, "--", "take", &world.id]);
        assert_eq!(ran.code, if option == "--branch=+main" { 0 } else { 2 }, "{option}: {ran}");
    }
    for url in
        ["ext::sh -c touch% marker", "--upload-pack=touch marker", "fd::7", "ssh://-oProxyCommand=touch/acme/desk"]
    {
        world.desk.git(&["config", "remote.origin.url", url]);
        assert_eq!(world.desk.run(&world.close()).code, 2, "{url}");
    }
    assert!(!world.desk.path().join("marker").exists());
}

#[test]
fn hostile_words_are_only_words() {
    let world = World::new(Kind::Github);
    let title = "| @acme/everyone #1 <img src=x> `x` [a](javascript:b)\u{202e} \u{1b}[31m";
    let run = world.desk.run(&["propose", "--branch", "words", "--title", title, "--", "open", title]);
    assert_eq!(run.to_string(), "https://github.example/acme/desk/pull/1\n");
    let pull = &world.forge.pulls()[0];
    assert_eq!(pull["title"], "| @acme/everyone #1 <img src=x> `x` [a](javascript:b) [31m");
    let body = pull["body"].as_str().unwrap();
    let row = body.lines().nth(2).unwrap();
    assert!(row.contains("\\| &#64;acme/everyone \\#1 &lt;img src=x&gt; \\`x\\` \\[a\\](javascript:b)"), "{row}");
    assert!(!body.chars().any(|c| c == '\u{202e}' || c == '\u{1b}'), "{body}");
}

#[test]
fn nothing_that_a_repository_says_runs() {
    let world = World::new(Kind::Github);
    let marker = world.around.outside().join("marker");
    let touch = format!("touch {}", marker.display());
    let settings = [
        ("credential.helper", format!("!{touch}; :")),
        ("core.sshCommand", touch.clone()),
        ("core.askPass", touch.clone()),
        ("core.fsmonitor", touch.clone()),
        ("core.gitProxy", touch.clone()),
        ("remote.origin.uploadpack", format!("{touch}; git-upload-pack")),
        ("remote.origin.receivepack", format!("{touch}; git-receive-pack")),
    ];
    for (name, value) in &settings {
        world.desk.git(&["config", name, value]);
    }
    for hook in ["pre-push", "reference-transaction", "post-checkout"] {
        let path = world.desk.path().join(".git/hooks").join(hook);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{touch}\n")).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    world.desk.run(&world.close()).ok();
    assert!(!marker.exists());
}

#[test]
fn a_forge_that_cannot_be_told_is_exit_2_before_anything_is_pushed() {
    let world = World::new(Kind::Github);
    world.around.git(&["config", "--global", "--unset", "desk.forge"]);
    let said = world.desk.run(&world.close()).fails(2);
    assert_eq!(
        said,
        "git-desk: the remote is a folder, and no forge is named\n  \
         git config desk.forge github     and where it is: git config desk.forge-api URL\n  \
         without a pull request: git desk propose --no-pr -- …\n"
    );
    for (name, value) in [
        ("desk.forge", "sourceforge"),
        ("desk.forge-api", "http://forge.example/api"),
        ("desk.forge-api", "https://user:pass@forge.example/api"),
        ("desk.forge-api", "file:///etc/passwd"),
    ] {
        let ran = world.desk.run(&["propose", "--", "take", &world.id]);
        assert_eq!(ran.code, 2, "{ran}");
        world.around.git(&["config", "--global", "desk.forge", "github"]);
        world.around.git(&["config", "--global", name, value]);
        let ran = world.desk.run(&world.close());
        assert_eq!(ran.code, 2, "{name} {value}: {ran}");
        world.around.git(&["config", "--global", "--unset", "desk.forge"]);
    }
    assert_eq!(world.hub.git(&["for-each-ref", "--format=%(refname)"]), "refs/heads/main\n");
}

#[test]
fn the_proposal_of_somebody_else_stays() {
    let world = World::new(Kind::Github);
    let mut bobs = world.close();
    bobs[7] = "bob's reason";
    let bob = world.around.at("work").by("Bob <bob@example.com>");
    bob.run(&bobs).ok();
    let theirs = world.there(&world.branch());
    let path = |name: &str| world.around.outside().join(name).display().to_string();
    world.around.git(&["clone", "-q", &path("acme/desk.git"), &path("other")]);
    for clone in ["other", "work"] {
        let said = world.around.at(clone).run(&world.close()).fails(5);
        let begins = format!("git-desk: `{}` of origin has a proposal of bob@example.com\n", world.branch());
        assert!(said.starts_with(&begins) && said.contains("--branch NAME"), "{said}");
        assert_eq!(world.there(&world.branch()), theirs);
    }
    bobs[7] = "another reason";
    bob.run(&bobs).ok();
    assert_ne!(world.there(&world.branch()), theirs, "it is bob's to change");
}

#[test]
fn a_fork_on_another_machine_is_exit_2_before_anything_is_pushed() {
    let world = World::new(Kind::Github);
    world.desk.git(&["remote", "set-url", "--push", "origin", "https://forge.example/bob/desk.git"]);
    let said = world.desk.run(&world.close()).fails(2);
    assert!(said.contains("it is pushed to bob/desk on another machine"), "{said}");
    assert_eq!(world.desk.git(&["branch", "--list", "desk/*"]), "");
}
