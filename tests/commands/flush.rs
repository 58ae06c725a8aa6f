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
    fs::write(&entry, format!("{good}<<<<<<< ours\n")).unwrap();
    desk.git(&["commit", "-qam", "damage"]);
    put(&desk, "2.json", &event("e2", "k").to_string());
    put(&desk, "3.json", &event("e3", "other").to_string());
    let mut works = event("e4", "k");
    (works["ask"], works["at"], works["recovery"]) = ("resolve".into(), at(1), "always".into());
    put(&desk, "4.json", &works.to_string());
    for _ in 0..2 {
        assert_data_eq!(
            desk.run(&["flush", "-q"]).to_string(),
            str![[r#"
stderr: git-desk: tickets/2026/11/24/261124-dgk0fynj/occurrence-h.toml:17:1: a merge left its conflict markers here; 2 events wait for it
stderr:   fix: keep one side, take the markers out
stderr:   mend and commit it: the next delivery then applies what waits
exit: 6

"#]]
        );
        assert_eq!(desk.run(&["list", "--count"]).ok(), "2\n");
        assert_eq!(waiting(&desk), ["2.json", "4.json"]);
    }
    fs::write(&entry, good).unwrap();
    desk.git(&["commit", "-qam", "mended"]);
    desk.run(&["flush"]).ok();
    assert_eq!(desk.run(&["flush"]).to_string(), "");
    let ticket = desk.ticket(id.trim());
    assert_eq!((&ticket["occurrences"]["count"], &ticket["status"]), (&Value::from(2), &Value::from("resolved")));
    assert_eq!((waiting(&desk), desk.path().join("spool/failed").exists()), (vec![], false));
}

#[test]
fn a_ticket_that_a_person_is_editing_keeps_its_own_events_back_and_no_others() {
    let world = TestDesk::nowhere();
    let desk = host(&world, "one");
    desk.run(&["init"]).ok();
    for key in ["k", "j"] {
        put(&desk, &format!("{key}.json"), &event(&format!("first-{key}"), key).to_string());
    }
    desk.run(&["flush"]).ok();
    let id = desk.run(&["list", "key:k", "-o", "ids"]).ok();
    let (file, entry) = (desk.file(id.trim()), desk.file(id.trim()).with_extension("").join("occurrence-h.toml"));
    for edited in [file, entry] {
        let text = fs::read_to_string(&edited).unwrap();
        fs::write(&edited, format!("{text}# mine\n")).unwrap();
        let commits = desk.commits();
        let mut again = event(&format!("k-{commits}"), "k");
        // A file of the ticket itself is touched by what resolves it.
        again["ask"] = if edited.ends_with("occurrence-h.toml") { "trigger".into() } else { "resolve".into() };
        again["at"] = at(1);
        put(&desk, "2.json", &again.to_string());
        put(&desk, "3.json", &event(&format!("j-{commits}"), "j").to_string());
        put(&desk, "4.json", &event(&format!("new-{commits}"), "new").to_string());
        let path = edited.strip_prefix(desk.path()).unwrap().display();
        assert_eq!(
            desk.run(&["flush", "-q"]).to_string(),
            format!(
                "stderr: git-desk: {path} has changes of yours that are not committed; 1 event waits for it\n\
                 stderr:   keep it: git commit -m edit {path}\n\
                 stderr:   drop it: git restore {path}\n\
                 stderr:   the next delivery then applies what waits\n\
                 exit: 5\n"
            )
        );
        assert_eq!((waiting(&desk), desk.commits()), (vec!["2.json".to_owned()], commits + 1));
        assert_eq!(fs::read_to_string(&edited).unwrap(), format!("{text}# mine\n"));
        desk.git(&["commit", "-qam", "mine"]);
        desk.run(&["flush"]).ok();
        assert_eq!(waiting(&desk), [""; 0]);
        assert_eq!(desk.git(&["status", "--porcelain", "tickets"]), "");
    }
    let said = desk.git(&["log", "--format=%(trailers:key=Desk-Op,valueonly)"]);
    assert_eq!(said.split_whitespace().count(), 8);
}

#[test]
fn a_ticket_that_a_person_is_editing_keeps_no_storm_from_having_its_parent() {
    let world = TestDesk::nowhere();
    let desk = host(&world, "one");
    desk.run(&["init"]).ok();
    for number in 0..10 {
        let key = format!("k{number}");
        let mut event = event(&format!("e{number}"), &key);
        event["group"] = "db".into();
        put(&desk, &format!("{number}.json"), &event.to_string());
        if number == 8 {
            desk.run(&["flush"]).ok();
            let edited = desk.run(&["list", "key:k0", "-o", "ids"]).ok();
            desk.change(&desk.file(edited.trim()), "title", "# mine\ntitle");
        }
    }
    desk.run(&["flush"]).ok();
    let found: Value = serde_json::from_str(&desk.run(&["list", "is:open", "--json"]).ok()).unwrap();
    let below = found.as_array().unwrap().iter().filter(|one| one["links"][0]["type"] == "parent");
    assert_eq!((below.count(), desk.run(&["list", "is:parent", "--count"]).ok().as_str()), (9, "1\n"));
}

/// Whether a process runs that was started with a word in its arguments.
fn runs(word: &str) -> bool {
    let read = |entry: fs::DirEntry| fs::read(entry.path().join("cmdline")).unwrap_or_default();
    fs::read_dir("/proc").unwrap().flatten().any(|entry| String::from_utf8_lossy(&read(entry)).contains(word))
}

#[test]
fn a_hub_that_hangs_is_given_up_in_time_and_nothing_of_it_is_left() {
    let world = TestDesk::nowhere();
    let web = host(&world, "web1");
    put(&web, "1.json", &event("e1", "k").to_string());
    let bin = web.path().join("bin");
    fs::create_dir(&bin).unwrap();
    for (number, (trap, hub)) in [
        ("", "ssh://ops@hub"),
        ("", "ops@hub:desk.git"),
        ("trap '' TERM;", "ssh://ops@hub"),
        ("trap '' TERM;", "ops@hub:desk.git"),
    ]
    .into_iter()
    .enumerate()
    {
        let word = format!("60.{}{number}", std::process::id());
        fs::write(bin.join("ssh"), format!("#!/bin/sh\n{trap} sleep {word}; true\n")).unwrap();
        fs::set_permissions(bin.join("ssh"), fs::Permissions::from_mode(0o755)).unwrap();
        let host = host(&world, "web1").with("PATH", &format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()));
        let began = Instant::now();
        let run = host.run(&["flush", "--hub", hub, "--timeout", "1s"]);
        assert!(began.elapsed() < Duration::from_secs(4), "{hub}: {:?}", began.elapsed());
        assert!(run.code == 8 && run.stderr.contains(": no end after "), "{run}");
        assert_eq!((waiting(&host), runs(&word)), (vec!["1.json".to_owned()], false), "{trap} {hub}");
        let began = Instant::now();
        assert_eq!(host.run(&["run", "--name", &word, "--hub", hub, "--", "false"]).code, 1);
        assert!(began.elapsed() < Duration::from_secs(5), "{hub}: {:?}", began.elapsed());
        assert_eq!((waiting(&host).len(), runs(&word)), (2, false), "{trap} {hub}");
        waiting(&host)
            .iter()
            .skip(1)
            .for_each(|name| fs::remove_file(host.path().join("spool/new").join(name)).unwrap());
    }
}

