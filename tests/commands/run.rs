//! `run`

mod mail;
mod transparent;

use serde_json::Value;

use crate::support::{Ran, TestDesk};

/// `run --name backup OPTIONS -- sh -c SCRIPT`
fn job(desk: &TestDesk, options: &[&str], script: &str) -> Ran {
    let words = [&["run", "--name", "backup"], options, &["--", "sh", "-c", script]].concat();
    desk.run(&words)
}

/// The only ticket that a query means.
fn only(desk: &TestDesk, query: &str) -> Value {
    let found = desk.run(&["list", query, "-o", "ids"]).ok();
    assert_eq!(found.lines().count(), 1, "{query}: {found}");
    desk.ticket(found.trim())
}

#[test]
fn a_failure_opens_a_ticket_repeats_are_counted_and_a_success_resolves_it() {
    let desk = TestDesk::bare();
    let commits = desk.commits();
    assert_eq!(job(&desk, &[], "echo fine").ok(), "fine\n");
    assert_eq!(desk.commits(), commits, "a success with nothing open writes nothing");
    for _ in 0..5 {
        assert_eq!(job(&desk, &["--queue", "l2"], "echo no room >&2; exit 23").code, 23);
    }
    let ticket = only(&desk, "is:open");
    assert_eq!(ticket["title"], "backup failed on testhost (exit 23)");
    assert_eq!(ticket["queue"], "l2");
    assert_eq!(ticket["key"], "run/testhost/ana/backup");
    assert_eq!(ticket["requester"], "ana@testhost");
    assert_eq!(ticket["channel"], "monitor");
    assert_eq!(ticket["occurrences"]["count"], 4, "the fifth is counted, and told with the eighth");
    assert!(ticket["body"].as_str().unwrap().ends_with("\n2| no room"), "{}", ticket["body"]);
    assert_eq!(desk.commits(), commits + 3);
    job(&desk, &[], "true").ok();
    let ticket = only(&desk, "is:done");
    assert_eq!((&ticket["status"], &ticket["resolution"]), (&Value::from("resolved"), &Value::from("fixed")));
    assert_eq!(ticket["solution"], "recovered after 5 failures, down for 8m 00s");
    assert_eq!(ticket["occurrences"]["count"], 5);
    assert_eq!(desk.git(&["log", "-1", "--format=%an <%ae>"]), "git-desk <machine@testhost>\n");
}

#[test]
fn failing_again_reopens_within_the_window_and_follows_after_it() {
    let desk = TestDesk::bare();
    job(&desk, &[], "exit 1");
    job(&desk, &[], "true").ok();
    job(&desk, &[], "exit 1");
    let again = only(&desk, "is:open");
    assert_eq!(again["occurrences"]["count"], 1, "a new cycle is counted anew");
    job(&desk, &[], "true").ok();
    desk.later(15 * 86_400);
    job(&desk, &[], "exit 1");
    let new = only(&desk, "is:open");
    assert_ne!(new["id"], again["id"]);
    assert_eq!(new["links"][0]["type"], "follows");
    assert_eq!(new["links"][0]["id"], again["id"]);
}

#[test]
fn what_will_not_be_fixed_is_counted_and_never_reopened() {
    let desk = TestDesk::bare();
    job(&desk, &[], "exit 1");
    let id = only(&desk, "is:open")["id"].as_str().unwrap().to_owned();
    desk.run(&["close", &id, "--resolution", "wontfix"]).ok();
    for _ in 0..3 {
        job(&desk, &[], "exit 1");
    }
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "closed");
    assert_eq!(ticket["occurrences"]["count"], 4);
    assert_eq!(desk.run(&["list", "is:open", "--count"]).ok(), "0\n");
}

