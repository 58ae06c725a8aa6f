//! Questions about history: who changed what, when, and what had been done already.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::Index;
use crate::error::Result;
use crate::model::fact::Fact;
use crate::model::id::{Handle, TicketId};
use crate::model::times::Act;
use crate::model::word::EntryKind;
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

const LOGGED: &str =
    "select ticket, commits.id, name, email, changes.at, subject, facts from changes join commits using (n)";

fn logged(row: &Row<'_>) -> rusqlite::Result<Option<Logged>> {
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
        let mut select = self.db.prepare_cached(&format!("{LOGGED} where ticket = ? order by n"))?;
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
        let sql = format!("{LOGGED} where n in (select distinct n from changes order by n desc limit ?) order by n");
        let mut select = self.db.prepare_cached(&sql)?;
        let rows = select.query_map([limit], logged)?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// Everything that happened, ticket by ticket and oldest first in each; one at a time, however many there are.
    pub fn each_change(&self, each: impl FnMut(Logged) -> Result<()>) -> Result<()> {
        self.each_by("ticket, n", each)
    }

    /// Everything that happened, in the order of the commits; one at a time, however many there are.
    pub fn each_in_order(&self, each: impl FnMut(Logged) -> Result<()>) -> Result<()> {
        self.each_by("n, ticket", each)
    }

    fn each_by(&self, order: &str, mut each: impl FnMut(Logged) -> Result<()>) -> Result<()> {
        let mut select = self.db.prepare_cached(&format!("{LOGGED} order by {order}"))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(change) = logged(row)? {
                each(change)?;
            }
        }
        Ok(())
    }

    /// For each ticket with a thread: public words by somebody `is_agent` says is one, and whether it was escalated to
    /// another queue.
    pub fn threads(&self, is_agent: impl Fn(&str) -> bool) -> Result<HashMap<TicketId, (u64, bool)>> {
        let mut select = self.db.prepare_cached("select ticket, kind, author, auto, type from entries")?;
        let mut rows = select.query([])?;
        let mut threads: HashMap<TicketId, (u64, bool)> = HashMap::new();
        while let Some(row) = rows.next()? {
            let Some(ticket) = TicketId::unpack(row.get(0)?) else { continue };
            let thread = threads.entry(ticket).or_default();
            match EntryKind::parse(row.get_ref(1)?.as_str()?) {
                Some(EntryKind::Comment) if !row.get::<_, bool>(3)? && is_agent(row.get_ref(2)?.as_str()?) => {
                    thread.0 += 1;
                }
                Some(EntryKind::Escalation) if row.get_ref(4)?.as_str()? != "hierarchical" => thread.1 = true,
                _ => {}
            }
        }
        Ok(threads)
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

    /// The commit that did this operation, and the tickets it touched; `None` when it has not been done.
    pub fn operation(&self, op: &str) -> Result<Option<(String, Vec<TicketId>)>> {
        let mut select =
            self.db.prepare_cached("select n, id from ops join commits using (n) where op = ? order by n limit 1")?;
        let row: Option<(i64, String)> = select.query_row([op], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((n, commit)) = row else { return Ok(None) };
        let mut select = self.db.prepare_cached("select ticket from changes where n = ? order by ticket")?;
        let tickets = select.query_map([n], |row| row.get::<_, i64>(0))?;
        let tickets: Vec<i64> = tickets.collect::<rusqlite::Result<_>>()?;
        Ok(Some((commit, tickets.into_iter().filter_map(TicketId::unpack).collect())))
    }

    /// Names of operations that begin so.
    pub fn operations(&self, prefix: &str) -> Result<Vec<String>> {
        let mut select =
            self.db.prepare_cached("select distinct op from ops where op >= ?1 and substr(op, 1, length(?1)) = ?1")?;
        let rows = select.query_map([prefix], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many commits the history has.
    pub fn commit_count(&self) -> Result<u64> {
        Ok(self.db.query_row("select count(*) from commits", [], |row| row.get::<_, i64>(0))? as u64)
    }
}
