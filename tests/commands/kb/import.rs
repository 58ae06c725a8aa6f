//! `kb import`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

const LINES: &str = r##"{"slug": "intune/pin", "title": "Uw pincode opnieuw instellen", "language": "nl", "audience": "public", "state": "validated", "edited": "2020-03-25", "body": "# Pincode  \n\n1. Open de app\r\n2. Kies *Pincode*\n", "views": 12}
{"slug": "Intune/What_happens_if_you_install_the_company_portal_app_and_enroll_your_device", "title": "Long", "symptoms": ["b", "a"], "state": "draft"}

"##;

#[test]
fn articles_come_in_one_commit_and_the_same_again_changes_nothing() {
    let desk = TestDesk::new();
    let before = desk.commits();
    assert_data_eq!(
        desk.feed(LINES, &["kb", "import", "-", "--dry-run"]).to_string(),
        str![[r#"
would add 2 articles
stderr: git-desk: -: Intune/What_happens_if_you_install_the_company_portal_app_and_enroll_your_device can be no name here; it is intune/what-happens-if-you-install-the-company-portal-app-and-7028ff
stderr: git-desk: -: `edited` is no key of an article; left out of 1 line
stderr: git-desk: -: `views` is no key of an article; left out of 1 line

"#]]
    );
    assert_eq!(desk.commits(), before);
    assert_data_eq!(
        desk.feed(LINES, &["kb", "import", "-"]).to_string(),
        str![[r#"
added     2 articles
stderr: git-desk: -: Intune/What_happens_if_you_install_the_company_portal_app_and_enroll_your_device can be no name here; it is intune/what-happens-if-you-install-the-company-portal-app-and-7028ff
stderr: git-desk: -: `edited` is no key of an article; left out of 1 line
stderr: git-desk: -: `views` is no key of an article; left out of 1 line

"#]]
    );
    assert_eq!(desk.commits(), before + 1);
    assert_data_eq!(
        desk.feed(LINES, &["kb", "import", "-", "--json"]).stdout,
        str![[r#"
{
  "added": [],
  "changed": [],
  "commit": null,
  "dry_run": false,
  "ignored": {
    "edited": 1,
    "views": 1
  },
  "refused": [],
  "renamed": [],
  "retired": [],
  "unchanged": 2
}

"#]]
    );
    assert_data_eq!(
        desk.feed(LINES, &["kb", "import", "-", "--strict"]).stderr,
        str![[r#"
git-desk: `kb import` would change nothing

"#]]
    );
    assert_eq!(desk.commits(), before + 1);
    assert_data_eq!(
        std::fs::read_to_string(desk.path().join("kb/intune/pin.toml")).unwrap(),
        str![[r#"
title = "Uw pincode opnieuw instellen"

state = "validated"

audience = "public"

language = "nl"

symptoms = [
]

cause = '''
'''

services = [
]

categories = [
]

tags = [
]

owner = ""

tested = ""

tested_by = ""

review_by = ""

body = '''
# Pincode

1. Open de app
2. Kies *Pincode*
'''

"#]]
    );
    desk.run(&["fmt", "--check"]).ok();
    desk.is_sound();
}

#[test]
fn a_line_changes_what_it_says_and_nothing_else() {
    let desk = TestDesk::new();
    desk.feed(LINES, &["kb", "import", "-"]);
    desk.run(&["kb", "edit", "intune/pin", "--symptom", "ik ben mijn pin kwijt"]).ok();
    let line = r#"{"slug": "intune/pin", "title": "Pincode", "audience": "internal"}"#;
    assert_data_eq!(
        desk.feed(line, &["kb", "import", "-"]).to_string(),
        str![[r#"
added     0 articles
changed   1 article

"#]]
    );
    let fields = "title,audience,language,symptoms,tested";
    assert_data_eq!(
        desk.run(&["kb", "show", "intune/pin", "-o", "tsv", "--fields", fields]).ok(),
        str![[r#"
title	Pincode
audience	internal
language	nl
symptoms	ik ben mijn pin kwijt

"#]]
    );
}

#[test]
fn bad_lines_are_named_and_the_others_come() {
    let desk = TestDesk::new();
    let lines = "{\"slug\": \"a/b\"}\n{\"slug\": \"x\", \"title\": \"T\"}\nnonsense\n{\"slug\": \"a/c\", \"title\": \"T\", \"state\": \"odd\"}\n\
                 {\"slug\": \"a/d\", \"title\": \"T\"}\n{\"slug\": \"a/d\", \"title\": \"U\"}\n{\"slug\": \"a/e\", \"title\": 5}\n";
    std::fs::write(desk.outside().join("articles.jsonl"), lines).unwrap();
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["kb", "import", "../articles.jsonl"]).to_string(),
        str![[r#"
added     1 article
refused   6 articles
stderr: git-desk: ../articles.jsonl:1: `title` is missing
stderr: git-desk: ../articles.jsonl:2: "x" is no name of an article: TOPIC/SLUG, as in vpn/reset-token
stderr: git-desk: ../articles.jsonl:3: this is no JSON: expected ident at line 1 column 2
stderr: git-desk: ../articles.jsonl:4: `state` is "odd", which is none of its words
stderr: git-desk: ../articles.jsonl:6: a/d stood further up already
stderr: git-desk: ../articles.jsonl:7: `title` is not text
stderr: git-desk: ../articles.jsonl: 6 lines refused
exit: 6

"#]]
    );
    assert_eq!(desk.commits(), before + 1);
    assert_eq!(desk.run(&["kb", "list", "-o", "ids"]).ok(), "a/d\n");
    assert_eq!(desk.run(&["kb", "import", "../nothing"]).code, 3);
}

#[test]
fn a_review_made_here_and_a_retirement_outlive_the_next_import() {
    let desk = TestDesk::new();
    let line = r#"{"slug": "imp/a", "title": "A", "state": "validated", "audience": "public", "edited": "2020-03-25", "body": "1. a"}"#;
    desk.feed(line, &["kb", "import", "-"]).ok();
    desk.run(&["kb", "review", "imp/a"]).ok();
    let before = (desk.commits(), desk.run(&["kb", "show", "imp/a", "--json"]).ok());
    desk.feed(line, &["kb", "import", "-"]).ok();
    assert_eq!((desk.commits(), desk.run(&["kb", "show", "imp/a", "--json"]).ok()), before);
    desk.run(&["kb", "retire", "imp/a", "-m", "gone"]).ok();
    let before = desk.commits();
    let other = line.replace("\"A\"", "\"B\"");
    assert_data_eq!(
        desk.feed(&other, &["kb", "import", "-"]).to_string(),
        str![[r#"
added     0 articles
left      1 article
stderr: git-desk: -: `edited` is no key of an article; left out of 1 line
stderr: git-desk: -: imp/a is retired here, left as it is

"#]]
    );
    assert_eq!(desk.commits(), before);
}
