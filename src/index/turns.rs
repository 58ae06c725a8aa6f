//! Who got tickets of a queue, and how long ago: what giving them out in turn rests on.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::Index;
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::times::Act;

/// Writes when a ticket was last given to each agent in each queue. The acts are its history, oldest first, each with
/// its number in the order of all history.
pub fn add<'a>(db: &Connection, id: TicketId, acts: impl Iterator<Item = (i64, &'a Act)>) -> Result<()> {
    let mut queue = "";
    let mut last: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for (n, act) in acts {
        let to = |field: &str| act.facts.iter().rfind(|fact| fact.field == field).map(|fact| &fact.to);
        if let Some(to) = to("queue") {
            queue = to.as_str().unwrap_or_default();
        }
        if let Some(agent) = to("assignee").and_then(|to| to.as_str()) {
            last.insert((queue, agent), n);
        }
    }
    for ((queue, agent), n) in last {
        db.prepare_cached("insert into assigned values (?, ?, ?, ?)")?.execute((id.pack(), n, queue, agent))?;
    }
    Ok(())
}

impl Index<'_> {
    /// The open tickets that an agent has, the most urgent first, then the oldest.
    pub fn open_of(&self, agent: &str) -> Result<Vec<TicketId>> {
        self.open_with("assignee", agent)
    }

    /// The open tickets of a queue, the most urgent first, then the oldest.
    pub fn open_in(&self, queue: &str) -> Result<Vec<TicketId>> {
        self.open_with("queue", queue)
    }

    fn open_with(&self, column: &str, name: &str) -> Result<Vec<TicketId>> {
        let sql = format!("select id from tickets where open = 1 and {column} = ? order by priority, opened, id");
        let mut select = self.db.prepare_cached(&sql)?;
        let ids = select.query_map([name.to_lowercase()], |row| row.get::<_, i64>(0))?;
        let ids: Vec<i64> = ids.collect::<rusqlite::Result<_>>()?;
        Ok(ids.into_iter().filter_map(TicketId::unpack).collect())
    }

    /// When an agent was last given a ticket of a queue, as a number in the order of history; `None` for never.
    pub fn last_turn(&self, queue: &str, agent: &str) -> Result<Option<i64>> {
        let mut select = self.db.prepare_cached("select max(n) from assigned where queue = ? and agent = ?")?;
        Ok(select.query_row((queue, agent), |row| row.get(0))?)
    }
}
