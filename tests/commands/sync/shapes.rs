//! `sync` of repositories of every shape.

use std::fs;

use super::{team, tip};
use crate::support::TestDesk;

#[test]
fn a_joined_bare_desk_syncs() {
    let team = team();
    team.world.run(&["join", "../hub.git"]).ok();
    let clone = team.world.at("home/.local/share/git-desk/hub.git");
    assert_eq!(clone.on_terminal("", &["list"]).ok(), "nothing open\n");
    let id = clone.open("Printer", &[]);
    clone.run(&["sync"]).ok();
    assert_eq!(team.hub.ticket(&id)["title"], "Printer");
    team.ana.open("VPN", &[]);
    team.ana.run(&["sync"]).ok();
    clone.run(&["sync"]).ok();
    assert_eq!(clone.run(&["list", "--count"]).ok(), "2\n");
    clone.is_sound();
}

#[test]
fn a_linked_worktree_a_branch_and_a_staged_file_are_left_as_they_are() {
    let team = team();
    team.ana.git(&["switch", "-qc", "other"]);
    team.ana.git(&["worktree", "add", "-q", "../linked", "main"]);
    let linked = team.world.at("linked");
    fs::write(linked.path().join("letter.txt"), "mine\n").unwrap();
    linked.git(&["add", "letter.txt"]);
    fs::write(linked.path().join("draft.txt"), "mine\n").unwrap();
    let id = team.bob.open("Printer", &[]);
    team.bob.run(&["sync"]).ok();
    linked.run(&["sync"]).ok();
    assert!(linked.file(&id).exists());
    assert_eq!(linked.git(&["status", "--porcelain"]), "A  letter.txt\n?? draft.txt\n");
    assert_eq!(tip(&linked), tip(&team.hub));
    // The branch of the other worktree goes to one of its own.
    team.ana.open("VPN", &[]);
    team.ana.run(&["sync"]).ok();
    assert_eq!(team.hub.git(&["rev-parse", "other"]), team.ana.git(&["rev-parse", "other"]));
    assert_eq!(tip(&linked), tip(&team.hub));
}

#[test]
fn a_branch_that_is_not_checked_out_syncs_by_its_name() {
    let team = team();
    team.ana.git(&["switch", "-q", "--detach"]);
    team.ana.run(&["sync"]).fails(7);
    team.bob.open("Printer", &[]);
    team.bob.run(&["sync"]).ok();
    team.ana.run(&["sync", "--ref", "main"]).ok();
    assert_eq!(tip(&team.ana), tip(&team.hub));
}

#[test]
fn a_desk_in_a_folder_of_a_code_repository_syncs_with_the_code() {
    let world = TestDesk::nowhere();
    world.at("hub.git").git(&["init", "-q", "--bare", "-b", "main"]);
    world.git(&["clone", "-q", "../hub.git", "../code"]);
    let code = world.at("code");
    fs::write(code.path().join("README"), "code\n").unwrap();
    code.git(&["add", "."]);
    code.git(&["commit", "-qm", "code"]);
    code.git(&["push", "-q"]);
    // The remote has no desk yet: it comes with the first push.
    code.run(&["init", "support"]).ok();
    let id = code.open("Printer", &[]);
    code.run(&["sync"]).ok();
    world.git(&["clone", "-q", "../hub.git", "../other"]);
    let other = world.at("other");
    other.run(&["comment", &id, "seen"]).ok();
    other.run(&["sync"]).ok();
    code.run(&["sync"]).ok();
    assert_eq!(code.ticket(&id)["thread"][0]["body"], "seen");
    code.is_sound();
}

