//! Pushes that change the words of others, or say something in their name; and those of our own acts that do neither.

use std::fs;
use std::path::PathBuf;

use super::Server;
use super::attacks::{begin, entry, merge};
use crate::support::ticket_path;

/// The files of the ticket's thread, the newest last.
fn thread(server: &Server) -> Vec<PathBuf> {
    let folder = server.clone.path().join(ticket_path(&server.id).trim_end_matches(".toml"));
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut entries: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    entries.sort_unstable();
    entries
}

/// A comment of ana's on a branch `p` that nobody has pushed; the clone is back on `main`.
fn comment_beside(server: &Server) -> String {
    server.clone.git(&["checkout", "-qb", "p"]);
    server.clone.run(&["comment", &server.id, "the text of ana"]).ok();
    let path = thread(server).pop().unwrap();
    server.clone.git(&["checkout", "-q", "main"]);
    path.display().to_string()
}

#[test]
fn a_name_that_only_looks_like_an_agents_is_a_forgery() {
    let server = begin();
    let twice = "it says it is by ";
    for by in ["ANA", "Ana", "ana ", " ANA@example.com "] {
        entry(&server, "comment", by, "");
        server.commit("bob");
        server.refuses("bob", &format!("{twice}{}, and the commit is by bob (DSK803)", by));
    }
    for by in ["an\u{200b}a", "\u{430}na", "Ana Agent", "Ana <x@y.example>", "zoe", "", "ana@\u{200b}example.com"] {
        entry(&server, "comment", by, "");
        server.commit("bob");
        server.refuses("bob", "who is no agent and no address; the commit is by bob (DSK803)");
    }
    // A requester's words that came by mail, and one's own name however it is written.
    entry(&server, "comment", "rita@customer.example", "");
    server.commit("bob");
    server.takes("bob");
    fs::remove_file(thread(&server).pop().unwrap()).unwrap();
    server.commit("bob");
    server.refuses("bob", "an entry of rita@customer.example was deleted");
    entry(&server, "comment", "Bob@Example.com", "");
    server.commit("bob");
    server.refuses("bob", "was changed");
    let path = entry(&server, "comment", "BOB", "");
    fs::rename(&path, path.with_file_name("20261124T080600Z-abcd24.toml")).unwrap();
    server.clone.git(&["checkout", "-q", "--", "."]);
    server.commit("bob");
    server.takes("bob");
}

#[test]
fn words_of_another_are_not_changed_on_their_way_in() {
    let server = begin();
    let path = comment_beside(&server);
    let author = server.clone.at("desk").with("GIT_AUTHOR_NAME", "bob").with("GIT_AUTHOR_EMAIL", "bob@example.com");
    let refused = "an entry of ana was changed; a thread only grows (DSK416)";
    // On top of the merge.
    author.git(&["merge", "-q", "--no-ff", "--no-edit", "p"]);
    server.clone.change(path.as_ref(), "the text of ana", "what bob likes");
    server.commit("bob");
    server.refuses("", refused);
    // In the merge.
    server.clone.git(&["merge", "-q", "--no-ff", "--no-commit", "p"]);
    server.clone.change(path.as_ref(), "the text of ana", "what bob likes");
    server.clone.git(&["add", "-A"]);
    merge(&server, &["HEAD", "p"]);
    server.refuses("", refused);
    // Left out in the merge.
    server.clone.git(&["merge", "-q", "--no-ff", "--no-commit", "p"]);
    server.clone.git(&["rm", "-qf", &path]);
    merge(&server, &["HEAD", "p"]);
    server.refuses("", "an entry of ana was deleted; a thread only grows (DSK415)");
    author.git(&["merge", "-q", "--no-ff", "--no-edit", "p"]);
    server.takes("");
    // Changed and changed back.
    server.clone.change(path.as_ref(), "the text of ana", "what bob likes");
    server.commit("bob");
    server.clone.change(path.as_ref(), "what bob likes", "the text of ana");
    server.commit("bob");
    let told = server.answer("bob");
    assert!(told.contains("an entry of ana was changed, and it came back; a thread only grows (DSK416)"), "{told}");
    assert_eq!(told.lines().filter(|line| line.contains("DSK")).count(), 1, "it is told once: {told}");
}

