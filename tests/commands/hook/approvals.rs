//! Pushes that go round an approval.

use std::fs;
use std::path::PathBuf;

use super::Server;
use super::attacks::{begin, entry};
use crate::support::ticket_path;

const APPROVED: &str = "\ndecision = \"approved\"\n";

/// A server whose ticket is a request that Lea must approve.
fn asked() -> Server {
    let server = begin();
    let folder = server.clone.path().join("services");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("laptop.toml"), "title = \"Laptop\"\napproval = [\"lea\"]\n").unwrap();
    fs::write(folder.join("chair.toml"), "title = \"Chair\"\napproval = [\"requester-manager\"]\n").unwrap();
    server.commit("ana");
    server.clone.run(&["set", &server.id, "service=laptop", "category=hardware"]).ok();
    server.takes("ana");
    server.clone.git(&["fetch", "-q", "origin"]);
    server
}

fn by(server: &Server, who: &str) -> crate::support::TestDesk {
    server.clone.later(60);
    server.clone.at("desk").by(who)
}

#[test]
fn a_request_keeps_its_service_while_somebody_has_to_approve_it() {
    let server = asked();
    let open = "an approval is still open: that of lea (DSK411)";
    server.edit("service = \"laptop\"", "service = \"\"");
    server.commit("bob");
    server.refuses("bob", open);
    server.edit("service = \"laptop\"", "service = \"printer\"");
    server.commit("bob");
    server.refuses("bob", open);
    // Nor does what has ended without work become done.
    by(&server, "bob").run(&["resolve", &server.id, "--resolution", "cancelled"]).ok();
    server.takes("bob");
    server.edit("resolution = \"cancelled\"", "resolution = \"fixed\"");
    server.commit("bob");
    server.refuses("bob", open);
    server.edit("service = \"laptop\"", "service = \"\"");
    server.commit("bob");
    server.refuses("bob", open);
}

#[test]
fn a_done_ticket_gets_no_service_whose_approvers_were_not_heard() {
    let server = asked();
    let other = server.clone.open("Another", &[]);
    server.clone.run(&["set", &other, "category=hardware"]).ok();
    server.clone.run(&["resolve", &other, "--resolution", "fixed", "-m", "x"]).ok();
    server.takes("ana");
    server.clone.change(&server.clone.path().join(ticket_path(&other)), "service = \"\"", "service = \"laptop\"");
    server.commit("bob");
    server.refuses("bob", "an approval is still open: that of lea (DSK411)");
}

#[test]
fn who_has_retired_and_who_decides_too_early_is_not_heard() {
    let server = asked();
    let early = entry(&server, "approval", "lea", APPROVED);
    server.clone.change(&early, "at = 2026-11-24", "at = 2026-11-23");
    server.commit("lea");
    server.refuses("lea", "lea dated a decision on ID before it was opened");
    let policy = server.clone.path().join("desk.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let retired = text.replacen("role = \"lead\"\nactive = true", "role = \"lead\"\nactive = false", 1);
    assert_ne!(text, retired);
    by(&server, "lea").run(&["approve", &server.id]).ok();
    let kept = server.clone.git(&["rev-parse", "HEAD"]);
    server.reset();
    fs::write(&policy, retired).unwrap();
    server.commit("ana");
    server.takes("ana");
    server.clone.git(&["cherry-pick", kept.trim()]);
    server.refuses("lea", "lea may not approve ID");
}

/// The only file of the thread.
fn decision(server: &Server) -> PathBuf {
    let folder = server.clone.path().join(ticket_path(&server.id).trim_end_matches(".toml"));
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).max().unwrap()
}

#[test]
fn an_approval_is_not_taken_back_once_work_rests_on_it() {
    let server = asked();
    by(&server, "lea").run(&["approve", &server.id]).ok();
    server.takes("lea");
    by(&server, "lea").run(&["undo"]).ok();
    server.takes("lea");
    by(&server, "lea").run(&["approve", &server.id]).ok();
    by(&server, "bob").run(&["resolve", &server.id, "--resolution", "fixed", "-m", "x"]).ok();
    server.takes("");
    server.clone.git(&["fetch", "-q", "origin"]);
    fs::remove_file(decision(&server)).unwrap();
    server.commit("lea");
    server.refuses("lea", "lea took back a decision on a request that has ended; it stays (DSK415)");
    server.clone.change(&decision(&server), "approved", "refused");
    server.commit("lea");
    server.refuses("lea", "lea changed a decision on a request that has ended; it stays (DSK416)");
}

#[test]
fn a_lead_does_not_become_the_manager_of_their_own_request() {
    let server = asked();
    let request = |who: &str| {
        let words = ["open", "A chair", "--service", "chair", "--category", "hardware", "-r", who];
        by(&server, "lea").run(&words).ok().trim_end().to_owned()
    };
    for who in ["Lea <lea@example.com>", " lea", "lea@example.com.", "LEA"] {
        let id = request(who);
        assert_eq!(by(&server, "lea").run(&["approve", &id]).code, 9, "{who}");
    }
    let id = request("lea");
    let set = by(&server, "lea").run(&["set", &id, "requester=zed@acme.example"]);
    assert!(set.fails(5).contains("an approval is still open: that of requester-manager"));
    server.takes("lea");
    server.clone.git(&["fetch", "-q", "origin"]);
    let file = server.clone.path().join(ticket_path(&id));
    server.clone.change(&file, "requester = \"lea\"", "requester = \"zed@acme.example\"");
    server.commit("lea");
    server.refuses("lea", "an approval is still open: that of requester-manager (DSK411)");
}

#[test]
fn a_service_that_cannot_be_read_lets_nothing_pass() {
    let server = asked();
    let file = server.clone.path().join("services/laptop.toml");
    fs::write(&file, "<<<<<<< HEAD\napproval = [\"lea\"]\n").unwrap();
    server.commit("ana");
    // As it came in before there was a hook.
    server.clone.git(&["-c", "core.hooksPath=/dev/null", "fetch", "-q", "origin"]);
    let hub = server.clone.at("hub.git");
    hub.git(&["fetch", "-q", &server.clone.path().display().to_string(), "+main:main"]);
    server.clone.git(&["fetch", "-q", "origin"]);
    assert!(
        by(&server, "bob")
            .run(&["resolve", &server.id, "--resolution", "fixed"])
            .fails(6)
            .contains("services/laptop.toml:1:")
    );
    server.edit("status = \"active\"", "status = \"resolved\"");
    server.edit("resolution = \"\"", "resolution = \"fixed\"");
    server.commit("bob");
    server.refuses("bob", "whoever services/laptop.toml names, which cannot be read");
}
