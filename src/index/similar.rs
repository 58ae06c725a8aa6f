//! Open tickets whose titles share words with another: what may be of the same trouble.
//!
//! The newest tickets alone are read, so that a desk of a million takes no longer than one of some thousands.

use std::collections::HashMap;

use rusqlite::{Params, ToSql, params_from_iter};
use serde::Deserialize;

use super::ask::Found;
use super::{Index, sum};
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::similar::{ALIKE, likeness, may_be_alike, weight, words};
use crate::model::ticket::Ticket;
use crate::model::word::Priority;

/// Open tickets that are compared, and tickets of any kind that say how rare a word is.
const NEWEST: i64 = 2_000;

impl Index<'_> {
    /// Open tickets that are [alike](likeness), the most alike first, then the oldest; never the ticket itself. Of the
    /// newest 2,000.
    pub fn similar(&self, ticket: &Ticket, limit: usize) -> Result<Vec<Found>> {
        let weigh = self.rarity()?;
        let ours = words(&ticket.title);
        let mut alike: Vec<(f64, Found)> = Vec::new();
        for (id, title) in self.newest_open()? {
            if id == ticket.id || !may_be_alike(&ours, &words(&title), &weigh) {
                continue;
            }
            let Some(found) = self.ticket(id)? else { continue };
            let likeness = likeness(ticket, &found.ticket, &weigh);
            if likeness >= ALIKE {
                alike.push((likeness, found));
            }
        }
        alike.sort_by(|(one, a), (other, b)| {
            other.total_cmp(one).then((a.ticket.opened, a.ticket.id).cmp(&(b.ticket.opened, b.ticket.id)))
        });
        Ok(alike.into_iter().take(limit).map(|(_, found)| found).collect())
    }

    /// The weight of a word by how many of the newest tickets have it in their titles.
    fn rarity(&self) -> Result<impl Fn(&str) -> f64> {
        let newest = self.titles("order by id desc limit ?", [NEWEST])?;
        let all = newest.len() as u64;
        let mut having: HashMap<String, u64> = HashMap::new();
        for word in newest.iter().flat_map(|(_, title)| words(title)) {
            *having.entry(word).or_default() += 1;
        }
        Ok(move |word: &str| weight(all, having.get(word).copied().unwrap_or(0)))
    }

    fn newest_open(&self) -> Result<Vec<(TicketId, String)>> {
        // An index has the open tickets of each priority by time, none has all of them.
        let of_one = "select * from (select id, opened from tickets where open = 1 and priority = ? \
                      order by opened desc, id desc limit ?)";
        let all = vec![of_one; Priority::ALL.len()].join(" union all ");
        let newest = format!("select id from ({all}) order by opened desc, id desc limit ?");
        let mut values: Vec<&dyn ToSql> = Vec::new();
        let names: Vec<&str> = Priority::ALL.iter().map(|priority| priority.as_str()).collect();
        for name in &names {
            values.extend([name as &dyn ToSql, &NEWEST]);
        }
        values.push(&NEWEST);
        self.titles(&format!("where id in ({newest})"), params_from_iter(values))
    }

    /// Tickets that the rest of a query picks, with their titles.
    fn titles(&self, which: &str, values: impl Params) -> Result<Vec<(TicketId, String)>> {
        #[derive(Deserialize)]
        struct Titled {
            title: String,
        }
        let sql = format!("select id, doc, {} = sum from tickets {which}", sum::OF_TICKET);
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query(values)?;
        let mut titles = Vec::new();
        while let Some(row) = rows.next()? {
            sum::checked(row, 2)?;
            let titled = serde_json::from_str::<Titled>(row.get_ref(1)?.as_str()?)?;
            titles.extend(TicketId::unpack(row.get(0)?).map(|id| (id, titled.title)));
        }
        Ok(titles)
    }
}
