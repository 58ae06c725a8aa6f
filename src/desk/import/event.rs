//! A line of an audit log, and the commit that it makes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::model::id::TicketId;
use crate::store::message::{Message, Person, When};

/// One line of the log.
#[derive(Debug, Deserialize)]
pub struct Event {
    pub ticket: String,
    pub at: Timestamp,
    #[serde(default)]
    pub actor: String,
    #[serde(default)]
    pub changes: BTreeMap<String, Value>,
    pub entry: Option<EntryLine>,
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
