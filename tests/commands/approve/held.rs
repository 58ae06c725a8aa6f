//! What others must approve is not got round, and waits where they see it.

use snapbox::{assert_data_eq, str};

use super::by;
use crate::commands::service::{catalogue, laptop, put};
use crate::support::TestDesk;

fn stands(desk: &TestDesk, id: &str) -> (String, String) {
    let ticket = desk.ticket(id);
    let text = |key: &str| ticket[key].as_str().unwrap_or_default().to_owned();
    (text("status"), text("waiting_on"))
}

fn waits() -> (String, String) {
    ("waiting".to_owned(), "approval".to_owned())
}

#[test]
fn the_service_stays_while_an_approval_is_open() {
    let desk = catalogue();
    let id = laptop(&desk);
    assert_data_eq!(
        by(&desk, "zoe", &["set", &id, "service="]).to_string(),
        str![[r#"
stderr: git-desk: 261124-hezx7bwg: an approval is still open: that of lea and bob
stderr:   git desk approve 261124-hezx7bwg     or: git desk refuse 261124-hezx7bwg --reason "why"
exit: 5

"#]]
    );
    assert_eq!(by(&desk, "zoe", &["set", &id, "service=password"]).code, 5);
    by(&desk, "zoe", &["set", &id, "requester=fatima@other.example"]).ok();
    by(&desk, "zoe", &["close", &id, "--resolution", "cancelled"]).ok();
    assert_eq!(by(&desk, "zoe", &["set", &id, "service="]).code, 5, "it may be opened again");
    assert_eq!(by(&desk, "zoe", &["reopen", &id, "-m", "x"]).code, 0);
    by(&desk, "lea", &["approve", &id]).ok();
    by(&desk, "bob", &["approve", &id]).ok();
    by(&desk, "zoe", &["set", &id, "service=password"]).ok();
}

#[test]
fn a_done_ticket_gets_no_service_that_asks() {
    let desk = catalogue();
    let id = desk.open("A laptop", &[]);
    by(&desk, "zoe", &["resolve", &id, "--resolution", "fixed"]).ok();
    by(&desk, "zoe", &["set", &id, "service=password"]).ok();
    assert!(by(&desk, "zoe", &["set", &id, "service=new-laptop"]).fails(5).contains("that of lea and bob"));
}

#[test]
fn whatever_sets_it_going_it_waits_for_its_approvers() {
    let desk = catalogue();
    let id = by(&desk, "zoe", &["open", "A laptop", "--service", "new-laptop"]).ok().trim_end().to_owned();
    assert_eq!(stands(&desk, &id), waits());
    assert_data_eq!(
        by(&desk, "zoe", &["resume", &id]).to_string(),
        str![[r#"
stderr: git-desk: 261124-ew7445tg: an approval is still open: that of lea and bob
stderr:   git desk approve 261124-ew7445tg     or: git desk refuse 261124-ew7445tg --reason "why"
exit: 5

"#]]
    );
    by(&desk, "zoe", &["wait", &id, "--on", "vendor"]).ok();
    let day = by(&desk, "lea", &["--json"]).stdout;
    assert!(day.contains("\"approve\"") && day.contains(&id), "an approver sees it all the same: {day}");
    by(&desk, "zoe", &["resume", &id]).ok();
    assert_eq!(stands(&desk, &id), waits());
    by(&desk, "lea", &["refuse", &id, "-m", "no"]).ok();
    by(&desk, "zoe", &["reopen", &id, "-m", "yes"]).ok();
    assert_eq!(stands(&desk, &id), waits());
    by(&desk, "bob", &["approve", &id]).ok();
    by(&desk, "lea", &["approve", &id]).ok();
    assert_eq!(stands(&desk, &id).0, "active");
}

#[test]
fn a_service_that_cannot_be_read_is_told_and_lets_nothing_pass() {
    let desk = catalogue();
    let id = laptop(&desk);
    put(&desk, &[("services/new-laptop.toml", "title = \"Laptop\"\n<<<<<<< HEAD\napproval = [\"lea\"]\n")]);
    for words in
        [&["resolve", &id, "--resolution", "fixed"][..], &["service", "request", "new-laptop"], &["approve", &id]]
    {
        let told = by(&desk, "bob", words).fails(6);
        assert!(told.contains("services/new-laptop.toml:2:1: "), "{told}");
    }
    by(&desk, "bob", &["close", &id, "--resolution", "cancelled"]).ok();
    assert_data_eq!(
        desk.run(&["service", "list"]).to_string(),
        str![[r#"
new-laptop	Laptop	internal			
password	Password reset	internal	l1		
stderr: git-desk: damaged: services/new-laptop.toml:2:1: this is no TOML: invalid unquoted key, expected letters, numbers, `-`, `_`

"#]]
    );
    std::fs::write(desk.path().join("services/new-laptop.toml"), b"title = \"\xff\"\n").unwrap();
    desk.git(&["commit", "-qam", "bytes"]);
    assert!(desk.run(&["service", "show", "new-laptop"]).fails(6).contains("services/new-laptop.toml:1:1: "));
}