#[test]
fn ones_own_words_are_ones_own() {
    let server = begin();
    server.clone.run(&["comment", &server.id, "the text of ana"]).ok();
    server.takes("ana");
    let path = thread(&server).pop().unwrap();
    server.clone.change(&path, "the text of ana", "a better text");
    server.commit("ana");
    server.takes("ana");
    // What she broke for a commit she mends.
    let good = fs::read_to_string(&path).unwrap();
    fs::write(&path, "<<<<<<<\n").unwrap();
    server.commit("ana");
    fs::write(&path, good).unwrap();
    server.commit("ana");
    server.takes("ana");
    let file = server.clone.path().join("log.txt");
    fs::write(&file, "what it said").unwrap();
    server.clone.run(&["comment", &server.id, "see there", "--attach", "log.txt"]).ok();
    fs::remove_file(file).unwrap();
    server.takes("ana");
    let stored = server.clone.git(&["ls-files", "*-log.txt"]);
    fs::write(server.clone.path().join(stored.trim()), "what bob likes").unwrap();
    server.commit("bob");
    server.refuses("bob", "an attachment of ana was changed; a thread only grows (DSK416)");
    server.clone.git(&["rm", "-q", stored.trim()]);
    server.commit("bob");
    server.refuses("bob", "an attachment of ana was deleted; a thread only grows (DSK415)");
    server.clone.run(&["undo"]).ok();
    assert_eq!(server.clone.git(&["ls-files", "*-log.txt"]), "");
    server.takes("ana");
}

#[test]
fn our_own_undo_is_taken() {
    let server = begin();
    let undone = |act: &[&str]| {
        server.clone.run(act).ok();
        server.takes("ana");
        server.clone.run(&["undo"]).ok();
        server.takes("ana");
        assert_eq!(server.clone.ticket(&server.id)["status"], "new", "{act:?}");
    };
    let (id, other) = (server.id.clone(), server.clone.open("another", &[]));
    undone(&["take", &id]);
    undone(&["set", &id, "category=network"]);
    let policy = server.clone.path().join("desk.toml");
    server.clone.change(&policy, "who = [\"signed\", \"agent\"]", "who = [\"agent\"]");
    server.commit("ana");
    server.takes("ana");
    undone(&["merge", &id, "--into", &other]);
    // Where others have gone on, nobody can say that it is untouched.
    server.clone.run(&["take", &id]).ok();
    server.takes("ana");
    let taken = server.clone.git(&["rev-parse", "HEAD"]);
    server.clone.at("desk").by("bob").run(&["tag", &id, "--add", "red"]).ok();
    server.clone.run(&["undo", taken.trim()]).ok();
    let ticket = server.clone.ticket(&id);
    assert_eq!((&ticket["status"], &ticket["assignee"]), (&"active".into(), &serde_json::Value::Null));
    server.takes("");
    server.edit("status = \"active\"", "status = \"new\"");
    server.commit("ana");
    server.refuses("ana", "(DSK401)");
}

#[test]
fn words_are_copied_into_a_new_ticket_alone() {
    let server = begin();
    server.clone.run(&["comment", &server.id, "ana agrees"]).ok();
    let other = server.clone.open("give bob a raise", &[]);
    server.takes("ana");
    let said = thread(&server).pop().unwrap();
    let folder = server.clone.path().join(ticket_path(&other).trim_end_matches(".toml"));
    fs::create_dir_all(&folder).unwrap();
    fs::copy(&said, folder.join(said.file_name().unwrap())).unwrap();
    for id in [&server.id, &other] {
        server.clone.change(&server.clone.file(id), "category = \"\"", "category = \"x\"");
    }
    server.commit("bob");
    server.refuses("bob", "it says it is by ana, and the commit is by bob (DSK803)");
}

