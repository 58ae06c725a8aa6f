//! `fmt`

use crate::support::{TestDesk, ticket_path};
use snapbox::{assert_data_eq, str};

/// A ticket whose file somebody wrote by hand, committed.
fn by_hand(desk: &TestDesk) -> String {
    let id = desk.open("Printer", &[]);
    let text = "queue = \"l1\"\ntitle = \"Printer\"\n # mine\nstatus = \"new\"\nkind = \"incident\"\npriority = \"p3\"\n\
        opened = 2026-11-24T08:02:00Z\nrequester = 'ana'\nchannel=\"cli\"\ncolour=\"red\"\n";
    std::fs::write(desk.file(&id), text).unwrap();
    desk.git(&["commit", "-qam", "by hand"]);
    id
}

#[test]
fn what_is_in_canonical_form_stays_as_it_is() {
    let desk = TestDesk::new();
    desk.open("Printer", &["-m", "text"]);
    let before = desk.commits();
    assert_data_eq!(desk.run(&["fmt", "--check"]).to_string(), str![]);
    assert_eq!(desk.run(&["fmt"]).ok(), "");
    assert_eq!(desk.commits(), before);
}

#[test]
fn a_file_written_by_hand_is_brought_into_order_and_no_fact_comes_of_it() {
    let desk = TestDesk::new();
    let id = by_hand(&desk);
    let log = desk.run(&["log"]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!(desk.run(&["fmt", &id]).ok(), format!("{}\n", ticket_path(&id)));
    let text = std::fs::read_to_string(desk.file(&id)).unwrap();
    assert!(text.contains("# mine") && text.contains("colour = \"red\""), "nothing is dropped: {text}");
    assert_eq!(desk.run(&["log"]).ok(), log);
    let mut now = desk.ticket(&id);
    now["commit"] = ticket["commit"].clone();
    assert_eq!(now, ticket);
    assert_eq!(desk.run(&["fmt", "--check"]).ok(), "");
    desk.is_sound();
    assert_data_eq!(
        text,
        str![[r#"
title = "Printer"

# mine
status = "new"

resolution = ""

waiting_on = ""

kind = "incident"

priority = "p3"

queue = "l1"

assignee = ""

category = ""

service = ""

asset = ""

due = ""

follow_up = ""

tags = [
]

links = [
]

requester = "ana"

channel = "cli"

colour = "red"

opened = 2026-11-24T08:02:00Z

body = '''
'''

"#]]
    );
}

#[test]
fn check_names_the_files_and_writes_nothing() {
    let desk = TestDesk::new();
    let id = by_hand(&desk);
    let before = desk.commits();
    let run = desk.run(&["fmt", "--check"]);
    assert_eq!((run.code, run.stdout), (1, format!("{}\n", ticket_path(&id))));
    assert_eq!(desk.run(&["fmt", "--dry-run"]).ok(), format!("{}\n", ticket_path(&id)));
    assert_eq!(desk.commits(), before);
    desk.is_sound();
}

#[test]
fn a_named_file_that_cannot_be_read_is_invalid() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.change(&desk.file(&id), "title = \"Printer\"", "title = \"Printer");
    desk.git(&["commit", "-qam", "broken"]);
    assert_data_eq!(
        desk.run(&["fmt", &id]).fails(6),
        str![[r#"
git-desk: tickets/2026/11/24/261124-svz5ne2x.toml:1:17: this is no TOML: invalid basic string, expected `"`

"#]]
    );
    desk.run(&["fmt", &ticket_path(&id)]).fails(6);
    desk.run(&["fmt"]).ok();
}

#[test]
fn a_file_is_named_as_check_prints_it() {
    let desk = TestDesk::new();
    let id = by_hand(&desk);
    let path = ticket_path(&id);
    assert_eq!(desk.run(&["fmt", "--check", &path]).stdout, format!("{path}\n"));
    let below = desk.at("desk/tickets/2026");
    assert_eq!(below.run(&["fmt", "--check", &path]).stdout, format!("{path}\n"));
    assert_eq!(below.run(&["fmt", "--check", &format!("11/24/{id}.toml")]).stdout, format!("{path}\n"));
    for wrong in ["nosuch.toml", "desk.toml", "/etc/x.toml"] {
        assert!(desk.run(&["fmt", wrong]).fails(3).contains(wrong));
    }
    assert_eq!(desk.run(&["fmt", &path]).ok(), format!("{path}\n"));
    desk.is_sound();
}
