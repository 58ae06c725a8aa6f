//! `check` of the files of holidays that `desk.toml` names.

use snapbox::{assert_data_eq, str};

use super::policy::told;
use crate::support::TestDesk;

/// A desk whose calendar names `holidays/nl.ics`, with that file, where there is a text for it.
fn with_holidays(text: Option<&str>) -> TestDesk {
    let desk = TestDesk::new();
    desk.change(&desk.path().join("desk.toml"), "ics = []", "ics = [\"holidays/nl.ics\"]");
    if let Some(text) = text {
        std::fs::create_dir(desk.path().join("holidays")).unwrap();
        std::fs::write(desk.path().join("holidays/nl.ics"), text).unwrap();
    }
    desk
}

/// A file with these days off, `20261225`.
fn calendar(days: &[&str]) -> String {
    let event = |day: &&str| format!("BEGIN:VEVENT\r\nSUMMARY:Day off\r\nDTSTART;VALUE=DATE:{day}\r\nEND:VEVENT\r\n");
    let events: String = days.iter().map(event).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

#[test]
fn a_file_of_holidays_that_is_in_order_gives_no_findings() {
    let desk = with_holidays(Some(&calendar(&["20261225", "20271225"])));
    assert_eq!(desk.run(&["check"]).ok(), "");
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "holidays"]);
    assert_eq!(desk.run(&["check"]).ok(), "");
    std::fs::remove_file(desk.path().join("holidays/nl.ics")).unwrap();
    assert!(desk.run(&["check"]).stdout.contains("there is no file holidays/nl.ics"), "as it is now");
    assert_eq!(desk.run(&["check", "--at", "HEAD"]).ok(), "", "as it was committed");
}

#[test]
fn a_promise_by_day_is_not_kept_on_a_holiday_of_a_file() {
    let desk = with_holidays(Some(&calendar(&["20261125", "20261126", "20271225"])));
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "holidays"]);
    let id = desk.open("Printer", &["--due", "2026-11-25"]);
    assert_eq!(desk.ticket(&id)["due"], "2026-11-27T17:00:00Z");
    let month = desk.run(&["calendar", "show", "--month", "2026-11"]).ok();
    assert_eq!(month.matches("Day off").count(), 2, "{month}");
}

