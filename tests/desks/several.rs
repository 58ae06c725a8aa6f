//! Several desks in one list.

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use super::{titles, world};

#[test]
fn several_desks_are_one_list_by_priority_then_the_oldest() {
    let world = world();
    assert_data_eq!(
        world.run(&["--desk", "acme,noord", "list", "--header"]).to_string(),
        str![[r#"
desk	id	status	priority	queue	assignee	opened	title
noord	261124-gzszwskr	new	p1	l1		2026-11-24T08:07:00Z	VPN drops every hour
acme	261124-hezx7bwg	active	p1	l1	ana	2026-11-24T08:08:00Z	ERP: no listener
noord	261124-k5dvj4pj	new	p2	l2		2026-11-24T08:09:00Z	Printer in the hall is on fire
acme	261124-dwzk1vz9	new	p3	l1		2026-11-24T08:06:00Z	Printer HP-4 prints blank pages

"#]]
    );
    assert_data_eq!(
        world.on_terminal("", &["--desk", "acme,noord", "list"]).to_string(),
        str![[r#"
 DESK   P   ID    TITLE                            QUEUE  WHO  STATUS  OPEN  DUE
 noord  p1  gzsz  VPN drops every hour             l1     —    new       4m  ack 15m
 acme   p1  hezx  ERP: no listener                 l1     ana  active    3m  respond 30m
 noord  p2  k5dv  Printer in the hall is on fire   l2     —    new       2m  late 6m
 acme   p3  dwzk  Printer HP-4 prints blank pages  l1     —    new       5m  ack 2h
4 open: 1 late, 3 unassigned

"#]]
    );
    assert_data_eq!(
        world.run(&["--desk", "noord,acme", "list", "-n", "2", "--json=id,desk,title"]).to_string(),
        str![[r#"
[
  {
    "desk": "noord",
    "id": "261124-gzszwskr",
    "title": "VPN drops every hour"
  },
  {
    "desk": "acme",
    "id": "261124-hezx7bwg",
    "title": "ERP: no listener"
  }
]

"#]]
    );
    assert_data_eq!(
        world.run(&["list", "--desk", "acme", "--desk", "noord", "-o", "csv", "--fields", "title"]).to_string(),
        str![[r#"
title
VPN drops every hour
ERP: no listener
Printer in the hall is on fire
Printer HP-4 prints blank pages

"#]]
    );
    assert_eq!(world.run(&["--desk", "acme,noord", "list", "--count"]).ok(), "4\n");
    assert_eq!(world.run(&["--desk", "acme,noord", "list", "-n", "3", "--count"]).ok(), "3\n");
    assert_eq!(world.run(&["--desk", "acme,noord", "list", "-o", "ids"]).ok().lines().count(), 4);
    assert_eq!(world.run(&["--desk", "acme,acme", "list", "--count"]).ok(), "2\n", "a name twice is one desk");
}

#[test]
fn every_order_is_that_of_one_desk() {
    let world = world();
    let all = |sort: &str| titles(&world.run(&["--desk", "acme,noord", "list", "--sort", sort]));
    let (printer, vpn) = ("Printer HP-4 prints blank pages", "VPN drops every hour");
    let (erp, fire) = ("ERP: no listener", "Printer in the hall is on fire");
    assert_eq!(all("priority"), [vpn, erp, fire, printer]);
    assert_eq!(all("priority-desc"), [printer, fire, vpn, erp]);
    assert_eq!(all("opened"), [printer, vpn, erp, fire]);
    assert_eq!(all("opened-desc"), [fire, erp, vpn, printer]);
    assert_eq!(all("updated-desc"), [fire, erp, vpn, printer]);
    assert_eq!(all("title"), [erp, printer, fire, vpn]);
    assert_eq!(all("due"), [fire, vpn, erp, printer], "unset comes last, in the usual order");
    let ids = world.run(&["--desk", "acme,noord", "list", "--sort", "id", "-o", "ids"]).ok();
    assert!(ids.lines().is_sorted(), "{ids}");
    assert_data_eq!(
        world.run(&["--desk", "acme,noord", "list", "quue:l1"]).fails(2),
        str![[r#"
git-desk: no field `quue`
  quue:l1
  ^^^^ queue?

"#]]
    );
}

#[test]
fn each_desk_is_asked_by_its_own_policy() {
    let world = world();
    let noord = world.outside().join("noord/desk.toml");
    let policy = std::fs::read_to_string(&noord).unwrap();
    std::fs::write(&noord, format!("{policy}\n[views]\nhot = \"priority:p2\"\n")).unwrap();
    world.at("noord").git(&["commit", "-qam", "view"]);
    let acme = world.outside().join("acme/desk.toml");
    let policy = std::fs::read_to_string(&acme).unwrap();
    std::fs::write(&acme, format!("{policy}\n[views]\nhot = \"priority:p3\"\n")).unwrap();
    world.at("acme").git(&["commit", "-qam", "view"]);
    let both = ["Printer in the hall is on fire", "Printer HP-4 prints blank pages"];
    assert_eq!(titles(&world.run(&["--desk", "acme,noord", "list", "--view", "hot"])), both);
    // "Me" is bo at noord and a stranger at acme.
    let bo = world.at("desk").by("bo");
    let ran = bo.run(&["--desk", "acme,noord", "list", "--count"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, "2\n"), "a handle is known at one of them only: {ran}");
    assert!(ran.stderr.starts_with("git-desk: desk acme: "), "{ran}");
    let bo = world.at("desk").by("Bo <bo@example.com>");
    let vpn = bo.run(&["--desk", "noord", "list", "-o", "ids", "-n", "1"]).ok().trim().to_owned();
    bo.run(&["--desk", "noord", "take", &vpn]).ok();
    assert_eq!(titles(&bo.run(&["--desk", "acme,noord", "list", "assignee:@me"])), ["VPN drops every hour"]);
    // What one desk cannot answer is said, and the other answers.
    std::fs::write(&acme, policy).unwrap();
    world.at("acme").git(&["commit", "-qam", "no view"]);
    let ran = world.run(&["--desk", "acme,noord", "list", "--view", "hot"]);
    assert_data_eq!(
        ran.to_string(),
        str![[r#"
noord	261124-k5dvj4pj	new	p2	l2		2026-11-24T08:09:00Z	Printer in the hall is on fire
stderr: git-desk: desk acme: no view `hot`; this desk has none
stderr:   a view is a line in [views] of desk.toml: mine = "assignee:@me"
exit: 3

"#]]
    );
}

#[test]
fn one_broken_desk_does_not_keep_the_others_back() {
    let world = world();
    std::fs::remove_dir_all(world.outside().join("acme")).unwrap();
    assert_data_eq!(
        world.run(&["--desk", "acme,noord", "list"]).to_string(),
        str![[r#"
noord	261124-gzszwskr	new	p1	l1		2026-11-24T08:07:00Z	VPN drops every hour
noord	261124-k5dvj4pj	new	p2	l2		2026-11-24T08:09:00Z	Printer in the hall is on fire
stderr: git-desk: desk acme: [WORLD]/acme is not in a git repository
stderr:   where it is now: git config --global desk.acme.path PATH
stderr:   to forget it: git config --global --remove-section desk.acme
exit: 7

"#]]
    );
    let ran = world.run(&["--desk", "acme,noord", "list", "--json=desk,title"]);
    assert_eq!(serde_json::from_str::<Value>(&ran.stdout).unwrap().as_array().unwrap().len(), 2, "{ran}");
    let error: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!((ran.code, error["error"]["exit"].as_i64()), (7, Some(7)));
    let ran = world.run(&["--desk", "acme,noord", "search", "printer"]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (7, 1), "{ran}");
    // Nothing found is no answer while one was not asked.
    assert_eq!(world.run(&["--desk", "acme,noord", "list", "nothing-like-it", "--exit-code"]).code, 7);
    std::fs::remove_dir_all(world.outside().join("noord")).unwrap();
    assert_data_eq!(
        world.run(&["--desk", "acme,noord", "list"]).to_string(),
        str![[r#"
stderr: git-desk: desk acme: [WORLD]/acme is not in a git repository; desk noord: [WORLD]/noord is not in a git repository
stderr:   where it is now: git config --global desk.acme.path PATH
stderr:   to forget it: git config --global --remove-section desk.acme
stderr:   where it is now: git config --global desk.noord.path PATH
stderr:   to forget it: git config --global --remove-section desk.noord
exit: 7

"#]]
    );
}

#[test]
fn a_search_takes_the_best_of_each() {
    let world = world();
    assert_data_eq!(
        world.run(&["--desk", "noord,acme", "search", "printer"]).to_string(),
        str![[r#"
noord	261124-k5dvj4pj	new	p2	l2		2026-11-24T08:09:00Z	Printer in the hall is on fire
acme	261124-dwzk1vz9	new	p3	l1		2026-11-24T08:06:00Z	Printer HP-4 prints blank pages

"#]]
    );
    assert_data_eq!(
        world.on_terminal("", &["--desk", "acme,noord", "search", "printer"]).to_string(),
        str![[r#"
 DESK   ID    TITLE                            QUEUE  STATUS  OPENED
 acme   dwzk  Printer HP-4 prints blank pages  l1     new     08:06
 noord  k5dv  Printer in the hall is on fire   l2     new     08:09

"#]]
    );
    assert_eq!(
        titles(&world.run(&["--desk", "noord,acme", "search", "printer", "-n", "1"])),
        ["Printer in the hall is on fire"]
    );
    assert_eq!(world.run(&["--desk", "acme,noord", "search", "zeppelin"]).to_string(), "");
}

#[test]
fn what_works_at_one_desk_says_so() {
    let world = world();
    assert_data_eq!(
        world.run(&["--desk", "acme,noord", "open", "Printer"]).fails(2),
        str![[r#"
git-desk: `open` works at one desk, and here are 2: acme, noord
  git desk --desk acme open …

"#]]
    );
    for words in [&["show", "x"][..], &["report", "summary"], &["log"], &["doctor"], &["batch", "-"], &["undo"]] {
        let mut all = vec!["--desk", "acme,noord"];
        all.extend(words);
        world.run(&all).fails(2);
    }
    assert_eq!(world.at("acme").commits() + world.at("noord").commits(), 7);
    assert_data_eq!(
        world.run(&["--desk", "acme", "init"]).fails(2),
        str![[r#"
git-desk: `init` makes a desk; `--desk` names one that is there

"#]]
    );
    // Without a name, a ticket has no such field.
    world.at("acme").run(&["list", "--fields", "desk"]).fails(2);
    assert_eq!(world.run(&["list", "--desk", "acme", "--fields", "desk", "-n", "1"]).ok(), "acme\n");
}