#[test]
fn what_a_person_touched_is_only_noted_when_it_works_again() {
    let desk = TestDesk::bare();
    job(&desk, &[], "exit 1");
    let id = only(&desk, "is:open")["id"].as_str().unwrap().to_owned();
    desk.run(&["take", &id]).ok();
    job(&desk, &[], "true").ok();
    let ticket = only(&desk, "is:open");
    let notes = ticket["thread"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "note");
    let said: Vec<&str> = notes.map(|entry| entry["body"].as_str().unwrap()).collect();
    assert_eq!(said, ["recovered after 1 failure, down for 4m 00s"]);
    // With `--resolve always` it is, whoever has it.
    job(&desk, &[], "exit 1");
    job(&desk, &["--resolve", "always"], "true").ok();
    assert_eq!(desk.ticket(&id)["status"], "resolved");
}

#[test]
fn another_kind_of_failure_is_told_at_once() {
    let desk = TestDesk::bare();
    for code in [1, 1, 1, 2, 1] {
        job(&desk, &[], &format!("exit {code}"));
    }
    let ticket = only(&desk, "is:open");
    let entry = &ticket["thread"].as_array().unwrap()[0];
    assert_eq!((&entry["count"], &entry["exit_code"]), (&Value::from(4), &Value::from(2)));
}

#[test]
fn few_failures_are_not_told_where_more_are_asked_for() {
    let desk = TestDesk::bare();
    let options = ["--after-failures", "3"];
    for script in ["exit 1", "exit 1", "true", "exit 1", "exit 1"] {
        job(&desk, &options, script);
    }
    assert_eq!(desk.run(&["list", "--count"]).ok(), "0\n");
    job(&desk, &options, "exit 1");
    assert_eq!(only(&desk, "is:open")["occurrences"]["count"], 3);
}

#[test]
fn a_job_that_cannot_be_started_is_news_once() {
    let desk = TestDesk::new();
    let run = |mail: &str| desk.run(&["run", "--name", "n", "--mail", mail, "--", "/nowhere/job"]);
    assert_eq!(run("pass").stderr, "git-desk: cannot run /nowhere/job: No such file or directory (os error 2)\n");
    let (second, third) = (run("changes"), run("changes"));
    assert!(second.stdout.contains("did not start"), "{second}");
    assert_eq!((third.code, third.stdout.as_str(), third.stderr.as_str()), (127, "", ""));
    assert_eq!(run("never").stderr, "");
}

#[test]
fn exit_codes_that_are_fine_and_complaints_that_are_not() {
    let desk = TestDesk::bare();
    assert_eq!(job(&desk, &["--ok", "24,25"], "exit 24").code, 24);
    assert_eq!(desk.run(&["list", "--count"]).ok(), "0\n");
    assert_eq!(job(&desk, &["--fail-on-stderr"], "echo hm >&2").code, 0);
    assert_eq!(desk.run(&["list", "--count"]).ok(), "1\n");
}

#[test]
fn words_that_the_desk_does_not_know_are_kept_and_never_told_to_the_job() {
    let desk = TestDesk::bare();
    let run = job(&desk, &["--queue", "infra", "--assign", "zed", "--priority", "p9", "--field", "rack=4"], "exit 1");
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (1, "", ""));
    let ticket = only(&desk, "is:open");
    assert_eq!((&ticket["queue"], &ticket["assignee"]), (&Value::from("l1"), &Value::Null));
    let fields =
        serde_json::json!({"asked-queue": "infra", "asked-assignee": "zed", "asked-priority": "p9", "rack": 4});
    assert_eq!(ticket["fields"], fields);
}

#[test]
fn a_run_that_cannot_be_understood_starts_nothing_and_is_a_ticket() {
    let desk = TestDesk::bare();
    let run = desk.run(&["run", "--name", "b", "--timout", "4h", "--", "touch", "started"]);
    let id = desk.run(&["list", "-o", "ids"]).ok();
    assert_eq!(
        run.fails(125),
        format!(
            "git-desk: unknown option `--timout`, nearest `--timeout`; the job was NOT started\n  \
             recorded as {} \"b did not start on testhost\"\n",
            id.trim()
        )
    );
    assert!(!desk.path().join("started").exists());
    assert_eq!(desk.run(&["run", "--name", "b", "--timeout", "soon", "--", "true"]).code, 125);
    let bare = desk.run(&["run", "ls"]).fails(125);
    assert!(bare.starts_with("git-desk: what stands behind `--` is the job: git desk run -- ls …; "), "{bare}");
    // The job that starts at last resolves it.
    desk.run(&["run", "--name", "b", "--", "true"]).ok();
    assert_eq!(desk.ticket(id.trim())["status"], "resolved");
}

