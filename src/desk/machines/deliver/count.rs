//! Counting repeats: one entry for each producer, rewritten in place, so that parallel hosts never write the same file.

use jiff::Timestamp;

use super::Batch;
use super::settle::producer;
use crate::desk::tickets::Acted;
use crate::desk::tickets::comment::{overflow, store_name};
use crate::desk::tickets::repeats::Counter;
use crate::error::Result;
use crate::model::entry::{Entry, present_repeats};
use crate::model::id::{EntryId, TicketId};
use crate::model::word::EntryKind;
use crate::view::event::{Ask, Event};

/// Files of outputs are called so, and so many of them an entry keeps; how many it had more is one of its fields.
const OUTPUT: &str = "output-";
const OUTPUTS: usize = 20;
const FILES_LEFT_OUT: &str = "files_left_out";

/// The field of an entry whose producer says that it comes and goes.
const FLAPPING: &str = "flapping";

/// How the failures of an event stand to those that its ticket knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cycle {
    /// The ticket was opened or reopened by this event: its count begins anew.
    New,
    Same,
}

/// What an entry says of repeats.
struct Tally {
    count: u64,
    first: Timestamp,
    last: Timestamp,
}

impl Batch<'_, '_, '_> {
    /// Counts the failures of an event that its ticket does not know yet. `elsewhere` is the ticket that the event's
    /// producer counted on before this one.
    pub fn count(&mut self, id: TicketId, event: &Event, cycle: Cycle, elsewhere: Option<TicketId>) -> Result<Acted> {
        let entry_id = self.own_entry(id, event)?;
        let before = self.room.tx.entry(id, &entry_id)?;
        let counted_on = match (&before, elsewhere) {
            (None, Some(other)) => self.room.tx.entry(other, &self.own_entry(other, event)?)?,
            (before, _) => before.clone(),
        };
        let known = counted_on.map_or(0, |entry| known_of(&entry, event));
        let least = u64::from(event.ask == Ask::Trigger);
        let fresh = event.count.max(least).saturating_sub(known);
        let ticket = self.room.tx.ticket(id)?.ticket;
        let began = event.first.unwrap_or(event.at).min(event.at);
        let (count, first) = match (&before, cycle) {
            (_, Cycle::New) => (fresh.max(1), began),
            (Some(entry), Cycle::Same) => {
                let had = entry.number("count").and_then(|count| u64::try_from(count).ok()).unwrap_or(1);
                (had.saturating_add(fresh), time(entry, "first").unwrap_or(ticket.opened))
            }
            // What opened the ticket was another producer's, and counts here, too.
            (None, Cycle::Same) => (fresh.saturating_add(1), began),
        };
        let told = before.as_ref().filter(|_| cycle == Cycle::Same).and_then(|entry| time(entry, "last"));
        let last = match event.ask {
            // Events that overtook each other on their way change nothing of that.
            Ask::Trigger => Some(told.map_or(event.at, |told| told.max(event.at))),
            Ask::Ack | Ask::Resolve => told,
        };
        let tally = Tally { count, first, last: last.unwrap_or(first) };
        let is_known = ticket.body.trim_end() == event.body.trim_end();
        let body = self.body(event, before.as_ref(), is_known);
        self.write(id, Entry { body, ..entry(entry_id, event, before, &tally) })
    }

    /// The entry that counts for the writer of an event.
    pub fn own_entry(&self, id: TicketId, event: &Event) -> Result<EntryId> {
        let (producer, by) = (producer(event), machine(event));
        Counter { producer: &producer, by: &by, user: &event.user, is_host: true }.entry(self.room, id)
    }

    /// What opened the ticket stands in the ticket; what came last stands in the entry.
    fn body(&self, event: &Event, before: Option<&Entry>, is_known: bool) -> String {
        match event.ask {
            Ask::Trigger if is_known => String::new(),
            Ask::Trigger => event.body.clone(),
            Ask::Ack | Ask::Resolve => before.map_or_else(String::new, |entry| entry.body.clone()),
        }
    }

    fn write(&mut self, id: TicketId, mut entry: Entry) -> Result<Acted> {
        // Names in the order of time, whatever is in front of them.
        let name = format!("{OUTPUT}{}.txt", entry.at.strftime("%Y%m%dT%H%M%SZ"));
        let file = overflow(&mut entry.body, &name);
        let stored =
            file.map(|upload| Ok::<_, anyhow::Error>((store_name(self.room, &upload)?, upload))).transpose()?;
        if let Some((name, upload)) = &stored {
            entry.files.push(format!("{name} {}", upload.name));
        }
        self.drop_outputs(id, &mut entry)?;
        self.room.act(id, |_, draft| {
            draft.files.extend(stored.map(|(name, upload)| (name, upload.bytes)));
            draft.entries.push(entry);
            Ok(())
        })
    }

    /// Keeps the newest outputs of a count that goes on; the older ones stay in history. What a person attached stays.
    fn drop_outputs(&mut self, id: TicketId, entry: &mut Entry) -> Result<()> {
        let name = |file: &String| Some(file.split_once(' ')?.1.to_owned()).filter(|name| name.starts_with(OUTPUT));
        let mut outputs: Vec<(String, String)> =
            entry.files.iter().filter_map(|file| Some((name(file)?, file.clone()))).collect();
        outputs.sort_unstable();
        outputs.truncate(outputs.len().saturating_sub(OUTPUTS));
        for (_, file) in &outputs {
            entry.files.retain(|other| other != file);
            let stored = file.split(' ').next().unwrap_or_default();
            let path = format!("{}/files/{stored}", id.folder());
            // What somebody wrote there by hand may be a path to anything.
            if !stored.contains('/') && self.room.tx.file(&path)?.is_some() {
                self.room.tx.delete(path);
            }
        }
        let before = entry.number(FILES_LEFT_OUT).unwrap_or(0);
        let left_out = before.saturating_add(i64::try_from(outputs.len()).unwrap_or(i64::MAX));
        if left_out > 0 {
            entry.extra.set(FILES_LEFT_OUT, left_out);
        }
        Ok(())
    }

    /// The thread of a ticket, with what this delivery did. A damaged entry counts for nothing; `check` tells of it.
    pub fn thread(&self, id: TicketId) -> Result<Vec<Entry>> {
        self.room.thread(id)
    }

    /// Failures of a ticket's present cycle over all producers, and when the first of them was.
    pub fn counted(&self, id: TicketId) -> Result<(u64, Option<Timestamp>)> {
        let repeats = self.occurrences(id)?;
        let counts = repeats.iter().filter_map(|entry| u64::try_from(entry.number("count")?).ok());
        // Each producer's count includes the failure that opened the ticket, which happened once.
        let count = counts.map(|count| count.saturating_sub(1)).fold(1, u64::saturating_add);
        Ok((count, repeats.iter().filter_map(|entry| time(entry, "first")).min()))
    }

    /// The counts of all producers in the present cycle.
    pub fn occurrences(&self, id: TicketId) -> Result<Vec<Entry>> {
        Ok(present_repeats(&self.thread(id)?).cloned().collect())
    }
}

