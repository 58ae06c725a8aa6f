//! `show`

use std::fs;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

/// A ticket with a life, and its parent.
fn storied() -> (TestDesk, String, String) {
    let desk = TestDesk::new().with("NO_COLOR", "1");
    let parent = desk.open("Rotterdam is down", &["-p", "p1"]);
    let link = format!("parent {parent}");
    let id = desk.open(
        "VPN drops every hour",
        &["-m", "Every hour, at :00 sharp.", "--impact", "high", "--urgency", "high", "--tag", "vpn", "--link", &link],
    );
    let log = desk.outside().join("fw log.txt");
    fs::write(&log, "rekey\n").unwrap();
    desk.run(&["take", &id]).ok();
    desk.run(&["comment", &id, "We see the drops here too.", "--attach", log.to_str().unwrap()]).ok();
    desk.run(&["note", &id, "rekey at 3600 s"]).ok();
    desk.run(&["escalate", &id, "-m", "needs the network people"]).ok();
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "Agreed on group 14."]).ok();
    (desk, id, parent)
}

#[test]
fn the_page_for_people_tells_the_whole_story() {
    let (desk, id, parent) = storied();
    assert_data_eq!(
        desk.on_terminal("", &["show", &id]).to_string(),
        str![[r#"
p1  VPN drops every hour                                                             261124-f31aj1bw
    resolved · fixed · incident · l2 · opened 08:03 by cli

    requester   ana                             impact      high, urgency high → p1
    tags        vpn
    parent      261124-svz5ne2x  new       Rotterdam is down

    ack        met        0s of 15m
    respond    met        0s of 30m
    resolve    met        0s of 4h

    Every hour, at :00 sharp.

    solution
    Agreed on group 14.

  08:04      ana          → active, ana
  08:05      ana          fw log.txt
    We see the drops here too.
  08:06      ana          note, agents only
  ▌ rekey at 3600 s
  08:07      ana          escalated to l2
    needs the network people
  08:07      ana          → l2, nobody
  08:08      ana          → resolved, solution changed

  next       git desk reopen f31a -m "why"

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["show", &id, "--history"]).to_string(),
        str![[r#"
p1  VPN drops every hour                                                             261124-f31aj1bw
    resolved · fixed · incident · l2 · opened 08:03 by cli

    requester   ana                             impact      high, urgency high → p1
    tags        vpn
    parent      261124-svz5ne2x  new       Rotterdam is down

    ack        met        0s of 15m
    respond    met        0s of 30m
    resolve    met        0s of 4h

    Every hour, at :00 sharp.

    solution
    Agreed on group 14.

  08:03      ana          → title: nothing → VPN drops every hour; status: nothing → new; kind:
                            nothing → incident; impact: nothing → high; urgency: nothing → high;
                            priority: nothing → p1; queue: nothing → l1; tags: nothing → vpn; links:
                            nothing → parent 261124-svz5ne2x; requester: nothing → ana; channel:
                            nothing → cli; opened: nothing → 08:03; body changed
  08:04      ana          → status: new → active; assignee: nothing → ana
  08:05      ana          fw log.txt
    We see the drops here too.
  08:06      ana          note, agents only
  ▌ rekey at 3600 s
  08:07      ana          escalated to l2
    needs the network people
  08:07      ana          → queue: l1 → l2; assignee: ana → nothing
  08:08      ana          → status: active → resolved; resolution: nothing → fixed; solution changed

  next       git desk reopen f31a -m "why"

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["show", &parent]).to_string(),
        str![[r#"
p1  Rotterdam is down                                                                261124-svz5ne2x
    new · incident · l1 · opened 08:02 by cli

    requester   ana
    child       261124-f31aj1bw  resolved  VPN drops every hour

    ack        ░░░░░░░░░░░░░░░░░░░░░░  0s of 15m        15m left, 09:15
    respond    ░░░░░░░░░░░░░░░░░░░░░░  0s of 30m        30m left, 09:30
    resolve    ░░░░░░░░░░░░░░░░░░░░░░  0s of 4h         4h left, 13:00

  next       git desk take svz5

"#]]
    );
}

#[test]
fn json_has_every_key_and_times_from_history() {
    let (desk, id, parent) = storied();
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["schema"], "desk.ticket/1");
    assert_eq!(ticket["handle"], id[7..11]);
    assert_eq!(ticket["path"], crate::support::ticket_path(&id));
    assert_eq!(ticket["commit"], desk.git(&["rev-parse", "HEAD"]).trim());
    assert_eq!(ticket["opened"], "2026-11-24T08:03:00Z");
    assert_eq!(ticket["acknowledged"], "2026-11-24T08:04:00Z");
    assert_eq!(ticket["responded"], Value::Null, "its requester is the one who wrote");
    assert_eq!(ticket["resolved"], "2026-11-24T08:08:00Z");
    assert_eq!(ticket["closed"], Value::Null);
    assert_eq!(ticket["customer"], Value::Null);
    let kinds: Vec<&str> =
        ticket["thread"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["comment", "note", "escalation"]);
    assert_eq!(ticket["links"][0]["type"], "parent");
    assert_eq!(ticket["links"][0]["id"], *parent);
    assert_eq!(desk.ticket(&parent)["links"][0]["type"], "child", "links are shown both ways");
}

#[test]
fn what_people_read_holds_no_internals() {
    let (desk, id, _) = storied();
    desk.run(&["reopen", &id, "-m", "again"]).ok();
    desk.run(&["wait", &id, "--on", "vendor", "--until", "2026-11-26T09:00:00Z", "-m", "a part"]).ok();
    desk.run(&["resume", &id, "-m", "here"]).ok();
    desk.run(&["set", &id, "due=2026-12-24T14:00:00Z", "customer=", "fields.serial-number-of-the-dock=4711"]).ok();
    desk.run(&["tag", &id, "--remove", "vpn"]).ok();
    for words in [vec!["show", id.as_str()], vec!["show", id.as_str(), "--history"]] {
        let page = desk.on_terminal("", &words).stdout;
        for bad in ["sha256:", "thread:", "00Z", "0Z"] {
            assert!(!page.contains(bad), "{bad} is in {page}");
        }
        assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
        assert!(page.contains("solution changed") && page.contains("24 Dec"), "{page}");
        assert!(page.contains("serial_number_of_the_dock  4711"), "{page}");
    }
    assert_data_eq!(
        desk.on_terminal("", &["show", &id]).to_string(),
        str![[r#"
p1  VPN drops every hour                                                             261124-f31aj1bw
    active · incident · l2 · opened 08:03 by cli

    requester                  ana              impact                     high, urgency high → p1
    due                        24 Dec           serial_number_of_the_dock  4711
    parent                     261124-svz5ne2x  new       Rotterdam is down

    ack        met        0s of 15m
    respond    ░░░░░░░░░░░░░░░░░░░░░░  0s of 30m        30m left, 09:30
    resolve    ░░░░░░░░░░░░░░░░░░░░░░  0s of 4h         4h left, 13:00

    Every hour, at :00 sharp.

    solution
    Agreed on group 14.

  08:04      ana          → active, ana
  08:05      ana          fw log.txt
    We see the drops here too.
  08:06      ana          note, agents only
  ▌ rekey at 3600 s
  08:07      ana          escalated to l2
    needs the network people
  08:07      ana          → l2, nobody
  08:08      ana          → resolved, solution changed
  08:09      ana          why: reopen
  ▌ again
  08:09      ana          → active
  08:10      ana          why: wait
  ▌ a part
  08:10      ana          → waiting, wake Thu 09:00
  08:11      ana          why: resume
  ▌ here
  08:11      ana          → active
  08:12      ana          → due 24 Dec, fields.serial_number_of_the_dock 4711
  08:13      ana          → tag vpn removed

  next       git desk take f31a

"#]]
    );
}

#[test]
fn a_label_never_runs_into_its_value() {
    let desk = TestDesk::new().with("NO_COLOR", "1");
    let (one, other) = (desk.open("one", &[]), desk.open("other", &["--asset", "hp-4"]));
    desk.run(&["close", &one, "--resolution", "duplicate", "--duplicate-of", &other]).ok();
    let page = desk.on_terminal("", &["show", &one]).stdout;
    assert!(page.contains(&format!("duplicate-of  {other}")), "{page}");
}

#[test]
fn history_off_a_terminal_has_the_facts() {
    let (desk, id, _) = storied();
    let log: Vec<Value> =
        desk.run(&["log", &id, "-o", "jsonl"]).ok().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let shown: Value = serde_json::from_str(&desk.run(&["show", &id, "--history", "--json"]).ok()).unwrap();
    assert_eq!(shown["history"], Value::from(log.clone()));
    assert_eq!(desk.ticket(&id)["history"], Value::Null);
    let tsv = desk.run(&["show", &id, "--history"]).ok();
    assert_eq!(tsv.lines().filter(|line| line.starts_with("history\t")).count(), log.len(), "{tsv}");
    assert!(tsv.contains("\tana\tstatus\tnew\tactive\t"), "{tsv}");
}

#[test]
fn an_attachment_has_the_name_it_came_with() {
    let (desk, id, _) = storied();
    let file = &desk.ticket(&id)["attachments"][0];
    assert_eq!((&file["name"], &file["size"]), (&"fw log.txt".into(), &6.into()));
    assert!(file["path"].as_str().unwrap().ends_with("-fw-log.txt"), "{file}");
}

#[test]
fn an_unknown_field_names_the_nearest() {
    let (desk, id, _) = storied();
    assert_data_eq!(
        desk.run(&["show", &id, "--json=titel"]).to_string(),
        str![[r#"
stderr: {"error":{"candidates":["title"],"code":"no_field","exit":2,"hint":"did you mean `title`?","message":"a ticket has no field `titel`","try":[["git","desk","schema","ticket"]]}}
exit: 2

"#]]
    );
    assert!(desk.run(&["show", &id, "--fields", "titel"]).fails(2).contains("`title`"));
}

#[test]
fn a_shallow_clone_has_no_times_from_history() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "x"]).ok();
    let url = format!("file://{}", desk.path().display());
    desk.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    let shallow = desk.at("shallow");
    let ticket = shallow.ticket(&id);
    for time in ["acknowledged", "responded", "resolved", "closed", "updated"] {
        assert_eq!(ticket[time], Value::Null, "{time}");
        shallow.run(&["list", "--sort", time]).fails(7);
    }
    shallow.run(&["show", &id, "--history"]).fails(7);
    shallow.run(&["list", "--sort", "opened-desc"]).ok();
}

#[test]
fn an_id_that_fits_several_names_them() {
    let desk = TestDesk::new();
    // Ids come from a seed, so two of these begin alike.
    let ids: Vec<String> = (0..30).map(|at| desk.open(&format!("Ticket {at}"), &[])).collect();
    let alike = |one: &str| ids.iter().filter(|id| id[7..8] == one[7..8]).count() > 1;
    let first = ids.iter().find(|id| alike(id)).unwrap();
    let typed = &first[7..8];
    let fitting: Vec<Value> = ids.iter().filter(|id| &id[7..8] == typed).map(|id| id.as_str().into()).collect();
    assert_data_eq!(
        desk.run(&["show", typed]).to_string(),
        str![[r#"
stderr: git-desk: w fits 2 tickets
stderr:   w90t      261124  new       Ticket 2
stderr:   w9kq      261124  new       Ticket 27
exit: 4

"#]]
    );
    desk.run(&["show", typed]).fails(4);
    let error: Value = serde_json::from_str(&desk.run(&["show", typed, "--json"]).fails(4)).unwrap();
    assert_eq!(error["error"]["code"], "ambiguous_id");
    let mut candidates = error["error"]["candidates"].as_array().unwrap().clone();
    candidates.sort_by_key(Value::to_string);
    let mut expected = fitting;
    expected.sort_by_key(Value::to_string);
    assert_eq!(candidates, expected);
}

#[test]
fn an_id_of_no_ticket_names_those_one_character_off() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops every hour", &[]);
    let last = if id[10..11] == *"z" { "y" } else { "z" };
    let typed = format!("{}{last}", &id[7..10]);
    let error = desk.run(&["show", &typed]).fails(3);
    assert!(error.contains("one character off") && error.contains(&id[7..11]) && error.contains("new"), "{error}");
    let error: Value = serde_json::from_str(&desk.run(&["show", "zzzz", "--json"]).fails(3)).unwrap();
    assert_eq!(error["error"]["code"], "no_ticket");
    assert_eq!(error["error"]["exit"], 3);
    desk.run(&["show", &id, "zzzz"]).fails(3);
    desk.run(&["show"]).fails(2);
}

#[test]
fn a_damaged_ticket_is_named_with_its_line() {
    let desk = TestDesk::new();
    let (id, good) = (desk.open("x", &[]), desk.open("y", &[]));
    desk.change(&desk.file(&id), "priority = \"p3\"", "priority = \"p3");
    desk.git(&["commit", "-qam", "oops"]);
    let shown = desk.run(&["show", &id]).to_string();
    assert!(shown.contains(&format!("{}:11:", crate::support::ticket_path(&id))), "{shown}");
    desk.run(&["show", &good]).ok();
}
