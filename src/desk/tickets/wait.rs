//! `wait`, `resume`: somebody else's turn, and ours again.

use jiff::Timestamp;

use super::Acted;
use crate::desk::Room;
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::rules::Refusal;
use crate::model::word::{Status, WaitingOn};

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

/// Exit code 5 for a ticket that has ended, or that waits for those who have yet to approve it. What others must approve
/// waits for them, whatever it has waited for.
pub fn resume(room: &mut Room<'_, '_>, id: TicketId, words: &str) -> Result<Acted> {
    room.act(id, |room, draft| {
        if draft.ticket.waiting_on == Some(WaitingOn::Approval) && !room.machine {
            let by = room.approvers_left(&draft.ticket)?;
            room.rule(id, |_| if by.is_empty() { Ok(()) } else { Err(Refusal::ApprovalOpen { by }) })?;
        }
        let waited = draft.ticket.status == Status::Waiting;
        let effect = room.rule(id, |around| draft.ticket.resume(around))?;
        if waited {
            room.hold(&mut draft.ticket)?;
        }
        room.keep_words(draft, effect, "resume", words)
    })
}
