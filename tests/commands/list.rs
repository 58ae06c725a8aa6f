//! `list`

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

/// Four open tickets and a closed one.
fn desk() -> TestDesk {
    let desk = TestDesk::new();
    desk.open("Printer HP-4 prints blank pages", &["-r", "bob@example.com", "--tag", "printer"]);
    desk.open("=1+1|cmd", &["-p", "p2", "--queue", "l2", "--assign", "me", "--due", "2026-11-24T08:02:00Z"]);
    desk.open("Tab\tand \\ and \"quotes\", comma", &["-p", "p2"]);
    desk.open("VPN drops every hour", &["-p", "p1", "--field", "site=rtm", "-m", "since this morning"]);
    let gone = desk.open("Badge reader", &["-p", "p1"]);
    desk.run(&["close", &gone, "--resolution", "fixed"]).ok();
    desk
}

fn titles(desk: &TestDesk, words: &[&str]) -> Vec<String> {
    let mut all = vec!["list", "--fields", "title", "-o", "jsonl"];
    all.extend(words);
    let out = desk.run(&all).ok();
    let title = |line: &str| serde_json::from_str::<Value>(line).unwrap()["title"].as_str().unwrap().to_owned();
    out.lines().map(title).collect()
}

#[test]
fn a_query_without_a_condition_where_one_must_be_means_nothing() {
    let desk = TestDesk::new();
    desk.open("the only one", &[]);
    let half = ["or", "and", "not", "()", "is:open or", "and is:open", "is:open and", "(is:new or) mine"];
    for query in half.into_iter().chain([",", "\"\"", "\"open"]) {
        let said = desk.run(&["list", query]).fails(2);
        let known = ["condition", "no word", "not closed"];
        assert!(known.iter().any(|words| said.contains(words)), "{query}: {said}");
        desk.run(&["close", "--where", query, "--yes", "--resolution", "fixed"]).fails(2);
    }
    assert_eq!(desk.run(&["list", ""]).ok(), desk.run(&["list"]).ok());
    desk.run(&["close", "--where", " ", "--yes", "--resolution", "fixed"]).fails(2);
    assert!(desk.run(&["list", "idle>4h"]).fails(2).contains("idle:4h.."));
    assert!(desk.run(&["list", "queue:l1,"]).fails(2).contains("comma"));
}

