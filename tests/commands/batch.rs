//! `batch`

use crate::support::{Ran, TestDesk};
use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

fn desk() -> (TestDesk, String, String) {
    let desk = TestDesk::new();
    let (printer, vpn) = (desk.open("Printer", &[]), desk.open("VPN", &["--queue", "l2"]));
    (desk, printer, vpn)
}

fn lines(all: &[Value]) -> String {
    all.iter().map(|line| format!("{line}\n")).collect()
}

fn results(run: &Ran) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_kind_of_act_goes_into_one_commit() {
    let (desk, printer, vpn) = desk();
    let before = desk.commits();
    let input = lines(&[
        json!({"op": "take", "id": printer}),
        json!({"op": "assign", "ids": [printer, vpn], "to": "ana"}),
        json!({"op": "escalate", "id": vpn, "reason": "needs the vendor"}),
        json!({"op": "set", "id": printer, "asset": "hp-4", "impact": "high"}),
        json!({"op": "tag", "id": printer, "add": ["red", "blue"]}),
        json!({"op": "comment", "id": printer, "text": "we look at it"}),
        json!({"op": "note", "id": printer, "message": "toner?"}),
        json!({"op": "wait", "id": vpn, "on": "vendor", "until": "2d"}),
        json!({"op": "resolve", "id": printer, "resolution": "fixed", "solution": "toner"}),
        json!({"op": "open", "title": "third", "tag": ["new"], "priority": "p1"}),
    ]);
    let run = desk.feed(input, &["batch", "-"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(desk.commits(), before + 1);
    assert!(results(&run).iter().all(|line| line["changed"] == true && line["error"].is_null()));
    let ticket = desk.ticket(&printer);
    assert_eq!(
        (&ticket["status"], &ticket["solution"], &ticket["asset"]),
        (&json!("resolved"), &json!("toner"), &json!("hp-4"))
    );
    assert_eq!((&desk.ticket(&vpn)["queue"], &desk.ticket(&vpn)["waiting_on"]), (&json!("l3"), &json!("vendor")));
    desk.is_sound();
    assert_data_eq!(
        run.to_string(),
        str![[r#"
{"changed":true,"error":null,"id":"261124-svz5ne2x","op":"take","title":"Printer"}
{"changed":true,"error":null,"id":"261124-svz5ne2x","op":"assign","title":"Printer"}
{"changed":true,"error":null,"id":"261124-f31aj1bw","op":"escalate","title":"VPN"}
{"changed":true,"error":null,"id":"261124-svz5ne2x","op":"set","title":"Printer"}
{"changed":true,"error":null,"id":"261124-svz5ne2x","op":"tag","title":"Printer"}
{"changed":true,"error":null,"id":"261124-svz5ne2x","op":"comment","title":"Printer"}
{"changed":true,"error":null,"id":"261124-svz5ne2x","op":"note","title":"Printer"}
{"changed":true,"error":null,"id":"261124-f31aj1bw","op":"wait","title":"VPN"}
{"changed":true,"error":null,"id":"261124-svz5ne2x","op":"resolve","title":"Printer"}
{"changed":true,"error":null,"id":"261124-zxe99g2b","op":"open","title":"third"}

"#]]
    );
    assert_data_eq!(
        desk.git(&["log", "-1", "--format=%s%n%n%b"]),
        str![[r#"
batch of 10 changes

take 261124-svz5ne2x
assign 261124-f31aj1bw
escalate 261124-f31aj1bw
set 261124-svz5ne2x
tag 261124-svz5ne2x
comment 261124-svz5ne2x
note 261124-svz5ne2x
wait 261124-f31aj1bw
resolve 261124-svz5ne2x
open 261124-zxe99g2b

Desk-Act: batch


"#]]
    );
}

#[test]
fn a_link_is_made_whatever_the_order_of_keys() {
    let (desk, printer, vpn) = desk();
    let run =
        desk.feed(lines(&[json!({"op": "link", "id": printer, "type": "blocked-by", "to": vpn})]), &["batch", "-"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(desk.ticket(&printer)["links"][0]["id"], vpn);
}

#[test]
fn good_lines_are_committed_and_the_first_bad_one_gives_the_exit_code() {
    let (desk, printer, vpn) = desk();
    let before = desk.commits();
    let mut input = lines(&[
        json!({"op": "take", "id": printer}),
        json!({"op": "take", "id": "zzzz"}),
        json!({"op": "close", "id": vpn, "resolutoin": "fixed"}),
        json!({"op": "tkae", "id": vpn}),
        json!({"op": "list"}),
        json!({"op": "wait", "id": vpn}),
        json!(["op"]),
    ]);
    input.push_str("no json\n\n");
    input.push_str(&lines(&[json!({"op": "tag", "id": vpn, "add": "red"}), json!({"op": "take", "id": printer})]));
    let run = desk.feed(input, &["batch", "-"]);
    assert_eq!(run.code, 3, "{run}");
    assert_eq!(desk.commits(), before + 1);
    let exits: Vec<_> = results(&run).iter().map(|line| line["error"]["exit"].as_i64()).collect();
    assert_eq!(exits, [None, Some(3), Some(2), Some(2), Some(2), Some(2), Some(2), Some(2), None, None]);
    assert_eq!(results(&run)[9]["changed"], false, "already so");
    assert_eq!((&desk.ticket(&printer)["assignee"], &desk.ticket(&vpn)["tags"]), (&json!("ana"), &json!(["red"])));
    assert_data_eq!(
        run.to_string(),
        str![[r#"
{"changed":true,"error":null,"id":"261124-svz5ne2x","op":"take","title":"Printer"}
{"changed":false,"error":{"code":"no_ticket","exit":3,"message":"line 2: no ticket zzzz"},"id":"zzzz","op":"take","title":null}
{"changed":false,"error":{"code":"usage","exit":2,"message":"line 3: `close` has no `resolutoin`"},"id":"261124-f31aj1bw","op":"close","title":null}
{"changed":false,"error":{"code":"usage","exit":2,"message":"line 4: no act `tkae`"},"id":"261124-f31aj1bw","op":"tkae","title":null}
{"changed":false,"error":{"code":"usage","exit":2,"message":"line 5: `list` is no act on tickets"},"id":null,"op":"list","title":null}
{"changed":false,"error":{"code":"usage","exit":2,"message":"line 6: whose turn is it? `--on` is missing"},"id":"261124-f31aj1bw","op":"wait","title":null}
{"changed":false,"error":{"code":"usage","exit":2,"message":"line 7: this is no JSON object"},"id":null,"op":"","title":null}
{"changed":false,"error":{"code":"usage","exit":2,"message":"line 8: this is no JSON: expected ident at line 1 column 2"},"id":null,"op":"","title":null}
{"changed":true,"error":null,"id":"261124-f31aj1bw","op":"tag","title":"VPN"}
{"changed":false,"error":null,"id":"261124-svz5ne2x","op":"take","title":"Printer"}
stderr: git-desk: line 2: no ticket zzzz
stderr:   what is open: git desk list     by words: git desk search WORDS
exit: 3

"#]]
    );
}

#[test]
fn atomic_is_all_or_nothing() {
    let (desk, printer, vpn) = desk();
    let before = desk.commits();
    let input =
        lines(&[json!({"op": "take", "id": printer}), json!({"op": "resolve", "id": vpn, "resolution": "odd"})]);
    let run = desk.feed(&input, &["batch", "-", "--atomic"]);
    assert_ne!(run.code, 0);
    assert_eq!((desk.commits(), &desk.ticket(&printer)["assignee"]), (before, &Value::Null));
    assert_data_eq!(
        run.to_string(),
        str![[r#"
stderr: git-desk: line 2: 261124-f31aj1bw: "odd" is no resolution of this desk
stderr:   one of fixed, workaround, answered, known-error, duplicate, wontfix, rejected, cancelled, no-fault
stderr:   nothing was written (--atomic)
exit: 2

"#]]
    );
    let input = lines(&[json!({"op": "take", "id": printer}), json!({"op": "take", "id": vpn})]);
    std::fs::write(desk.outside().join("acts.jsonl"), input).unwrap();
    desk.run(&["batch", "../acts.jsonl", "--atomic", "--commit-message", "Morning triage"]).ok();
    assert_eq!((desk.commits(), desk.git(&["log", "-1", "--format=%s"]).trim()), (before + 1, "Morning triage"));
}

#[test]
fn a_bad_line_leaves_nothing_of_itself_behind() {
    let (desk, printer, _) = desk();
    let input = lines(&[
        json!({"op": "assign", "ids": [printer, "zzzz"], "to": "ana"}),
        json!({"op": "note", "id": printer, "text": "x"}),
    ]);
    assert_eq!(desk.feed(input, &["batch", "-"]).code, 3);
    let ticket = desk.ticket(&printer);
    assert_eq!((&ticket["assignee"], ticket["thread"].as_array().unwrap().len()), (&Value::Null, 1));
}

#[test]
fn what_would_change_nothing_makes_no_commit() {
    let (desk, printer, _) = desk();
    desk.run(&["take", &printer]).ok();
    let before = desk.commits();
    let again = lines(&[json!({"op": "take", "id": printer})]);
    assert_eq!(results(&desk.feed(&again, &["batch", "-"]))[0]["changed"], false);
    assert_eq!(desk.feed(&again, &["batch", "-", "--strict"]).code, 5);
    assert_eq!(desk.feed("", &["batch", "-"]).ok(), "");
    let dry = lines(&[json!({"op": "note", "id": printer, "text": "x"})]);
    assert_eq!(results(&desk.feed(dry, &["batch", "-", "--dry-run"]))[0]["changed"], true);
    assert_eq!(desk.commits(), before);
}

#[test]
fn done_twice_with_the_same_name_it_is_done_once() {
    let (desk, printer, _) = desk();
    let note = lines(&[json!({"op": "note", "id": printer, "text": "x"})]);
    let words = ["batch", "-", "--op-id", "night/1"];
    assert_eq!(desk.feed(&note, &words).code, 0);
    let before = desk.commits();
    assert_eq!(desk.feed(&note, &words).code, 0);
    assert_eq!((desk.commits(), desk.ticket(&printer)["thread"].as_array().unwrap().len()), (before, 1));
}

#[test]
fn a_missing_file_is_not_found_and_stdin_is_read_for_a_dash_alone() {
    let (desk, printer, _) = desk();
    assert_data_eq!(
        desk.run(&["batch", "nosuch"]).fails(3),
        str![[r#"
git-desk: cannot read nosuch: No such file or directory (os error 2)

"#]]
    );
    assert_data_eq!(
        desk.feed(lines(&[json!({"op": "take", "id": printer})]), &["batch"]).fails(2),
        str![[r#"
git-desk: the following required arguments were not provided: <FILE>
  git desk help batch

"#]]
    );
    assert_eq!(desk.ticket(&printer)["assignee"], Value::Null);
}

#[test]
fn done_again_under_its_name_it_says_what_it_said() {
    let desk = TestDesk::new();
    let id = desk.open("there before", &[]);
    let lines = format!(
        "{{\"op\": \"open\", \"title\": \"same\"}}\n{{\"op\": \"open\", \"title\": \"same\"}}\n{{\"op\": \"set\", \"id\": \"{id}\", \"asset\": \"db1\"}}\n"
    );
    let first = desk.feed(&lines, &["batch", "-", "--op-id", "b-1"]).ok();
    let commits = desk.commits();
    let again = desk.feed(&lines, &["batch", "-", "--op-id", "b-1"]).ok();
    assert_eq!(desk.commits(), commits);
    let ids = |text: &str| -> Vec<String> {
        let line = |line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
        let mut ids: Vec<String> = text.lines().map(line).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&again), ids(&first));
    let failed = desk.feed("{\"op\": \"close\", \"id\": \"zzzz\", \"resolution\": \"fixed\"}\n", &["batch", "-"]);
    assert!(failed.stdout.contains("\"id\":\"zzzz\""), "{failed}");
}

#[test]
fn lines_with_names_of_their_own_say_what_they_said() {
    let desk = TestDesk::new();
    let id = desk.open("there before", &[]);
    let line = |op_id: usize, rest: &str| format!("{{\"op_id\": \"line-{op_id}\", {rest}}}\n");
    let lines = [
        line(1, "\"op\": \"open\", \"title\": \"same\""),
        line(2, &format!("\"op\": \"set\", \"id\": [\"{id}\"], \"asset\": \"db1\"")),
        line(3, "\"op\": \"open\", \"title\": \"same\""),
        line(4, "\"op\": \"open\", \"title\": \"of two\\nlines\""),
        line(5, &format!("\"op\": \"split\", \"id\": \"{id}\", \"title\": \"another matter\"")),
    ];
    let ids = |text: &str| -> Vec<String> {
        let line = |line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
        text.lines().map(line).collect()
    };
    let first = ids(&desk.feed(lines.concat(), &["batch", "-"]).ok());
    let commits = desk.commits();
    assert_eq!(ids(&desk.feed(lines.concat(), &["batch", "-"]).ok()), first);
    assert_eq!(desk.commits(), commits);
    // One line of it by itself, as a command.
    assert_eq!(desk.run(&["open", "same", "--op-id", "line-3"]).ok().trim(), first[2]);
}
