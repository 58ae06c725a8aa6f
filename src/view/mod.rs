//! The published shapes: what programs see of a ticket, a fact, a finding. Pure; used by every front end and format.
//!
//! Each object names its shape as `schema`. Keys are always there: what is unset is `null` or `[]`; times are RFC 3339
//! in UTC with `Z`; durations are whole seconds in `*_seconds`. Additions any time; a removal only with a new number.

pub mod article;
pub mod catalogue;
pub mod change;
pub mod clock;
pub mod day;
pub mod event;
pub mod finding;
pub mod knowledge;
pub mod proposal;
pub mod schema;
pub mod ticket;

use serde_json::{Value, json};

use crate::model::fact::Fact;

pub use finding::{FINDING_COLUMNS, Finding};

/// `desk.fact/1`: one field of one ticket, from one value to another; `by` is a handle where the address is an agent's.
pub fn fact(fact: &Fact, at: &str, by: &str, commit: &str, ticket: &str) -> Value {
    json!({"schema": "desk.fact/1", "at": at, "by": by, "commit": commit, "ticket": ticket,
           "field": fact.field, "from": fact.from, "to": fact.to})
}

/// The keys of `desk.fact/1` as columns.
pub const FACT_COLUMNS: &[&str] = &["at", "by", "ticket", "field", "from", "to", "commit"];
