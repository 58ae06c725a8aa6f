//! `assign`

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

fn with_bob() -> TestDesk {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bob", "--email", "bob@acme.example"]).ok();
    desk
}

#[test]
fn a_new_ticket_becomes_active_when_somebody_has_it() {
    let desk = with_bob();
    let id = desk.open("x", &[]);
    assert_eq!(desk.run(&["assign", &id, "--to", "@bob", "-m", "knows the site"]).to_string(), format!("{id}\n"));
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "active");
    assert_eq!(ticket["assignee"], "bob");
    assert_eq!(ticket["thread"][0]["kind"], "note");
    assert_eq!(ticket["thread"][0]["act"], "assign");
    assert_eq!(ticket["thread"][0]["body"], "knows the site");
    desk.run(&["assign", &id, "--to", "none"]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "active");
    assert_eq!(ticket["assignee"], Value::Null);
    desk.is_sound();
}

#[test]
fn a_name_that_is_no_agent_is_not_found() {
    let desk = with_bob();
    let id = desk.open("x", &[]);
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["assign", &id, "--to", "bop"]).to_string(),
        str![[r#"
stderr: git-desk: no agent `bop`; this desk has ana, bob
stderr:   did you mean `bob`?
stderr:   git desk agent add bop --email MAIL
exit: 3

"#]]
    );
    let error: Value = serde_json::from_str(&desk.run(&["assign", &id, "--to", "bop", "--json"]).fails(3)).unwrap();
    assert_eq!(error["error"]["code"], "no_agent");
    assert_eq!(error["error"]["candidates"], serde_json::json!(["ana", "bob"]));
    desk.run(&["agent", "retire", "bob"]).ok();
    desk.run(&["assign", &id, "--to", "bob"]).fails(3);
    assert_eq!(desk.commits(), before + 1);
}

