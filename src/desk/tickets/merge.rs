//! `merge`: several reports of one thing become one ticket; nothing is removed.

use super::Acted;
use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::id::TicketId;
use crate::model::rules::Ending;
use crate::model::ticket::Ticket;

/// Closes `id` as a duplicate of `into`, whose watchers become those of both and the requester of `id`.
///
/// Tags, children and other links stay where they are; the thread stays too and is shown with `into`. What was merged
/// so already is left alone. Exit code 5 for a ticket into itself, into one that is merged itself, round in a circle,
/// and for one that was closed otherwise.
pub fn merge(room: &mut Room<'_, '_>, id: TicketId, into: TicketId, words: &str) -> Result<Acted> {
    if id == into {
        return Err(Problem::refused(format!("{id} cannot be merged into itself")).code("merge_itself").into());
    }
    let survivor = room.tx.ticket(into)?.ticket;
    if let Some(further) = survivor.duplicate_of().filter(|_| survivor.is_duplicate()) {
        let problem = Problem::refused(format!("{into} is merged itself, into {further}")).code("merged_itself");
        // Where it went is this very ticket: there is no command that helps.
        return Err(match further == id {
            true => problem.hint(format!("the other way round it is so already: git desk show {id}")),
            false => problem.hint(format!("git desk merge {id} --into {further}")),
        }
        .into());
    }
    let ending = Ending { duplicate_of: Some(into), ..Ending::default() };
    let mut acted = room.act(id, |room, draft| {
        let effect = room.rule(id, |around| draft.ticket.close(&ending, around))?;
        room.keep_words(draft, effect, "merge", words)
    })?;
    if acted.changed {
        room.act(into, |_, draft| {
            inherit(&mut draft.ticket, &acted.after);
            Ok(())
        })?;
        if let Some(day) = acted.after.follow_up.filter(|_| survivor.follow_up.is_none()) {
            let who = &acted.after.requester;
            acted.warnings.push(format!("{who} was promised a call on {day}: git desk follow-up {into} {day}"));
        }
        if survivor.status.is_done() {
            acted.warnings.push(format!("{into} is {}; to work on it again: git desk reopen {into}", survivor.status));
        }
    }
    Ok(acted)
}

/// Whoever followed the one follows the other.
pub fn inherit(survivor: &mut Ticket, merged: &Ticket) {
    let told = |who: &&String| !who.is_empty() && **who != survivor.requester && !survivor.watchers.contains(who);
    let new: Vec<String> = merged.watchers.iter().chain([&merged.requester]).filter(told).cloned().collect();
    survivor.watchers.extend(new);
    survivor.watchers.sort_unstable();
    survivor.watchers.dedup();
}