#[test]
fn of_an_option_that_is_given_twice_the_last_counts() {
    let desk = TestDesk::bare();
    assert_eq!(job(&desk, &["--queue", "l1", "--queue", "l2", "--timeout", "1s", "--timeout", "1h"], "exit 3").code, 3);
    assert_eq!(only(&desk, "is:open")["queue"], "l2");
}

#[test]
fn what_could_not_be_delivered_waits_for_the_next_flush() {
    let desk = TestDesk::bare();
    let away = desk.outside().join("away");
    std::fs::rename(desk.path(), &away).unwrap();
    std::fs::create_dir(desk.path()).unwrap();
    for _ in 0..2 {
        let run = job(&desk, &[], "echo out; exit 7");
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (7, "out\n", ""));
    }
    std::fs::remove_dir(desk.path()).unwrap();
    std::fs::rename(&away, desk.path()).unwrap();
    let flushed = desk.run(&["flush"]).ok();
    assert_eq!(flushed.lines().count(), 2, "{flushed}");
    assert_eq!(only(&desk, "is:open")["occurrences"]["count"], 2);
    assert_eq!(desk.run(&["flush"]).ok(), "");
}

#[test]
fn it_runs_once_at_a_time_where_that_is_asked_for() {
    let desk = TestDesk::bare();
    let script = "touch started; sleep 2; exit 0";
    let mut first =
        desk.command(&["run", "--name", "slow", "--lock", "skip", "--", "sh", "-c", script]).spawn().unwrap();
    while !desk.path().join("started").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let second = |lock: &str| desk.run(&["run", "--name", "slow", "--lock", lock, "--", "echo", "ran"]);
    assert_eq!(second("skip").ok(), "");
    assert_eq!(second("fail").fails(75), "git-desk: slow still runs; it was not started again\n");
    assert_eq!(second("wait=1s").code, 75);
    assert_eq!(second("wait=1m").ok(), "ran\n");
    assert!(first.wait().unwrap().success());
    // Neither is a failure of the job.
    assert_eq!(desk.run(&["list", "--count"]).ok(), "0\n");
}

#[test]
fn a_job_that_comes_and_goes_is_marked_and_stays_open_until_it_stays_one_way() {
    let desk = TestDesk::bare();
    for script in ["exit 1", "true"].repeat(6) {
        job(&desk, &[], script);
    }
    let ticket = only(&desk, "is:open");
    assert_eq!(ticket["tags"], serde_json::json!(["flapping"]));
    let commits = desk.commits();
    job(&desk, &[], "true").ok();
    assert_eq!(desk.commits(), commits);
    for _ in 0..20 {
        job(&desk, &[], "true").ok();
    }
    let ticket = desk.ticket(ticket["id"].as_str().unwrap());
    assert_eq!((&ticket["status"], &ticket["tags"]), (&Value::from("resolved"), &serde_json::json!([])));
}

#[test]
fn what_somebody_resolved_while_it_comes_and_goes_is_opened_again_when_it_fails_to_stay() {
    let desk = TestDesk::bare();
    for script in ["exit 1", "true"].repeat(6) {
        job(&desk, &[], script);
    }
    let id = only(&desk, "is:open")["id"].as_str().unwrap().to_owned();
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "seen to"]).ok();
    let now = || {
        let ticket = desk.ticket(&id);
        (ticket["status"].clone(), ticket["tags"].clone())
    };
    let resolved = (Value::from("resolved"), serde_json::json!([]));
    assert_eq!(now(), resolved);
    for script in ["exit 1", "true"].repeat(3) {
        job(&desk, &[], script);
        assert_eq!(now(), resolved);
    }
    for _ in 0..20 {
        job(&desk, &[], "exit 1");
    }
    assert_eq!(now(), (Value::from("active"), serde_json::json!([])));
    assert_eq!(desk.run(&["list", "--count"]).ok(), "1\n");
}