#[test]
fn a_program_beside_the_desk_stays_a_program_and_a_link_is_left_to_git() {
    let team = team();
    let script = team.bob.path().join("build.sh");
    fs::write(&script, "#!/bin/sh\n").unwrap();
    team.bob.git(&["add", "--chmod=+x", "build.sh"]);
    team.bob.git(&["commit", "-qm", "build"]);
    team.bob.run(&["sync"]).ok();
    team.ana.open("Printer", &[]);
    team.ana.run(&["sync"]).ok();
    team.ana.is_sound();
    let mode = |team: &super::Team| {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(team.ana.path().join("build.sh")).unwrap().permissions().mode() & 0o111
    };
    assert_ne!(mode(&team), 0);
    team.bob.git(&["pull", "-q"]);
    team.bob.git(&["update-index", "--chmod=-x", "build.sh"]);
    team.bob.git(&["commit", "-qm", "no program"]);
    team.bob.git(&["restore", "."]);
    team.bob.run(&["sync"]).ok();
    team.ana.run(&["sync"]).ok();
    assert_eq!(mode(&team), 0);
    team.ana.is_sound();
    std::os::unix::fs::symlink("build.sh", team.bob.path().join("link")).unwrap();
    team.bob.git(&["add", "link"]);
    team.bob.git(&["commit", "-qm", "link"]);
    team.bob.run(&["sync"]).ok();
    let said = team.ana.run(&["sync"]).fails(5);
    assert!(said.starts_with("git-desk: link is no regular file; nothing was written\n"), "{said}");
    team.ana.git(&["merge", "-q", "@{upstream}"]);
    team.ana.run(&["sync"]).ok();
    team.ana.is_sound();
}

#[test]
fn a_shallow_clone_syncs() {
    let team = team();
    for title in ["Printer", "VPN", "Badge"] {
        team.ana.open(title, &[]);
    }
    team.ana.run(&["sync"]).ok();
    let url = format!("file://{}", team.hub.path().display());
    team.world.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    let shallow = team.world.at("shallow").with("GIT_DESK_SEED", "shallow");
    let id = shallow.open("Here", &[]);
    shallow.run(&["sync"]).ok();
    assert_eq!(team.hub.ticket(&id)["title"], "Here");
    team.ana.run(&["sync"]).ok();
    team.ana.open("There", &[]);
    team.ana.run(&["sync"]).ok();
    shallow.run(&["sync"]).ok();
    assert_eq!(shallow.run(&["list", "--count"]).ok(), "5\n");
    assert_eq!(shallow.git(&["rev-parse", "--is-shallow-repository"]), "true\n");
    shallow.git(&["fsck", "--full"]);
}

#[test]
fn what_somebody_merged_by_hand_does_not_change_what_was_published() {
    let team = team();
    team.ana.open("Printer", &[]);
    team.bob.open("VPN", &[]);
    team.bob.run(&["sync"]).ok();
    let published = tip(&team.hub);
    team.ana.git(&["fetch", "-q"]);
    team.ana.git(&["merge", "-q", "--no-edit", "origin/main"]);
    team.ana.run(&["sync"]).ok();
    assert_eq!(team.hub.git(&["rev-parse", "main^1"]), published);
    assert_eq!(team.hub.run(&["list", "--count"]).ok(), "2\n");
    assert_eq!(tip(&team.ana), tip(&team.hub));
    team.ana.is_sound();
}

#[test]
fn an_operation_answers_with_its_own_ticket_under_its_new_id() {
    let team = team();
    let ana = team.world.at("ana").with("GIT_DESK_SEED", "same");
    let bob = team.world.at("bob").with("GIT_DESK_SEED", "same").by("Bob <bob@example.com>");
    let id = ana.open("mine", &["--op-id", "job-1"]);
    assert_eq!(bob.open("theirs", &[]), id);
    bob.run(&["sync"]).ok();
    team.ana.run(&["sync"]).ok();
    let again = team.ana.open("mine", &["--op-id", "job-1"]);
    assert_ne!(again, id);
    assert_eq!(team.ana.ticket(&again)["title"], "mine");
    assert_eq!(team.ana.run(&["list", "--count"]).ok(), "2\n");
}
