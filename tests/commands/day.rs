//! `git desk` alone: my day

use crate::support::TestDesk;
use serde_json::Value;
use snapbox::{assert_data_eq, str};

const DAY: i64 = 86_400;

fn json(desk: &TestDesk, words: &[&str]) -> Value {
    serde_json::from_str(&desk.run(&[words, &["--json"]].concat()).ok()).unwrap()
}

/// A desk that Ana comes to in the morning, with something in every part of her day.
fn desk() -> TestDesk {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "ben", "--email", "ben@example.com"]).ok();
    let bob = |desk: &TestDesk| desk.at("desk").by("Bob <bob@example.com>");

    let solved = desk.open("Toner is empty", &["--assign", "me"]);
    let back = desk.open("Scanner sends empty files", &["--assign", "me", "-r", "bob@example.com"]);
    desk.later(8 * 3_600);
    desk.run(&["resolve", &solved, &back, "--resolution", "fixed"]).ok();
    bob(&desk).run(&["comment", &back, "It is empty again."]).ok();

    desk.later(DAY / 2);
    let vendor = desk.open("Replacement badge reader", &["--assign", "me"]);
    desk.run(&["wait", &vendor, "--on", "vendor"]).ok();
    desk.at("desk").by("ben").run(&["note", &vendor, "They called: it comes on Friday."]).ok();
    let call = desk.open("Invoice is printed twice", &["--assign", "me", "-r", "mevrouw Bakker"]);
    desk.run(&["set", &call, "follow_up=2026-11-25"]).ok();
    let asleep = desk.open("Laptop for the new colleague", &["--assign", "me"]);
    desk.run(&["wait", &asleep, "--on", "schedule", "--until", "2h"]).ok();
    desk.open("VPN drops every hour, whole Rotterdam site", &["--assign", "me", "-p", "p1"]);
    desk.open("ERP: no listener", &["-p", "p4", "--due", "2026-11-25 06:40"]);
    desk.open("Nobody's, and in no hurry", &[]);
    desk.open("Ben's own", &["--assign", "ben", "-p", "p1"]);
    for _ in 0..3 {
        desk.open("nightly-backup failed", &["--key", "run/db1/root/nightly-backup", "--assign", "ben"]);
    }
    desk.open("disk full on web7", &["--key", "disk", "--asset", "web7", "--assign", "ben"]);
    desk.later(10 * 3_600);
    desk
}

