//! `edit`: a ticket's file in a person's editor. No lock while they think; what they changed meets what others changed.

use crate::desk::Room;
use crate::desk::tickets::Acted;
use crate::error::{Kind, Problem, Result};
use crate::model::field::FileKind;
use crate::model::id::TicketId;
use crate::model::record::Record;
use crate::model::ticket::Ticket;
use crate::store::document;

/// Reads an edited file as a ticket. The error names line, field and remedy, and goes back to the editor.
pub fn read_edited(id: TicketId, text: &[u8]) -> Result<Record, Problem> {
    let record = document::parse(FileKind::Ticket, text).map_err(|mistake| {
        let problem = Problem::invalid(format!("line {}: {}", mistake.line, mistake.message));
        mistake.fix.into_iter().fold(problem, |problem, fix| problem.hint(fix))
    })?;
    match Ticket::read(id, &record) {
        Ok(_) => Ok(record),
        Err(faults) => {
            let problem =
                Problem::invalid(faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; "));
            Err(faults.into_iter().filter_map(|fault| fault.fix).fold(problem, Problem::hint))
        }
    }
}

/// Saves an edit that began with `base` and ended with `edited`: each field that the person changed. Exit code 5 when
/// somebody else changed the same field to something else meanwhile, or a rule of statuses refuses.
pub fn save_edit(room: &mut Room<'_, '_>, id: TicketId, base: &[u8], edited: &[u8]) -> Result<Acted> {
    let (before, after) = (read_edited(id, base)?, read_edited(id, edited)?);
    let file = room.tx.ticket(id)?;
    if file.bytes == base && before == after {
        // Only the form: comments, order, blanks.
        room.tx.put(id.path(), edited);
        return Ok(Acted { changed: base != edited, ..room.as_they_are(&[id])?.remove(0) });
    }
    if file.bytes == base {
        // Nobody was in between: the file is what the person wrote, comments and all, when the rules agree.
        let acted = room.act(id, |room, draft| apply(room, draft, &after))?;
        if acted.after.record() == after {
            room.tx.put(id.path(), edited);
        }
        return Ok(acted);
    }
    let merged = met(&file.record, &before, &after).map_err(|field| {
        Problem::refused(format!("`{field}` of {id} was changed by somebody else meanwhile"))
            .code("edit_conflict")
            .hint(format!("see theirs: git desk show {id}"))
    })?;
    room.act(id, |room, draft| apply(room, draft, &merged))
}

/// What is there now with each field that changed from `before` to `after`; the name of a field that somebody else
/// changed to something else.
pub fn met(now: &Record, before: &Record, after: &Record) -> Result<Record, String> {
    let mut merged = now.clone();
    for change in after.changes(before) {
        let there = now.get(change.key);
        if there != before.get(change.key) && there != change.to {
            return Err(change.key.to_owned());
        }
        merged.set(change.key, change.to.cloned().unwrap_or_default());
    }
    Ok(merged)
}

fn apply(room: &Room<'_, '_>, draft: &mut super::tickets::Draft, record: &Record) -> Result<()> {
    let id = draft.ticket.id;
    let wanted = Ticket::read(id, record).map_err(|_| Problem::invalid(format!("{id} would be no valid ticket")))?;
    let edited = room.rule(id, |around| draft.ticket.edit(around, |ticket| *ticket = wanted));
    // To an editor, what `close` would call a missing option is a rule that the text breaks.
    edited.map(|_| ()).map_err(|error| match error.downcast::<Problem>() {
        Ok(problem) if problem.kind == Kind::Usage => Problem { kind: Kind::Refused, ..problem }.into(),
        Ok(problem) => problem.into(),
        Err(error) => error,
    })
}
