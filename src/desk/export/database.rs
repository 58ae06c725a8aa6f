//! The desk as tables of a database: tickets as they stand with their threads, and the facts of history.

use std::collections::HashSet;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::desk::look::{Detail, Look, Whole};
use crate::error::Result;
use crate::index::database::{Database, SCHEMA, Table};
use crate::index::{Found, Logged};
use crate::model::id::TicketId;
use crate::model::record::Record;

/// Writes an empty file full: the tickets that were found, and the facts of them, or of all where `only` is `None`.
pub fn write(
    look: &Look<'_>,
    (found, only): (Vec<Found>, Option<&HashSet<TicketId>>),
    path: &Path,
    progress: &dyn Fn(u64, u64),
) -> Result<()> {
    let database = Database::create(path)?;
    let about = [("schema", SCHEMA), ("desk", &look.policy.desk.name), ("commit", &look.index.commit().to_string())];
    for (name, value) in about {
        database.insert(Table::About, &[Value::from(name), Value::from(value)])?;
    }
    let total = found.len() as u64;
    for (done, one) in (1..).zip(found) {
        progress(done, total);
        ticket(&database, look, &look.complete(one, Detail::Whole)?)?;
    }
    look.index.each_in_order(|change| match only.is_some_and(|only| !only.contains(&change.ticket)) {
        true => Ok(()),
        false => facts(&database, look, &change),
    })?;
    database.finish()
}

fn ticket(database: &Database, look: &Look<'_>, whole: &Whole) -> Result<()> {
    let object = look.object(whole);
    let id = object["id"].clone();
    let named = |column: &&str| {
        let name = column.split(' ').next().unwrap_or_default();
        object[if name == "group_key" { "group" } else { name }].clone()
    };
    let row: Vec<Value> = Table::Tickets.columns().iter().map(named).collect();
    database.insert(Table::Tickets, &row)?;
    for tag in &whole.found.ticket.tags {
        database.insert(Table::Tags, &[id.clone(), json!(tag)])?;
    }
    for link in &whole.found.ticket.links {
        database.insert(Table::Links, &[id.clone(), json!(link.kind.as_str()), json!(link.to.as_str())])?;
    }
    for entry in &whole.thread {
        let mut record = entry.record();
        let mut taken = |name: &str| take(&mut record, name);
        let row = ["kind", "by", "at", "body", "minutes", "score", "files"].map(&mut taken);
        let more: Map<String, Value> = record.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
        let head = [id.clone(), json!(entry.id.as_str())];
        let row: Vec<Value> = head.into_iter().chain(row).chain([Value::Object(more)]).collect();
        database.insert(Table::Entries, &row)?;
    }
    Ok(())
}

fn take(record: &mut Record, name: &str) -> Value {
    record.remove(name).unwrap_or_default()
}

fn facts(database: &Database, look: &Look<'_>, change: &Logged) -> Result<()> {
    let (ticket, at, by) =
        (json!(change.ticket.as_str()), json!(change.at.to_string()), json!(look.policy.handle_for(&change.email)));
    change.facts.iter().try_for_each(|fact| {
        let (was, became) = (fact.from.clone(), fact.to.clone());
        let (field, commit) = (json!(fact.field), json!(change.commit));
        database.insert(Table::Facts, &[ticket.clone(), at.clone(), by.clone(), field, was, became, commit])
    })
}
