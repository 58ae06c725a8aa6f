//! What happened to every ticket: read by one, made something of by all processors.

use std::sync::Mutex;

use jiff::Timestamp;
use rusqlite::Row;

use super::{Index, sum};
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::times::Act;

/// Acts that are read before they are handed over.
const BATCH: usize = 8_192;

/// An act whose facts are still text.
struct Raw {
    ticket: i64,
    at: i64,
    email: String,
    facts: String,
}

impl Raw {
    fn of(row: &Row<'_>) -> rusqlite::Result<Raw> {
        sum::checked(row, 4)?;
        Ok(Raw { ticket: row.get(0)?, at: row.get(1)?, email: row.get(2)?, facts: row.get(3)? })
    }

    fn read(&self) -> Act {
        Act {
            at: Timestamp::from_second(self.at).unwrap_or_default(),
            email: self.email.clone(),
            facts: Act::facts_of(&self.facts).unwrap_or_default(),
        }
    }
}

impl Index<'_> {
    /// What `make` makes of each ticket that history knows and of its acts, oldest first; in the order of the tickets'
    /// ids. Reading the rows and making something of them go on at the same time, so `make` is where to work.
    pub fn of_each_ticket<T: Send>(&self, make: impl Fn(TicketId, &[Act]) -> T + Sync) -> Result<Vec<T>> {
        let done: Mutex<Vec<(usize, Vec<T>)>> = Mutex::default();
        let (make, all) = (&make, &done);
        rayon::in_place_scope(|scope| {
            let mut number = 0;
            self.each_batch(|batch| {
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

    /// All acts, whole tickets at a time.
    fn each_batch(&self, mut hand_over: impl FnMut(Vec<Raw>)) -> Result<()> {
        let mut select = self.db.prepare_cached(&format!(
            "select ticket, changes.at, email, facts, {} = changes.sum and {} = commits.sum
             from changes join commits using (n) order by ticket, n",
            sum::OF_CHANGE,
            sum::OF_COMMIT
        ))?;
        let mut rows = select.query([])?;
        let mut batch: Vec<Raw> = Vec::new();
        while let Some(row) = rows.next()? {
            let raw = Raw::of(row)?;
            if batch.len() >= BATCH && batch.last().is_some_and(|last| last.ticket != raw.ticket) {
                hand_over(std::mem::take(&mut batch));
            }
            batch.push(raw);
        }
        hand_over(batch);
        Ok(())
    }
}

fn made<T>(batch: &[Raw], make: &(impl Fn(TicketId, &[Act]) -> T + Sync)) -> Vec<T> {
    let tickets = batch.chunk_by(|one, other| one.ticket == other.ticket);
    tickets
        .filter_map(|raw| {
            let id = TicketId::unpack(raw.first()?.ticket)?;
            Some(make(id, &raw.iter().map(Raw::read).collect::<Vec<_>>()))
        })
        .collect()
}
