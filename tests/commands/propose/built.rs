//! What is built, on what, and what stays as it is.

use std::fs;

use serde_json::Value;

use super::{World, bytes};
use crate::support::TestDesk;
use crate::support::forge::Kind;

#[test]
fn worktree_index_head_and_branch_stay_byte_for_byte() {
    let world = World::new(Kind::Github);
    let (desk, file) = (&world.desk, world.desk.file(&world.id));
    // Edited, staged, untracked, and the very ticket that is proposed to be closed.
    fs::write(desk.path().join("note.txt"), "mine\n").unwrap();
    fs::write(desk.path().join("staged.txt"), "staged\n").unwrap();
    desk.git(&["add", "staged.txt"]);
    desk.change(&file, "VPN drops every hour", "my own words");
    let (before, status) = (bytes(desk.path()), desk.git(&["status", "--porcelain=v2", "--branch"]));
    desk.run(&world.close()).ok();
    desk.run(&world.close()).ok();
    assert_eq!(bytes(desk.path()), before);
    assert_eq!(desk.git(&["status", "--porcelain=v2", "--branch"]), status);
    assert_eq!(
        desk.git(&["for-each-ref", "--format=%(refname)"]),
        format!("refs/heads/{}\nrefs/heads/main\nrefs/remotes/origin/HEAD\nrefs/remotes/origin/main\n", world.branch())
    );
    desk.git(&["fsck", "--strict", "--full"]);
}

#[test]
fn it_is_built_on_what_the_remote_has_and_not_on_what_is_here() {
    let world = World::new(Kind::Github);
    world.desk.open("not published yet", &[]);
    world.moves_on();
    world.desk.run(&world.close()).ok();
    let (branch, main) = (world.there(&world.branch()), world.there("main"));
    assert_eq!(world.hub.git(&["diff", "--name-only", &main, &branch]), format!("{}\n", ticket_file(&world)));
}

fn ticket_file(world: &World) -> String {
    world.desk.file(&world.id).strip_prefix(world.desk.path()).unwrap().display().to_string()
}

#[test]
fn on_a_base_that_has_moved_it_is_built_anew_with_the_same_ids() {
    let world = World::new(Kind::Gitea);
    let words = ["propose", "--branch", "ups", "--", "open", "Replace UPS in rack B"];
    let url = world.desk.run(&words).ok();
    let files = |commit: &str| world.hub.git(&["diff", "--name-only", &format!("{commit}^"), commit]);
    let first = world.there("ups");
    world.moves_on();
    world.desk.later(86_400);
    assert_eq!(world.desk.run(&words).ok(), url);
    let second = world.there("ups");
    assert_ne!(first, second);
    assert_eq!(files(&first), files(&second), "the ticket keeps its id over a day");
    assert_eq!(world.hub.git(&["rev-parse", &format!("{second}^")]).trim(), world.there("main"));
    assert_eq!(world.forge.pulls().len(), 1);
}

#[test]
fn the_index_of_a_proposal_begins_as_that_of_the_desk_and_follows_by_itself() {
    let world = World::new(Kind::Github);
    world.desk.run(&["list"]).ok();
    let index = || {
        let folder = world.desk.path().join(".git/desk");
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains("proposal") && name.ends_with(".sqlite")).count()
    };
    let ids = ["one", "two", "three"].map(|title| {
        let words = ["propose", "--branch", title, "--json", "--", "open", title, "--key", "k/1"];
        world.moves_on();
        let made: Value = serde_json::from_str(&world.desk.run(&words).ok()).unwrap();
        assert_eq!((index(), made["changes"][0]["change"].as_str()), (1, Some("opened")), "of another branch: unknown");
        made["tickets"][0].as_str().unwrap().to_owned()
    });
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
    let short = &world.id[7..11];
    assert_eq!(world.desk.run(&["propose", "--branch", "short", "--", "take", short]).code, 0);
}

#[test]
fn what_has_been_merged_is_nothing_to_propose() {
    let world = World::new(Kind::Github);
    world.desk.run(&world.close()).ok();
    world.hub.git(&["update-ref", "refs/heads/main", &world.there(&world.branch())]);
    assert_eq!(world.desk.run(&world.close()).to_string(), "");
    let strict = world.desk.run(&[&["--strict"], &world.close()[..]].concat());
    assert!(strict.fails(5).contains("would change nothing"), "{strict}");
    assert_eq!(world.forge.pulls().len(), 1);
}

#[test]
fn what_came_in_by_another_commit_is_not_done_as_of_then() {
    let world = World::new(Kind::Github);
    world.desk.run(&world.close()).ok();
    // Squashed by the forge, which takes the branch away; here it is still.
    let (branch, tree) = (world.branch(), format!("{}^{{tree}}", world.branch()));
    let squashed = world.hub.git(&["commit-tree", "-p", "main", "-m", "squashed", &tree]);
    world.hub.git(&["update-ref", "refs/heads/main", squashed.trim()]);
    world.hub.git(&["update-ref", "-d", &format!("refs/heads/{branch}")]);
    assert_eq!(world.desk.run(&world.close()).to_string(), "");
    world.hub.later(7_200);
    world.hub.run(&["reopen", &world.id, "-m", "again"]).ok();
    world.desk.later(86_400);
    world.desk.run(&world.close()).ok();
    let at = |commit: &str| world.hub.git(&["log", "-1", "--format=%at", commit]).trim().parse::<i64>().unwrap();
    assert!(at(&branch) > at("main"), "closed after it was reopened");
}

