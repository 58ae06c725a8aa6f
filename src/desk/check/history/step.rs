//! What one commit did to the desk.

use std::collections::{BTreeMap, BTreeSet};

use super::merged::Merge;
use super::rewritten::{Now, Origin, Rewritten};
use crate::desk::catalogue::service;
use crate::error::Result;
use crate::model::act::Change;
use crate::model::entry::Entry;
use crate::model::id::{EntryId, TicketId};
use crate::model::policy::{FILE, Policy};
use crate::model::rules::desk::{Author, Denied, Rules};
use crate::model::ticket::Ticket;
use crate::model::word::EntryKind;
use crate::model::{catalogue, customer};
use crate::store::history::CommitRow;
use crate::store::snapshot::{Holds, holds};
use crate::store::{Oid, Snapshot, Store};

/// What one commit did.
pub struct Step {
    pub id: Oid,
    /// The author's address.
    pub email: String,
    /// Whether it carries a signature, whoever's that is.
    pub signed: bool,
    pub tickets: Vec<Touch>,
    /// What it changed of the policy: `desk.toml`, the file of a customer, or of a service that is new or promises or asks
    /// now what it did not.
    pub policy: Option<String>,
    /// Words that it changed or took away, whoever's they were.
    pub rewritten: Vec<Rewritten>,
    /// The versions that it came from; none of them is part of another's past.
    pub parents: Vec<Oid>,
}

/// A ticket that a commit touched.
pub struct Touch {
    pub id: TicketId,
    /// As it was, in its last version that can be read.
    pub before: Option<Ticket>,
    pub after: Option<Ticket>,
    /// Entries that its thread got, and those that say now what they did not.
    pub added: Vec<Entry>,
}

/// Tickets in their last version that can be read: who breaks a file first is held to what it said.
pub struct Known<'b, 's> {
    base: &'b Snapshot<'s>,
    since: BTreeMap<TicketId, Ticket>,
}

impl<'b, 's> Known<'b, 's> {
    pub fn at(base: &'b Snapshot<'s>) -> Known<'b, 's> {
        Known { base, since: BTreeMap::new() }
    }

    pub fn learn(&mut self, step: &Step) {
        let read = step.tickets.iter().filter_map(|touch| Some((touch.id, touch.after.clone()?)));
        self.since.extend(read);
    }

    fn last(&self, id: TicketId) -> Result<Option<Ticket>> {
        match self.since.get(&id) {
            Some(ticket) => Ok(Some(ticket.clone())),
            None => readable(self.base, id),
        }
    }
}

/// What a commit did: against the version it came from; of a merge, what none of its sides did.
pub fn step(store: &Store, row: &CommitRow, known: &Known<'_, '_>) -> Result<Step> {
    let after = Snapshot::at(store, row.id)?;
    let parents = sides(store, &row.parents)?;
    let from: Vec<Snapshot<'_>> = parents.iter().map(|id| Snapshot::at(store, *id)).collect::<Result<_>>()?;
    let merge = match from.as_slice() {
        [ours, theirs, ..] => Some(Merge::of([ours, theirs], &after)?),
        [_] | [] => None,
    };
    let paths = match &merge {
        Some(merge) => merge.unexplained()?,
        None => differing(store, from.first(), &after)?,
    };
    let mut tickets: BTreeMap<TicketId, Vec<Entry>> = BTreeMap::new();
    let mut rewritten = Vec::new();
    let sides = Origin { sides: &from, base: known.base, merge: merge.as_ref() };
    for path in &paths {
        rewritten.extend(sides.rewritten(path, &Now::Of(&after))?);
        match holds(path) {
            Holds::Ticket(id) | Holds::Attachment(id) => {
                tickets.entry(id).or_default();
            }
            Holds::Entry(id, entry) => tickets.entry(id).or_default().extend(said(&from, &after, id, &entry)?),
            Holds::Policy | Holds::Other => {}
        }
    }
    let mut told = Vec::new();
    for (id, added) in tickets {
        let is = after.ticket(id)?.and_then(Result::ok);
        let was = match (&merge, &is) {
            (Some(merge), Some(is)) => merge.before(id, &is.record)?,
            (Some(_), None) | (None, _) => None,
        };
        let was = from.iter().try_fold(was, |was, side| if was.is_some() { Ok(was) } else { readable(side, id) })?;
        let before = if was.is_some() { was } else { known.last(id)? };
        told.push(Touch { id, before, after: is.map(|file| file.ticket), added });
    }
    let (policy, signed) = (policy_of(&paths, &from, &after)?, store.is_signed(row.id)?);
    Ok(Step { id: row.id, email: row.email.clone(), signed, tickets: told, policy, rewritten, parents })
}

