//! Killed at any moment, and by many at once, each event is applied exactly once.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{applied, chance, count, event, files, host, hub, long, only, put};
use crate::support::TestDesk;

fn rounds() -> u64 {
    if long() { 100 } else { 15 }
}

/// Runs a command once to its end; how long that takes.
fn time(mut command: Command) -> Duration {
    let begin = Instant::now();
    assert!(quiet(&mut command).status().unwrap().success());
    begin.elapsed()
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdout(Stdio::null()).stderr(Stdio::null())
}

/// Starts a command and kills it at some moment of the time that it takes.
fn kill_within(mut command: Command, whole: Duration, round: u64) {
    let mut child = quiet(&mut command).spawn().unwrap();
    std::thread::sleep(whole * u32::try_from(chance(round, 110)).unwrap() / 100);
    let _ = child.kill();
    child.wait().unwrap();
}

/// Three keys, told of in turn.
fn key(number: usize) -> String {
    format!("key-{}", number % 3)
}

/// Every event is on the branch once, the counts are theirs, and nothing is left over.
fn each_is_there_once(desk: &TestDesk, mut ids: Vec<String>) {
    ids.sort();
    assert_eq!(applied(desk), ids);
    let mut sum = 0;
    for number in 0..3 {
        sum += only(desk, &format!("key:{}", key(number)))["occurrences"]["count"].as_u64().unwrap_or(1);
    }
    assert_eq!(sum, ids.len() as u64);
    assert_eq!(count(desk, "is:open or is:done"), 3);
    assert_eq!(files(&desk.path().join("spool/new")), [""; 0]);
    assert_eq!(desk.git(&["for-each-ref", "refs/desk/inbox", "refs/desk/failed"]), "");
    desk.is_sound();
}

#[test]
fn a_flush_that_is_killed_at_any_moment_loses_nothing_and_does_nothing_twice() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let mut ids = Vec::new();
    let more = |desk: &TestDesk, ids: &mut Vec<String>| {
        for _ in 0..5 {
            let id = format!("event-{:05}", ids.len());
            put(desk, &format!("{id}.json"), event(&id, &key(ids.len()), "h").to_string());
            ids.push(id);
        }
    };
    more(&desk, &mut ids);
    let whole = time(desk.command(&["flush"]));
    for round in 0..rounds() {
        more(&desk, &mut ids);
        kill_within(desk.command(&["flush"]), whole, round);
    }
    let begin = Instant::now();
    desk.run(&["flush"]).ok();
    assert!(begin.elapsed() < Duration::from_secs(10), "the next flush was held up");
    each_is_there_once(&desk, ids);
}

#[test]
fn an_intake_that_is_killed_at_any_moment_loses_nothing_and_does_nothing_twice() {
    let world = TestDesk::nowhere();
    let (hub, web) = (hub(&world), host(&world, "web"));
    let address = hub.path().display().to_string();
    let mut ids = Vec::new();
    let more = |ids: &mut Vec<String>| {
        for _ in 0..5 {
            let id = format!("event-{:05}", ids.len());
            put(&web, &format!("{id}.json"), event(&id, &key(ids.len()), "h").to_string());
            ids.push(id);
        }
        web.run(&["flush", "--hub", &address]).ok();
    };
    more(&mut ids);
    let whole = time(hub.command(&["intake"]));
    for round in 0..rounds() {
        more(&mut ids);
        kill_within(hub.command(&["intake"]), whole, round);
    }
    hub.run(&["intake"]).ok();
    each_is_there_once(&hub, ids);
}

