//! `problem`

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

/// Two incidents of a customer each, one of them solved after two hours, and a request that is related.
fn lively() -> (TestDesk, [String; 4]) {
    let desk = TestDesk::new();
    let opened = |title: &str, at: &str, more: &[&str]| desk.open(title, &[&["--opened", at][..], more].concat());
    let one = opened("blank pages", "2026-11-23T09:00:00Z", &["--customer", "acme"]);
    let two = opened("blank again", "2026-11-23T16:00:00Z", &["--customer", "noord"]);
    let other = opened("new toner", "2026-11-23T10:00:00Z", &["--kind", "request"]);
    let links = [format!("related {one}"), format!("related {other}")];
    let problem = opened(
        "HP-4 prints blanks",
        "2026-11-23T17:00:00Z",
        &[
            "--kind",
            "problem",
            "--priority",
            "p2",
            "--link",
            &links[0],
            "--link",
            &links[1],
            "--article",
            "printers/blank",
        ],
    );
    desk.run(&["link", &two, "caused-by", &problem]).ok();
    desk.run(&["work", &two, "45"]).ok();
    desk.later(3 * 3_600);
    desk.run(&["resolve", &two, "--resolution", "workaround"]).ok();
    (desk, [problem, one, two, other])
}

#[test]
fn open_problems_and_known_errors_are_listed_with_what_they_cost() {
    let (desk, [problem, one, two, other]) = lively();
    let known = desk.open("Old driver", &["--kind", "problem"]);
    desk.run(&["resolve", &known, "--resolution", "known-error", "-m", "Print from the other tray\nuntil spring"]).ok();
    let over = desk.open("Gone", &["--kind", "problem"]);
    desk.run(&["resolve", &over, "--resolution", "fixed"]).ok();
    assert_data_eq!(
        desk.run(&["problem", "-o", "table"]).to_string(),
        str![[r#"
 P   ID    TITLE             STATUS       INCIDENTS     LOST  CUSTOMERS    WORKAROUND
 p2  nd2t  HP-4 prints bla…  new             1 of 2  13h 21m  acme, noord  printers/blank
 p3  k5dv  Old driver        known error     0 of 0       0m               Print from the other tr…

"#]]
    );
    assert_data_eq!(
        desk.run(&["problem"]).to_string(),
        str![[r#"
261124-nd2t0vvk	new	p2		2026-11-23T17:00:00Z	1	2	48120	45	acme,noord	printers/blank	HP-4 prints blanks
261124-k5dvj4pj	resolved	p3		2026-11-24T11:09:00Z	0	0	0	0		Print from the other tray	Old driver

"#]]
    );
    let rows: Value = serde_json::from_str(&desk.run(&["problem", "--json"]).ok()).unwrap();
    let row = &rows[0];
    assert_eq!((&row["id"], &row["known_error"]), (&json!(problem), &json!(false)));
    let ids: Vec<&Value> = row["incidents"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [&json!(one), &json!(two)], "a request that is related is none: {other}");
    // 23 Nov 16:00 to 17:00 and 24 Nov 9:00 to 11:08, office hours of 9 to 17.
    let of_two = &row["incidents"][1];
    assert_eq!(of_two["lost_seconds"], 3_600 + 2 * 3_600 + 480, "{of_two}");
    let sum: i64 = row["incidents"].as_array().unwrap().iter().map(|one| one["lost_seconds"].as_i64().unwrap()).sum();
    assert_eq!(row["lost_seconds"], sum);
    assert_eq!((&row["work_minutes"], &row["customers"]), (&json!(45), &json!(["acme", "noord"])));
    assert_eq!((&rows[1]["known_error"], &rows[1]["workaround"]), (&json!(true), &json!("Print from the other tray")));
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert_eq!((&row["assignee"], &row["resolution"]), (&Value::Null, &Value::Null), "what nobody said is null");
    let all: Value = serde_json::from_str(&desk.run(&["problem", "--all", "--json"]).ok()).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 3);
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "problem"]).ok()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for row in all.as_array().unwrap() {
        let errors: Vec<String> = schema.iter_errors(row).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    assert_eq!(desk.run(&["problem", "-o", "ids", "-n", "1"]).ok().trim(), problem);
}

#[test]
fn one_problem_is_shown_whole() {
    let (desk, [problem, one, ..]) = lively();
    assert_data_eq!(
        desk.run(&["problem", &problem, "-o", "table"]).to_string(),
        str![[r#"
p2  HP-4 prints blanks  261124-nd2t0vvk
    new · l1 · opened Mon 17:00

    workaround   printers/blank
    known error  no
    lost         13h 17m of working time in 2 incidents, 1 open
    work         45m
    customers    acme, noord

 P   ID    TITLE        STATUS    CUSTOMER  OPENED        LOST
 p3  svz5  blank pages  new       acme      Mon 09:00  10h 09m
 p3  f31a  blank again  resolved  noord     Mon 16:00   3h 08m

  Mon 09:00    opened     svz5  blank pages
  Mon 16:00    opened     f31a  blank again
  Mon 17:00    opened     nd2t  HP-4 prints blanks
  11:08        resolved   f31a  blank again

"#]]
    );
    let object: Value = serde_json::from_str(&desk.run(&["problem", &problem, "--json"]).ok()).unwrap();
    assert_eq!(object["all_incidents"], 2);
    assert_data_eq!(
        desk.run(&["problem", &one]).to_string(),
        str![[r#"
stderr: git-desk: 261124-svz5ne2x is no problem but of kind incident
stderr:   git desk show 261124-svz5ne2x
stderr:   what are problems: git desk problem --all
exit: 5

"#]]
    );
    desk.run(&["problem", "zzzz"]).fails(3);
}

#[test]
fn before_there_was_a_problem_there_was_none() {
    let (desk, [problem, ..]) = lively();
    assert_eq!(desk.run(&["problem", "--at", "2026-11-24T08:03:30Z"]).ok(), "");
    assert!(desk.run(&["problem", "--at", "2026-11-24T08:30:00Z"]).ok().contains(&problem));
    let none = TestDesk::new();
    assert_data_eq!(
        none.on_terminal("", &["problem"]).to_string(),
        str![[r#"
no problem is open, and no error is known
what should be one: git desk report recurring --propose

"#]]
    );
}

/// Runs a deed with the solution of the problem.
const FIXED: [&str; 5] = ["--cascade", "--resolution", "fixed", "-m", "new firmware"];

#[test]
fn a_problem_takes_its_open_incidents_with_it_in_one_commit() {
    let (desk, [problem, one, two, other]) = lively();
    let before = desk.commits();
    let words = [&["resolve", &problem][..], &FIXED, &["--reply", "It works again."]].concat();
    assert_eq!(desk.run(&words).ok(), format!("{problem}\n{one}\n"));
    assert_eq!(desk.commits(), before + 1);
    let incident = desk.ticket(&one);
    let facts = ["status", "resolution", "solution"].map(|name| incident[name].clone());
    assert_eq!(facts, [json!("resolved"), json!("fixed"), json!("new firmware")]);
    assert_eq!(incident["thread"][0]["body"], "It works again.");
    assert_eq!(desk.ticket(&problem)["thread"][0]["body"], "It works again.");
    assert_eq!(desk.ticket(&two)["resolution"], "workaround", "what has ended stays as it ended");
    assert_eq!(desk.ticket(&other)["status"], "new", "a request that is related is no incident");
    // Once more changes nothing.
    desk.run(&["resolve", &problem, "--cascade"]).ok();
    desk.run(&["resolve", &problem, "--cascade", "--strict"]).fails(5);
    desk.run(&["resolve", &problem, "--cascade", "--reply", "lost?"]).fails(5);
    assert_eq!(desk.commits(), before + 1);
    desk.run(&["undo"]).ok();
    assert_eq!([&problem, &one].map(|id| desk.ticket(id)["status"].clone()), [json!("new"), json!("new")]);
    desk.is_sound();
}

#[test]
fn without_it_a_person_is_told_how_many_wait() {
    let (desk, [problem, one, ..]) = lively();
    assert_data_eq!(
        desk.on_terminal("", &["close", &problem, "--resolution", "known-error", "-m", "next year"]).to_string(),
        str![[r#"
261124-nd2t0vvk
nd2t is closed as known-error
1 incident is still open     with it: git desk close nd2t --cascade

"#]]
    );
    // The other way round: the problem has ended, its incidents follow, and the reply is theirs alone.
    let words = ["close", &problem, "--cascade", "--reply", "Use the other tray."];
    assert_eq!(desk.run(&words).ok(), format!("{problem}\n{one}\n"));
    let incident = desk.ticket(&one);
    assert_eq!([&incident["status"], &incident["resolution"]], ["resolved", "known-error"], "its requester may object");
    assert_eq!(incident["thread"][0]["body"], "Use the other tray.");
    assert_eq!(desk.ticket(&problem)["thread"], json!([]));
}

#[test]
fn all_or_none() {
    let (desk, [problem, one, ..]) = lively();
    let other = desk.open("first this", &[]);
    desk.run(&["link", &one, "blocked-by", &other]).ok();
    let before = desk.commits();
    let said = desk.run(&[&["close", &problem][..], &FIXED].concat()).fails(5);
    assert!(said.contains(&one) && said.contains(&other), "{said}");
    assert_eq!(desk.commits(), before);
    assert_eq!(desk.ticket(&problem)["status"], "new");
}

#[test]
fn what_is_no_problem_has_no_incidents() {
    let (desk, [problem, one, ..]) = lively();
    assert_data_eq!(
        desk.run(&[&["close", &one][..], &FIXED].concat()).to_string(),
        str![[r#"
stderr: git-desk: 261124-svz5ne2x is no problem but of kind incident, so it has no incidents
stderr:   git desk close 261124-svz5ne2x --resolution …     without --cascade
stderr:   what are problems: git desk problem
exit: 5

"#]]
    );
    let same = desk.open("HP-4 again", &["--kind", "problem"]);
    desk.run(&["close", &problem, "--duplicate-of", &same, "--cascade"]).fails(2);
    desk.run(&["close", &problem, "--duplicate-of", &same]).ok();
    desk.run(&["close", &problem, "--cascade"]).fails(5);
    let line = json!({"op": "close", "id": same, "cascade": true, "resolution": "fixed"});
    desk.feed(format!("{line}\n"), &["batch", "-"]).ok();
    assert_eq!(desk.ticket(&same)["status"], "closed");
}

#[test]
fn a_proposed_command_can_be_typed_whatever_an_asset_is_called() {
    let desk = TestDesk::new();
    let hostile = "x'; touch pwned; echo \"$(touch pwned)`touch pwned`\\";
    for _ in 0..5 {
        desk.open("fails", &["--opened", "2026-11-23T09:00:00Z", &format!("--asset={hostile}"), "--service=--help"]);
    }
    let lines = desk.run(&["report", "recurring", "--propose"]).ok();
    assert_eq!(lines.lines().count(), 1, "{lines}");
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_git-desk")).parent().unwrap();
    let line = lines.replacen("git desk", &folder.join("git-desk").display().to_string(), 1);
    let output = desk.program("sh", &["-ec", &line]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let problem = desk.ticket(String::from_utf8(output.stdout).unwrap().trim());
    assert_eq!((&problem["asset"], &problem["kind"]), (&json!(hostile), &json!("problem")));
    assert!(!desk.path().join("pwned").exists());
    let row: Value = serde_json::from_str(&desk.run(&["problem", "--json"]).ok()).unwrap();
    assert_eq!(row[0]["open_incidents"], 5);
}