#[test]
fn a_day_shows_what_presses_what_was_said_what_was_promised_and_what_fails() {
    let desk = desk().with("NO_COLOR", "1");
    assert_data_eq!(
        desk.on_terminal("", &[]).to_string(),
        str![[r#"
ana · l1, l2, l3 · 5 yours, 2 free in your queues

  now       xcdj  VPN drops every hour, whole Rotterdam si…  respond late 4h 50m
            w90t  Scanner sends empty files                  respond late 9h 19m
            j2zp  Nobody's, and in no hurry (free)           ack late 3h 20m      git desk take j2zp
            hezx  Invoice is printed twice                   respond late 1h 20m
            tsac  ERP: no listener (free)                    late 7h 40m          git desk take tsac
  answered  dwzk  Replacement badge reader   ben wrote 04:08, waiting on vendor
            w90t  Scanner sends empty files  reopened Tue 16:06 by bob@example.com
  today     hezx  Invoice is printed twice      call back mevrouw Bakker
            jb6d  Laptop for the new colleague  waited on schedule until 06:11  git desk resume jb6d
  machines  2 failing: nightly-backup@db1 ×3, disk@web7

yesterday: 2 resolved, 1 reopened (w90t)

all of yours: git desk list assignee:@me     all that is free: git desk list is:unassigned queue:l1,l2,l3

"#]]
    );
    assert_data_eq!(
        desk.run(&[]).to_string(),
        str![[r#"
now	late	261125-xcdjbben	p1	active	l1	ana	2026-11-25T09:30:00Z	VPN drops every hour, whole Rotterdam site
now	late	261124-w90thdzm	p3	active	l1	ana	2026-11-24T13:00:00Z	Scanner sends empty files
now	late	261125-j2zpa4eh	p3	new	l1		2026-11-25T11:00:00Z	Nobody's, and in no hurry
now	late	261125-hezx7bwg	p3	active	l1	ana	2026-11-25T13:00:00Z	Invoice is printed twice
now	late	261125-tsacgzst	p4	new	l1		2026-11-25T06:40:00Z	ERP: no listener
answered	replied	261125-dwzk1vz9	p3	waiting	l1	ana	2026-11-25T04:08:00Z	Replacement badge reader
answered	reopened	261124-w90thdzm	p3	active	l1	ana	2026-11-24T16:06:00Z	Scanner sends empty files
today	call-back	261125-hezx7bwg	p3	active	l1	ana	2026-11-25	Invoice is printed twice
today	wakes	261125-jb6d1ncw	p3	waiting	l1	ana	2026-11-25T06:11:00Z	Laptop for the new colleague
machines	failing	261125-bvjev09f	p3	active	l1	ben		nightly-backup failed
machines	failing	261125-xdtnpxvs	p3	active	l1	ben		disk full on web7

"#]]
    );
    assert_data_eq!(
        desk.run(&["-o", "ids"]).to_string(),
        str![[r#"
261125-xcdjbben
261124-w90thdzm
261125-j2zpa4eh
261125-hezx7bwg
261125-tsacgzst
261125-dwzk1vz9
261125-jb6d1ncw
261125-bvjev09f
261125-xdtnpxvs

"#]]
    );
}

#[test]
fn the_object_has_every_part_with_how_many_there_are() {
    let desk = desk();
    let day = json(&desk, &[]);
    assert_eq!(day["schema"], "desk.day/1");
    assert_data_eq!(
        serde_json::to_string_pretty(&day["counts"]).unwrap(),
        str![[r#"
{
  "answered": 2,
  "free": 2,
  "machines": 2,
  "now": 5,
  "requests": 0,
  "theirs": 5,
  "today": 2
}
"#]]
    );
    assert_data_eq!(
        serde_json::to_string_pretty(&day["machines"][0]).unwrap(),
        str![[r#"
{
  "assignee": "ben",
  "by": null,
  "clock": null,
  "count": 3,
  "handle": "bvje",
  "hosts": [
    "db1"
  ],
  "id": "261125-bvjev09f",
  "job": "nightly-backup",
  "priority": "p3",
  "queue": "l1",
  "requester": "ana",
  "section": "machines",
  "status": "active",
  "title": "nightly-backup failed",
  "when": null,
  "why": "failing"
}
"#]]
    );
    assert_eq!(day["answered"].as_array().unwrap().len(), 2);
    assert_eq!(day["yesterday"]["resolved"].as_array().unwrap().len(), 2);
    assert_eq!(
        json(&desk, &["--fields", "who,queues"]),
        serde_json::json!({"who": "ana", "queues": ["l1", "l2", "l3"]})
    );
    assert_eq!(desk.run(&["-o", "jsonl"]).ok().lines().count(), 1);
}

#[test]
fn fields_of_the_rows_are_chosen_and_an_unknown_one_names_the_nearest() {
    let desk = desk();
    let csv = desk.run(&["-o", "csv", "--fields", "section,job,hosts,count"]).ok();
    assert_eq!(csv.lines().next(), Some("section,job,hosts,count"));
    assert!(csv.contains("\r\nmachines,nightly-backup,db1,3\r\n"), "{csv}");
    assert_data_eq!(
        desk.run(&["-o", "tsv", "--fields", "sektion"]).to_string(),
        str![[r#"
stderr: git-desk: a row of the day has no field `sektion`
stderr:   did you mean `section`?
stderr:   there are section, why, id, handle, priority, status, queue, assignee, requester, when, clock, by, job, hosts, count, title
exit: 2

"#]]
    );
}

#[test]
fn a_touch_of_mine_takes_what_was_answered_from_the_list() {
    let desk = desk();
    let day = json(&desk, &[]);
    for row in day["answered"].as_array().unwrap() {
        desk.run(&["comment", row["id"].as_str().unwrap(), "I see."]).ok();
    }
    assert_eq!(json(&desk, &[])["answered"], serde_json::json!([]));
}

#[test]
fn looked_back_at_it_is_the_day_that_it_was() {
    let desk = desk();
    desk.run(&["close", "--where", "is:open", "--yes", "--resolution", "cancelled"]).ok();
    assert_eq!(json(&desk, &[])["counts"]["theirs"], 0);
    let before = json(&desk, &["--at", "HEAD~1"]);
    assert_eq!(before["counts"]["theirs"], 5);
    assert_eq!(before["counts"]["free"], 2);
    // The clock is that of the commit: what is late by now was still to come.
    let row = |day: &Value| {
        let rows = day["now"].as_array().unwrap().iter();
        rows.clone().find(|row| row["title"].as_str().unwrap().starts_with("VPN")).map(|row| row["why"].clone())
    };
    assert_eq!(row(&before), Some("due".into()));
}

#[test]
fn a_quiet_day_is_one_friendly_line_and_off_a_terminal_nothing() {
    let desk = TestDesk::new();
    assert_data_eq!(desk.run(&[]).to_string(), str![[r#""#]]);
    assert_data_eq!(
        desk.on_terminal("", &[]).to_string(),
        str![[r#"
ana · l1, l2, l3 · nothing waits for you     what is open: git desk list

"#]]
    );
    assert_eq!(desk.on_terminal("", &["-q"]).to_string(), "");
}

#[test]
fn a_requester_sees_what_they_asked_for() {
    let desk = TestDesk::new();
    let asked = desk.open("Cannot print", &["-r", "Bob@example.com"]);
    let solved = desk.open("Phone has no tone", &["-r", "bob@example.com", "--assign", "me"]);
    let open = desk.open("New chair", &["-r", "bob@example.com"]);
    let closed = desk.open("Old chair", &["-r", "bob@example.com"]);
    desk.open("Eve's", &["-r", "eve@example.com"]);
    desk.run(&["wait", &asked, "--on", "requester"]).ok();
    desk.run(&["resolve", &solved, "--resolution", "fixed"]).ok();
    desk.run(&["close", &closed, "--resolution", "rejected"]).ok();
    let bob = desk.at("desk").by("Bob <bob@example.com>");
    assert_eq!(bob.run(&["-o", "ids"]).ok(), format!("{asked}\n{solved}\n{open}\n"));
    assert_data_eq!(
        bob.on_terminal("", &[]).to_string(),
        str![[r#"
bob@example.com · 3 requests of yours

  requests  [1msvz5[0m  Cannot print       [33mwaits for your answer[0m  git desk reply svz5
            [1mf31a[0m  Phone has no tone  solved                 not so? git desk reopen f31a -m "…"
            [1mw90t[0m  New chair          new in l1

"#]]
    );
    let eve = desk.at("desk").by("Mallory <mallory@example.com>");
    assert_data_eq!(
        eve.on_terminal("", &[]).to_string(),
        str![[r#"
mallory@example.com · you have asked for nothing that is still open     git desk open "…"

"#]]
    );
}

#[test]
fn nothing_in_a_ticket_reaches_the_terminal_as_it_is() {
    let desk = TestDesk::new();
    let evil = "\u{1b}]0;x\u{7}$(id)\u{202e}gpj";
    let id = desk.open(evil, &["--assign", "me", "-r", evil, "--key", evil, "--asset", evil]);
    desk.run(&["set", &id, "follow_up=2026-11-24"]).ok();
    desk.at("desk").by(&format!("{evil} <{}@x>", "\u{1b}[2J")).run(&["note", &id, "x"]).ok();
    desk.run(&["wait", &id, "--on", "vendor"]).ok();
    let screen = desk.on_terminal("", &[]).to_string();
    assert!(screen.contains("␛]0;x␇$(id)\\u{202e}gpj"), "{screen}");
    assert!(!screen.contains(['\u{7}', '\u{202e}']) && !screen.contains("\u{1b}]"), "{screen}");
    assert_eq!(desk.run(&[]).ok().lines().count(), 3);
}

#[test]
fn without_a_desk_it_says_how_to_come_to_one() {
    let desk = TestDesk::nowhere();
    assert_data_eq!(
        desk.run(&[]).to_string(),
        str![[r#"
stderr: git-desk: no desk here: [WORLD]/desk is not in a git repository
stderr:   use one elsewhere: git desk --repo PATH list     always: git config --global desk.default PATH
stderr:   begin one: git desk init     join one: git desk join URL
stderr:   try one: git desk demo     what there is to type: git desk -h
exit: 7

"#]]
    );
    let error: Value = serde_json::from_str(&desk.run(&["--json"]).fails(7)).unwrap();
    assert_eq!(error["error"]["code"], "no_desk");
}

#[test]
fn a_long_list_is_cut_and_says_how_to_see_all_of_it() {
    let desk = TestDesk::new();
    for number in 0..12 {
        let key = format!("job/{number}");
        desk.open("failed", &["--key", &key]);
    }
    let day = json(&desk, &[]);
    assert_eq!((day["now"].as_array().unwrap().len(), day["machines"].as_array().unwrap().len()), (5, 10));
    assert_eq!((&day["counts"]["free"], &day["counts"]["machines"]), (&Value::from(12), &Value::from(12)));
    let screen = desk.on_terminal("", &[]).to_string();
    assert!(screen.contains("and 2 more: git desk list has:key queue:l1,l2,l3\n"), "{screen}");
    assert!(screen.contains("all that is free: git desk list is:unassigned queue:l1,l2,l3\n"), "{screen}");
}

#[test]
fn a_damaged_index_is_built_anew() {
    let desk = desk();
    let before = desk.run(&["-o", "ids"]).ok();
    let folder = desk.path().join(".git/desk");
    let index = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let index = index.into_iter().find(|path| path.extension().is_some_and(|end| end == "sqlite")).unwrap();
    let mut bytes = std::fs::read(&index).unwrap();
    bytes[4_096..].fill(0xa5);
    std::fs::write(&index, bytes).unwrap();
    assert_eq!(desk.run(&["-o", "ids"]).ok(), before);
}

#[test]
fn what_was_merged_goes_on_in_the_ticket_that_stayed() {
    let desk = TestDesk::new();
    let stays = desk.open("switch down", &["--requester", "a@example.com", "--assign", "me"]);
    let merged = desk.open("no network", &["--requester", "b@example.com"]);
    desk.run(&["wait", &stays, "--on", "requester"]).ok();
    desk.run(&["merge", &merged, "--into", &stays]).ok();
    let as_b = |words: &[&str]| {
        let mut command = desk.command(words);
        let output = command.env("GIT_DESK_USER", "B <b@example.com>").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(as_b(&["-o", "ids"]).contains(&stays), "whoever asked sees where it went");
    desk.later(60);
    as_b(&["comment", &merged, "it is worse now"]);
    let rows = desk.run(&["-o", "tsv"]).ok();
    assert!(rows.lines().any(|line| line.starts_with("answered\t") && line.contains(&stays)), "{rows}");
}
