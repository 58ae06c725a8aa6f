//! `escalate`

use std::fs;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

#[test]
fn it_goes_to_the_next_queue_and_is_nobodys() {
    let desk = TestDesk::new();
    let id = desk.open("x", &["--assign", "me"]);
    let before = desk.commits();
    desk.run(&["escalate", &id, "-m", "drum is worn out\n\n", "-p", "p2"]).ok();
    assert_eq!(desk.commits(), before + 1);
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["queue"], "l2");
    assert_eq!(ticket["level"], 2);
    assert_eq!(ticket["assignee"], Value::Null);
    assert_eq!(ticket["priority"], "p2");
    let entry = ticket["thread"][0]["id"].as_str().unwrap();
    let entry = desk.file(&id).with_extension("").join(format!("{entry}.toml"));
    let text = fs::read_to_string(entry).unwrap();
    assert_data_eq!(
        text.as_str(),
        str![[r#"
kind = "escalation"

by = "ana"

at = 2026-11-24T08:04:00Z

from = "l1"

to = "l2"

level = 2

type = "functional"

body = '''
drum is worn out
'''

"#]]
    );
    let place = |key: &str| text.find(&format!("\n{key} = ")).unwrap();
    assert!(place("from") < place("to") && place("to") < place("level") && place("level") < place("type"));
    desk.is_sound();
}

#[test]
fn without_a_reason_it_stays() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["escalate", &id]).to_string(),
        str![[r#"
stderr: git-desk: why does it go up? `--reason` is missing
stderr:   git desk escalate 261124-svz5ne2x -m "what the next level must know"
exit: 2

"#]]
    );
    desk.run(&["escalate", &id, "-m", "  "]).fails(2);
    let error: Value = serde_json::from_str(&desk.run(&["escalate", &id, "--json"]).fails(2)).unwrap();
    assert_eq!(error["error"]["code"], "missing_reason");
    assert_eq!(desk.commits(), before);
    desk.run(&["escalate", &id, "--reason", "the same flag"]).ok();
    desk.feed("from stdin", &["escalate", &id, "-F", "-"]).ok();
    assert_eq!(desk.ticket(&id)["thread"][1]["body"], "from stdin");
}

#[test]
fn above_the_last_queue_there_is_nothing() {
    let desk = TestDesk::new();
    let id = desk.open("x", &["--queue", "l3"]);
    let before = desk.commits();
    let refused = desk.run(&["escalate", &id, "-m", "needs the vendor"]);
    assert_data_eq!(
        refused.to_string(),
        str![[r#"
stderr: git-desk: 261124-svz5ne2x: l3 is the last queue, there is nothing above it
stderr:   tell its lead (ana): git desk escalate 261124-svz5ne2x --lead -m "needs the vendor"
stderr:   it is the vendor's turn: git desk wait 261124-svz5ne2x --on vendor --until fri
exit: 5

"#]]
    );
    let error = refused.fails(5);
    assert!(error.contains(&format!("git desk escalate {id} --lead -m \"needs the vendor\"")), "{error}");
    assert!(error.contains(&format!("git desk wait {id} --on vendor")) || error.contains("--for vendor"), "{error}");
    assert_eq!(desk.commits(), before);
}

#[test]
fn it_goes_to_whom_is_named_and_down_again() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    desk.run(&["escalate", &id, "--to", "l3", "-m", "straight up"]).ok();
    assert_eq!(desk.ticket(&id)["queue"], "l3");
    desk.run(&["escalate", &id, "--to", "@ana", "-m", "she knows"]).ok();
    assert_eq!(desk.ticket(&id)["assignee"], "ana");
    desk.run(&["escalate", &id, "--lead", "-m", "the customer threatens to leave"]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["assignee"], "ana");
    assert_eq!(ticket["watchers"], serde_json::json!(["ana"]));
    assert_eq!(ticket["thread"][2]["type"], "hierarchical");
    desk.run(&["escalate", &id, "--down", "-m", "not ours"]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["queue"], "l2");
    assert_eq!(ticket["assignee"], Value::Null);
    assert_eq!(ticket["thread"][3]["kind"], "note", "down is no escalation");
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["escalate", &id, "--to", "l5", "-m", "x"]).to_string(),
        str![[r#"
stderr: git-desk: 261124-svz5ne2x: "l5" is neither a queue nor an agent
stderr:   did you mean `l1`?
exit: 3

"#]]
    );
    desk.run(&["escalate", &id, "--to", "l2", "-m", "x", "--strict"]).fails(5);
    desk.run(&["escalate", &id, "-m", "x", "--dry-run"]).ok();
    desk.run(&["resolve", &id, "--resolution", "fixed"]).ok();
    desk.run(&["escalate", &id, "-m", "x"]).fails(5);
    assert_eq!(desk.commits(), before + 1);
}