#[test]
fn without_to_it_says_to_whom() {
    let desk = with_bob();
    let (one, other) = (desk.open("x", &[]), desk.open("y", &[]));
    assert_data_eq!(
        desk.run(&["assign", &one]).to_string(),
        str![[r#"
stderr: git-desk: to whom? `--to` is missing
stderr:   git desk assign 261124-f31aj1bw --to me
stderr:   agents: ana, bob
exit: 2

"#]]
    );
    let error = desk.run(&["assign", &one, &other]).fails(2);
    assert!(error.contains(&format!("{other} is a ticket, not an agent; to whom?")), "{error}");
    assert!(error.contains("agents: ana, bob"), "{error}");
    let error = desk.run(&["assign", &one, "bob"]).fails(2);
    assert!(error.contains(&format!("git desk assign {one} --to bob")), "{error}");
}

/// `desk.toml` with this text at its end and these members of `l1`, committed as a person does.
fn with_policy(desk: &TestDesk, members: &str, more: &str) {
    let path = desk.path().join("desk.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replacen("members = [\"ana\"]", &format!("members = {members}"), 1);
    std::fs::write(&path, format!("{text}\n{more}")).unwrap();
    desk.git(&["commit", "-qam", "policy"]);
}

fn of_three() -> TestDesk {
    let desk = with_bob();
    desk.run(&["agent", "add", "eve", "--email", "eve@acme.example"]).ok();
    desk
}

fn assignee(desk: &TestDesk, id: &str) -> String {
    desk.ticket(id)["assignee"].as_str().unwrap_or("nobody").to_owned()
}

#[test]
fn whoever_is_on_call_for_the_queue_gets_it() {
    let desk = of_three();
    // Turns of a week from Monday 16 November, 09:00: ana, then from 23 November bob; now it is Tuesday 24 November.
    let rota = "[rota.l1]\nstart = 2026-11-16T09:00:00\nshift = \"7d\"\nmembers = [\"ana\", \"bob\"]\n";
    with_policy(&desk, "[\"ana\"]", rota);
    desk.run(&["check"]).ok();
    let one = desk.open("one", &[]);
    desk.run(&["assign", &one, "--to", "@oncall"]).ok();
    assert_eq!(assignee(&desk, &one), "bob");
    assert_eq!(desk.run(&["list", "assignee:oncall", "-o", "ids"]).ok(), format!("{one}\n"));
    assert_eq!(desk.run(&["list", "assignee:@oncall", "--count", "--at", "2026-11-24"]).code, 3, "no commit that old");
    // Until Monday 30 November, 09:00.
    desk.later(6 * 86_400 + 3_600);
    assert_eq!(desk.run(&["list", "assignee:oncall", "-o", "ids"]).ok(), "", "it is ana's turn again");
    let two = desk.open("two", &["--assign", "oncall"]);
    assert_eq!((assignee(&desk, &two).as_str(), desk.ticket(&two)["status"].as_str()), ("ana", Some("active")));
    let line = format!("{{\"op\":\"assign\",\"id\":\"{one}\",\"to\":\"oncall\"}}\n");
    desk.feed(line, &["batch", "-"]).ok();
    assert_eq!(assignee(&desk, &one), "ana");
    desk.is_sound();
}

#[test]
fn without_anybody_on_call_it_says_what_to_do() {
    let desk = with_bob();
    let id = desk.open("x", &[]);
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["assign", &id, "--to", "oncall"]).fails(5),
        str![[r#"
git-desk: l1 has no rota, so nobody is on call for it
  in turn instead: --to next
  in desk.toml: [rota.l1], below it start, shift, members

"#]]
    );
    assert_eq!(desk.commits(), before);
    with_policy(&desk, "[\"ana\"]", "[rota.l1]\nstart = 2026-11-23\nshift = \"7d\"\nmembers = [\"bob\"]\n");
    desk.run(&["agent", "retire", "bob"]).ok();
    assert_data_eq!(
        desk.run(&["open", "y", "--assign", "oncall"]).fails(5),
        str![[r#"
git-desk: bob is on call for l1, and works here no more
  who takes the turns instead: `members` in [rota.l1] of desk.toml

"#]]
    );
    let found = desk.run(&["check"]).stdout;
    assert!(found.contains("\"bob\" of the rota is retired"), "{found}");
}

#[test]
fn tickets_are_dealt_round_the_members_and_it_goes_on_where_it_ended() {
    let desk = of_three();
    with_policy(&desk, "[\"eve\", \"ana\", \"bob\"]", "");
    let ids: Vec<String> = (0..5).map(|number| desk.open(&number.to_string(), &[])).collect();
    let other = desk.open("of another queue", &["--queue", "l2", "--assign", "next"]);
    assert_eq!(assignee(&desk, &other), "ana");
    let before = desk.commits();
    let words: Vec<&str> = ["assign", "--to", "next"].into_iter().chain(ids[..4].iter().map(String::as_str)).collect();
    desk.run(&words).ok();
    assert_eq!(desk.commits(), before + 1);
    // In the order of `members`; the fourth goes to the first again.
    let who = |id: &String| assignee(&desk, id);
    assert_eq!(ids[..4].iter().map(who).collect::<Vec<_>>(), ["eve", "ana", "bob", "eve"]);
    desk.run(&["agent", "retire", "ana"]).ok();
    let lines: String =
        ids[3..].iter().map(|id| format!("{{\"op\":\"assign\",\"id\":\"{id}\",\"to\":\"next\"}}\n")).collect();
    desk.feed(lines, &["batch", "-"]).ok();
    // ana is no more; bob has waited longest; then eve, who had the last but one.
    assert_eq!(ids[3..].iter().map(who).collect::<Vec<_>>(), ["bob", "eve"]);
    // Of two members the other one, although it is eve's turn no more: who has it is not next.
    desk.run(&["assign", &ids[4], "--to", "next"]).ok();
    assert_eq!(assignee(&desk, &ids[4]), "bob");
    desk.run(&["assign", &ids[4], "--to", "next", "--if-unassigned"]).fails(5);
    desk.is_sound();
}

#[test]
fn a_queue_of_nobody_has_no_next() {
    let desk = with_bob();
    with_policy(&desk, "[]", "");
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["open", "x", "--assign", "next"]).fails(5),
        str![[r#"
git-desk: l1 has no active members, so nobody is next
  in desk.toml: members = ["…"] of the queue     or by name: --to NAME

"#]]
    );
    assert_eq!(desk.commits(), before);
    let error = desk.run(&["agent", "add", "next", "--email", "next@example.com"]).fails(2);
    assert!(error.contains("`next` is a word of its own"), "{error}");
}

#[test]
fn two_at_once_never_get_the_same_turn() {
    let desk = of_three();
    with_policy(&desk, "[\"ana\", \"bob\", \"eve\"]", "");
    let ids: Vec<String> = (0..6).map(|number| desk.open(&number.to_string(), &[])).collect();
    let quiet = std::process::Stdio::null;
    let start = |id: &String| desk.command(&["assign", id, "--to", "next"]).stdout(quiet()).spawn().unwrap();
    let running: Vec<_> = ids.iter().map(start).collect();
    for mut child in running {
        assert!(child.wait().unwrap().success());
    }
    let mut who: Vec<String> = ids.iter().map(|id| assignee(&desk, id)).collect();
    who.sort_unstable();
    assert_eq!(who, ["ana", "ana", "bob", "bob", "eve", "eve"]);
    desk.is_sound();
}
