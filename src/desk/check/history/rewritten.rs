//! Words that stood there and do not stand there any more as they did: entries and attachments that a commit changed or
//! took away.
//!
//! Each commit is held against the versions that it came from, so that what one commit does and the next one takes back
//! has been done, and so that words which came in by a merge are as safe as those that were there before.

use std::collections::BTreeSet;

use super::merged::Merge;
use crate::error::Result;
use crate::model::entry::Entry;
use crate::model::field::FileKind;
use crate::model::id::TicketId;
use crate::model::policy::Policy;
use crate::model::record::Record;
use crate::model::word::EntryKind;
use crate::store::document::{self, MAX_SIZE};
use crate::store::policy::Read;
use crate::store::snapshot::{Holds, holds};
use crate::store::{Oid, Snapshot};

/// A file of a thread that is not as it was.
pub struct Rewritten {
    /// From the desk's root.
    pub path: String,
    /// Whose words they were, as the files say; nobody where that cannot be read.
    pub owners: BTreeSet<String>,
    pub is_gone: bool,
    /// A version that has the file as it was.
    pub was_in: Oid,
}

/// What the file is now: of a commit, or of what somebody has edited.
pub enum Now<'n, 's> {
    Of(&'n Snapshot<'s>),
    Edited(Read),
}

/// The versions that something came from.
pub struct Origin<'f, 's, 'b> {
    pub sides: &'f [Snapshot<'s>],
    /// Where no side can be read, what the file said before all of this.
    pub base: &'f Snapshot<'b>,
    pub merge: Option<&'f Merge<'f, 's>>,
}

impl Origin<'_, '_, '_> {
    /// How a file of a thread is not as it was; `None` where it is new, or says the same. What a file says counts, not
    /// its form; counts of repeats are rewritten by the machine that counts.
    pub fn rewritten(&self, path: &str, now: &Now<'_, '_>) -> Result<Option<Rewritten>> {
        match holds(path) {
            Holds::Entry(..) => self.entry(path, now),
            Holds::Attachment(id) => self.attachment(id, path, now),
            Holds::Policy | Holds::Ticket(_) | Holds::Other => Ok(None),
        }
    }

    fn entry(&self, path: &str, now: &Now<'_, '_>) -> Result<Option<Rewritten>> {
        let (after, is_gone) = match now {
            Now::Of(after) => (after.file(path, MAX_SIZE)?, !after.exists(path)?),
            Now::Edited(read) => (read.clone(), read.is_none()),
        };
        let after = record(after);
        if let (Some(merge), Some(after)) = (self.merge, &after)
            && merge.makes(path, after)?
        {
            return Ok(None);
        }
        for side in self.sides.iter().filter_map(|side| side.exists(path).map(|is| is.then_some(side)).transpose()) {
            let side = side?;
            let mut before = record(side.file(path, MAX_SIZE)?);
            if before.is_none() {
                before = record(self.base.file(path, MAX_SIZE)?);
            }
            // What nobody can read says nothing.
            let Some(before) = before else { continue };
            let is_same = after.as_ref().is_some_and(|after| says_the_same(&before, after, self.merge.is_some()));
            if !is_same {
                let by = before.text("by");
                let owners = Some(by.to_owned()).filter(|by| !by.is_empty()).into_iter().collect();
                return Ok(Some(Rewritten { path: path.to_owned(), owners, is_gone, was_in: side.commit() }));
            }
        }
        Ok(None)
    }

    /// An attachment is whose entry names it.
    fn attachment(&self, id: TicketId, path: &str, now: &Now<'_, '_>) -> Result<Option<Rewritten>> {
        let (is_gone, blob) = match now {
            Now::Of(after) => (!after.exists(path)?, after.entry(path)?.map(|(blob, _)| blob)),
            Now::Edited(read) => (read.is_none(), None),
        };
        for side in self.sides {
            let Some((was, _)) = side.entry(path)? else { continue };
            if blob == Some(was) {
                continue;
            }
            let mut naming = naming(side, id, path)?;
            if naming.is_empty() {
                naming = self::naming(self.base, id, path)?;
            }
            let is_output = |entry: &Entry| entry.kind == EntryKind::Occurrence && entry.by.starts_with("machine@");
            // The newest outputs of a failure stay, and the machine that counts drops the others.
            let is_nobodys = !naming.is_empty() && naming.iter().all(is_output);
            // What came and went unnamed since, nobody has said.
            if is_nobodys || naming.is_empty() && !self.base.exists(path)? {
                continue;
            }
            let owners = naming.into_iter().map(|entry| entry.by).collect();
            return Ok(Some(Rewritten { path: path.to_owned(), owners, is_gone, was_in: side.commit() }));
        }
        Ok(None)
    }
}

impl Rewritten {
    /// Whether the words were all somebody's own.
    pub fn is_of(&self, policy: &Policy, author: &str) -> bool {
        let mut owners = self.owners.iter().peekable();
        owners.peek().is_some() && owners.all(|owner| !owner.is_empty() && policy.is_same(owner, author))
    }
}

fn record(read: Read) -> Option<Record> {
    document::parse(FileKind::Entry, &read?.ok()?).ok()
}

/// Whether an entry is what it was. Of a count the numbers go on, also by whoever brings two of them together.
fn says_the_same(before: &Record, after: &Record, is_merge: bool) -> bool {
    let is_count = |record: &Record| record.text("kind") == EntryKind::Occurrence.as_str();
    let counts = is_count(before) && is_count(after) && before.get("by") == after.get("by");
    let speaks = !before.text("by").starts_with("machine@");
    before == after || counts && (is_merge || !speaks || before.get("body") == after.get("body"))
}

/// The entries of a ticket that say that a file came with them.
fn naming(snapshot: &Snapshot<'_>, id: TicketId, path: &str) -> Result<Vec<Entry>> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let names = |file: &String| file.split(' ').next() == Some(name);
    let (thread, _) = snapshot.thread(id)?;
    Ok(thread.into_iter().filter(|entry| entry.files.iter().any(names)).collect())
}
