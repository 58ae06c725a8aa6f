//! Whether `[[sla]]` and `[[escalation]]` can do what they say: rules that nothing reaches, thresholds that make no sense.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::refs::Refs;
use super::remark::Severity;
use super::{Clock, Deed, Escalation, Span, Threshold};
use crate::model::near::nearest;
use crate::model::query::Query;

pub(super) fn check(refs: &Refs<'_>) {
    for (at, sla) in refs.policy.sla.iter().enumerate() {
        refs.calendar(&format!("sla[{at}].calendar"), &sla.calendar);
        unreached(refs, at);
        circular(refs, at);
    }
    for rule in &refs.policy.escalation {
        target(refs, rule);
        threshold(refs, rule);
    }
}

/// The first rule whose query fits a ticket is its service level, so one behind a rule that fits all has none.
fn unreached(refs: &Refs<'_>, at: usize) {
    let sla = &refs.policy.sla[at];
    let takes = |before: &&super::Sla| before.query.is_empty() || before.query == sla.query;
    let Some(before) = refs.policy.sla[..at].iter().find(takes) else { return };
    let (why, fix) = match before.query.is_empty() {
        true => ("fits every ticket", format!("move it above line {}: the first rule that fits counts", before.line)),
        false => ("has the same `match`", format!("make one rule of it and the one in line {}", before.line)),
    };
    let name = if before.name.is_empty() { "the rule".to_owned() } else { format!("\"{}\"", before.name) };
    let message = format!("no ticket comes to this rule: {name} in line {} {why}", before.line);
    refs.remark(Severity::Warning, &format!("sla[{at}]"), message, fix);
}

/// A rule says which clocks run, so it cannot ask how they stand.
fn circular(refs: &Refs<'_>, at: usize) {
    let query = Query::parse(&refs.policy.sla[at].query, Timestamp::UNIX_EPOCH, &TimeZone::UTC);
    if query.is_ok_and(|query| query.needs_clocks()) {
        let message = "the rule that says which clocks run asks how they stand".to_owned();
        let fix = "ask for what the ticket is: priority, queue, service, tag".to_owned();
        refs.remark(Severity::Error, &format!("sla[{at}].match"), message, fix);
    }
}

/// Whom a rule notifies is a name of each user's configuration; where it escalates to is one of the desk.
fn target(refs: &Refs<'_>, rule: &Escalation) {
    let policy = refs.policy;
    let known = || policy.queues.keys().chain(policy.agents.keys()).map(String::as_str);
    if rule.to.is_empty() || !rule.deeds.contains(&Deed::Escalate) || known().any(|name| name == rule.to) {
        return;
    }
    let fix = match nearest(&rule.to, known()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("one of {}; without `to` it is the next queue", known().collect::<Vec<_>>().join(", ")),
    };
    let message = format!("there is no queue or agent \"{}\" to escalate to", rule.to);
    refs.remark(Severity::Error, &format!("{}.to", rule.key), message, fix);
}

/// A threshold that every ticket reaches as soon as its clock starts.
fn threshold(refs: &Refs<'_>, rule: &Escalation) {
    let message = match rule.at {
        Threshold::Used(0) => "\"0%\" is reached as soon as the clock starts".to_owned(),
        Threshold::Before(seconds) => {
            let Some(longest) = longest(refs, rule.clock).filter(|longest| *longest <= seconds) else { return };
            let (before, target) = (Span::Seconds(seconds), Span::Seconds(longest));
            format!(
                "\"-{before}\" is reached as soon as the clock starts: no target of `{}` is longer than {target}",
                rule.clock
            )
        }
        Threshold::Used(_) | Threshold::After(_) => return,
    };
    refs.remark(Severity::Warning, &format!("{}.at", rule.key), message, "at = \"75%\"".to_owned());
}

/// The longest target of a clock in seconds of work; `None` where there is none, or one in working days, which have no
/// length of their own.
fn longest(refs: &Refs<'_>, clock: Clock) -> Option<i64> {
    let targets = refs.policy.sla.iter().flat_map(|sla| sla.targets.values());
    let seconds = targets.filter_map(|targets| targets.of(clock)).map(|target| match target {
        Span::Seconds(seconds) => Some(seconds),
        Span::WorkingDays(_) | Span::EndOfWorkingDay(_) => None,
    });
    seconds.collect::<Option<Vec<i64>>>()?.into_iter().max()
}
