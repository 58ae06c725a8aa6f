//! Filling an empty index with all of history and every ticket.

use rusqlite::Connection;

use super::commits::{self, Numbered};
use super::schema::{self, Agents};
use super::{Progress, articles, tickets};
use crate::error::Result;
use crate::store::{Oid, Snapshot, Store};

/// Everything up to `tip`, into empty tables.
pub fn whole(db: &Connection, store: &Store, tip: Oid, progress: Progress<'_>) -> Result<()> {
    store.expect_much();
    let rows = store.commits(tip, None)?.into_iter().zip(0..);
    let rows: Vec<Numbered> = rows.map(|(row, n)| Numbered { n, row }).collect();
    commits::add(db, store, &rows, tip, progress)?;
    drop(rows);
    schema::create_indexes(db)?;
    let snapshot = Snapshot::at(store, tip)?;
    let policy = snapshot.rules()?;
    tickets::all(db, &snapshot, &policy, progress)?;
    articles::all(db, &snapshot)?;
    schema::write_header(db, &snapshot, &Agents::of(&policy))
}
