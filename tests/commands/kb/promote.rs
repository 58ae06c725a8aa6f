//! `kb promote`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

fn solved(desk: &TestDesk) -> String {
    let words =
        ["--category", "network/vpn", "--service", "vpn", "-m", "At :00 all sessions are gone.\n\nSince Monday."];
    let id = desk.open("VPN drops every hour", &words);
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "Set group 14. Renewed by hand. Watched it."]).ok();
    id
}

#[test]
fn a_solved_ticket_becomes_a_draft_that_it_names() {
    let desk = TestDesk::new();
    let id = solved(&desk);
    let before = desk.commits();
    assert_eq!(desk.run(&["kb", "promote", &id]).ok(), "vpn/vpn-drops-every-hour\n");
    assert_eq!(desk.commits(), before + 1);
    assert_eq!(desk.ticket(&id)["articles"], serde_json::json!(["vpn/vpn-drops-every-hour"]));
    assert_data_eq!(
        std::fs::read_to_string(desk.path().join("kb/vpn/vpn-drops-every-hour.toml")).unwrap(),
        str![[r#"
title = "VPN drops every hour"

state = "draft"

audience = "internal"

language = ""

symptoms = [
  "At :00 all sessions are gone.",
  "Since Monday.",
  "VPN drops every hour",
]

cause = '''
'''

services = [
  "vpn",
]

categories = [
  "network/vpn",
]

tags = [
]

owner = "ana"

tested = ""

tested_by = ""

review_by = ""

body = '''
## Steps

1. Set group 14.
2. Renewed by hand.
3. Watched it.
'''

"#]]
    );
    assert_data_eq!(
        desk.git(&["log", "-1", "--format=%B"]),
        str![[r#"
kb promote 261124-svz5ne2x: vpn/vpn-drops-every-hour

Desk-Ticket: 261124-svz5ne2x
Desk-Act: kb


"#]]
    );
    desk.run(&["check"]).ok();
    desk.is_sound();
}

#[test]
fn done_twice_it_is_the_same_article() {
    let desk = TestDesk::new();
    let id = solved(&desk);
    let name = desk.run(&["kb", "promote", &id, "--topic", "network"]).ok();
    assert_eq!(name, "network/vpn-drops-every-hour\n");
    desk.run(&["kb", "edit", name.trim(), "--title", "Another title"]).ok();
    let before = desk.commits();
    assert_eq!(desk.run(&["kb", "promote", &id]).ok(), name);
    assert_data_eq!(
        desk.run(&["kb", "promote", &id, "--strict"]).fails(5),
        str![[r#"
git-desk: `kb promote` would change nothing: network/vpn-drops-every-hour is so already

"#]]
    );
    assert_eq!(desk.commits(), before);
}

#[test]
fn a_topic_that_is_there_is_taken_before_a_new_one() {
    let desk = TestDesk::new();
    desk.run(&["kb", "new", "network/x", "--title", "X"]).ok();
    let id = solved(&desk);
    assert_eq!(desk.run(&["kb", "promote", &id]).ok(), "network/vpn-drops-every-hour\n");
}

#[test]
fn what_nobody_solved_teaches_nothing() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops", &[]);
    assert_data_eq!(
        desk.run(&["kb", "promote", &id]).fails(5),
        str![[r#"
git-desk: 261124-svz5ne2x is not solved yet, so there is nothing to learn from it
  git desk resolve 261124-svz5ne2x --resolution fixed -m "what solved it"

"#]]
    );
    desk.run(&["resolve", &id, "--resolution", "fixed"]).ok();
    assert_data_eq!(
        desk.run(&["kb", "promote", &id]).fails(5),
        str![[r#"
git-desk: nobody says how 261124-svz5ne2x was solved
  git desk set 261124-svz5ne2x solution="…"

"#]]
    );
    desk.run(&["set", &id, "solution=did it"]).ok();
    assert_eq!(desk.run(&["kb", "promote", &id]).ok(), "general/vpn-drops\n");
    let screen = desk.on_terminal("", &["kb", "promote", &id]);
    assert_data_eq!(
        screen.to_string(),
        str![[r#"
general/vpn-drops
general/vpn-drops: already so
next           git desk kb edit general/vpn-drops

"#]]
    );
}
