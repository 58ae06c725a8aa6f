//! Questions about single tickets: what a typed handle means, how short a handle may be, what links here.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};
use serde_json::Value;

use super::{Index, sum};
use crate::error::Result;
use crate::model::id::{Handle, TicketId};
use crate::model::record::Record;
use crate::model::ticket::Ticket;
use crate::model::times::Times;
use crate::model::word::LinkType;
use crate::store::snapshot::Damaged;

/// A ticket with the moments of its life.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub ticket: Ticket,
    pub times: Times,
}

/// The columns that [`found`] reads, in its order.
pub(super) fn columns() -> String {
    format!("id, doc, body, solution, acknowledged, responded, resolved, closed, updated, {} = sum", sum::OF_TICKET)
}

/// An error for a row that cannot be read, which only a damaged index has.
pub(super) fn found(row: &Row<'_>) -> rusqlite::Result<Found> {
    sum::checked(row, 9)?;
    let damaged = |column: &str| rusqlite::Error::InvalidColumnType(1, column.to_owned(), rusqlite::types::Type::Text);
    let id = TicketId::unpack(row.get(0)?).ok_or_else(|| damaged("id"))?;
    let Ok(Value::Object(doc)) = serde_json::from_str(row.get_ref(1)?.as_str()?) else { return Err(damaged("doc")) };
    let mut record: Record = doc.into();
    record.set("body", row.get::<_, String>(2)?);
    record.set("solution", row.get::<_, String>(3)?);
    let time = |at: usize| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(at)?.and_then(|second| Timestamp::from_second(second).ok()))
    };
    let times =
        Times { acknowledged: time(4)?, responded: time(5)?, resolved: time(6)?, closed: time(7)?, updated: time(8)? };
    let ticket = Ticket::read(id, &record).map_err(|_| damaged("doc"))?;
    Ok(Found { ticket, times })
}

const RANDOM: i64 = (1 << 40) - 1;