#[test]
fn what_comes_and_goes_and_stays_away_loses_its_mark_although_it_has_ended() {
    let desk = TestDesk::bare();
    for script in ["exit 1", "true"].repeat(6) {
        job(&desk, &[], script);
    }
    let id = only(&desk, "is:open")["id"].as_str().unwrap().to_owned();
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "seen to"]).ok();
    desk.run(&["tag", &id, "--add", "flapping"]).ok();
    for _ in 0..20 {
        job(&desk, &[], "true").ok();
    }
    let ticket = desk.ticket(&id);
    assert_eq!((&ticket["status"], &ticket["tags"]), (&Value::from("resolved"), &serde_json::json!([])));
}

#[test]
fn a_secret_in_the_output_reaches_neither_history_nor_spool() {
    let desk = TestDesk::bare().with("DEPLOY_TOKEN", "hunter2hunter2");
    job(&desk, &[], "echo auth $DEPLOY_TOKEN; exit 1");
    let history = desk.git(&["log", "-p", "--all"]);
    assert!(history.contains("auth [REDACTED:"), "{history}");
    let grep = desk.program("grep", &["-r", "hunter2", desk.outside().to_str().unwrap()]).output().unwrap();
    assert_eq!(String::from_utf8(grep.stdout).unwrap(), "");
}

