//! What happened to every ticket: read by one, made something of by all processors.

use std::sync::Mutex;

use jiff::Timestamp;
use rusqlite::{Connection, Row};

use super::{Index, sum};
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::times::Act;

/// Acts that are read before they are handed over.
const BATCH: usize = 8_192;

/// An act whose facts are still text.
pub(super) struct RawAct {
    ticket: i64,
    n: i64,
    at: i64,
    email: String,
    facts: String,
}

impl RawAct {
    /// Of a row of [`select`].
    fn of(row: &Row<'_>) -> rusqlite::Result<RawAct> {
        sum::checked(row, 5)?;
        let (ticket, n, at) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(RawAct { ticket, n, at, email: row.get(3)?, facts: row.get(4)? })
    }

    pub(super) fn read(&self) -> Act {
        Act {
            at: Timestamp::from_second(self.at).unwrap_or_default(),
            email: self.email.clone(),
            facts: Act::facts_of(&self.facts).unwrap_or_default(),
        }
    }
}

/// The acts of `of` tickets, in the order of history for each.
fn select(of: &str) -> String {
    format!(
        "select ticket, n, changes.at, email, facts, {} = changes.sum and {} = commits.sum
         from changes join commits using (n) {of} order by ticket, n",
        sum::OF_CHANGE,
        sum::OF_COMMIT
    )
}

/// What happened to a ticket, oldest first, not yet read.
pub(super) fn raw_acts(db: &Connection, id: TicketId) -> Result<Vec<RawAct>> {
    let mut select = db.prepare_cached(&select("where ticket = ?"))?;
    let acts = select.query_map([id.pack()], RawAct::of)?;
    Ok(acts.collect::<rusqlite::Result<_>>()?)
}

/// What happened to a ticket, oldest first, each with its number in the order of history.
pub(super) fn acts(db: &Connection, id: TicketId) -> Result<(Vec<i64>, Vec<Act>)> {
    Ok(raw_acts(db, id)?.into_iter().map(|raw| (raw.n, raw.read())).unzip())
}

impl Index<'_> {
    /// What `make` makes of each ticket that history knows and that is `wanted`, and of its acts, oldest first; in the
    /// order of the tickets' ids. Reading the rows and making something of them go on at the same time, so `make` is
    /// where to work.
    pub fn of_each_ticket<T: Send>(
        &self,
        wanted: impl Fn(TicketId) -> bool,
        make: impl Fn(TicketId, &[Act]) -> T + Sync,
    ) -> Result<Vec<T>> {
        let done: Mutex<Vec<(usize, Vec<T>)>> = Mutex::default();
        let (make, all) = (&make, &done);
        rayon::in_place_scope(|scope| {
            let mut number = 0;
            each_batch(&self.db, BATCH, wanted, |batch| {
                let place = number;
                number += 1;
                scope.spawn(move |_| {
                    let made = made(&batch, make);
                    if let Ok(mut done) = all.lock() {
                        done.push((place, made));
                    }
                });
            })
        })?;
        let mut done = done.into_inner().unwrap_or_default();
        done.sort_unstable_by_key(|(place, _)| *place);
        Ok(done.into_iter().flat_map(|(_, made)| made).collect())
    }
}

/// The acts of wanted tickets in batches of `least` or more, each ticket's acts in one of them.
fn each_batch(
    db: &Connection,
    least: usize,
    wanted: impl Fn(TicketId) -> bool,
    mut hand_over: impl FnMut(Vec<RawAct>),
) -> Result<()> {
    let mut select = db.prepare_cached(&select(""))?;
    let mut rows = select.query([])?;
    let mut batch: Vec<RawAct> = Vec::new();
    while let Some(row) = rows.next()? {
        if !TicketId::unpack(row.get(0)?).is_some_and(&wanted) {
            continue;
        }
        let raw = RawAct::of(row)?;
        if batch.len() >= least && batch.last().is_some_and(|last| last.ticket != raw.ticket) {
            hand_over(std::mem::take(&mut batch));
        }
        batch.push(raw);
    }
    hand_over(batch);
    Ok(())
}

fn made<T>(batch: &[RawAct], make: &(impl Fn(TicketId, &[Act]) -> T + Sync)) -> Vec<T> {
    let tickets = batch.chunk_by(|one, other| one.ticket == other.ticket);
    tickets
        .filter_map(|raw| {
            let id = TicketId::unpack(raw.first()?.ticket)?;
            Some(make(id, &raw.iter().map(RawAct::read).collect::<Vec<_>>()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::schema;

    #[test]
    fn a_ticket_is_handed_over_whole_and_in_the_order_of_its_acts() {
        let db = Connection::open_in_memory().unwrap();
        sum::register(&db).unwrap();
        schema::create(&db).unwrap();
        let id = |text: &str| TicketId::parse(text).unwrap().pack();
        let [a, b, c] = ["260101-a0000001", "260101-b0000002", "260102-c0000003"].map(id);
        for (n, ticket) in [(1, b), (2, a), (3, b), (4, c), (5, b), (6, a)] {
            let commit = "insert into commits(n, id, at, committed, name, email, subject, mainline, landed, sum)
                          values (?1, 'c', ?1, ?1, 'Ana', 'ana@example.com', 's', 1, ?1,
                                  row_sum('c', ?1, ?1, 'Ana', 'ana@example.com', 's'))";
            db.execute(commit, [n]).unwrap();
            let change = "insert into changes values (?1, ?2, ?2, '[]', row_sum(?1, ?2, '[]'))";
            db.execute(change, (ticket, n)).unwrap();
        }
        let mut batches = Vec::new();
        each_batch(
            &db,
            2,
            |_| true,
            |batch| batches.push(batch.iter().map(|raw| (raw.ticket, raw.at)).collect::<Vec<_>>()),
        )
        .unwrap();
        assert_eq!(batches, [vec![(a, 2), (a, 6)], vec![(b, 1), (b, 3), (b, 5)], vec![(c, 4)]]);
        let mut some = Vec::new();
        let wanted = |id: TicketId| id.pack() == c;
        each_batch(&db, 2, wanted, |batch| some.extend(batch.iter().map(|raw| raw.ticket))).unwrap();
        assert_eq!(some, [c]);
        db.execute("update changes set at = 8 where at = 6", []).unwrap();
        assert!(each_batch(&db, 2, |_| true, |_| {}).is_err(), "a row that the disk has changed is noticed");
    }
}
