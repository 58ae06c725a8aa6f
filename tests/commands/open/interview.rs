//! `open` without a title: what is asked, in the order of a phone call.

use std::fs;

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

const WHOM: &str = "For whom?     ";
const WHAT: &str = "What is it?   ";
const IMPACT: &str = "impact (how many suffer): low, medium, high? ";
const URGENCY: &str = "urgency (how soon it hurts): low, medium, high? ";
const MORE: &str = "Say more? (⏎ no, e editor) ";

#[test]
fn a_call_is_a_ticket_with_all_that_was_said() {
    let desk = TestDesk::new();
    let other = desk.open("Chair squeaks", &["-r", "bob@acme.example", "--customer", "acme"]);
    let talk = [
        (WHOM, "bob@acme.example\n"),
        (WHAT, "Printer HP-4 prints blank pages\n"),
        (IMPACT, "medium\n"),
        (URGENCY, "h\n"),
        (MORE, "Since nine, on every floor.\n"),
    ];
    let ran = desk.converse(&["open"], &talk);
    assert_data_eq!(
        ran.to_string(),
        str![[r#"
261124-f31aj1bw
stderr: For whom?     bob@acme.example
stderr:               acme · 1 ticket this year, open: svz5
stderr: What is it?   Printer HP-4 prints blank pages
stderr: How bad?      impact (how many suffer): low, medium, high? medium
stderr:               urgency (how soon it hurts): low, medium, high? h
stderr:               → p2
stderr: Say more? (⏎ no, e editor) Since nine, on every floor.
stderr: opened f31a in l1 for bob@acme.example, p2 · respond by 10:00, resolve by Wed 09:00
stderr: next           git desk take f31a

"#]]
    );
    let ticket = desk.ticket(ran.stdout.trim_end());
    assert_eq!(ticket["title"], "Printer HP-4 prints blank pages");
    assert_eq!(ticket["requester"], "bob@acme.example");
    assert_eq!(
        (&ticket["impact"], &ticket["urgency"], &ticket["priority"]),
        (&"medium".into(), &"high".into(), &"p2".into())
    );
    assert_eq!(ticket["body"], "Since nine, on every floor.");
    assert_ne!(ticket["id"], other);
    desk.is_sound();
}

#[test]
fn all_but_the_first_two_may_be_left_open_and_what_was_said_is_not_asked() {
    let desk = TestDesk::new();
    let short =
        [(WHOM, "\n"), (WHOM, "me\n"), (WHAT, "\n"), (WHAT, " x \n"), (IMPACT, "\n"), (URGENCY, "\n"), (MORE, "\n")];
    let ticket = desk.ticket(desk.converse(&["open"], &short).ok().trim_end());
    assert_eq!(
        (&ticket["title"], &ticket["requester"], &ticket["priority"]),
        (&"x".into(), &"ana".into(), &"p3".into())
    );
    assert_eq!(ticket["body"], "");
    let rest = [(WHAT, "y\n")];
    let words = ["open", "-r", "eve@example.com", "-p", "p1", "-m", "all of it", "--tag", "vip"];
    let ticket = desk.ticket(desk.converse(&words, &rest).ok().trim_end());
    assert_eq!(
        (&ticket["priority"], &ticket["tags"][0], &ticket["body"]),
        (&"p1".into(), &"vip".into(), &"all of it".into())
    );
}

#[test]
fn the_same_trouble_is_named_before_a_second_ticket_is_made() {
    let desk = TestDesk::new();
    let first = desk.open("HP-4 streaks and blank pages", &["--assign", "me"]);
    let before = desk.commits();
    let question = "Add bob@acme.example there? [y/N] ";
    let yes = [
        (WHOM, "bob@acme.example\n"),
        (WHAT, "Printer HP-4 prints blank pages\n"),
        (question, "perhaps\n"),
        (question, "Y\n"),
    ];
    let ran = desk.converse(&["open"], &yes);
    assert_eq!(ran.stdout, format!("{first}\n"));
    assert_data_eq!(
        ran.stderr,
        str![[r#"
For whom?     bob@acme.example
              has asked for nothing before
What is it?   Printer HP-4 prints blank pages
              looks like svz5  HP-4 streaks and blank pages (ana, since 08:02). Add bob@acme.example there? [y/N] perhaps
              y or n
              looks like svz5  HP-4 streaks and blank pages (ana, since 08:02). Add bob@acme.example there? [y/N] Y
svz5 has bob@acme.example as a watcher now
next           git desk show svz5

"#]]
    );
    assert_eq!(desk.commits(), before + 1);
    let ticket = desk.ticket(&first);
    assert_eq!(ticket["watchers"], serde_json::json!(["bob@acme.example"]));
    assert_eq!(ticket["thread"][0]["kind"], "note");
    assert_eq!(ticket["thread"][0]["body"], "bob@acme.example has it, too: Printer HP-4 prints blank pages");

    let again = [(WHOM, "Bob@acme.example\n"), (WHAT, "HP-4: blank pages\n"), ("there? [y/N] ", "y\n")];
    desk.converse(&["open"], &again).ok();
    assert_eq!(desk.ticket(&first)["watchers"].as_array().unwrap().len(), 1, "a name is there once");
    let no = [
        (WHOM, "me\n"),
        (WHAT, "HP-4: blank pages\n"),
        ("there? [y/N] ", "\n"),
        (IMPACT, "\n"),
        (URGENCY, "\n"),
        (MORE, "\n"),
    ];
    assert_ne!(desk.converse(&["open"], &no).ok().trim_end(), first);
}

#[test]
fn a_known_name_is_completed_and_a_new_one_is_called_new() {
    let desk = TestDesk::new();
    desk.open("x", &["-r", "Bob@acme.example"]);
    // No two of them are alike.
    let titles = std::cell::RefCell::new(vec!["Toner\n", "Door\n", "Screen\n", "Mouse\n"]);
    let asked = |desk: &TestDesk, first: &[(&str, &str)]| {
        let title = titles.borrow_mut().pop().unwrap();
        let rest = [(WHAT, title), (IMPACT, "\n"), (URGENCY, "\n"), (MORE, "\n")];
        let ran = desk.converse(&["open"], &[first, &rest].concat());
        (desk.ticket(ran.ok().trim_end())["requester"].as_str().unwrap().to_owned(), ran.stderr)
    };
    let (who, screen) =
        asked(&desk, &[(WHOM, "bo\n"), ("Bob@acme.example? [Y/n] ", "\n"), ("1 ticket this year, open: ", "")]);
    assert_eq!(who, "Bob@acme.example", "{screen}");
    let (who, _) =
        asked(&desk, &[(WHOM, "bo\n"), ("Bob@acme.example? [Y/n] ", "n\n"), ("has asked for nothing before", "")]);
    assert_eq!(who, "bo");
    desk.open("z", &["-r", "bobby"]);
    let (who, screen) =
        asked(&desk, &[(WHOM, "bob\n"), ("which one? [as typed] ", "9\n"), ("which one? [as typed] ", "2\n")]);
    assert_eq!(who, "bobby", "{screen}");
    let (who, _) = asked(&desk, &[(WHOM, "ana@example.com\n")]);
    assert_eq!(who, "ana", "an agent is called by the handle");
}

#[test]
fn somebody_who_is_no_agent_asks_for_themselves() {
    let desk = TestDesk::new();
    let bob = desk.at("desk").by("Bob <bob@example.com>");
    let talk = [
        ("For whom?     [bob@example.com] ", "\n"),
        (WHAT, "My chair\n"),
        (IMPACT, "\n"),
        (URGENCY, "\n"),
        (MORE, "\n"),
    ];
    assert_eq!(desk.ticket(bob.converse(&["open"], &talk).ok().trim_end())["requester"], "bob@example.com");
}

#[test]
fn a_service_is_asked_for_where_there_are_services() {
    let desk = TestDesk::new();
    fs::create_dir(desk.path().join("services")).unwrap();
    for name in ["printing", "new-laptop"] {
        fs::write(desk.path().join(format!("services/{name}.toml")), format!("title = \"{name}\"\n")).unwrap();
    }
    desk.git(&["add", "services"]);
    desk.git(&["commit", "-qm", "services"]);
    let ask = "Which service? [none] ";
    let talk = [
        (WHOM, "me\n"),
        (WHAT, "x\n"),
        (ask, "coffee\n"),
        ("one of new-laptop, printing, or ⏎", ""),
        (ask, "Pri\n"),
        (IMPACT, "\n"),
        (URGENCY, "\n"),
        (MORE, "\n"),
    ];
    assert_eq!(desk.ticket(desk.converse(&["open"], &talk).ok().trim_end())["service"], "printing");
}

#[test]
fn the_editor_takes_what_is_longer() {
    let desk = TestDesk::new().with("GIT_DESK_EDITOR", "printf 'line 1\\nline 2\\n' >");
    let talk = [(WHOM, "me\n"), (WHAT, "x\n"), (IMPACT, "\n"), (URGENCY, "\n"), (MORE, "e\n")];
    assert_eq!(desk.ticket(desk.converse(&["open"], &talk).ok().trim_end())["body"], "line 1\nline 2");
}

#[test]
fn left_at_any_point_nothing_is_written() {
    let desk = TestDesk::new();
    desk.open("HP-4 streaks and blank pages", &[]);
    let before = desk.git(&["rev-parse", "main"]);
    let whole = [
        (WHOM, "bob@acme.example\n"),
        (WHAT, "HP-4 prints blank pages\n"),
        ("there? [y/N] ", "n\n"),
        (IMPACT, "low\n"),
        (URGENCY, "low\n"),
        (MORE, ""),
    ];
    for (at, (question, _)) in whole.iter().enumerate() {
        for key in ["\u{3}", "\u{4}"] {
            let talk = [&whole[..at], &[(*question, key)]].concat();
            let ran = desk.converse(&["open"], &talk);
            assert_eq!((ran.code, ran.stdout.as_str()), (130, ""), "{question}: {ran}");
            assert!(key == "\u{3}" || ran.stderr.ends_with("git-desk: nothing was written\n"), "{ran}");
        }
    }
    assert_eq!(desk.git(&["rev-parse", "main"]), before);
    desk.is_sound();
    // Nor does anybody have to wait meanwhile.
    desk.open("y", &["--lock-timeout", "1s"]);
}

#[test]
fn an_answer_is_text_and_never_more() {
    let desk = TestDesk::new();
    let evil = "$(touch owned) `id` -x \u{202e}gpj \\u{0}";
    let talk = [
        (WHOM, "$(id) <a@b.c>\n"),
        (WHAT, "--dry-run $(touch owned) `id` -x \u{202e}gpj \\u{0}\n"),
        (IMPACT, "\u{16}\u{1b}[2J\n"),
        (IMPACT, "\n"),
        (URGENCY, "\n"),
        (MORE, "$(touch owned)\n"),
    ];
    let ran = desk.converse(&["open"], &talk);
    let ticket = desk.ticket(ran.ok().trim_end());
    assert_eq!(ticket["title"], format!("--dry-run {evil}"));
    assert_eq!(ticket["requester"], "$(id) <a@b.c>");
    assert!(!desk.path().join("owned").exists());
    // A name from the desk that would turn the screen is shown as what it is.
    let bad = "eve\u{1b}]0;x\u{7}";
    desk.open("x", &["-r", bad, "--customer", "a\u{1b}[2J"]);
    let talk = [(WHOM, "eve\n"), ("eve␛]0;x␇? [Y/n] ", "y\n"), ("a␛[2J · 1 ticket this year", ""), (WHAT, "\u{4}")];
    let ran = desk.converse(&["open"], &talk);
    assert!(!ran.stderr.contains(['\u{1b}', '\u{7}']), "{ran}");
}

#[test]
fn what_was_said_is_not_lost_when_it_cannot_be_written() {
    let desk = TestDesk::new();
    let talk = [
        (WHOM, "bob@acme.example\n"),
        (WHAT, "It's broken\n"),
        (IMPACT, "low\n"),
        (URGENCY, "\n"),
        (MORE, "all of it\n"),
    ];
    let ran = desk.converse(&["open", "--queue", "nosuch"], &talk);
    assert_eq!(ran.code, 3);
    let again =
        "  again: git desk open -r bob@acme.example --queue nosuch -m 'all of it' --impact low -- 'It'\\''s broken'\n";
    assert!(ran.stderr.ends_with(again), "{ran}");
}

#[test]
fn nothing_is_asked_where_nobody_is_there_to_answer() {
    let desk = TestDesk::new();
    let before = desk.commits();
    assert_data_eq!(
        desk.run(&["open"]).to_string(),
        str![[r#"
stderr: git-desk: what happened? a title is missing
stderr:   git desk open "Printer HP-4 prints blank pages"
exit: 2

"#]]
    );
    desk.feed("bob\nx\n\n\n\n", &["open"]).fails(2);
    for (name, value) in [("CI", "true"), ("GIT_DESK_NO_INPUT", "1")] {
        let mut command = desk.command(&["open"]);
        command.env(name, value);
        let desk = desk.at("desk").with(name, value);
        assert_eq!(desk.on_terminal("", &["open"]).code, 2, "{name}");
    }
    assert_eq!(desk.on_terminal("", &["open", "--no-input"]).code, 2);
    assert_eq!(desk.commits(), before);
}
