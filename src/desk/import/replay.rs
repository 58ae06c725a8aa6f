//! An audit log replayed: each event that says something new of a ticket becomes one commit of its time and author.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde_json::{Map as Object, Value};
use sha2::{Digest, Sha256};

use super::applied::Applied;
use super::event::{EntryLine, Event, Step};
use super::map::{Made, Map, plain};
use super::misfits::Misfits;
use super::newcomers::Newcomers;
use super::words::{set, subject, title};
use super::{actor, nested};
use crate::desk::tickets::comment::clean_name;
use crate::error::Result;
use crate::model::entry::Entry;
use crate::model::field::FileKind;
use crate::model::id::{EntryId, TicketId, suffix};
use crate::model::record::Record;
use crate::model::ticket::Ticket;
use crate::model::word::{EntryKind, Status};
use crate::store::document;
use crate::store::message::{Message, When};

/// What is known of a ticket that came from the log.
#[derive(Debug)]
struct Known {
    id: TicketId,
    theirs: Object<String, Value>,
    /// What the map has made so far.
    mapped: BTreeMap<String, String>,
    /// The file as it stands.
    record: Record,
    bytes: Vec<u8>,
    /// Events of this ticket read so far, and how many of them an earlier run had applied.
    seen: u64,
    applied: u64,
    refused: bool,
}

impl Known {
    /// What the map makes of one of our fields; its name is among the changed ones when it is other than before.
    fn put(&mut self, field: &str, value: String, changed: &mut Vec<String>) {
        if self.mapped.get(field).map_or("", String::as_str) != value {
            self.mapped.insert(field.to_owned(), value);
            changed.push(field.to_owned());
        }
    }
}

/// What was there before: files and the numbers of events applied by earlier runs.
pub struct Past<'a> {
    /// The file of a ticket at the branch's tip.
    pub file: &'a dyn Fn(TicketId) -> Result<Option<Vec<u8>>>,
    pub applied: Applied,
}

/// Turns events into commits. Keeps the state of each ticket of the log.
pub struct Replay<'a> {
    map: &'a Map,
    past: Past<'a>,
    known: HashMap<String, Known>,
    ids: BTreeSet<TicketId>,
    pub newcomers: Newcomers,
    pub misfits: Misfits,
    pub events: u64,
    pub commits: u64,
    pub entries: u64,
    pub refused: u64,
}

