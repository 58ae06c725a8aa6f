//! What a query means: whether it fits a ticket.

use std::cell::OnceCell;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Expr, Is, Query, Standing, Term, Test};
use crate::model::clock::{Run, State, current};
use crate::model::entry::Entry;
use crate::model::text;
use crate::model::ticket::Ticket;
use crate::model::times::Times;
use crate::model::word::{LinkType, Status};

/// Seconds without a fact or entry after which an open ticket is stale: 14 days.
pub const STALE: i64 = 14 * 86_400;

/// Who asks, and when.
#[derive(Debug, Clone)]
pub struct Context {
    pub now: Timestamp,
    pub zone: TimeZone,
    /// Handle and addresses of whoever asks.
    pub me: Vec<String>,
    /// Whoever is on call.
    pub oncall: Vec<String>,
}

/// A ticket with what is known around it.
pub struct Subject<'a> {
    pub ticket: &'a Ticket,
    pub thread: &'a dyn Fn() -> Vec<Entry>,
    pub times: Times,
    /// The runs of its clocks.
    pub runs: &'a dyn Fn() -> Vec<Run>,
    /// Level of its queue.
    pub level: Option<u32>,
    /// Other tickets name it as their parent.
    pub is_parent: bool,
    words: OnceCell<Vec<Vec<String>>>,
    known: OnceCell<Vec<Run>>,
}

impl<'a> Subject<'a> {
    /// A ticket without clocks.
    pub fn new(ticket: &'a Ticket, thread: &'a dyn Fn() -> Vec<Entry>, times: Times) -> Subject<'a> {
        let (runs, words, known) = (&Vec::new, OnceCell::new(), OnceCell::new());
        Subject { ticket, thread, times, runs, level: None, is_parent: false, words, known }
    }

    fn runs(&self) -> &[Run] {
        self.known.get_or_init(self.runs)
    }

    /// The words of each text of the ticket, folded.
    fn words(&self) -> &[Vec<String>] {
        self.words.get_or_init(|| {
            let own = [&self.ticket.title, &self.ticket.body, &self.ticket.solution].map(|text| text::tokens(text));
            let thread = (self.thread)();
            own.into_iter().chain(thread.iter().map(|entry| text::tokens(&entry.body))).collect()
        })
    }

    /// A time of the ticket; of a day its first moment in a zone.
    fn time(&self, name: &str, zone: &TimeZone) -> Option<Timestamp> {
        match name {
            "opened" => Some(self.ticket.opened),
            "due" => self.ticket.due,
            "wake" => self.ticket.wake,
            "follow_up" => self.ticket.follow_up.and_then(|day| {
                zone.to_ambiguous_zoned_datetime(day.at(0, 0, 0, 0)).compatible().ok().map(|zoned| zoned.timestamp())
            }),
            "acknowledged" => self.times.acknowledged,
            "responded" => self.times.responded,
            "resolved" => self.times.resolved,
            "closed" => self.times.closed,
            "updated" => self.times.updated,
            _ => None,
        }
    }

    /// The values of a field as text; of a list each element.
    fn values(&self, name: &str) -> Vec<String> {
        let ticket = self.ticket;
        let one = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
        if let Some(member) = name.strip_prefix("fields.") {
            return match ticket.fields.get(member) {
                None => Vec::new(),
                Some(Value::String(text)) => one(text),
                Some(value) => vec![value.to_string()],
            };
        }
        match name {
            "id" => vec![ticket.id.to_string(), ticket.id.random_part().to_owned()],
            "title" => one(&ticket.title),
            "status" => one(ticket.status.as_str()),
            "resolution" => one(&ticket.resolution),
            "waiting_on" => ticket.waiting_on.map(|word| word.to_string()).into_iter().collect(),
            "kind" => one(ticket.kind.as_str()),
            "impact" => ticket.impact.map(|word| word.to_string()).into_iter().collect(),
            "urgency" => ticket.urgency.map(|word| word.to_string()).into_iter().collect(),
            "priority" => one(ticket.priority.as_str()),
            "queue" => one(&ticket.queue),
            "assignee" => one(&ticket.assignee),
            "category" => one(&ticket.category),
            "service" => one(&ticket.service),
            "asset" => one(&ticket.asset),
            "tags" => ticket.tags.clone(),
            "articles" => ticket.articles.clone(),
            "watchers" => ticket.watchers.clone(),
            "requester" => one(&ticket.requester),
            "customer" => one(&ticket.customer),
            "location" => one(&ticket.location),
            "environment" => one(&ticket.environment),
            "channel" => ticket.channel.map(|word| word.to_string()).into_iter().collect(),
            "external_id" => one(&ticket.external_id),
            "key" => one(&ticket.key),
            "group" => one(&ticket.group),
            "solution" => one(&ticket.solution),
            "body" => one(&ticket.body),
            "level" => self.level.map(|level| level.to_string()).into_iter().collect(),
            "parent" => self.links(Some(LinkType::Parent)),
            "link" => self.links(None),
            other => self.time(other, &TimeZone::UTC).map(|time| time.to_string()).into_iter().collect(),
        }
    }

    fn links(&self, kind: Option<LinkType>) -> Vec<String> {
        let links = self.ticket.links.iter().filter(|link| kind.is_none_or(|kind| link.kind == kind));
        links.flat_map(|link| [link.to.to_string(), link.to.random_part().to_owned(), link.kind.to_string()]).collect()
    }
}

