//! History comes from what commits did to files, whoever made them and however.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::support::{TestDesk, ticket_path};

/// The facts of a ticket as `by field: from -> to`, those of one field where it is named.
fn facts(desk: &TestDesk, id: &str, field: &str) -> Vec<String> {
    let log = desk.run(&["log", id, "-o", "jsonl"]).ok();
    let facts = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    facts
        .filter(|fact| fact["field"] == field)
        .map(|fact| {
            let text = |name: &str| fact[name].as_str().unwrap_or("null").to_owned();
            format!("{}: {} -> {}", text("by"), text("from"), text("to"))
        })
        .collect()
}

/// The commit that `blame` names for a field.
fn blamed(desk: &TestDesk, id: &str, field: &str) -> String {
    let blame: Vec<Value> = serde_json::from_str(&desk.run(&["blame", id, "--json"]).ok()).unwrap();
    let row = blame.iter().find(|row| row["field"] == field).unwrap_or_else(|| panic!("{field}: {blame:?}"));
    row["commit"].as_str().unwrap().to_owned()
}

fn head(desk: &TestDesk) -> String {
    desk.git(&["rev-parse", "HEAD"]).trim().to_owned()
}

/// Replays the log up to each commit of the branch and compares with the file there.
pub fn law_holds(desk: &TestDesk, id: &str) {
    for commit in desk.git(&["rev-list", "--first-parent", "--reverse", "HEAD"]).lines() {
        let there = desk.run(&["show", id, "--json", "--at", commit]);
        let log = desk.run(&["log", id, "-o", "jsonl", "--at", commit]);
        if there.code == 3 {
            continue;
        }
        let ticket: Value = serde_json::from_str(&there.ok()).unwrap();
        let mut replayed: BTreeMap<String, Value> = BTreeMap::new();
        let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for fact in log.ok().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
            let field = fact["field"].as_str().unwrap().to_owned();
            if matches!(field.as_str(), "tags" | "thread") {
                let list = lists.entry(field).or_default();
                list.retain(|element| fact["from"] != element.as_str());
                list.extend(fact["to"].as_str().map(str::to_owned));
            } else {
                replayed.insert(field, fact["to"].clone());
            }
        }
        for field in ["title", "status", "priority", "queue", "assignee", "category", "asset", "resolution"] {
            let replayed = replayed.get(field).cloned().unwrap_or(Value::Null);
            assert_eq!(replayed, ticket[field], "{field} at {commit}");
        }
        let mut tags = lists.remove("tags").unwrap_or_default();
        tags.sort();
        assert_eq!(serde_json::to_value(tags).unwrap(), ticket["tags"], "tags at {commit}");
        let thread = ticket["thread"].as_array().unwrap().len();
        assert_eq!(lists.remove("thread").unwrap_or_default().len(), thread, "thread at {commit}");
    }
}

#[test]
fn a_hand_edit_is_history_like_any_other() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops", &[]);
    desk.change(&desk.file(&id), "priority = \"p3\"", "priority = \"p1\"");
    desk.git(&["commit", "-qam", "raise by hand"]);
    assert_eq!(facts(&desk, &id, "priority"), ["ana: null -> p3", "ana: p3 -> p1"]);
    assert_eq!(blamed(&desk, &id, "priority"), head(&desk));
    law_holds(&desk, &id);
}

#[test]
fn an_editor_session_is_history() {
    let desk = TestDesk::new().with("GIT_DESK_EDITOR", "sed -i 's/^asset = .*/asset = \"fw1\"/'");
    let id = desk.open("VPN drops", &[]);
    desk.run(&["edit", &id]).ok();
    assert_eq!(facts(&desk, &id, "asset"), ["ana: null -> fw1"]);
    assert_eq!(blamed(&desk, &id, "asset"), head(&desk));
    desk.is_sound();
}

#[test]
fn a_change_of_form_makes_no_fact() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops", &[]);
    let before = desk.run(&["log", &id]).ok();
    desk.change(&desk.file(&id), "priority = \"p3\"", "# a remark\npriority    =   'p3'   # why not");
    desk.git(&["commit", "-qam", "form only"]);
    assert_eq!(desk.run(&["log", &id]).ok(), before);
}

#[test]
fn a_revert_takes_the_change_back_in_history() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops", &[]);
    desk.run(&["set", &id, "priority=p1"]).ok();
    desk.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(facts(&desk, &id, "priority"), ["ana: null -> p3", "ana: p3 -> p1", "ana: p1 -> p3"]);
    assert_eq!(blamed(&desk, &id, "priority"), head(&desk));
    law_holds(&desk, &id);
}

#[test]
fn a_merge_counts_each_change_once() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops", &[]);
    desk.git(&["switch", "-qc", "side"]);
    desk.run(&["set", &id, "category=network/vpn"]).ok();
    desk.run(&["comment", &id, "from the side"]).ok();
    desk.git(&["switch", "-q", "main"]);
    desk.run(&["set", &id, "asset=fw1"]).ok();
    desk.run(&["tag", &id, "--add", "vpn"]).ok();
    desk.git(&["merge", "-q", "--no-edit", "side"]);
    assert_eq!(facts(&desk, &id, "category"), ["ana: null -> network/vpn"]);
    assert_eq!(facts(&desk, &id, "asset"), ["ana: null -> fw1"]);
    assert_eq!(facts(&desk, &id, "thread").len(), 1);
    assert_ne!(blamed(&desk, &id, "category"), head(&desk));
    law_holds(&desk, &id);
}

