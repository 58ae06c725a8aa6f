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
    assert_data_eq!(
        show(),
        str![[r#"
state	validated
tested	2026-11-20
tested_by	bo
review_by	2027-05-20

"#]]
    );
    let screen = desk.on_terminal("", &["kb", "review", "a/b"]);
    assert_data_eq!(
        screen.to_string(),
        str![[r#"
a/b
a/b is validated; the next review is on 2027-11-24

"#]]
    );
    assert_data_eq!(
        show(),
        str![[r#"
state	validated
tested	2026-11-24
tested_by	ana
review_by	2027-11-24

"#]]
    );
}

#[test]
fn days_in_the_wrong_order_are_refused() {
    let desk = TestDesk::new();
    desk.run(&["kb", "new", "a/b", "--title", "T"]).ok();
    assert_data_eq!(
        desk.run(&["kb", "review", "a/b", "--tested", "2026-12-24"]).fails(2),
        str![[r#"
git-desk: 2026-12-24 is still to come; tested is what has been

"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "review", "a/b", "--tested", "2026-11-20", "--next", "2026-11-20"]).fails(2),
        str![[r#"
git-desk: the next review, 2026-11-20, is not after the test, 2026-11-20

"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "review", "a/b", "--by", "zoe"]).fails(3),
        str![[r#"
git-desk: no agent `zoe`; this desk has ana
  git desk agent add zoe --email MAIL

"#]]
    );
    assert_eq!(desk.run(&["kb", "review"]).code, 2);
}

#[test]
fn what_is_due_has_its_reason() {
    let desk = TestDesk::new();
    for name in ["a/late", "a/old", "a/weak", "a/good"] {
        desk.run(&["kb", "new", name, "--title", name, "-m", "1. do"]).ok();
    }
    desk.run(&["kb", "review", "a/late", "--next", "1m"]).ok();
    assert_data_eq!(
        desk.on_terminal("", &["kb", "review", "--due"]).to_string(),
        str![[r#"
no article is due for review

"#]]
    );
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
    assert_data_eq!(
        desk.run(&["kb", "review", "--due"]).to_string(),
        str![[r#"
a/late	ana	2026-12-24	its review was due on 2026-12-24	a/late
a/old	ana	2027-11-24	not edited since 2026-11-24, and still used	a/old
a/weak	ana		2 of 5 tickets with it were opened again	a/weak

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["kb", "review", "--due"]).to_string(),
        str![[r#"
 NAME    OWNER  WHY
[1m a/late  [0mana    its review was due on 2026-12-24
[1m a/old   [0mana    not edited since 2026-11-24, and still used
[1m a/weak  [0mana    2 of 5 tickets with it were opened again

"#]]
    );
    desk.run(&["kb", "review", "a/old"]).ok();
    assert_eq!(desk.run(&["kb", "review", "--due", "-o", "ids"]).ok(), "a/late\na/weak\n");
}
