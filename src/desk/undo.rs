//! `undo`: one commit taken back by a new one. Nothing is removed from history.

use serde_json::Value;

use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::field::{FileKind, Shape};
use crate::model::id::TicketId;
use crate::model::record::Record;
use crate::model::ticket::Ticket;
use crate::model::word::{Resolution, Status};
use crate::store::changed::Changed;
use crate::store::message::Message;
use crate::store::snapshot::{Holds, holds, is_beside};
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
    refuse_what_is_no_act(&change)?;
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
            Holds::Policy => restore(room, &file.path, file.before.as_deref(), file.after.as_deref())?,
            Holds::Other if is_record(&file.path) => {
                restore(room, &file.path, file.before.as_deref(), file.after.as_deref())?;
            }
            // What a person put beside the desk's files is not the desk's to take back.
            Holds::Other => {}
        }
    }
    tickets.sort_unstable();
    tickets.dedup();
    let mut message = Message::new(match change.subject.strip_prefix("undo ") {
        Some(undone) => format!("redo {undone}"),
        None => format!("undo {}", change.subject),
    });
    message.body = format!("This takes back {commit}.");
    room.tx.describe(message.trailer("Desk-Act", "undo"));
    Ok(Undone { commit, subject: change.subject, tickets })
}

/// Whether a path is that of an article, a service or a customer.
fn is_record(path: &str) -> bool {
    is_beside(path) && path.ends_with(".toml")
}

/// Exit code 5 for a merge, for the beginning of the desk, and for a commit that changed nothing of it.
fn refuse_what_is_no_act(change: &Changed) -> Result<()> {
    let what = if change.parents > 1 {
        "it is a merge; take back one of the commits that it brought"
    } else if change.files.iter().any(|file| file.path == "desk.toml" && file.before.is_none()) {
        "it is the beginning of the desk"
    } else if change.files.iter().all(|file| holds(&file.path) == Holds::Other && !is_record(&file.path)) {
        "it changed nothing of the desk"
    } else {
        return Ok(());
    };
    Err(Problem::refused(format!("\"{}\" is not taken back: {what}", change.subject))
        .code("no_act")
        .hint("which there are: git desk log     in git's own way: git revert COMMIT")
        .into())
}

/// Puts a file back that nobody has touched since.
fn restore(room: &mut Room<'_, '_>, path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> Result<()> {
    if !room.tx.holds(path, after)? {
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
            Some(_) => restore(room, &id.path(), before, after),
        };
    };
    // Untouched since, it becomes what it was to the byte.
    let read = |bytes: &[u8]| {
        document::parse(FileKind::Ticket, bytes)
            .map_err(|mistake| Problem::invalid(format!("{}:{}: {}", id.path(), mistake.line, mistake.message)))
    };
    let untouched = room.tx.holds(&id.path(), Some(after))?;
    let (old, new) = (read(before)?, read(after)?);
    let file = room.tx.ticket(id)?;
    let mut record = taken_back(id, &file.record, &old, &new)?;
    if !untouched && record.text("status") == Status::New.as_str() && file.ticket.status != Status::New {
        // Others have acted on it since: it is not one that nobody has touched.
        record.set("status", Status::Active.as_str());
    }
    let ticket = Ticket::read(id, &record)
        .map_err(|_| Problem::refused(format!("{id} would be no valid ticket without that change")))?;
    // What it had may be another's by now.
    room.unique(Some(&file.ticket), &ticket)?;
    if untouched {
        // To the byte, with the form that it had.
        room.tx.put(id.path(), before);
        return Ok(());
    }
    room.tx.save(&file, &ticket)
}

fn is_list(key: &str) -> bool {
    FileKind::Ticket.field(key).is_some_and(|field| field.shape == Shape::List)
}

/// `now` with every change from `before` to `after` turned round.
fn taken_back(id: TicketId, now: &Record, before: &Record, after: &Record) -> Result<Record> {
    let mut record = now.clone();
    for change in after.changes(before) {
        if is_list(change.key) {
            // What others have added to a list or taken from it since stays as they left it.
            let (then, made) = (before.list(change.key), after.list(change.key));
            let mut list = now.list(change.key);
            list.retain(|word| then.contains(word) || !made.contains(word));
            list.extend(then.into_iter().filter(|word| !made.contains(word)));
            list.sort_unstable();
            list.dedup();
            record.set(change.key, list);
            continue;
        }
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
