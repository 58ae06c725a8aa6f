//! Writing tickets: what their files say, with the moments that follow from their history.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rayon::prelude::*;
use rusqlite::{Connection, params};
use serde_json::Value;

use super::{Progress, acts, mentions, sum, times, turns};
use crate::error::Result;
use crate::model::entry::{Entry, FIRED};
use crate::model::id::TicketId;
use crate::model::policy::Policy;
use crate::model::record::Record;
use crate::model::text::folded;
use crate::model::ticket::Ticket;
use crate::model::times::Times;
use crate::model::word::EntryKind;
use crate::store::Snapshot;
use crate::store::history::{Handle, Reader};
use crate::store::snapshot::{Damaged, Holds, TicketFile, TicketSource, WholeTicket, holds};

/// Tickets that are read in parallel before they are written.
const BATCH: usize = 4_096;

/// Every ticket of a commit, into empty tables.
pub fn all(db: &Connection, snapshot: &Snapshot<'_>, policy: &Policy, progress: Progress<'_>) -> Result<()> {
    let mut sources: BTreeMap<TicketId, TicketSource> = BTreeMap::new();
    snapshot.walk_tickets(|path, oid, mode| match holds(path) {
        Holds::Ticket(id) => sources.entry(id).or_default().file = Some((path.to_owned(), oid, mode)),
        Holds::Entry(id, entry) => sources.entry(id).or_default().entries.push((entry, path.to_owned(), oid, mode)),
        Holds::Policy | Holds::Attachment(_) | Holds::Other => {}
    })?;
    let sources: Vec<(TicketId, TicketSource)> = sources.into_iter().collect();
    let handle = snapshot.store().handle();
    let mut done = 0;
    for batch in sources.chunks(BATCH) {
        let read = prepared(&handle, batch, |reader, (id, source)| Ok((*id, reader.ticket(*id, source)?)))?;
        for (id, prepared) in read {
            add(db, policy, id, prepared)?;
        }
        done += batch.len();
        progress(done as u64, sources.len() as u64);
    }
    Ok(())
}

/// These tickets as they are in a commit, in place of what the tables say of them.
pub fn refresh(
    db: &Connection,
    snapshot: &Snapshot<'_>,
    policy: &Policy,
    ids: &[TicketId],
    progress: Progress<'_>,
) -> Result<()> {
    let handle = snapshot.store().handle();
    let tree = snapshot.tree();
    let mut done = 0;
    for batch in ids.chunks(BATCH) {
        let read = prepared(&handle, batch, |reader, id| Ok((*id, reader.ticket(*id, &reader.source(tree, *id)?)?)))?;
        for (id, prepared) in read {
            remove(db, id)?;
            add(db, policy, id, prepared)?;
        }
        done += batch.len();
        progress(done as u64, ids.len() as u64);
    }
    Ok(())
}

/// Reads tickets; on all processors when there are many.
fn prepared<T: Sync>(
    handle: &Handle,
    items: &[T],
    load: impl Fn(&Reader, &T) -> Result<(TicketId, WholeTicket)> + Sync,
) -> Result<Vec<(TicketId, Prepared)>> {
    let part = |part: &[T]| -> Result<Vec<(TicketId, Prepared)>> {
        let reader = handle.open()?;
        part.iter().map(|item| load(&reader, item).map(|(id, whole)| (id, Prepared::from(whole)))).collect()
    };
    if items.len() < 64 {
        return part(items);
    }
    let parts: Vec<_> = items.par_chunks(256).map(part).collect::<Result<_>>()?;
    Ok(parts.into_iter().flatten().collect())
}

/// A ticket with what costs time to make of it, done where it was read.
struct Prepared {
    file: Option<Result<TicketFile, Damaged>>,
    thread: Vec<Entry>,
    damaged: Vec<Damaged>,
    doc: String,
    words: [String; 4],
}

impl From<WholeTicket> for Prepared {
    fn from((file, thread, damaged): WholeTicket) -> Prepared {
        let mut prepared = Prepared { file, thread, damaged, doc: String::new(), words: Default::default() };
        if let Some(Ok(file)) = &prepared.file {
            let mut doc: Record = file.record.clone();
            doc.remove("body");
            doc.remove("solution");
            prepared.doc = doc.to_json().to_string();
            let ticket = &file.ticket;
            let bodies: Vec<String> = prepared.thread.iter().map(|entry| folded(&entry.body)).collect();
            prepared.words = [folded(&ticket.title), folded(&ticket.body), folded(&ticket.solution), bodies.join(" ")];
        }
        prepared
    }
}