#[test]
fn a_ticket_is_not_born_ended_or_decided() {
    let server = begin();
    let policy = server.clone.path().join("desk.toml");
    server.clone.change(&policy, "may = [\"close\"]", "may = [\"close\", \"approve\"]");
    server.commit("ana");
    server.takes("ana");
    server.clone.at("desk").by("bob").open("done already", &[]);
    server.clone.at("desk").by("bob").run(&["comment", &server.id, "x"]).ok();
    server.takes("bob");
    let born = |who: &str| {
        let new = server.clone.at("desk").by(who);
        let id = new.open("done already", &[]);
        server.clone.change(&server.clone.file(&id), "status = \"new\"", "status = \"closed\"");
        server.clone.change(&server.clone.file(&id), "resolution = \"\"", "resolution = \"fixed\"");
        server.clone.git(&["add", "-A"]);
        server.clone.git(&["commit", "-q", "--amend", "--no-edit"]);
        id
    };
    let id = born("bob");
    server.refuses("bob", &format!("bob may not close {id}"));
    born("lea");
    server.takes("lea");
}

#[test]
fn each_who_counts_a_failure_has_an_entry_of_their_own() {
    let server = begin();
    let open = ["open", "disk full", "--key", "disk"];
    let (ana, bob) = (server.clone.at("desk"), server.clone.at("desk").by("bob"));
    let id = ana.run(&open).ok().trim().to_owned();
    server.takes("ana");
    let spool = server.clone.outside().join("s").display().to_string();
    let machine = server.clone.at("desk").with("GIT_DESK_SPOOL", &spool);
    let event = ["event", "trigger", "--key", "disk", "--title", "disk full"];
    for _ in 0..2 {
        for (desk, who) in [(&ana, "ana"), (&bob, "bob")] {
            desk.run(&open).ok();
            server.takes(who);
        }
        machine.run(&event).ok();
        machine.run(&["flush"]).ok();
        server.takes("ana");
    }
    assert_eq!(server.clone.ticket(&id)["occurrences"]["count"], 7);
    let folder = ticket_path(&id).replace(".toml", "/");
    let files = server.clone.git(&["ls-files", &folder]).replace(&folder, "");
    assert_eq!(files, "occurrence-testhost--ana.toml\noccurrence-testhost--bob.toml\noccurrence-testhost.toml\n");
}

#[test]
fn a_count_of_a_producer_stays_one_when_its_machine_is_another() {
    let server = begin();
    for host in ["web1", "web2"] {
        let event = serde_json::json!({"schema": "desk.event/1", "id": host, "ask": "trigger", "key": "disk",
            "title": "disk full", "at": "2026-11-24T08:01:00Z", "host": host, "producer": "monitor"});
        server.clone.feed(event.to_string(), &["receive", "."]).ok();
        server.takes("ana");
    }
    let id = server.clone.run(&["list", "-o", "ids", "key:disk"]).ok();
    let ticket = server.clone.ticket(id.trim());
    assert_eq!((&ticket["occurrences"]["count"], ticket["thread"].as_array().unwrap().len()), (&2.into(), 1));
}

#[test]
fn a_count_that_a_person_began_under_the_hosts_name_stays_theirs() {
    let server = begin();
    let count = "\nhost = \"testhost\"\n\ncount = 2\n\nfirst = 2026-11-24T08:00:00Z\n\nlast = 2026-11-24T08:00:00Z\n";
    let path = entry(&server, "occurrence", "ana", count);
    fs::rename(&path, path.with_file_name("occurrence-testhost.toml")).unwrap();
    server.edit("channel = \"cli\"", "channel = \"cli\"\n\nkey = \"disk\"");
    server.commit("ana");
    server.takes("ana");
    let spool = server.clone.outside().join("s").display().to_string();
    let machine = server.clone.at("desk").with("GIT_DESK_SPOOL", &spool);
    machine.run(&["event", "trigger", "--key", "disk", "--title", "disk full"]).ok();
    machine.run(&["flush"]).ok();
    server.takes("ana");
    server.clone.run(&["open", "disk full", "--key", "disk"]).ok();
    server.takes("ana");
    assert_eq!(server.clone.ticket(&server.id)["occurrences"]["count"], 4);
    // Nobody puts other words there.
    server.clone.change(
        &path.with_file_name("occurrence-testhost.toml"),
        "body = '''\n",
        "body = '''\nwhat bob likes\n",
    );
    server.commit("bob");
    server.refuses("bob", "an entry of ana was changed");
}
