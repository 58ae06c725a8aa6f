//! Tickets by words, at a cost that follows how many are asked for and not how many there are.
//!
//! The full-text index gives the tickets that have all words, newest first, and only as far as they are taken: to weigh
//! them there (`bm25`) would count and sort every one. A block of the newest is then put in order by where in the
//! ticket the words stand.

use std::cmp::Reverse;
use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension};

use super::ask::Found;
use super::{Index, sum};
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::text::folded;

/// Tickets that are put in order together.
pub(super) const BLOCK: usize = 200;

/// Longer words that are looked up one by one in place of the last, the first of the alphabet. To ask for a beginning
/// makes the full-text index read all that it has of every longer word.
pub(super) const LONGER: usize = 32;

impl Index<'_> {
    /// Tickets that have every one of the folded words, the last perhaps as the beginning of one, the best first; of
    /// those that `keep` says yes to.
    ///
    /// That is: those that have the last word whole, then those that have one of the first longer words, then any. Of
    /// each, the newest 200 by how many of the words are in the title, then in title or solution, then in title,
    /// solution or body, then the newest; then the next 200.
    pub fn search(
        &self,
        words: &[String],
        limit: Option<usize>,
        keep: impl Fn(TicketId) -> bool,
    ) -> Result<Vec<Found>> {
        let ids = best(&self.db, words, limit.unwrap_or(usize::MAX), &keep)?;
        ids.into_iter().filter_map(|id| self.ticket(id).transpose()).collect()
    }
}

pub(super) fn best(
    db: &Connection,
    words: &[String],
    limit: usize,
    keep: &dyn Fn(TicketId) -> bool,
) -> Result<Vec<TicketId>> {
    let Some((last, others)) = words.split_last() else { return Ok(Vec::new()) };
    let mut search = Search { db, words, keep, limit, best: Vec::new(), known: HashSet::new() };
    search.add(&all_of(words), false)?;
    if search.is_full() || !(others.is_empty() || exists(db, &all_of(others))?) {
        return Ok(search.best);
    }
    let longer = longer(db, last)?;
    let (first, rest) = longer.split_at(longer.len().min(LONGER));
    if !first.is_empty() {
        let any: Vec<String> = first.iter().map(|word| quoted(word)).collect();
        search.add(&and(others, &format!("({})", any.join(" OR "))), true)?;
    }
    if !rest.is_empty() && !search.is_full() {
        search.add(&and(others, &format!("{}*", quoted(last))), true)?;
    }
    Ok(search.best)
}

/// What is found so far.
struct Search<'s> {
    db: &'s Connection,
    words: &'s [String],
    keep: &'s dyn Fn(TicketId) -> bool,
    limit: usize,
    best: Vec<TicketId>,
    known: HashSet<TicketId>,
}

impl Search<'_> {
    fn is_full(&self) -> bool {
        self.best.len() >= self.limit
    }

    /// Adds what matches and is not there yet, as far as it is wanted.
    fn add(&mut self, phrase: &str, longer: bool) -> Result<()> {
        let missing = self.limit - self.best.len();
        let hits = self.hits(phrase, missing.checked_next_multiple_of(BLOCK).unwrap_or(usize::MAX))?;
        for block in hits.chunks(BLOCK) {
            self.best.extend(ordered(self.db, block, self.words, longer)?);
        }
        self.best.truncate(self.limit);
        self.known.extend(hits);
        Ok(())
    }

    /// The newest tickets that match, so many at most.
    fn hits(&self, phrase: &str, most: usize) -> Result<Vec<TicketId>> {
        let mut select = self.db.prepare_cached("select rowid from words where words match ? order by rowid desc")?;
        let mut rows = select.query([phrase])?;
        let mut hits = Vec::new();
        while hits.len() < most
            && let Some(row) = rows.next()?
        {
            let id = TicketId::unpack(row.get(0)?);
            hits.extend(id.filter(|id| !self.known.contains(id) && (self.keep)(*id)));
        }
        Ok(hits)
    }
}

/// Puts tickets in order by where the words stand in them; the last also as the beginning of a longer one.
fn ordered(db: &Connection, ids: &[TicketId], words: &[String], longer: bool) -> Result<Vec<TicketId>> {
    let mut words: Vec<String> = words.iter().map(|word| format!(" {word} ")).collect();
    if longer && let Some(last) = words.last_mut() {
        last.pop();
    }
    // A row that the disk has changed has no title, and so is refused.
    let sql = format!(
        "select case when {} = sum then doc ->> 'title' end, solution, body, opened from tickets where id = ?",
        sum::OF_TICKET
    );
    let mut select = db.prepare_cached(&sql)?;
    let mut standings = Vec::with_capacity(ids.len());
    for id in ids {
        let standing = select.query_row([id.pack()], |row| {
            let texts = [row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?];
            Ok((standing(&words, texts), row.get::<_, i64>(3)?, *id))
        });
        standings.extend(standing.optional()?);
    }
    standings.sort_unstable_by_key(|standing| Reverse(*standing));
    Ok(standings.into_iter().map(|(_, _, id)| id).collect())
}

/// How many of the words, each with the spaces round it, are in the first of the texts, how many in the first two, how
/// many in all.
fn standing(words: &[String], texts: [&str; 3]) -> [usize; 3] {
    let mut missing: Vec<&String> = words.iter().collect();
    texts.map(|text| {
        if !missing.is_empty() && !text.is_empty() {
            let text = format!(" {} ", folded(text));
            missing.retain(|word| !text.contains(*word));
        }
        words.len() - missing.len()
    })
}

/// The first words in the alphabet that begin with another one; one more of them than are looked up, where there are.
fn longer(db: &Connection, beginning: &str) -> Result<Vec<String>> {
    db.execute_batch("create virtual table if not exists temp.terms using fts5vocab(main, words, instance)")?;
    // A word at a time: the table has a row for each place where one stands.
    let mut select = db.prepare_cached("select term from temp.terms where term >= ? || ' ' limit 1")?;
    let mut longer: Vec<String> = Vec::new();
    while longer.len() <= LONGER {
        let before = longer.last().map_or(beginning, String::as_str);
        let next: Option<String> = select.query_row([before], |row| row.get(0)).optional()?;
        let Some(next) = next.filter(|next| next.starts_with(beginning)) else { break };
        longer.push(next);
    }
    Ok(longer)
}

fn exists(db: &Connection, phrase: &str) -> Result<bool> {
    Ok(db.prepare_cached("select 1 from words where words match ? limit 1")?.exists([phrase])?)
}

fn all_of(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" AND ")
}

fn and(words: &[String], more: &str) -> String {
    if words.is_empty() { more.to_owned() } else { format!("{} AND {more}", all_of(words)) }
}

/// Folded words are letters and digits alone.
fn quoted(word: &str) -> String {
    format!("\"{word}\"")
}
