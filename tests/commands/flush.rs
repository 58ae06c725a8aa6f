//! `flush`

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

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

/// The files that wait in the spool.
fn waiting(desk: &TestDesk) -> Vec<String> {
    let entries = fs::read_dir(desk.path().join("spool/new")).unwrap().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
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
    let good = fs::read_to_string(&entry).unwrap();
    fs::write(&entry, format!("{good}    // One more is of the ticket itself.
    assert!(entry.contains("files_left_out = 3\n"), "{entry}");
    assert!(!entry.contains("T080300Z") && entry.contains("T080400Z") && entry.contains("T082300Z"), "{entry}");
    let files = desk.git(&["ls-tree", "--name-only", &format!("HEAD:{folder}/files")]);
    assert_eq!((entry.matches("output-20261124T08").count(), files.lines().count()), (40, 21));
    desk.is_sound();
}

#[test]
fn that_it_works_again_is_noted_so_often_and_then_counted() {
    let world = TestDesk::nowhere();
    let desk = by_hand(&world);
    desk.later(3_600);
    deliver(&desk, &[json!({"at": at(0)})]);
    let id = only(&desk)["id"].as_str().unwrap().to_owned();
    desk.run(&["take", &id]).ok();
    for minute in 1..24 {
        deliver(&desk, &[json!({"at": at(minute)}), json!({"ask": "resolve", "at": at(minute)})]);
    }
    let ticket = only(&desk);
    let notes: Vec<&Value> =
        ticket["thread"].as_array().unwrap().iter().filter(|entry| entry["act"] == "recovery").collect();
    assert_eq!(notes.len(), 20);
    assert!(
        notes[19]["body"].as_str().unwrap().ends_with("\n\n(no more notes of this kind: from now on it is counted)")
    );
    assert_eq!(ticket["occurrences"]["count"], 24);
}

#[test]
fn a_ticket_that_cannot_be_read_keeps_what_is_said_of_its_key_and_nothing_else() {
    let conflict = |good: &str| format!("{good}<<<<<<< ours\n");
    let no_quote = |good: &str| good.replace("key = \"k\"", "key = \"k");
    for damage in [conflict as fn(&str) -> String, no_quote] {
        let world = TestDesk::nowhere();
        let desk = host(&world, "one");
        desk.run(&["init"]).ok();
        put(&desk, "1.json", &event("e1", "k").to_string());
        desk.run(&["flush"]).ok();
        let id = desk.run(&["list", "-o", "ids"]).ok();
        let file = desk.file(id.trim());
        let good = fs::read_to_string(&file).unwrap();
        fs::write(&file, damage(&good)).unwrap();
        desk.git(&["commit", "-qam", "damage"]);
        put(&desk, "2.json", &event("e2", "k").to_string());
        put(&desk, "3.json", &event("e3", "other").to_string());
        let mut works = event("e4", "k");
        (works["ask"], works["at"], works["recovery"]) = ("resolve".into(), at(1), "always".into());
        put(&desk, "4.json", &works.to_string());
        let run = desk.run(&["flush", "-q"]);
        assert!(run.code == 6 && run.stderr.contains("; 2 events wait for it"), "{run}");
        assert_eq!(waiting(&desk), ["2.json", "4.json"]);
        assert_eq!(desk.run(&["list", "key:other", "--count"]).ok(), "1\n");
        fs::write(&file, &good).unwrap();
        desk.git(&["commit", "-qam", "mended"]);
        desk.run(&["flush"]).ok();
        let ticket = desk.ticket(id.trim());
        assert_eq!((&ticket["occurrences"]["count"], &ticket["status"]), (&Value::from(2), &Value::from("resolved")));
        assert_eq!((waiting(&desk), desk.run(&["list", "--count"]).ok().as_str()), (vec![], "1\n"));
    }
}

#[test]
fn who_is_asked_to_end_leaves_nothing_of_a_push_behind() {
    let world = TestDesk::nowhere();
    let web = host(&world, "web1");
    put(&web, "1.json", &event("e1", "k").to_string());
    let (bin, tmp) = (web.path().join("bin"), web.path().join("tmp"));
    fs::create_dir(&bin).unwrap();
    // One that was killed two days ago.
    fs::create_dir_all(tmp.join("git-desk-parcel-old/refs")).unwrap();
    fs::set_permissions(tmp.join("git-desk-parcel-old"), fs::Permissions::from_mode(0o700)).unwrap();
    let old = SystemTime::now() - Duration::from_secs(2 * 86_400);
    fs::File::open(tmp.join("git-desk-parcel-old")).unwrap().set_modified(old).unwrap();
    let word = format!("61.{}", std::process::id());
    let ready = web.path().join("ready");
    fs::write(bin.join("ssh"), format!("#!/bin/sh\ntouch {}\nsleep {word}; true\n", ready.display())).unwrap();
    fs::set_permissions(bin.join("ssh"), fs::Permissions::from_mode(0o755)).unwrap();
    let web = web
        .with("PATH", &format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()))
        .with("TMPDIR", tmp.to_str().unwrap());
    for (hub, signal) in [("ops@hub", 15), ("ops@hub:desk.git", 15), ("ops@hub:desk.git", 2)] {
        let mut child = web.command(&["flush", "--hub", hub]).stderr(Stdio::null()).spawn().unwrap();
        while !ready.exists() {
            std::thread::sleep(Duration::from_millis(10));
        }
        fs::remove_file(&ready).unwrap();
        assert!(runs(&word), "{hub}");
        let sent = web.program("kill", &[&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
        assert_eq!((sent.success(), child.wait().unwrap().signal()), (true, Some(signal)), "{hub}");
        assert_eq!((runs(&word), fs::read_dir(&tmp).unwrap().count()), (false, usize::from(hub == "ops@hub")), "{hub}");
        assert_eq!(waiting(&web), ["1.json"]);
    }
}

#[test]
fn what_cannot_be_put_aside_is_told_once_and_keeps_no_other_back() {
    let world = TestDesk::nowhere();
    let desk = host(&world, "one");
    desk.run(&["init", "--bare"]).ok();
    put(&desk, "1.json", "{");
    put(&desk, "2.json", &event("e2", "k").to_string());
    let shelves = (2..100).map(|at| format!("spool/failed-{at}")).chain(["spool/failed".to_owned()]);
    shelves.for_each(|shelf| fs::write(desk.path().join(shelf), "").unwrap());
    let run = desk.run(&["flush", "-q"]);
    assert_eq!((run.code, run.stderr.matches("1.json").count()), (6, 1), "{run}");
    assert!(run.stderr.contains("1.json is no event that this desk takes, and stays where it is: EOF"), "{run}");
    assert_eq!((waiting(&desk), desk.run(&["list", "--count"]).ok().as_str()), (vec!["1.json".to_owned()], "1\n"));
    fs::remove_file(desk.path().join("spool/failed-2")).unwrap();
    assert!(desk.run(&["flush", "-q"]).stderr.contains("it was put aside"));
    assert_eq!(desk.run(&["flush"]).to_string(), "");
}
