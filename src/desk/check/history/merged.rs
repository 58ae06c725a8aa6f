//! What whoever merges did themselves.
//!
//! A side explains what it has changed since both were one and the other side has not: a merge that holds to that did
//! nothing, however much it brings. What both changed may be as either has it, or as our own merge makes it. All else is
//! the merger's act, be it that they put back what one side did.

use std::collections::BTreeSet;

use serde_json::Value;

use super::step::{differing, readable};
use crate::error::Result;
use crate::model::field::FileKind;
use crate::model::id::TicketId;
use crate::model::merge::{Side, records};
use crate::model::record::Record;
use crate::model::ticket::Ticket;
use crate::store::Snapshot;
use crate::store::document::{self, MAX_SIZE};
use crate::store::snapshot::{Holds, holds};

/// Two sides, neither of which is in the other's past, and what was made of them.
pub struct Merge<'m, 's> {
    sides: [&'m Snapshot<'s>; 2],
    /// The newest commits that both have in common: mostly one.
    bases: Vec<Snapshot<'s>>,
    after: &'m Snapshot<'s>,
}

impl<'m, 's> Merge<'m, 's> {
    pub fn of(sides: [&'m Snapshot<'s>; 2], after: &'m Snapshot<'s>) -> Result<Merge<'m, 's>> {
        let store = after.store();
        let bases = store.merge_bases(sides[0].commit(), sides[1].commit())?;
        let bases = bases.into_iter().map(|id| Snapshot::at(store, id)).collect::<Result<_>>()?;
        Ok(Merge { sides, bases, after })
    }

    /// The files that no side explains as they are, and the tickets that both sides changed: of those the fields count.
    pub fn unexplained(&self) -> Result<BTreeSet<String>> {
        let [ours, theirs] = self.sides;
        let store = self.after.store();
        let off = [differing(store, Some(ours), self.after)?, differing(store, Some(theirs), self.after)?];
        let changed = [self.since(ours)?, self.since(theirs)?];
        let explained = |path: &str| {
            let [not_ours, not_theirs] = [&off[0], &off[1]].map(|paths| paths.contains(path));
            let [ours, theirs] = [&changed[0], &changed[1]].map(|paths| paths.contains(path));
            let by_fields = ours && theirs && matches!(holds(path), Holds::Ticket(_));
            !by_fields && (!not_ours && (ours || !theirs) || !not_theirs && (theirs || !ours))
        };
        Ok(off[0].union(&off[1]).filter(|path| !explained(path)).cloned().collect())
    }

    /// The files in which a side is as no common version is.
    fn since(&self, side: &Snapshot<'_>) -> Result<BTreeSet<String>> {
        let store = self.after.store();
        let Some((first, more)) = self.bases.split_first() else { return differing(store, None, side) };
        let mut changed = differing(store, Some(first), side)?;
        for base in more {
            let other = differing(store, Some(base), side)?;
            changed.retain(|path| other.contains(path));
        }
        Ok(changed)
    }

