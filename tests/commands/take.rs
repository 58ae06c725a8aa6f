//! `take`

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

fn with_bob() -> TestDesk {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bob", "--email", "bob@acme.example"]).ok();
    desk
}

#[test]
fn a_ticket_taken_is_mine_and_active() {
    let desk = TestDesk::new();
    let id = desk.open("x", &[]);
    let taken = desk.run(&["take", &id, "--json=assignee,status,changed,created"]);
    assert_data_eq!(
        taken.to_string(),
        str![[r#"
{
  "assignee": "ana",
  "changed": true,
  "created": false,
  "status": "active"
}

"#]]
    );
    let before = desk.commits();
    assert_eq!(desk.run(&["take", &id]).ok(), format!("{id}\n"));
    desk.run(&["take", &id, "--strict"]).fails(5);
    assert_eq!(desk.commits(), before);
}

#[test]
fn somebody_was_faster() {
    let desk = with_bob();
    let (id, free) = (desk.open("x", &[]), desk.open("y", &[]));
    desk.at("desk").by("bob").run(&["take", &id]).ok();
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["take", &id]).to_string(),
        str![[r#"
stderr: git-desk: 261124-f31aj1bw went to bob 1 min ago
stderr:   free in your queues: w90t
stderr:   take it from them: git desk take 261124-f31aj1bw --from bob
exit: 5

"#]]
    );
    let error = desk.run(&["take", &free, &id]).fails(5);
    assert!(error.contains(&format!("free in your queues: {}", &free[7..11])), "{error}");
    assert!(error.contains("went to bob") && error.contains(&format!("git desk take {id} --from bob")), "{error}");
    let error: Value = serde_json::from_str(&desk.run(&["take", &id, "--json"]).fails(5)).unwrap();
    assert_eq!(error["error"]["code"], "taken");
    desk.at("desk").by("Eve <eve@example.com>").run(&["take", &free]).fails(3);
    assert_eq!(desk.commits(), before);
    assert_eq!(desk.ticket(&free)["assignee"], Value::Null, "all or none");
}

#[test]
fn it_is_taken_from_whom_is_named_and_nobody_else() {
    let desk = with_bob();
    let id = desk.open("x", &["--assign", "bob"]);
    desk.run(&["take", &id, "--from", "eve"]).fails(5);
    desk.run(&["take", &id, "--from", "@bob", "--dry-run"]).ok();
    assert_eq!(desk.ticket(&id)["assignee"], "bob");
    desk.run(&["take", &id, "--from", "@bob"]).ok();
    assert_eq!(desk.ticket(&id)["assignee"], "ana");
    desk.is_sound();
}
