//! The other rule tables of `desk.toml`. All are one shape: a `match`, which is a query, and what follows from it.
//! Queries are kept as text; whoever runs them reads them.

use jiff::civil::DateTime;

use super::section::Section;
use super::span::Span;
use crate::model::word::{Priority, words};

/// `[[route]]`: what a new ticket gets that does not say it itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub name: String,
    pub query: String,
    pub queue: String,
    pub priority: Option<Priority>,
    pub assignee: String,
    pub tags: Vec<String>,
    /// Of `desk.toml`, from 1.
    pub line: usize,
}

impl Route {
    pub(super) fn read(mut s: Section<'_>) -> Route {
        let route = Route {
            line: s.line(),
            name: s.text_or("name", ""),
            query: s.text_or("match", ""),
            queue: s.text_or("queue", ""),
            priority: s.word("priority", Priority::parse, &Priority::spellings()),
            assignee: s.text_or("assignee", ""),
            tags: s.list("tags"),
        };
        s.done();
        route
    }
}

words! {
    /// What a `[[notify]]` rule listens to.
    Occasion {
        Opened = "opened",
        Assigned = "assigned",
        Escalated = "escalated",
        Resolved = "resolved",
        Reopened = "reopened",
        Breached = "breached",
        AtRisk = "at-risk",
        Comment = "comment",
    }
}

/// `[[notify]]`: whom to tell. Targets themselves stand in the user's configuration, because their URLs are secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notify {
    pub name: String,
    pub on: Vec<Occasion>,
    pub query: String,
    /// A target's name.
    pub to: String,
    pub line: usize,
}

impl Notify {
    pub(super) fn read(mut s: Section<'_>) -> Notify {
        let notify = Notify {
            line: s.line(),
            name: s.text_or("name", ""),
            on: s.words("on", Occasion::parse, &Occasion::spellings()),
            query: s.text_or("match", ""),
            to: s.text_or("to", ""),
        };
        for (key, example) in [("on", "[\"opened\"]"), ("to", "\"chat\"")] {
            if !s.has(key) {
                s.error(key, format!("the notify rule has no `{key}`"), format!("{key} = {example}"));
            }
        }
        s.done();
        notify
    }
}

/// `[[require]]`: fields that an act needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Require {
    pub name: String,
    /// Acts, by the names of their commands.
    pub on: Vec<String>,
    pub query: String,
    pub fields: Vec<String>,
    pub line: usize,
}

impl Require {
    pub(super) fn read(mut s: Section<'_>) -> Require {
        let require = Require {
            line: s.line(),
            name: s.text_or("name", ""),
            on: s.list("on"),
            query: s.text_or("match", ""),
            fields: s.list("fields"),
        };
        for (key, example) in [("on", "\"resolve\""), ("fields", "[\"category\"]")] {
            if !s.has(key) {
                s.error(key, format!("the require rule has no `{key}`"), format!("{key} = {example}"));
            }
        }
        s.done();
        require
    }
}

/// `[[permit]]`: who may do what, held by the pre-receive hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    pub name: String,
    /// Roles, agents, queues (their members), `requester`, `signed`.
    pub who: Vec<String>,
    /// Acts.
    pub may: Vec<String>,
    /// The query of the tickets meant.
    pub on: String,
    pub line: usize,
}

impl Permit {
    pub(super) fn read(mut s: Section<'_>) -> Permit {
        let permit = Permit {
            line: s.line(),
            name: s.text_or("name", ""),
            who: s.list("who"),
            may: s.list("may"),
            on: s.text_or("on", ""),
        };
        for (key, example) in [("who", "\"lead\""), ("may", "[\"close\"]")] {
            if !s.has(key) {
                s.error(key, format!("the permit rule has no `{key}`"), format!("{key} = {example}"));
            }
        }
        s.done();
        permit
    }
}

/// `[[expect]]`: a job that must report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    pub name: String,
    /// Of the job's events.
    pub key: String,
    pub every: Span,
    pub grace: Span,
    pub line: usize,
}

impl Expect {
    pub(super) fn read(mut s: Section<'_>) -> Option<Expect> {
        let (key, every) = (s.text("key"), s.span("every"));
        let expect = (s.text_or("name", ""), s.span("grace").unwrap_or(Span::Seconds(0)), s.line());
        for (key, example) in [("key", "\"run/db1/root/backup\""), ("every", "\"24h\"")] {
            if !s.has(key) {
                s.error(key, format!("the expect rule has no `{key}`"), format!("{key} = {example}"));
            }
        }
        s.done();
        let (name, grace, line) = expect;
        Some(Expect { name, key: key?, every: every?, grace, line })
    }
}

/// `[rota.QUEUE]`: who is on call; gives `@oncall`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rota {
    /// When the first member's first shift began, wall time of the desk's zone.
    pub start: DateTime,
    /// At least an hour of wall time; never of working days.
    pub shift: Span,
    pub members: Vec<String>,
}

impl Rota {
    pub(super) fn read(mut s: Section<'_>) -> Option<Rota> {
        let start = start(&mut s);
        let shift = shift(&mut s);
        let members = s.list("members");
        for (key, ok, example) in [
            ("start", start.is_some(), "2026-01-05T08:00:00"),
            ("shift", shift.is_some() || s.has("shift"), "\"7d\""),
            ("members", !members.is_empty(), "[\"ana\", \"ben\"]"),
        ] {
            if !ok {
                s.error(key, format!("the rota needs `{key}`"), format!("{key} = {example}"));
            }
        }
        s.done();
        Some(Rota { start: start?, shift: shift?, members })
    }
}

/// Shorter than an hour, turns would get lost where clocks are set forward.
fn shift(s: &mut Section<'_>) -> Option<Span> {
    let shift = s.span("shift")?;
    let long = matches!(shift, Span::Seconds(3_600..));
    if !long {
        s.error("shift", format!("a shift is at least an hour, in days and hours, and not {shift}"), "shift = \"7d\"");
    }
    long.then_some(shift)
}

/// A date or a local date-time.
fn start(s: &mut Section<'_>) -> Option<DateTime> {
    let text = s.value("start")?.date_text()?;
    let date = || text.parse::<jiff::civil::Date>().ok().map(|date| date.at(0, 0, 0, 0));
    match text.len() {
        10 => date(),
        _ => text.parse().ok(),
    }
}

/// `[redact]`: what never leaves a job's output, beside the built-in rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redact {
    /// Regular expressions that compile.
    pub patterns: Vec<String>,
    /// Names of environment variables whose values are secret.
    pub env: Vec<String>,
}

impl Redact {
    pub(super) fn read(mut s: Section<'_>) -> Redact {
        let mut redact = Redact { patterns: s.list("patterns"), env: s.list("env") };
        redact.patterns.retain(|pattern| {
            let compiled = regex::Regex::new(pattern);
            if compiled.is_err() {
                s.error("patterns", format!("\"{pattern}\" is no regular expression"), "patterns = ['tok_[a-z0-9]+']");
            }
            compiled.is_ok()
        });
        s.done();
        redact
    }
}
