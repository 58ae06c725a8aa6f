//! Writing commits and what they changed.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use rusqlite::{Connection, params};

use super::settle::Ancestry;
use super::{Progress, schema, sum};
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::times::Act;
use crate::store::history::{CommitRow, Handle, Touched};
use crate::store::{Oid, Store};

/// Commits that are read in parallel before they are written.
const BATCH: usize = 4_096;

/// A commit with its place in the order of history.
pub struct Numbered {
    pub n: i64,
    pub row: CommitRow,
}

/// When each commit got onto the branch: the number of the first-parent commit that brought it.
pub struct Landing<'r> {
    pub places: HashMap<Oid, &'r Numbered>,
    mainline: HashSet<Oid>,
    landed: HashMap<Oid, i64>,
}

impl<'r> Landing<'r> {
    /// Of these commits, which are all that `tip` brings beside those that landed before.
    fn of(rows: &'r [Numbered], tip: Oid) -> Landing<'r> {
        let places: HashMap<Oid, &Numbered> = rows.iter().map(|one| (one.row.id, one)).collect();
        let place = |id: &Oid| places.get(id).copied();
        let chain: Vec<&Numbered> =
            std::iter::successors(place(&tip), |one| one.row.parents.first().and_then(place)).collect();
        let mut landed = HashMap::with_capacity(rows.len());
        for bringer in chain.iter().rev() {
            let mut open = vec![*bringer];
            while let Some(one) = open.pop() {
                if landed.contains_key(&one.row.id) {
                    continue;
                }
                landed.insert(one.row.id, bringer.n);
                open.extend(one.row.parents.iter().filter_map(place));
            }
        }
        let mainline = chain.iter().map(|one| one.row.id).collect();
        Landing { places, mainline, landed }
    }

    pub fn is_mainline(&self, one: &Numbered) -> bool {
        self.mainline.contains(&one.row.id)
    }

    pub fn landed(&self, one: &Numbered) -> i64 {
        self.landed.get(&one.row.id).copied().unwrap_or(one.n)
    }
}

/// Writes commits, in their order, and what they changed; the tickets that they changed.
///
/// `rows` are all that `tip` has beside what the tables hold. Where the tables hold earlier changes of these tickets,
/// [`clamp`] has to follow.
pub fn add(
    db: &Connection,
    store: &Store,
    rows: &[Numbered],
    tip: Oid,
    progress: Progress<'_>,
) -> Result<HashSet<TicketId>> {
    let landing = Landing::of(rows, tip);
    let ancestry = Ancestry { db, store, landing: &landing };
    let handle = store.handle();
    let mut latest: HashMap<TicketId, i64> = HashMap::new();
    let mut insert_change = db.prepare(&sum::insertion("changes", 4, [1, 3, 4]))?;
    let mut done = 0;
    for batch in rows.chunks(BATCH) {
        let touched = read_touched(&handle, batch)?;
        if touched.iter().flatten().any(|one| one.settle.is_some()) {
            schema::index_by_ticket(db)?;
        }
        for (one, touched) in batch.iter().zip(touched) {
            insert_commit(db, one, &landing)?;
            for (ticket, facts) in ancestry.settled(one, touched)? {
                // On one ticket a fact is never earlier than the one before it.
                let at = latest.get(&ticket).map_or(one.row.at, |before| one.row.at.max(*before));
                latest.insert(ticket, at);
                insert_change.execute((ticket.pack(), one.n, at, Act::facts_json(&facts)))?;
            }
        }
        done += batch.len();
        progress(done as u64, rows.len() as u64);
    }
    Ok(latest.into_keys().collect())
}

fn insert_commit(db: &Connection, one: &Numbered, landing: &Landing<'_>) -> Result<()> {
    let row = &one.row;
    let mut insert = db.prepare_cached(&sum::insertion("commits", 9, 2..=7))?;
    insert.execute(params![
        one.n,
        row.id.to_string(),
        row.at,
        row.committed,
        row.name,
        row.email,
        row.subject,
        landing.is_mainline(one),
        landing.landed(one)
    ])?;
    for op in &row.ops {
        db.prepare_cached("insert or ignore into ops values (?, ?)")?.execute((op, one.n))?;
    }
    Ok(())
}

/// What each of these commits touched, in their order; read on all processors when there are many.
fn read_touched(handle: &Handle, rows: &[Numbered]) -> Result<Vec<Vec<Touched>>> {
    let part = |rows: &[Numbered]| -> Result<Vec<Vec<Touched>>> {
        let reader = handle.open()?;
        rows.iter().map(|one| reader.touched(&one.row)).collect()
    };
    if rows.len() < 64 {
        return part(rows);
    }
    let parts: Vec<_> = rows.par_chunks(256).map(part).collect::<Result<_>>()?;
    Ok(parts.into_iter().flatten().collect())
}

/// Gives each change of these tickets its moment anew: that of its commit, but never one before an earlier change's.
pub fn clamp<'t>(db: &Connection, tickets: impl IntoIterator<Item = &'t TicketId>) -> Result<()> {
    let mut select = db.prepare_cached(
        "select n, changes.at, commits.at from changes join commits using (n) where ticket = ? order by n",
    )?;
    let mut update =
        db.prepare_cached("update changes set at = ?1, sum = row_sum(ticket, ?1, facts) where ticket = ?2 and n = ?3")?;
    for ticket in tickets {
        let rows = select.query_map([ticket.pack()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let rows: Vec<(i64, i64, i64)> = rows.collect::<rusqlite::Result<_>>()?;
        let mut latest = i64::MIN;
        for (n, at, own) in rows {
            latest = latest.max(own);
            if at != latest {
                update.execute((latest, ticket.pack(), n))?;
            }
        }
    }
    Ok(())
}
