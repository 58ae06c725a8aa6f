//! A line of an audit log, and the commit that it makes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::model::id::TicketId;
use crate::model::word::Status;
use crate::store::message::{Message, Person, When};

/// One line of the log.
#[derive(Debug, Deserialize)]
pub struct Event {
    pub ticket: String,
    pub at: Timestamp,
    #[serde(default)]
    pub actor: String,
    #[serde(default)]
    pub changes: Map<String, Value>,
    pub entry: Option<EntryLine>,
    /// What this event is of a row's; `None` for a line of a log.
    #[serde(skip)]
    pub part: Option<Part>,
}

/// One of the things that a row says happened to its ticket.
#[derive(Debug, Clone)]
pub struct Part {
    /// Tells it from the others of the ticket, in every export of it. No slash.
    pub key: String,
    pub fields: Fields,
    /// The status from then on.
    pub status: Option<Status>,
    pub files: Vec<Attached>,
}

/// The fields that a part of a row sets; the rules for them are applied to the whole row.
#[derive(Debug, Clone)]
pub enum Fields {
    But(Vec<&'static str>),
    Only(&'static [&'static str]),
}

impl Fields {
    pub fn have(&self, field: &str) -> bool {
        match self {
            Fields::But(held) => !held.contains(&field),
            Fields::Only(fields) => fields.contains(&field),
        }
    }
}

/// A file that comes with an entry.
#[derive(Debug, Clone)]
pub struct Attached {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What an event adds to the thread.
#[derive(Debug, Deserialize)]
pub struct EntryLine {
    pub kind: String,
    #[serde(default)]
    pub body: String,
    /// Other fields of the entry, as they are.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

/// A commit that an event makes.
#[derive(Debug)]
pub struct Step {
    pub id: TicketId,
    pub author: Person,
    pub when: When,
    pub message: Message,
    /// Paths from the desk's root.
    pub files: Vec<(String, Vec<u8>)>,
    /// Files that are no more.
    pub gone: Vec<String>,
}
