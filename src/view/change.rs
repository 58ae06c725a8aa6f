//! `desk.change/1`: one thing that is other than it was, who made it so, and what that does to the clocks.

use serde_json::{Value, json};

use super::clock::run;
use crate::model::clock::Run;
use crate::model::id::TicketId;
use crate::model::policy::Clock;

/// One thing that is other than it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `None` for what is no ticket's.
    pub ticket: Option<TicketId>,
    /// The ticket's title, or a path.
    pub title: String,
    /// A field, `opened`, a kind of entry, or a kind of file with the key in it.
    pub what: String,
    pub from: String,
    pub to: String,
    /// Handles or addresses of those who made it so, the first one first.
    pub by: Vec<String>,
}

impl Change {
    /// As part of a proposal, which is one person's.
    pub fn to_json(&self) -> Value {
        json!({"ticket": self.ticket.map(|id| id.to_string()), "title": self.title, "change": self.what,
               "from": self.from, "to": self.to})
    }
}

/// The keys of a change that is part of a proposal, as columns.
pub const PROPOSED: &[&str] = &["ticket", "title", "change", "from", "to"];

/// The columns of `desk.change/1`.
pub const COLUMNS: &[&str] = &["ticket", "title", "change", "from", "to", "by", "sla"];

/// A clock of a ticket that stands otherwise than it would; `None` where it is not promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub clock: Clock,
    pub before: Option<Run>,
    pub after: Option<Run>,
}

/// `desk.change/1`, with the clocks that it moves and the words for each.
pub fn change(change: &Change, moved: &[(&Moved, String)]) -> Value {
    let side = |side: &Option<Run>| side.as_ref().map_or(Value::Null, run);
    let clocks = moved.iter().map(|(moved, words)| {
        json!({"clock": moved.clock.as_str(), "before": side(&moved.before), "after": side(&moved.after),
               "words": words})
    });
    let mut object = change.to_json();
    object["schema"] = json!("desk.change/1");
    object["by"] = json!(change.by);
    object["sla"] = clocks.collect();
    object
}
