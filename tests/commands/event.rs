//! `event`

use serde_json::Value;

use crate::support::TestDesk;

fn trigger(desk: &TestDesk, options: &[&str]) {
    let words = [&["event", "trigger", "--key", "disk/web1/var", "--title", "/var at 93% on web1"], options].concat();
    assert_eq!(desk.run(&words).to_string(), "");
}

/// The only ticket that a query means.
fn only(desk: &TestDesk, query: &str) -> Value {
    let found = desk.run(&["list", query, "-o", "ids"]).ok();
    assert_eq!(found.lines().count(), 1, "{query}: {found}");
    desk.ticket(found.trim())
}

/// The only note of a ticket.
fn note(ticket: &Value) -> Value {
    let notes: Vec<&Value> = ticket["thread"].as_array().unwrap().iter().filter(|one| one["kind"] == "note").collect();
    assert_eq!(notes.len(), 1, "{ticket}");
    notes[0].clone()
}

#[test]
fn a_key_has_one_open_ticket_that_repeats_are_counted_on_and_a_recovery_resolves() {
    let desk = TestDesk::bare();
    for _ in 0..9 {
        trigger(&desk, &["--priority", "p2", "--queue", "l2", "--tag", "disk,web", "--field", "used_pct=93"]);
    }
    let ticket = only(&desk, "is:open");
    assert_eq!((&ticket["title"], &ticket["priority"]), (&Value::from("/var at 93% on web1"), &Value::from("p2")));
    assert_eq!(ticket["tags"], serde_json::json!(["disk", "web"]));
    assert_eq!(ticket["occurrences"]["count"], 8);
    assert_eq!(desk.run(&["event", "resolve", "--key", "disk/web1/var", "--note", "back to 71%"]).to_string(), "");
    let ticket = only(&desk, "is:done");
    assert_eq!(ticket["solution"], "recovered after 9 failures, down for 11m 00s: back to 71%");
    let commits = desk.commits();
    for _ in 0..3 {
        assert_eq!(desk.run(&["event", "resolve", "--key", "disk/web1/var"]).to_string(), "");
    }
    assert_eq!(desk.commits(), commits, "with nothing open there is nothing to do");
}

#[test]
fn an_agents_word_that_it_is_seen_makes_it_theirs_and_then_it_is_not_closed_for_them() {
    let desk = TestDesk::bare();
    trigger(&desk, &[]);
    desk.run(&["event", "ack", "--key", "disk/web1/var", "--by", "ana@example.com", "--note", "cleaning up"]).ok();
    let ticket = only(&desk, "is:open");
    assert_eq!((&ticket["status"], &ticket["assignee"]), (&Value::from("active"), &Value::from("ana")));
    let note = note(&ticket);
    assert_eq!((&note["by"], &note["body"]), (&Value::from("ana"), &Value::from("acknowledged by ana: cleaning up")));
    desk.run(&["event", "resolve", "--key", "disk/web1/var"]).ok();
    assert_eq!(only(&desk, "is:open")["assignee"], "ana");
}

#[test]
fn a_strangers_word_is_noted() {
    let desk = TestDesk::bare();
    trigger(&desk, &[]);
    desk.run(&["event", "ack", "--key", "disk/web1/var", "--by", "nagiosadmin"]).ok();
    let ticket = only(&desk, "is:open");
    assert_eq!((&ticket["status"], &ticket["assignee"]), (&Value::from("new"), &Value::Null));
    assert_eq!(note(&ticket)["body"], "acknowledged by nagiosadmin");
    assert_eq!(desk.run(&["event", "ack", "--key", "nothing/open"]).code, 0);
}

#[test]
fn two_hosts_with_one_key_have_one_ticket_and_both_are_counted() {
    let desk = TestDesk::bare();
    let run = |host: &str, script: &str| {
        let desk = desk.at("desk").with("GIT_DESK_HOST", host).with("XDG_STATE_HOME", &format!("/nonexistent-{host}"));
        let spool = desk.outside().join(host).display().to_string();
        desk.with("GIT_DESK_SPOOL", &spool).run(&["run", "--key", "sync", "--name", "sync", "--", "sh", "-c", script])
    };
    // Each in a world of its own counts anew, so one failure each is told.
    run("one", "exit 1");
    run("two", "exit 1");
    let ticket = only(&desk, "is:open");
    assert_eq!(ticket["occurrences"]["count"], 2);
    let hosts: Vec<&str> =
        ticket["thread"].as_array().unwrap().iter().map(|one| one["host"].as_str().unwrap()).collect();
    assert_eq!(hosts, ["one", "two"]);
}

