//! `search`

use super::kb::shelve;
use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

/// A desk with four tickets that have the word "printer" in different places.
fn desk() -> (TestDesk, [String; 4]) {
    let desk = TestDesk::new();
    let in_body = desk.open("Blank pages", &["-m", "the printer on floor 3"]);
    let in_title = desk.open("Printer HP-4 prints blank pages", &["--queue", "l2"]);
    let in_thread = desk.open("Nothing comes out", &[]);
    desk.run(&["comment", &in_thread, "it is the printer again"]).ok();
    let in_solution = desk.open("Toner", &[]);
    desk.run(&["resolve", &in_solution, "--resolution", "fixed", "-m", "gave the printer new toner"]).ok();
    (desk, [in_body, in_title, in_thread, in_solution])
}

fn ids(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn words_are_found_in_title_report_thread_and_solution_of_every_ticket() {
    let (desk, all) = desk();
    let mut found = ids(&desk.run(&["search", "printer", "-o", "ids"]).ok());
    assert_eq!(found[0], all[1], "the title counts most");
    found.sort();
    let mut all = all.to_vec();
    all.sort();
    assert_eq!(found, all);
    assert_data_eq!(
        desk.run(&["search", "printer"]).to_string(),
        str![[r#"
261124-f31aj1bw	new	p3	l2		2026-11-24T08:03:00Z	Printer HP-4 prints blank pages
261124-dwzk1vz9	resolved	p3	l1		2026-11-24T08:06:00Z	Toner
261124-svz5ne2x	new	p3	l1		2026-11-24T08:02:00Z	Blank pages
261124-w90thdzm	new	p3	l1		2026-11-24T08:04:00Z	Nothing comes out

"#]]
    );
}

#[test]
fn all_words_must_be_there_and_the_last_may_be_a_beginning() {
    let (desk, [in_body, in_title, ..]) = desk();
    let mut both = ids(&desk.run(&["search", "pages", "prin", "-o", "ids"]).ok());
    both.sort();
    let mut wanted = vec![in_body, in_title];
    wanted.sort();
    assert_eq!(both, wanted);
    assert_eq!(desk.run(&["search", "prin", "pages", "-o", "ids"]).ok().lines().count(), 0, "only the last one");
    assert_eq!(desk.run(&["search", "nothing of the kind"]).ok(), "");
}

#[test]
fn a_limit_keeps_the_best_and_fields_are_chosen_as_in_a_list() {
    let (desk, [_, in_title, ..]) = desk();
    assert_eq!(ids(&desk.run(&["search", "printer", "-n", "1", "-o", "ids"]).ok()), std::slice::from_ref(&in_title));
    let found: serde_json::Value =
        serde_json::from_str(&desk.run(&["search", "printer", "-n", "1", "--json=id,queue"]).ok()).unwrap();
    assert_eq!(found, serde_json::json!([{"id": in_title, "queue": "l2"}]));
}

#[test]
fn the_order_is_by_place_then_the_newest_and_a_longer_word_comes_behind() {
    let (desk, [in_body, in_title, in_thread, in_solution]) = desk();
    let newer = desk.open("Printer is on fire", &[]);
    let longer = desk.open("All printers are on fire", &[]);
    let order = [&newer, &in_title, &in_solution, &in_body, &in_thread, &longer];
    assert_eq!(ids(&desk.run(&["search", "printer", "-n", "0", "-o", "ids"]).ok()), order.map(String::as_str));
    assert_eq!(ids(&desk.run(&["search", "printer", "-n", "2", "-o", "ids"]).ok()), [newer.as_str(), &in_title]);
}

#[test]
fn with_a_query_the_limit_is_of_what_it_means() {
    let (desk, [.., in_solution]) = desk();
    let found = desk.run(&["search", "printer", "--where", "is:done", "-n", "1", "-o", "ids"]).ok();
    assert_eq!(found, format!("{in_solution}\n"));
    assert_eq!(desk.run(&["search", "blank", "--where", "is:done", "-o", "ids"]).ok(), "");
}

#[test]
fn on_a_terminal_it_is_a_table_and_nothing_found_is_said() {
    let (desk, _) = desk();
    assert_data_eq!(
        desk.on_terminal("", &["search", "blank", "pages"]).to_string(),
        str![[r#"
 ID    TITLE                            QUEUE  STATUS  OPENED
[1m f31a  [0mPrinter HP-4 prints blank pages  l2     new     08:03
[1m svz5  [0mBlank pages                      l1     new     08:02

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["search", "zeppelin"]).to_string(),
        str![[r#"
nothing has all of these words: zeppelin

"#]]
    );
}

#[test]
fn without_a_word_there_is_nothing_to_search_for() {
    let desk = TestDesk::new();
    assert_data_eq!(
        desk.run(&["search", "!!"]).fails(2),
        str![[r#"
git-desk: there is no word in `!!` to search for
  git desk search connection refused

"#]]
    );
    assert_data_eq!(
        desk.run(&["search"]).fails(2),
        str![[r#"
git-desk: the following required arguments were not provided: <TEXT>...
  git desk help search

"#]]
    );
}

#[test]
fn a_search_can_be_asked_of_the_past() {
    let (desk, [in_body, ..]) = desk();
    assert_eq!(ids(&desk.run(&["search", "printer", "--at", "HEAD~5", "-o", "ids"]).ok()), [in_body]);
}

#[test]
fn what_is_like_a_ticket_is_found_among_the_open_ones() {
    let desk = TestDesk::new();
    let id = desk.open("VPN drops every hour, whole Rotterdam site", &[]);
    let twin = desk.open("Again the VPN drops every hour", &[]);
    let done = desk.open("VPN drops every hour in Rotterdam", &[]);
    desk.open("Printer HP-4 prints blank pages", &[]);
    desk.run(&["resolve", &done, "--resolution", "fixed"]).ok();
    assert_eq!(desk.run(&["search", "--like", &id, "-o", "ids"]).ok(), format!("{twin}\n"));
    assert_eq!(desk.run(&["search", "--like", &done[7..11], "-o", "ids"]).ok(), format!("{id}\n{twin}\n"));
    desk.run(&["close", &twin, "--resolution", "duplicate", "--duplicate-of", &id]).ok();
    assert_eq!(desk.run(&["search", "--like", &id]).ok(), "");
    let before = desk.run(&["search", "--like", &id, "-o", "ids", "--at", "HEAD~1"]).ok();
    assert_eq!(before, format!("{twin}\n"));
    desk.run(&["search", "--like", "zzzz"]).fails(3);
    desk.run(&["search", "words", "--like", &id]).fails(2);
    desk.run(&["search"]).fails(2);
}

#[test]
fn what_is_alike_is_not_asked_for_with_a_query() {
    let desk = TestDesk::new();
    let id = desk.open("printer prints blank pages", &[]);
    desk.run(&["search", "--like", &id, "--where", "is:open"]).fails(2);
    desk.run(&["search", "--like", &id]).ok();
}

/// The desk with two articles beside the tickets.
fn shelved() -> TestDesk {
    let (desk, _) = desk();
    let text = |title: &str, state: &str| {
        format!("title = \"{title}\"\nstate = \"{state}\"\nbody = \"Pull off the strip.\"\n")
    };
    let (blank, jam) = (text("Blank pages after a toner change", "validated"), text("Paper jam", "draft"));
    shelve(&desk, &[("printers/blank-pages", &blank), ("printers/paper-jam", &jam)]);
    desk
}

#[test]
fn articles_come_before_tickets_and_a_row_of_either_has_the_same_columns() {
    let desk = shelved().with("NO_COLOR", "1");
    assert_data_eq!(
        desk.run(&["search", "blank", "pages"]).to_string(),
        str![[r#"
printers/blank-pages	validated					Blank pages after a toner change
261124-f31aj1bw	new	p3	l2		2026-11-24T08:03:00Z	Printer HP-4 prints blank pages
261124-svz5ne2x	new	p3	l1		2026-11-24T08:02:00Z	Blank pages

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["search", "blank", "pages"]).to_string(),
        str![[r#"
 ARTICLE               TITLE                             STATE
 printers/blank-pages  Blank pages after a toner change  validated

 ID    TITLE                            QUEUE  STATUS  OPENED
 f31a  Printer HP-4 prints blank pages  l2     new     08:03
 svz5  Blank pages                      l1     new     08:02

"#]]
    );
    assert_data_eq!(
        desk.run(&["search", "blank", "pages", "--articles"]).to_string(),
        str![[r#"
printers/blank-pages	Blank pages after a toner change	validated	Pull off the strip.

"#]]
    );
    assert_data_eq!(
        desk.run(&["search", "blank", "pages", "-n", "1", "--json=id,title,status,queue"]).to_string(),
        str![[r#"
[
  {
    "id": "printers/blank-pages",
    "queue": null,
    "status": "validated",
    "title": "Blank pages after a toner change"
  },
  {
    "id": "261124-f31aj1bw",
    "queue": "l2",
    "status": "new",
    "title": "Printer HP-4 prints blank pages"
  }
]

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["search", "strip"]).to_string(),
        str![[r#"
 ARTICLE               TITLE                             STATE
 printers/blank-pages  Blank pages after a toner change  validated
 printers/paper-jam    Paper jam                         draft

"#]]
    );
}

#[test]
fn tickets_alone_are_what_they_were_without_articles() {
    let (plain, with) = (desk().0, shelved());
    let without_ids = |desk: &TestDesk, words: &[&str]| -> Vec<String> {
        let rows = desk.run(&[&["search"], words].concat()).ok();
        rows.lines().map(|row| row.split('\t').skip(1).collect::<Vec<_>>().join("\t")).collect()
    };
    assert_eq!(without_ids(&with, &["blank", "pages", "--tickets"]), without_ids(&plain, &["blank", "pages"]));
    assert_eq!(without_ids(&with, &["nothing"]), without_ids(&plain, &["nothing"]), "where no article fits");
    for options in [["-o", "ids"].as_slice(), &["--where", "is:open"]] {
        let words = [&["search", "blank"], options].concat();
        assert!(!with.run(&words).ok().contains("printers/"), "{words:?}");
    }
    with.run(&["search", "blank", "--tickets", "--articles"]).fails(2);
    with.run(&["search", "blank", "--articles", "--where", "is:open"]).fails(2);
}

#[test]
fn an_article_that_has_little_of_what_was_asked_is_not_shown_beside_tickets() {
    let desk = shelved();
    assert!(!desk.run(&["search", "toner", "nowhere", "else", "at", "all"]).ok().contains("printers/"));
    assert!(desk.run(&["search", "toner", "nowhere", "else", "at", "all", "--articles"]).ok().contains("printers/"));
}
