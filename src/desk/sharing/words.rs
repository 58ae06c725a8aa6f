//! What is other between two commits, in words: for a pull request, and for whoever asks.

mod authors;
mod files;
mod keys;

use std::collections::HashMap;

use serde_json::Value;

use crate::error::Result;
use crate::model::entry::Entry;
use crate::model::fact::Fact;
use crate::model::field::{FileKind, Shape};
use crate::model::id::{EntryId, TicketId};
use crate::model::record::Record;
use crate::store::changed::Differing;
use crate::store::history::Touched;
use crate::store::snapshot::{Holds, holds};
use crate::store::{Oid, Snapshot, Store};
use crate::view::change::Change;
use authors::Authors;

/// Characters of a text that are told.
const TOLD: usize = 200;

/// What makes the desk at `after` of the desk at `before`, ticket by ticket in the order of their ids; last what is no
/// ticket's, by path.
///
/// A new ticket is one change. Long texts are cut. Nothing is escaped. Who made it so is told from the commits that
/// `after` has and `before` has not.
pub fn changes(store: &Store, before: Oid, after: Oid) -> Result<Vec<Change>> {
    let (old, new) = (Snapshot::at(store, before)?, Snapshot::at(store, after)?);
    let touched = store.handle().open()?.between(old.tree(), new.tree())?;
    let mut files = store.differing(old.tree(), new.tree())?;
    let by_ticket = touched.iter().map(|one| (one.ticket, one)).collect();
    files.retain(|file| !is_told(file, &by_ticket));
    let tickets = touched.iter().map(|one| one.ticket).collect();
    let paths = files.iter().map(|file| file.path.as_str()).collect();
    let authors = Authors::of(store, &new.rules()?, (before, after), &tickets, &paths)?;
    let sides = Sides { old: &old, new: &new, authors: &authors };
    let mut changes = Vec::new();
    for one in &touched {
        sides.ticket(one, &mut changes)?;
    }
    for file in &files {
        changes.extend(sides.file(file)?);
    }
    changes.sort_by_key(|change| (change.ticket.is_none(), change.ticket));
    Ok(changes)
}

/// Whether what is other in a file is told by facts.
fn is_told(file: &Differing, touched: &HashMap<TicketId, &Touched>) -> bool {
    let of = |id: TicketId| touched.get(&id);
    match holds(&file.path) {
        Holds::Ticket(id) => of(id).is_some_and(|one| one.settle.is_some() || one.facts.iter().any(is_of_file)),
        Holds::Entry(id, entry) => {
            let is_its = |fact: &Fact| [&fact.from, &fact.to].iter().any(|side| side.as_str() == Some(entry.as_str()));
            of(id).is_some_and(|one| one.facts.iter().any(|fact| !is_of_file(fact) && is_its(fact)))
        }
        Holds::Policy | Holds::Attachment(_) | Holds::Other => false,
    }
}

/// Whether it is about the ticket's own file, and not about its thread.
fn is_of_file(fact: &Fact) -> bool {
    fact.field != "thread"
}

/// Both versions of the desk.
struct Sides<'a, 's> {
    old: &'a Snapshot<'s>,
    new: &'a Snapshot<'s>,
    authors: &'a Authors,
}

impl Sides<'_, '_> {
    fn ticket(&self, touched: &Touched, changes: &mut Vec<Change>) -> Result<()> {
        let id = touched.ticket;
        let (before, after) = (record(self.old, id)?, record(self.new, id)?);
        let is_new = self.old.ticket(id)?.is_none();
        let title = self.title(id)?;
        let mut change = |what: &str, from: String, to: String, by: Vec<String>| {
            changes.push(Change { ticket: Some(id), title: title.clone(), what: what.to_owned(), from, to, by });
        };
        if touched.settle.is_some() && !touched.facts.iter().any(is_of_file) {
            change("file", String::new(), "could not be read before".to_owned(), self.authors.of_ticket(id));
        }
        if is_new && !after.is_empty() {
            let words = ["priority", "queue", "assignee", "status"].map(|field| after.text(field));
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            change("opened", String::new(), words.join(", "), self.authors.of_ticket(id));
        }
        for fact in &touched.facts {
            let by = self.authors.of_fact(id, fact);
            match fact.field.as_str() {
                "thread" => {
                    let (was, is) = (entry(self.old, id, &fact.from)?, entry(self.new, id, &fact.to)?);
                    let kind = is.as_ref().or(was.as_ref()).map_or("entry", |entry| entry.kind.as_str());
                    change(kind, was.map_or_else(String::new, said), is.map_or_else(String::new, said), by);
                }
                "ticket" => change("deleted", String::new(), String::new(), by),
                _ if is_new => {}
                field => change(field, value(&before, fact, &fact.from), value(&after, fact, &fact.to), by),
            }
        }
        Ok(())
    }

    /// As it is now, or else was.
    fn title(&self, id: TicketId) -> Result<String> {
        let after = record(self.new, id)?;
        let record = if after.is_empty() { record(self.old, id)? } else { after };
        Ok(record.text("title").to_owned())
    }
}

/// What a ticket's file says; nothing where there is none, or none that can be read.
fn record(side: &Snapshot<'_>, id: TicketId) -> Result<Record> {
    let file = side.ticket(id)?.and_then(Result::ok);
    Ok(file.map(|file| file.record).unwrap_or_default())
}

fn entry(side: &Snapshot<'_>, ticket: TicketId, id: &Value) -> Result<Option<Entry>> {
    let Some(id) = id.as_str().and_then(EntryId::parse) else { return Ok(None) };
    side.one_entry(ticket, &id)
}

/// What an entry says: its words, else its other fields.
fn said(entry: Entry) -> String {
    if !entry.body.trim().is_empty() {
        return cut(&entry.body);
    }
    let fields = entry.extra.iter().map(|(name, value)| format!("{name} {}", plain(value)));
    cut(&fields.collect::<Vec<_>>().join(", "))
}

/// One side of a fact; of a long text, which a fact has the hash of, the beginning.
fn value(record: &Record, fact: &Fact, side: &Value) -> String {
    let is_text = FileKind::Ticket.field(&fact.field).is_some_and(|field| field.shape == Shape::Text);
    if is_text && !side.is_null() { cut(record.text(&fact.field)) } else { cut(&plain(side)) }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// On one line, and not too long.
fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(TOLD) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
