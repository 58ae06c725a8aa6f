//! `[[sla]]` and `[[escalation]]`: what is promised, and what happens when it comes near.

use std::collections::BTreeMap;
use std::fmt;

use super::section::Section;
use super::span::Span;
use crate::model::word::{Priority, WaitingOn, words};

words! {
    /// What a service level measures.
    Clock {
        Acknowledge = "acknowledge",
        Respond = "respond",
        Update = "update",
        Resolve = "resolve",
    }
}

words! {
    /// What an escalation rule does.
    Deed {
        Notify = "notify",
        Escalate = "escalate",
        Raise = "raise",
    }
}

/// `[[sla]]`: the first whose query fits a ticket is its service level.
#[derive(Debug, Clone, PartialEq)]
pub struct Sla {
    pub name: String,
    /// A query; empty fits every ticket.
    pub query: String,
    /// Empty: the desk's.
    pub calendar: String,
    /// The reasons of waiting that stop the clocks; all unless the rule says otherwise.
    pub pause: Vec<WaitingOn>,
    pub targets: BTreeMap<Priority, Targets>,
    /// Of `desk.toml`, from 1.
    pub line: usize,
}

/// `[sla.targets.p1]`, of one shape with `[contract.targets.p1]`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Targets {
    pub acknowledge: Option<Span>,
    pub respond: Option<Span>,
    pub update: Option<Span>,
    pub resolve: Option<Span>,
    /// Percent of tickets that are promised to be in time.
    pub promise: Option<f64>,
}

impl Targets {
    pub fn of(&self, clock: Clock) -> Option<Span> {
        match clock {
            Clock::Acknowledge => self.acknowledge,
            Clock::Respond => self.respond,
            Clock::Update => self.update,
            Clock::Resolve => self.resolve,
        }
    }

    fn read(mut s: Section<'_>) -> Targets {
        let targets = Targets {
            acknowledge: target(&mut s, "acknowledge"),
            respond: target(&mut s, "respond"),
            update: target(&mut s, "update"),
            resolve: target(&mut s, "resolve"),
            promise: s.number("promise", 100.0, "90"),
        };
        s.done();
        targets
    }
}

/// A target is working time, so that `2d` would be 48 working hours, which hardly anybody means.
fn target(s: &mut Section<'_>, key: &'static str) -> Option<Span> {
    let text = s.text(key)?;
    if let Some(less) = text.strip_prefix('-') {
        let fix = Span::parse(less).map_or_else(|| "\"4h\"".to_owned(), |span| format!("\"{span}\""));
        s.error(key, format!("a target cannot be negative, as \"{text}\" is"), format!("{key} = {fix}"));
        return None;
    }
    let span = s.parsed(key, Span::parse, "length of time", "\"45m\", \"1h 30m\" or \"5bd\" for working days")?;
    if let Span::Seconds(seconds) = span
        && text.contains(['d', 'w'])
    {
        s.warning(
            key,
            format!("a target is working time, so \"{text}\" is {} working hours", seconds / 3600),
            format!("\"{}bd\" for working days, or \"{}h\"", (seconds + 86_399) / 86_400, seconds / 3600),
        );
    }
    Some(span)
}

impl Sla {
    pub(super) fn read(mut s: Section<'_>) -> Sla {
        let sla = Sla {
            line: s.line(),
            name: s.text_or("name", ""),
            query: s.text_or("match", ""),
            calendar: s.text_or("calendar", ""),
            pause: if s.has("pause") {
                s.words("pause", WaitingOn::parse, &WaitingOn::spellings())
            } else {
                s.elements("pause");
                WaitingOn::ALL.to_vec()
            },
            targets: targets(&mut s),
        };
        s.done();
        sla
    }
}

/// Also for `[[contract]]`, which has the same `targets`.
pub(in crate::model) fn targets(s: &mut Section<'_>) -> BTreeMap<Priority, Targets> {
    let Some(mut s) = s.section("targets") else { return BTreeMap::new() };
    let read = |priority: &Priority| Some((*priority, Targets::read(s.section(priority.as_str())?)));
    let targets = Priority::ALL.iter().filter_map(read).collect();
    s.done();
    targets
}

/// When an escalation rule fires, on the clock's own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// Percent of the target used.
    Used(u32),
    /// Seconds before it is due.
    Before(i64),
    /// Seconds after it was due.
    After(i64),
}

impl Threshold {
    /// Reads `"75%"`, `"-15m"`, `"+1h"`.
    pub fn parse(text: &str) -> Option<Threshold> {
        let seconds = |text: &str| match Span::parse(text)? {
            Span::Seconds(seconds) => Some(seconds),
            Span::WorkingDays(_) | Span::EndOfWorkingDay(_) => None,
        };
        if let Some(percent) = text.strip_suffix('%') {
            let percent = percent.trim().parse().ok()?;
            return (percent <= 1000).then_some(Threshold::Used(percent));
        }
        match text.strip_prefix('-') {
            Some(before) => seconds(before).map(Threshold::Before),
            None => seconds(text.strip_prefix('+')?).map(Threshold::After),
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Threshold::Used(percent) => write!(f, "{percent}%"),
            Threshold::Before(seconds) => write!(f, "-{}", Span::Seconds(seconds)),
            Threshold::After(seconds) => write!(f, "+{}", Span::Seconds(seconds)),
        }
    }
}

/// `[[escalation]]`, done by `sweep`.
#[derive(Debug, Clone, PartialEq)]
pub struct Escalation {
    pub name: String,
    pub query: String,
    pub clock: Clock,
    pub at: Threshold,
    pub deeds: Vec<Deed>,
    /// The target to notify, the queue or agent to escalate to; empty is the usual one.
    pub to: String,
    /// `escalation[2]`: its path in `desk.toml`, where rules that cannot be read count, too.
    pub key: String,
    pub line: usize,
}

impl Escalation {
    pub(super) fn read(mut s: Section<'_>) -> Option<Escalation> {
        let (clock, at) = (
            s.word("clock", Clock::parse, &Clock::spellings()),
            s.parsed("at", Threshold::parse, "threshold", "\"75%\", \"-15m\" or \"+1h\""),
        );
        let rule = Escalation {
            key: s.path.clone(),
            line: s.line(),
            name: s.text_or("name", ""),
            query: s.text_or("match", ""),
            clock: clock.unwrap_or(Clock::Resolve),
            at: at.unwrap_or(Threshold::Used(100)),
            deeds: s.words("do", Deed::parse, &Deed::spellings()),
            to: s.text_or("to", ""),
        };
        for (key, example) in [("clock", "\"resolve\""), ("at", "\"75%\""), ("do", "[\"notify\"]")] {
            if !s.has(key) {
                s.error(key, format!("the escalation rule has no `{key}`"), format!("{key} = {example}"));
            }
        }
        s.done();
        (clock.is_some() && at.is_some()).then_some(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_a_share_or_a_time_before_or_after() {
        assert_eq!(Threshold::parse("75%"), Some(Threshold::Used(75)));
        assert_eq!(Threshold::parse("-15m"), Some(Threshold::Before(900)));
        assert_eq!(Threshold::parse("+1h"), Some(Threshold::After(3600)));
        for bad in ["", "75", "1h", "-5bd", "%", "+", "x%"] {
            assert_eq!(Threshold::parse(bad), None, "{bad}");
        }
    }
}
