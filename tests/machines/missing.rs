//! Jobs that stop running, and sweeps that find nothing new.

use std::fs;

use serde_json::Value;

use super::{commit, count, host, hub, only};
use crate::support::TestDesk;

const HOUR: i64 = 3_600;

/// Sweeps twice: what the first printed; the second does nothing.
#[track_caller]
fn sweep(desk: &TestDesk) -> String {
    let said = desk.run(&["sweep", "-o", "tsv"]).ok();
    let commits = desk.commits();
    assert_eq!(desk.run(&["sweep", "-o", "ids"]).ok(), "", "after {said}");
    assert_eq!(desk.commits(), commits, "after {said}");
    said
}

fn job(desk: &TestDesk, options: &[&str]) {
    desk.run(&[&["run", "--name", "backup", "--expect-every", "1h"], options, &["--", "true"]].concat()).ok();
}

#[test]
fn a_job_that_stops_running_is_missed_once_and_resolved_when_it_is_back() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    job(&desk, &[]);
    assert_eq!(sweep(&desk), "");
    desk.later(2 * HOUR);
    assert!(sweep(&desk).contains("miss\t"));
    desk.later(5 * HOUR);
    assert_eq!(sweep(&desk), "");
    job(&desk, &[]);
    assert!(sweep(&desk).contains("return\t"));
    let ticket = only(&desk, "is:done");
    assert_eq!((&ticket["status"], &ticket["key"]), (&"resolved".into(), &"missed/run/hub/ana/backup".into()));
    desk.later(3 * HOUR);
    sweep(&desk);
    assert_eq!(only(&desk, "is:open")["id"], ticket["id"], "missed again within the window");
}

#[test]
fn a_ticket_that_a_person_has_is_told_once_that_the_job_is_back() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    job(&desk, &[]);
    desk.later(2 * HOUR);
    sweep(&desk);
    let id = only(&desk, "is:open")["id"].as_str().unwrap().to_owned();
    desk.run(&["take", &id]).ok();
    job(&desk, &[]);
    assert!(sweep(&desk).contains("return\t"));
    let notes = |desk: &TestDesk| {
        let ticket = desk.ticket(&id);
        let thread = ticket["thread"].as_array().unwrap().clone();
        (thread.iter().filter(|one| one["kind"] == "note").count(), ticket["occurrences"]["count"].clone())
    };
    assert_eq!(notes(&desk), (1, Value::from(1)));
    // It stops once more while the ticket is open: one more, told once.
    desk.later(2 * HOUR);
    assert!(sweep(&desk).contains("miss\t"));
    assert_eq!(notes(&desk), (1, Value::from(2)));
    job(&desk, &[]);
    assert!(sweep(&desk).contains("return\t"));
    assert_eq!(notes(&desk).0, 2);
}

#[test]
fn what_is_damaged_keeps_no_other_from_being_missed() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    job(&desk, &[]);
    desk.later(2 * HOUR);
    sweep(&desk);
    let path = crate::support::ticket_path(only(&desk, "is:open")["id"].as_str().unwrap());
    let path = path.replace(".toml", "/occurrence-sweep.toml");
    let good = desk.git(&["show", &format!("main:{path}")]);
    commit(&desk, &path, "<<<<<<< ours\n");
    job(&desk, &[]);
    desk.run(&["run", "--name", "other", "--expect-every", "5m", "--", "true"]).ok();
    desk.later(HOUR / 2);
    let run = desk.run(&["sweep", "-q"]);
    assert!(run.code == 6 && run.stderr.contains(&format!("{path}:1:1: a merge left")), "{run}");
    assert_eq!(only(&desk, "is:open key~other")["status"], "new");
    commit(&desk, &path, &good);
    assert!(sweep(&desk).contains("return\t"));
}

/// Puts signs of life where a producer pushes them.
fn push(desk: &TestDesk, producer: &str, beat: &str) {
    let line = format!(
        "blob=$(printf '%s' '{beat}' | git hash-object -w --stdin) && \
         tree=$(printf '100644 blob %s\\tbeats.jsonl\\n' $blob | git mktree) && \
         git update-ref refs/desk/beat/{producer}/x $(git commit-tree -m x $tree)"
    );
    assert!(desk.program("sh", &["-c", &line]).status().unwrap().success());
}

#[test]
fn a_sign_of_life_from_another_host_is_none() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let beat = |hour: u32| {
        format!(
            r#"{{"schema":"desk.beat/1","key":"run/web1/root/b","name":"b","host":"web1","at":"2026-11-24T{hour:02}:00:00Z","every":3600}}"#
        )
    };
    push(&desk, "web1", &beat(8));
    assert_eq!(sweep(&desk), "");
    desk.later(4 * HOUR);
    push(&desk, "web2", &beat(12));
    assert!(sweep(&desk).contains("miss\t"));
    push(&desk, "web1", &beat(12));
    assert!(sweep(&desk).contains("return\t"));
}

#[test]
fn a_rule_whose_job_never_ran_is_missed_once() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let text = desk.git(&["show", "main:desk.toml"]);
    commit(
        &desk,
        "desk.toml",
        &format!("{text}\n[[expect]]\nkey = \"run/web1/root/rotate\"\nevery = \"1d\"\ngrace = \"2h\"\n"),
    );
    assert_eq!(sweep(&desk), "", "it is first seen now");
    desk.later(25 * HOUR);
    assert_eq!(sweep(&desk), "", "within the grace");
    desk.later(2 * HOUR);
    assert!(sweep(&desk).contains("run/web1/root/rotate has not run yet"));
    // Somebody closes it: the same gap is not opened again.
    let id = only(&desk, "is:open")["id"].as_str().unwrap().to_owned();
    desk.run(&["close", &id, "--resolution", "fixed", "-m", "not needed"]).ok();
    desk.later(48 * HOUR);
    assert_eq!(sweep(&desk), "");
    assert_eq!(count(&desk, "is:open"), 0);
}

