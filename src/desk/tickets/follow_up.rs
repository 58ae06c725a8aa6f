//! `follow-up`: the day on which the requester is called back.

use jiff::civil::Date;

use super::Acted;
use crate::desk::Room;
use crate::error::Result;
use crate::model::id::TicketId;

/// Promises a call on a day, or no call any more. The words become a note.
pub fn follow_up(room: &mut Room<'_, '_>, id: TicketId, day: Option<Date>, words: &str) -> Result<Acted> {
    room.act(id, |room, draft| {
        let effect = room.rule(id, |around| draft.ticket.set(room.by(), around, |ticket| ticket.follow_up = day))?;
        if draft.ticket.status.is_done() && day.is_some() {
            draft.warnings.push(format!("{id} has ended: `git desk remind` asks for open tickets alone"));
        }
        room.keep_words(draft, effect, "follow-up", words)
    })
}
