//! A sum over the values of each row, by which a row that the disk has changed is known.
//!
//! SQLite reckons and compares them with `row_sum`, a function of ours, so that what is summed stands beside what is
//! read and written.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Type, ValueRef};
use rusqlite::{Connection, Row};

/// What the sum of a ticket's row is over: all its other columns, in their order.
pub const OF_TICKET: &str = "row_sum(id, random, open, status, priority, queue, assignee, external_id, key, storm, opened, \
    acknowledged, responded, resolved, closed, updated, requester, due, promised, doc, body, solution)";
/// That of a commit's row; not its number, which changes when earlier commits come.
pub const OF_COMMIT: &str = "row_sum(id, commits.at, committed, name, email, subject)";
/// That of a change's row; not its number.
pub const OF_CHANGE: &str = "row_sum(ticket, changes.at, facts)";
/// That of an entry's row.
pub const OF_ENTRY: &str = "row_sum(ticket, at, kind, author, auto, type, host, amount, billable, materials)";
/// That of a link's row.
pub const OF_LINK: &str = "row_sum(ticket, kind, target)";
/// That of a mention's row.
pub const OF_MENTION: &str = "row_sum(ticket, article, title, ended, solved)";
/// That of an article's row; not its number, which is any that was free.
pub const OF_ARTICLE: &str = "row_sum(name, title, state, audience, language, head, in_title, in_symptoms, in_labels, \
    in_cause, in_body)";

/// An insertion into a table of so many columns before the sum, which is over those of `summed` (from 1).
pub fn insertion(table: &str, columns: usize, summed: impl IntoIterator<Item = usize>) -> String {
    let marks = |numbers: &mut dyn Iterator<Item = usize>| {
        numbers.map(|number| format!("?{number}")).collect::<Vec<_>>().join(", ")
    };
    let (all, summed) = (marks(&mut (1..=columns)), marks(&mut summed.into_iter()));
    format!("insert into {table} values ({all}, row_sum({summed}))")
}

/// Gives a connection the function.
pub fn register(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("row_sum", -1, flags, |context| Ok(row_sum(context)))
}

/// CRC-32 over the values, each with its kind and length before it.
fn row_sum(values: &Context<'_>) -> i64 {
    let mut hasher = crc32fast::Hasher::new();
    for at in 0..values.len() {
        let mut add = |kind: u8, bytes: &[u8]| {
            hasher.update(&[kind]);
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        match values.get_raw(at) {
            ValueRef::Null => add(0, &[]),
            ValueRef::Integer(number) => add(1, &number.to_le_bytes()),
            ValueRef::Real(number) => add(2, &number.to_le_bytes()),
            ValueRef::Text(text) => add(3, text),
            ValueRef::Blob(bytes) => add(4, bytes),
        }
    }
    i64::from(hasher.finalize())
}

/// Refuses a row whose column `at` says that a sum is not that of its values.
pub fn checked(row: &Row<'_>, at: usize) -> rusqlite::Result<()> {
    match row.get::<_, Option<bool>>(at)? {
        Some(true) => Ok(()),
        Some(false) | None => Err(rusqlite::Error::InvalidColumnType(at, "sum".to_owned(), Type::Integer)),
    }
}
