//! Open tickets whose titles share words with another: what may be of the same trouble.

use std::cell::RefCell;
use std::collections::HashMap;

use rusqlite::{OptionalExtension, params};

use super::Index;
use super::ask::{Found, columns, found};
use crate::error::Result;
use crate::model::similar::{ALIKE, likeness, weight, words};
use crate::model::ticket::Ticket;

/// Tickets that the words asked for are in at most, together: frequent words are left out when there are rarer ones.
const HITS: u64 = 2_000;
/// Tickets that are looked at closely.
const CLOSELY: i64 = 30;

impl Index<'_> {
    /// Open tickets that are [alike](likeness), the most alike first, then the oldest; never the ticket itself.
    pub fn similar(&self, ticket: &Ticket, limit: usize) -> Result<Vec<Found>> {
        let (all, _) = self.count()?;
        self.db.execute_batch("create virtual table if not exists temp.terms using fts5vocab(main, words, col)")?;
        let known = RefCell::new(HashMap::new());
        let having = |word: &str| -> u64 {
            let known = &mut *known.borrow_mut();
            *known.entry(word.to_owned()).or_insert_with(|| self.titles_with(word).unwrap_or_default())
        };
        let weigh = |word: &str| weight(all, having(word));
        let mut alike: Vec<(f64, Found)> = Vec::new();
        for one in self.sharing(ticket, &having)? {
            let likeness = likeness(ticket, &one.ticket, weigh);
            if likeness >= ALIKE && one.ticket.id != ticket.id {
                alike.push((likeness, one));
            }
        }
        alike.sort_by(|(one, a), (other, b)| {
            other.total_cmp(one).then((a.ticket.opened, a.ticket.id).cmp(&(b.ticket.opened, b.ticket.id)))
        });
        Ok(alike.into_iter().take(limit).map(|(_, found)| found).collect())
    }

    /// How many tickets have a word in their title.
    fn titles_with(&self, word: &str) -> Result<u64> {
        let mut select = self.db.prepare_cached("select doc from temp.terms where term = ? and col = 'title'")?;
        Ok(select.query_row([word], |row| row.get::<_, i64>(0)).optional()?.unwrap_or(0) as u64)
    }

    /// Open tickets that share the rarer words of a title, the best first.
    fn sharing(&self, ticket: &Ticket, having: &dyn Fn(&str) -> u64) -> Result<Vec<Found>> {
        // Each word with its beginning, so that an ending more or less is found, too.
        let mut words: Vec<(u64, String)> =
            words(&ticket.title).into_iter().map(|word| (having(&word), word)).collect();
        words.sort_unstable();
        let mut hits = 0;
        words.retain(|(having, _)| {
            let first = hits == 0;
            hits += having;
            first || hits <= HITS
        });
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let any: Vec<String> = words.iter().map(|(_, word)| phrase(word)).collect();
        let sql = format!(
            "with hits as (select words.rowid as hit, bm25(words) as score from words join tickets on id = words.rowid
             where words match ?1 and open = 1 order by score limit ?2)
             select {} from hits join tickets on id = hit",
            columns()
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let rows = select.query_map(params![format!("title : ({})", any.join(" OR ")), CLOSELY], found)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// A word for the full-text index; of a longer one its beginning.
fn phrase(word: &str) -> String {
    let count = word.chars().count();
    if count < 4 || !word.chars().all(char::is_alphabetic) {
        return format!("\"{word}\"");
    }
    let beginning: String = word.chars().take(count.saturating_sub(2).max(4)).collect();
    format!("\"{beginning}\"*")
}
