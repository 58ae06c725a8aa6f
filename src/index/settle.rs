//! The facts of a commit that only a replay can tell: those by which a file differs from what the facts of the
//! commit's ancestors lead to.

use std::collections::{BinaryHeap, HashSet};

use rusqlite::{Connection, OptionalExtension};

use super::commits::{Landing, Numbered};
use crate::error::Result;
use crate::model::fact::{Fact, Replay};
use crate::model::id::TicketId;
use crate::model::times::Act;
use crate::store::history::{Settle, Touched};
use crate::store::{Oid, Store};

/// Who is whose ancestor, among the commits in the tables and those that are being written.
pub struct Ancestry<'a> {
    pub db: &'a Connection,
    pub store: &'a Store,
    pub landing: &'a Landing<'a>,
}

/// All ancestors of a commit: everything that landed with or before a commit of the first-parent chain, and a few that
/// did not, by number.
struct Ancestors {
    landed: i64,
    besides: HashSet<i64>,
}

impl Ancestors {
    fn include(&self, n: i64, landed: i64) -> bool {
        landed <= self.landed || self.besides.contains(&n)
    }
}

struct Place {
    n: i64,
    is_mainline: bool,
    landed: i64,
}

impl Ancestry<'_> {
    /// The facts of a commit, ticket by ticket; what was touched without a fact is left out.
    pub fn settled(&self, one: &Numbered, touched: Vec<Touched>) -> Result<Vec<(TicketId, Vec<Fact>)>> {
        let ancestors = match touched.iter().any(|touched| touched.settle.is_some()) {
            true => Some(self.ancestors(one)?),
            false => None,
        };
        let mut settled = Vec::with_capacity(touched.len());
        for Touched { ticket, facts: others, settle } in touched {
            let mut facts = match (&ancestors, settle) {
                (Some(ancestors), Some(settle)) => brought_to(&self.replay(ticket, ancestors)?, ticket, &settle),
                (None, _) | (_, None) => Vec::new(),
            };
            facts.extend(others);
            if !facts.is_empty() {
                settled.push((ticket, facts));
            }
        }
        Ok(settled)
    }

    /// A ticket as the facts of these commits tell it.
    fn replay(&self, ticket: TicketId, ancestors: &Ancestors) -> Result<Replay> {
        let mut select = self.db.prepare_cached(
            "select n, landed, facts from changes join commits using (n) where ticket = ? order by n",
        )?;
        let mut changes = select.query([ticket.pack()])?;
        let mut replay = Replay::default();
        while let Some(change) = changes.next()? {
            if ancestors.include(change.get(0)?, change.get(1)?) {
                let facts = Act::facts_of(change.get_ref(2)?.as_str()?).unwrap_or_default();
                facts.iter().for_each(|fact| replay.apply(fact));
            }
        }
        Ok(replay)
    }

    /// Walked from the greatest number down, so that the first of the chain that is met is the newest; what landed
    /// with or before it is not walked.
    fn ancestors(&self, one: &Numbered) -> Result<Ancestors> {
        let mut ancestors = Ancestors { landed: i64::MIN, besides: HashSet::new() };
        if self.landing.is_mainline(one) {
            ancestors.landed = one.n;
            return Ok(ancestors);
        }
        let mut open: BinaryHeap<(i64, Oid)> = BinaryHeap::new();
        self.open_parents(one.row.id, &mut open)?;
        while let Some((n, id)) = open.pop() {
            let Some(place) = self.place(id)? else { continue };
            if ancestors.include(n, place.landed) {
                continue;
            }
            if place.is_mainline {
                ancestors.landed = n;
                continue;
            }
            ancestors.besides.insert(n);
            self.open_parents(id, &mut open)?;
        }
        Ok(ancestors)
    }

    fn open_parents(&self, id: Oid, open: &mut BinaryHeap<(i64, Oid)>) -> Result<()> {
        let parents = match self.landing.places.get(&id) {
            Some(one) => one.row.parents.clone(),
            None => self.store.commit_row(id)?.parents,
        };
        for parent in parents {
            if let Some(place) = self.place(parent)? {
                open.push((place.n, parent));
            }
        }
        Ok(())
    }

    fn place(&self, id: Oid) -> Result<Option<Place>> {
        if let Some(one) = self.landing.places.get(&id) {
            let (is_mainline, landed) = (self.landing.is_mainline(one), self.landing.landed(one));
            return Ok(Some(Place { n: one.n, is_mainline, landed }));
        }
        let mut select = self.db.prepare_cached("select n, mainline, landed from commits where id = ?")?;
        let place = select.query_row([id.to_string()], |row| {
            Ok(Place { n: row.get(0)?, is_mainline: row.get(1)?, landed: row.get(2)? })
        });
        Ok(place.optional()?)
    }
}

/// The facts that lead from what a replay tells to where the commit is.
fn brought_to(replay: &Replay, ticket: TicketId, settle: &Settle) -> Vec<Fact> {
    match settle {
        Settle::File(record) => replay.settle(record),
        Settle::Gone if *replay == Replay::default() => Vec::new(),
        Settle::Gone => vec![Fact::deleted(ticket.as_str())],
    }
}