#[test]
fn keys_of_any_length_and_kind_are_missed_once() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let long = "ä".repeat(255);
    for key in [long.as_str(), "tab\there", &"x".repeat(400)] {
        job(&desk, &["--key", key]);
    }
    desk.later(2 * HOUR);
    sweep(&desk);
    assert_eq!(count(&desk, "is:open"), 3);
    for key in [long.as_str(), "tab\there", &"x".repeat(400)] {
        job(&desk, &["--key", key]);
    }
    sweep(&desk);
    assert_eq!(count(&desk, "is:open"), 0);
}

#[test]
fn a_job_that_comes_and_goes_leaves_nothing_for_a_second_sweep() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    for script in ["exit 1", "true"].repeat(6) {
        desk.run(&["run", "--name", "backup", "--expect-every", "1h", "--", "sh", "-c", script]);
        sweep(&desk);
    }
    assert_eq!(only(&desk, "is:open")["tags"][0], "flapping");
    desk.later(2 * HOUR);
    assert!(sweep(&desk).contains("miss\t"));
    assert_eq!(count(&desk, "is:open"), 2);
}

#[test]
fn a_hub_hears_of_a_job_elsewhere_and_misses_it() {
    let world = TestDesk::nowhere();
    let (hub, web) = (hub(&world), host(&world, "web1"));
    let address = hub.path().display().to_string();
    let reference = || hub.git(&["for-each-ref", "--format=%(refname) %(objectname)", "refs/desk/beat"]);
    let (commits, mut heard) = (hub.commits(), Vec::new());
    // Four hours of a job that runs every minute or so.
    for _ in 0..16 {
        web.later(14 * 60);
        job(&web, &["--hub", &address]);
        let now = reference();
        assert_eq!(now.lines().count(), 1, "{now}");
        if heard.last() != Some(&now) {
            heard.push(now);
        }
    }
    assert!(heard[0].starts_with("refs/desk/beat/web1/"), "{heard:?}");
    assert!((4..=8).contains(&heard.len()), "{} times in four hours", heard.len());
    assert_eq!(hub.commits(), commits, "a sign of life is no commit");
    hub.later(16 * 15 * 60);
    assert_eq!(sweep(&hub), "");
    hub.later(2 * HOUR);
    assert!(sweep(&hub).contains("backup has not run on web1 since"));
    assert_eq!(only(&hub, "is:open")["asset"], "web1");
    web.later(2 * HOUR);
    job(&web, &["--hub", &address]);
    hub.later(10);
    assert!(sweep(&hub).contains("return\t"));
    assert_eq!(count(&hub, "is:open"), 0);
}

#[test]
fn a_sign_of_life_of_the_future_silences_nobody() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    job(&desk, &[]);
    let folder = desk.path().join("spool/beat");
    let sign = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(&sign).unwrap();
    let mut beat: Value = serde_json::from_str(&text).unwrap();
    beat["at"] = "2100-01-01T00:00:00Z".into();
    fs::write(&sign, beat.to_string()).unwrap();
    assert_eq!(sweep(&desk), "");
    desk.later(2 * HOUR);
    assert!(sweep(&desk).contains("backup has not run on hub since 2026-11-24 "));
    job(&desk, &[]);
    assert!(sweep(&desk).contains("return\t"));
}

#[test]
fn signs_of_life_that_are_none_hurt_nobody() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let signs = [
        r#"{"schema":"desk.beat/1","key":"late","name":"late","host":"h","at":"-000400-01-02T01:59:59Z","every":60}"#,
        r#"{"schema":"desk.beat/1","key":"never","name":"never","host":"h","at":"9999-12-30T22:00:00Z","every":86400}"#,
        r#"{"schema":"desk.beat/1","key":"max","at":"2026-11-24T08:00:00Z","every":9223372036854775807}"#,
        r#"{"schema":"desk.beat/1","key":"min","at":"2026-11-24T08:00:00Z","every":-9223372036854775808}"#,
        r#"{"schema":"desk.beat/1","key":"past","at":"2026-11-24T08:00:00Z","every":-5,"queue":"none","name":"a\nb\u0000c"}"#,
        r#"{"schema":"desk.beat/1","key":"\n\u0000","at":"2026-11-24T08:00:00Z","every":1}"#,
        "nonsense",
        "{",
    ];
    let file = desk.outside().join("beats");
    std::fs::write(&file, signs.join("\n")).unwrap();
    let blob = desk.git(&["hash-object", "-w", file.to_str().unwrap()]);
    let line = format!("printf '100644 blob {}\\tbeats.jsonl\\n' | git mktree", blob.trim());
    let tree = String::from_utf8(desk.program("sh", &["-c", &line]).output().unwrap().stdout).unwrap();
    let commit = desk.git(&["commit-tree", "-m", "x", tree.trim()]);
    desk.git(&["update-ref", "refs/desk/beat/evil", commit.trim()]);
    desk.git(&["update-ref", "refs/desk/beat/tree", tree.trim()]);
    desk.later(HOUR);
    sweep(&desk);
    let keys = desk.run(&["list", "-o", "tsv", "--fields", "key"]).ok();
    let mut keys: Vec<&str> = keys.lines().filter(|line| line.contains('/')).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["missed/late", "missed/past"]);
    assert_eq!(desk.run(&["check"]).code, 0);
    desk.is_sound();
}
