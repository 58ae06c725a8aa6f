//! Which entry of a ticket counts the repeats that somebody reports: one writer, one file.

use crate::desk::Room;
use crate::error::Result;
use crate::jobs::spool::short;
use crate::model::entry::Entry;
use crate::model::id::{EntryId, TicketId};
use crate::model::ticket::slug;

/// Whoever reports a failure again.
#[derive(Debug, Clone, Copy)]
pub struct Counter<'a> {
    /// The host, as a name.
    pub producer: &'a str,
    /// The `by` of the entry: a handle, an address, a machine.
    pub by: &'a str,
    /// Whose job it is on that host; empty where nobody says.
    pub user: &'a str,
    /// Whether the host's own name is theirs where nobody has it yet. A machine is one for all its clones; people who work
    /// on one host each have a clone, and do not see what the other counts.
    pub is_host: bool,
}

impl Counter<'_> {
    /// The entry that counts for them: their host's, and where that is somebody else's, one of their own: each counts by
    /// themselves, so one count says nothing of the other, and nobody writes into another's entry.
    pub fn entry(&self, room: &Room<'_, '_>, id: TicketId) -> Result<EntryId> {
        let shared = EntryId::occurrence(self.producer);
        match room.tx.entry(id, &shared)? {
            Some(entry) if self.is_own(&entry) => return Ok(shared),
            None if self.is_host => return Ok(shared),
            Some(_) | None => {}
        }
        let who = if self.user.is_empty() { self.by } else { self.user };
        let own = self.named(who);
        match room.tx.entry(id, &own)? {
            // A user of the host may be called as an agent is.
            Some(entry) if !self.is_own(&entry) => Ok(self.named(&format!("{}\0{}", self.by, self.user))),
            Some(_) | None => Ok(own),
        }
    }

    fn is_own(&self, entry: &Entry) -> bool {
        let user = entry.extra.text("user");
        // The machines behind one producer are one writer: a job may move.
        let is_machine = self.is_host && entry.by.starts_with("machine@");
        (entry.by == self.by || is_machine) && (user.is_empty() || self.user.is_empty() || user == self.user)
    }

    /// No slug has two hyphens: it is no other host's. A name that is none of ours, or too long, is told by its digits.
    fn named(&self, who: &str) -> EntryId {
        let of = |name: &str| EntryId::occurrence(&format!("{}--{name}", self.producer));
        let plain = Some(of(who)).filter(|id| slug(who) == who && EntryId::parse(id.as_str()).is_some());
        plain.unwrap_or_else(|| of(&short(who)))
    }
}
