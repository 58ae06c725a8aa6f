//! The tables, and the header that says what they mirror.

use rusqlite::{Connection, OptionalExtension};

use crate::error::Result;
use crate::store::{Oid, Store};

/// Counts changes of tables or of what is put in them.
pub const VERSION: i64 = 1;

const TABLES: &str = "
create table header(version integer, repository text, ref text, root text, tip text, tree text);
create table commits(n integer primary key, id text, at integer, committed integer, name text, email text,
  subject text, mainline integer, landed integer);
create table changes(ticket integer, n integer, at integer, facts text);
create table ops(op text primary key, n integer) without rowid;
create table tickets(id integer primary key, random integer, open integer, status text, priority text, queue text,
  assignee text, external_id text, key text, opened integer, acknowledged integer, responded integer,
  resolved integer, closed integer, updated integer, doc text, body text, solution text);
create table entries(ticket integer, at integer, kind text, author text, auto integer, type text);
create table links(ticket integer, kind text, target integer);
create table damaged(ticket integer, path text, line integer, col integer, message text, fix text);
create virtual table words using fts5(title, body, solution, thread, content='', contentless_delete=1,
  tokenize='ascii', detail=full);
";

const INDEXES: &str = "
create index changes_ticket on changes(ticket, n);
create index commits_id on commits(id);
create index tickets_random on tickets(random);
create index tickets_open on tickets(open, queue, priority, opened, id);
create index tickets_order on tickets(open, priority, opened, id);
create index tickets_external on tickets(external_id) where external_id <> '';
create index tickets_key on tickets(key) where key <> '' and open = 1;
create index entries_ticket on entries(ticket);
create index links_target on links(target);
create index links_ticket on links(ticket);
create index damaged_ticket on damaged(ticket);
";

pub fn create(db: &Connection) -> Result<()> {
    Ok(db.execute_batch(TABLES)?)
}

/// After the bulk of the rows: building indexes at once is faster than keeping them.
pub fn create_indexes(db: &Connection) -> Result<()> {
    Ok(db.execute_batch(INDEXES)?)
}

/// What an index of this desk must say of itself, beside the tip.
fn identity(store: &Store) -> (String, String, String) {
    let repository = store.common_dir().canonicalize().unwrap_or_else(|_| store.common_dir().to_owned());
    (repository.to_string_lossy().into_owned(), store.reference().to_owned(), store.root().to_owned())
}

pub fn write_header(db: &Connection, store: &Store, tip: Oid, tree: Option<Oid>) -> Result<()> {
    let (repository, reference, root) = identity(store);
    let tree = tree.map(|tree| tree.to_string()).unwrap_or_default();
    db.execute("delete from header", [])?;
    db.execute(
        "insert into header values (?, ?, ?, ?, ?, ?)",
        (VERSION, repository, reference, root, tip.to_string(), tree),
    )?;
    Ok(())
}

/// The commit that the index mirrors; `None` when it is not of this desk or not of this version.
pub fn tip_of(db: &Connection, store: &Store) -> rusqlite::Result<Option<Oid>> {
    let (repository, reference, root) = identity(store);
    let tip: Option<String> = db
        .query_row(
            "select tip from header where version = ? and repository = ? and ref = ? and root = ?",
            (VERSION, repository, reference, root),
            |row| row.get(0),
        )
        .optional()?;
    Ok(tip.and_then(|tip| tip.parse().ok()))
}
