//! "Same trouble?": open tickets like the one that was opened.

use crate::support::TestDesk;
use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

fn desk() -> (TestDesk, String) {
    let desk = TestDesk::new();
    let other = desk.open("HP-4 streaks and blank pages", &["--assign", "me"]);
    desk.open("Cannot print from Citrix since Friday", &[]);
    desk.open("VPN drops every hour", &[]);
    (desk, other)
}

#[test]
fn on_a_terminal_a_likely_twin_is_named_with_how_to_make_one_of_the_two() {
    let (desk, _) = desk();
    let desk = desk.with("NO_COLOR", "1");
    assert_data_eq!(
        desk.on_terminal("", &["open", "Printer HP-4 prints blank pages", "-r", "bob@example.com"]).to_string(),
        str![[r#"
261124-nd2t0vvk
opened nd2t in l1 for bob@example.com, p3 · respond by 13:00, resolve by Fri 09:00
same trouble?  svz5  HP-4 streaks and blank pages  ana, since 08:02  git desk merge nd2t --into svz5
next           git desk take nd2t

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["open", "Chair is broken"]).to_string(),
        str![[r#"
261124-dwzk1vz9
opened dwzk in l1 for ana, p3 · respond by 13:00, resolve by Fri 09:00
next           git desk take dwzk

"#]]
    );
}

#[test]
fn off_a_terminal_nothing_is_said_and_json_has_it_where_it_is_asked_for() {
    let (desk, other) = desk();
    let ran = desk.run(&["open", "HP-4 prints blank pages"]);
    assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (1, ""));
    let whole: Value = serde_json::from_str(&desk.run(&["open", "HP-4: blank pages", "--json"]).ok()).unwrap();
    assert!(whole.get("similar").is_none());
    desk.run(&["resolve", ran.stdout.trim(), "--resolution", "fixed"]).ok();
    let asked = desk.run(&["open", "HP-4, blank pages and streaks", "--json=similar"]).ok();
    let asked: Value = serde_json::from_str(&asked).unwrap();
    let ids: Vec<&str> = asked["similar"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        [other.as_str(), whole["id"].as_str().unwrap()],
        "the resolved one is none, the likest comes first"
    );
    assert_eq!(
        asked["similar"][0],
        json!({"id": other, "handle": &other[7..11], "title": "HP-4 streaks and blank pages", "status": "active",
            "assignee": "ana"})
    );
}

#[test]
fn hostile_titles_are_compared_and_shown_as_words() {
    let desk = TestDesk::new();
    let evil = "\u{1b}[2Jdisk\" OR title:* NEAR(full \u{202e}";
    desk.open(evil, &[]);
    for title in ["\" OR \"", "* ) ( title:", "'; drop table words; --", "…", evil] {
        desk.on_terminal("", &["open", "--", title]).ok();
    }
    let screen = desk.on_terminal("", &["open", evil]).ok();
    assert!(screen.contains("same trouble?") && screen.contains("␛[2Jdisk"), "{screen}");
    assert!(!screen.contains(['\u{1b}', '\u{202e}']), "{screen}");
}