impl Index<'_> {
    pub fn ticket(&self, id: TicketId) -> Result<Option<Found>> {
        let mut select = self.db.prepare_cached(&format!("select {} from tickets where id = ?", columns()))?;
        Ok(select.query_row([id.pack()], found).optional()?)
    }

    /// Tickets, damaged ones too, that a typed handle fits.
    pub fn resolve(&self, handle: &Handle) -> Result<Vec<TicketId>> {
        let (low, high) = handle.range();
        let mut select = self.db.prepare_cached(
            "select id from tickets where random between ?1 and ?2
             union select ticket from damaged where ticket & ?3 between ?1 and ?2 order by 1",
        )?;
        let ids = select.query_map((low, high, RANDOM), |row| row.get::<_, i64>(0))?;
        let ids: Vec<i64> = ids.collect::<rusqlite::Result<_>>()?;
        Ok(ids.into_iter().filter_map(TicketId::unpack).filter(|id| handle.fits(id)).collect())
    }

    /// The ticket with this number in another system.
    pub fn by_external_id(&self, number: &str) -> Result<Option<TicketId>> {
        let mut select =
            self.db.prepare_cached("select id from tickets where external_id = ? and external_id <> ''")?;
        let id: Option<i64> = select.query_row([number.to_lowercase()], |row| row.get(0)).optional()?;
        Ok(id.and_then(TicketId::unpack))
    }

    /// The open ticket with this deduplication key.
    pub fn open_with_key(&self, key: &str) -> Result<Option<TicketId>> {
        let open = self.with_key("key = ? and key <> '' and open = 1 order by opened, id", key)?;
        Ok(open.map(|one| one.ticket.id))
    }

    /// The ticket of this deduplication key that ended last.
    pub fn ended_with_key(&self, key: &str) -> Result<Option<Found>> {
        self.with_key(
            "key = ? and key <> '' and open = 0 order by max(coalesce(resolved, 0), coalesce(closed, 0)) desc",
            key,
        )
    }

    /// The index has keys without case.
    fn with_key(&self, condition: &str, key: &str) -> Result<Option<Found>> {
        let sql = format!("select {} from tickets where {condition}", columns());
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query([key.to_lowercase()])?;
        while let Some(row) = rows.next()? {
            let one = found(row)?;
            if one.ticket.key == key {
                return Ok(Some(one));
            }
        }
        Ok(None)
    }

    /// Tickets that may have one of these keys and be open, or one of these numbers of another system: all of them, and
    /// perhaps some that differ in case.
    pub fn sharing(&self, keys: &BTreeSet<String>, numbers: &BTreeSet<String>) -> Result<Vec<TicketId>> {
        let mut ids = Vec::new();
        // The indexes are of what is set, and a query must say so to use them.
        let of_keys = "select id from tickets where key = ? and key <> '' and open = 1";
        let of_numbers = "select id from tickets where external_id = ? and external_id <> ''";
        for (words, sql) in [(keys, of_keys), (numbers, of_numbers)] {
            let mut select = self.db.prepare_cached(sql)?;
            for word in words.iter().filter(|word| !word.is_empty()) {
                let found = select.query_map([word.to_lowercase()], |row| row.get::<_, i64>(0))?;
                ids.extend(found.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().filter_map(TicketId::unpack));
            }
        }
        Ok(ids)
    }

    /// The open tickets of a storm's group, the oldest first.
    pub fn open_in_group(&self, group: &str) -> Result<Vec<Found>> {
        let sql = format!(
            "select {} from tickets where storm = ? and storm <> '' and open = 1 order by opened, id",
            columns()
        );
        let mut select = self.db.prepare_cached(&sql)?;
        Ok(select.query_map([group], found)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The shortest prefix of the random part, at least four characters, that no other ticket has; the full id where
    /// two tickets share all of it.
    pub fn handle(&self, id: TicketId) -> Result<String> {
        let random = id.pack() & RANDOM;
        let mut select = self.db.prepare_cached(
            "select max(random) from tickets where random < ?1
             union all select min(random) from tickets where random > ?1
             union all select count(*) from tickets where random = ?1",
        )?;
        let near: Vec<Option<i64>> = select.query_map([random], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let [before, after, same] = near.as_slice() else { return Ok(id.to_string()) };
        if same.is_some_and(|count| count > 1) {
            return Ok(id.to_string());
        }
        let common = |other: &Option<i64>| match other {
            // Five bits a character, the first ones highest.
            Some(other) => ((random ^ other) & RANDOM).leading_zeros() as usize - 24,
            None => 0,
        };
        let characters = common(before).max(common(after)) / 5 + 1;
        Ok(id.random_part()[..characters.clamp(4, 8)].to_owned())
    }

    /// Links of other tickets that lead here.
    pub fn links_to(&self, id: TicketId) -> Result<Vec<(TicketId, LinkType)>> {
        let sql =
            format!("select ticket, kind, {} = sum from links where target = ? order by ticket, kind", sum::OF_LINK);
        let mut select = self.db.prepare_cached(&sql)?;
        let rows = select.query_map([id.pack()], |row| {
            sum::checked(row, 2)?;
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })?;
        let rows: Vec<(i64, String)> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(rows.into_iter().filter_map(|(id, kind)| Some((TicketId::unpack(id)?, LinkType::parse(&kind)?))).collect())
    }

    /// Files that cannot be read as what they should be.
    pub fn damaged(&self) -> Result<Vec<Damaged>> {
        let mut select =
            self.db.prepare_cached("select path, line, col, message, fix from damaged order by path, line, col")?;
        let rows = select.query_map([], |row| {
            Ok(Damaged {
                path: row.get(0)?,
                line: row.get::<_, i64>(1)?.try_into().unwrap_or(1),
                column: row.get::<_, i64>(2)?.try_into().unwrap_or(1),
                message: row.get(3)?,
                fix: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Tickets of which the file itself cannot be read.
    pub fn damaged_tickets(&self) -> Result<Vec<(TicketId, Damaged)>> {
        let mut select = self.db.prepare_cached("select distinct ticket from damaged order by 1")?;
        let ids = select.query_map([], |row| row.get::<_, i64>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let damaged = self.damaged()?;
        let own = |id: TicketId| damaged.iter().find(|one| one.path.ends_with(&id.path())).map(|one| (id, one.clone()));
        Ok(ids.into_iter().filter_map(TicketId::unpack).filter_map(own).collect())
    }

    /// How many tickets there are, and how many of them are open.
    pub fn count(&self) -> Result<(u64, u64)> {
        let mut select = self.db.prepare_cached("select count(*), coalesce(sum(open), 0) from tickets")?;
        Ok(select.query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))?)
    }

    /// Whether the file is in order as far as SQLite can tell.
    pub fn is_sound(&self) -> bool {
        self.db.query_row("pragma quick_check", [], |row| row.get::<_, String>(0)).is_ok_and(|said| said == "ok")
    }
}