fn remove(db: &Connection, id: TicketId) -> Result<()> {
    for table in [
        "tickets where id",
        "entries where ticket",
        "assigned where ticket",
        "links where ticket",
        "mentions where ticket",
        "damaged where ticket",
        "words where rowid",
    ] {
        db.prepare_cached(&format!("delete from {table} = ?"))?.execute([id.pack()])?;
    }
    Ok(())
}

/// Writes one ticket. A thread without a ticket's file is nothing.
fn add(db: &Connection, policy: &Policy, id: TicketId, read: Prepared) -> Result<()> {
    let Prepared { file, thread, damaged, doc, words } = read;
    let Some(file) = file else { return Ok(()) };
    add_damaged(db, id, damaged.iter().chain(file.as_ref().err()))?;
    let Ok(file) = file else { return Ok(()) };
    let (numbers, acts) = acts::acts(db, id)?;
    let times = Times::of(&file.ticket, &acts, &thread, policy);
    turns::add(db, id, numbers.into_iter().zip(&acts))?;
    mentions::add(db, &file.ticket, &acts)?;
    add_ticket(db, &file, &times, &doc)?;
    add_thread(db, id, &thread)?;
    let key = id.pack();
    for link in &file.ticket.links {
        let mut insert = db.prepare_cached(&sum::insertion("links", 3, 1..=3))?;
        insert.execute((key, link.kind.as_str(), link.to.pack()))?;
    }
    let [title, body, solution, thread] = words;
    let mut insert =
        db.prepare_cached("insert into words(rowid, title, body, solution, thread) values (?, ?, ?, ?, ?)")?;
    insert.execute((key, title, body, solution, thread))?;
    Ok(())
}

fn add_damaged<'d>(db: &Connection, id: TicketId, damaged: impl Iterator<Item = &'d Damaged>) -> Result<()> {
    for fault in damaged {
        let mut insert = db.prepare_cached("insert into damaged values (?, ?, ?, ?, ?, ?)")?;
        let (line, column) = (fault.line as i64, fault.column as i64);
        insert.execute((id.pack(), &fault.path, line, column, &fault.message, &fault.fix))?;
    }
    Ok(())
}

fn add_ticket(db: &Connection, file: &TicketFile, times: &Times, doc: &str) -> Result<()> {
    let ticket = &file.ticket;
    let key = ticket.id.pack();
    let [acknowledged, responded, resolved, closed, updated] = times::seconds(times);
    let mut insert = db.prepare_cached(&sum::insertion("tickets", 22, 1..=22))?;
    insert.execute(params![
        key,
        key & ((1 << 40) - 1),
        ticket.status.is_open(),
        ticket.status.as_str(),
        ticket.priority.as_str(),
        ticket.queue.to_lowercase(),
        ticket.assignee.to_lowercase(),
        ticket.external_id.to_lowercase(),
        ticket.key.to_lowercase(),
        ticket.group,
        ticket.opened.as_second(),
        acknowledged,
        responded,
        resolved,
        closed,
        updated,
        ticket.requester.to_lowercase(),
        ticket.due.map(Timestamp::as_second),
        promised(ticket),
        doc,
        ticket.body,
        ticket.solution,
    ])?;
    Ok(())
}

/// The earlier of wake and follow-up, in seconds since 1970.
fn promised(ticket: &Ticket) -> Option<i64> {
    let day = ticket.follow_up.and_then(|day| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok());
    [ticket.wake, day].into_iter().flatten().map(Timestamp::as_second).min()
}

fn add_thread(db: &Connection, id: TicketId, thread: &[Entry]) -> Result<()> {
    for entry in thread {
        let mut insert = db.prepare_cached(&sum::insertion("entries", 10, 1..=10))?;
        let form = entry.extra.text(match entry.kind {
            EntryKind::Approval => "decision",
            EntryKind::Note => FIRED,
            _ => "type",
        });
        let (kind, host) = (entry.kind.as_str(), entry.extra.text("host"));
        let by = (&entry.by, entry.is_automatic());
        let (amount, billable) = (amount(entry), entry.extra.get("billable").and_then(Value::as_bool));
        let (at, materials) = (entry.at.as_second(), entry.materials().and_then(|amount| i64::try_from(amount).ok()));
        insert.execute((id.pack(), at, kind, by.0, by.1, form, host, amount, billable, materials))?;
    }
    Ok(())
}

/// What the entry's kind counts: the minutes of work, the score of a rating, repeats of a failure.
fn amount(entry: &Entry) -> Option<i64> {
    match entry.kind {
        EntryKind::Work => entry.number("minutes"),
        EntryKind::Rating => entry.number("score"),
        EntryKind::Occurrence => entry.number("count"),
        EntryKind::Comment | EntryKind::Note | EntryKind::Escalation | EntryKind::Approval => None,
    }
}
