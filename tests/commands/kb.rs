//! `kb`

mod editing;
mod import;
mod promote;
mod review;
mod search;
pub mod shelf;
mod suggest;
mod tickets;

use std::fs;

use crate::support::TestDesk;
use serde_json::Value;
use snapbox::{assert_data_eq, str};

const BODY: &str = "# Reset a token\n\n1. Open the **portal**: <https://id.example.com/>\n2. Click `Reset`\n\n\
                    | who | how long |\n|---|---:|\n| you | 2 min |\n";

/// A desk with an article and its translation.
fn desk() -> TestDesk {
    let desk = TestDesk::new();
    let words = ["kb", "new", "vpn/reset-token", "--title", "Reset a token", "--symptom", "token expired", "--symptom"];
    let more =
        ["no connection", "--cause", "The token\nis old.", "--language", "en", "--audience", "public", "-m", BODY];
    desk.run(&[&words[..], &more[..]].concat()).ok();
    let dutch = ["kb", "new", "vpn/reset-token-nl", "--title", "Een token opnieuw instellen", "--language", "nl"];
    desk.run(&dutch).ok();
    desk
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_new_article_is_a_file_in_canonical_form() {
    let desk = desk();
    assert_data_eq!(
        std::fs::read_to_string(desk.path().join("kb/vpn/reset-token.toml")).unwrap(),
        str![[r#"
title = "Reset a token"

state = "draft"

audience = "public"

language = "en"

symptoms = [
  "no connection",
  "token expired",
]

cause = '''
The token
is old.
'''

services = [
]

categories = [
]

tags = [
]

owner = "ana"

tested = ""

tested_by = ""

review_by = ""

body = '''
# Reset a token

1. Open the **portal**: <https://id.example.com/>
2. Click `Reset`

| who | how long |
|---|---:|
| you | 2 min |
'''

"#]]
    );
    desk.run(&["fmt", "--check"]).ok();
    assert_data_eq!(
        desk.git(&["log", "-1", "--format=%an: %B"]),
        str![[r#"
Ana Agent: kb new vpn/reset-token-nl

Desk-Act: kb


"#]]
    );
    desk.is_sound();
}

#[test]
fn the_same_again_makes_no_commit_and_other_words_are_refused() {
    let desk = TestDesk::new();
    let words = ["kb", "new", "a/b", "--title", "T", "-m", "1. do"];
    desk.run(&words).ok();
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&words).to_string(),
        str![[r#"
a/b

"#]]
    );
    assert_data_eq!(
        desk.run(&[&words[..], &["--strict"]].concat()).to_string(),
        str![[r#"
stderr: git-desk: `kb new` would change nothing: a/b is so already
exit: 5

"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "new", "a/b", "--title", "Other"]).to_string(),
        str![[r#"
stderr: git-desk: there is an article a/b already, and it says something else
stderr:   git desk kb edit a/b
exit: 5

"#]]
    );
    assert_eq!(desk.run(&["kb", "new", "a/c", "--title", "T", "--dry-run"]).ok(), "a/c\n");
    assert_eq!(desk.commits(), before);
}

#[test]
fn a_title_gives_a_name_and_a_clash_gets_a_number() {
    let desk = TestDesk::new();
    let new = |title: &str, body: &str| desk.run(&["kb", "new", "--topic", "vpn", "--title", title, "-m", body]).ok();
    assert_eq!(new("Één token: opnieuw!", "a"), "vpn/een-token-opnieuw\n");
    assert_eq!(new("Één token: opnieuw!", "b"), "vpn/een-token-opnieuw-2\n");
    assert_eq!(new("Één token: opnieuw!", "b"), "vpn/een-token-opnieuw-2\n", "the same words are the same article");
}

#[test]
fn an_operation_that_was_done_before_names_the_same_article() {
    let desk = TestDesk::new();
    let words = ["kb", "new", "--topic", "vpn", "--title", "T", "--op-id", "x1"];
    assert_eq!(desk.run(&words).ok(), "vpn/t\n");
    desk.run(&["kb", "edit", "vpn/t", "--title", "U"]).ok();
    let before = desk.commits();
    assert_eq!(desk.run(&words).ok(), "vpn/t\n");
    assert_eq!(desk.commits(), before);
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let desk = desk();
    let before = desk.commits();
    let mut said = String::new();
    for words in [
        &["new"][..],
        &["new", "vpn/x"],
        &["new", "vpn", "--title", "T"],
        &["new", "vpn/a/b", "--title", "T"],
        &["new", "--topic", "Vpn", "--title", "T"],
        &["new", "vpn/x", "--title", "T", "--owner", "zoe"],
        &["new", "vpn/x", "--title", "two\nlines"],
        &["new", "vpn/x", "--title", "T", "--language", "Dutch, mostly"],
        &["show", "vpn/reset-tokn"],
        &["show", "reset-token"],
        &["edit", "vpn/reset-tokn", "--title", "T"],
        &["edit", "vpn/gone"],
        &["retire", "vpn/reset-token"],
        &["retire", "vpn/reset-token", "-m", "old", "--instead", "vpn/gone"],
        &["list", "--at", "2020-01-01"],
        &["list", "--json=titel"],
    ] {
        let run = desk.run(&[&["kb"], words].concat());
        assert_ne!(run.code, 0, "{words:?}");
        said.push_str(&format!("kb {}\n{run}", words.join(" ")));
    }
    assert_eq!(desk.commits(), before);
    assert_data_eq!(
        said,
        str![[r#"
kb new
stderr: git-desk: an article needs a title
stderr:   git desk kb new vpn/reset-token --title "…"
exit: 2
kb new vpn/x
stderr: git-desk: an article needs a title
stderr:   git desk kb new vpn/x --title "…"
exit: 2
kb new vpn --title T
stderr: git-desk: `vpn` is no name of an article: TOPIC/SLUG is needed
stderr:   a-z, 0-9 and - between, as in vpn/reset-token
exit: 2
kb new vpn/a/b --title T
stderr: git-desk: `vpn/a/b` is no name of an article: TOPIC/SLUG is needed
stderr:   a-z, 0-9 and - between, as in vpn/reset-token
exit: 2
kb new --topic Vpn --title T
stderr: git-desk: `Vpn` is no name of an article: a topic is needed
stderr:   a-z, 0-9 and - between, as in vpn/reset-token
exit: 2
kb new vpn/x --title T --owner zoe
stderr: git-desk: no agent `zoe`; this desk has ana
stderr:   git desk agent add zoe --email MAIL
exit: 3
kb new vpn/x --title two
lines
stderr: git-desk: `title` has more than one line
exit: 2
kb new vpn/x --title T --language Dutch, mostly
stderr: git-desk: `language` is no name of a language: Dutch, mostly; as in nl or en-GB
exit: 2
kb show vpn/reset-tokn
stderr: git-desk: no article `vpn/reset-tokn`
stderr:   did you mean `vpn/reset-token`?
exit: 3
kb show reset-token
stderr: git-desk: no article `reset-token`
stderr:   did you mean `vpn/reset-token`?
exit: 3
kb edit vpn/reset-tokn --title T
stderr: git-desk: no article `vpn/reset-tokn`
stderr:   did you mean `vpn/reset-token`?
exit: 3
kb edit vpn/gone
stderr: git-desk: no article `vpn/gone`
stderr:   all of them: git desk kb list
exit: 3
kb retire vpn/reset-token
stderr: git-desk: why is vpn/reset-token retired? `-m` is missing
stderr:   git desk kb retire vpn/reset-token -m "…"
exit: 2
kb retire vpn/reset-token -m old --instead vpn/gone
stderr: git-desk: no article `vpn/gone`
stderr:   all of them: git desk kb list
exit: 3
kb list --at 2020-01-01
stderr: git-desk: this desk has no commit that old: 2020-01-01
stderr:   the first ones: git log --reverse
exit: 3
kb list --json=titel
stderr: {"error":{"candidates":["title"],"code":"no_field","exit":2,"hint":"did you mean `title`?","message":"an article in a list has no `titel`","try":[]}}
exit: 2

"#]]
    );
}

#[test]
fn an_article_is_shown_as_a_page() {
    let desk = desk();
    let id = desk.open("no connection", &[]);
    desk.run(&["resolve", &id, "--resolution", "fixed", "--article", "vpn/reset-token"]).ok();
    desk.open("again", &["--article", "vpn/reset-token"]);
    assert_data_eq!(
        desk.on_terminal("", &["kb", "show", "vpn/reset-token"]).to_string(),
        str![[r#"
[1mReset a token[0m                                                                        vpn/reset-token
    draft · public · en · kept by ana

    symptoms    no connection
                token expired
    cause       The token is old.

    1. Open the [1mportal[0m: https://id.example.com/
    2. Click [36m`Reset`[0m

    [1mwho[0m  [1mhow long[0m
    ───  ────────
    you     2 min

    solved      1 of 2 tickets that name it
    edited      08:02 by ana
    also in     vpn/reset-token-nl (nl)

  next       git desk resolve ID --resolution fixed --article vpn/reset-token

"#]]
    );
}

#[test]
fn off_a_terminal_it_is_markdown_and_each_format_has_its_form() {
    let desk = desk();
    let show = |options: &[&str]| desk.run(&[&["kb", "show", "vpn/reset-token"], options].concat()).ok();
    assert_eq!(show(&[]), BODY, "the bytes of the file");
    assert_eq!(show(&["-o", "markdown"]), BODY);
    let raw = desk.on_terminal("", &["kb", "show", "vpn/reset-token", "--raw"]).stdout;
    assert_eq!(raw, BODY);
    assert_eq!(show(&["-o", "ids"]), "vpn/reset-token\n");
    assert_data_eq!(
        show(&["-o", "tsv"]),
        str![[r#"
schema	desk.article/1
name	vpn/reset-token
title	Reset a token
state	draft
audience	public
language	en
symptoms	no connection,token expired
cause	The token/nis old.
owner	ana
body	# Reset a token/n/n1. Open the **portal**: <https://id.example.com/>/n2. Click `Reset`/n/n| who | how long |/n|---|---:|/n| you | 2 min |
translations	[{"language":"nl","name":"vpn/reset-token-nl"}]
linked	0
solved	0
edited	2026-11-24T08:02:00Z
edited_by	ana
path	kb/vpn/reset-token.toml
commit	674ebb69b186197c9db8afc2914d7c6384a9f431

"#]]
    );
    assert_eq!(show(&["--fields", "owner,language", "-o", "tsv"]), "owner\tana\nlanguage\ten\n");
    let object = json(&show(&["--json"]));
    let schema = json(&desk.run(&["schema", "article"]).ok());
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&object), "{object:#}");
    assert_eq!(object["translations"][0]["name"], "vpn/reset-token-nl");
    assert_eq!((&object["edited_by"], &object["linked"]), (&"ana".into(), &0.into()));
    for words in [&["kb", "list", "--json"][..], &["kb", "new", "x/y", "--title", "T", "--json"]] {
        let said = json(&desk.run(words).ok());
        let one = said.as_array().map_or(&said, |all| &all[0]);
        assert!(validator.is_valid(one), "{words:?} {one:#}");
    }
    let mut broken = object;
    broken["state"] = "odd".into();
    assert!(!validator.is_valid(&broken));
}

#[test]
fn hostile_text_does_nothing_to_a_terminal() {
    let desk = TestDesk::new();
    let hostile = "\u{1b}]52;c;eA\u{7}\u{202e}x";
    desk.feed(
        format!("text {hostile}\n\n    code {hostile}\n\n<script>alert(1)</script>\n"),
        &["kb", "new", "a/b", "--title", "T", "--symptom", "S", "--tag", "W", "-F", "-"],
    )
    .ok();
    // What no command takes can stand in a file.
    let escaped = "\\u001b]52;c;eA\\u0007\\u202ex";
    let file = desk.path().join("kb/a/b.toml");
    for word in ["\"T\"", "\"S\"", "\"W\""] {
        desk.change(&file, word, &format!("{} {escaped}\"", word.trim_end_matches('"')));
    }
    desk.git(&["commit", "-qam", "by hand"]);
    for words in
        [&["kb", "show", "a/b"][..], &["kb", "list"], &["kb", "show", "a/b", "--json"], &["kb", "list", "-o", "tsv"]]
    {
        let screen = desk.on_terminal("", words).stdout;
        let control = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || c == '\u{202e}';
        let plain = screen.replace("\u{1b}[0m", "").replace("\u{1b}[1m", "").replace("\u{1b}[36m", "");
        assert!(!plain.contains(control), "{words:?} {screen:?}");
    }
}

#[test]
fn articles_are_listed_by_what_they_are() {
    let desk = desk();
    desk.run(&["kb", "new", "mail/quota", "--title", "Quota", "--owner", "none", "--tag", "mail,full"]).ok();
    desk.run(&["kb", "retire", "mail/quota", "-m", "gone"]).ok();
    desk.run(&["kb", "new", "mail/bounce", "--title", "Bounce", "--owner", "none", "--tag", "mail"]).ok();
    assert_data_eq!(
        desk.run(&["kb", "list"]).to_string(),
        str![[r#"
mail/bounce	draft	internal			Bounce
vpn/reset-token	draft	public	en	ana	Reset a token
vpn/reset-token-nl	draft	internal	nl	ana	Een token opnieuw instellen

"#]]
    );
    let list = |options: &[&str]| desk.run(&[&["kb", "list", "-o", "ids"], options].concat()).ok();
    assert_eq!(list(&["--state", "retired"]), "mail/quota\n");
    assert_eq!(list(&["--state", "draft,retired", "--tag", "mail"]), "mail/bounce\nmail/quota\n");
    assert_eq!(list(&["--language", "NL"]), "vpn/reset-token-nl\n");
    assert_eq!(list(&["--audience", "public"]), "vpn/reset-token\n");
    assert_eq!(list(&["--topic", "vpn", "--owner", "me"]), "vpn/reset-token\nvpn/reset-token-nl\n");
    assert_eq!(list(&["--owner", "none"]), "mail/bounce\n");
    assert_data_eq!(
        desk.run(&["kb", "list", "--fields", "name,body", "--topic", "vpn", "-o", "csv"]).ok(),
        str![[r##"
name,body
vpn/reset-token,"# Reset a token

1. Open the **portal**: <https://id.example.com/>
2. Click `Reset`

| who | how long |
|---|---:|
| you | 2 min |"
vpn/reset-token-nl,

"##]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["kb", "list"]).to_string(),
        str![[r#"
 NAME                TITLE                        STATE  FOR       LANG  OWNER
[1m mail/bounce         [0mBounce                       draft  internal        —
[1m vpn/reset-token     [0mReset a token                draft  public    en    ana
[1m vpn/reset-token-nl  [0mEen token opnieuw instellen  draft  internal  nl    ana

"#]]
    );
    let then = desk.git(&["log", "--format=%H", "--reverse"]).lines().nth(1).unwrap().to_owned();
    assert_eq!(list(&["--at", &then]), "vpn/reset-token\n");
}

#[test]
fn a_retired_article_says_why_and_what_is_in_its_place() {
    let desk = desk();
    let words = ["kb", "retire", "vpn/reset-token", "-m", "the portal is gone", "--instead", "vpn/reset-token-nl"];
    assert_eq!(desk.run(&words).ok(), "vpn/reset-token\n");
    let before = desk.commits();
    desk.run(&words).ok();
    assert_eq!(desk.commits(), before, "once is enough");
    assert_data_eq!(
        desk.run(&["kb", "show", "vpn/reset-token"]).ok().lines().take(3).collect::<Vec<_>>().join("\n"),
        str![[r#"
> **Retired:** the portal is gone. See [vpn/reset-token-nl](kb:vpn/reset-token-nl).

# Reset a token
"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "review", "vpn/reset-token"]).fails(5),
        str![[r#"
git-desk: vpn/reset-token is retired
  git desk kb edit vpn/reset-token --state draft

"#]]
    );
    assert_data_eq!(
        desk.git(&["log", "-1", "--format=%B"]),
        str![[r#"
kb retire vpn/reset-token

the portal is gone

Desk-Act: kb


"#]]
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let desk = desk();
    std::fs::write(desk.path().join("kb/vpn/reset-token.toml"), "title = \n").unwrap();
    desk.git(&["commit", "-qam", "broken"]);
    assert_data_eq!(
        desk.run(&["kb", "show", "vpn/reset-token"]).fails(6),
        str![[r#"
git-desk: kb/vpn/reset-token.toml cannot be read
  git desk check kb/vpn/reset-token.toml

"#]]
    );
    assert_data_eq!(
        desk.run(&["kb", "edit", "vpn/reset-token", "--title", "T"]).fails(6),
        str![[r#"
git-desk: kb/vpn/reset-token.toml:1:9: this is no TOML: string values must be quoted, expected literal string

"#]]
    );
    assert_eq!(desk.run(&["kb", "list", "-o", "ids"]).ok(), "vpn/reset-token-nl\n");
}

/// Puts articles into the desk, as somebody does with an editor and git: name and file of each.
pub fn shelve(desk: &TestDesk, articles: &[(&str, &str)]) {
    for (name, text) in articles {
        let path = desk.path().join(format!("kb/{name}.toml"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    desk.git(&["add", "-A", "kb"]);
    desk.git(&["commit", "-qm", "articles"]);
}