#[test]
fn of_a_receive_that_is_killed_what_was_answered_is_kept_and_what_is_sent_again_is_taken_once() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let mut ids = Vec::new();
    let mut unanswered: Vec<String> = Vec::new();
    let begin = Instant::now();
    desk.feed("", &["receive", "."]).ok();
    let whole = begin.elapsed() * 4;
    for round in 0..=rounds() {
        for _ in 0..5 {
            let id = format!("event-{:05}", ids.len());
            ids.push(id.clone());
            unanswered.push(id);
        }
        let lines = unanswered.iter().map(|id| format!("{}\n", event(id, &key(id[6..].parse().unwrap()), "h")));
        let lines: String = lines.collect();
        let mut child = desk
            .command(&["receive", "."])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
        if round < rounds() {
            std::thread::sleep(whole * u32::try_from(chance(round, 110)).unwrap() / 100);
            let _ = child.kill();
        }
        let mut answer = String::new();
        child.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
        child.wait().unwrap();
        unanswered.retain(|id| !answer.contains(&format!("{{\"kept\":\"{id}\"}}\n")));
    }
    assert_eq!(unanswered, [""; 0], "the last one was not killed");
    desk.run(&["flush"]).ok();
    each_is_there_once(&desk, ids);
}

#[test]
fn a_run_that_is_killed_leaves_an_event_or_none_and_one_that_ended_always_one() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let job = |name: &str| desk.command(&["run", "--name", name, "--", "sh", "-c", "exit 3"]);
    let begin = Instant::now();
    assert_eq!(job("whole").status().unwrap().code(), Some(3));
    let whole = begin.elapsed();
    let mut ended = vec!["whole".to_owned()];
    for round in 0..rounds() * 2 {
        let name = format!("job-{round}");
        let mut child = quiet(&mut job(&name)).spawn().unwrap();
        std::thread::sleep(whole * u32::try_from(chance(round, 110)).unwrap() / 100);
        let _ = child.kill();
        if child.wait().unwrap().code() == Some(3) {
            ended.push(name);
        }
    }
    // A delivery that was under way goes on by itself.
    std::thread::sleep(whole);
    desk.run(&["flush"]).ok();
    let keys = desk.run(&["list", "--json", "--fields", "key,occurrences"]).ok();
    for name in &ended {
        assert_eq!(keys.matches(&format!("/{name}\"")).count(), 1, "{name} ended and has no ticket: {keys}");
    }
    let ids = applied(&desk);
    let mut once = ids.clone();
    once.dedup();
    assert_eq!((&ids, ids.len()), (&once, count(&desk, "is:open")));
    assert_eq!(files(&desk.path().join("spool/new")), [""; 0]);
    desk.is_sound();
}

#[test]
fn two_hosts_and_twenty_flushes_at_once_meet_in_one_ticket() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let mut ids = Vec::new();
    for number in 0..200 {
        let id = format!("event-{number:03}");
        let host = if number % 4 == 0 { "db1" } else { "db2" };
        put(&desk, &format!("{id}.json"), event(&id, "replication", host).to_string());
        ids.push(id);
    }
    let start = |_| desk.command(&["flush"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let children: Vec<Child> = (0..20).map(start).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(applied(&desk), ids);
    let ticket = only(&desk, "is:open");
    assert_eq!(ticket["occurrences"]["count"], 200);
    let counts: Vec<(&str, u64)> = ticket["thread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), one["count"].as_u64().unwrap()))
        .collect();
    // Each counts the failure that opened the ticket.
    assert_eq!(counts, [("occurrence-db1", 50), ("occurrence-db2", 151)]);
    assert_eq!(files(&desk.path().join("spool/new")), [""; 0]);
    desk.is_sound();
}

#[test]
fn intakes_at_once_are_in_nobodys_way() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let address = desk.path().display().to_string();
    let mut ids = Vec::new();
    for number in 0..12 {
        let web = host(&world, &format!("web{number}"));
        let id = format!("event-{number:03}");
        put(&web, "1.json", event(&id, &key(number), "h").to_string());
        web.run(&["flush", "--hub", &address]).ok();
        ids.push(id);
    }
    let start = |_| desk.command(&["intake"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let children: Vec<Child> = (0..6).map(start).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    each_is_there_once(&desk, ids);
}
