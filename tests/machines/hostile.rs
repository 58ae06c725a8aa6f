//! What others put into a spool or an inbox: it hangs nobody, climbs nowhere, and everything else is applied.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{applied, count, event, files, host, hub, long, only, put};
use crate::support::{Ran, TestDesk};

/// Runs a command that must come to an end, and not by a panic.
#[track_caller]
fn ends(desk: &TestDesk, words: &[&str]) -> Ran {
    let begin = Instant::now();
    let ran = desk.run(words);
    assert!(begin.elapsed() < Duration::from_secs(60), "{words:?} took {:?}", begin.elapsed());
    assert!(!ran.stderr.contains("panicked") && ran.code != 101 && ran.code >= 0, "{ran}");
    ran
}

/// Two good events around whatever else is there; after a flush both are tickets and nothing waits.
fn good_ones(desk: &TestDesk) {
    put(desk, "00-first.json", event("first", "first", "h").to_string());
    put(desk, "zz-last.json", event("last", "last", "h").to_string());
}

#[track_caller]
fn are_applied(desk: &TestDesk) {
    assert_eq!((count(desk, "key:first"), count(desk, "key:last")), (1, 1));
    assert_eq!(files(&desk.path().join("spool/new")), [""; 0]);
    assert_eq!(ends(desk, &["flush"]).to_string(), "");
    assert_eq!(desk.run(&["check"]).code, 0, "{}", desk.run(&["check"]));
    desk.is_sound();
}

#[test]
fn files_that_are_none_hang_nobody() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    good_ones(&desk);
    let new = desk.path().join("spool/new");
    let fifo = desk.program("mkfifo", &[new.join("10-pipe.json").to_str().unwrap()]).status().unwrap();
    assert!(fifo.success());
    symlink("/etc/passwd", new.join("11-link.json")).unwrap();
    symlink("/dev/zero", new.join("12-endless.json")).unwrap();
    symlink("nowhere", new.join("13-broken.json")).unwrap();
    fs::create_dir(new.join("14-folder.json")).unwrap();
    fs::write(new.join("14-folder.json/inside"), "x").unwrap();
    put(&desk, "15-empty.json", "");
    put(&desk, "16-\u{1b}[31m\nred\u{202e}.json", "{");
    put(&desk, "17-bytes.json", b"\xff\xfe{}");
    put(&desk, "18-deep.json", "[".repeat(500_000));
    let deep = format!("{}{}", "{\"a\":".repeat(100_000), "1".to_owned() + &"}".repeat(100_000));
    put(
        &desk,
        "19-deep.json",
        event("deep", "deep", "h").to_string().replacen('{', &format!("{{\"fields\":{{\"x\":{deep}}},"), 1),
    );
    fs::File::create(new.join("20-large.json")).unwrap().set_len(3 << 40).unwrap();
    put(&desk, "21-other.txt", "no event, and nobody's business");
    let run = ends(&desk, &["flush"]);
    assert_eq!(run.code, 6, "{run}");
    let odd = run.to_string().chars().any(|c| (c.is_control() && c != '\n' && c != '\t') || c == '\u{202e}');
    assert!(!odd, "{run:?}");
    fs::remove_file(new.join("21-other.txt")).unwrap();
    let failed = files(&desk.path().join("spool/failed"));
    assert_eq!(failed.iter().filter(|name| name.ends_with(".json")).count(), 11, "{failed:?}");
    are_applied(&desk);
}

/// Events whose words are out of all bounds, each with a key of its own.
fn absurd() -> Vec<Value> {
    let mut events = Vec::new();
    let mut with = |name: &str, value: Value| {
        let id = format!("absurd-{:02}", events.len());
        let mut event = event(&id, &id, "h");
        event[name] = value;
        events.push(event);
    };
    for at in ["9999-12-30T22:00:00Z", "-009999-01-02T01:59:59Z", "-000001-06-01T00:00:00Z", "1970-01-01T00:00:00Z"] {
        with("at", at.into());
        with("first", at.into());
    }
    with("count", u64::MAX.into());
    with("left_out", u64::MAX.into());
    with("redacted", u64::MAX.into());
    with("exit_code", i64::MIN.into());
    for text in [
        "a\0b",
        "\0",
        "\u{1b}]52;c;aGk=\u{7}",
        "\u{202e}\u{feff}",
        "a\r\nDesk-Op: forged\n",
        "'''\"\"\"\\",
        "\u{fffd}\u{10ffff}",
    ] {
        for name in [
            "title",
            "body",
            "note",
            "host",
            "producer",
            "user",
            "queue",
            "asset",
            "assignee",
            "requester",
            "group",
            "severity",
            "priority",
            "service",
            "category",
            "location",
            "environment",
            "by",
        ] {
            with(name, text.into());
        }
        with("tags", json!([text, "", ","]));
        with("fields", json!({text: text, "": "", "a": [[{}]], "b": 1e308, "c": u64::MAX, "d": null}));
    }
    for name in ["title", "body", "group", "host", "producer", "asset"] {
        with(name, "ä".repeat(400_000).into());
    }
    with("tags", Value::from((0..80_000).map(|n| format!("t{n}")).collect::<Vec<_>>()));
    with("body", "\0".repeat(150_000).into());
    with("body", "\u{7f}".repeat(250_000).into());
    with("note", "\0".repeat(150_000).into());
    with("body", "\n".repeat(400_000).into());
    with("fields", Value::from((0..60_000).map(|n| (format!("f{n}"), n.into())).collect::<serde_json::Map<_, _>>()));
    events
}

