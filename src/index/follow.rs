//! Bringing an index from the commit it mirrors to another one, exactly as if it had been built there.
//!
//! What makes that possible: the facts of a commit depend on its ancestors alone, and the order of history (parents
//! before children, else the earlier author's time, else the smaller id) among the ancestors of a commit does not depend
//! on what else there is. So an index may be cut down to an earlier commit of its first-parent chain by leaving rows out,
//! and grows again by putting rows in between; what stays keeps its facts.

use std::collections::{BTreeSet, HashSet};

use rusqlite::{Connection, OptionalExtension};

use super::commits::{self, Numbered};
use super::schema::{self, Agents};
use super::{Progress, articles, tickets, times};
use crate::error::Result;
use crate::model::article;
use crate::model::id::TicketId;
use crate::store::history::{CommitRow, linearize};
use crate::store::snapshot::{Holds, holds};
use crate::store::{Oid, Snapshot, Store};

/// Commits of the first-parent chain that are looked at for one that the index knows. Beyond, building is not slower.
const FAR: usize = 10_000;

/// Makes the index mirror `to`; `false`, with the tables in no good state, when it has to be built anew instead.
pub fn bring(db: &Connection, store: &Store, to: Oid, progress: Progress<'_>) -> Result<bool> {
    let Some(old) = schema::mirrored(db, store)? else { return Ok(false) };
    let Some(base) = meeting(db, store, to)? else { return Ok(false) };
    let snapshot = Snapshot::at(store, to)?;
    // The old tree may be gone from the repository.
    let Ok((mut touched, written)) = what_differs(store, old.tree, snapshot.tree()) else { return Ok(false) };
    let mut changed = rewind(db, base.n)?;
    let rows = in_order(db, new_rows(db, store, to, base.id)?)?;
    changed.extend(commits::add(db, store, &rows, to, progress)?);
    commits::clamp(db, &changed)?;
    touched.extend(changed);

    let policy = snapshot.rules()?;
    let agents = Agents::of(&policy);
    let depending = times::depending(db, &old.agents, &agents)?;
    tickets::refresh(db, &snapshot, &policy, &sorted(touched.iter()), progress)?;
    articles::refresh(db, &snapshot, &written)?;
    times::reckon(db, &policy, &sorted(depending.difference(&touched)))?;
    schema::write_header(db, &snapshot, &agents)?;
    Ok(true)
}

fn sorted<'t>(tickets: impl Iterator<Item = &'t TicketId>) -> Vec<TicketId> {
    let mut sorted: Vec<TicketId> = tickets.copied().collect();
    sorted.sort_unstable();
    sorted
}

/// A commit on the index's first-parent chain.
struct Base {
    id: Oid,
    n: i64,
}

/// The newest commit that is on both first-parent chains, the index's and that of `to`.
fn meeting(db: &Connection, store: &Store, to: Oid) -> Result<Option<Base>> {
    let mut select = db.prepare_cached("select n from commits where id = ? and mainline = 1")?;
    let mut at = Some(to);
    for _ in 0..FAR {
        let Some(id) = at else { return Ok(None) };
        if let Some(n) = select.query_row([id.to_string()], |row| row.get(0)).optional()? {
            return Ok(Some(Base { id, n }));
        }
        at = store.first_parent(id)?;
    }
    Ok(None)
}

/// The tickets that have a file which differs between two trees, and the articles that differ, by name.
fn what_differs(
    store: &Store,
    before: Option<Oid>,
    after: Option<Oid>,
) -> Result<(HashSet<TicketId>, BTreeSet<String>)> {
    let differing = store.handle().open()?.compare(before, after)?;
    let of = |path: &str| match holds(path) {
        Holds::Ticket(id) | Holds::Entry(id, _) => Some(id),
        Holds::Policy | Holds::Attachment(_) | Holds::Other => None,
    };
    let articles = differing.iter().filter_map(|file| article::name_of(&file.path)).map(str::to_owned);
    Ok((differing.iter().filter_map(|file| of(&file.path)).collect(), articles.collect()))
}

/// What is no ancestor of the commit with this number on the first-parent chain.
const BEYOND: &str = "select n from commits where n > ?1
    union all select n from commits where mainline = 0 and landed > ?1 and n < ?1";

/// Takes out all commits that landed later than the one with this number, with what they changed; the tickets they
/// changed.
fn rewind(db: &Connection, n: i64) -> Result<HashSet<TicketId>> {
    let mut select = db.prepare(&format!("select distinct ticket from changes where n in ({BEYOND})"))?;
    let ids = select.query_map([n], |row| row.get::<_, i64>(0))?;
    let ids: Vec<i64> = ids.collect::<rusqlite::Result<_>>()?;
    for table in ["changes", "ops", "commits"] {
        db.execute(&format!("delete from {table} where n in ({BEYOND})"), [n])?;
    }
    Ok(ids.into_iter().filter_map(TicketId::unpack).collect())
}

