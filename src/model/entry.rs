//! One entry of a ticket's thread: a comment, a note, time spent, a repeat of the same failure.

use jiff::Timestamp;
use serde_json::Value;

use super::id::EntryId;
use super::money::hundredths;
use super::record::Record;
use super::ticket::{Fault, Reader};
use super::word::EntryKind;

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub id: EntryId,
    pub kind: EntryKind,
    /// An agent's handle or an address.
    pub by: String,
    pub at: Timestamp,
    pub body: String,
    /// Attachments that came with it: `"<stored name> <original name>"`.
    pub files: Vec<String>,
    /// The other fields of its kind, and unknown keys, as they stand.
    pub extra: Record,
}

/// The `decision` of an approval that grants what was asked for.
pub const APPROVED: &str = "approved";

/// The `decision` of an approval that denies it.
pub const REFUSED: &str = "refused";

/// The field of a note that says which escalation rule fired: the proof that it did.
pub const FIRED: &str = "fired";

/// What a `work` entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// In seconds since 1970.
    pub at: i64,
    /// An agent's handle or an address.
    pub by: String,
    pub minutes: u64,
    /// Also where nothing is said.
    pub billable: bool,
    /// What was used up, in hundredths of the money that the time is paid in.
    pub materials: u64,
}

/// What a `rating` entry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    /// In seconds since 1970.
    pub at: i64,
    /// 1 to 5.
    pub score: u8,
}

/// The counts of repeats that are of a thread's present cycle: those that went on after it was last reopened, which
/// begins a new one.
pub fn present_repeats(thread: &[Entry]) -> impl Iterator<Item = &Entry> {
    let reopened = thread.iter().filter(|entry| entry.kind == EntryKind::Note && entry.extra.text("act") == "reopen");
    let reopened = reopened.map(|entry| entry.at).max();
    let last = |entry: &Entry| entry.extra.text("last").parse::<Timestamp>().unwrap_or(entry.at);
    let repeats = thread.iter().filter(|entry| entry.kind == EntryKind::Occurrence);
    repeats.filter(move |entry| reopened.is_none_or(|reopened| last(entry) >= reopened))
}

impl Entry {
    pub fn new(id: EntryId, kind: EntryKind, by: impl Into<String>, at: Timestamp, body: impl Into<String>) -> Entry {
        Entry { id, kind, by: by.into(), at, body: body.into(), files: Vec::new(), extra: Record::default() }
    }

    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Entry {
        self.extra.set(key, value);
        self
    }

    /// The entry that a file's record says. Faults name the field that is wrong.
    pub fn read(id: EntryId, record: &Record) -> Result<Entry, Vec<Fault>> {
        let mut reader = Reader::new(record);
        let kind = reader.required("kind", EntryKind::parse, &EntryKind::spellings());
        let at = reader.time("at");
        if at.is_none() {
            reader.fault("at", "`at` is missing");
        }
        let entry = Entry {
            id,
            kind: kind.unwrap_or(EntryKind::Note),
            by: reader.line("by"),
            at: at.unwrap_or_default(),
            body: reader.text("body"),
            files: reader.list("files"),
            extra: reader.rest(),
        };
        reader.done(entry)
    }

    pub fn record(&self) -> Record {
        let mut record = self.extra.clone();
        record.set("kind", self.kind.as_str());
        record.set("by", self.by.as_str());
        record.set("at", self.at.to_string());
        record.set("body", self.body.as_str());
        record.set("files", self.files.clone());
        record
    }

    /// A number among the extra fields: `count`, `minutes`, `score`.
    pub fn number(&self, key: &str) -> Option<i64> {
        self.extra.get(key)?.as_i64()
    }

    /// What a `work` entry says was used up, in hundredths; `None` where it says nothing, or no amount.
    pub fn materials(&self) -> Option<u64> {
        hundredths(self.extra.get("materials")?.as_str()?)
    }

    /// Numbers that no command writes: the field, what is wrong with it, what to write instead. The entry is read all
    /// the same, so that nothing of a thread is hidden by them.
    pub fn out_of_range(&self) -> Option<(&'static str, String, &'static str)> {
        if self.kind == EntryKind::Work && self.extra.get("materials").is_some() && self.materials().is_none() {
            return Some(("materials", "`materials` is no amount of money".to_owned(), "materials = \"12.50\""));
        }
        // A part alone may have been sent.
        let least = i64::from(self.materials().is_none_or(|materials| materials == 0));
        let (field, range, fix) = match self.kind {
            EntryKind::Work => ("minutes", least..=i64::MAX, "minutes = 30"),
            EntryKind::Rating => ("score", 1..=5, "a score from 1 to 5"),
            EntryKind::Comment
            | EntryKind::Note
            | EntryKind::Escalation
            | EntryKind::Occurrence
            | EntryKind::Approval => return None,
        };
        match self.number(field) {
            Some(number) if range.contains(&number) => None,
            Some(number) => Some((field, format!("`{field}` is {number}"), fix)),
            None => Some((field, format!("`{field}` is missing or no whole number"), fix)),
        }
    }

    /// An answer that a machine sent by itself; such answers never count as a response.
    pub fn is_automatic(&self) -> bool {
        self.extra.get("auto").and_then(Value::as_bool).unwrap_or(false)
    }
}
