//! Somebody else has the same trouble: they are told of it on the ticket that is there.

use super::Acted;
use super::comment::{Upload, overflow, store_name};
use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::id::TicketId;
use crate::model::word::EntryKind;

/// Who has it too, in what words, and the files that they sent.
#[derive(Debug, Clone)]
pub struct Joined {
    pub who: String,
    pub words: String,
    pub uploads: Vec<Upload>,
}

impl Joined {
    /// Makes somebody a watcher of a ticket, unless it is theirs, and notes in whose words the trouble came again.
    ///
    /// Exit code 5 when the ticket has ended meanwhile.
    pub fn apply(&self, room: &mut Room<'_, '_>, id: TicketId) -> Result<Acted> {
        room.act(id, |room, draft| {
            let ticket = &mut draft.ticket;
            if ticket.status.is_done() {
                return Err(Problem::refused(format!("{id} has ended meanwhile, as {}", ticket.resolution))
                    .code("ended")
                    .hint("ask again: git desk open")
                    .into());
            }
            let same = |name: &String| name.eq_ignore_ascii_case(&self.who);
            if !same(&ticket.requester) && !ticket.watchers.iter().any(same) {
                ticket.watchers.push(self.who.clone());
                ticket.watchers.sort_unstable();
            }
            let mut words = format!("{} has it, too: {}", self.who, self.words);
            let long = overflow(&mut words, "text.txt");
            let mut entry = room.entry(id, EntryKind::Note, words)?;
            for upload in self.uploads.iter().cloned().chain(long) {
                let stored = store_name(room, &upload)?;
                entry.files.push(format!("{stored} {}", upload.name));
                draft.files.push((stored, upload.bytes));
            }
            draft.entries.push(entry);
            Ok(())
        })
    }
}