#[test]
fn words_out_of_all_bounds_are_tickets_or_put_aside() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    good_ones(&desk);
    let events = absurd();
    for (number, event) in events.iter().enumerate() {
        put(&desk, &format!("{number:04}.json"), event.to_string());
    }
    for (id, key) in [("key-1", "ä".repeat(255)), ("key-2", "a\0b\n\tc".to_owned()), ("key-3", "\u{202e}".repeat(3))] {
        put(&desk, &format!("{id}.json"), event(id, &key, "h").to_string());
    }
    let run = ends(&desk, &["flush"]);
    let failed = files(&desk.path().join("spool/failed"));
    assert!(run.code == 0 && failed.is_empty(), "{run}");
    assert_eq!(applied(&desk).len(), events.len() + 5);
    are_applied(&desk);
    // Again, and it works again: what was said of them is counted on the same tickets.
    let tickets = count(&desk, "is:open");
    for (number, event) in events.iter().enumerate() {
        for (ask, at) in [("trigger", "2026-11-24T09:00:00Z"), ("resolve", "9999-12-30T22:00:00Z")] {
            let mut event = event.clone();
            event["id"] = format!("{ask}-{number}").into();
            (event["ask"], event["whole"]) = (ask.into(), true.into());
            if event["at"] == "2026-11-24T08:00:00Z" {
                event["at"] = at.into();
            }
            put(&desk, &format!("{ask}-{number:04}.json"), event.to_string());
        }
    }
    ends(&desk, &["flush"]);
    assert_eq!((count(&desk, "is:open or is:done"), files(&desk.path().join("spool/failed"))), (tickets, Vec::new()));
    ends(&desk, &["sweep"]);
    for words in [["list"].as_slice(), &["list", "is:done", "--json"], &["report", "summary"], &["log", "-n", "50"]] {
        assert_eq!(ends(&desk, words).code, 0, "{words:?}");
    }
    are_applied(&desk);
}

#[test]
fn keys_and_ids_that_are_none_are_put_aside() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let person = desk.open("of a person, without a key", &[]);
    desk.run(&["resolve", &person, "--resolution", "fixed", "-m", "done"]).ok();
    good_ones(&desk);
    let bad = [
        ("", "k"),
        ("a b", "k"),
        ("a\n", "k"),
        (&"x".repeat(201), "k"),
        ("blank", " \n\t"),
        ("none", ""),
        ("nul", "\0"),
    ];
    for (number, (id, key)) in bad.iter().enumerate() {
        put(&desk, &format!("bad-{number}.json"), event(id, key, "h").to_string());
    }
    put(&desk, "bad-long.json", event("long", &"x".repeat(256), "h").to_string());
    assert_eq!(ends(&desk, &["flush"]).code, 6);
    assert_eq!(files(&desk.path().join("spool/failed")).len(), 2 * (bad.len() + 1));
    assert_eq!(desk.ticket(&person)["status"], "resolved", "no key is not every key");
    are_applied(&desk);
}

#[test]
fn a_producers_ids_lead_out_of_no_spool() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let before = files(world.outside());
    let ids = ["../../../outside", "/tmp/outside-of-git-desk", "..", ".hidden", "a/../../b", "-rf", "$(touch${IFS}x)"];
    let lines: String = ids.iter().map(|id| format!("{}\n", event(id, id, "h"))).collect();
    let run = desk.feed(lines, &["receive", "."]);
    assert_eq!(run.stdout.matches("{\"kept\":").count(), ids.len(), "{run}");
    assert_eq!((count(&desk, "is:open"), applied(&desk).len()), (ids.len(), ids.len()));
    assert_eq!(files(world.outside()), before);
    let outside = files(std::path::Path::new("/tmp")).iter().any(|name| name.starts_with("outside-of-git-desk"));
    assert!(!outside, "an id is no path");
}