#[test]
fn what_a_merge_itself_changes_is_a_fact_of_the_merge() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops", &[]);
    desk.git(&["switch", "-qc", "side"]);
    desk.run(&["set", &id, "asset=fw1"]).ok();
    desk.git(&["switch", "-q", "main"]);
    desk.run(&["set", &id, "asset=fw2"]).ok();
    let merge = desk.program("git", &["merge", "-q", "side"]).output().unwrap();
    assert!(!merge.status.success(), "the same line must conflict");
    let file = desk.file(&id);
    desk.git(&["checkout", "-q", "--ours", &ticket_path(&id)]);
    desk.change(&file, "asset = \"fw2\"", "asset = \"fw3\"");
    desk.git(&["commit", "-qam", "merge by hand"]);
    assert_eq!(facts(&desk, &id, "asset").last().unwrap(), "ana: fw2 -> fw3");
    assert_eq!(blamed(&desk, &id, "asset"), head(&desk));
    law_holds(&desk, &id);
}

#[test]
fn a_rebase_keeps_times_and_authors() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops", &[]);
    desk.git(&["switch", "-qc", "side"]);
    desk.run(&["set", &id, "category=network/vpn"]).ok();
    let before = desk.run(&["log", &id, "-o", "jsonl"]).ok();
    let at = |log: &str| {
        let last: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
        (last["at"].clone(), last["by"].clone())
    };
    desk.git(&["switch", "-q", "main"]);
    desk.open("another", &[]);
    desk.git(&["switch", "-q", "side"]);
    desk.git(&["rebase", "-q", "main"]);
    let after = desk.run(&["log", &id, "-o", "jsonl"]).ok();
    assert_eq!(at(&before), at(&after));
    assert_eq!(after.lines().count(), before.lines().count());
    assert_eq!(blamed(&desk, &id, "category"), head(&desk));
    law_holds(&desk, &id);
}

#[test]
fn a_rewritten_history_is_followed() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops", &[]);
    desk.run(&["set", &id, "priority=p1"]).ok();
    desk.run(&["log", &id]).ok();
    desk.git(&["reset", "-q", "--hard", "HEAD~1"]);
    desk.run(&["set", &id, "priority=p2"]).ok();
    assert_eq!(facts(&desk, &id, "priority"), ["ana: null -> p3", "ana: p3 -> p2"]);
}

#[test]
fn a_deleted_ticket_leaves_a_last_fact() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops", &[]);
    desk.git(&["rm", "-q", &ticket_path(&id)]);
    desk.git(&["commit", "-qm", "gone"]);
    assert_eq!(desk.run(&["list", "--count"]).ok(), "0\n");
    let log = desk.run(&["log", "-o", "jsonl"]).ok();
    let last: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!((&last["field"], &last["to"]), (&Value::from("ticket"), &Value::Null));
}

#[test]
fn a_shallow_clone_reads_and_writes_but_tells_no_history() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops", &[]);
    desk.run(&["set", &id, "priority=p1"]).ok();
    let url = format!("file://{}", desk.path().display());
    desk.git(&["clone", "-q", "--depth=1", &url, "../clone"]);
    let clone = desk.at("clone");
    // The clone is beside the desk, in the folder of the first world.
    let clone_path = desk.path().parent().unwrap().join("clone");
    let run = |words: &[&str]| clone.run(&[&["--repo", clone_path.to_str().unwrap()], words].concat());
    assert_eq!(run(&["list", "--count"]).ok(), "1\n");
    run(&["comment", &id, "written here"]).ok();
    for words in [["log", &id].as_slice(), &["report", "flow"], &["blame", &id], &["list", "idle:1h.."]] {
        let said = run(words).fails(7);
        assert!(said.contains("shallow") && said.contains("git fetch --unshallow"), "{said}");
    }
}

#[test]
fn reports_count_what_hands_did() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops", &[]);
    let file = desk.file(&id);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(
        &file,
        text.replace("status = \"new\"", "status = \"resolved\"")
            .replace("resolution = \"\"", "resolution = \"fixed\""),
    )
    .unwrap();
    desk.git(&["commit", "-qam", "by hand"]);
    desk.git(&["revert", "--no-edit", "HEAD"]);
    let report: Value = serde_json::from_str(&desk.run(&["report", "quality", "--json"]).ok()).unwrap();
    assert_eq!(report["reopen"]["events"], 1);
    let flow: Value = serde_json::from_str(&desk.run(&["report", "flow", "--json"]).ok()).unwrap();
    assert_eq!(flow["flow"][0]["resolved"], 1);
    assert_eq!(flow["flow"][0]["backlog_end"], 1);
}
