use super::*;
use crate::model::policy::template::{Filling, helpdesk};
use crate::model::word::WaitingOn;
use proptest::prelude::*;

fn base() -> String {
    helpdesk(Filling { name: "d", zone: "UTC", handle: "ana", agent: "Ana", email: "ana@example.com" })
}

/// Remarks on the template with one text put for another, one line each.
fn told(from: &str, to: &str) -> Vec<String> {
    let text = base();
    assert!(text.contains(from), "{from}");
    tell(&text.replacen(from, to, 1))
}

fn tell(text: &str) -> Vec<String> {
    let one = |r: Remark| {
        let fix = r.fix.map(|fix| format!(" → {fix}")).unwrap_or_default();
        format!("{} {}: {}{fix}", r.severity.as_str(), r.key, r.message)
    };
    Policy::parse(text).1.into_iter().map(one).collect()
}

#[test]
fn an_unknown_key_is_a_warning_that_names_the_nearest() {
    assert_eq!(
        told("lead = \"ana\"", "leed = \"ana\""),
        ["warning queues.l1.leed: `leed` is not known → did you mean `lead`?"]
    );
    assert_eq!(
        told("[severities]", "[severitys]"),
        ["warning severitys: `severitys` is not known → did you mean `severities`?"]
    );
}

#[test]
fn a_remark_says_line_and_column() {
    let (_, remarks) =
        Policy::parse("[desk]\nschema = 1\ndefault_queue = \"l1\"\n\n[queues.l1]\nlevel = \"é\"\nnext = 7\n");
    let places: Vec<_> = remarks.iter().map(|r| (r.line, r.column, r.key.as_str())).collect();
    assert_eq!(places, [(6, 9, "queues.l1.level"), (7, 8, "queues.l1.next")]);
}

#[test]
fn a_wrong_type_is_an_error_with_a_remedy_and_the_default_takes_its_place() {
    let text = base().replace("close_after = \"5bd\"", "close_after = 5");
    assert_eq!(tell(&text), ["error desk.close_after: `desk.close_after` is a number, not text → put it in quotes"]);
    assert_eq!(Policy::parse(&text).0.desk.close_after, Span::WorkingDays(5));
    assert_eq!(
        told("reopen_window = \"14d\"", "reopen_window = \"a while\""),
        [
            "error desk.reopen_window: \"a while\" is no length of time → reopen_window = \"45m\", \"1h 30m\", \"14d\" or \"5bd\" for working days"
        ]
    );
}

#[test]
fn names_that_lead_nowhere_are_errors() {
    assert_eq!(
        told("next = \"l2\"", "next = \"l22\""),
        ["error queues.l1.next: there is no queue \"l22\" → did you mean \"l2\"?"]
    );
    assert_eq!(
        told("lead = \"ana\"", "lead = \"zoe\""),
        ["error queues.l1.lead: there is no agent \"zoe\" → one of ana, or add [agents.zoe]"]
    );
    assert_eq!(
        told("calendar = \"office\"", "calendar = \"offices\""),
        ["error desk.calendar: there is no calendar \"offices\" → did you mean \"office\"?"]
    );
    assert_eq!(
        told("default_queue = \"l1\"", "default_queue = \"first\""),
        ["error desk.default_queue: there is no queue \"first\" → one of l1, l2, l3, or add [queues.first]"]
    );
}

#[test]
fn a_circle_of_escalation_is_told_once() {
    assert_eq!(
        told("next = \"\"", "next = \"l1\""),
        ["error queues.l1.next: escalation runs in a circle: l1 → l2 → l3 → l1 → next = \"\" at the last level"]
    );
    assert_eq!(
        told("next = \"\"", "next = \"l3\""),
        ["error queues.l3.next: escalation runs in a circle: l3 → l3 → next = \"\" at the last level"]
    );
}

#[test]
fn hours_that_overlap_or_never_come_are_errors() {
    let monday = "mon = [\"09:00-17:00\"]";
    assert_eq!(
        told(monday, "mon = [\"09:00-12:00\", \"11:00-17:00\"]"),
        ["error calendars.office.hours.mon: two spans of `calendars.office.hours.mon` overlap → join them into one"]
    );
    assert_eq!(told(monday, "mon = [\"09:00-12:00\", \"12:00-24:00\"]"), [""; 0]);
    assert_eq!(
        told(monday, "monday = [\"09:00-17:00\"]"),
        ["warning calendars.office.hours.monday: `monday` is not known → did you mean `mon`?"]
    );
    let text = base();
    let week = text.lines().find(|line| line.starts_with("hours = ")).unwrap();
    assert_eq!(
        told(week, "hours = {}"),
        [
            "error calendars.office.hours: this calendar never opens → hours = { mon = [\"09:00-17:00\"], tue = [\"09:00-17:00\"] }"
        ]
    );
}

#[test]
fn a_time_zone_that_does_not_exist_is_an_error() {
    assert_eq!(
        told("timezone = \"UTC\"", "timezone = \"Europe/Amsterdm\""),
        ["error desk.timezone: there is no time zone \"Europe/Amsterdm\" → did you mean \"Europe/Amsterdam\"?"]
    );
}

#[test]
fn a_target_in_days_is_a_warning_because_a_day_of_work_is_bd() {
    assert_eq!(
        told("resolve = \"3bd\"", "resolve = \"3d\""),
        [
            "warning sla[0].targets.p3.resolve: a target is working time, so \"3d\" is 72 working hours → \"3bd\" for working days, or \"72h\""
        ]
    );
}

