//! `approve`

mod held;

use snapbox::{assert_data_eq, str};

use super::service::{catalogue, laptop, put};
use crate::support::TestDesk;

fn by(desk: &TestDesk, who: &str, words: &[&str]) -> crate::support::Ran {
    desk.later(60);
    desk.at("desk").by(who).run(words)
}

#[test]
fn only_those_whom_the_service_names_decide_and_each_once() {
    let desk = catalogue();
    let id = laptop(&desk);
    let before = desk.commits();
    assert_data_eq!(
        by(&desk, "zoe", &["approve", &id]).to_string(),
        str![[r#"
stderr: git-desk: zoe does not decide on 261124-hezx7bwg: bob, lea may
exit: 9

"#]]
    );
    assert_data_eq!(
        by(&desk, "F <fatima@acme.example>", &["refuse", &id, "-m", "x"]).to_string(),
        str![[r#"
stderr: git-desk: fatima@acme.example does not decide on 261124-hezx7bwg: bob, lea may
exit: 9

"#]]
    );
    assert_eq!(desk.commits(), before);
    by(&desk, "lea", &["approve", &id]).ok();
    by(&desk, "lea", &["approve", &id]).ok();
    assert_eq!(desk.commits(), before + 1, "once is enough");
    assert_data_eq!(
        by(&desk, "lea", &["approve", &id, "--strict"]).to_string(),
        str![[r#"
stderr: git-desk: `approve` would change nothing: 261124-hezx7bwg is so already
exit: 5

"#]]
    );
    assert_data_eq!(
        by(&desk, "ana", &["resolve", &id, "--resolution", "fixed"]).to_string(),
        str![[r#"
stderr: git-desk: 261124-hezx7bwg: an approval is still open: that of bob
stderr:   git desk approve 261124-hezx7bwg     or: git desk refuse 261124-hezx7bwg --reason "why"
exit: 5

"#]]
    );
    by(&desk, "ana", &["close", &id, "--resolution", "cancelled"]).ok();
    assert_data_eq!(
        by(&desk, "bob", &["approve", &id]).to_string(),
        str![[r#"
stderr: git-desk: 261124-hezx7bwg is closed as cancelled; what has ended is not approved
stderr:   git desk reopen 261124-hezx7bwg -m "why"
exit: 5

"#]]
    );
}

#[test]
fn what_nobody_must_approve_is_not_approved() {
    let desk = catalogue();
    let id = desk.run(&["service", "request", "password"]).ok();
    assert_data_eq!(
        desk.run(&["approve", id.trim_end()]).to_string(),
        str![[r#"
stderr: git-desk: 261124-hezx7bwg needs no approval: its service `password` names nobody who approves
stderr:   git desk service list
exit: 5

"#]]
    );
    let other = desk.open("Printer", &[]);
    assert_data_eq!(
        desk.run(&["approve", &other]).to_string(),
        str![[r#"
stderr: git-desk: 261124-jb6d1ncw needs no approval: it is of no service
stderr:   git desk service list
exit: 5

"#]]
    );
}

#[test]
fn for_the_manager_stands_a_lead_but_not_for_themselves() {
    let desk = catalogue();
    put(&desk, &[("services/chair.toml", "title = \"Chair\"\napproval = [\"requester-manager\"]\n")]);
    let ask = |who: &str| by(&desk, who, &["service", "request", "chair"]).ok().trim_end().to_owned();
    let (zoes, leas) = (ask("zoe"), ask("lea"));
    assert_data_eq!(
        by(&desk, "zoe", &["approve", &zoes]).to_string(),
        str![[r#"
stderr: git-desk: zoe does not decide on 261124-bwf3mngd: ana, lea may
stderr:   for the requester's manager stands any lead or admin, but not for themselves
exit: 9

"#]]
    );
    by(&desk, "lea", &["approve", &zoes]).ok();
    assert_eq!(desk.ticket(&zoes)["status"], "active");
    assert_eq!(by(&desk, "lea", &["approve", &leas]).code, 9);
    by(&desk, "ana", &["approve", &leas]).ok();
    assert_eq!(desk.ticket(&leas)["status"], "active");
}

#[test]
fn several_are_approved_and_resolved_in_one_batch() {
    let desk = catalogue();
    let ids = [laptop(&desk), laptop(&desk)];
    by(&desk, "bob", &["approve", "--where", "waiting_on:approval", "--yes"]).ok();
    let lines: String = ids
        .iter()
        .map(|id| format!("{{\"op\": \"approve\", \"id\": \"{id}\"}}\n{{\"op\": \"resolve\", \"id\": \"{id}\", \"resolution\": \"fixed\"}}\n"))
        .collect();
    desk.later(60);
    let lea = desk.at("desk").by("lea");
    assert_eq!(lea.feed(&lines, &["batch", "-"]).code, 0);
    assert!(ids.iter().all(|id| desk.ticket(id)["status"] == "resolved"));
    desk.run(&["reopen", &ids[0], "-m", "it is the wrong one"]).ok();
    desk.run(&["resolve", &ids[0], "--resolution", "fixed"]).ok();
}

#[test]
fn two_who_approve_at_once_are_both_heard() {
    let desk = catalogue();
    let id = laptop(&desk);
    desk.git(&["checkout", "-qb", "other"]);
    by(&desk, "bob", &["approve", &id]).ok();
    desk.git(&["checkout", "-q", "main"]);
    by(&desk, "lea", &["approve", &id]).ok();
    desk.git(&["merge", "-q", "--no-edit", "other"]);
    assert_eq!(desk.ticket(&id)["status"], "waiting", "each was the last but one");
    desk.git(&["branch", "both"]);
    by(&desk, "lea", &["approve", &id]).ok();
    assert_eq!(desk.ticket(&id)["status"], "active");
    assert_eq!(desk.ticket(&id)["thread"].as_array().unwrap().len(), 2, "and nothing is said twice");
    // Where neither says it again, a sweep finds out.
    desk.git(&["reset", "-q", "--hard", "both"]);
    desk.run(&["wait", &desk.open("The boss must say yes", &[]), "--on", "approval"]).ok();
    desk.run(&["sweep"]).ok();
    assert_eq!(desk.ticket(&id)["status"], "active");
    assert_eq!(desk.run(&["list", "waiting_on:approval", "--count"]).ok(), "1\n", "of which the desk knows nothing");
}

/// A line for each finding of `check --base main`: its code and the message.
fn found(desk: &TestDesk) -> Vec<String> {
    let json = desk.run(&["check", "--base", "main", "--json"]).stdout;
    let all: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let text = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap().to_owned();
    let mut found: Vec<String> =
        all.iter().map(|one| format!("{} {}", text(one, "code"), text(one, "message"))).collect();
    found.sort();
    found
}

#[test]
fn a_branch_that_goes_round_the_approval_is_seen() {
    let desk = catalogue();
    let id = laptop(&desk);
    desk.git(&["checkout", "-qb", "review"]);
    // By hand.
    desk.change(&desk.file(&id), "status = \"waiting\"", "status = \"resolved\"");
    desk.change(&desk.file(&id), "resolution = \"\"", "resolution = \"fixed\"");
    desk.change(&desk.file(&id), "waiting_on = \"approval\"", "waiting_on = \"\"");
    desk.git(&["commit", "-qam", "by hand"]);
    assert_eq!(found(&desk), ["DSK411 an approval is still open: that of lea and bob"]);
    // Who approves is said by the version before.
    let service = desk.path().join("services/new-laptop.toml");
    desk.change(&service, "approval = [\"lea\", \"bob\"]", "approval = [\"ana\"]");
    desk.git(&["commit", "-qam", "mine"]);
    desk.git(&["checkout", "-q", "HEAD~1", "--", "tickets"]);
    assert_eq!(found(&desk), ["DSK411 an approval is still open: that of lea and bob"]);
}

#[test]
fn a_decision_of_somebody_who_is_not_asked_is_an_error() {
    let desk = catalogue();
    let id = laptop(&desk);
    desk.git(&["checkout", "-qb", "review"]);
    let folder = desk.path().join(crate::support::ticket_path(&id).trim_end_matches(".toml"));
    std::fs::create_dir_all(&folder).unwrap();
    let put = |name: &str, by: &str| {
        let text =
            format!("kind = \"approval\"\n\nby = \"{by}\"\n\nat = 2026-11-24T09:00:00Z\n\ndecision = \"approved\"\n");
        std::fs::write(folder.join(format!("20261124T090000Z-{name}.toml")), text).unwrap();
        desk.git(&["add", "."]);
        desk.git(&["commit", "-qm", "approval"]);
    };
    put("abcd23", "ana");
    put("abcd24", "lea");
    let commits = desk.git(&["log", "--format=%h", "--abbrev=10", "-2"]);
    let commits: Vec<&str> = commits.lines().collect();
    let told = [
        "DSK803 it says it is by lea, and the commit is by ana".to_owned(),
        format!("DSK804 ana may not approve {id} (commit {}): that is for lea, bob", commits[1]),
        format!("DSK804 ana wrote a decision of lea on {id} (commit {})", commits[0]),
    ];
    let found: Vec<String> = found(&desk).into_iter().filter(|line| !line.starts_with("DSK7")).collect();
    assert_eq!(found, told);
    // An honest one is none.
    desk.git(&["checkout", "-q", "main"]);
    desk.git(&["checkout", "-qb", "honest"]);
    by(&desk, "lea", &["approve", &id]).ok();
    assert_eq!(self::found(&desk), [""; 0]);
}
