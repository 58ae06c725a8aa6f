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
    assert_data_eq!(std::fs::read_to_string(desk.path().join("kb/vpn/vpn-drops-every-hour.toml")).unwrap(), str![]);
    assert_data_eq!(desk.git(&["log", "-1", "--format=%B"]), str![]);
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
    assert_data_eq!(desk.run(&["kb", "promote", &id, "--strict"]).fails(5), str![]);
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
    assert_data_eq!(desk.run(&["kb", "promote", &id]).fails(5), str![]);
    desk.run(&["resolve", &id, "--resolution", "fixed"]).ok();
    assert_data_eq!(desk.run(&["kb", "promote", &id]).fails(5), str![]);
    desk.run(&["set", &id, "solution=did it"]).ok();
    assert_eq!(desk.run(&["kb", "promote", &id]).ok(), "general/vpn-drops\n");
    let screen = desk.on_terminal("", &["kb", "promote", &id]);
    assert_data_eq!(screen.to_string(), str![]);
}
