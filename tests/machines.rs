//! What machines promise, whatever happens to them: a job is not changed, an event is applied exactly once, a secret is
//! kept nowhere, and what others put in the way hurts nobody but them.
//!
//! `GIT_DESK_TEST_LONG=1` runs the long forms: 10,000 failures, 100 kills, 1 GB of output.

mod deployed;
mod exactly_once;
mod hostile;
mod missing;
mod repeats;
mod secrets;
mod storm;
mod wrapper;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::TestDesk;

fn long() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the switch for the long forms")]
    std::env::var_os("GIT_DESK_TEST_LONG").is_some()
}

/// Whether something that a test needs is there; where programs are required, it must be.
fn is_there(what: &str, there: bool) -> bool {
    #[expect(clippy::disallowed_methods, reason = "where it must be there")]
    let required = std::env::var_os("GIT_DESK_TEST_PROGRAMS").is_some();
    assert!(there || !required, "{what} is required and not there");
    if !there {
        eprintln!("skipped: {what} is not there");
    }
    there
}

/// Whether the machine lets a test do something that no program can be installed for.
fn is_allowed(what: &str, allowed: bool) -> bool {
    if !allowed {
        eprintln!("skipped: {what} is not allowed here");
    }
    allowed
}

/// A host whose events wait in a spool of its own.
fn host(world: &TestDesk, name: &str) -> TestDesk {
    let host = world.at(name).with("GIT_DESK_HOST", name);
    let spool = host.path().join("spool").display().to_string();
    host.with("GIT_DESK_SPOOL", &spool)
}

/// A hub, which has a spool, too.
fn hub(world: &TestDesk) -> TestDesk {
    let hub = host(world, "hub");
    hub.run(&["init", "--bare"]).ok();
    hub
}

/// A failure of a key by nobody who counts.
fn event(id: &str, key: &str, producer: &str) -> Value {
    json!({"schema": "desk.event/1", "id": id, "at": "2026-11-24T08:00:00Z", "key": key, "title": key,
        "producer": producer, "host": producer})
}

/// Puts a file into a host's spool as whoever may write there can.
fn put(host: &TestDesk, name: &str, bytes: impl AsRef<[u8]>) {
    let new = host.path().join("spool/new");
    fs::create_dir_all(&new).unwrap();
    fs::write(new.join(name), bytes).unwrap();
}

/// The only ticket that a query means.
fn only(desk: &TestDesk, query: &str) -> Value {
    let found = desk.run(&["list", query, "-o", "ids"]).ok();
    assert_eq!(found.lines().count(), 1, "{query}: {found}");
    desk.ticket(found.trim())
}

/// How many tickets a query means.
fn count(desk: &TestDesk, query: &str) -> usize {
    desk.run(&["list", query, "--count"]).ok().trim().parse().unwrap()
}

/// The files of a folder of the spool, without hidden names.
fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The ids of all events that were applied, in no order.
fn applied(desk: &TestDesk) -> Vec<String> {
    let said = desk.git(&["log", "--format=%(trailers:key=Desk-Op,valueonly)", "main"]);
    let mut ids: Vec<String> = said.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    ids.sort();
    ids
}

/// Commits a file to a bare desk.
fn commit(desk: &TestDesk, path: &str, text: &str) {
    let file = desk.outside().join("committed");
    fs::write(&file, text).unwrap();
    let line = "GIT_INDEX_FILE=$PWD/own-index; export GIT_INDEX_FILE; git read-tree main && \
                git update-index --add --cacheinfo 100644,$(git hash-object -w \"$1\"),\"$2\" && \
                git update-ref refs/heads/main $(git commit-tree -p main -m policy $(git write-tree))";
    let words = ["-c", line, "sh", file.to_str().unwrap(), path];
    assert!(desk.program("sh", &words).status().unwrap().success());
}

/// A number that looks like chance and is the same each time.
fn chance(round: u64, below: u64) -> u64 {
    (round.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 33) % below
}