/// What was agreed and what is promised is policy, and so is who approves: whoever is kept from that would else write it
/// for themselves.
fn policy_of(paths: &BTreeSet<String>, from: &[Snapshot<'_>], after: &Snapshot<'_>) -> Result<Option<String>> {
    if paths.contains(FILE) {
        return Ok(Some(FILE.to_owned()));
    }
    let promised = |snapshot: &Snapshot<'_>, name: &str| -> Result<_> {
        Ok(service(snapshot, name)?.map(|service| (service.approval, service.sla, service.clock_start)))
    };
    for path in paths {
        let Some((folder, name)) = path.strip_suffix(".toml").and_then(|path| path.split_once('/')) else { continue };
        match format!("{folder}/").as_str() {
            customer::FOLDER => return Ok(Some(path.clone())),
            catalogue::FOLDER => {}
            _ => continue,
        }
        let now = promised(after, name)?;
        for side in from {
            if promised(side, name)? != now {
                return Ok(Some(path.clone()));
            }
        }
    }
    Ok(None)
}

/// Parents without those that another one has in its past: they have nothing to say beside it.
fn sides(store: &Store, parents: &[Oid]) -> Result<Vec<Oid>> {
    let mut sides: Vec<Oid> = Vec::new();
    for (at, parent) in parents.iter().enumerate() {
        let mut others = parents.iter().enumerate().filter(|(other, _)| *other != at);
        let is_past = others.try_fold(false, |found, (other, id)| {
            Ok::<_, anyhow::Error>(found || if id == parent { other < at } else { store.reaches(*id, *parent)? })
        })?;
        if !is_past {
            sides.push(*parent);
        }
    }
    Ok(sides)
}

/// An entry that is new, or that says now what it did not. Of a count it is no word how far it has come.
fn said(from: &[Snapshot<'_>], after: &Snapshot<'_>, id: TicketId, entry: &EntryId) -> Result<Option<Entry>> {
    let Some(now) = after.one_entry(id, entry)? else { return Ok(None) };
    let is_count = |entry: &Entry| entry.kind == EntryKind::Occurrence;
    let is_as = |was: &Entry| *was == now || is_count(was) && is_count(&now) && was.by == now.by;
    for side in from {
        if side.one_entry(id, entry)?.is_some_and(|was| is_as(&was)) {
            return Ok(None);
        }
    }
    Ok(Some(now))
}

pub(super) fn readable(snapshot: &Snapshot<'_>, id: TicketId) -> Result<Option<Ticket>> {
    Ok(snapshot.ticket(id)?.and_then(Result::ok).map(|file| file.ticket))
}

pub(super) fn differing(
    store: &Store,
    before: Option<&Snapshot<'_>>,
    after: &Snapshot<'_>,
) -> Result<BTreeSet<String>> {
    let before = before.and_then(Snapshot::tree);
    Ok(store.differing(before, after.tree())?.into_iter().map(|file| file.path).collect())
}

/// What a commit did that its author may not do: the ticket, or `None` for the [policy](Step::policy), and what is denied.
pub fn denied<'p>(rules: &Rules<'p>, policy: &Policy, step: &Step) -> Vec<(Option<TicketId>, Denied<'p>)> {
    let by = policy.handle_for(&step.email);
    let author = Author { name: by, signed: step.signed };
    let mut found = Vec::new();
    for Touch { id, before, after, added } in &step.tickets {
        let change = Change { before: before.as_ref(), after: after.as_ref(), added, by };
        found.extend(rules.denied(&change, author).into_iter().map(|denied| (Some(*id), denied)));
    }
    if step.policy.is_some() {
        found.extend(rules.denied_policy(author).map(|denied| (None, denied)));
    }
    found
}