#[test]
fn a_spool_that_was_filled_is_emptied_in_a_time_that_grows_no_faster() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let new = desk.path().join("spool/new");
    fs::create_dir_all(&new).unwrap();
    let many = if long() { 100_000 } else { 4_000 };
    for number in 0..many {
        let text =
            if number % 2 == 0 { "{}".to_owned() } else { event(&format!("e{number}"), "flood", "h").to_string() };
        fs::write(new.join(format!("{number:06}.json")), text).unwrap();
    }
    good_ones(&desk);
    let begin = Instant::now();
    let run = desk.run(&["flush", "-q"]);
    let took = begin.elapsed();
    eprintln!("{many} files in the spool: {took:?}");
    assert_eq!(run.code, 6);
    assert!(took < Duration::from_millis(many * 6), "{took:?}");
    assert_eq!(only(&desk, "key:flood")["occurrences"]["count"], many / 2);
    assert!(files(&desk.path().join("spool/done")).len() <= 200);
    are_applied(&desk);
}

#[test]
fn a_damaged_ticket_whose_key_storms_costs_the_others_little() {
    let world = TestDesk::nowhere();
    let desk = host(&world, "one");
    desk.run(&["init"]).ok();
    put(&desk, "1.json", event("e1", "damaged", "h").to_string());
    desk.run(&["flush"]).ok();
    let id = only(&desk, "is:open")["id"].as_str().unwrap().to_owned();
    fs::write(desk.file(&id).with_extension("").join("occurrence-h.toml"), "<<<<<<< ours\n").unwrap();
    desk.git(&["commit", "-qam", "damage"]);
    for number in 0..400 {
        put(&desk, &format!("{number:03}.json"), event(&format!("again-{number}"), "damaged", "h").to_string());
        put(&desk, &format!("{number:03}-b.json"), event(&format!("other-{number}"), "other", "h").to_string());
    }
    let begin = Instant::now();
    assert_eq!(desk.run(&["flush", "-q"]).code, 6);
    eprintln!("400 events that wait among 800: {:?}", begin.elapsed());
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    assert_eq!(only(&desk, "key:other")["occurrences"]["count"], 400);
    let spool = desk.path().join("spool");
    assert_eq!((files(&spool.join("new")).len(), files(&spool.join("failed")).len()), (400, 0));
}

#[test]
fn an_event_that_makes_a_file_too_large_is_put_aside_alone() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    put(&desk, "1.json", event("e1", "huge", "h").to_string());
    desk.run(&["flush"]).ok();
    let ticket = crate::support::ticket_path(only(&desk, "is:open")["id"].as_str().unwrap());
    let path = ticket.replace(".toml", "/occurrence-h.toml");
    let text = desk.git(&["show", &format!("main:{path}")]);
    let line = |number| format!("  \"aaaaaa-report.txt {number:06}.txt\",\n");
    let lines: String = (0..((1 << 20) - text.len() - 20) / line(0).len()).map(line).collect();
    super::commit(&desk, &ticket.replace(".toml", "/files/aaaaaa-report.txt"), "as it was");
    super::commit(&desk, &path, &text.replacen("\nbody = ", &format!("\nfiles = [\n{lines}]\n\nbody = "), 1));
    let mut longer = event("e2", "huge", "h");
    (longer["body"], longer["exit_code"]) = ("one more line of output\n".repeat(10).into(), 1.into());
    put(&desk, "2.json", longer.to_string());
    good_ones(&desk);
    let run = ends(&desk, &["flush"]);
    assert!(run.code == 6 && run.stderr.contains("would have more than"), "{run}");
    assert_eq!(files(&desk.path().join("spool/failed")), ["2.json", "2.why"]);
    are_applied(&desk);
}

