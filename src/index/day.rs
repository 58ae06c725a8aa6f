//! Questions that a person's day asks: what is theirs, what is free, what was promised, what fails. Each is answered by
//! an index over open tickets alone, so it costs what the answer is long.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::types::Value as Sql;
use rusqlite::{Row, params_from_iter};

use super::Index;
use crate::error::Result;
use crate::model::day::Said;
use crate::model::fact::Fact;
use crate::model::id::TicketId;
use crate::model::ticket::Ticket;
use crate::model::times::Act;
use crate::model::word::EntryKind;

/// Open tickets that are somebody's, and those that are nobody's in some queues.
#[derive(Debug, Clone)]
pub struct Whose {
    /// Names and addresses.
    names: Vec<String>,
    queues: Vec<String>,
}

/// A change of a ticket's status, with all that the same commit did to the ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    pub ticket: TicketId,
    pub at: Timestamp,
    /// The author's address.
    pub email: String,
    pub facts: Vec<Fact>,
}

/// What is known of somebody who calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Caller {
    pub tickets: u64,
    pub open: Vec<TicketId>,
    pub newest: Option<Ticket>,
}

const TURN: &str = "select ticket, changes.at, email, facts from changes join commits using (n)";

fn turn(row: &Row<'_>) -> rusqlite::Result<Option<Turn>> {
    let Some(ticket) = TicketId::unpack(row.get(0)?) else { return Ok(None) };
    Ok(Some(Turn {
        ticket,
        at: Timestamp::from_second(row.get(1)?).unwrap_or_default(),
        email: row.get(2)?,
        facts: Act::facts_of(row.get_ref(3)?.as_str()?).unwrap_or_default(),
    }))
}

// Without statistics, which nobody gathers, the planner takes an index that is many times as slow.
const WHOSE: &str = "tickets indexed by tickets_whose";
const FAILING: &str = "tickets indexed by tickets_failing";

/// Facts that begin with an ended status, as [`Act::facts_json`] writes them.
const REOPENS: &str = "(instr(facts, '[\"status\",\"resolved\",') or instr(facts, '[\"status\",\"closed\",'))";

impl Whose {
    pub fn new(names: &[String], queues: &[String]) -> Whose {
        let folded = |words: &[String]| words.iter().map(|word| word.to_lowercase()).collect();
        Whose { names: folded(names), queues: folded(queues) }
    }

    fn theirs(&self) -> (String, Vec<Sql>) {
        (format!("open = 1 and assignee in ({})", marks(self.names.len())), texts(&self.names))
    }

    /// `None` for somebody without queues.
    fn free(&self) -> Option<(String, Vec<Sql>)> {
        let condition = format!("open = 1 and assignee = '' and queue in ({})", marks(self.queues.len()));
        (!self.queues.is_empty()).then(|| (condition, texts(&self.queues)))
    }

    /// Conditions with their values.
    fn conditions(&self) -> impl Iterator<Item = (String, Vec<Sql>)> {
        [self.theirs()].into_iter().chain(self.free())
    }
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

fn texts(words: &[String]) -> Vec<Sql> {
    words.iter().cloned().map(Sql::Text).collect()
}

impl Index<'_> {
    fn ids(&self, sql: &str, values: Vec<Sql>) -> Result<Vec<TicketId>> {
        let mut select = self.db.prepare_cached(sql)?;
        let ids = select.query_map(params_from_iter(values), |row| row.get::<_, i64>(0))?;
        let ids: Vec<i64> = ids.collect::<rusqlite::Result<_>>()?;
        Ok(ids.into_iter().filter_map(TicketId::unpack).collect())
    }

    /// How many are theirs, and how many free.
    pub fn count_whose(&self, whose: &Whose) -> Result<(u64, u64)> {
        let count = |(condition, values): (String, Vec<Sql>)| -> Result<u64> {
            let mut select = self.db.prepare_cached(&format!("select count(*) from {WHOSE} where {condition}"))?;
            Ok(select.query_row(params_from_iter(values), |row| row.get::<_, i64>(0))? as u64)
        };
        Ok((count(whose.theirs())?, whose.free().map_or(Ok(0), count)?))
    }

