//! The moments of tickets, from their history and what the tables say of them.

use std::collections::HashSet;

use jiff::Timestamp;
use rayon::prelude::*;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::acts::{RawAct, raw_acts};
use super::ask::{self, Found};
use super::schema::Agents;
use super::sum;
use crate::error::Result;
use crate::model::entry::Entry;
use crate::model::id::{EntryId, TicketId};
use crate::model::policy::Policy;
use crate::model::times::{Act, Times};
use crate::model::word::EntryKind;

/// Tickets whose moments are reckoned in parallel before they are written.
const BATCH: usize = 4_096;

/// As the tables have them: in seconds since 1970.
pub fn seconds(times: &Times) -> [Option<i64>; 5] {
    let Times { acknowledged, responded, resolved, closed, updated } = *times;
    [acknowledged, responded, resolved, closed, updated].map(|time| time.map(Timestamp::as_second))
}

/// The tickets whose moments depend on who of these addresses is an agent: those with an act by one of them.
pub fn depending(db: &Connection, before: &Agents, after: &Agents) -> Result<HashSet<TicketId>> {
    let addresses = before.differing(after);
    if addresses.is_empty() {
        return Ok(HashSet::new());
    }
    let marks = vec!["?"; addresses.len()].join(", ");
    // SQLite's `lower` knows ASCII alone, as the policy does with addresses.
    let sql = format!("select distinct ticket from changes join commits using (n) where lower(email) in ({marks})");
    let mut select = db.prepare(&sql)?;
    let ids = select.query_map(params_from_iter(addresses), |row| row.get::<_, i64>(0))?;
    let ids: Vec<i64> = ids.collect::<rusqlite::Result<_>>()?;
    Ok(ids.into_iter().filter_map(TicketId::unpack).collect())
}

/// Reckons the moments of these tickets anew from the tables alone.
pub fn reckon(db: &Connection, policy: &Policy, ids: &[TicketId]) -> Result<()> {
    // The sum is over what is about to be written.
    let names = "acknowledged, responded, resolved, closed, updated";
    let sum = sum::OF_TICKET.replacen(names, "?1, ?2, ?3, ?4, ?5", 1);
    let mut update =
        db.prepare(&format!("update tickets set ({names}, sum) = (?1, ?2, ?3, ?4, ?5, {sum}) where id = ?6"))?;
    for batch in ids.chunks(BATCH) {
        let known: Vec<Kept> = batch.iter().filter_map(|id| Kept::of(db, *id).transpose()).collect::<Result<_>>()?;
        let reckoned: Vec<_> = known.into_par_iter().map(|known| known.reckon(policy)).collect();
        for (id, times) in reckoned {
            let values = seconds(&times).map(|second| second.map_or(Sql::Null, Sql::Integer));
            update.execute(params_from_iter(values.into_iter().chain([Sql::Integer(id.pack())])))?;
        }
    }
    Ok(())
}

/// What the tables know of a ticket that its moments depend on.
struct Kept {
    found: Found,
    acts: Vec<RawAct>,
    thread: Vec<Entry>,
}

impl Kept {
    /// `None` for a ticket without a file that can be read.
    fn of(db: &Connection, id: TicketId) -> Result<Option<Kept>> {
        let mut select = db.prepare_cached(&format!("select {} from tickets where id = ?", ask::columns()))?;
        let Some(found) = select.query_row([id.pack()], ask::found).optional()? else { return Ok(None) };
        let sql = format!("select at, kind, author, auto, {} = sum from entries where ticket = ?", sum::OF_ENTRY);
        let mut select = db.prepare_cached(&sql)?;
        let thread = select.query_map([id.pack()], entry)?.collect::<rusqlite::Result<_>>()?;
        Ok(Some(Kept { found, acts: raw_acts(db, id)?, thread }))
    }

    fn reckon(self, policy: &Policy) -> (TicketId, Times) {
        let acts: Vec<Act> = self.acts.iter().map(RawAct::read).collect();
        let ticket = &self.found.ticket;
        (ticket.id, Times::of(ticket, &acts, &self.thread, policy))
    }
}

/// An entry without words and name, which no moment depends on.
fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    sum::checked(row, 4)?;
    let at = Timestamp::from_second(row.get(0)?).unwrap_or_default();
    let kind = EntryKind::parse(row.get_ref(1)?.as_str()?).unwrap_or(EntryKind::Note);
    let entry = Entry::new(EntryId::occurrence("index"), kind, row.get::<_, String>(2)?, at, "");
    Ok(if row.get(3)? { entry.with("auto", true) } else { entry })
}
