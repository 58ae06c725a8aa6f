//! `wait`, `resume`: somebody else's turn, and ours again.

use jiff::Timestamp;

use super::Acted;
use crate::desk::Room;
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::word::WaitingOn;

/// Exit code 2 for a time to wake that has passed, 5 for a ticket that has ended.
pub fn wait(
    room: &mut Room<'_, '_>,
    id: TicketId,
    on: WaitingOn,
    until: Option<Timestamp>,
    words: &str,
) -> Result<Acted> {
    room.act(id, |room, draft| {
        let effect = room.rule(id, |around| draft.ticket.wait(on, until, room.now, around))?;
        room.keep_words(draft, effect, "wait", words)
    })
}

pub fn resume(room: &mut Room<'_, '_>, id: TicketId, words: &str) -> Result<Acted> {
    room.act(id, |room, draft| {
        let effect = room.rule(id, |around| draft.ticket.resume(around))?;
        room.keep_words(draft, effect, "resume", words)
    })
}
