//! `check` of `desk.toml`, of the files of holidays that it names, and of customers' files.

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

/// What `check` says, as a person sees it, with one text of `desk.toml` put for another.
fn told(from: &str, to: &str) -> String {
    let desk = TestDesk::new();
    desk.change(&desk.path().join("desk.toml"), from, to);
    desk.on_terminal("", &["check"]).to_string()
}

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

/// A desk with `customers/acme.toml`.
fn with_customer(text: &str) -> TestDesk {
    let desk = TestDesk::new();
    std::fs::create_dir(desk.path().join("customers")).unwrap();
    std::fs::write(desk.path().join("customers/acme.toml"), text).unwrap();
    desk
}

#[test]
fn the_customers_of_the_template_are_in_order() {
    let desk = TestDesk::nowhere();
    desk.run(&["init", "--template", "msp"]).ok();
    assert_eq!(desk.run(&["check", "--fail-level", "warning"]).ok(), "");
}

#[test]
fn mistakes_in_a_customers_file_name_file_and_line() {
    let desk = with_customer(
        "name = \"Acme\"\nphone = \"5\"\n\n[[contract]]\nvalid_from = 2026-01-01\ncalendar = \"ofice\"\n\n\
         [[contract]]\nvalid_from = 2026-01-01\ncalendar = \"night\"\nhourly_rate = \"95\"\n\n[contract.targets.p1]\n\
         resolve = \"-4h\"\nrespond = \"soon\"\nupdate = \"2d\"\n",
    );
    std::fs::write(desk.path().join("customers/README.md"), "what is here\n").unwrap();
    std::fs::write(desk.path().join("customers/Acme Corp.toml"), "name = \"Acme\"\n").unwrap();
    assert_data_eq!(
        desk.on_terminal("", &["check"]).to_string(),
        str![[r#"
customers/Acme Corp.toml:1:1  DSK201  "Acme Corp" is no name of a customer, so no ticket can have it
  fix: a to z, 0 to 9 and - between them, at most 63
customers/acme.toml:2:1  DSK103  `phone` is not known (warning)
  fix: known here: name, domains, contacts, active, contract
customers/acme.toml:6:12  DSK102  there is no calendar "ofice" in desk.toml
  fix: did you mean "office"?
customers/acme.toml:9:14  DSK102  the contract in line 4 begins on 2026-01-01, too
  fix: valid_from = the day from which it holds
customers/acme.toml:10:12  DSK102  there is no calendar "night" in desk.toml
  fix: one of office, or add [calendars.night]
customers/acme.toml:11:15  DSK102  `contract[1].hourly_rate` is text, not a number
  fix: hourly_rate = 95.0
customers/acme.toml:14:11  DSK102  a target cannot be negative, as "-4h" is
  fix: resolve = "4h"
customers/acme.toml:15:11  DSK102  "soon" is no length of time
  fix: respond = "45m", "1h 30m" or "5bd" for working days
customers/acme.toml:16:10  DSK103  a target is working time, so "2d" is 48 working hours (warning)
  fix: "2bd" for working days, or "48h"
exit: 1

"#]]
    );
    let named = desk.run(&["check", "customers/acme.toml"]);
    assert_eq!((named.code, named.stdout.lines().count()), (1, 8), "{named}");
    assert_eq!(desk.run(&["check", "desk.toml"]).ok(), "");
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "customers"]);
    assert_eq!(desk.run(&["check", "customers/acme.toml"]).stdout, named.stdout, "committed or not");
}

