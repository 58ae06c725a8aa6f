//! `flush`

use std::fs;

use serde_json::{Value, json};

use crate::support::TestDesk;

/// A host without a desk, whose events wait.
fn host(world: &TestDesk, name: &str) -> TestDesk {
    let host = world.at(name).with("GIT_DESK_HOST", name);
    let spool = host.path().join("spool").display().to_string();
    host.with("GIT_DESK_SPOOL", &spool)
}

fn event(id: &str, key: &str) -> Value {
    json!({"schema": "desk.event/1", "id": id, "at": "2026-11-24T08:00:00Z", "key": key, "title": key, "host": "h"})
}

/// Puts files into the spool by hand.
fn put(desk: &TestDesk, name: &str, text: &str) {
    let new = desk.path().join("spool/new");
    fs::create_dir_all(&new).unwrap();
    fs::write(new.join(name), text).unwrap();
}

#[test]
fn an_event_is_applied_once_however_often_it_is_delivered() {
    let world = TestDesk::nowhere();
    let desk = host(&world, "one");
    desk.run(&["init", "--bare"]).ok();
    for _ in 0..3 {
        put(&desk, "1.json", &event("e1", "k").to_string());
        put(&desk, "2.json", &event("e2", "k").to_string());
        desk.run(&["flush"]).ok();
    }
    let id = desk.run(&["list", "-o", "ids"]).ok();
    assert_eq!(desk.ticket(id.trim())["occurrences"]["count"], 2);
    assert_eq!(desk.commits(), 2);
    let last = desk.git(&["log", "-1", "--format=%B"]);
    assert!(last.contains("\nDesk-Op: e1\nDesk-Op: e2\n"), "{last}");
}

#[test]
fn what_is_no_event_is_put_aside_and_keeps_nothing_back() {
    let world = TestDesk::nowhere();
    let desk = host(&world, "one");
    desk.run(&["init", "--bare"]).ok();
    put(&desk, "1.json", "{\"schema\": \"desk.event/1\", \"id\": \"x\"}");
    put(&desk, "2.json", &event("e2", "k").to_string());
    let run = desk.run(&["flush"]);
    assert_eq!(run.code, 6);
    assert!(run.stderr.contains("is no event that this desk takes: `key` is not 1 to 255 characters"), "{run}");
    assert_eq!(desk.run(&["list", "--count"]).ok(), "1\n");
    assert!(desk.path().join("spool/failed/1.why").exists());
    assert_eq!(desk.run(&["flush"]).to_string(), "");
}

#[test]
fn a_damaged_ticket_keeps_its_own_events_back_and_no_others() {
    let world = TestDesk::nowhere();
    let desk = host(&world, "one");
    desk.run(&["init"]).ok();
    put(&desk, "1.json", &event("e1", "k").to_string());
    desk.run(&["flush"]).ok();
    let id = desk.run(&["list", "-o", "ids"]).ok();
    let entry = desk.file(id.trim()).with_extension("").join("occurrence-h.toml");
    fs::write(&entry, "<<<<<<< ours\n").unwrap();
    desk.git(&["commit", "-qam", "damage"]);
    put(&desk, "2.json", &event("e2", "k").to_string());
    put(&desk, "3.json", &event("e3", "other").to_string());
    assert_eq!(desk.run(&["flush"]).code, 6);
    assert_eq!(desk.run(&["list", "--count"]).ok(), "2\n");
    assert!(desk.path().join("spool/failed/2.json").exists());
}

#[test]
fn without_a_clone_they_go_to_the_hubs_inbox() {
    let world = TestDesk::nowhere();
    let hub = world.at("hub");
    hub.run(&["init", "--bare"]).ok();
    let host = host(&world, "web1");
    host.run(&["event", "trigger", "--key", "a", "--title", "A"]).ok();
    host.run(&["event", "trigger", "--key", "b", "--title", "B"]).ok();
    let address = hub.path().display().to_string();
    host.run(&["flush", "--hub", &address]).ok();
    let refs = hub.git(&["for-each-ref", "--format=%(refname)", "refs/desk/inbox"]);
    assert_eq!(refs.lines().count(), 1);
    assert!(refs.starts_with("refs/desk/inbox/web1/20261124T"), "{refs}");
    assert_eq!(host.run(&["flush", "--hub", &address]).to_string(), "");
    assert_eq!(hub.run(&["intake"]).ok().lines().count(), 2);
    assert_eq!(hub.run(&["list", "--count"]).ok(), "2\n");
}

#[test]
fn a_hub_that_is_away_is_exit_8_and_loses_nothing() {
    let world = TestDesk::nowhere();
    let host = host(&world, "web1");
    host.run(&["event", "trigger", "--key", "a"]).ok();
    let run = host.run(&["flush", "--hub", "/no/such/hub.git"]);
    assert_eq!(run.code, 8, "{run}");
    assert!(run.stderr.contains("they are kept"), "{run}");
    assert_eq!(fs::read_dir(host.path().join("spool/new")).unwrap().count(), 1);
    assert_eq!(host.run(&["flush", "--hub", "ext::sh -c touch% x"]).code, 2);
    assert!(!host.path().join("x").exists());
}

#[test]
fn a_hub_by_preference_is_the_persons_own_and_none_of_a_repository() {
    let world = TestDesk::nowhere();
    let hub = world.at("hub");
    hub.run(&["init", "--bare"]).ok();
    let host = host(&world, "web1");
    host.git(&["init", "-q"]);
    host.git(&["config", "desk.hub", "/no/such/hub.git"]);
    // It is tried at once and there is no desk here.
    host.run(&["event", "trigger", "--key", "a"]).ok();
    assert_eq!(host.run(&["flush"]).code, 7);
    let host = host.with("GIT_DESK_HUB", &hub.path().display().to_string());
    host.run(&["flush"]).ok();
    assert_eq!(hub.run(&["intake"]).ok().lines().count(), 1);
}

#[test]
fn from_cron_what_went_well_is_nobodys_mail() {
    let world = TestDesk::nowhere();
    let desk = host(&world, "one");
    desk.run(&["init", "--bare"]).ok();
    put(&desk, "1.json", &event("e1", "k").to_string());
    assert_eq!(desk.run(&["flush", "-q"]).to_string(), "");
    assert_eq!(desk.run(&["list", "--count"]).ok(), "1\n");
}
