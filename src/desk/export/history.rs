//! The history as lines that `import events` reads: replayed into an empty desk they give the same tickets, threads
//! and facts.
//!
//! A line is what one commit did to one ticket; each further entry of that commit has a line of its own. The order is
//! that of the commits, so a log that is exported again later only gets longer, unless a merge has brought older commits
//! meanwhile.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::desk::look::Look;
use crate::error::Result;
use crate::index::Logged;
use crate::model::base64;
use crate::model::field::{FileKind, Shape};
use crate::model::id::TicketId;
use crate::model::record::Record;
use crate::store::{Oid, Snapshot, document};

/// Names the form of the lines; a log of another system has none.
pub const SCHEMA: &str = "desk.history/1";

/// Larger attachments are not carried. In bytes.
pub const LARGEST: usize = 256 << 20;

/// One line.
///
/// A change is the new value, null where the field is unset; of a list it is `{"add": […], "remove": […]}`, a member
/// of a table is `fields.NAME`, and `"ticket": null` is a file that was deleted.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line {
    pub schema: String,
    /// The full id.
    pub ticket: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// `Name <mail>`.
    pub actor: String,
    #[serde(default)]
    pub changes: BTreeMap<String, Value>,
    /// The entry's fields with its `id`; `"deleted": true` for one that is no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Map<String, Value>>,
}

/// What was told, and what could not be.
#[derive(Debug, Default)]
pub struct Told {
    pub lines: u64,
    /// Attachments that an entry lists and no file holds, or that are over [`LARGEST`]: their paths.
    pub missing: Vec<String>,
}

/// Tells the history of some tickets, or of all with those that were deleted: one line at a time, however long it is.
pub fn tell(
    look: &Look<'_>,
    only: Option<&HashSet<TicketId>>,
    mut each: impl FnMut(&Line) -> Result<()>,
) -> Result<Told> {
    let mut told = Told::default();
    look.index.each_in_order(|change| {
        if only.is_some_and(|only| !only.contains(&change.ticket)) {
            return Ok(());
        }
        for line in lines(look, &change, &mut told.missing)? {
            told.lines += 1;
            each(&line)?;
        }
        Ok(())
    })?;
    Ok(told)
}

fn lines(look: &Look<'_>, change: &Logged, missing: &mut Vec<String>) -> Result<Vec<Line>> {
    let line = |changes, entry| Line {
        schema: SCHEMA.to_owned(),
        ticket: change.ticket.to_string(),
        at: change.at.to_string(),
        actor: format!("{} <{}>", change.name, change.email),
        changes,
        entry,
    };
    let Ok(commit) = change.commit.parse::<Oid>() else { return Ok(Vec::new()) };
    let then = Then { snapshot: Snapshot::at(look.index.store(), commit)?, ticket: change.ticket };
    let mut changes = BTreeMap::new();
    let mut entries = Vec::new();
    let mut file = None;
    for fact in &change.facts {
        match FileKind::Ticket.field(&fact.field).map(|field| field.shape) {
            _ if fact.field == "thread" => {
                let id = fact.to.as_str().or(fact.from.as_str()).unwrap_or_default();
                entries.extend(then.entry(id, fact.to.is_null(), missing)?);
            }
            Some(Shape::List) => {
                let lists = changes.entry(fact.field.clone()).or_insert_with(|| json!({}));
                for (side, element) in [("add", &fact.to), ("remove", &fact.from)] {
                    match lists.get_mut(side).and_then(Value::as_array_mut) {
                        _ if element.is_null() => {}
                        Some(list) => list.push(element.clone()),
                        None => lists[side] = json!([element]),
                    }
                }
            }
            // Facts know texts by their hash.
            Some(Shape::Text) if !fact.to.is_null() => {
                if file.is_none() {
                    file = Some(then.file()?);
                }
                let text = file.as_ref().and_then(|file| file.get(&fact.field)).cloned();
                changes.insert(fact.field.clone(), text.unwrap_or_default());
            }
            _ => {
                changes.insert(fact.field.clone(), fact.to.clone());
            }
        }
    }
    let mut entries = entries.into_iter();
    let first = entries.next();
    if changes.is_empty() && first.is_none() {
        return Ok(Vec::new());
    }
    let mut all = vec![line(changes, first)];
    all.extend(entries.map(|entry| line(BTreeMap::new(), Some(entry))));
    Ok(all)
}

/// A ticket's files as one commit left them.
struct Then<'a> {
    snapshot: Snapshot<'a>,
    ticket: TicketId,
}

impl Then<'_> {
    fn file(&self) -> Result<Record> {
        self.read(&self.ticket.path(), FileKind::Ticket)
    }

    fn read(&self, path: &str, kind: FileKind) -> Result<Record> {
        let bytes = self.snapshot.file(path, document::MAX_SIZE)?.and_then(Result::ok).unwrap_or_default();
        Ok(document::parse(kind, &bytes).unwrap_or_default())
    }

    /// An entry with the attachments that came with it; `None` for one that nobody could read then.
    fn entry(&self, id: &str, deleted: bool, missing: &mut Vec<String>) -> Result<Option<Map<String, Value>>> {
        let mut entry = Map::from_iter([("id".to_owned(), Value::from(id))]);
        if deleted {
            entry.insert("deleted".to_owned(), Value::from(true));
            return Ok(Some(entry));
        }
        let record = self.read(&format!("{}/{id}.toml", self.ticket.folder()), FileKind::Entry)?;
        if record.is_empty() {
            return Ok(None);
        }
        entry.extend(record.iter().filter(|(key, _)| *key != "id").map(|(key, value)| (key.to_owned(), value.clone())));
        let mut attachments = Vec::new();
        for file in record.list("files") {
            let stored = file.split(' ').next().unwrap_or_default();
            let path = format!("{}/files/{stored}", self.ticket.folder());
            match self.snapshot.file(&path, LARGEST)?.and_then(Result::ok) {
                Some(bytes) => attachments.push(json!({"name": stored, "base64": base64::encode(&bytes)})),
                None => missing.push(path),
            }
        }
        if !attachments.is_empty() {
            entry.insert("attachments".to_owned(), Value::from(attachments));
        }
        Ok(Some(entry))
    }
}
