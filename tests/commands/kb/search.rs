//! `kb search`

use snapbox::{assert_data_eq, str};

use super::shelf::SHELF;
use super::shelve;
use crate::support::TestDesk;

fn desk() -> TestDesk {
    let desk = TestDesk::new();
    shelve(&desk, SHELF);
    desk
}

fn found(desk: &TestDesk, words: &str) -> Vec<String> {
    let words: Vec<&str> = words.split(' ').collect();
    let names = desk.run(&[&["kb", "search", "-o", "ids", "--"], words.as_slice()].concat()).ok();
    names.lines().map(str::to_owned).collect()
}

/// Holds that an article is among the first three for each of some words.
#[track_caller]
fn is_found(desk: &TestDesk, cases: &[(&str, &str)]) {
    for (words, name) in cases {
        let found = found(desk, words);
        assert!(found.iter().take(3).any(|one| one == name), "{words}: {found:?}");
    }
}

#[test]
fn the_words_that_people_use_find_the_article() {
    is_found(
        &desk(),
        &[
            ("token verlopen", "vpn/token-verlopen"),
            ("vanaf huis geen verbinding", "vpn/token-verlopen"),
            ("vpn dropped every hour", "vpn/rekey-hourly-drop"),
            ("wachtwoord vergeten", "account/wachtwoord-wijzigen"),
            ("herstelsleutel laptop", "account/herstelsleutel"),
            ("printer wit papier", "printen/lege-paginas"),
            ("printer prints blank pages", "printers/blank-pages"),
            ("drucker leere seiten", "drucker/leere-seiten"),
            ("postfach voll", "mail/postfach-voll"),
            ("no microphone in teams", "apps/teams-headset"),
            ("word ontbreekt", "apps/office-installeren"),
        ],
    );
}

#[test]
fn other_forms_compounds_and_missing_accents_find_it_too() {
    is_found(
        &desk(),
        &[
            ("tokens verloop", "vpn/token-verlopen"),
            ("wachtwoorden gewijzigd", "account/wachtwoord-wijzigen"),
            ("sleutel", "account/herstelsleutel"),
            ("herstelsleutels laptops", "account/herstelsleutel"),
            ("office installatie", "apps/office-installeren"),
            ("office installeert", "apps/office-installeren"),
            ("headsets", "apps/teams-headset"),
            ("grosse uberschritten", "mail/postfach-voll"),
            ("Größen", "mail/postfach-voll"),
            ("Mails zustellen", "mail/postfach-voll"),
            ("toner wechsel weisse blatter", "drucker/leere-seiten"),
            ("wifi", "network/wifi"),
            ("wi-fi", "network/wifi"),
            ("vpnverbinding", "vpn/token-verlopen"),
            ("bounced messages", "mail/mailbox-over-quota"),
        ],
    );
}

#[test]
fn a_typing_error_in_every_word_finds_it_too() {
    is_found(
        &desk(),
        &[
            ("tokne verolpen", "vpn/token-verlopen"),
            ("wahctwoord vergetn", "account/wachtwoord-wijzigen"),
            ("hersstelsleutel lapotp", "account/herstelsleutel"),
            ("prniter blakn pagse", "printers/blank-pages"),
            ("drukcer lere seiiten", "drucker/leere-seiten"),
            ("pstfach vol", "mail/postfach-voll"),
            ("haedset tems", "apps/teams-headset"),
            ("offcie instaleren", "apps/office-installeren"),
            ("meetnig rom", "network/wifi"),
            ("mialbox qouta", "mail/mailbox-over-quota"),
        ],
    );
}

#[test]
fn a_title_finds_its_article_first_whatever_case_it_is_in() {
    let desk = desk();
    for (name, text) in SHELF.iter().filter(|(_, text)| !text.contains("retired")) {
        let title = text.lines().next().unwrap().trim_start_matches("title = ").trim_matches('"').to_uppercase();
        assert_eq!(found(&desk, &title)[0], *name, "{title}");
    }
}

#[test]
fn a_word_that_no_article_has_empties_nothing_and_words_that_all_have_decide_nothing() {
    let desk = desk();
    assert_eq!(found(&desk, "xyzzyplugh token")[0], "vpn/token-verlopen");
    assert_eq!(found(&desk, "de het een fax token")[0], "vpn/token-verlopen");
    assert_eq!(found(&desk, "xyzzyplugh"), [""; 0]);
}

#[test]
fn language_audience_and_state_choose() {
    let desk = desk();
    let with = |options: &[&str]| -> Vec<String> {
        let words = [&["kb", "search", "-o", "ids"], options, &["--", "printer", "mailbox", "fax"]].concat();
        desk.run(&words).ok().lines().map(str::to_owned).collect()
    };
    let all = with(&["--all", "-n", "0"]);
    assert!(all.contains(&"old/fax".to_owned()) && !with(&["-n", "0"]).contains(&"old/fax".to_owned()), "{all:?}");
    assert!(with(&["--language", "en"]).iter().all(|name| !name.starts_with("printen")));
    assert_eq!(with(&["--language", "EN", "-n", "1"]).len(), 1);
    assert_eq!(with(&["--language", "e"]), [""; 0]);
    assert!(!with(&["--audience", "public"]).contains(&"mail/mailbox-over-quota".to_owned()));
    assert_eq!(with(&["--audience", "internal"]), ["mail/mailbox-over-quota"]);
    assert!(desk.run(&["kb", "search", "x", "--audience", "nobody"]).fails(2).contains("internal"));
}