#[test]
fn a_customers_file_that_is_broken_has_one_finding() {
    let mut shown = String::new();
    for text in ["name = \"Acme\n[[contract]]\ncalender = 1\n", &"#".repeat(1024 * 1024 + 1)] {
        shown += &with_customer(text).on_terminal("", &["check"]).to_string();
    }
    let desk = with_customer("");
    std::fs::write(desk.path().join("customers/acme.toml"), b"name = \"\xFF\"\n").unwrap();
    shown += &desk.on_terminal("", &["check"]).to_string();
    assert_data_eq!(
        shown,
        str![[r#"
customers/acme.toml:1:13  DSK001  this is no TOML: invalid basic string, expected `"`
exit: 1
customers/acme.toml:1:1  DSK001  has 1048577 bytes; more than 1048576 are not read
exit: 1
customers/acme.toml:1:1  DSK001  is not UTF-8
exit: 1

"#]]
    );
}

/// What `check` says of the template with more at its end, one desk for each.
fn told_of(more: &[&str]) -> String {
    let mut shown = String::new();
    for more in more {
        let desk = TestDesk::new();
        let policy = desk.path().join("desk.toml");
        std::fs::write(&policy, format!("{}\n{more}\n", std::fs::read_to_string(&policy).unwrap())).unwrap();
        shown += &desk.on_terminal("", &["check"]).to_string();
    }
    shown
}

#[test]
fn hours_that_overlap_and_calendars_that_never_open_are_errors() {
    let monday = "mon = [\"09:00-17:00\"]";
    let mut shown = told(monday, "mon = [\"09:00-12:30\", \"12:00-17:00\"]");
    shown += &told(monday, "mon = [\"22:00-06:00\"]");
    shown += &told_of(&["[calendars.never]\nhours = { mon = [] }", "[calendars.never]"]);
    assert_data_eq!(
        shown,
        str![[r#"
desk.toml:56:33  DSK102  two spans of `calendars.office.hours.mon` overlap
  fix: join them into one
exit: 1
desk.toml:56:18  DSK102  "22:00-06:00" is no span of one day
  fix: "08:30-17:00"; one over midnight is written as two, "22:00-24:00" and "00:00-06:00"
exit: 1
desk.toml:169:9  DSK102  this calendar never opens
  fix: hours = { mon = ["09:00-17:00"], tue = ["09:00-17:00"] }
exit: 1
desk.toml:168:1  DSK102  this calendar never opens
  fix: hours = { mon = ["09:00-17:00"], tue = ["09:00-17:00"] }
exit: 1

"#]]
    );
}

#[test]
fn a_calendar_that_is_not_there_is_an_error_wherever_it_is_named() {
    let mut shown = told("calendar = \"office\"", "calendar = \"offices\"");
    shown += &told("match = \"\"\ncalendar = \"office\"", "match = \"\"\ncalendar = \"night\"");
    shown += &with_customer("[[contract]]\nvalid_from = 2026-01-01\ncalendar = \"offise\"\n")
        .on_terminal("", &["check"])
        .to_string();
    assert_data_eq!(
        shown,
        str![[r#"
desk.toml:8:12  DSK102  there is no calendar "offices"
  fix: did you mean "office"?
exit: 1
desk.toml:80:12  DSK102  there is no calendar "night"
  fix: one of office, or add [calendars.night]
exit: 1
customers/acme.toml:3:12  DSK102  there is no calendar "offise" in desk.toml
  fix: did you mean "office"?
exit: 1

"#]]
    );
}

#[test]
fn a_target_that_makes_no_sense_says_what_to_write() {
    let mut shown = String::new();
    for target in ["-4h", "-4 hours", "5d", "1.5h", "4"] {
        shown += &told("resolve = \"4h\"", &format!("resolve = \"{target}\""));
    }
    shown += &told("resolve = \"4h\"", "resolve = 4");
    shown += &told("promise = 90", "promise = 190");
    shown += &told("pause = [\"requester\", \"vendor\",", "pause = [\"requestor\", \"lunch\",");
    assert_data_eq!(
        shown,
        str![[r#"
desk.toml:86:11  DSK102  a target cannot be negative, as "-4h" is
  fix: resolve = "4h"
exit: 1
desk.toml:86:11  DSK102  a target cannot be negative, as "-4 hours" is
  fix: resolve = "4h"
exit: 1
desk.toml:86:11  DSK103  a target is working time, so "5d" is 120 working hours (warning)
  fix: "5bd" for working days, or "120h"
desk.toml:86:11  DSK102  "1.5h" is no length of time
  fix: resolve = "45m", "1h 30m" or "5bd" for working days
exit: 1
desk.toml:86:11  DSK102  "4" is no length of time
  fix: resolve = "45m", "1h 30m" or "5bd" for working days
exit: 1
desk.toml:86:11  DSK102  `sla[0].targets.p1.resolve` is a number, not text
  fix: put it in quotes
exit: 1
desk.toml:87:11  DSK102  190 is out of bounds
  fix: promise = 90
exit: 1
desk.toml:81:10  DSK102  "requestor" is none of the words known here
  fix: did you mean "requester"?
desk.toml:81:23  DSK102  "lunch" is none of the words known here
  fix: one of requester, vendor, change, problem, approval, schedule
exit: 1

"#]]
    );
}

#[test]
fn an_escalation_that_cannot_work_is_told() {
    let shown = told_of(&[
        "[[escalation]]\nclock = \"resolve\"\nat = \"75%\"\ndo = [\"notify\", \"escalate\"]\nto = \"l22\"",
        "[[escalation]]\nclock = \"resolve\"\nat = \"75%\"\ndo = \"escalate\"\nto = \"night-shift\"",
        "[[escalation]]\nclock = \"resolve\"\nat = \"75%\"\ndo = \"escalate\"\nto = \"ana\"",
        "[[escalation]]\nclock = \"resolve\"\nat = \"75%\"\ndo = \"notify\"\nto = \"chat\"",
        "[[escalation]]\nclock = \"solve\"\nat = \"75\"\ndo = \"shout\"",
        "[[escalation]]\nclock = \"resolve\"\nat = \"0%\"\ndo = \"notify\"",
        "[[escalation]]\nclock = \"resolve\"\nat = \"-2bd\"\ndo = \"notify\"",
        "[[escalation]]\nmatch = \"priority:p9\"\n\n\
         [[escalation]]\nclock = \"resolve\"\nat = \"0%\"\ndo = \"raise\"\nmatch = \"priorty:p1\"",
    ]);
    assert_data_eq!(
        shown,
        str![[r#"
desk.toml:172:6  DSK102  there is no queue or agent "l22" to escalate to
  fix: did you mean "l2"?
exit: 1
desk.toml:172:6  DSK102  there is no queue or agent "night-shift" to escalate to
  fix: one of l1, l2, l3, ana; without `to` it is the next queue
exit: 1
everything is in order
everything is in order
desk.toml:169:9  DSK102  "solve" is none of the words known here
  fix: did you mean "resolve"?
desk.toml:170:6  DSK102  "75" is no threshold
  fix: at = "75%", "-15m" or "+1h"
desk.toml:171:6  DSK102  "shout" is none of the words known here
  fix: one of notify, escalate, raise
exit: 1
desk.toml:170:6  DSK103  "0%" is reached as soon as the clock starts (warning)
  fix: at = "75%"
desk.toml:170:6  DSK102  "-2bd" is no threshold
  fix: at = "75%", "-15m" or "+1h"
exit: 1
desk.toml:168:1  DSK102  the escalation rule has no `clock`
  fix: clock = "resolve"
desk.toml:168:1  DSK102  the escalation rule has no `at`
  fix: at = "75%"
desk.toml:168:1  DSK102  the escalation rule has no `do`
  fix: do = ["notify"]
desk.toml:173:6  DSK103  "0%" is reached as soon as the clock starts (warning)
  fix: at = "75%"
desk.toml:175:9  DSK102  "priorty:p1" is no query: no field `priorty`
  fix: did you mean "priority"?
exit: 1

"#]]
    );
}

#[test]
fn a_threshold_before_every_target_begins_is_a_warning() {
    let desk = TestDesk::new();
    let policy = desk.path().join("desk.toml");
    for days in ["acknowledge = \"1bd\"", "respond = \"1bd\"", "respond = \"2bd\""] {
        desk.change(&policy, days, &days.replace("bd", "h"));
    }
    let text = std::fs::read_to_string(&policy).unwrap();
    let mut shown = String::new();
    for at in ["-3h 59m", "-4h"] {
        let rule = format!("[[escalation]]\nclock = \"respond\"\nat = \"{at}\"\ndo = \"notify\"\n");
        std::fs::write(&policy, format!("{text}\n{rule}")).unwrap();
        shown += &desk.on_terminal("", &["check"]).to_string();
    }
    assert_data_eq!(
        shown,
        str![[r#"
everything is in order
desk.toml:170:6  DSK103  "-4h" is reached as soon as the clock starts: no target of `respond` is longer than 4h (warning)
  fix: at = "75%"

"#]]
    );
}

#[test]
fn a_service_level_that_no_ticket_comes_to_is_a_warning() {
    let mut shown = told_of(&["[[sla]]\nname = \"gold\"\nmatch = \"customer:acme\""]);
    shown += &told("match = \"\"", "match = \"queue:l1\"\n[[sla]]\nmatch = \"queue:l1\"\n[[sla]]\nmatch = \"\"");
    assert_data_eq!(
        shown,
        str![[r#"
desk.toml:168:1  DSK103  no ticket comes to this rule: "default" in line 77 fits every ticket (warning)
  fix: move it above line 77: the first rule that fits counts
desk.toml:80:1  DSK103  no ticket comes to this rule: "default" in line 77 has the same `match` (warning)
  fix: make one rule of it and the one in line 77

"#]]
    );
}

#[test]
fn a_rule_that_asks_for_its_own_clocks_and_a_day_with_two_exceptions_are_errors() {
    let said = [
        told("match = \"\"", "match = \"priority:p1 is:overdue\""),
        told(
            "holidays = []",
            "holidays = []\nexception = [{ date = 2026-12-24, hours = [\"09:00-10:00\"] }, { date = 2026-12-24, hours = [] }]",
        ),
        told("resolve = \"4h\"", "resolve = \"10001bd\""),
    ];
    assert_data_eq!(
        said.concat(),
        str![[r#"
desk.toml:79:9  DSK102  the rule that says which clocks run asks how they stand
  fix: ask for what the ticket is: priority, queue, service, tag
exit: 1
desk.toml:58:71  DSK102  this day has an exception already
  fix: put the hours of a day into one exception
exit: 1
desk.toml:86:11  DSK102  "10001bd" is no length of time
  fix: resolve = "45m", "1h 30m" or "5bd" for working days
exit: 1

"#]]
    );
}
