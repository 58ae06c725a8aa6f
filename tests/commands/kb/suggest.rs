//! `kb suggest`, and where it is heard of without being asked for

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use super::shelf::SHELF;
use super::shelve;
use crate::support::TestDesk;

fn desk() -> TestDesk {
    let desk = TestDesk::new().with("NO_COLOR", "1");
    shelve(&desk, SHELF);
    desk
}

/// Tickets that named an article and have ended, each with the title and resolution given; one more was reopened.
fn solved(desk: &TestDesk, article: &str, endings: &[(&str, &str)]) {
    for (title, resolution) in endings {
        let id = desk.open(title, &["--article", article]);
        desk.run(&["close", &id, "--resolution", resolution, "-m", "as the article says"]).ok();
    }
}

fn names(desk: &TestDesk, words: &[&str]) -> Vec<String> {
    let said = desk.run(&[&["kb", "suggest", "-o", "ids"], words].concat()).ok();
    said.lines().map(str::to_owned).collect()
}

#[test]
fn what_fits_the_title_comes_first_and_how_it_fared_is_told() {
    let desk = desk();
    solved(&desk, "printers/blank-pages", &[("Toner", "fixed"), ("Toner again", "answered"), ("No toner", "no-fault")]);
    let again = desk.open("Toner out", &["--article", "printers/blank-pages"]);
    desk.run(&["close", &again, "--resolution", "fixed", "-m", "x"]).ok();
    desk.run(&["reopen", &again, "-m", "still blank"]).ok();
    desk.run(&["close", &again, "--resolution", "fixed", "-m", "x"]).ok();
    desk.open("Toner of today", &["--article", "printers/blank-pages"]);
    let id = desk.open("Printer HP-4 prints blank pages", &["-m", "since this morning"]);
    assert_data_eq!(
        desk.run(&["kb", "suggest", &id]).to_string(),
        str![[r#"
printers/blank-pages	Blank pages after a toner change	0.599	2	4

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["kb", "suggest", &id]).to_string(),
        str![[r#"
 ARTICLE               TITLE                             STATE      SOLVED
 printers/blank-pages  Blank pages after a toner change  validated  2 of 4

"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "suggest", &id, "-n", "1", "--json"]).to_string(),
        str![[r#"
[
  {
    "name": "printers/blank-pages",
    "of": 4,
    "schema": "desk.suggestion/1",
    "score": 0.599,
    "solved": 2,
    "state": "validated",
    "title": "Blank pages after a toner change"
  }
]

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["show", &id]).to_string(),
        str![[r#"
p3  Printer HP-4 prints blank pages                                                  261124-ed2e3wgj
    new · incident · l1 · opened 08:15 by cli

    requester   ana

    ack        ░░░░░░░░░░░░░░░░░░░░░░  0s of 2h         2h left, 11:00
    respond    ░░░░░░░░░░░░░░░░░░░░░░  0s of 4h         4h left, 13:00
    resolve    ░░░░░░░░░░░░░░░░░░░░░░  0s of 3bd        24h left, Fri 09:00

    since this morning

  may help   printers/blank-pages  Blank pages after a toner change     solved 2 of 4
  next       git desk take ed2e

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["open", "HP-5 prints blank pages"]).to_string(),
        str![[r#"
261124-yqxsfqty
opened yqxs in l1 for ana, p3 · respond by 13:00, resolve by Fri 09:00
same trouble?  ed2e  Printer HP-4 prints blank pages  in l1, since 08:15  git desk merge yqxs --into ed2e
may help       printers/blank-pages  Blank pages after a toner change     solved 2 of 4
next           git desk take yqxs

"#]]
    );
}

#[test]
fn tickets_like_it_that_were_solved_bring_their_article() {
    let desk = desk();
    let id = desk.open("Beamer in the boardroom flickers", &[]);
    assert_eq!(names(&desk, &[&id]), [""; 0]);
    solved(&desk, "apps/teams-headset", &[("Beamer flickers in the boardroom", "fixed")]);
    assert_eq!(names(&desk, &[&id]), ["apps/teams-headset"]);
    solved(&desk, "old/fax", &[("Boardroom beamer flickers", "fixed"), ("Beamer in the boardroom flickers", "fixed")]);
    assert_eq!(names(&desk, &[&id]), ["apps/teams-headset"], "a retired one helps nobody");
}

#[test]
fn a_report_that_is_no_ticket_yet_is_asked_for_by_its_words() {
    let desk = desk();
    assert_eq!(names(&desk, &["--text", "Teams toont geen headset"])[0], "apps/teams-headset");
    let said = desk.feed("postfach\r\n\0 voll \u{202e}", &["kb", "suggest", "--text", "-", "-o", "ids"]).ok();
    assert!(said.starts_with("mail/postfach-voll\n"), "{said}");
    let long = format!("token verlopen\n{}", "\"token* AND (\n".repeat(100_000));
    let said = desk.feed(long, &["kb", "suggest", "--text", "-", "-o", "ids", "-n", "1"]).ok();
    assert_eq!(said, "vpn/token-verlopen\n");
    assert_data_eq!(
        desk.run(&["kb", "suggest", "--text", "?!"]).to_string(),
        str![[r#"
stderr: git-desk: there is no word in this to go by
exit: 2

"#]]
    );
    desk.run(&["kb", "suggest"]).fails(2);
    desk.run(&["kb", "suggest", "zzzz"]).fails(3);
    assert_eq!(names(&desk, &["--text", "koffie is op"]), [""; 0]);
}

#[test]
fn what_a_ticket_names_is_not_suggested_and_what_has_ended_needs_nothing() {
    let desk = desk();
    let id = desk.open("token verlopen", &[]);
    let suggested = |object: &Value| -> Vec<String> {
        let all = object["suggested_articles"].as_array().unwrap();
        all.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(suggested(&desk.ticket(&id))[0], "vpn/token-verlopen");
    let opened: Value = serde_json::from_str(&desk.run(&["open", "token verlopen", "--json"]).ok()).unwrap();
    assert_eq!(suggested(&opened)[0], "vpn/token-verlopen");
    assert!(desk.run(&["show", &id, "--fields", "suggested_articles"]).ok().contains("vpn/token-verlopen"));
    assert!(!desk.run(&["show", &id]).ok().contains("suggested_articles"), "a script's show stays as quick as it is");
    let listed = desk.run(&["list", "--json"]).ok();
    assert!(!listed.contains("vpn/token-verlopen"), "{listed}");
    desk.run(&["set", &id, "articles=vpn/token-verlopen"]).ok();
    assert!(!suggested(&desk.ticket(&id)).contains(&"vpn/token-verlopen".to_owned()));
    let other = desk.open("token verlopen", &[]);
    desk.run(&["close", &other, "--resolution", "fixed", "-m", "x"]).ok();
    assert_eq!(suggested(&desk.ticket(&other)), [""; 0]);
}

#[test]
fn words_that_say_nothing_suggest_nothing() {
    let desk = desk();
    assert_eq!(names(&desk, &["--text", "in of op is"]), [""; 0]);
    let opened = desk.on_terminal("", &["open", "in of op is"]).to_string();
    assert!(!opened.contains("may help"), "{opened}");
}
