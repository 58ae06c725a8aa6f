//! `desk.day/1`: what a day asks of somebody.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::model::day::{Section, Why};
use crate::model::id::TicketId;
use crate::model::policy::Clock;
use crate::model::ticket::Ticket;

/// One ticket in one part of the day.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub section: Section,
    pub why: Why,
    pub ticket: Ticket,
    pub handle: String,
    /// The moment that `why` is about: an RFC 3339 time, or a date for a call back.
    pub when: Option<String>,
    /// The clock that `when` is of.
    pub clock: Option<Clock>,
    /// Seconds late; of a clock working time.
    pub late: i64,
    /// Who replied or reopened.
    pub by: Option<String>,
    /// How often it failed, and what the job is called.
    pub failure: Option<Failure>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub job: String,
    pub hosts: Vec<String>,
    pub count: u64,
}

/// What somebody did the day before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Yesterday {
    pub date: Date,
    /// Ended by them.
    pub resolved: Vec<TicketId>,
    /// Reopened by them, or by others while it was theirs.
    pub reopened: Vec<TicketId>,
}

/// The keys of a row as columns of TSV and CSV; frozen.
pub const COLUMNS: &[&str] = &["section", "why", "id", "priority", "status", "queue", "assignee", "when", "title"];

/// All keys of a row.
pub const FIELDS: &[&str] = &[
    "section",
    "why",
    "id",
    "handle",
    "priority",
    "status",
    "queue",
    "assignee",
    "requester",
    "when",
    "clock",
    "by",
    "job",
    "hosts",
    "count",
    "title",
];

impl Row {
    pub fn to_json(&self) -> Value {
        let ticket = &self.ticket;
        let text = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
        let failure = self.failure.as_ref();
        json!({"section": self.section.as_str(), "why": self.why.as_str(), "id": ticket.id.as_str(), "handle": self.handle,
            "priority": ticket.priority.as_str(), "status": ticket.status.as_str(), "queue": text(&ticket.queue),
            "assignee": text(&ticket.assignee), "requester": text(&ticket.requester), "when": self.when,
            "clock": self.clock.map(Clock::as_str), "by": self.by,
            "job": failure.map(|failure| &failure.job), "hosts": failure.map_or(&[][..], |failure| &failure.hosts),
            "count": failure.map(|failure| failure.count), "title": ticket.title})
    }
}

/// Who it is, and where they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// An agent's handle, else an address.
    pub name: String,
    pub is_agent: bool,
    /// Queues that they are a member of.
    pub queues: Vec<String>,
    pub on_call: bool,
    /// Open tickets that are theirs, and open tickets that are nobody's in their queues.
    pub theirs: u64,
    pub free: u64,
}

/// The whole day; `totals` are how many tickets each part has, shown or not.
pub fn object(at: &str, who: &Person, rows: &[Row], totals: &[(Section, u64)], yesterday: &Yesterday) -> Value {
    let mut object = Map::new();
    let mut counts = json!({"theirs": who.theirs, "free": who.free});
    object.insert("schema".into(), json!("desk.day/1"));
    object.insert("at".into(), json!(at));
    object.insert("who".into(), json!(who.name));
    object.insert("agent".into(), json!(who.is_agent));
    object.insert("on_call".into(), json!(who.on_call));
    object.insert("queues".into(), json!(who.queues));
    for section in Section::ALL {
        let own = rows.iter().filter(|row| row.section == *section).map(Row::to_json);
        object.insert(section.as_str().into(), own.collect());
        let total = totals.iter().find(|(name, _)| name == section).map_or(0, |(_, total)| *total);
        counts[section.as_str()] = json!(total);
    }
    object.insert("counts".into(), counts);
    let ids = |ids: &[TicketId]| ids.iter().map(|id| Value::from(id.as_str())).collect::<Value>();
    object.insert(
        "yesterday".into(),
        json!({"date": yesterday.date.to_string(), "resolved": ids(&yesterday.resolved),
            "reopened": ids(&yesterday.reopened)}),
    );
    Value::Object(object)
}
