//! A merge that is not written yet, as use cases look at it and change it, and what is written of it in the end.

use std::collections::BTreeMap;

use super::file::Form;
use super::joint::{Change, Joint};
use crate::error::{Problem, Result};
use crate::model::entry::Entry;
use crate::model::field::FileKind;
use crate::model::id::{EntryId, TicketId};
use crate::model::policy::Policy;
use crate::model::ticket::Ticket;
use crate::store::document;
use crate::store::policy::policy_by;
use crate::store::snapshot::{Damaged, Holds, Snapshot, TicketFile, holds, read_entry, read_ticket};
use crate::store::transaction::entry_path;
use crate::store::tree::{FILE, Leaf};

impl Joint<'_> {
    /// Tickets that either side has changed or added.
    pub fn touched(&self) -> impl Iterator<Item = TicketId> + '_ {
        self.touched.iter().copied()
    }

    /// The bytes of a file of the desk as merged.
    fn file(&self, path: &str) -> Result<Option<Result<Vec<u8>, Damaged>>> {
        match self.changes.get(&format!("{}{path}", self.store.root())) {
            Some(Change::Bytes(bytes, _)) => Ok(Some(Ok(bytes.clone()))),
            Some(Change::Stored(id, mode)) => self.theirs.blob(*id, *mode, path, document::MAX_SIZE).map(Some),
            Some(Change::Gone) => Ok(None),
            None => self.theirs.file(path, document::MAX_SIZE),
        }
    }

    /// The policy as merged.
    pub fn policy(&self) -> Result<Policy> {
        Ok(policy_by(|path| self.file(path))?.0)
    }

    /// A ticket as merged; `None` where there is none, or one that cannot be read.
    pub fn ticket(&self, id: TicketId) -> Result<Option<TicketFile>> {
        let Some(Ok(bytes)) = self.file(&id.path())? else { return Ok(None) };
        Ok(read_ticket(id, &format!("{}{}", self.store.root(), id.path()), bytes).ok())
    }

    /// A ticket as it was before both sides parted.
    pub fn ticket_before(&self, id: TicketId) -> Result<Option<Ticket>> {
        let path = format!("{}{}", self.store.root(), id.path());
        let place = self.base.place(self.store, path.as_ref(), Form::Fields(FileKind::Ticket))?;
        let bytes = self.base.bytes(self.store, place)?;
        Ok(bytes.and_then(|bytes| read_ticket(id, &path, bytes).ok()).map(|file| file.ticket))
    }

    /// Writes the fields of a ticket that differ from the merged file.
    pub fn save(&mut self, before: &TicketFile, after: &Ticket) -> Result<()> {
        let edited = document::edit(FileKind::Ticket, &before.bytes, &after.record());
        let bytes = edited.map_err(|mistake| Problem::invalid(format!("{}: {}", before.path, mistake.message)))?;
        self.changes.insert(before.path.clone(), Change::Bytes(bytes, FILE));
        Ok(())
    }

    /// Adds a word to a ticket's thread.
    pub fn say(&mut self, ticket: TicketId, at: jiff::Timestamp, entry: impl FnOnce(EntryId) -> Entry) {
        let id = EntryId::draw(at, (self.random)());
        let path = format!("{}{}", self.store.root(), entry_path(ticket, &id));
        let text = document::canonical(FileKind::Entry, &entry(id).record());
        self.changes.insert(path, Change::Bytes(text.into_bytes(), FILE));
    }

    /// The first ticket that was there before, is not published any more, and would be there again by what is ours.
    pub(in crate::store) fn returning(&self) -> Result<Option<TicketId>> {
        let root = self.store.root();
        let ours = |id: TicketId| {
            self.changes.iter().any(|(path, change)| {
                let inside = path.strip_prefix(root).unwrap_or(path);
                *change != Change::Gone
                    && match holds(inside) {
                        Holds::Ticket(of) | Holds::Entry(of, _) | Holds::Attachment(of) => of == id,
                        Holds::Policy | Holds::Other => false,
                    }
            })
        };
        for id in self.touched() {
            if !self.theirs.exists(&id.path())? && ours(id) && self.ticket_before(id)?.is_some() {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// What is to be changed in the published tree: paths from the repository's root, in byte order.
    pub(in crate::store) fn leaves(&self) -> impl Iterator<Item = (&[u8], Leaf<'_>)> {
        let named = self.changes.iter().map(|(path, change)| {
            let leaf = match change {
                Change::Bytes(bytes, mode) => Leaf::Bytes(bytes, *mode),
                Change::Stored(id, mode) => Leaf::Stored(*id, *mode),
                Change::Gone => Leaf::Gone,
            };
            (path.as_bytes(), leaf)
        });
        let unnamed = self
            .unnamed
            .iter()
            .map(|(path, place)| (path.as_slice(), place.map_or(Leaf::Gone, |(id, mode)| Leaf::Stored(id, mode))));
        let all: BTreeMap<&[u8], Leaf<'_>> = named.chain(unnamed).collect();
        all.into_iter()
    }

    /// Reads every file that was written anew. Exit code 6 where one that both sides could be read of cannot be read any
    /// more: then nothing is committed.
    pub(in crate::store) fn validate(&self) -> Result<()> {
        for (path, change) in &self.changes {
            let (Change::Bytes(bytes, _), Some(inside)) = (change, self.inside(path)) else { continue };
            let faulty = |bytes: Vec<u8>| match holds(inside) {
                Holds::Ticket(id) => read_ticket(id, path, bytes).err(),
                Holds::Entry(_, entry) => read_entry(entry, path, &bytes).err(),
                Holds::Policy | Holds::Attachment(_) | Holds::Other => None,
            };
            let Some(damaged) = faulty(bytes.clone()) else { continue };
            let was_well = |side: &Snapshot<'_>| -> Result<bool> {
                Ok(match side.file(inside, document::MAX_SIZE)? {
                    Some(Ok(bytes)) => faulty(bytes).is_none(),
                    Some(Err(_)) => false,
                    None => true,
                })
            };
            if was_well(&self.ours)? && was_well(&self.theirs)? {
                return Err(Problem::from(damaged).code("bad_merge").hint("nothing was changed").into());
            }
        }
        Ok(())
    }
}
