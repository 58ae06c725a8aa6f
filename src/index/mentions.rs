//! The articles that tickets name: how often one solved what it was named for, and what solved tickets like another.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Connection;

use super::{Index, sum};
use crate::error::Result;
use crate::model::day::reopens;
use crate::model::id::TicketId;
use crate::model::similar::{ALIKE, likeness, may_be_alike, weight, words};
use crate::model::ticket::Ticket;
use crate::model::times::Act;
use crate::model::word::Resolution;

/// Solved tickets, the newest, that are compared with one.
const NEWEST: i64 = 1_000;
/// Of them, those that are read whole.
const READ: usize = 40;

/// What became of the tickets that named an article and have ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Record {
    /// Solved for good: never reopened, and fixed, answered, worked around or a known error.
    pub solved: u64,
    pub of: u64,
}

/// Writes what articles a ticket names. The acts are its history.
pub fn add(db: &Connection, ticket: &Ticket, acts: &[Act]) -> Result<()> {
    if ticket.articles.is_empty() {
        return Ok(());
    }
    let ended = ticket.status.is_done();
    let solved = ended && is_solution(&ticket.resolution) && !acts.iter().any(|act| reopens(&act.facts));
    let mut insert = db.prepare_cached(&sum::insertion("mentions", 5, 1..=5))?;
    let mut named = ticket.articles.clone();
    named.sort_unstable();
    named.dedup();
    for article in named {
        insert.execute((ticket.id.pack(), article, &ticket.title, ended, solved))?;
    }
    Ok(())
}

fn is_solution(resolution: &str) -> bool {
    use Resolution as R;
    match Resolution::parse(resolution) {
        Some(R::Fixed | R::Workaround | R::Answered | R::KnownError) => true,
        Some(R::Duplicate | R::Wontfix | R::Rejected | R::Cancelled | R::NoFault) | None => false,
    }
}

/// A solved ticket and the articles it names.
struct Solved {
    ticket: TicketId,
    title: Vec<String>,
    articles: Vec<String>,
}

impl Index<'_> {
    pub fn record_of(&self, article: &str) -> Result<Record> {
        let sql = format!("select solved, {} = sum from mentions where article = ? and ended = 1", sum::OF_MENTION);
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query([article])?;
        let mut record = Record::default();
        while let Some(row) = rows.next()? {
            sum::checked(row, 1)?;
            record.of += 1;
            record.solved += u64::from(row.get::<_, bool>(0)?);
        }
        Ok(record)
    }

    /// The articles by which tickets [like](likeness) this one were solved, each with how like it they are: one number a
    /// ticket. Of the newest 1,000 that were solved with an article.
    pub fn solved_alike(&self, ticket: &Ticket) -> Result<BTreeMap<String, Vec<f64>>> {
        let solved = self.newest_solved()?;
        let mut having: HashMap<&str, u64> = HashMap::new();
        for word in solved.iter().flat_map(|one| &one.title) {
            *having.entry(word).or_default() += 1;
        }
        let weigh = |word: &str| weight(solved.len() as u64, having.get(word).copied().unwrap_or(0));
        let ours = words(&ticket.title);
        let others = solved.iter().filter(|one| one.ticket != ticket.id && may_be_alike(&ours, &one.title, weigh));
        let mut by: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for one in others.take(READ) {
            let Some(other) = self.ticket(one.ticket)? else { continue };
            let likeness = likeness(ticket, &other.ticket, weigh);
            if likeness >= ALIKE {
                one.articles.iter().for_each(|article| by.entry(article.clone()).or_default().push(likeness));
            }
        }
        Ok(by)
    }

    fn newest_solved(&self) -> Result<Vec<Solved>> {
        let sql = format!(
            "select ticket, title, article, {} = sum from mentions where solved = 1 order by ticket desc limit ?",
            sum::OF_MENTION
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query([NEWEST])?;
        let mut solved: Vec<Solved> = Vec::new();
        while let Some(row) = rows.next()? {
            sum::checked(row, 3)?;
            let Some(ticket) = TicketId::unpack(row.get(0)?) else { continue };
            let article = row.get(2)?;
            match solved.last_mut() {
                Some(last) if last.ticket == ticket => last.articles.push(article),
                Some(_) | None => {
                    solved.push(Solved { ticket, title: words(row.get_ref(1)?.as_str()?), articles: vec![article] });
                }
            }
        }
        Ok(solved)
    }
}
