//! Somebody else has the same trouble: they are told of it on the ticket that is there.

use super::Acted;
use crate::desk::Room;
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::word::EntryKind;

/// Makes somebody a watcher of a ticket, unless it is theirs, and notes in whose words the trouble came again.
pub fn join(room: &mut Room<'_, '_>, id: TicketId, who: &str, words: &str) -> Result<Acted> {
    room.act(id, |room, draft| {
        let ticket = &mut draft.ticket;
        let same = |name: &String| name.eq_ignore_ascii_case(who);
        if !same(&ticket.requester) && !ticket.watchers.iter().any(same) {
            ticket.watchers.push(who.to_owned());
            ticket.watchers.sort_unstable();
        }
        draft.entries.push(room.entry(id, EntryKind::Note, format!("{who} has it, too: {words}"))?);
        Ok(())
    })
}
