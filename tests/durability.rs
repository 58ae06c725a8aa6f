//! What was acknowledged is there: many writers at once, beside git's own housekeeping, killed, and with each system
//! call failing in turn.
//!
//! `GIT_DESK_TEST_LONG=1` runs the long forms: 32 × 20 writers, 200 kills.

use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::support::TestDesk;

fn long() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the switch for the long forms")]
    std::env::var_os("GIT_DESK_TEST_LONG").is_some()
}

/// Processes at a time, and how often each opens a ticket.
fn crowd() -> (usize, usize) {
    if long() { (32, 20) } else { (16, 6) }
}

/// Every process opens tickets one after the other; the ids that were acknowledged.
fn open_in_parallel(desk: &TestDesk) -> Vec<String> {
    let (processes, rounds) = crowd();
    // A seed would give all of them the same ids.
    let start = |process: usize| -> Child {
        let line = format!(
            "i=0; while [ $i -lt {rounds} ]; do \"$0\" open \"ticket {process} $i\" || exit 1; i=$((i + 1)); done"
        );
        desk.program("sh", &["-c", &line, env!("CARGO_BIN_EXE_git-desk")])
            .env_remove("GIT_DESK_SEED")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children: Vec<Child> = (0..processes).map(start).collect();
    let mut ids = Vec::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        ids.extend(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned));
    }
    assert_eq!(ids.len(), processes * rounds);
    ids
}

/// All ids are distinct, in the list, and readable by plain git.
fn all_are_there(desk: &TestDesk, mut ids: Vec<String>) {
    ids.sort();
    let acknowledged = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), acknowledged, "an id was given twice");
    let mut listed: Vec<String> =
        desk.run(&["list", "is:open or is:done", "-o", "ids"]).ok().lines().map(str::to_owned).collect();
    listed.sort();
    let missing: Vec<&String> = ids.iter().filter(|id| !listed.contains(id)).collect();
    assert!(missing.is_empty(), "acknowledged and gone: {missing:?}, in {}", desk.path().display());
    assert_eq!(listed, ids);
    let files = desk.git(&["ls-tree", "-r", "--name-only", "main", "tickets"]);
    for id in &ids {
        assert!(files.contains(&crate::support::ticket_path(id)), "{id} is not in git's tree");
    }
    desk.is_sound();
}

#[test]
fn parallel_writers_of_a_bare_desk_lose_nothing() {
    let desk = TestDesk::bare();
    let ids = open_in_parallel(&desk);
    all_are_there(&desk, ids);
    // No object that nobody reaches was left by lost races.
    assert_eq!(desk.git(&["fsck", "--unreachable", "--no-reflogs"]), "");
}

#[test]
fn parallel_writers_of_a_worktree_lose_nothing() {
    let desk = TestDesk::new();
    let ids = open_in_parallel(&desk);
    all_are_there(&desk, ids);
}

