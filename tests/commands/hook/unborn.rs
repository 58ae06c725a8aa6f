//! A server whose HEAD names no branch that is there, and one that knows less than whoever pushes.

use std::fs;

use super::attacks::begin;
use crate::support::{TestDesk, ticket_path};

#[test]
fn where_head_names_a_branch_that_is_not_there_the_desk_is_guarded_all_the_same() {
    let server = begin();
    server.clone.at("hub.git").git(&["symbolic-ref", "HEAD", "refs/heads/master"]);
    server.clone.at("desk").by("bob").run(&["close", &server.id, "--resolution", "fixed"]).ok();
    server.refuses("bob", "bob may not close ID");
    server.clone.git(&["rm", "-rq", "tickets"]);
    server.commit("bob");
    server.refuses("bob", "ID was deleted; what was filed is closed, not taken away");
    let told = server.told(&server.push("bob", &["--force", "main~1:main"]));
    assert!(told.contains("main would lose 1 commit"), "{told}");
    let told = server.told(&server.push("bob", &[":main"]));
    assert!(told.contains("main holds the desk; it is not deleted"), "{told}");
    server.clone.run(&["comment", &server.id, "x"]).ok();
    server.takes("ana");
    // What is no desk is its owner's affair.
    let blob = server.clone.git(&["hash-object", "-w", "desk.toml"]);
    fs::write(server.clone.path().join("../tree"), format!("100644 blob {}\tREADME\n", blob.trim())).unwrap();
    let tree = server.clone.git(&["-c", "alias.mk=!git mktree <../tree", "mk"]);
    let commit = server.clone.git(&["commit-tree", tree.trim(), "-m", "code"]);
    let to = format!("{}:refs/heads/code", commit.trim());
    assert_eq!(server.told(&server.push("bob", &[&to])), "");
    assert_eq!(server.told(&server.push("bob", &[":refs/heads/code"])), "");
    // A desk that comes to a branch without one is a first one.
    assert_eq!(server.told(&server.push("bob", &[&to])), "");
    let broken = "a desk\n";
    fs::write(server.clone.path().join("desk.toml"), broken).unwrap();
    server.commit("bob");
    let told = server.told(&server.push("bob", &["--force", "main:code"]));
    assert!(told.contains("desk.toml:1: "), "{told}");
}

#[test]
fn hooks_are_set_up_before_the_first_push() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.git(&["init", "-q", "--bare", "-b", "master", "../hub.git"]);
    let hub = desk.at("hub.git");
    assert!(hub.run(&["setup", "hooks"]).ok().ends_with("hooks/pre-receive\n"));
    assert_eq!(hub.git(&["config", "--local", "receive.fsckObjects"]), "true\n");
    assert!(hub.run(&["setup", "hooks", "--json"]).ok().contains("\"written\": false"));
    desk.git(&["remote", "add", "origin", "../hub.git"]);
    let push = |words: &[&str]| {
        let output = desk.program("git", &[&["push", "-q", "origin"], words].concat()).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(push(&["main"]), (true, String::new()));
    desk.git(&["rm", "-q", &ticket_path(&id)]);
    desk.git(&["commit", "-qm", "gone"]);
    let (taken, told) = push(&["main"]);
    assert!(!taken && told.contains("was deleted"), "{told}");
    // A worktree without a desk has nothing to guard.
    desk.git(&["init", "-q", "../plain"]);
    desk.at("plain").run(&["setup", "hooks"]).fails(7);
}

#[test]
fn a_schema_that_is_not_known_here_is_not_taken() {
    let server = begin();
    let policy = server.clone.path().join("desk.toml");
    let text = fs::read_to_string(&policy).unwrap().replacen("schema = 1", "schema = 99", 1);
    fs::write(&policy, text).unwrap();
    server.commit("ana");
    server.refuses("ana", "desk.toml:5: schema 99 is later than 1, the latest known here");
    server.clone.run(&["comment", &server.id, "x"]).ok();
    server.takes("ana");
}

#[test]
fn a_signature_of_nonsense_is_none() {
    let server = begin();
    let policy = server.clone.path().join("desk.toml");
    server.clone.change(
        &policy,
        "who = [\"lead\"]\nmay = [\"close\"]",
        "who = [\"admin\", \"signed\"]\nmay = [\"close\", \"policy\"]",
    );
    server.commit("ana");
    server.takes("");
    let text = fs::read_to_string(&policy).unwrap();
    let forge = |by: &str, kind: &str| {
        server.commit(by);
        let commit = server.clone.git(&["cat-file", "commit", "HEAD"]);
        let (head, message) = commit.split_once("\n\n").unwrap();
        let file = server.clone.outside().join("forged");
        let signature = format!("-----BEGIN {kind} SIGNATURE-----\n \n nonsense\n -----END {kind} SIGNATURE-----");
        fs::write(&file, format!("{head}\ngpgsig {signature}\n\n{message}")).unwrap();
        let id = server.clone.git(&["hash-object", "-t", "commit", "-w", file.to_str().unwrap()]);
        server.clone.git(&["reset", "-q", "--hard", id.trim()]);
    };
    for kind in ["PGP", "SSH"] {
        fs::write(&policy, text.replace("role = \"agent\"", "role = \"admin\"")).unwrap();
        forge("ana", kind);
        server.refuses("", "is by ana, and its signature is not known here as theirs");
    }
    server.clone.run(&["comment", &server.id, "x"]).ok();
    server.takes("ana");
    server.clone.run(&["set", &server.id, "category=network"]).ok();
    server.clone.at("desk").by("bob").run(&["resolve", &server.id, "--resolution", "fixed", "-m", "x"]).ok();
    server.takes("");
    server.edit("status = \"resolved\"", "status = \"active\"");
    server.edit("resolution = \"fixed\"", "resolution = \"\"");
    forge("bob", "SSH");
    server.refuses("bob", "is by bob, and its signature is not known here as theirs");
}