#[test]
fn what_is_open_by_priority_then_the_oldest() {
    assert_data_eq!(
        desk().run(&["list"]).to_string(),
        str![[r#"
261124-nd2t0vvk	new	p1	l1		2026-11-24T08:05:00Z	VPN drops every hour
261124-f31aj1bw	active	p2	l2	ana	2026-11-24T08:03:00Z	=1+1|cmd
261124-w90thdzm	new	p2	l1		2026-11-24T08:04:00Z	Tab/tand // and "quotes", comma
261124-svz5ne2x	new	p3	l1		2026-11-24T08:02:00Z	Printer HP-4 prints blank pages

"#]]
    );
}

#[test]
fn every_format_has_the_same_rows_in_the_same_order() {
    let desk = desk();
    assert_data_eq!(
        desk.run(&["list", "--header"]).to_string(),
        str![[r#"
id	status	priority	queue	assignee	opened	title
261124-nd2t0vvk	new	p1	l1		2026-11-24T08:05:00Z	VPN drops every hour
261124-f31aj1bw	active	p2	l2	ana	2026-11-24T08:03:00Z	=1+1|cmd
261124-w90thdzm	new	p2	l1		2026-11-24T08:04:00Z	Tab/tand // and "quotes", comma
261124-svz5ne2x	new	p3	l1		2026-11-24T08:02:00Z	Printer HP-4 prints blank pages

"#]]
    );
    assert_data_eq!(
        desk.run(&["list", "-o", "csv"]).to_string(),
        str![[r#"
id,status,priority,queue,assignee,opened,title
261124-nd2t0vvk,new,p1,l1,,2026-11-24T08:05:00Z,VPN drops every hour
261124-f31aj1bw,active,p2,l2,ana,2026-11-24T08:03:00Z,=1+1|cmd
261124-w90thdzm,new,p2,l1,,2026-11-24T08:04:00Z,"Tab	and / and ""quotes"", comma"
261124-svz5ne2x,new,p3,l1,,2026-11-24T08:02:00Z,Printer HP-4 prints blank pages

"#]]
    );
    assert_data_eq!(
        desk.run(&["list", "-o", "csv", "--csv-safe", "--no-header"]).to_string(),
        str![[r#"
id,status,priority,queue,assignee,opened,title
261124-nd2t0vvk,new,p1,l1,,2026-11-24T08:05:00Z,VPN drops every hour
261124-f31aj1bw,active,p2,l2,ana,2026-11-24T08:03:00Z,'=1+1|cmd
261124-w90thdzm,new,p2,l1,,2026-11-24T08:04:00Z,"Tab	and / and ""quotes"", comma"
261124-svz5ne2x,new,p3,l1,,2026-11-24T08:02:00Z,Printer HP-4 prints blank pages

"#]]
    );
    assert_data_eq!(
        desk.run(&["list", "-o", "markdown"]).to_string(),
        str![[r#"
| id | status | priority | queue | assignee | opened | title |
|---|---|---|---|---|---|---|
| 261124-nd2t0vvk | new | p1 | l1 |  | 2026-11-24T08:05:00Z | VPN drops every hour |
| 261124-f31aj1bw | active | p2 | l2 | ana | 2026-11-24T08:03:00Z | =1+1/|cmd |
| 261124-w90thdzm | new | p2 | l1 |  | 2026-11-24T08:04:00Z | Tab and // and "quotes", comma |
| 261124-svz5ne2x | new | p3 | l1 |  | 2026-11-24T08:02:00Z | Printer HP-4 prints blank pages |

"#]]
    );
    assert_data_eq!(
        desk.run(&["list", "-o", "html"]).to_string(),
        str![[r#"
<table><thead><tr><th scope="col">id</th><th scope="col">status</th><th scope="col">priority</th><th scope="col">queue</th><th scope="col">assignee</th><th scope="col">opened</th><th scope="col">title</th></tr></thead><tbody>
<tr><td>261124-nd2t0vvk</td><td>new</td><td>p1</td><td>l1</td><td></td><td>2026-11-24T08:05:00Z</td><td>VPN drops every hour</td></tr>
<tr><td>261124-f31aj1bw</td><td>active</td><td>p2</td><td>l2</td><td>ana</td><td>2026-11-24T08:03:00Z</td><td>=1+1|cmd</td></tr>
<tr><td>261124-w90thdzm</td><td>new</td><td>p2</td><td>l1</td><td></td><td>2026-11-24T08:04:00Z</td><td>Tab and / and &quot;quotes&quot;, comma</td></tr>
<tr><td>261124-svz5ne2x</td><td>new</td><td>p3</td><td>l1</td><td></td><td>2026-11-24T08:02:00Z</td><td>Printer HP-4 prints blank pages</td></tr>
</tbody></table>

"#]]
    );
    assert_data_eq!(
        desk.run(&["list", "-o", "ids"]).to_string(),
        str![[r#"
261124-nd2t0vvk
261124-f31aj1bw
261124-w90thdzm
261124-svz5ne2x

"#]]
    );
    assert_data_eq!(
        desk.run(&["list", "--json=id,title,due"]).to_string(),
        str![[r#"
[
  {
    "due": null,
    "id": "261124-nd2t0vvk",
    "title": "VPN drops every hour"
  },
  {
    "due": "2026-11-24T08:02:00Z",
    "id": "261124-f31aj1bw",
    "title": "=1+1|cmd"
  },
  {
    "due": null,
    "id": "261124-w90thdzm",
    "title": "Tab/tand // and /"quotes/", comma"
  },
  {
    "due": null,
    "id": "261124-svz5ne2x",
    "title": "Printer HP-4 prints blank pages"
  }
]

"#]]
    );
    assert_data_eq!(
        desk.run(&["list", "-o", "jsonl", "--fields", "handle,tags,fields,body"]).to_string(),
        str![[r#"
{"body":"since this morning","fields":{"site":"rtm"},"handle":"nd2t","tags":[]}
{"body":"","fields":{},"handle":"f31a","tags":[]}
{"body":"","fields":{},"handle":"w90t","tags":[]}
{"body":"","fields":{},"handle":"svz5","tags":["printer"]}

"#]]
    );
    assert_eq!(desk.run(&["list", "-z"]).ok().matches('\0').count(), 4);
    let ids = desk.run(&["list", "-o", "ids"]).ok();
    assert_eq!(desk.run(&["list", "-o", "ids", "-z"]).ok(), ids.replace('\n', "\0"));
    let rows = desk.run(&["list"]).ok();
    let first: Vec<&str> = rows.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(ids.lines().collect::<Vec<_>>(), first);
}

#[test]
fn fields_are_chosen_with_fields() {
    let desk = desk();
    assert_data_eq!(
        desk.run(&["list", "--fields", "title,id", "--header", "-n", "1"]).to_string(),
        str![[r#"
title	id
VPN drops every hour	261124-nd2t0vvk

"#]]
    );
    let error: Value = serde_json::from_str(&desk.run(&["list", "--json", "id,title"]).fails(2)).unwrap();
    assert_eq!(error["error"]["message"], "`id,title` was read as a query; fields are chosen with `--fields`");
    assert_eq!(error["error"]["hint"], "git desk list --json --fields id,title");
    assert_data_eq!(
        desk.run(&["list", "--fields", "id,titel"]).to_string(),
        str![[r#"
stderr: git-desk: a ticket has no field `titel`
stderr:   did you mean `title`?
stderr:   all of them: git desk schema ticket
exit: 2

"#]]
    );
    desk.run(&["list", "--json=titel"]).fails(2);
}

#[test]
fn an_unknown_field_of_a_query_has_a_caret_and_the_nearest_name() {
    let desk = desk();
    let screen = desk.on_terminal("", &["list", "queue:l9"]).ok();
    assert!(screen.contains("nothing fits queue:l9") && screen.contains("`l1`"), "{screen}");
    assert_data_eq!(
        desk.run(&["list", "quue:infra is:open"]).to_string(),
        str![[r#"
stderr: git-desk: no field `quue`
stderr:   quue:infra is:open
stderr:   ^^^^ queue?
exit: 2

"#]]
    );
    let error: Value = serde_json::from_str(&desk.run(&["list", "quue:infra", "--json"]).fails(2)).unwrap();
    assert_eq!(error["error"]["candidates"], serde_json::json!(["queue"]));
    desk.run(&["list", "(is:open"]).fails(2);
}

#[test]
fn a_query_means_open_tickets_unless_it_names_a_status() {
    let desk = desk();
    assert_eq!(titles(&desk, &["Badge"]), Vec::<String>::new());
    assert_eq!(titles(&desk, &["is:closed"]), ["Badge reader"]);
    assert_eq!(titles(&desk, &["status:closed", "Badge"]), ["Badge reader"]);
    assert_eq!(titles(&desk, &["assignee:@me"]), ["=1+1|cmd"]);
    assert_eq!(titles(&desk, &["queue:l1", "priority:p1..p2"])[0], "VPN drops every hour");
    assert_eq!(titles(&desk, &["tag:printer or field.site:rtm"]).len(), 2);
    assert_eq!(titles(&desk, &["since this morning"]), ["VPN drops every hour"]);
}

#[test]
fn none_is_success_and_a_no_only_when_asked() {
    let desk = desk();
    assert_eq!(desk.run(&["list", "nothing-like-it"]).to_string(), "");
    assert_eq!(desk.run(&["list", "nothing-like-it", "--json"]).ok(), "[]\n");
    assert_eq!(desk.run(&["list", "nothing-like-it", "--exit-code"]).fails(1), "");
    desk.run(&["list", "--exit-code"]).ok();
    assert_eq!(desk.run(&["list", "--count"]).ok(), "4\n");
    let none = desk.run(&["list", "nothing-like-it", "--count", "--exit-code"]);
    assert_eq!((none.code, none.stdout.as_str()), (1, "0\n"));
    assert_data_eq!(
        desk.on_terminal("", &["list", "nothing-like-it"]).to_string(),
        str![[r#"
nothing fits nothing-like-it

"#]]
    );
}

#[test]
fn the_order_can_be_chosen_and_turned_round() {
    let desk = desk();
    let first = "Printer HP-4 prints blank pages";
    assert_eq!(titles(&desk, &["--sort", "opened"])[0], first);
    assert_eq!(titles(&desk, &["--sort", "opened-desc"])[3], first);
    assert_eq!(titles(&desk, &["--sort", "title"])[0], "=1+1|cmd");
    assert_eq!(titles(&desk, &["--sort", "title-desc", "-n", "1"]), ["VPN drops every hour"]);
    assert_eq!(titles(&desk, &["--sort", "priority-desc", "--limit", "1"]), [first]);
    let sorted = |words: &[&str]| {
        let out = desk.run(words).ok();
        let ids: Vec<String> = out.lines().map(str::to_owned).collect();
        ids.is_sorted()
    };
    assert!(sorted(&["list", "-o", "ids", "--sort", "id"]));
    assert_data_eq!(
        desk.run(&["list", "--sort", "titel"]).to_string(),
        str![[r#"
stderr: git-desk: no field `titel` to sort by
stderr:   git desk list --sort title
exit: 2

"#]]
    );
}

#[test]
fn a_list_of_the_past_stays_as_it_was() {
    let desk = desk();
    let early = "2026-11-24T08:04:30Z";
    let before = titles(&desk, &["--at", early]);
    assert_eq!(before, ["=1+1|cmd", "Tab\tand \\ and \"quotes\", comma", "Printer HP-4 prints blank pages"]);
    let id = desk.run(&["list", "-o", "ids", "-n", "1"]).ok();
    desk.run(&["close", id.trim_end(), "--resolution", "fixed"]).ok();
    assert_eq!(titles(&desk, &["--at", early]), before);
    assert_eq!(desk.run(&["list", "--at", "HEAD~1", "--count"]).ok(), "4\n");
    assert_data_eq!(
        desk.run(&["list", "--at", "2020-01-01"]).to_string(),
        str![[r#"
stderr: git-desk: this desk has no commit that old: 2020-01-01
stderr:   the first ones: git log --reverse
exit: 3

"#]]
    );
}

#[test]
fn the_table_for_people() {
    let plain = desk().with("NO_COLOR", "1");
    assert_data_eq!(
        plain.on_terminal("", &["list"]).to_string(),
        str![[r#"
 P   ID    TITLE                            QUEUE  WHO  STATUS  OPEN  DUE
 p1  nd2t  VPN drops every hour             l1     —    new       3m  ack 15m
 p2  f31a  =1+1|cmd                         l2     ana  active    5m  late 6m
 p2  w90t  Tab and / and "quotes", comma    l1     —    new       4m  ack 30m
 p3  svz5  Printer HP-4 prints blank pages  l1     —    new       6m  ack 2h
4 open: 1 late, 3 unassigned

"#]]
    );
    assert_data_eq!(
        plain.on_terminal("", &["ls", "is:closed"]).to_string(),
        str![[r#"
 P   ID    TITLE         QUEUE  WHO  STATUS  OPEN
 p1  dwzk  Badge reader  l1     —    closed    1m
1 found: 1 done

"#]]
    );
    let colour = desk();
    let screen = colour.on_terminal("", &["list", "assignee:me"]).ok();
    assert!(screen.contains("you") && screen.contains("late") && screen.contains("\u{1b}["), "{screen}");
}

/// A desk with these lines as its views.
fn with_views(lines: &str) -> TestDesk {
    let desk = TestDesk::new();
    let path = desk.path().join("desk.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\n[views]\n{lines}")).unwrap();
    desk.git(&["commit", "-qam", "views"]);
    desk
}

#[test]
fn a_view_is_asked_by_name_alone_or_with_more_words() {
    let desk = with_views("mine = \"assignee:@me or asset:db1\"\nl2 = \"is:open queue:l2\"\nnothing = \"\"\n");
    let one = desk.open("one", &["--assign", "me"]);
    let two = desk.open("two", &["--asset", "db1", "--queue", "l2"]);
    let three = desk.open("three", &[]);
    let ids = |words: &[&str]| desk.run(&[&["list", "-o", "ids"], words].concat()).ok();
    assert_eq!(ids(&["--view", "mine"]), format!("{one}\n{two}\n"));
    // Both are to be met, whatever "or" stands in them.
    assert_eq!(ids(&["--view", "mine", "queue:l2 or queue:l3"]), format!("{two}\n"));
    assert_eq!(ids(&["--view", "nothing"]), format!("{one}\n{two}\n{three}\n"));
    assert_eq!(ids(&["--view", "nothing", "asset:db1"]), format!("{two}\n"));
    desk.run(&["list", "--view", "mine", "queue:l2) or (queue:l1"]).fails(2);
    assert_eq!(desk.run(&["search", "two", "--view", "mine", "-o", "ids"]).ok(), format!("{two}\n"));
    assert_eq!(desk.run(&["search", "three", "--view", "mine", "-o", "ids"]).ok(), "");
    assert_eq!(desk.run(&["search", "two", "--where", "queue:l1", "-o", "ids"]).ok(), "");
    assert_eq!(desk.run(&["report", "flow", "--view", "l2", "-o", "tsv"]).ok(), "2026-11\t1\t0\t0\t0\t1\n");
    assert_eq!(
        desk.run(&["report", "flow", "--view", "mine", "--where", "queue:l1", "-o", "tsv"]).ok(),
        "2026-11\t1\t0\t0\t0\t1\n"
    );
    // The view of that time, not today's.
    desk.change(&desk.path().join("desk.toml"), "queue:l2", "queue:l3");
    desk.git(&["commit", "-qam", "another view"]);
    assert_eq!((ids(&["--view", "l2"]), ids(&["--view", "l2", "--at", "HEAD~1"])), (String::new(), format!("{two}\n")));
}

#[test]
fn a_view_that_is_none_or_no_query_says_so() {
    let desk = with_views("mine = \"assignee:@me\"\nbad = \"quue:l1\"\n");
    assert_data_eq!(
        desk.run(&["list", "--view", "mime"]).fails(3),
        str![[r#"
git-desk: no view `mime`; this desk has bad, mine
  did you mean `mine`?
  a view is a line in [views] of desk.toml: mine = "assignee:@me"

"#]]
    );
    let line = std::fs::read_to_string(desk.path().join("desk.toml")).unwrap().lines().count();
    for words in [&["list"][..], &["search", "x"], &["report"], &["remind"]] {
        let error = desk.run(&[words, &["--view", "bad"]].concat()).fails(2);
        assert!(error.starts_with(&format!("git-desk: view `bad` (desk.toml:{line}): no field `quue`")), "{error}");
        assert!(error.contains("quue:l1\n  ^^^^"), "{error}");
        desk.run(&[words, &["--view", "none"]].concat()).fails(3);
    }
    let checked = desk.run(&["check"]);
    assert_eq!(checked.code, 1);
    let finding = "error\tDSK102\t\"quue:l1\" is no query: no field `quue`\tdid you mean \"queue\"?";
    assert_eq!(checked.stdout, format!("desk.toml\t{line}\t7\t{finding}\n"));
    assert_eq!(desk.run(&["list"]).code, 0, "a bad view is in nobody's way");
    desk.open("and can be worked with", &[]);
}
