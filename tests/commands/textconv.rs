//! `textconv`

use snapbox::{assert_data_eq, str};

use crate::support::{TestDesk, ticket_path};

#[test]
fn a_ticket_is_shown_as_text_and_nothing_hidden_gets_through() {
    let desk = TestDesk::new();
    let id = desk.open("VPN \u{1b}[31mdrops", &["--tag", "vpn", "-m", "first\nsecond \u{202e}gpj"]);
    assert_data_eq!(
        desk.run(&["textconv", &ticket_path(&id)]).to_string(),
        str![[r#"
title: VPN ␛[31mdrops
status: new
kind: incident
priority: p3
queue: l1
tags:
    vpn
requester: ana
channel: cli
opened: 2026-11-24T08:02:00Z
body:
    first
    second /u{202e}gpj

"#]]
    );
}

#[test]
fn git_shows_what_changed_in_words() {
    let desk = TestDesk::new();
    desk.run(&["setup", "git"]).ok();
    let id = desk.open("VPN drops", &[]);
    desk.run(&["set", &id, "asset=fw1", "body=line one"]).ok();
    let log = desk.git(&["log", "-1", "-p", "--format=%s", "--", &ticket_path(&id)]);
    let changed: Vec<&str> = log.lines().filter(|line| line.starts_with(['+', '-']) && !line.contains('/')).collect();
    assert_eq!(changed, ["-status: new", "+status: active", "+asset: fw1", "+body: line one"]);
}

#[test]
fn what_is_no_ticket_is_shown_as_it_stands() {
    let desk = TestDesk::new();
    std::fs::write(desk.path().join("x.toml"), "a = 1\n<<<<<<< \u{7}\n").unwrap();
    assert_eq!(desk.run(&["textconv", "x.toml"]).ok(), "a = 1\n<<<<<<< ␇\n");
    desk.run(&["textconv", "missing.toml"]).fails(3);
}