#[test]
fn a_file_of_holidays_that_cannot_be_read_is_named_where_it_is_named() {
    let mut shown = with_holidays(None).on_terminal("", &["check"]).to_string();
    for text in ["", "<html>no</html>\n", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", &"x".repeat(1024 * 1024 + 1)] {
        shown += &with_holidays(Some(text)).on_terminal("", &["check"]).to_string();
    }
    let desk = with_holidays(None);
    desk.program("ln", &["-s", "/etc/hostname", "nl.ics"]).status().unwrap();
    desk.program("mkdir", &["-p", "real"]).status().unwrap();
    desk.program("ln", &["-s", "real", "holidays"]).status().unwrap();
    std::fs::write(desk.path().join("real/nl.ics"), calendar(&["20271225"])).unwrap();
    desk.change(&desk.path().join("desk.toml"), "\"holidays/nl.ics\"", "\"holidays/nl.ics\", \"nl.ics\"");
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "links"]);
    shown += &desk.on_terminal("", &["check"]).to_string();
    assert_data_eq!(
        shown,
        str![[r#"
desk.toml:58:8  DSK102  there is no file holidays/nl.ics
  fix: commit it, or take it out of `ics`
exit: 1
desk.toml:58:8  DSK102  holidays/nl.ics is no iCalendar file
  fix: one that begins with BEGIN:VCALENDAR
exit: 1
desk.toml:58:8  DSK102  holidays/nl.ics is no iCalendar file
  fix: one that begins with BEGIN:VCALENDAR
exit: 1
desk.toml:58:8  DSK102  holidays/nl.ics lists no day
  fix: a file with a VEVENT for each holiday
exit: 1
desk.toml:58:8  DSK102  holidays/nl.ics has 1048577 bytes; more than 1048576 are not read
  fix: a file of holidays alone, as text
exit: 1
desk.toml:58:8  DSK102  there is no file holidays/nl.ics
  fix: commit it, or take it out of `ics`
desk.toml:58:27  DSK102  nl.ics is not a regular file (a symlink, a folder or a submodule)
  fix: a file of holidays alone, as text
exit: 1

"#]]
    );
}

#[test]
fn a_path_that_leads_out_of_the_desk_is_an_error() {
    assert_data_eq!(
        told("ics = []", "ics = [\"nl.ics\", \"../nl.ics\", \"/etc/passwd\"]"),
        str![[r#"
desk.toml:58:8  DSK102  there is no file nl.ics
  fix: commit it, or take it out of `ics`
desk.toml:58:18  DSK102  "../nl.ics" is no path inside the desk
  fix: a path from the desk's folder down: ics = ["holidays/nl.ics"]
desk.toml:58:31  DSK102  "/etc/passwd" is no path inside the desk
  fix: a path from the desk's folder down: ics = ["holidays/nl.ics"]
exit: 1

"#]]
    );
}

#[test]
fn what_is_wrong_inside_a_file_of_holidays_names_file_and_line() {
    let text = calendar(&["20261225", "20260231", "20271225"]);
    let desk = with_holidays(Some(&text.replacen("END:VEVENT", "RRULE:FREQ=MONTHLY\r\nEND:VEVENT", 1)));
    let policy = desk.path().join("desk.toml");
    let second = "\n[calendars.shop]\nhours = { sat = [\"09:00-12:00\"] }\nics = \"holidays/nl.ics\"\n";
    std::fs::write(&policy, std::fs::read_to_string(&policy).unwrap() + second).unwrap();
    assert_data_eq!(
        desk.on_terminal("", &["check"]).to_string(),
        str![[r#"
holidays/nl.ics:6:1  DSK103  the rule "FREQ=MONTHLY" is not known here; only 2026-12-25 is taken (warning)
  fix: an event for each day, or RRULE:FREQ=YEARLY
holidays/nl.ics:10:1  DSK102  "20260231" is no day
  fix: DTSTART;VALUE=DATE:20261225
exit: 1

"#]]
    );
    assert_eq!(desk.run(&["check", "desk.toml"]).ok(), "", "another file's findings");
    let named = desk.run(&["check", "holidays/nl.ics"]);
    assert_eq!((named.code, named.stdout.lines().count()), (1, 2), "{named}");
}

#[test]
fn a_file_of_holidays_that_ends_soon_or_has_ended_is_a_warning() {
    let mut shown = String::new();
    for last in ["20251226", "20261123", "20270123", "20270124"] {
        let desk = with_holidays(Some(&calendar(&["20250101", last])));
        shown += &desk.on_terminal("", &["check"]).to_string();
    }
    let desk = with_holidays(Some(&calendar(&["20261226"])));
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "holidays"]);
    let doctor = desk.run(&["doctor"]).stdout;
    assert!(doctor.contains("policy\twarning\tdesk.toml: 1 warning\tgit desk check desk.toml"), "{doctor}");
    let endless = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20201225\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n";
    shown += &with_holidays(Some(endless)).on_terminal("", &["check"]).to_string();
    assert_data_eq!(
        shown,
        str![[r#"
desk.toml:58:8  DSK103  holidays/nl.ics ended on 26 Dec 2025: every later holiday counts as a working day (warning)
  fix: put the file of the years to come in its place
desk.toml:58:8  DSK103  holidays/nl.ics ended on 23 Nov 2026: every later holiday counts as a working day (warning)
  fix: put the file of the years to come in its place
desk.toml:58:8  DSK103  holidays/nl.ics ends on 23 Jan 2027: every later holiday counts as a working day (warning)
  fix: put the file of the years to come in its place
everything is in order
everything is in order

"#]]
    );
}

#[test]
fn a_calendar_that_does_not_open_any_more_is_a_warning() {
    let hours = "hours = { mon = [\"09:00-17:00\"], tue = [\"09:00-17:00\"], wed = [\"09:00-17:00\"], thu = [\"09:00-17:00\"], fri = [\"09:00-17:00\"] }";
    let mut shown = String::new();
    for day in ["2020-01-02", "2030-01-02"] {
        let desk = TestDesk::new();
        let policy = desk.path().join("desk.toml");
        desk.change(&policy, hours, "hours = {}");
        let exception = format!("[[calendars.office.exception]]\ndate = {day}\nhours = [\"09:00-12:00\"]\n");
        desk.change(&policy, "#[[calendars.office.exception]]\n", &exception);
        shown += &desk.on_terminal("", &["check"]).to_string();
    }
    assert_data_eq!(
        shown,
        str![[r#"
desk.toml:54:1  DSK103  this calendar does not open in the next 5 years (warning)
  fix: holidays and exceptions take all its days: give it one with hours
everything is in order

"#]]
    );
}