#[test]
fn how_long_a_hub_may_take_is_a_duration() {
    let world = TestDesk::nowhere();
    for bad in ["soon", "-1s", "1.5s"] {
        assert_eq!(world.run(&["flush", &format!("--timeout={bad}")]).code, 2, "{bad}");
    }
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

/// A host whose spool is filled by hand, with a desk of its own.
fn by_hand(world: &TestDesk) -> TestDesk {
    let desk = host(world, "one");
    desk.run(&["init", "--bare"]).ok();
    desk
}

/// Delivers events that differ from a failure of `k` on `h` at 08:00 by what is said here.
fn deliver(desk: &TestDesk, events: &[Value]) {
    for (n, said) in events.iter().enumerate() {
        let mut event = event(&format!("e{}-{n}", desk.commits()), "k");
        for (name, value) in said.as_object().unwrap() {
            event[name] = value.clone();
        }
        put(desk, &format!("{n}.json"), &event.to_string());
    }
    desk.run(&["flush"]).ok();
}

/// The only ticket there is.
fn only(desk: &TestDesk) -> Value {
    let found = desk.run(&["list", "is:open or is:done", "-o", "ids"]).ok();
    assert_eq!(found.lines().count(), 1, "{found}");
    desk.ticket(found.trim())
}

fn at(minute: u32) -> Value {
    Value::from(format!("2026-11-24T08:{minute:02}:00Z"))
}

#[test]
fn a_new_cycle_knows_nothing_of_the_failures_of_other_hosts_before_it() {
    let world = TestDesk::nowhere();
    let desk = by_hand(&world);
    desk.later(3_600);
    deliver(&desk, &[json!({"producer": "a", "host": "a"}), json!({"producer": "b", "host": "b", "at": at(1)})]);
    deliver(&desk, &[json!({"ask": "resolve", "whole": true, "host": "m", "at": at(2)})]);
    assert_eq!(only(&desk)["status"], "resolved");
    deliver(&desk, &[json!({"producer": "a", "host": "a", "at": at(3)})]);
    assert_eq!(only(&desk)["occurrences"]["count"], 1);
    deliver(&desk, &[json!({"ask": "resolve", "producer": "a", "host": "a", "count": 1, "first": at(3), "at": at(4)})]);
    assert_eq!(only(&desk)["status"], "resolved");
}

#[test]
fn words_that_overtake_each_other_are_counted_once_and_reopen_nothing() {
    let world = TestDesk::nowhere();
    let desk = by_hand(&world);
    desk.later(3_600);
    let failure = |count: u32, minute: u32| json!({"count": count, "first": at(0), "at": at(minute)});
    for (count, minute) in [(1, 0), (4, 3), (2, 1), (8, 7)] {
        deliver(&desk, &[failure(count, minute)]);
    }
    assert_eq!(only(&desk)["occurrences"]["count"], 8);
    deliver(&desk, &[json!({"ask": "resolve", "count": 9, "first": at(0), "at": at(10)})]);
    deliver(&desk, &[failure(5, 4)]);
    assert_eq!(only(&desk)["status"], "resolved");
    assert_eq!(only(&desk)["occurrences"]["count"], 9);
}

#[test]
fn a_clock_that_is_ahead_counts_no_failure_twice() {
    let world = TestDesk::nowhere();
    let desk = by_hand(&world);
    for count in [1, 2, 4, 8] {
        deliver(&desk, &[json!({"count": count, "first": "2026-11-24T09:30:00Z", "at": "2026-11-24T09:40:00Z"})]);
    }
    assert_eq!(only(&desk)["occurrences"]["count"], 8);
}

#[test]
fn whom_a_machine_names_has_not_acted_yet() {
    let world = TestDesk::nowhere();
    let desk = by_hand(&world);
    deliver(&desk, &[json!({"assignee": "ana"})]);
    assert_eq!((&only(&desk)["assignee"], &only(&desk)["status"]), (&Value::from("ana"), &Value::from("new")));
}

#[test]
fn a_host_that_is_no_name_makes_no_file_that_cannot_be_read() {
    let world = TestDesk::nowhere();
    let desk = by_hand(&world);
    for minute in [0, 1] {
        deliver(&desk, &[json!({"host": "a\nb", "user": "c\td", "producer": "x\ny", "at": at(minute)})]);
    }
    assert_eq!(only(&desk)["occurrences"]["count"], 2);
    assert_eq!(desk.run(&["check"]).code, 0);
}

#[test]
fn an_event_that_says_nothing_of_when_it_was_is_of_now() {
    let world = TestDesk::nowhere();
    let desk = by_hand(&world);
    put(&desk, "1.json", r#"{"schema": "desk.event/1", "id": "e1", "key": "k", "title": "down"}"#);
    desk.run(&["flush"]).ok();
    let opened = only(&desk)["opened"].as_str().unwrap().to_owned();
    assert!(opened.starts_with("2026-11-24T"), "{opened}");
}

#[test]
fn two_users_of_one_host_with_one_key_are_both_counted() {
    let world = TestDesk::nowhere();
    let desk = by_hand(&world);
    desk.later(3_600);
    let failure = |user: &str, count: u32, first: u32, minute: u32| json!({"user": user, "count": count, "first": at(first), "at": at(minute)});
    for count in [1, 2, 4] {
        deliver(&desk, &[failure("root", count, 0, 10 + count), failure("www-data", count, 1, 20 + count)]);
    }
    assert_eq!(only(&desk)["occurrences"]["count"], 8);
    let names = desk.git(&["ls-tree", "-r", "--name-only", "HEAD"]);
    let names: Vec<&str> =
        names.lines().filter_map(|name| name.rsplit('/').next()).filter(|name| name.starts_with("occ")).collect();
    assert_eq!(names, ["occurrence-h--www-data.toml", "occurrence-h.toml"]);
}

#[test]
fn of_outputs_that_are_files_the_newest_are_kept_and_the_others_counted() {
    let world = TestDesk::nowhere();
    let desk = by_hand(&world);
    desk.later(3_600);
    let events: Vec<Value> =
        (0..24).map(|minute| json!({"at": at(minute), "body": format!("{minute}\n{}", "x".repeat(300_000))})).collect();
    deliver(&desk, &events);
    deliver(&desk, &[json!({"at": at(30), "body": "last"})]);
    let id = only(&desk)["id"].as_str().unwrap().to_owned();
    let folder = crate::support::ticket_path(&id).replace(".toml", "");
    let entry = desk.git(&["show", &format!("HEAD:{folder}/occurrence-h.toml")]);
    // One more is of the ticket itself.
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
        // What it waits for begins a moment after it says that it is there.
        while !(ready.exists() && runs(&word)) {
            std::thread::sleep(Duration::from_millis(10));
        }
        fs::remove_file(&ready).unwrap();
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
