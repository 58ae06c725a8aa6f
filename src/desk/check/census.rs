//! What only shows when all tickets are seen together: keys and numbers taken twice.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;
use regex::bytes::Regex;

use super::inspect::{Inspected, Said};
use super::{Check, Scope};
use crate::error::Result;
use crate::index::Index;
use crate::model::id::TicketId;
use crate::model::policy::Severity;
use crate::model::rules::{Flaw, Neighbour};
use crate::model::ticket::Ticket;
use crate::store::document::basic_string;
use crate::store::snapshot::{Holds, holds, read_ticket};
use crate::store::{Oid, Snapshot};

/// All tickets, as far as one can get in the way of another.
#[derive(Default)]
pub struct Census {
    /// Open tickets by deduplication key, the oldest first.
    keys: BTreeMap<String, Vec<TicketId>>,
    /// Tickets by their number in another system.
    numbers: BTreeMap<String, Vec<TicketId>>,
    /// What is known of those that were read.
    neighbours: HashMap<TicketId, Neighbour>,
}

impl Census {
    pub fn add(&mut self, ticket: &Ticket) {
        if !ticket.key.is_empty() && ticket.status.is_open() {
            insert(self.keys.entry(ticket.key.clone()).or_default(), ticket.id);
        }
        if !ticket.external_id.is_empty() {
            insert(self.numbers.entry(ticket.external_id.clone()).or_default(), ticket.id);
        }
    }

    pub fn neighbour(&self, id: TicketId) -> Option<Neighbour> {
        self.neighbours.get(&id).cloned()
    }

    /// What is wrong with a ticket beside the others. Among all tickets the one that was there first is in its right; a
    /// ticket that is looked at `alone` may be what has changed.
    pub fn flaws(&self, ticket: &Ticket, alone: bool) -> Vec<Flaw> {
        let key = taken(&self.keys, &ticket.key, ticket.id, alone).map(|first| {
            let message = format!("the key \"{}\" is open twice: {first} has it, too", ticket.key);
            let fix = format!("git desk close {} --resolution duplicate --duplicate-of {first}", ticket.id);
            error("DSK202", "key", message, Some(fix))
        });
        let number = taken(&self.numbers, &ticket.external_id, ticket.id, alone).map(|first| {
            let message = format!("the number \"{}\" is taken: {first} has it, too", ticket.external_id);
            error("DSK203", "external_id", message, None)
        });
        key.into_iter().chain(number).collect()
    }
}

fn insert(ids: &mut Vec<TicketId>, id: TicketId) {
    if let Err(place) = ids.binary_search(&id) {
        ids.insert(place, id);
    }
}

/// The first ticket that has the same word: of all, or of the others.
fn taken(by: &BTreeMap<String, Vec<TicketId>>, word: &str, id: TicketId, others: bool) -> Option<TicketId> {
    let ids = by.get(word).filter(|ids| ids.contains(&id))?;
    ids.iter().copied().find(|first| !others || *first != id).filter(|first| *first != id)
}

fn error(code: &'static str, field: &'static str, message: String, fix: Option<String>) -> Flaw {
    Flaw { code, severity: Severity::Error, field, message, fix }
}

/// The words of tickets that no other may have, too.
#[derive(Default)]
struct Words {
    keys: BTreeSet<String>,
    numbers: BTreeSet<String>,
}

impl Words {
    /// Adds the words of a ticket that it had not before. What was taken twice already is no matter of a change.
    fn add(&mut self, ticket: &Ticket, before: Option<&Ticket>) {
        let had_key = before.is_some_and(|before| before.key == ticket.key && before.status.is_open());
        if ticket.status.is_open() && !ticket.key.is_empty() && !had_key {
            self.keys.insert(ticket.key.clone());
        }
        let had_number = before.is_some_and(|before| before.external_id == ticket.external_id);
        if !ticket.external_id.is_empty() && !had_number {
            self.numbers.insert(ticket.external_id.clone());
        }
    }
}

