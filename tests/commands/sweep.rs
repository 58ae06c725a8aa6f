//! `sweep`

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

const RULES: &str = "\
[[sla]]
[sla.targets.p3]
acknowledge = \"1h\"
resolve = \"4h\"

[[escalation]]
name = \"nobody looks\"
clock = \"acknowledge\"
at = \"100%\"
do = [\"notify\", \"escalate\"]

[[escalation]]
clock = \"resolve\"
at = \"75%\"
do = \"raise\"
";

/// A desk whose office opens at nine, with these rules.
fn desk(rules: &str) -> TestDesk {
    let desk = TestDesk::new();
    desk.promise(rules);
    desk.later(3_600);
    desk
}

#[test]
fn a_ticket_that_a_person_is_editing_keeps_no_other_from_what_is_due() {
    let desk = desk("");
    let tickets = ["one", "two"].map(|title| desk.open(title, &[]));
    for id in &tickets {
        desk.run(&["wait", id, "--on", "vendor", "--until", "2026-11-24T12:00:00Z"]).ok();
    }
    desk.later(4 * 3_600);
    desk.change(&desk.file(&tickets[0]), "title", "# mine\ntitle");
    let run = desk.run(&["sweep", "-q"]);
    assert!(run.code == 5 && run.stderr.contains("has changes of yours that are not committed"), "{run}");
    let status = |id: &String| desk.ticket(id)["status"].as_str().unwrap().to_owned();
    assert_eq!(tickets.each_ref().map(status), ["waiting", "active"]);
    desk.git(&["commit", "-qam", "mine"]);
    desk.run(&["sweep"]).ok();
    assert_eq!(tickets.each_ref().map(status), ["active", "active"]);
    desk.is_sound();
}

#[test]
fn what_has_come_due_is_done_in_one_commit_and_only_once() {
    let desk = desk(RULES);
    let waits = desk.open("waits until noon", &["--priority", "p5"]);
    desk.run(&["wait", &waits, "--on", "vendor", "--until", "2026-11-24T12:00:00Z"]).ok();
    let late = desk.open("nobody looks at it", &[]);
    let solved = desk.open("solved", &["--priority", "p5"]);
    desk.run(&["resolve", &solved, "--resolution", "fixed", "-m", "done"]).ok();
    assert_data_eq!(
        desk.on_terminal("", &["sweep"]).to_string(),
        str![[r#"
nothing has come due

"#]]
    );
    desk.later(4 * 3_600);
    let commits = desk.commits();
    assert_data_eq!(
        desk.on_terminal("", &["sweep", "--dry-run"]).to_string(),
        str![[r#"
woken      261124-f31aj1bw  waits until noon  waited on vendor
noted      261124-nd2t0vvk  nobody looks at it  acknowledge has reached 100% of 1h (nobody looks)
escalated  261124-nd2t0vvk  nobody looks at it  acknowledge has reached 100% of 1h (nobody looks)
raised     261124-nd2t0vvk  nobody looks at it  resolve has reached 75% of 4h
noted      261124-nd2t0vvk  nobody looks at it  resolve has reached 75% of 4h

"#]]
    );
    assert_eq!(desk.commits(), commits);
    assert_data_eq!(
        desk.on_terminal("", &["sweep"]).to_string(),
        str![[r#"
woken      261124-f31aj1bw  waits until noon  waited on vendor
noted      261124-nd2t0vvk  nobody looks at it  acknowledge has reached 100% of 1h (nobody looks)
escalated  261124-nd2t0vvk  nobody looks at it  acknowledge has reached 100% of 1h (nobody looks)
raised     261124-nd2t0vvk  nobody looks at it  resolve has reached 75% of 4h
noted      261124-nd2t0vvk  nobody looks at it  resolve has reached 75% of 4h

"#]]
    );
    assert_eq!(desk.commits(), commits + 1);
    assert_data_eq!(
        desk.git(&["log", "-1", "--format=%an <%ae>%n%B"]),
        str![[r#"
git-desk <machine@testhost>
sweep: 5 changes

wake 261124-f31aj1bw: waited on vendor
notify 261124-nd2t0vvk: acknowledge has reached 100% of 1h (nobody looks)
escalate 261124-nd2t0vvk: acknowledge has reached 100% of 1h (nobody looks)
raise 261124-nd2t0vvk: resolve has reached 75% of 4h
notify 261124-nd2t0vvk: resolve has reached 75% of 4h

Desk-Act: sweep


"#]]
    );
    assert_eq!(desk.run(&["sweep"]).ok(), "", "nothing is due any more");
    assert_eq!(desk.commits(), commits + 1);
    let ticket = desk.ticket(&late);
    assert_eq!((&ticket["queue"], &ticket["priority"], &ticket["status"]), (&"l2".into(), &"p2".into(), &"new".into()));
    assert_eq!(desk.ticket(&waits)["status"], "active");
    // Five working days after it was resolved, the weekend left out.
    desk.later(6 * 86_400);
    assert_eq!(desk.ticket(&solved)["status"], "resolved");
    desk.later(86_400);
    let rows: Vec<Value> = serde_json::from_str(&desk.run(&["sweep", "--json"]).ok()).unwrap();
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "swept"]).ok()).unwrap();
    assert!(rows.iter().all(|row| jsonschema::is_valid(&schema, row)), "{rows:?}");
    let said: Vec<String> = rows.iter().map(|row| format!("{} {}", row["act"], row["words"])).collect();
    assert_eq!(said, ["\"close\" \"resolved 5bd ago\""]);
    assert_eq!(desk.ticket(&solved)["status"], "closed");
    assert_eq!(desk.run(&["check"]).code, 0);
    assert_data_eq!(
        desk.run(&["sweep", "--at", "HEAD"]).fails(2),
        str![[r#"
git-desk: `--at` looks back; what has been is not changed

"#]]
    );
}

#[test]
fn what_is_refused_is_told_and_keeps_nothing_else_back() {
    let desk = desk(&RULES.replace("do = [\"notify\", \"escalate\"]", "do = \"escalate\"\nto = \"l9\""));
    let first = desk.open("nobody looks at it", &[]);
    let waits = desk.open("waits", &["--priority", "p5"]);
    desk.run(&["wait", &waits, "--on", "vendor", "--until", "2026-11-24T10:00:00Z"]).ok();
    desk.later(2 * 3_600);
    let run = desk.run(&["sweep"]);
    assert_eq!(run.code, 3, "{run}");
    assert_data_eq!(
        run.to_string(),
        str![[r#"
wake	261124-w90thdzm	waited on vendor	waits	
escalate	261124-f31aj1bw	acknowledge has reached 100% of 1h (nobody looks)	nobody looks at it	261124-f31aj1bw: "l9" is neither a queue nor an agent
stderr: git-desk: 261124-f31aj1bw: "l9" is neither a queue nor an agent
stderr:   did you mean `l1`?
exit: 3

"#]]
    );
    assert_eq!(desk.ticket(&waits)["status"], "active");
    assert_eq!(desk.ticket(&first)["queue"], "l1");
}

#[test]
fn from_the_last_queue_its_lead_is_told_and_a_machine_acknowledges_nothing() {
    let desk = desk(RULES);
    let id = desk.open("nobody looks at it", &["--queue", "l3"]);
    desk.later(70 * 60);
    desk.run(&["sweep"]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!((&ticket["queue"], &ticket["watchers"][0]), (&"l3".into(), &"ana".into()));
    assert!(ticket["acknowledged"].is_null(), "{ticket}");
    let sla = |ticket: &Value| ticket["sla"][0]["state"].clone();
    assert_eq!(sla(&ticket), "breached");
}

#[test]
fn a_rule_fires_again_in_the_next_cycle_and_what_is_most_urgent_stays() {
    let desk = desk(
        "[[sla]]\n[sla.targets.p1]\nresolve = \"1h\"\n\n[[escalation]]\nclock = \"resolve\"\nat = \"100%\"\ndo = [\"notify\", \"raise\"]\n",
    );
    let id = desk.open("breaks again and again", &["--priority", "p1"]);
    let told = |desk: &TestDesk| desk.run(&["log", &id]).ok().matches("100%").count();
    let fired = |desk: &TestDesk| {
        let thread = desk.ticket(&id)["thread"].as_array().unwrap().clone();
        thread.iter().filter_map(|entry| entry["fired"].as_str()).map(str::to_owned).collect::<Vec<_>>()
    };
    desk.later(3_600);
    desk.run(&["sweep"]).ok();
    assert_eq!(fired(&desk).len(), 1, "{}", told(&desk));
    assert_eq!(desk.ticket(&id)["priority"], "p1");
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "once"]).ok();
    desk.run(&["reopen", &id, "-m", "not so"]).ok();
    desk.run(&["sweep"]).ok();
    let both = fired(&desk);
    assert!(both.len() == 2 && both[0].starts_with("resolve 1 ") && both[1].starts_with("resolve 2 "), "{both:?}");
    desk.run(&["sweep"]).ok();
    assert_eq!(fired(&desk).len(), 2);
}
