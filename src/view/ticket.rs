//! `desk.ticket/1`.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::clock;
use crate::model::clock::{Run, current};
use crate::model::entry::{Entry, present_repeats};
use crate::model::id::TicketId;
use crate::model::ticket::Ticket;
use crate::model::times::Times;

/// A ticket with everything that is shown of it.
pub struct Shown<'a> {
    pub ticket: &'a Ticket,
    pub times: Times,
    /// The runs of its clocks; of each the last is shown.
    pub runs: &'a [Run],
    pub handle: &'a str,
    /// Level of its queue.
    pub level: Option<u32>,
    /// Links both ways.
    pub links: &'a [Linked],
    pub thread: &'a [Entry],
    /// Entries of tickets that were merged into it, each with its ticket.
    pub merged: &'a [(TicketId, Entry)],
    pub attachments: &'a [File],
    /// From the repository's root.
    pub path: &'a str,
    /// The commit that this is as of.
    pub commit: &'a str,
}

/// A link as it reads from the ticket that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    pub kind: String,
    pub id: String,
    /// `None` where the other ticket cannot be read.
    pub title: Option<String>,
    pub status: Option<&'static str>,
}

/// A file of the thread; size in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub size: usize,
    pub path: String,
}

/// All keys, in the order in which they are documented.
pub const FIELDS: &[&str] = &[
    "schema",
    "id",
    "handle",
    "title",
    "kind",
    "status",
    "resolution",
    "solution",
    "impact",
    "urgency",
    "priority",
    "priority_reason",
    "queue",
    "level",
    "assignee",
    "requester",
    "customer",
    "channel",
    "service",
    "category",
    "asset",
    "location",
    "environment",
    "external_id",
    "key",
    "group",
    "waiting_on",
    "wake",
    "due",
    "follow_up",
    "opened",
    "acknowledged",
    "responded",
    "resolved",
    "closed",
    "updated",
    "tags",
    "watchers",
    "articles",
    "links",
    "fields",
    "conflicts",
    "body",
    "occurrences",
    "sla",
    "thread",
    "attachments",
    "suggested_articles",
    "path",
    "commit",
];

/// Keys that a list leaves out unless they are asked for by name.
pub const LONG: &[&str] = &["body", "thread", "attachments"];

/// The key of what may help; filled for one open ticket, never in a list.
pub const SUGGESTED: &str = "suggested_articles";

/// Keys that need the thread to be read.
pub const OF_THREAD: &[&str] = &["thread", "occurrences"];

impl Shown<'_> {
    pub fn to_json(&self) -> Value {
        let ticket = self.ticket;
        let mut object = Map::new();
        // Every plain field has its name and value from the record; what is unset is null.
        let record = ticket.record();
        for name in FIELDS {
            object.insert((*name).to_owned(), record.get(name).cloned().unwrap_or(Value::Null));
        }
        let list = |words: &[String]| Value::from(words.to_vec());
        let time = |time: Option<Timestamp>| time.map_or(Value::Null, |time| Value::from(time.to_string()));
        let mut set = |name: &str, value: Value| object.insert(name.to_owned(), value);
        set("schema", Value::from("desk.ticket/1"));
        set("id", Value::from(ticket.id.as_str()));
        set("handle", Value::from(self.handle));
        set("level", self.level.map_or(Value::Null, Value::from));
        set("acknowledged", time(self.times.acknowledged));
        set("responded", time(self.times.responded));
        set("resolved", time(self.times.resolved));
        set("closed", time(self.times.closed));
        set("updated", time(self.times.updated));
        set("tags", list(&ticket.tags));
        set("watchers", list(&ticket.watchers));
        set("articles", list(&ticket.articles));
        set("links", self.links.iter().map(linked).collect());
        set("fields", Value::Object(ticket.fields.clone().into_iter().collect()));
        set("conflicts", Value::Object(ticket.conflicts.clone().into_iter().collect()));
        set("body", Value::from(ticket.body.as_str()));
        set("occurrences", occurrences(self.thread));
        set("sla", current(self.runs).map(clock::run).collect());
        set("thread", self.thread.iter().map(entry).chain(self.merged.iter().map(merged)).collect());
        set("attachments", self.attachments.iter().map(file).collect());
        set(SUGGESTED, Value::Array(Vec::new()));
        set("path", Value::from(self.path));
        set("commit", Value::from(self.commit));
        Value::Object(object)
    }
}

fn linked(link: &Linked) -> Value {
    json!({"type": link.kind, "id": link.id, "title": link.title, "status": link.status})
}

fn file(file: &File) -> Value {
    json!({"name": file.name, "size": file.size, "path": file.path})
}

/// An entry of the thread: its id, and its fields as they stand.
fn entry(entry: &Entry) -> Value {
    let mut object = Map::new();
    object.insert("id".to_owned(), Value::from(entry.id.as_str()));
    for (name, value) in entry.record().iter() {
        object.insert(name.to_owned(), value.clone());
    }
    object.entry("body").or_insert_with(|| Value::from(""));
    object.entry("by").or_insert_with(|| Value::from(""));
    Value::Object(object)
}

/// An entry of a ticket that was merged into this one: `ticket` says which.
fn merged((ticket, one): &(TicketId, Entry)) -> Value {
    let mut object = entry(one);
    object["ticket"] = Value::from(ticket.as_str());
    object
}

/// Repeats of the present cycle over all producers; `null` where the failure has not come again.
fn occurrences(thread: &[Entry]) -> Value {
    let repeats: Vec<&Entry> = present_repeats(thread).collect();
    if repeats.is_empty() {
        return Value::Null;
    }
    // Each producer's count includes the failure that opened the ticket, which happened once.
    let again = repeats.iter().filter_map(|entry| entry.number("count")).map(|count| count.saturating_sub(1).max(0));
    let count = again.fold(1_i64, i64::saturating_add);
    let first = repeats.iter().map(|entry| entry.extra.text("first")).filter(|time| !time.is_empty()).min();
    let last = repeats.iter().map(|entry| entry.extra.text("last")).max();
    json!({"count": count, "first": first, "last": last})
}