    /// Whether an entry is as our own merge makes it of the two sides.
    pub fn makes(&self, path: &str, after: &Record) -> Result<bool> {
        let read = |side: &Snapshot<'_>| {
            let bytes = side.file(path, MAX_SIZE)?.and_then(Result::ok);
            Ok::<_, anyhow::Error>(bytes.and_then(|bytes| document::parse(FileKind::Entry, &bytes).ok()))
        };
        let (Some(ours), Some(theirs)) = (read(self.sides[0])?, read(self.sides[1])?) else { return Ok(false) };
        let base = self.bases.first().map(read).transpose()?.flatten().unwrap_or_default();
        let made = |side: Side| records(FileKind::Entry, &base, &ours, &theirs, &|_| Some(side)).value;
        Ok([Side::Ours, Side::Theirs].into_iter().any(|side| made(side) == *after))
    }

    /// A ticket as it would be without what the merger did; `after` is what they made of it.
    pub fn before(&self, id: TicketId, after: &Record) -> Result<Option<Ticket>> {
        let read = |side: &Snapshot<'_>| Ok::<_, anyhow::Error>(side.ticket(id)?.and_then(Result::ok));
        let (ours, theirs) = match (read(self.sides[0])?, read(self.sides[1])?) {
            (Some(ours), Some(theirs)) => (ours, theirs),
            (one, other) => return Ok(one.or(other).map(|file| file.ticket)),
        };
        let read =
            |base: &Snapshot<'_>| Ok::<_, anyhow::Error>(read(base)?.map(|file| file.record).unwrap_or_default());
        let mut bases: Vec<Record> = self.bases.iter().map(read).collect::<Result<_>>()?;
        if bases.is_empty() {
            bases.push(Record::default());
        }
        let made = expected(&bases, [&ours.record, &theirs.record], after);
        Ok(Ticket::read(id, &made).ok().or(readable(self.sides[0], id)?))
    }
}

/// `after`, with each field that no side explains as it would be else.
fn expected(bases: &[Record], sides: [&Record; 2], after: &Record) -> Record {
    let [ours, theirs] = sides;
    let nothing = Record::default();
    let base = bases.first().unwrap_or(&nothing);
    let merged =
        [Side::Ours, Side::Theirs].map(|side| records(FileKind::Ticket, base, ours, theirs, &|_| Some(side)).value);
    let mut made = after.clone();
    let keys: BTreeSet<&str> = ours.keys().chain(theirs.keys()).chain(after.keys()).collect();
    for key in keys {
        let [one, other, now] = [ours, theirs, after].map(|record| record.get(key));
        let is_changed = |value: Option<&Value>| bases.iter().all(|base| base.get(key) != value);
        let (may_be, else_it_is) = match (is_changed(one), is_changed(other)) {
            (true, false) => ([one, one], one),
            (false, true) => ([other, other], other),
            (true, true) | (false, false) => ([one, other], one),
        };
        if !may_be.contains(&now) && !merged.iter().any(|record| record.get(key) == now) {
            made.set(key, else_it_is.cloned().unwrap_or_default());
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(status: &str, assignee: &str, tags: &[&str]) -> Record {
        let pairs = [("status", json!(status)), ("assignee", json!(assignee)), ("tags", json!(tags))];
        pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    /// The fields of a merge that are the merger's.
    fn acts(base: &Record, ours: &Record, theirs: &Record, after: &Record) -> Vec<String> {
        let before = expected(std::slice::from_ref(base), [ours, theirs], after);
        after.changes(&before).iter().map(|change| change.key.to_owned()).collect()
    }

    #[test]
    fn what_one_side_changed_is_explained_and_putting_it_back_is_not() {
        let base = record("active", "", &[]);
        let (closed, mine) = (record("closed", "", &[]), record("active", "bob", &[]));
        assert_eq!(acts(&base, &mine, &closed, &record("closed", "bob", &[])), [""; 0]);
        assert_eq!(acts(&base, &mine, &closed, &mine), ["status"]);
        assert_eq!(acts(&base, &mine, &closed, &closed), ["assignee"]);
        assert_eq!(acts(&base, &mine, &base, &record("closed", "bob", &[])), ["status"]);
    }

    #[test]
    fn what_both_changed_may_be_as_either_has_it_or_as_it_is_merged() {
        let base = record("active", "", &["a"]);
        let (one, other) = (record("active", "ana", &["a", "b"]), record("active", "bob", &["a", "c"]));
        assert_eq!(acts(&base, &one, &other, &record("active", "bob", &["a", "b", "c"])), [""; 0]);
        assert_eq!(acts(&base, &one, &other, &record("active", "eve", &["a", "b", "c"])), ["assignee"]);
        assert_eq!(acts(&base, &one, &other, &record("active", "ana", &["d"])), ["tags"]);
    }
}