/// Who says so.
fn machine(event: &Event) -> String {
    format!("machine@{}", event.host)
}

fn entry(id: EntryId, event: &Event, before: Option<Entry>, tally: &Tally) -> Entry {
    let exit_code = match event.ask {
        Ask::Trigger => event.exit_code,
        Ask::Ack | Ask::Resolve => before.as_ref().and_then(|entry| entry.number("exit_code")),
    };
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    // Whoever began the count is whose it is.
    let by = before.as_ref().map_or_else(|| machine(event), |entry| entry.by.clone());
    let mut entry = Entry::new(id, EntryKind::Occurrence, by, event.at, "")
        .with("host", event.host.as_str())
        .with("count", whole(tally.count))
        .with("first", tally.first.to_string())
        .with("last", tally.last.to_string());
    if let Some(code) = exit_code {
        entry = entry.with("exit_code", code);
    }
    if event.count > 0 {
        let known = before.as_ref().map_or(0, |entry| known_of(entry, event));
        let seq = event.count.max(known);
        entry = entry.with("seq", whole(seq)).with("since", event.first.unwrap_or(event.at).to_string());
    }
    if event.ask == Ask::Resolve {
        entry = entry.with("recovered", event.at.to_string());
    }
    if !event.user.is_empty() {
        entry = entry.with("user", event.user.as_str());
    }
    if event.flapping == Some(true) {
        entry = entry.with(FLAPPING, true);
    }
    if let Some(left_out) = before.as_ref().and_then(|entry| entry.number(FILES_LEFT_OUT)) {
        entry = entry.with(FILES_LEFT_OUT, left_out);
    }
    entry.files = before.map_or_else(Vec::new, |entry| entry.files);
    entry
}

/// How many failures of the event's run of failures an entry knows; one of another run knows none.
fn known_of(entry: &Entry, event: &Event) -> u64 {
    let same = event.count > 0 && time(entry, "since") == Some(event.first.unwrap_or(event.at));
    let seq = entry.number("seq").and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0);
    if same { seq } else { 0 }
}

/// Whether it came and went already when the entry was written.
pub fn is_flapping(entry: &Entry) -> bool {
    entry.extra.get(FLAPPING).and_then(serde_json::Value::as_bool) == Some(true)
}

pub fn time(entry: &Entry, name: &str) -> Option<Timestamp> {
    entry.extra.text(name).parse().ok()
}
