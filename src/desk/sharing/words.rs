//! What is other between two commits, in words: for a pull request, and for whoever asks.

use serde_json::Value;

use crate::error::Result;
use crate::model::entry::Entry;
use crate::model::fact::Fact;
use crate::model::field::{FileKind, Shape};
use crate::model::id::{EntryId, TicketId};
use crate::model::record::Record;
use crate::store::history::Touched;
use crate::store::{Oid, Snapshot, Store};
use crate::view::proposal::Change;

/// Characters of a text that are told.
const TOLD: usize = 200;

/// What makes the desk at `after` of the desk at `before`, ticket by ticket in the order of their ids; last the policy.
///
/// A new ticket is one change. Long texts are cut. Nothing is escaped.
pub fn changes(store: &Store, before: Oid, after: Oid) -> Result<Vec<Change>> {
    let (old, new) = (Snapshot::at(store, before)?, Snapshot::at(store, after)?);
    let mut touched = store.handle().open()?.between(old.tree(), new.tree())?;
    touched.sort_by_key(|one| one.ticket);
    let mut changes = Vec::new();
    for one in &touched {
        Told { old: &old, new: &new, ticket: one.ticket }.changes(one, &mut changes)?;
    }
    if old.entry(POLICY)? != new.entry(POLICY)? {
        let title = format!("{}{POLICY}", store.root());
        let what = "policy".to_owned();
        changes.push(Change { ticket: None, title, what, from: String::new(), to: String::new() });
    }
    Ok(changes)
}

const POLICY: &str = crate::model::policy::FILE;

/// One ticket on both sides.
struct Told<'a, 's> {
    old: &'a Snapshot<'s>,
    new: &'a Snapshot<'s>,
    ticket: TicketId,
}

impl Told<'_, '_> {
    fn changes(&self, touched: &Touched, changes: &mut Vec<Change>) -> Result<()> {
        let record = |side: &Snapshot<'_>| -> Result<Record> {
            let file = side.ticket(self.ticket)?.and_then(Result::ok);
            Ok(file.map(|file| file.record).unwrap_or_default())
        };
        let (before, after) = (record(self.old)?, record(self.new)?);
        let title = if after.is_empty() { &before } else { &after }.text("title").to_owned();
        let mut change = |what: &str, from: String, to: String| {
            changes.push(Change { ticket: Some(self.ticket), title: title.clone(), what: what.to_owned(), from, to });
        };
        if touched.facts.is_empty() && touched.settle.is_some() {
            change("file", String::new(), "could not be read before".to_owned());
        }
        if before.is_empty() && !after.is_empty() {
            let words = ["priority", "queue", "assignee", "status"].map(|field| after.text(field));
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            change("opened", String::new(), words.join(", "));
        }
        for fact in &touched.facts {
            match fact.field.as_str() {
                "thread" => {
                    let (was, is) = (self.entry(self.old, &fact.from)?, self.entry(self.new, &fact.to)?);
                    let kind = is.as_ref().or(was.as_ref()).map_or("entry", |entry| entry.kind.as_str());
                    change(kind, was.map_or_else(String::new, said), is.map_or_else(String::new, said));
                }
                "ticket" => change("deleted", String::new(), String::new()),
                _ if before.is_empty() => {}
                field => change(field, value(&before, fact, &fact.from), value(&after, fact, &fact.to)),
            }
        }
        Ok(())
    }

    fn entry(&self, side: &Snapshot<'_>, id: &Value) -> Result<Option<Entry>> {
        let Some(id) = id.as_str().and_then(EntryId::parse) else { return Ok(None) };
        side.one_entry(self.ticket, &id)
    }
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