impl Check<'_, '_> {
    /// Counts the tickets that were read. Where they are not all, the others are looked for that share a word with them which is new:
    /// by the index where one is kept, else by a look at every ticket's bytes.
    pub(super) fn take_census(&mut self, read: &[Inspected]) -> Result<()> {
        let tickets = read.iter().filter_map(|one| match &one.said {
            Said::Ticket(ticket) => Some(ticket.as_ref()),
            Said::Entry(_) | Said::Article(_) | Said::Nothing => None,
        });
        let mut words = Words::default();
        for ticket in tickets {
            self.census.add(ticket);
            self.census.neighbours.insert(ticket.id, Neighbour::of(ticket));
            match self.asked.scope {
                Scope::Whole => {}
                Scope::Paths(_) => words.add(ticket, None),
                Scope::Since(base) => {
                    let before = base.ticket(ticket.id)?.and_then(Result::ok);
                    words.add(ticket, before.as_ref().map(|file| &file.ticket));
                }
            }
        }
        if words.keys.is_empty() && words.numbers.is_empty() {
            return Ok(());
        }
        let others = match self.by_index(&words)? {
            Some(others) => others,
            None => self.by_scan(&words)?,
        };
        for id in others {
            let file = match self.asked.edits.get(&id.path()) {
                Some(Some(edited)) => read_ticket(id, "", edited.bytes.clone()).ok(),
                Some(None) => None,
                None => self.asked.snapshot.ticket(id)?.and_then(Result::ok),
            };
            if let Some(file) = file {
                self.census.add(&file.ticket);
            }
        }
        Ok(())
    }

    /// Who may share the words, as an index of any commit says, and whoever has changed since; `None` without an index.
    fn by_index(&self, words: &Words) -> Result<Option<Vec<TicketId>>> {
        let store = self.asked.snapshot.store();
        let Some(index) = Index::as_it_is(store, self.asked.cache) else { return Ok(None) };
        // The commit may be gone, and a damaged index is no index.
        let Ok(then) = Snapshot::at(store, index.commit()) else { return Ok(None) };
        let Ok(mut ids) = index.sharing(&words.keys, &words.numbers) else { return Ok(None) };
        let Ok(since) = store.differing(then.tree(), self.asked.snapshot.tree()) else { return Ok(None) };
        if since.len() > FAR {
            return Ok(None);
        }
        let paths = since.iter().map(|file| file.path.as_str()).chain(self.asked.edits.keys().map(String::as_str));
        ids.extend(paths.filter_map(ticket_at));
        Ok(Some(ids))
    }

    /// The tickets in whose bytes one of the words stands.
    fn by_scan(&self, words: &Words) -> Result<Vec<TicketId>> {
        let store = self.asked.snapshot.store();
        let mut blobs: Vec<(TicketId, Oid)> = Vec::new();
        self.asked.snapshot.walk_ticket_files(|path, oid, _| blobs.extend(ticket_at(path).map(|id| (id, oid))))?;
        // As it is, and as it is where something of it has to be escaped.
        let forms = words.keys.iter().chain(&words.numbers).flat_map(|word| {
            [word.clone(), basic_string(word).trim_matches('"').to_owned()].map(|form| regex::escape(&form))
        });
        let Ok(pattern) = Regex::new(&forms.collect::<Vec<_>>().join("|")) else { return Ok(Vec::new()) };
        store.expect_much();
        let handle = store.handle();
        let look = |part: &[(TicketId, Oid)]| -> Result<Vec<TicketId>> {
            let reader = handle.open()?;
            let mut found = Vec::new();
            for (id, oid) in part {
                if reader.blob(*oid)?.is_some_and(|bytes| pattern.is_match(&bytes)) {
                    found.push(*id);
                }
            }
            Ok(found)
        };
        let parts: Vec<Vec<TicketId>> = blobs.par_chunks(PART).map(look).collect::<Result<_>>()?;
        let edited = self.asked.edits.keys().filter_map(|path| ticket_at(path));
        Ok(parts.into_iter().flatten().chain(edited).collect())
    }
}

/// Files that have changed since an index was made, from which on a look at all tickets is quicker.
const FAR: usize = 20_000;

/// Tickets that one thread looks at in one go.
const PART: usize = 1_024;

fn ticket_at(path: &str) -> Option<TicketId> {
    match holds(path) {
        Holds::Ticket(id) => Some(id),
        Holds::Policy | Holds::Entry(..) | Holds::Attachment(_) | Holds::Other => None,
    }
}