#[test]
fn words_of_monitors_are_priorities_of_the_desk() {
    let desk = TestDesk::bare();
    trigger(&desk, &["--severity", "CRITICAL"]);
    assert_eq!(only(&desk, "is:open")["priority"], "p1");
}

#[test]
fn the_text_comes_from_an_option_or_from_stdin_and_loses_its_secrets() {
    let desk = TestDesk::bare();
    let words = ["event", "trigger", "--key", "k", "-F", "-"];
    assert_eq!(desk.feed("connect to postgres://app:s3cr3tpass@db/app failed\n", &words).code, 0);
    let ticket = only(&desk, "is:open");
    assert_eq!(ticket["title"], "k");
    assert_eq!(ticket["body"], "connect to postgres://app:[REDACTED:url]@db/app failed");
}

#[test]
fn a_field_whose_name_says_that_it_is_secret_is_not_kept() {
    let desk = TestDesk::bare();
    trigger(&desk, &["--field", "password=hunter55555", "--field", "rack=B4"]);
    let fields = only(&desk, "is:open")["fields"].clone();
    assert_eq!(fields["rack"], "B4");
    assert!(fields["password"].as_str().unwrap().starts_with("[REDACTED:"), "{fields}");
}

#[test]
fn a_route_says_what_the_event_does_not() {
    let desk = TestDesk::new();
    let policy = desk.path().join("desk.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    let routes = "\n[[route]]\nmatch = \"tag:disk\"\nqueue = \"l3\"\npriority = \"p2\"\nassignee = \"ana\"\ntags = [\"storage\"]\n\
                  \n[[route]]\nmatch = \"\"\nqueue = \"l2\"\n";
    std::fs::write(&policy, format!("{text}{routes}")).unwrap();
    desk.git(&["commit", "-qam", "routes"]);
    trigger(&desk, &["--tag", "disk"]);
    let ticket = only(&desk, "is:open");
    assert_eq!((&ticket["queue"], &ticket["priority"]), (&Value::from("l3"), &Value::from("p2")));
    assert_eq!((&ticket["assignee"], &ticket["status"]), (&Value::from("ana"), &Value::from("new")));
    assert_eq!(ticket["tags"], serde_json::json!(["disk", "storage"]));
    // What was said stays, and a person's ticket is routed, too.
    let id = desk.open("said", &["--queue", "l1", "--tag", "disk"]);
    assert_eq!((&desk.ticket(&id)["queue"], &desk.ticket(&id)["priority"]), (&Value::from("l1"), &Value::from("p2")));
    let id = desk.open("anything", &[]);
    assert_eq!(desk.ticket(&id)["queue"], "l2");
}

#[test]
fn what_monitors_hand_over_is_read_as_it_is() {
    let desk = TestDesk::bare();
    let lines = "{\"key\": \"a\", \"title\": \"A is down\", \"severity\": \"critical\"}\nnonsense\n{\"key\": \"b\", \"title\": \"B\"}\n";
    let run = desk.feed(lines, &["event", "import", "--from", "jsonl", "-"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(run.stderr.contains("line 2"), "{run}");
    assert_eq!(desk.run(&["list", "--count"]).ok(), "2\n");
    let run = desk.feed("{\"key\": \"a\", \"ask\": \"resolve\"}", &["event", "import", "--from", "jsonl", "-"]);
    assert_eq!(run.to_string(), "");
    assert_eq!(desk.run(&["list", "--count"]).ok(), "1\n");
    assert_eq!(desk.feed("no word of it", &["event", "import", "--from", "nagios", "-"]).code, 6);
}

#[test]
fn the_answer_in_json_says_what_was_kept_and_what_became_of_it() {
    let desk = TestDesk::bare();
    let run = desk.run(&["event", "trigger", "--key", "k", "--title", "down", "--json"]).ok();
    let kept: Value = serde_json::from_str(&run).unwrap();
    assert_eq!(kept[0]["schema"], "desk.kept/1");
    assert_eq!((&kept[0]["did"], &kept[0]["count"]), (&Value::from("opened"), &Value::from(1)));
    assert_eq!(kept[0]["id"], only(&desk, "is:open")["id"]);
}

#[test]
fn an_event_that_nothing_takes_is_exit_11() {
    let desk = TestDesk::bare().with("GIT_DESK_SPOOL", "/dev/null/x").with("XDG_RUNTIME_DIR", "/dev/null/x");
    let run = desk.run(&["event", "trigger", "--key", "k"]);
    // Where the test may write to /run or /tmp, it is kept there, and delivered at once.
    match run.code {
        0 => assert_eq!(desk.run(&["list", "--count"]).ok(), "1\n"),
        code => assert_eq!(code, 11, "{run}"),
    }
}

#[test]
fn hostile_words_open_a_ticket_that_can_be_read() {
    let desk = TestDesk::bare();
    let title = "a\u{1b}[31mred\u{202e}\ntwo lines \"\"\" ''' \\ end";
    let words = [
        "event", "trigger", "--key", "k\n\tk", "--title", title, "--asset", "a\nb", "--tag", "x\ny", "--field",
        "n m=v\nw",
    ];
    assert_eq!(desk.run(&words).to_string(), "");
    assert_eq!(desk.run(&["check"]).code, 0);
    let ticket = only(&desk, "is:open");
    assert_eq!((&ticket["key"], &ticket["asset"]), (&Value::from("k  k"), &Value::from("a b")));
    desk.run(&["event", "resolve", "--key", "k\n\tk"]).ok();
    assert_eq!(desk.run(&["list", "--count"]).ok(), "0\n");
}

#[test]
fn a_dry_run_says_what_would_be_kept_and_keeps_nothing() {
    let desk = TestDesk::bare();
    let said = desk.run(&["event", "trigger", "--key", "k", "-m", "token=abcdef1234567890abcdef", "--dry-run"]).ok();
    let event: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&event["schema"], &event["key"]), (&Value::from("desk.event/1"), &Value::from("k")));
    assert!(!said.contains("abcdef1234567890"), "{said}");
    assert_eq!(desk.run(&["list", "--count"]).ok(), "0\n");
    assert_eq!(desk.run(&["flush"]).ok(), "");
}

#[test]
fn the_three_verbs_take_the_same_options() {
    let desk = TestDesk::bare();
    let said = |verb: &str| {
        let words = [
            "event",
            verb,
            "--key",
            "k",
            "--title",
            "t",
            "--priority",
            "p2",
            "--severity",
            "error",
            "--queue",
            "l2",
            "--asset",
            "web1",
            "--tag",
            "disk",
            "--field",
            "rack=4",
            "--group",
            "g",
            "--note",
            "up again",
            "--by",
            "ana@example.com",
            "-F",
            "-",
            "--hub",
            desk.path().to_str().unwrap(),
        ];
        let without_hub = &words[..words.len() - 2];
        assert_eq!(desk.feed("line one\nline two\n", without_hub).to_string(), "");
    };
    said("trigger");
    let ticket = only(&desk, "is:open");
    assert_eq!(ticket["body"], "line one\nline two\n\nana@example.com: up again");
    said("ack");
    let ticket = only(&desk, "is:open");
    assert_eq!(note(&ticket)["body"], "acknowledged by ana: up again\nline one\nline two");
    // Somebody has it, so it is only noted.
    said("resolve");
    let ticket = only(&desk, "is:open");
    let last = ticket["thread"].as_array().unwrap().iter().rfind(|one| one["act"] == "recovery").unwrap();
    assert_eq!(last["body"], "recovered after 1 failure, down for 6m 00s: up again\nline one\nline two");
}

#[test]
fn a_text_too_large_for_a_ticket_is_attached_once() {
    let desk = TestDesk::bare();
    let text = "a line of the log\n".repeat(20_000);
    desk.feed(&text, &["event", "trigger", "--key", "big", "-F", "-"]).ok();
    let id = desk.run(&["list", "-o", "ids"]).ok();
    let files = |id: &str| {
        desk.git(&["ls-tree", "-r", "--name-only", "main"])
            .lines()
            .filter(|path| path.contains(id) && path.contains("/files/"))
            .count()
    };
    assert_eq!(files(id.trim()), 1);
    // Another text that begins the same is another one.
    let other = format!("{text}and no more\n");
    desk.feed(&other, &["event", "trigger", "--key", "big", "--title", "other", "-F", "-"]).ok();
    assert_eq!(files(id.trim()), 2);
}

#[test]
fn a_file_of_many_megabytes_is_read_to_its_end_and_one_without_end_is_refused() {
    let desk = TestDesk::bare();
    let line = |number: usize| {
        let body = "x".repeat(900_000);
        serde_json::json!({"key": format!("imp/{number}"), "title": "t", "body": body}).to_string() + "\n"
    };
    let lines: String = (0..6).map(line).collect();
    assert!(lines.len() > 5_000_000);
    desk.feed(&lines, &["event", "import", "--from", "jsonl", "-"]).ok();
    assert_eq!(desk.run(&["list", "key~imp/", "--count"]).ok(), "6\n");
    let file = desk.outside().join("status.dat");
    std::fs::File::create(&file).unwrap().set_len((256 << 20) + 1).unwrap();
    let refused = desk.run(&["event", "import", "--from", "nagios", file.to_str().unwrap()]).fails(6);
    assert!(refused.ends_with(": it has more than 256 MiB; nothing of it was taken\n"), "{refused}");
}
