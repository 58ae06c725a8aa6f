//! `rate`: how satisfied the requester is. An entry alone; the ticket's own file is never touched.

use super::Acted;
use crate::desk::Room;
use crate::error::{Kind, Problem, Result};
use crate::model::entry::Entry;
use crate::model::id::TicketId;
use crate::model::word::EntryKind;

/// Adds a rating from 1 to 5 to a ticket that has ended.
///
/// The requester rates; an agent does so on their behalf, and then `from` is the requester. The same person may rate
/// again: every entry stays, the latest counts. The same score and words again are so already. Exit code 5 for a ticket
/// that is open, 9 for anybody else.
pub fn rate(room: &mut Room<'_, '_>, id: TicketId, score: i64, words: &str) -> Result<Acted> {
    let thread = room.tx.base().map_or(Ok(Vec::new()), |base| base.thread(id).map(|(thread, _)| thread))?;
    room.act(id, |room, draft| {
        let ticket = &draft.ticket;
        if ticket.status.is_open() {
            return Err(Problem::refused(format!("{id} is {}; it is rated when it has ended", ticket.status))
                .code("not_ended")
                .hint(format!("git desk resolve {id} --resolution fixed -m \"what solved it\""))
                .into());
        }
        let own =
            ticket.requester == room.actor.name || ticket.requester.eq_ignore_ascii_case(&room.actor.person.email);
        if !own && !room.actor.is_agent {
            let message =
                format!("{} did not report {id}: its requester rates it, or an agent for them", room.actor.name);
            return Err(Problem::new(Kind::Denied, message).code("not_requester").into());
        }
        let mut entry = room.entry(id, EntryKind::Rating, words.trim_end())?.with("score", score);
        if !own {
            entry = entry.with("from", ticket.requester.as_str());
        }
        let last = thread.iter().rev().find(|one| one.kind == EntryKind::Rating && rater(one) == rater(&entry));
        if last.is_none_or(|last| last.number("score") != Some(score) || last.body != entry.body) {
            draft.entries.push(entry);
        }
        Ok(())
    })
}

/// Whose opinion it is, whoever wrote it down.
fn rater(entry: &Entry) -> &str {
    match entry.extra.text("from") {
        "" => &entry.by,
        from => from,
    }
}