impl Query {
    pub fn matches(&self, subject: &Subject<'_>, context: &Context) -> bool {
        self.expr.matches(subject, context)
    }
}

impl Expr {
    fn matches(&self, subject: &Subject<'_>, context: &Context) -> bool {
        match self {
            Expr::All => true,
            Expr::And(parts) => parts.iter().all(|part| part.matches(subject, context)),
            Expr::Or(parts) => parts.iter().any(|part| part.matches(subject, context)),
            Expr::Not(inner) => !inner.matches(subject, context),
            Expr::Term(term) => term.matches(subject, context),
        }
    }
}

impl Term {
    fn matches(&self, subject: &Subject<'_>, context: &Context) -> bool {
        match self {
            Term::Words(phrase) => subject.words().iter().any(|words| text::holds(words, phrase)),
            Term::Is(is) => is.holds(subject, context),
            Term::Sla(sla) => sla.holds(subject.runs()),
            Term::Has(name) => !subject.values(name).is_empty(),
            Term::Field { name, test } => test.holds(name, &subject.values(name), context),
            Term::Time { name, from, to } => subject.time(name, &context.zone).is_some_and(|time| {
                from.is_none_or(|from| time >= from) && to.is_none_or(|to| time < to || Some(time) == *from)
            }),
            Term::Span { name, from, to } => {
                let since = if name == "age" { Some(subject.ticket.opened) } else { subject.times.updated };
                let seconds = since.map(|since| context.now.as_second() - since.as_second());
                seconds.is_some_and(|s| from.is_none_or(|from| s >= from) && to.is_none_or(|to| s <= to))
            }
        }
    }
}

impl Test {
    fn holds(&self, name: &str, values: &[String], context: &Context) -> bool {
        match self {
            Test::AnyOf(words) => words.iter().any(|word| match word.as_str() {
                "" => values.is_empty(),
                "@me" => values.iter().any(|value| context.me.iter().any(|me| me.eq_ignore_ascii_case(value))),
                "@oncall" => values.iter().any(|value| context.oncall.contains(value)),
                word => values.iter().any(|value| equal(name, value, word)),
            }),
            Test::Between(low, high) => values.iter().any(|value| {
                low.as_ref().is_none_or(|low| order(value, low).is_ge())
                    && high.as_ref().is_none_or(|high| order(value, high).is_le())
            }),
            Test::Contains(part) => values.iter().any(|value| value.to_lowercase().contains(part)),
            Test::Matches(regex) => values.iter().any(|value| regex.is_match(value)),
        }
    }
}

/// Equal without case; ids and links also by their beginning.
fn equal(name: &str, value: &str, word: &str) -> bool {
    match name {
        "id" | "parent" | "link" => value.starts_with(word),
        _ => value.to_lowercase() == word,
    }
}

/// Numbers by value, everything else by bytes.
fn order(value: &str, end: &str) -> std::cmp::Ordering {
    match (value.parse::<f64>(), end.parse::<f64>()) {
        (Ok(value), Ok(end)) => value.total_cmp(&end),
        _ => value.to_lowercase().as_str().cmp(end),
    }
}

impl Is {
    fn holds(self, subject: &Subject<'_>, context: &Context) -> bool {
        let ticket = subject.ticket;
        let idle =
            |seconds: i64| subject.times.updated.is_some_and(|at| context.now.as_second() - at.as_second() >= seconds);
        match self {
            Is::Open => ticket.status.is_open(),
            Is::Done => ticket.status.is_done(),
            Is::New => ticket.status == Status::New,
            Is::Active => ticket.status == Status::Active,
            Is::Waiting => ticket.status == Status::Waiting,
            Is::Resolved => ticket.status == Status::Resolved,
            Is::Closed => ticket.status == Status::Closed,
            Is::Overdue => {
                let promised = ticket.status.is_open() && ticket.due.is_some_and(|due| due < context.now);
                promised || Standing::Overdue.holds(subject.runs())
            }
            Is::Breached => {
                let missed = |due: Timestamp| due < subject.times.resolved.unwrap_or(context.now);
                ticket.due.is_some_and(missed) || Standing::Breached.holds(subject.runs())
            }
            Is::Mine => context.me.iter().any(|me| me.eq_ignore_ascii_case(&ticket.assignee)),
            Is::Unassigned => ticket.assignee.is_empty(),
            Is::Stale => ticket.status.is_open() && idle(STALE),
            Is::Parent => subject.is_parent,
            Is::Conflicted => !ticket.conflicts.is_empty(),
            Is::Duplicate => ticket.is_duplicate(),
        }
    }
}

impl Standing {
    fn holds(self, runs: &[Run]) -> bool {
        let any = |test: &dyn Fn(&Run) -> bool| current(runs).any(test);
        match self {
            Standing::AtRisk => any(&Run::is_at_risk),
            Standing::Overdue => any(&Run::is_late),
            Standing::Running => any(&|run| run.state == State::Running),
            Standing::Paused => any(&|run| run.state == State::Paused),
            Standing::Met => {
                any(&|run| run.state == State::Met) && !any(&|run| run.is_open() || run.state == State::Breached)
            }
            Standing::Cancelled => any(&|run| run.state == State::Cancelled),
            Standing::None => runs.is_empty(),
            Standing::Breached => runs.iter().any(|run| run.state == State::Breached),
        }
    }
}
