//! `check`

mod articles;
mod base;
mod customers;
mod faults;
mod files;
mod formats;
mod holidays;
mod policy;
mod repository;

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
        ("title = \"Printer\"", "title = \"Printer", "DSK001", "error"),
        ("due = \"\"", "due = 2026-12-01T09:00:00", "DSK101", "error"),
        ("title = \"Printer\"", "title = 5", "DSK101", "error"),
        ("status = \"new\"", "status = \"odd\"", "DSK101", "error"),
        ("queue = \"l1\"", "queue = \"l9\"", "DSK301", "error"),
        ("assignee = \"\"", "assignee = \"zoe\"", "DSK302", "error"),
        ("links = [\n", "links = [\n  \"related 261124-x0000000\",\n", "DSK303", "error"),
        ("links = [\n", "links = [\n  \"parent SELF\",\n", "DSK303", "error"),
        ("status = \"new\"", "status = \"closed\"", "DSK402", "error"),
        ("status = \"new\"\n\nresolution = \"\"", "status = \"closed\"\n\nresolution = \"magic\"", "DSK403", "error"),
        ("status = \"new\"", "status = \"waiting\"", "DSK406", "error"),
        ("opened = ", "colour = \"red\"\n\nopened = ", "DSK103", "warning"),
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
    assert_data_eq!(
        shown,
        str![[r#"
tickets/2026/11/24/261124-svz5ne2x.toml:1:17  DSK001  this is no TOML: invalid basic string, expected `"`
exit: 1
tickets/2026/11/24/261124-svz5ne2x.toml:23:7  DSK101  2026-12-01T09:00:00 has no offset; write it with one, as in 2026-11-24T08:15:02Z
exit: 1
tickets/2026/11/24/261124-svz5ne2x.toml:1:9  DSK101  `title` is not text
exit: 1
tickets/2026/11/24/261124-svz5ne2x.toml:3:10  DSK101  `status` is "odd", which is none of its words
  fix: one of new, active, waiting, resolved, closed
exit: 1
tickets/2026/11/24/261124-svz5ne2x.toml:13:9  DSK301  there is no queue "l9"
  fix: did you mean `l1`?
exit: 1
tickets/2026/11/24/261124-svz5ne2x.toml:15:12  DSK302  there is no agent "zoe"
exit: 1
tickets/2026/11/24/261124-svz5ne2x.toml:30:9  DSK303  the link "related 261124-x0000000" leads nowhere
exit: 1
tickets/2026/11/24/261124-svz5ne2x.toml:30:9  DSK303  a ticket has no link to itself
exit: 1
tickets/2026/11/24/261124-svz5ne2x.toml:5:14  DSK402  closed without a resolution
  fix: add  resolution = "fixed"  or  git desk reopen 261124-svz5ne2x
exit: 1
tickets/2026/11/24/261124-svz5ne2x.toml:5:14  DSK403  "magic" is no resolution of this desk
  fix: one of fixed, workaround, answered, known-error, duplicate, wontfix, rejected, cancelled, no-fault
exit: 1
tickets/2026/11/24/261124-svz5ne2x.toml:7:14  DSK406  a waiting ticket says whom it waits for, and `waiting_on` is missing
  fix: waiting_on = "requester"
exit: 1
tickets/2026/11/24/261124-svz5ne2x.toml:37:10  DSK103  `colour` is no field of a ticket; it is kept as it is (warning)
  fix: a field of your own stands in [fields]

"#]]
    );
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
    assert_eq!(found(&desk, &[]), (1, vec![("DSK101".into(), "error".into(), 1)]));
    desk.git(&["checkout", "-q", "."]);
    let policy = desk.path().join("desk.toml");
    desk.change(&policy, "close_after", "close_aftr");
    assert_data_eq!(
        desk.run(&["check"]).to_string(),
        str![[r#"
desk.toml	10	1	warning	DSK103	`close_aftr` is not known	did you mean `close_after`?

"#]]
    );
    desk.git(&["checkout", "-q", "."]);
    std::fs::write(&policy, "[desk\n").unwrap();
    let (exit, findings) = found(&desk, &[]);
    assert_eq!((exit, findings), (1, vec![("DSK001".into(), "error".into(), 1)]), "one mistake, one finding");
    desk.change(&desk.file(&id), "status = \"new\"", "status = \"closed\"");
    let (_, findings) = found(&desk, &[]);
    let codes: Vec<&str> = findings.iter().map(|(code, _, _)| code.as_str()).collect();
    assert_eq!(codes, ["DSK001", "DSK402"], "rules that need no names are judged all the same");
}

#[test]
fn named_files_alone_are_checked_and_must_be_there() {
    let desk = TestDesk::new();
    let (good, bad) = (desk.open("good", &[]), desk.open("bad", &[]));
    desk.change(&desk.file(&bad), "title = \"bad\"", "title = \"");
    desk.run(&["check", &ticket_path(&good)]).ok();
    let run = desk.run(&["check", &ticket_path(&bad)]);
    assert_eq!((run.code, run.stdout.lines().count()), (1, 1), "{run}");
    assert_data_eq!(
        desk.run(&["check", "nosuch.toml"]).fails(3),
        str![[r#"
git-desk: nosuch.toml is no file of this desk

"#]]
    );
    for file in ["/etc/passwd", "/etc", "tickets/nosuch.toml", "tickets/nosuch/", ".."] {
        assert!(desk.run(&["check", file]).fails(3).contains(file), "{file}");
    }
    desk.run(&["check", "desk.toml"]).ok();
}

#[test]
fn of_a_folder_all_below_it_is_checked() {
    let desk = TestDesk::new();
    let bad = desk.open("bad", &[]);
    desk.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    std::fs::create_dir_all(desk.path().join("customers")).unwrap();
    std::fs::write(desk.path().join("customers/acme.toml"), "name = \"\n").unwrap();
    desk.change(&desk.file(&bad), "title = \"bad\"", "title = \"");
    let files = |desk: &TestDesk, words: &[&str]| -> Vec<String> {
        let run = desk.run(&[&["check"], words].concat());
        let name = |line: &str| line.split('\t').next().unwrap().rsplit('/').next().unwrap().to_owned();
        run.stdout.lines().map(name).collect()
    };
    let (acme, bad) = ("acme.toml".to_owned(), format!("{bad}.toml"));
    for all in [".", "./", "../desk", desk.path().to_str().unwrap()] {
        assert_eq!(files(&desk, &[all]), [acme.clone(), bad.clone()], "{all}");
    }
    for tickets in ["tickets", "tickets/2026/", "./tickets/2026/11"] {
        assert_eq!(files(&desk, &[tickets]), [bad.as_str()], "{tickets}");
    }
    assert_eq!(files(&desk, &["customers", "desk.toml"]), [acme.as_str()]);
    assert_eq!(files(&desk.at("desk/tickets"), &["."]), [bad.as_str()]);
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "x"]);
    desk.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    assert_eq!(files(&desk.at("bare.git"), &["tickets"]), [bad.as_str()]);
    assert_eq!(files(&desk.at("bare.git"), &["."]), [acme, bad]);
}

#[test]
fn a_format_of_check_alone_is_named_where_it_belongs() {
    let desk = TestDesk::new();
    let told = desk.run(&["check", "-o", "sarif"]).fails(2);
    assert!(told.contains("of `git desk check`: --format sarif"), "{told}");
    assert!(!desk.run(&["list", "-o", "xml"]).fails(2).contains("--format"));
}

#[test]
fn what_is_taken_twice_and_what_runs_in_a_circle_is_found() {
    let desk = TestDesk::new();
    let (one, two) = (desk.open("one", &["--key", "k/1"]), desk.open("two", &[]));
    let third = desk.open("three", &[]);
    let codes =
        |words: &[&str]| -> Vec<String> { found(&desk, words).1.into_iter().map(|(code, _, _)| code).collect() };
    let by_hand = |id: &str, from: &str, to: &str| desk.change(&desk.file(id), from, to);
    by_hand(&two, "opened = ", "key = \"k/1\"\n\nopened = ");
    assert_eq!(codes(&[]), ["DSK202"]);
    desk.git(&["checkout", "-q", "."]);
    by_hand(&two, "opened = ", "external_id = \"T1\"\n\nopened = ");
    by_hand(&third, "opened = ", "external_id = \"T1\"\n\nopened = ");
    assert_eq!(codes(&[]), ["DSK203"]);
    desk.git(&["checkout", "-q", "."]);
    for kind in ["blocked-by", "parent"] {
        for (from, to) in [(&one, &two), (&two, &third), (&third, &one)] {
            by_hand(from, "links = [\n", &format!("links = [\n  \"{kind} {to}\",\n"));
        }
        assert_eq!(codes(&[]), ["DSK405", "DSK405", "DSK405"], "{kind}");
        assert_eq!(codes(&[&ticket_path(&two)]), ["DSK405"], "{kind}");
        desk.git(&["checkout", "-q", "."]);
    }
    let lost = desk.path().join("tickets/2026/11/24/note.toml");
    std::fs::write(&lost, "x = 1\n").unwrap();
    assert_eq!(codes(&[]), ["DSK201"]);
    std::fs::rename(&lost, desk.path().join(format!("tickets/2026/{two}.toml"))).unwrap();
    assert_data_eq!(
        desk.on_terminal("", &["check"]).to_string(),
        str![[r#"
tickets/2026/261124-f31aj1bw.toml:1:1  DSK201  this ticket lies in the wrong folder
  fix: git mv tickets/2026/261124-f31aj1bw.toml tickets/2026/11/24/261124-f31aj1bw.toml
tickets/2026/261124-f31aj1bw.toml:1:1  DSK204  261124-f31aj1bw is there twice: also as tickets/2026/11/24/261124-f31aj1bw.toml
exit: 1

"#]]
    );
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

#[test]
fn a_desk_whose_schema_is_no_number_is_read_and_not_written() {
    let desk = TestDesk::new();
    desk.change(&desk.path().join("desk.toml"), "schema = 1", "schema = \"x\"");
    desk.git(&["commit", "-qam", "odd"]);
    assert_eq!(desk.run(&["list", "--count"]).ok(), "0\n");
    assert!(desk.run(&["open", "where am I"]).fails(6).contains("schema = 1"));
}

#[test]
fn a_template_may_leave_to_the_rota_or_the_turn_whose_its_tickets_are() {
    let desk = TestDesk::new();
    let policy = desk.path().join("desk.toml");
    let with = |assignee: &str| {
        let text = desk.git(&["show", "HEAD:desk.toml"]);
        std::fs::write(&policy, format!("{text}\n[templates.laptop]\nassignee = \"{assignee}\"\n")).unwrap();
    };
    for assignee in ["oncall", "next", "@oncall", "me", "ana", "@ana"] {
        with(assignee);
        assert_eq!(desk.run(&["check"]).ok(), "", "{assignee}");
    }
    with("nobody-here");
    assert!(desk.run(&["check"]).stdout.contains("nobody-here"));
}

#[test]
fn every_code_in_the_source_is_in_the_table_of_help() {
    let page = TestDesk::nowhere().run(&["help", "check-codes"]).ok();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let (mut seen, mut missing) = (std::collections::BTreeSet::new(), Vec::new());
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("codes.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for part in text.split("\"DSK").skip(1).filter(|part| part.as_bytes().get(3) == Some(&b'"')) {
                    let code = format!("DSK{}", &part[..3]);
                    if !page.contains(&format!("  {code}  ")) {
                        missing.push(format!("{code} of {}", path.display()));
                    }
                    seen.insert(code);
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    let told = page.lines().filter_map(|line| line.strip_prefix("  DSK")).map(|line| format!("DSK{}", &line[..3]));
    let unused: Vec<String> = told.filter(|code| !seen.contains(code)).collect();
    assert_eq!(unused, [""; 0], "a code that nothing gives");
}