#[test]
fn a_negative_target_is_an_error_of_its_own() {
    assert_eq!(
        told("resolve = \"4h\"", "resolve = \"-4h\""),
        ["error sla[0].targets.p1.resolve: a target cannot be negative, as \"-4h\" is → resolve = \"4h\""]
    );
}

#[test]
fn every_target_has_its_line() {
    let text = base();
    let policy = Policy::parse(&text).0;
    let line = |wanted: &str| text.lines().position(|line| line == wanted).map(|at| at + 1);
    assert_eq!(policy.line("sla[0].targets.p2"), line("[sla.targets.p2]"));
    assert_eq!(policy.line("sla[0].targets.p2.respond"), line("respond = \"1h\""));
    assert_eq!(policy.line("sla[0].targets.p2.update"), None);
    assert_eq!(policy.line("sla[0]"), line("[[sla]]"));
}

#[test]
fn a_newer_schema_is_read_and_said() {
    let (policy, remarks) = Policy::parse(&base().replace("schema = 1", "schema = 2"));
    assert!(policy.newer_schema());
    assert_eq!(remarks.iter().map(|r| r.severity).collect::<Vec<_>>(), [Severity::Warning]);
    assert!(!Policy::parse(&base()).0.newer_schema());
}

#[test]
fn broken_toml_leaves_what_can_be_read() {
    let (policy, remarks) = Policy::parse(&base().replace("level = 2", "level = = 2"));
    assert_eq!(remarks[0].message.split(':').next(), Some("this is no TOML"));
    let at = base().lines().position(|line| line == "[queues.l1]").map(|at| at + 1);
    assert_eq!(policy.line("queues.l1"), at);
    assert_eq!(policy.next("l1"), Some("l2"));
}

#[test]
fn an_empty_file_is_a_desk_of_defaults() {
    let (policy, remarks) = Policy::parse("");
    assert_eq!(
        remarks.iter().map(|r| r.message.as_str()).collect::<Vec<_>>(),
        ["`[desk]` is missing", "`desk.default_queue` is missing"]
    );
    assert_eq!(policy.severities["critical"], Priority::P1);
    assert_eq!(policy.desk, Desk::default());
}

#[test]
fn a_missing_default_queue_falls_back_to_the_lowest_level() {
    let text = base().replace("default_queue = \"l1\"\n", "");
    assert_eq!(tell(&text), ["error desk: `desk.default_queue` is missing → default_queue = \"l1\""]);
    assert_eq!(Policy::parse(&text).0.desk.default_queue, "l1");
}

#[test]
fn one_address_belongs_to_one_agent_and_names_are_checked() {
    let more = "\n[agents.Ben]\nemails = [\"ANA@example.com\"]\n";
    assert_eq!(
        tell(&(base() + more)),
        [
            "error agents.Ben: \"Ben\" is no name → a to z, 0 to 9 and - between them, at most 63",
            "error agents.ana.emails: \"ana@example.com\" is also an address of \"Ben\" → an address belongs to one agent",
        ]
        .map(str::to_owned)
        .into_iter()
        .rev()
        .collect::<Vec<_>>()
    );
}

#[test]
fn the_desks_matrix_stands_above_the_built_in_one() {
    let (policy, remarks) = Policy::parse(&(base() + "\n[priorities.matrix]\nlow = { low = \"p4\" }\n"));
    assert_eq!(remarks, []);
    assert_eq!(policy.priority(Level::Low, Level::Low), Priority::P4);
    assert_eq!(policy.priority(Level::High, Level::High), Priority::P1);
}

#[test]
fn rules_say_what_they_lack() {
    assert_eq!(
        tell(&(base() + "\n[[escalation]]\nclock = \"resolv\"\nat = \"75%\"\n")),
        [
            "error escalation[0].do: the escalation rule has no `do` → do = [\"notify\"]",
            "error escalation[0].clock: \"resolv\" is none of the words known here → did you mean \"resolve\"?",
        ]
    );
    let (policy, remarks) =
        Policy::parse(&(base() + "\n[[permit]]\nwho = \"lead\"\nmay = [\"close\"]\non = \"queue:l1\"\n"));
    assert_eq!(remarks, []);
    assert_eq!(policy.permit[0].who, ["lead"]);
}

#[test]
fn a_service_level_pauses_on_everything_unless_it_says_otherwise() {
    let pause = "pause = [\"requester\", \"vendor\", \"change\", \"problem\", \"approval\", \"schedule\"]\n";
    assert_eq!(Policy::parse(&base().replace(pause, "")).0.sla[0].pause, WaitingOn::ALL);
    assert_eq!(Policy::parse(&base().replace(pause, "pause = []\n")).0.sla[0].pause, []);
}

proptest! {
    #[test]
    fn no_text_stops_the_reader(text in "([a-z\\[\\]{}=\".,0-9 \n]|desk|queues|hours|sla|next|= )*") {
        let _ = Policy::parse(&text);
    }

    #[test]
    fn a_template_with_a_hole_is_still_read(from in 0_usize..3000, length in 0_usize..80) {
        let text = base();
        let from = from.min(text.len());
        let to = (from + length).min(text.len());
        let _ = Policy::parse(&format!("{}{}", &text[..from], &text[to..]));
    }
}