/// Makes an object of a repository from a text.
fn made(desk: &TestDesk, line: &str, input: &str) -> String {
    let file = desk.outside().join("input");
    fs::write(&file, input).unwrap();
    let output = desk.program("sh", &["-c", &format!("{line} < \"$0\""), file.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn an_inbox_of_whatever_git_can_hold_is_taken_in_and_keeps_nobody_back() {
    let world = TestDesk::nowhere();
    let (hub, web) = (hub(&world), host(&world, "web"));
    let blob = |text: &str| made(&hub, "git hash-object -w --stdin", text);
    let tree = |lines: &str| made(&hub, "git mktree --missing", lines);
    let commit = |tree: &str| hub.git(&["commit-tree", "-m", "x", tree]).trim().to_owned();
    let good = |id: &str| blob(&event(id, id, "h").to_string());
    let (bad, inner) = (blob("nonsense"), tree(&format!("100644 blob {}\ta.json\n", good("inner"))));
    let passwd = blob("/etc/passwd");
    let head = hub.git(&["rev-parse", "HEAD"]);
    let trees = [
        (
            "evil",
            commit(&tree(&format!(
                "100644 blob {bad}\ta.json\n100644 blob {bad}\tb.json\n100644 blob {}\tc.json\n",
                good("with-bad")
            ))),
        ),
        (
            "evil/1",
            commit(&tree(&format!(
                "040000 tree {inner}\ta.json\n120000 blob {passwd}\tb.json\n160000 commit {}\tc.json\n",
                head.trim()
            ))),
        ),
        ("evil/2", commit(&tree(&format!("100755 blob {}\tx\n", good("executable"))))),
        ("evil/3", inner.clone()),
        ("evil/4", bad.clone()),
        ("evil/5", commit(&tree(""))),
        ("evil/6", head.trim().to_owned()),
        ("evil/7", commit(&tree(&format!("100644 blob {}\tmissing.json\n", "1".repeat(40))))),
        ("evil/8", commit(&tree(&format!("100644 blob {}\tlarge.json\n", blob(&"x".repeat(2 << 20)))))),
        ("a/b/c/d", commit(&tree(&format!("100644 blob {}\ta.json\n", good("deep-name"))))),
        ("\u{e4}\u{202e}/1", commit(&tree(&format!("100644 blob {}\ta.json\n", good("odd-name"))))),
    ];
    let address = hub.path().display().to_string();
    for round in ["one", "two"] {
        // A name may be a folder of others only after its own reference has gone.
        for (name, object) in trees.iter().filter(|(name, _)| (*name == "evil") == (round == "one")) {
            hub.git(&["update-ref", &format!("refs/desk/inbox/{name}"), object]);
        }
        put(&web, "1.json", event(&format!("good-{round}"), "good", "web").to_string());
        web.run(&["flush", "--hub", &address]).ok();
        let run = ends(&hub, &["intake"]);
        assert_eq!(run.code, 6, "{run}");
        assert_eq!(hub.git(&["for-each-ref", "refs/desk/inbox"]), "", "{run}");
    }
    assert_eq!(ends(&hub, &["intake"]).to_string(), "");
    assert_eq!(only(&hub, "key:good")["occurrences"]["count"], 2);
    let mut keys: Vec<String> = applied(&hub);
    keys.retain(|id| !id.starts_with("good"));
    assert_eq!(keys, ["deep-name", "executable", "odd-name", "with-bad"]);
    // Nothing of it is lost.
    let aside = hub.git(&["for-each-ref", "--format=%(objectname)", "refs/desk/failed"]);
    for (name, object) in &trees {
        let taken = ["evil/2", "evil/5", "a/b/c/d", "\u{e4}\u{202e}/1"].contains(name);
        assert_eq!(aside.contains(object.as_str()), !taken, "{name}");
    }
    assert_eq!(hub.run(&["check"]).code, 0);
}

#[test]
fn an_event_of_the_inbox_whose_ticket_is_damaged_waits_there_and_is_applied_once_when_that_is_mended() {
    let world = TestDesk::nowhere();
    let (hub, web) = (hub(&world), host(&world, "web"));
    let address = hub.path().display().to_string();
    put(&web, "1.json", event("e1", "damaged", "web").to_string());
    web.run(&["flush", "--hub", &address]).ok();
    hub.run(&["intake"]).ok();
    let id = only(&hub, "is:open")["id"].as_str().unwrap().to_owned();
    let path = crate::support::ticket_path(&id).replace(".toml", "/occurrence-web.toml");
    let good = hub.git(&["show", &format!("main:{path}")]);
    super::commit(&hub, &path, "<<<<<<< ours\n");
    put(&web, "2.json", event("e2", "damaged", "web").to_string());
    put(&web, "3.json", event("e3", "other", "web").to_string());
    web.run(&["flush", "--hub", &address]).ok();
    let references = |below: &str| hub.git(&["for-each-ref", below]).lines().count();
    for _ in 0..2 {
        let run = hub.run(&["intake"]);
        assert!(run.code == 6 && run.stderr.starts_with(&format!("git-desk: {path}:1:1: ")), "{run}");
        assert_eq!(
            (count(&hub, "key:other"), references("refs/desk/inbox"), references("refs/desk/failed")),
            (1, 1, 0)
        );
    }
    super::commit(&hub, &path, &good);
    hub.run(&["intake"]).ok();
    assert_eq!((references("refs/desk/inbox"), applied(&hub)), (0, ["e1", "e2", "e3"].map(str::to_owned).to_vec()));
    assert_eq!(only(&hub, "key:damaged")["occurrences"]["count"], 2);
}

/// Puts events below a producer's name in the inbox, all in one commit.
fn push(hub: &TestDesk, producer: &str, events: &[Value]) {
    let line = |(at, event): (usize, &Value)| {
        let blob = made(hub, "git hash-object -w --stdin", &event.to_string());
        format!("100644 blob {blob}\t{at:06}.json\n")
    };
    let tree = made(hub, "git mktree", &events.iter().enumerate().map(line).collect::<String>());
    let commit = hub.git(&["commit-tree", "-m", "x", &tree]);
    hub.git(&["update-ref", &format!("refs/desk/inbox/{producer}/1"), commit.trim()]);
}

#[test]
fn whoever_pushes_speaks_for_no_other_host() {
    let world = TestDesk::nowhere();
    let hub = hub(&world);
    push(&hub, "web1", &[event("e1", "k", "web1")]);
    hub.run(&["intake"]).ok();
    let before = only(&hub, "is:open");
    let resolve = |id: &str| {
        let mut event = event(id, "k", "web1");
        (event["ask"], event["at"]) = ("resolve".into(), "2026-11-24T08:00:30Z".into());
        event
    };
    for producer in ["web2", "WEB1", "web1-", "w\u{eb}b1"] {
        push(&hub, producer, &[resolve(&format!("by-{producer}").replace('\u{eb}', "e"))]);
    }
    hub.run(&["intake"]).ok();
    assert_eq!(only(&hub, "is:open"), before);
    push(&hub, "WEB1", &[event("e2", "k", "web1")]);
    hub.run(&["intake"]).ok();
    let thread = only(&hub, "is:open")["thread"].as_array().unwrap().clone();
    let said: Vec<String> = thread.iter().map(|one| format!("{} {}", one["id"], one["host"])).collect();
    let other = "web1-afbd2cd52fec0414";
    assert_eq!(said, ["\"occurrence-web1\" \"web1\"".to_owned(), format!("\"occurrence-{other}\" \"{other}\"")]);
}

#[test]
fn a_letter_of_more_files_than_are_read_is_put_aside_and_loud() {
    let world = TestDesk::nowhere();
    let hub = hub(&world);
    push(&hub, "web1", &[event("e1", "k", "web1")]);
    let letter = hub.git(&["ls-tree", "refs/desk/inbox/web1/1"]);
    let lines: String = (0..10_001).map(|at| letter.replace("000000.json", &format!("{at:06}.json"))).collect();
    let commit = hub.git(&["commit-tree", "-m", "x", &made(&hub, "git mktree", &lines)]);
    hub.git(&["update-ref", "refs/desk/inbox/web1/1", commit.trim()]);
    let run = hub.run(&["intake", "-q"]);
    assert!(run.code == 6 && run.stderr.contains(": it holds 10001 files; more than 10000 are not read"), "{run}");
    assert_eq!(hub.git(&["for-each-ref", "--format=%(objectname)", "refs/desk"]), commit);
    assert_eq!(only(&hub, "is:open")["occurrences"]["count"], 1);
}

#[test]
fn what_is_typed_out_of_all_bounds_is_kept_or_refused_at_once() {
    let world = TestDesk::nowhere();
    let desk = hub(&world);
    let long = "ä".repeat(400);
    desk.run(&["event", "trigger", "--key", &long, "--title", "down"]).ok();
    assert_eq!(desk.run(&["run", "--key", &long, "--", "false"]).code, 1);
    assert_eq!(only(&desk, "is:open")["occurrences"]["count"], 2, "one key");
    desk.run(&["event", "resolve", "--key", &long]).ok();
    assert_eq!(count(&desk, "is:open"), 0);
    for key in ["", " ", "\t\n"] {
        assert_eq!(desk.run(&["event", "trigger", "--key", key]).code, 2, "{key:?}");
        assert_eq!(desk.run(&["run", "--key", key, "--", "touch", "ran"]).code, 125, "{key:?}");
    }
    assert!(!desk.path().join("ran").exists());
    let text = format!("begin\n{}\nend\n", "no room \0 left\n".repeat(150_000));
    assert_eq!(desk.feed(&text, &["event", "trigger", "--key", "large", "-F", "-"]).code, 0);
    let ticket = only(&desk, "key:large");
    assert!(ticket["body"].as_str().unwrap().starts_with("begin\n"), "{ticket}");
    assert_eq!(files(&desk.path().join("spool/failed")), [""; 0]);
}