impl<'a> Replay<'a> {
    pub fn new(map: &'a Map, past: Past<'a>, newcomers: Newcomers) -> Replay<'a> {
        Replay {
            map,
            past,
            known: HashMap::new(),
            ids: BTreeSet::new(),
            newcomers,
            misfits: Misfits::default(),
            events: 0,
            commits: 0,
            entries: 0,
            refused: 0,
        }
    }

    pub fn tickets(&self) -> usize {
        self.known.len()
    }

    /// A line of the log that is no event: counted, and the first one named.
    pub fn unread(&mut self, line: u64) {
        self.misfits.meet(
            "a line that is no event".to_owned(),
            &format!("line {line}"),
            "left out; a real run ends there",
        );
    }

    /// The commit that an event makes; `None` when it says nothing new or an earlier run made it.
    pub fn take(&mut self, event: Event) -> Result<Option<Step>> {
        self.events += 1;
        let mut known = match self.known.remove(&event.ticket) {
            Some(known) => known,
            None => self.meet(&event)?,
        };
        let step = self.apply(&mut known, &event);
        self.known.insert(event.ticket, known);
        step
    }

    /// A ticket of the log that is new to this run.
    fn meet(&mut self, event: &Event) -> Result<Known> {
        let applied = self.past.applied.highest.get(&event.ticket).copied().unwrap_or(0);
        let parts = self.past.applied.keys.contains_key(&event.ticket);
        let id = self.derive_id(&event.ticket, event.at, applied > 0 || parts)?;
        let bytes = if applied > 0 || parts { (self.past.file)(id)?.unwrap_or_default() } else { Vec::new() };
        let why = match (event.part.is_some(), applied > 0, parts) {
            (true, true, _) => Some("a ticket that came from a log of events before"),
            (false, _, true) => Some("a ticket that came from rows before"),
            (_, true, _) | (_, _, true) if bytes.is_empty() => Some("a ticket that was deleted here"),
            (_, _, _) => None,
        };
        if let Some(why) = why {
            self.misfits.meet(why.to_owned(), &event.ticket, "left as it is");
        }
        let record = document::parse(FileKind::Ticket, &bytes).unwrap_or_default();
        let theirs = Object::from_iter([("ticket".to_owned(), Value::from(event.ticket.as_str()))]);
        Ok(Known { id, theirs, mapped: BTreeMap::new(), record, bytes, seen: 0, applied, refused: why.is_some() })
    }

    /// The id that follows from source and number, so that a second run finds the same ticket.
    fn derive_id(&mut self, number: &str, first: Timestamp, exists: bool) -> Result<TicketId> {
        for attempt in 0_u32.. {
            let id = TicketId::draw(first, random(&format!("{}\0{number}\0{attempt}", self.map.source)));
            let free = self.ids.insert(id) && (exists || (self.past.file)(id)?.is_none());
            if free {
                return Ok(id);
            }
        }
        unreachable!("one of four thousand million ids is free")
    }

    fn apply(&mut self, known: &mut Known, event: &Event) -> Result<Option<Step>> {
        known.seen += 1;
        known.theirs.extend(event.changes.iter().map(|(name, value)| (name.clone(), value.clone())));
        let changed = self.remap(known, event);
        if self.past.applied.has(event, known.seen, known.applied) || known.refused {
            return Ok(None);
        }
        let entry = event.entry.as_ref().and_then(|line| self.entry(known.id, event, line));
        if changed.is_empty() && entry.is_none() && known.seen > 1 {
            return Ok(None);
        }
        let mut files = Vec::new();
        let first = known.bytes.is_empty();
        let mut record = known.record.clone();
        for name in &changed {
            set(&mut record, name, known.mapped.get(name).map_or("", String::as_str));
        }
        if first {
            self.complete(&mut record, known, event);
        }
        if let Err(faults) = Ticket::read(known.id, &record) {
            let why = faults.first().map_or_else(String::new, |fault| fault.message.clone());
            self.misfits.meet(why, &event.ticket, "ticket refused");
            known.refused = true;
            self.refused += 1;
            return Ok(None);
        }
        let subject = subject(known.id, first, &known.record, &record, entry.is_some());
        if record != known.record {
            let bytes = if first {
                document::canonical(FileKind::Ticket, &record).into_bytes()
            } else {
                document::edit(FileKind::Ticket, &known.bytes, &record)
                    .map_err(|mistake| anyhow::anyhow!("{}: {}", known.id, mistake.message))?
            };
            if bytes.len() > document::MAX_SIZE {
                self.misfits.meet("a ticket of more than 1 MiB".to_owned(), &event.ticket, "ticket refused");
                known.refused = true;
                self.refused += 1;
                return Ok(None);
            }
            files.push((known.id.path(), bytes.clone()));
            (known.record, known.bytes) = (record, bytes);
        }
        if let Some(mut entry) = entry {
            self.entries += 1;
            for file in event.part.iter().flat_map(|part| &part.files) {
                let stored = stored_name(&entry.id, entry.files.len(), &file.name);
                entry.files.push(format!("{stored} {}", file.name));
                files.push((format!("{}/files/{stored}", known.id.folder()), file.bytes.clone()));
            }
            let path = format!("{}/{}.toml", known.id.folder(), entry.id);
            files.push((path, document::canonical(FileKind::Entry, &entry.record()).into_bytes()));
        }
        if files.is_empty() {
            return Ok(None);
        }
        if self.name_newcomers(known, &changed, &event.ticket) {
            files.push(("desk.toml".to_owned(), self.newcomers.policy.clone()));
        }
        self.commits += 1;
        let number = event.part.as_ref().map_or_else(|| known.seen.to_string(), |part| part.key.clone());
        let op = format!("{}/{}/{number}", self.map.source, event.ticket);
        let message = Message::new(subject).trailer("Desk-Ticket", known.id.as_str()).trailer("Desk-Op", op);
        let when = When { at: event.at, offset_minutes: 0 };
        Ok(Some(Step {
            id: known.id,
            author: actor::person(&self.map.source, &event.actor),
            when,
            message,
            files,
            gone: Vec::new(),
        }))
    }

    /// Applies the map to what the event changed; the names of our fields that are other than before.
    fn remap(&mut self, known: &mut Known, event: &Event) -> Vec<String> {
        let map = self.map;
        let mut changed = Vec::new();
        for rule in &map.rules {
            let concerned = match &event.part {
                None => known.seen == 1 || rule.from.names().iter().any(|name| nested::begins(&event.changes, name)),
                Some(part) => part.fields.have(&rule.to) && (rule.to != "status" || part.status.is_none()),
            };
            if !concerned {
                continue;
            }
            let value = match rule.make(&known.theirs) {
                Made::Nothing => String::new(),
                Made::Value { value, .. } => value,
                Made::NotUnderstood(words) => {
                    let what = format!("{} \"{words}\"", rule.from.names().join("+"));
                    self.misfits.meet(what, &event.ticket, "left as it was");
                    continue;
                }
            };
            known.put(&rule.to, value, &mut changed);
        }
        if let Some(status) = event.part.as_ref().and_then(|part| part.status) {
            known.put("status", status.to_string(), &mut changed);
            let needed = match status {
                Status::New | Status::Active => None,
                Status::Waiting => Some(("waiting_on", "requester")),
                Status::Resolved | Status::Closed => Some(("resolution", "fixed")),
            };
            if let Some((field, usual)) = needed
                && known.mapped.get(field).is_none_or(String::is_empty)
            {
                let value = map.constants.get(field).map_or_else(|| usual.to_owned(), plain);
                known.put(field, value, &mut changed);
            }
        }
        changed
    }

    /// What every new ticket needs: title, constants, defaults.
    fn complete(&self, record: &mut Record, known: &Known, event: &Event) {
        for (name, value) in &self.map.constants {
            if event.part.as_ref().is_none_or(|part| part.fields.have(name)) {
                set(record, name, &plain(value));
            }
        }
        record.set("title", title(&self.map.title, &event.ticket, &known.mapped));
        for (name, default) in [("kind", "incident"), ("status", "new"), ("priority", "p3")] {
            if record.text(name).is_empty() {
                record.set(name, default);
            }
        }
        if record.text("opened").is_empty() {
            record.set("opened", event.at.to_string());
        }
    }

    fn entry(&mut self, ticket: TicketId, event: &Event, line: &EntryLine) -> Option<Entry> {
        let Some(kind) = EntryKind::parse(&line.kind) else {
            self.misfits.meet(format!("entry \"{}\"", line.kind), &event.ticket, "left out");
            return None;
        };
        let number = event.part.as_ref().map_or_else(|| self.events.to_string(), |part| part.key.clone());
        let random = random(&format!("{}\0{ticket}\0{number}", self.map.source));
        let mut entry = Entry::new(
            EntryId::draw(event.at, random),
            kind,
            actor::name(&self.map.source, &event.actor),
            event.at,
            &*line.body,
        );
        for (name, value) in &line.extra {
            if name == "files" || name == "by" || FileKind::Entry.field(name).is_none() {
                self.misfits.meet(format!("entry field \"{name}\""), &event.ticket, "left out");
            } else {
                entry.extra.set(name.clone(), value.clone());
            }
        }
        Some(entry)
    }

    /// Adds queues and agents that `desk.toml` lacks; whether there were any.
    fn name_newcomers(&mut self, known: &Known, changed: &[String], ticket: &str) -> bool {
        let mut added = false;
        for field in changed {
            let Some(name) = known.mapped.get(field).filter(|value| !value.is_empty()) else { continue };
            let words = || words_for(self.map, known, field);
            added |= self.newcomers.meet(field, name, ticket, words);
        }
        added
    }
}

/// Their words for the value of one of our fields.
fn words_for(map: &Map, known: &Known, field: &str) -> Option<String> {
    map.rules_for(field).map(|rule| rule.make(&known.theirs)).find_map(|made| match made {
        Made::Value { words, .. } => Some(words),
        Made::Nothing | Made::NotUnderstood(_) => None,
    })
}

/// A number that is always the same for a text, and another for another.
fn random(text: &str) -> u64 {
    Sha256::digest(text).iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// The name a file of an entry is stored under: the same in every run.
fn stored_name(entry: &EntryId, number: usize, name: &str) -> String {
    format!("{}-{}", suffix(random(&format!("{entry}\0{number}"))), clean_name(name))
}
