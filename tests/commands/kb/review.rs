//! `kb review`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

#[test]
fn a_review_validates_a_draft_and_sets_the_next_day() {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bo", "--email", "bo@example.com"]).ok();
    desk.run(&["kb", "new", "a/b", "--title", "T", "-m", "1. do"]).ok();
    let words = ["kb", "review", "a/b", "--tested", "2026-11-20", "--by", "bo", "--next", "6m"];
    assert_eq!(desk.run(&words).ok(), "a/b\n");
    let before = desk.commits();
    desk.run(&words).ok();
    assert_eq!(desk.commits(), before);
    let fields = ["state", "tested", "tested_by", "review_by"];
    let show = || desk.run(&["kb", "show", "a/b", "-o", "tsv", "--fields", &fields.join(",")]).ok();
    assert_data_eq!(show(), str![]);
    let screen = desk.on_terminal("", &["kb", "review", "a/b"]);
    assert_data_eq!(screen.to_string(), str![]);
    assert_data_eq!(show(), str![]);
}

#[test]
fn days_in_the_wrong_order_are_refused() {
    let desk = TestDesk::new();
    desk.run(&["kb", "new", "a/b", "--title", "T"]).ok();
    assert_data_eq!(desk.run(&["kb", "review", "a/b", "--tested", "2026-12-24"]).fails(2), str![]);
    assert_data_eq!(
        desk.run(&["kb", "review", "a/b", "--tested", "2026-11-20", "--next", "2026-11-20"]).fails(2),
        str![]
    );
    assert_data_eq!(desk.run(&["kb", "review", "a/b", "--by", "zoe"]).fails(3), str![]);
    assert_eq!(desk.run(&["kb", "review"]).code, 2);
}

#[test]
fn what_is_due_has_its_reason() {
    let desk = TestDesk::new();
    for name in ["a/late", "a/old", "a/weak", "a/good"] {
        desk.run(&["kb", "new", name, "--title", name, "-m", "1. do"]).ok();
    }
    desk.run(&["kb", "review", "a/late", "--next", "1m"]).ok();
    assert_data_eq!(desk.on_terminal("", &["kb", "review", "--due"]).to_string(), str![]);
    desk.later(370 * 86_400);
    for name in ["a/weak", "a/good", "a/late"] {
        desk.run(&["kb", "edit", name, "--language", "en"]).ok();
    }
    let solve = |article: &str| {
        let id = desk.open("it fails", &[]);
        desk.run(&["resolve", &id, "--resolution", "fixed", "--article", article]).ok();
        id
    };
    solve("a/old");
    let weak: Vec<String> = (0..5).map(|_| solve("a/weak")).collect();
    desk.run(&["reopen", &weak[0], "-m", "again"]).ok();
    assert_eq!(desk.run(&["kb", "review", "--due", "-o", "ids"]).ok(), "a/late\na/old\n", "a fifth is not more");
    desk.run(&["reopen", &weak[1], "-m", "again"]).ok();
    assert_data_eq!(desk.run(&["kb", "review", "--due"]).to_string(), str![]);
    assert_data_eq!(desk.on_terminal("", &["kb", "review", "--due"]).to_string(), str![]);
    desk.run(&["kb", "review", "a/old"]).ok();
    assert_eq!(desk.run(&["kb", "review", "--due", "-o", "ids"]).ok(), "a/late\na/weak\n");
}
