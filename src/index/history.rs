//! Questions about history: who changed what, when, and what had been done already.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::{Index, sum};
use crate::error::Result;
use crate::model::fact::Fact;
use crate::model::id::{Handle, TicketId};
use crate::model::times::Act;
use crate::store::Oid;

/// What one commit did to one ticket, with who and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Logged {
    pub ticket: TicketId,
    pub commit: String,
    pub name: String,
    pub email: String,
    pub at: Timestamp,
    pub subject: String,
    pub facts: Vec<Fact>,
}

/// The columns that [`logged`] reads, in its order, and where from.
pub(super) fn rows_logged() -> String {
    format!(
        "select ticket, id, name, email, changes.at, subject, facts, {} = changes.sum and {} = commits.sum
         from changes join commits using (n)",
        sum::OF_CHANGE,
        sum::OF_COMMIT
    )
}

/// When somebody first saw to a ticket and when it was first answered, in seconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Response {
    pub acknowledged: Option<i64>,
    pub responded: Option<i64>,
}

pub(super) fn logged(row: &Row<'_>) -> rusqlite::Result<Option<Logged>> {
    sum::checked(row, 7)?;
    let Some(ticket) = TicketId::unpack(row.get(0)?) else { return Ok(None) };
    Ok(Some(Logged {
        ticket,
        commit: row.get(1)?,
        name: row.get(2)?,
        email: row.get(3)?,
        at: Timestamp::from_second(row.get(4)?).unwrap_or_default(),
        subject: row.get(5)?,
        facts: Act::facts_of(row.get_ref(6)?.as_str()?).unwrap_or_default(),
    }))
}

impl Index<'_> {
    /// What happened to a ticket, oldest first.
    pub fn log_of(&self, ticket: TicketId) -> Result<Vec<Logged>> {
        let mut select = self.db.prepare_cached(&format!("{} where ticket = ? order by n", rows_logged()))?;
        let rows = select.query_map([ticket.pack()], logged)?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// Tickets that history knows and that a typed handle fits, deleted ones too.
    pub fn resolve_gone(&self, handle: &Handle) -> Result<Vec<TicketId>> {
        let mut select = self.db.prepare_cached("select distinct ticket from changes order by 1")?;
        let ids: Vec<i64> = select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(ids.into_iter().filter_map(TicketId::unpack).filter(|id| handle.fits(id)).collect())
    }

    /// What happened at all, oldest first; `last` commits only where given.
    pub fn log(&self, last: Option<usize>) -> Result<Vec<Logged>> {
        let limit = last.map_or(-1, |last| i64::try_from(last).unwrap_or(i64::MAX));
        let last = "select distinct n from changes order by n desc limit ?";
        let sql = format!("{} where n in ({last}) order by n", rows_logged());
        let mut select = self.db.prepare_cached(&sql)?;
        let rows = select.query_map([limit], logged)?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// What these commits did, in their order.
    pub fn log_of_commits(&self, commits: &[Oid]) -> Result<Vec<Logged>> {
        let mut select = self.db.prepare_cached(&format!("{} where id = ? order by ticket", rows_logged()))?;
        let mut all = Vec::new();
        for commit in commits {
            let rows = select.query_map([commit.to_string()], logged)?;
            all.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten());
        }
        Ok(all)
    }

    /// Everything that happened, in the order of the commits; one at a time, however many there are.
    pub fn each_in_order(&self, mut each: impl FnMut(Logged) -> Result<()>) -> Result<()> {
        let mut select = self.db.prepare_cached(&format!("{} order by n, ticket", rows_logged()))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(change) = logged(row)? {
                each(change)?;
            }
        }
        Ok(())
    }

    /// When tickets were first seen to and first answered, in seconds since 1970, of those that were.
    pub fn responses(&self) -> Result<HashMap<TicketId, Response>> {
        let mut select = self.db.prepare_cached(
            "select id, acknowledged, responded from tickets where coalesce(acknowledged, responded) is not null",
        )?;
        let rows = select
            .query_map([], |row| Ok((row.get(0)?, Response { acknowledged: row.get(1)?, responded: row.get(2)? })))?;
        let rows: Vec<(i64, Response)> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(rows.into_iter().filter_map(|(id, response)| Some((TicketId::unpack(id)?, response))).collect())
    }

    /// The commit that was the branch's tip at a moment: the newest on its first-parent chain whose committer date is
    /// not later.
    pub fn commit_at(&self, time: Timestamp) -> Result<Option<Oid>> {
        let mut select = self
            .db
            .prepare_cached("select id from commits where mainline = 1 and committed <= ? order by n desc limit 1")?;
        let id: Option<String> = select.query_row([time.as_second()], |row| row.get(0)).optional()?;
        Ok(id.and_then(|id| id.parse().ok()))
    }

    /// The commit that did this operation, and the tickets that its result named, else all that it touched; `None` when
    /// it has not been done.
    ///
    /// The name stands in its trailer before a blank and those tickets.
    pub fn operation(&self, op: &str) -> Result<Option<(String, Vec<TicketId>)>> {
        let mut select = self.db.prepare_cached(
            "select n, id, op from ops join commits using (n)
             where op = ?1 or op > ?1 || ' ' and op < ?1 || '!' order by n desc limit 1",
        )?;
        let row = select.query_row([op], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
        let Some((n, commit, whole)): Option<(i64, String, String)> = row else { return Ok(None) };
        let told: Vec<TicketId> = whole.split(' ').skip(1).filter_map(TicketId::parse).collect();
        if !told.is_empty() {
            return Ok(Some((commit, told)));
        }
        let mut select = self.db.prepare_cached("select ticket from changes where n = ? order by ticket")?;
        let tickets = select.query_map([n], |row| row.get::<_, i64>(0))?;
        let tickets: Vec<i64> = tickets.collect::<rusqlite::Result<_>>()?;
        Ok(Some((commit, tickets.into_iter().filter_map(TicketId::unpack).collect())))
    }

    /// Names of operations that begin so.
    pub fn operations(&self, prefix: &str) -> Result<Vec<String>> {
        let mut select =
            self.db.prepare_cached("select distinct op from ops where op >= ?1 and substr(op, 1, length(?1)) = ?1")?;
        let rows = select.query_map([prefix], |row| row.get::<_, String>(0))?;
        let name = |op: String| op.split(' ').next().unwrap_or_default().to_owned();
        Ok(rows.map(|op| op.map(name)).collect::<rusqlite::Result<_>>()?)
    }

    /// How many commits the history has.
    pub fn commit_count(&self) -> Result<u64> {
        Ok(self.db.query_row("select count(*) from commits", [], |row| row.get::<_, i64>(0))? as u64)
    }
}