/// The ancestors of `to` that the tables, rewound to `base`, do not have.
fn new_rows(db: &Connection, store: &Store, to: Oid, base: Oid) -> Result<Vec<CommitRow>> {
    let mut rows = store.commits(to, Some(base))?;
    let mut error = None;
    // Where clocks were wrong, git's walk may come to ancestors of the base.
    rows.retain(|row| match number_of(db, row.id) {
        Ok(n) => n.is_none(),
        Err(failed) => {
            error = Some(failed);
            false
        }
    });
    error.map_or(Ok(rows), Err)
}

fn number_of(db: &Connection, id: Oid) -> Result<Option<i64>> {
    let mut select = db.prepare_cached("select n from commits where id = ?")?;
    Ok(select.query_row([id.to_string()], |row| row.get(0)).optional()?)
}

/// Gives new commits their numbers. Commits of the tables that come behind the first of them are numbered anew.
fn in_order(db: &Connection, rows: Vec<CommitRow>) -> Result<Vec<Numbered>> {
    let kept = match first_behind(db, &rows)? {
        Some(first) => kept_from(db, first)?,
        None => Vec::new(),
    };
    let last: i64 = db.query_row("select coalesce(max(n), -1) from commits", [], |row| row.get(0))?;
    // As a chain, the old ones keep their order among themselves.
    let before = kept.iter().map(|one| one.row.id);
    let chained = kept.iter().zip(std::iter::once(None).chain(before.map(Some)));
    let chained = chained.map(|(one, before)| CommitRow { parents: before.into_iter().collect(), ..one.row.clone() });
    let all = linearize(chained.chain(rows).collect());
    let mut kept = kept.iter().peekable();
    let mut new = Vec::new();
    for (row, n) in all.into_iter().zip(last + 1..) {
        match kept.next_if(|one| one.row.id == row.id) {
            Some(one) => renumber(db, one.n, n)?,
            None => new.push(Numbered { n, row }),
        }
    }
    Ok(new)
}

/// The number of the first commit of the tables that comes behind one of these in the order of history.
fn first_behind(db: &Connection, rows: &[CommitRow]) -> Result<Option<i64>> {
    let new: HashSet<Oid> = rows.iter().map(|row| row.id).collect();
    let mut select =
        db.prepare_cached("select n from commits where n > ?1 and n < ?2 and (at, id) > (?3, ?4) order by n limit 1")?;
    let mut first = i64::MAX;
    // One with a new parent comes behind that.
    for row in rows.iter().filter(|row| !row.parents.iter().any(|parent| new.contains(parent))) {
        let mut behind = -1;
        for parent in &row.parents {
            behind = number_of(db, *parent)?.unwrap_or(-1).max(behind);
        }
        let found = select.query_row((behind, first, row.at, row.id.to_string()), |row| row.get(0)).optional()?;
        first = found.unwrap_or(first);
    }
    Ok((first < i64::MAX).then_some(first))
}

/// The commits from a number on, as far as their order depends on it.
fn kept_from(db: &Connection, first: i64) -> Result<Vec<Numbered>> {
    let mut select = db.prepare_cached("select n, id, at from commits where n >= ? order by n")?;
    let mut rows = select.query([first])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        let blank = String::new;
        let (id, at) = (row.get_ref(1)?.as_str()?.parse()?, row.get(2)?);
        let row_of_id = CommitRow {
            id,
            at,
            parents: Vec::new(),
            name: blank(),
            email: blank(),
            committed: 0,
            subject: blank(),
            ops: Vec::new(),
        };
        kept.push(Numbered { n: row.get(0)?, row: row_of_id });
    }
    Ok(kept)
}

/// Gives a commit another number, one that is free.
fn renumber(db: &Connection, from: i64, to: i64) -> Result<()> {
    db.prepare_cached("update commits set landed = ?2 where mainline = 0 and landed = ?1")?.execute((from, to))?;
    db.prepare_cached("update commits set n = ?2, landed = iif(mainline, ?2, landed) where n = ?1")?
        .execute((from, to))?;
    // Before the changes, which say whose it is.
    db.prepare_cached(
        "update assigned set n = ?2 where n = ?1 and ticket in (select ticket from changes where n = ?1)",
    )?
    .execute((from, to))?;
    for table in ["changes", "ops"] {
        db.prepare_cached(&format!("update {table} set n = ?2 where n = ?1"))?.execute((from, to))?;
    }
    Ok(())
}