/// Runs git in a loop until told to stop, beside `work`.
fn beside(desk: &TestDesk, script: &str, work: impl FnOnce() -> Vec<String>) -> Vec<String> {
    let stop = AtomicBool::new(false);
    let mut command = desk.program("sh", &["-c", script]);
    command.env_remove("GIT_AUTHOR_DATE").env_remove("GIT_COMMITTER_DATE");
    std::thread::scope(|scope| {
        let stop = &stop;
        let git = scope.spawn(move || {
            let mut rounds = 0;
            while !stop.load(Ordering::Relaxed) {
                // A round may lose its race for a lock, as git's users know it.
                let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
                rounds += 1;
            }
            rounds
        });
        // Also when the work fails, the loop must end.
        let ids = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        stop.store(true, Ordering::Relaxed);
        assert!(git.join().unwrap() > 0, "git never ran");
        ids.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[test]
fn housekeeping_beside_writers_loses_nothing() {
    let desk = TestDesk::bare();
    desk.open("the first", &[]);
    let script = "git pack-refs --all; git gc -q; git repack -adq; git maintenance run --quiet; git push -q . main:refs/heads/copy -f";
    let first = desk.run(&["list", "-o", "ids"]).ok().trim().to_owned();
    let mut ids = beside(&desk, script, || open_in_parallel(&desk));
    ids.push(first);
    all_are_there(&desk, ids);
}

#[test]
fn a_person_who_commits_in_the_same_worktree_takes_nothing_back() {
    let desk = TestDesk::new();
    std::fs::write(desk.path().join("notes.txt"), "").unwrap();
    desk.git(&["add", "notes.txt"]);
    desk.git(&["commit", "-qm", "notes"]);
    let script = "echo more >> notes.txt; git add notes.txt; git commit -qm more";
    let ids = beside(&desk, script, || open_in_parallel(&desk));
    // What a commit at the very moment took out, the next command puts back.
    desk.run(&["list"]).ok();
    // The last round of the person may have lost its race for the index.
    desk.git(&["checkout", "-q", "--", "notes.txt"]);
    all_are_there(&desk, ids);
    assert!(desk.git(&["log", "--format=%s", "--", "notes.txt"]).contains("more"));
}

#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost_and_the_next_command_works() {
    let rounds = if long() { 200 } else { 60 };
    for desk in [TestDesk::bare(), TestDesk::new()] {
        let mut acknowledged = Vec::new();
        for round in 0..rounds / 2 {
            let mut child = desk
                .command(&["open", &format!("round {round}")])
                .env_remove("GIT_DESK_SEED")
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // Spread over the whole run of one `open`.
            std::thread::sleep(Duration::from_micros(round * 700 % 25_000));
            child.kill().unwrap();
            let output = child.wait_with_output().unwrap();
            if output.status.success() {
                acknowledged.push(String::from_utf8(output.stdout).unwrap().trim().to_owned());
            }
            let begin = Instant::now();
            acknowledged.push(desk.open(&format!("after round {round}"), &[]));
            assert!(begin.elapsed() < Duration::from_secs(10), "the next command was held up");
        }
        let listed = desk.run(&["list", "-o", "ids"]).ok();
        for id in &acknowledged {
            assert!(listed.contains(id.as_str()), "{id} was acknowledged and is gone");
        }
        desk.is_sound();
    }
}

/// System calls by which an `open` can fail, with the errors that they give.
const FAULTS: &[(&str, &str)] = &[
    ("openat", "ENOSPC"),
    ("write", "ENOSPC"),
    ("fsync", "EIO"),
    ("fdatasync", "EIO"),
    ("mkdir", "EACCES"),
    ("rename", "EACCES"),
    ("unlink", "EACCES"),
    ("ftruncate", "EIO"),
    ("flock", "EIO"),
    ("read", "EIO"),
    ("fstat", "EIO"),
];

fn has_strace(desk: &TestDesk) -> bool {
    let found = desk.program("strace", &["-V"]).output().is_ok_and(|output| output.status.success());
    #[expect(clippy::disallowed_methods, reason = "where it must be there")]
    let required = std::env::var_os("GIT_DESK_TEST_PROGRAMS").is_some();
    assert!(found || !required, "strace is required and not there");
    found
}

/// Runs `open` with the nth call of a kind failing; `None` when there is no nth call.
fn open_with_fault(desk: &TestDesk, (call, error): (&str, &str), nth: usize, log: &Path) -> Option<(bool, String)> {
    let inject = format!("inject={call}:error={error}:when={nth}");
    let trace = format!("trace={call}");
    let words = ["-f", "-qq", "-o", log.to_str().unwrap(), "-e", &trace, "-e", &inject];
    let program = [env!("CARGO_BIN_EXE_git-desk"), "open", "with a fault"];
    let output =
        desk.program("strace", &[&words[..], &program[..]].concat()).env_remove("GIT_DESK_SEED").output().unwrap();
    let hit = std::fs::read_to_string(log).unwrap_or_default().contains("(INJECTED)");
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    // When only the answer could not be written, stderr says what is stored.
    let stored =
        String::from_utf8_lossy(&output.stderr).split_once(" is stored, in commit").map(|(id, _)| id.to_owned());
    match stored.and_then(|id| id.strip_prefix("git-desk: ").map(str::to_owned)) {
        Some(id) => hit.then_some((true, id)),
        None => hit.then_some((output.status.success(), said)),
    }
}

#[test]
fn each_system_call_that_fails_leaves_the_tip_or_a_readable_commit() {
    let desk = TestDesk::bare();
    desk.open("the first", &[]);
    if !has_strace(&desk) {
        return;
    }
    let log = desk.outside().join("strace.log");
    let mut hits = 0;
    for fault in FAULTS {
        for nth in 1.. {
            let before = desk.git(&["rev-parse", "main"]);
            let Some((went_well, id)) = open_with_fault(&desk, *fault, nth, &log) else { break };
            hits += 1;
            let after = desk.git(&["rev-parse", "main"]);
            if went_well {
                assert_ne!(before, after, "{fault:?} {nth}: acknowledged without a commit");
                desk.git(&["cat-file", "-e", &format!("main:{}", crate::support::ticket_path(&id))]);
            } else {
                assert_eq!(before, after, "{fault:?} {nth}: refused and written");
            }
        }
    }
    assert!(hits > 40, "only {hits} faults were hit");
    desk.open("the last", &[]);
    desk.is_sound();
}

#[test]
fn the_same_operation_twice_is_done_once() {
    let desk = TestDesk::bare();
    let first = desk.run(&["open", "retried", "--op-id", "job-7"]).ok();
    let again = desk.run(&["open", "retried", "--op-id", "job-7"]).ok();
    assert_eq!(first, again);
    assert_eq!(desk.run(&["list", "--count"]).ok(), "1\n");
    desk.run(&["open", "another", "--op-id", "job-8"]).ok();
    assert_eq!(desk.run(&["list", "--count"]).ok(), "2\n");
}

#[test]
fn a_foreign_lock_is_waited_for_and_named() {
    let desk = TestDesk::bare();
    let lock = desk.path().join("refs/heads/main.lock");
    std::fs::write(&lock, "held by somebody").unwrap();
    let said = desk.run(&["open", "held up", "--lock-timeout", "1s"]).fails(7);
    assert!(said.contains("refs/heads/main.lock"), "{said}");
    std::fs::remove_file(&lock).unwrap();
    desk.open("free again", &[]);
}

#[test]
fn what_a_holder_left_that_is_no_more_is_removed_at_once_though_its_number_is_still_known() {
    let desk = TestDesk::bare();
    desk.open("before", &[]);
    let id = desk.git(&["rev-parse", "main"]);
    let lock = desk.path().join("refs/heads/main.lock");
    // Whoever was killed is there until it is waited for; we are, too. Nobody holds the desk's lock.
    let stamp = format!("refs/heads/main {} pid {}\n", id.trim(), std::process::id());
    std::fs::write(desk.path().join("desk/lock"), stamp).unwrap();
    std::fs::write(&lock, &id).unwrap();
    desk.run(&["open", "after", "--lock-timeout", "1s"]).ok();
    assert!(!lock.exists());
}