#[test]
fn site_rules_hold_for_the_ticket_and_from_then_on_for_the_spool() {
    let desk = TestDesk::new();
    let policy = desk.path().join("desk.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, format!("{text}\n[redact]\npatterns = ['tkt-[0-9]+']\n")).unwrap();
    desk.git(&["commit", "-qam", "redact"]);
    job(&desk, &[], "echo tkt-4711; exit 1");
    job(&desk, &[], "echo tkt-4711; exit 1");
    assert!(!desk.git(&["log", "-p", "--all"]).contains("tkt-4711"));
    let spool = desk.outside().join("home/state");
    let grep = desk.program("grep", &["-r", "tkt-4711", spool.to_str().unwrap()]).output().unwrap();
    assert_eq!(String::from_utf8(grep.stdout).unwrap(), "");
}

#[test]
fn jobs_of_one_program_are_not_one_job() {
    let desk = TestDesk::bare();
    assert_eq!(desk.run(&["run", "--", "sh", "-c", "exit 1"]).code, 1);
    assert_eq!(desk.run(&["run", "--", "sh", "-c", "exit 0"]).code, 0);
    let ticket = only(&desk, "is:open");
    assert!(ticket["key"].as_str().unwrap().starts_with("run/testhost/ana/sh-"), "{}", ticket["key"]);
    assert_eq!(ticket["title"], "sh failed on testhost (exit 1)");
}

#[test]
fn a_job_cannot_be_tried_without_running_it() {
    let desk = TestDesk::bare();
    let run = desk.run(&["run", "--dry-run", "--name", "b", "--", "touch", "ran"]);
    assert!(run.fails(125).contains("it was NOT started"));
    assert!(!desk.path().join("ran").exists());
    assert_eq!(desk.run(&["list", "--count"]).ok(), "0\n");
}

#[test]
fn who_says_that_it_is_seen_makes_nobody_forget_that_it_fails() {
    let desk = TestDesk::bare();
    job(&desk, &[], "exit 1");
    desk.run(&["event", "ack", "--key", "run/testhost/ana/backup", "--by", "somebody"]).ok();
    job(&desk, &[], "true").ok();
    assert_eq!(only(&desk, "is:done")["solution"], "recovered after 1 failure, down for 2m 00s");
}

#[test]
fn what_is_remembered_is_not_needed_to_end_a_ticket() {
    let desk = TestDesk::bare();
    job(&desk, &[], "exit 1");
    std::fs::remove_dir_all(desk.outside().join("home/state/git-desk/state")).unwrap();
    assert_eq!(job(&desk, &["--mail", "changes"], "true").to_string(), "");
    assert_eq!(only(&desk, "is:done")["resolution"], "fixed");
    // Another host's first success says nothing of a failure here.
    job(&desk, &["--key", "k"], "exit 1");
    let state = desk.outside().join("other").display().to_string();
    let other = desk.at("desk").with("GIT_DESK_HOST", "other").with("XDG_STATE_HOME", &state);
    other.run(&["run", "--key", "k", "--", "true"]).ok();
    assert_eq!(only(&desk, "is:open")["key"], "k");
}

#[test]
fn the_ticket_of_a_job_without_a_name_that_was_not_started_ends_when_it_is() {
    let desk = TestDesk::bare();
    let job = |option: &[&str], words: &[&str]| desk.run(&[&["run"], option, &["--"], words].concat()).code;
    assert_eq!(job(&["--timout", "4h"], &["/bin/true", "--all"]), 125);
    let ticket = only(&desk, "is:open");
    assert_eq!(ticket["title"], "true did not start on testhost");
    assert_eq!(job(&[], &["/bin/true", "--some"]), 0);
    assert_eq!(only(&desk, "is:open")["id"], ticket["id"], "another command line is another job");
    assert_eq!(job(&[], &["/bin/true", "--all"]), 0);
    assert_eq!(desk.run(&["list", "--count"]).ok(), "0\n");
}

#[test]
fn a_field_that_cannot_be_read_is_told_and_keeps_no_job_from_running() {
    let desk = TestDesk::bare();
    let run = |mail: &str| {
        desk.run(&["run", "--name", "j", "--field", "nope", "--field", "rack=4", "--mail", mail, "--", "false"])
    };
    let (pass, never) = (run("pass"), run("never"));
    assert_eq!(
        (pass.code, pass.stderr.as_str()),
        (1, "git-desk: `--field nope` is no field: NAME=VALUE is needed; it is kept as asked-field\n")
    );
    assert_eq!((never.code, never.to_string().as_str()), (1, "exit: 1\n"));
    assert_eq!(only(&desk, "is:open")["fields"], serde_json::json!({"asked-field": "nope", "rack": 4}));
}

#[test]
fn a_title_is_whole_whatever_a_name_is_made_of() {
    let desk = TestDesk::bare();
    desk.at("desk").with("GIT_DESK_HOST", "db1\r\nx\u{1b}").run(&[
        "run",
        "--name",
        "night\nly",
        "--",
        "sh",
        "-c",
        "exit 3",
    ]);
    let ticket = only(&desk, "is:open");
    assert_eq!(ticket["title"], "night ly failed on db1  x (exit 3)");
    assert!(ticket["body"].as_str().unwrap().starts_with("exit 3 after 0s\n\nhost     db1  x\n"), "{ticket}");
    assert_eq!(desk.run(&["run", "--name", "\n", "--", "false"]).code, 1);
    assert!(desk.run(&["list"]).ok().contains("false failed on testhost (exit 1)"));
}

#[test]
fn what_keeps_the_events_of_others_back_is_no_trouble_of_a_job_that_has_its_ticket() {
    let desk = TestDesk::new();
    job(&desk, &[], "exit 1");
    let id = only(&desk, "is:open")["id"].as_str().unwrap().to_owned();
    let edited = desk.file(&id).with_extension("").join("occurrence-testhost.toml");
    desk.change(&edited, "kind", "# mine\nkind");
    let run = job(&desk, &["--mail", "changes"], "exit 3");
    assert!(run.stdout.contains("\nNOT YET A TICKET: tickets/"), "{run}");
    let run = desk.run(&["run", "--name", "other", "--mail", "changes", "--", "false"]);
    assert!(run.stdout.contains("\nticket ") && !run.stdout.contains("NOT YET"), "{run}");
}