#[test]
fn of_two_that_fit_alike_the_validated_one_comes_before_the_draft() {
    let desk = TestDesk::new();
    let text =
        |state: &str| format!("title = \"Reset a badge\"\nstate = \"{state}\"\nbody = \"Hold it to the reader\"\n");
    let (draft, validated, retired) = (text("draft"), text("validated"), text("retired"));
    shelve(&desk, &[("a/draft", &draft), ("a/old", &retired), ("a/tried", &validated)]);
    assert_eq!(found(&desk, "badge reader"), ["a/tried", "a/draft"]);
    let all = desk.run(&["kb", "search", "badge", "reader", "--all", "-o", "ids"]).ok();
    assert_eq!(all, "a/tried\na/draft\na/old\n");
}

#[test]
fn on_a_terminal_with_colour_no_code_is_seen() {
    let desk = desk();
    let screen = desk.on_terminal("", &["kb", "search", "token"]).ok();
    assert!(screen.contains("\u{1b}[1m") && !screen.contains('\u{241b}'), "{screen}");
}

#[test]
fn every_format_has_the_place_where_the_words_stand() {
    let desk = desk().with("NO_COLOR", "1");
    assert_data_eq!(
        desk.on_terminal("", &["kb", "search", "token", "-n", "2"]).to_string(),
        str![[r#"
 vpn/token-verlopen  VPN-verbinding lukt niet: token verlopen
     … vanaf huis. melding 'token verlopen'. Het token is een jaar geldig. 1. Open de tokenapp. …

"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "search", "quota", "cartridge", "-n", "3"]).to_string(),
        str![[r#"
mail/mailbox-over-quota	Mailbox over quota	draft	… or raise the quota.
printen/lege-paginas	Printer geeft lege pagina's na het vervangen van de toner	validated	… nog op de cartridge. Haal de cartridge eruit en trek de strip eraf.
printers/blank-pages	Blank pages after a toner change	validated	… still on the cartridge. Take the cartridge out and pull off the strip.

"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "search", "rekey", "-n", "1", "--json"]).to_string(),
        str![[r#"
[
  {
    "audience": "internal",
    "language": "en",
    "name": "vpn/rekey-hourly-drop",
    "schema": "desk.article-hit/1",
    "score": 0.777,
    "snippet": "sessions are dropped every hour, on the hour. The firewalls do not agree on a group. Set the same Diffie-Hellman group on both firewalls. Watch one full …",
    "state": "validated",
    "title": "VPN drops every hour: IKE rekey mismatch"
  }
]

"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "search", "rekey", "-n", "1", "--json=name,score"]).to_string(),
        str![[r#"
[
  {
    "name": "vpn/rekey-hourly-drop",
    "score": 0.777
  }
]

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["kb", "search", "xyzzyplugh"]).to_string(),
        str![[r#"
no article has any of these words

"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "search", "!?"]).to_string(),
        str![[r#"
stderr: git-desk: there is no word in this to search for
stderr:   git desk kb search vpn token
exit: 2

"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "search", "rekey", "--json=titel"]).to_string(),
        str![[r#"
stderr: {"error":{"candidates":["title"],"code":"no_field","exit":2,"hint":"did you mean `title`?","message":"an article that is found has no `titel`","try":[]}}
exit: 2

"#]]
    );
}

#[test]
fn nothing_that_somebody_types_is_a_query_language_or_takes_long() {
    let desk = desk();
    for words in [
        "\"token",
        "token\" OR 1=1 --",
        "title:token",
        "NEAR(token verlopen)",
        "tok*",
        "token'; delete",
        "token\u{1b}[31m",
        "^token",
        "(token",
        "%token_",
    ] {
        assert_eq!(found(&desk, words)[0], "vpn/token-verlopen", "{words}");
    }
    let long = "token ".repeat(20_000);
    assert_eq!(found(&desk, long.trim())[0], "vpn/token-verlopen");
    let one = "a".repeat(100_000);
    assert_eq!(found(&desk, &one), [""; 0]);
}

#[test]
fn what_an_article_says_is_hostile() {
    let desk = TestDesk::new().with("NO_COLOR", "1");
    let words = "x".repeat(70);
    let text = format!("title = \"Bad \\u001b[31m red\"\nstate = \"validated\"\nbody = \"a \\u202e token {words}\"\n");
    shelve(&desk, &[("a/bad", &text), ("a/broken", "<<<<<<< ours\n")]);
    let page = desk.on_terminal("", &["kb", "search", "token"]).stdout;
    assert!(page.contains("a/bad") && !page.contains('\u{1b}') && !page.contains('\u{202e}'), "{page}");
}

#[test]
fn the_past_has_its_own_articles_and_a_change_is_seen_at_once() {
    let desk = desk();
    shelve(&desk, &[("vpn/token-verlopen", "title = \"Badge\"\nstate = \"validated\"\nbody = \"Reader\"\n")]);
    assert_eq!(found(&desk, "badge"), ["vpn/token-verlopen"]);
    assert_eq!(desk.run(&["kb", "search", "geldig", "-o", "ids"]).ok(), "");
    assert_eq!(desk.run(&["kb", "search", "geldig", "-o", "ids", "--at", "HEAD~1"]).ok(), "vpn/token-verlopen\n");
    desk.git(&["rm", "-qr", "kb"]);
    desk.git(&["commit", "-qm", "none"]);
    assert_eq!(desk.run(&["kb", "search", "badge", "-o", "ids"]).ok(), "");
}