    /// Theirs and free ones that can be worked on, by priority and age: of each kind at most so many.
    pub fn workable(&self, whose: &Whose, limit: usize) -> Result<Vec<TicketId>> {
        let mut found = Vec::new();
        for (condition, mut values) in whose.conditions() {
            let sql = format!(
                "select id from {WHOSE} where {condition} and status in ('new', 'active')
                 order by priority, opened, id limit ?"
            );
            values.push(Sql::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
            found.extend(self.ids(&sql, values)?);
        }
        Ok(found)
    }

    /// Theirs and free ones whose due comes until then, by priority and due: of each kind at most so many.
    pub fn due(&self, whose: &Whose, until: Timestamp, limit: usize) -> Result<Vec<TicketId>> {
        let mut found = Vec::new();
        for (condition, mut values) in whose.conditions() {
            let sql = format!(
                "select id from tickets indexed by tickets_due where {condition} and due <= ?
                 order by priority, due, opened, id limit ?"
            );
            values.extend([until.as_second(), i64::try_from(limit).unwrap_or(i64::MAX)].map(Sql::Integer));
            found.extend(self.ids(&sql, values)?);
        }
        Ok(found)
    }

    /// Theirs and free ones whose wake or follow-up comes until then; a follow-up counts from the beginning of its day
    /// in UTC.
    pub fn promised(&self, whose: &Whose, until: Timestamp) -> Result<Vec<TicketId>> {
        let mut found = Vec::new();
        for (condition, mut values) in whose.conditions() {
            let sql = format!(
                "select id from tickets indexed by tickets_promised where {condition} and promised <= ?
                 order by promised, id"
            );
            values.push(Sql::Integer(until.as_second()));
            found.extend(self.ids(&sql, values)?);
        }
        Ok(found)
    }

    /// Open tickets with a deduplication key, most urgent first, and how many there are; of some queues, or of all where
    /// none is named.
    pub fn failing(&self, queues: &[String], limit: usize) -> Result<(Vec<TicketId>, u64)> {
        let mut condition = "key <> '' and open = 1".to_owned();
        let mut values = Vec::new();
        if !queues.is_empty() {
            condition += &format!(" and queue in ({})", marks(queues.len()));
            values = queues.iter().map(|queue| Sql::Text(queue.to_lowercase())).collect();
        }
        let mut select = self.db.prepare_cached(&format!("select count(*) from {FAILING} where {condition}"))?;
        let count = select.query_row(params_from_iter(&values), |row| row.get::<_, i64>(0))? as u64;
        values.push(Sql::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        let sql = format!("select id from {FAILING} where {condition} order by priority, opened, id limit ?");
        Ok((self.ids(&sql, values)?, count))
    }

    /// How often a failure came, and the hosts that reported repeats.
    pub fn occurrences(&self, id: TicketId) -> Result<(u64, Vec<String>)> {
        let mut select = self
            .db
            .prepare_cached("select host, coalesce(amount, 1) from entries where ticket = ? and kind = 'occurrence'")?;
        let rows = select.query_map([id.pack()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
        let rows: Vec<(String, i64)> = rows.collect::<rusqlite::Result<_>>()?;
        // Each producer's count includes the failure that opened the ticket, which happened once.
        let again = rows.iter().map(|(_, count)| u64::try_from(*count).unwrap_or(0).saturating_sub(1));
        let count = if rows.is_empty() { 0 } else { again.fold(1, u64::saturating_add) };
        let mut hosts: Vec<String> = rows.into_iter().map(|(host, _)| host).filter(|host| !host.is_empty()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        Ok((count, hosts))
    }

    /// The threads of tickets that are theirs, with those of tickets that were merged into them, each in the order of
    /// time; tickets without one are left out.
    pub fn said_on(&self, whose: &Whose) -> Result<HashMap<TicketId, Vec<Said>>> {
        let (condition, values) = whose.theirs();
        let theirs = format!("select id from {WHOSE} where {condition}");
        let mut select = self.db.prepare_cached(&format!(
            "select ticket, at, author, kind, auto from entries where ticket in ({theirs})
             union all
             select target, at, author, entries.kind, auto from links join entries on entries.ticket = links.ticket
             where links.kind = 'duplicate-of' and target in ({theirs})
             order by 1, 2"
        ))?;
        let mut rows = select.query(params_from_iter([values.clone(), values].concat()))?;
        let mut threads: HashMap<TicketId, Vec<Said>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let Some(ticket) = TicketId::unpack(row.get(0)?) else { continue };
            threads.entry(ticket).or_default().push(Said {
                at: Timestamp::from_second(row.get(1)?).unwrap_or_default(),
                by: row.get(2)?,
                kind: EntryKind::parse(row.get_ref(3)?.as_str()?).unwrap_or(EntryKind::Note),
                automatic: row.get(4)?,
            });
        }
        Ok(threads)
    }

    /// Every reopening of tickets that are theirs, oldest first.
    pub fn reopened(&self, whose: &Whose) -> Result<Vec<Turn>> {
        let (condition, values) = whose.theirs();
        let sql = format!("{TURN} where ticket in (select id from {WHOSE} where {condition}) and {REOPENS} order by n");
        self.turns(&sql, values)
    }

    /// When one of these addresses last changed a ticket.
    pub fn last_change_by(&self, ticket: TicketId, emails: &[String]) -> Result<Option<Timestamp>> {
        let mut select = self.db.prepare_cached(&format!(
            "select max(changes.at) from changes join commits using (n) where ticket = ? and lower(email) in ({})",
            marks(emails.len())
        ))?;
        let values = [Sql::Integer(ticket.pack())].into_iter().chain(lower(emails));
        let at: Option<i64> = select.query_row(params_from_iter(values), |row| row.get(0))?;
        Ok(at.and_then(|second| Timestamp::from_second(second).ok()))
    }

    /// Changes of a status in a span of time (its end is not within): by one of these addresses, or of tickets that are
    /// theirs. Told from the commits that the branch got since the span began.
    pub fn turns_between(&self, whose: &Whose, emails: &[String], from: Timestamp, to: Timestamp) -> Result<Vec<Turn>> {
        let (condition, theirs) = whose.theirs();
        let sql = format!(
            "{TURN} where n > coalesce((select n from commits where mainline = 1 and committed < ? order by n desc limit 1), -1)
             and changes.at >= ? and changes.at < ? and instr(facts, '[\"status\",')
             and (lower(email) in ({}) or ticket in (select id from {WHOSE} where {condition})) order by n",
            marks(emails.len())
        );
        let span = [from, from, to].map(|time| Sql::Integer(time.as_second()));
        self.turns(&sql, span.into_iter().chain(lower(emails)).chain(theirs).collect())
    }

    fn turns(&self, sql: &str, values: Vec<Sql>) -> Result<Vec<Turn>> {
        let mut select = self.db.prepare_cached(sql)?;
        let turns = select.query_map(params_from_iter(values), turn)?;
        Ok(turns.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// What is known of a requester: how many tickets since a moment, those of them that are open (the newest first, at
    /// most five), and the newest of all.
    pub fn requester(&self, who: &str, since: Timestamp) -> Result<Caller> {
        let who = who.to_lowercase();
        let since = since.as_second();
        let mut count = self
            .db
            .prepare_cached("select count(*) from tickets where requester <> '' and requester = ? and opened >= ?")?;
        let tickets = count.query_row((&who, since), |row| row.get::<_, i64>(0))? as u64;
        let open = "select id from tickets where requester <> '' and requester = ? and open = 1 order by opened desc, id desc limit 5";
        let newest =
            "select id from tickets where requester <> '' and requester = ? order by opened desc, id desc limit 1";
        let newest = self.ids(newest, vec![Sql::Text(who.clone())])?.first().copied();
        Ok(Caller {
            tickets,
            open: self.ids(open, vec![Sql::Text(who)])?,
            newest: newest.map(|id| self.ticket(id)).transpose()?.flatten().map(|found| found.ticket),
        })
    }

    /// Requesters whose name begins so, as one of their tickets spells them.
    pub fn requesters(&self, beginning: &str, limit: usize) -> Result<Vec<String>> {
        let beginning = beginning.to_lowercase();
        let ids = self.ids(
            "select max(id) from tickets where requester <> '' and requester >= ?1
             and substr(requester, 1, length(?1)) = ?1 and requester < ?1 || char(1114111)
             group by requester order by requester limit ?2",
            vec![Sql::Text(beginning), Sql::Integer(i64::try_from(limit).unwrap_or(i64::MAX))],
        )?;
        let found = ids.into_iter().map(|id| self.ticket(id));
        Ok(found.collect::<Result<Vec<_>>>()?.into_iter().flatten().map(|found| found.ticket.requester).collect())
    }

    /// What somebody has asked for and is not closed, or was merged into what is not, the oldest first; `names` are
    /// theirs.
    pub fn requests(&self, names: &[String]) -> Result<Vec<TicketId>> {
        let theirs = format!("requester <> '' and requester in ({})", marks(names.len()));
        // What was merged goes on in the ticket that stayed.
        let sql = format!(
            "select id from tickets where status <> 'closed' and ({theirs} or id in
               (select target from links join tickets on tickets.id = links.ticket
                where links.kind = 'duplicate-of' and status = 'closed' and {theirs}))
             order by opened, id"
        );
        let names: Vec<Sql> = names.iter().map(|name| Sql::Text(name.to_lowercase())).collect();
        self.ids(&sql, [names.clone(), names].concat())
    }
}

/// Addresses as SQLite's `lower`, which knows ASCII alone, gives them.
fn lower(emails: &[String]) -> impl Iterator<Item = Sql> {
    emails.iter().map(|email| Sql::Text(email.to_ascii_lowercase()))
}
