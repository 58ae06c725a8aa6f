//! `check`

use crate::support::{TestDesk, ticket_path};
use serde_json::Value;
use snapbox::{assert_data_eq, str};

/// Exit code and, for each finding, its code, level and line.
fn found(desk: &TestDesk, words: &[&str]) -> (i32, Vec<(String, String, u64)>) {
    let mut all = vec!["check", "--json"];
    all.extend(words);
    let run = desk.run(&all);
    let findings: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let short = |one: &Value| (text(&one["code"]), text(&one["level"]), one["line"].as_u64().unwrap());
    (run.code, findings.iter().map(short).collect())
}

#[test]
fn a_good_desk_has_no_findings() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &["-m", "text", "--tag", "red"]);
    desk.run(&["comment", &id, "hello"]).ok();
    assert_eq!(found(&desk, &[]), (0, vec![]));
    assert_data_eq!(
        desk.on_terminal("", &["check"]).to_string(),
        str![[r#"
everything is in order

"#]]
    );
}

#[test]
fn each_mistake_by_hand_has_its_code_and_place() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    let file = desk.file(&id);
    let good = std::fs::read_to_string(&file).unwrap();
    let mistakes = [
        ("title = \"Printer\"", "title = \"Printer", "DSK101", "error"),
        ("due = \"\"", "due = 2026-12-01T09:00:00", "DSK101", "error"),
        ("title = \"Printer\"", "title = 5", "DSK201", "error"),
        ("status = \"new\"", "status = \"odd\"", "DSK201", "error"),
        ("queue = \"l1\"", "queue = \"l9\"", "DSK301", "error"),
        ("assignee = \"\"", "assignee = \"zoe\"", "DSK302", "error"),
        ("links = [\n", "links = [\n  \"related 261124-x0000000\",\n", "DSK303", "error"),
        ("links = [\n", "links = [\n  \"parent SELF\",\n", "DSK303", "error"),
        ("status = \"new\"", "status = \"closed\"", "DSK402", "error"),
        ("status = \"new\"\n\nresolution = \"\"", "status = \"closed\"\n\nresolution = \"magic\"", "DSK403", "error"),
        ("status = \"new\"", "status = \"waiting\"", "DSK406", "error"),
        ("opened = ", "colour = \"red\"\n\nopened = ", "DSK702", "warning"),
    ];
    let mut shown = String::new();
    for (from, to, code, level) in mistakes {
        std::fs::write(&file, &good).unwrap();
        desk.change(&file, from, &to.replace("SELF", &id));
        let (exit, findings) = found(&desk, &[]);
        let codes: Vec<_> = findings.iter().map(|(code, level, _)| (code.as_str(), level.as_str())).collect();
        assert_eq!((exit, codes), (i32::from(level == "error"), vec![(code, level)]), "{to}");
        shown.push_str(&desk.on_terminal("", &["check"]).to_string());
    }
    assert_data_eq!(shown, str![]);
}

#[test]
fn an_unknown_key_is_a_warning_that_fails_only_when_asked() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.change(&desk.file(&id), "opened = ", "colour = \"red\"\n\nopened = ");
    desk.git(&["commit", "-qam", "by hand"]);
    assert_data_eq!(
        desk.run(&["check"]).to_string(),
        str![[r#"
tickets/2026/11/24/261124-svz5ne2x.toml	37	10	warning	DSK103	`colour` is no field of a ticket; it is kept as it is	a field of your own stands in [fields]

"#]]
    );
    assert_eq!(desk.run(&["check", "--fail-level", "warning"]).code, 1);
    desk.run(&["set", &id, "asset=hp-4"]).ok();
    assert!(std::fs::read_to_string(desk.file(&id)).unwrap().contains("colour = \"red\""), "never dropped");
}

#[test]
fn a_name_that_is_gone_matters_only_while_a_ticket_is_open() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.change(&desk.file(&id), "queue = \"l1\"", "queue = \"gone\"");
    desk.git(&["commit", "-qam", "by hand"]);
    assert_eq!(found(&desk, &[]), (1, vec![("DSK301".into(), "error".into(), 13)]));
    desk.run(&["close", &id, "--resolution", "wontfix", "-m", "x"]).ok();
    let (exit, findings) = found(&desk, &[]);
    assert_eq!((exit, findings[0].1.as_str()), (0, "warning"));
}

#[test]
fn mistakes_of_the_policy_and_of_entries_are_found() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.run(&["comment", &id, "hello"]).ok();
    let entry = desk.git(&["ls-files", "tickets/*/*/*/*/*.toml"]);
    desk.change(&desk.path().join(entry.trim()), "kind = \"comment\"", "kind = \"odd\"");
    assert_eq!(found(&desk, &[]), (1, vec![("DSK201".into(), "error".into(), 1)]));
    desk.git(&["checkout", "-q", "."]);
    let policy = desk.path().join("desk.toml");
    desk.change(&policy, "close_after", "close_aftr");
    assert_data_eq!(desk.run(&["check"]).to_string(), str![]);
    desk.git(&["checkout", "-q", "."]);
    std::fs::write(&policy, "[desk\n").unwrap();
    let (exit, findings) = found(&desk, &[]);
    assert_eq!((exit, findings), (1, vec![("DSK501".into(), "error".into(), 1)]), "one mistake, one finding");
}

#[test]
fn named_files_alone_are_checked_and_must_be_there() {
    let desk = TestDesk::new();
    let (good, bad) = (desk.open("good", &[]), desk.open("bad", &[]));
    desk.change(&desk.file(&bad), "title = \"bad\"", "title = \"");
    desk.run(&["check", &ticket_path(&good)]).ok();
    let run = desk.run(&["check", &ticket_path(&bad)]);
    assert_eq!((run.code, run.stdout.lines().count()), (1, 1), "{run}");
    assert_data_eq!(desk.run(&["check", "nosuch.toml"]).fails(3), str![]);
}

#[test]
fn what_is_committed_can_be_checked_at_any_time() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.change(&desk.file(&id), "status = \"new\"", "status = \"closed\"");
    desk.git(&["commit", "-qam", "by hand"]);
    assert_eq!(desk.run(&["check"]).code, 1);
    desk.run(&["check", "--at", "HEAD~1"]).ok();
    desk.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    assert_eq!(desk.run(&["check", "--repo", "../bare.git"]).code, 1);
}
