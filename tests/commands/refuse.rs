//! `refuse`

use snapbox::{assert_data_eq, str};

use super::service::{catalogue, laptop};

#[test]
fn one_refusal_ends_a_request_with_its_reason() {
    let desk = catalogue();
    let id = laptop(&desk);
    let lea = desk.at("desk").by("lea");
    assert_data_eq!(
        lea.run(&["refuse", &id]).to_string(),
        str![[r#"
stderr: git-desk: why is 261124-hezx7bwg refused? the reason is missing
stderr:   git desk refuse 261124-hezx7bwg --reason "why"
exit: 2

"#]]
    );
    assert_data_eq!(
        lea.on_terminal("", &["refuse", &id, "--reason", "the old one is a year old"]).to_string(),
        str![[r#"
261124-hezx7bwg
hezx is resolved as rejected

"#]]
    );
    let ticket = desk.ticket(&id);
    assert_eq!((&ticket["status"], &ticket["resolution"]), (&"resolved".into(), &"rejected".into()));
    assert_eq!(
        (&ticket["solution"], &ticket["waiting_on"]),
        (&"the old one is a year old".into(), &serde_json::Value::Null)
    );
    assert_eq!(
        (&ticket["thread"][0]["kind"], &ticket["thread"][0]["decision"]),
        (&"approval".into(), &"refused".into())
    );
    let before = desk.commits();
    lea.run(&["refuse", &id, "-m", "again"]).ok();
    assert_eq!(desk.commits(), before, "it is so already");
    assert_data_eq!(
        lea.run(&["approve", &id]).to_string(),
        str![[r#"
stderr: git-desk: 261124-hezx7bwg is resolved as rejected; what has ended is not approved
stderr:   git desk reopen 261124-hezx7bwg -m "why"
exit: 5

"#]]
    );
    assert_eq!(desk.run(&["check", "--fail-level", "warning"]).ok(), "");
}

#[test]
fn who_refused_may_think_better_of_it() {
    let desk = catalogue();
    let id = laptop(&desk);
    let [lea, bob] = ["lea", "bob"].map(|who| desk.at("desk").by(who));
    bob.run(&["approve", &id]).ok();
    lea.later(600);
    lea.run(&["refuse", &id, "-m", "no"]).ok();
    desk.later(3_600);
    desk.run(&["reopen", &id, "-m", "there is money now"]).ok();
    assert_data_eq!(
        desk.run(&["resolve", &id, "--resolution", "fixed"]).to_string(),
        str![[r#"
stderr: git-desk: 261124-hezx7bwg: an approval is still open: that of lea
stderr:   git desk approve 261124-hezx7bwg     or: git desk refuse 261124-hezx7bwg --reason "why"
exit: 5

"#]]
    );
    lea.later(7_200);
    lea.run(&["approve", &id]).ok();
    desk.later(7_200);
    desk.run(&["resolve", &id, "--resolution", "fixed"]).ok();
}
