//! `check` of `desk.toml`.

use super::customers::with_customer;
use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

/// What `check` says, as a person sees it, with one text of `desk.toml` put for another.
pub fn told(from: &str, to: &str) -> String {
    let desk = TestDesk::new();
    desk.change(&desk.path().join("desk.toml"), from, to);
    desk.on_terminal("", &["check"]).to_string()
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
desk.toml:172:9  DSK102  this calendar never opens
  fix: hours = { mon = ["09:00-17:00"], tue = ["09:00-17:00"] }
exit: 1
desk.toml:171:1  DSK102  this calendar never opens
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
desk.toml:175:6  DSK102  there is no queue or agent "l22" to escalate to
  fix: did you mean "l2"?
exit: 1
desk.toml:175:6  DSK102  there is no queue or agent "night-shift" to escalate to
  fix: one of l1, l2, l3, ana; without `to` it is the next queue
exit: 1
everything is in order
everything is in order
desk.toml:172:9  DSK102  "solve" is none of the words known here
  fix: did you mean "resolve"?
desk.toml:173:6  DSK102  "75" is no threshold
  fix: at = "75%", "-15m" or "+1h"
desk.toml:174:6  DSK102  "shout" is none of the words known here
  fix: one of notify, escalate, raise
exit: 1
desk.toml:173:6  DSK103  "0%" is reached as soon as the clock starts (warning)
  fix: at = "75%"
desk.toml:173:6  DSK102  "-2bd" is no threshold
  fix: at = "75%", "-15m" or "+1h"
exit: 1
desk.toml:171:1  DSK102  the escalation rule has no `clock`
  fix: clock = "resolve"
desk.toml:171:1  DSK102  the escalation rule has no `at`
  fix: at = "75%"
desk.toml:171:1  DSK102  the escalation rule has no `do`
  fix: do = ["notify"]
desk.toml:176:6  DSK103  "0%" is reached as soon as the clock starts (warning)
  fix: at = "75%"
desk.toml:178:9  DSK102  "priorty:p1" is no query: no field `priorty`
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
desk.toml:173:6  DSK103  "-4h" is reached as soon as the clock starts: no target of `respond` is longer than 4h (warning)
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
desk.toml:171:1  DSK103  no ticket comes to this rule: "default" in line 77 fits every ticket (warning)
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