#[test]
fn a_merged_branch_that_is_still_there_takes_the_next_proposal() {
    let world = World::new(Kind::Github);
    world.desk.run(&world.close()).ok();
    world.hub.git(&["update-ref", "refs/heads/main", &world.there(&world.branch())]);
    world.hub.run(&["reopen", &world.id, "-m", "again"]).ok();
    world.desk.run(&world.close()).ok();
    let commit = world.there(&world.branch());
    assert_eq!(world.hub.git(&["rev-parse", &format!("{commit}^")]).trim(), world.there("main"));
}

#[test]
fn without_a_pull_request_it_prints_the_branch() {
    let world = World::new(Kind::Github);
    let mut words = world.close();
    words.insert(1, "--no-pr");
    assert_eq!(world.desk.run(&words).to_string(), format!("{}\n", world.branch()));
    assert_eq!(world.desk.git(&["rev-parse", &world.branch()]).trim(), world.there(&world.branch()));
    assert_eq!(world.forge.asked(0), [""; 0]);
}

#[test]
fn a_desk_without_a_remote_keeps_the_branch() {
    for desk in [TestDesk::new(), TestDesk::bare()] {
        let id = desk.open("VPN", &[]);
        let words = ["propose", "--no-pr", "--branch", "review", "--", "tag", &id, "--add", "vpn"];
        assert_eq!(desk.run(&words).to_string(), "review\n");
        let commit = desk.git(&["rev-parse", "review"]);
        assert_eq!(desk.run(&words).to_string(), "review\n");
        assert_eq!(desk.git(&["rev-parse", "review"]), commit);
        assert_eq!(desk.git(&["rev-parse", "review^"]), desk.git(&["rev-parse", "main"]));
        assert_eq!(desk.run(&["--ref", "review", "list", "tag:vpn", "--count"]).ok(), "1\n");
        assert_eq!(desk.run(&["list", "tag:vpn", "--count"]).ok(), "0\n");
        let refused = desk.run(&["propose", "--", "tag", &id, "--add", "vpn"]);
        assert!(refused.fails(3).contains("git desk propose --no-pr"), "{refused}");
        desk.is_sound();
    }
}

#[test]
fn every_kind_of_write_can_be_proposed() {
    let world = World::new(Kind::Github);
    fs::write(world.desk.path().join("batch.jsonl"), format!("{{\"op\":\"take\",\"id\":\"{}\"}}\n", world.id)).unwrap();
    let commands: &[&[&str]] = &[
        &["comment", &world.id, "we look at it"],
        &["batch", "batch.jsonl"],
        &["queue", "add", "web", "--title", "Web"],
        &["agent", "add", "zoe", "--email", "zoe@example.com"],
        &["undo", "HEAD"],
        &["follow-up", &world.id, "2026-12-01"],
    ];
    for (at, command) in commands.iter().enumerate() {
        let run = world.desk.run(&[&["propose", "--"], *command].concat());
        assert_eq!(run.to_string(), format!("https://github.example/acme/desk/pull/{}\n", at + 1), "{command:?}");
    }
}

#[test]
fn json_holds_everything_and_a_dry_run_leaves_nothing() {
    let world = World::new(Kind::Github);
    let before = (bytes(world.desk.path()), world.desk.git(&["for-each-ref"]), world.hub.git(&["for-each-ref"]));
    let run = |more: &[&str]| -> Value {
        serde_json::from_str(&world.desk.run(&[more, &world.close()[..]].concat()).ok()).unwrap()
    };
    let would = run(&["--dry-run", "--json"]);
    assert_eq!((would["state"].as_str(), &would["url"]), (Some("would"), &Value::Null));
    assert_eq!((bytes(world.desk.path()), world.desk.git(&["for-each-ref"]), world.hub.git(&["for-each-ref"])), before);
    assert_eq!(world.forge.asked(0), [""; 0]);
    let created = run(&["--json"]);
    let expected = ["state", "url", "number", "branch", "base", "remote", "forge"].map(|name| created[name].clone());
    let branch = world.branch();
    let url = "https://github.example/acme/desk/pull/1";
    assert_eq!(
        Value::from(expected.to_vec()),
        serde_json::json!(["created", url, 1, branch, "main", "origin", "github"])
    );
    assert_eq!(created["tickets"], serde_json::json!([world.id]));
    assert_eq!(created["commit"].as_str(), Some(world.there(&branch).as_str()));
    assert_eq!(run(&["--json"])["state"], "unchanged");
    let schema: Value = serde_json::from_str(&world.desk.run(&["schema", "proposal"]).ok()).unwrap();
    for value in [would, created] {
        assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&value), "{value:#}");
    }
}

#[test]
fn on_a_terminal_the_command_confirms_and_the_url_is_the_result() {
    let world = World::new(Kind::Github);
    let ran = world.desk.converse(&world.close(), &[]);
    assert_eq!(ran.stdout, "https://github.example/acme/desk/pull/1\n");
    assert_eq!(
        ran.stderr,
        format!(
            "{handle} is closed as fixed\n{id}\nproposed on desk/close-{id}\n",
            id = world.id,
            handle = &world.id[7..11]
        )
    );
}
