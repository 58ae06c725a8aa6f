//! `undo`: one commit taken back by a new one. Nothing is removed from history.

use serde_json::Value;

use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::field::FileKind;
use crate::model::id::TicketId;
use crate::model::record::Record;
use crate::model::ticket::Ticket;
use crate::model::word::{Resolution, Status};
use crate::store::message::Message;
use crate::store::snapshot::{Holds, holds};
use crate::store::{Oid, document};

/// What was taken back.
#[derive(Debug, Clone)]
pub struct Undone {
    pub commit: Oid,
    /// The subject of the commit that was taken back.
    pub subject: String,
    pub tickets: Vec<TicketId>,
}

/// Takes back what `commit` changed: fields become what they were, entries it added go, a ticket it opened is closed as
/// `cancelled`. Exit code 5 when something of it has been changed again since.
pub fn undo(room: &mut Room<'_, '_>, commit: Oid) -> Result<Undone> {
    let store = room.tx.store();
    let change = store.changed_files(commit)?;
    let mut tickets = Vec::new();
    for file in &change.files {
        match holds(&file.path) {
            Holds::Ticket(id) => {
                undo_ticket(room, id, file.before.as_deref(), file.after.as_deref())?;
                tickets.push(id);
            }
            Holds::Entry(id, _) | Holds::Attachment(id) => {
                let opened_here = change.files.iter().any(|other| other.path == id.path() && other.before.is_none());
                // What came with a new ticket stays with it.
                if !opened_here {
                    restore(room, &file.path, file.before.as_deref(), file.after.as_deref())?;
                }
                tickets.push(id);
            }
            Holds::Policy | Holds::Other => {
                restore(room, &file.path, file.before.as_deref(), file.after.as_deref())?;
            }
        }
    }
    tickets.sort_unstable();
    tickets.dedup();
    let mut message = Message::new(format!("undo {}", change.subject));
    message.body = format!("This takes back {commit}.");
    room.tx.describe(message.trailer("Desk-Act", "undo"));
    Ok(Undone { commit, subject: change.subject, tickets })
}

/// Puts a file back that nobody has touched since.
fn restore(room: &mut Room<'_, '_>, path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> Result<()> {
    let now = match room.tx.file(path)? {
        Some(Ok(bytes)) => Some(bytes),
        Some(Err(damaged)) => return Err(Problem::from(damaged).into()),
        None => None,
    };
    if now.as_deref() != after {
        return Err(Problem::refused(format!("{path} has been changed again since")).code("changed_since").into());
    }
    match before {
        Some(bytes) => room.tx.put(path, bytes),
        None => room.tx.delete(path),
    }
    Ok(())
}

fn undo_ticket(room: &mut Room<'_, '_>, id: TicketId, before: Option<&[u8]>, after: Option<&[u8]>) -> Result<()> {
    let (Some(before), Some(after)) = (before, after) else {
        return match before {
            None => cancel(room, id),
            Some(bytes) => {
                room.tx.put(id.path(), bytes);
                Ok(())
            }
        };
    };
    let read = |bytes: &[u8]| {
        document::parse(FileKind::Ticket, bytes)
            .map_err(|mistake| Problem::invalid(format!("{}:{}: {}", id.path(), mistake.line, mistake.message)))
    };
    let (before, after) = (read(before)?, read(after)?);
    let file = room.tx.ticket(id)?;
    let record = taken_back(id, &file.record, &before, &after)?;
    let ticket = Ticket::read(id, &record)
        .map_err(|_| Problem::refused(format!("{id} would be no valid ticket without that change")))?;
    room.tx.save(&file, &ticket)
}

/// `now` with every change from `before` to `after` turned round.
fn taken_back(id: TicketId, now: &Record, before: &Record, after: &Record) -> Result<Record> {
    let mut record = now.clone();
    for change in after.changes(before) {
        if now.get(change.key) != after.get(change.key) {
            return Err(Problem::refused(format!("`{}` of {id} has been changed again since", change.key))
                .code("changed_since")
                .hint(format!("git desk log {id}"))
                .into());
        }
        record.set(change.key, change.from.cloned().unwrap_or(Value::Null));
    }
    Ok(record)
}

fn cancel(room: &mut Room<'_, '_>, id: TicketId) -> Result<()> {
    let file = room.tx.ticket(id)?;
    let mut ticket = file.ticket.clone();
    if ticket.status.is_done() {
        return Err(Problem::refused(format!("{id} has ended already, as {}", ticket.resolution)).into());
    }
    ticket.status = Status::Closed;
    ticket.waiting_on = None;
    ticket.wake = None;
    Resolution::Cancelled.as_str().clone_into(&mut ticket.resolution);
    room.tx.save(&file, &ticket)
}
