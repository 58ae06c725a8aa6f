//! What threads say, as figures and clocks ask for it.

use std::collections::HashMap;

use rusqlite::{Params, Row};

use super::{Index, sum};
use crate::error::Result;
use crate::model::clock::Word;
use crate::model::entry::{APPROVED, Rating, Work};
use crate::model::id::TicketId;
use crate::model::word::EntryKind;

/// What the thread of a ticket says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thread {
    /// Public words of agents.
    pub answers: u64,
    /// It was escalated to another queue.
    pub escalated: bool,
    /// Oldest first.
    pub work: Vec<Work>,
    /// Oldest first.
    pub ratings: Vec<Rating>,
    /// What persons said in public, oldest first.
    pub words: Vec<Word>,
    /// When it was first approved, in seconds since 1970.
    pub approved: Option<i64>,
}

impl Index<'_> {
    /// Of each ticket with a thread. `is_agent` says whose public words are answers; the words themselves are there only
    /// `with_words`.
    pub fn threads(&self, is_agent: impl Fn(&str) -> bool, with_words: bool) -> Result<HashMap<TicketId, Thread>> {
        let mut threads: HashMap<TicketId, Thread> = HashMap::new();
        self.each_entry("", [], |ticket, row| threads.entry(ticket).or_default().hear(row, &is_agent, with_words))?;
        Ok(threads)
    }

    /// The escalation rules that fired, by the proofs in the notes of each ticket.
    pub fn fired(&self) -> Result<HashMap<TicketId, Vec<String>>> {
        let mut fired: HashMap<TicketId, Vec<String>> = HashMap::new();
        self.each_entry("where kind = 'note' and type <> ''", [], |ticket, row| {
            fired.entry(ticket).or_default().push(row.get(4)?);
            Ok(())
        })?;
        Ok(fired)
    }

    /// Of one ticket, without who answers.
    pub(super) fn thread(&self, id: TicketId) -> Result<Thread> {
        let mut thread = Thread::default();
        self.each_entry("where ticket = ?", [id.pack()], |_, row| thread.hear(row, &|_| false, true))?;
        Ok(thread)
    }

    fn each_entry(
        &self,
        of: &str,
        params: impl Params,
        mut each: impl FnMut(TicketId, &Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<()> {
        let mut select = self.db.prepare_cached(&format!(
            "select ticket, kind, author, auto, type, at, amount, billable, materials, {} = sum from entries {of}
             order by ticket, at",
            sum::OF_ENTRY
        ))?;
        let mut rows = select.query(params)?;
        while let Some(row) = rows.next()? {
            sum::checked(row, 9)?;
            if let Some(ticket) = TicketId::unpack(row.get(0)?) {
                each(ticket, row)?;
            }
        }
        Ok(())
    }
}

impl Thread {
    fn hear(&mut self, row: &Row<'_>, is_agent: &dyn Fn(&str) -> bool, with_words: bool) -> rusqlite::Result<()> {
        match EntryKind::parse(row.get_ref(1)?.as_str()?) {
            Some(EntryKind::Comment) if !row.get::<_, bool>(3)? => {
                self.answers += u64::from(is_agent(row.get_ref(2)?.as_str()?));
                if with_words {
                    self.words.push(Word { at: row.get(5)?, by: row.get(2)? });
                }
            }
            Some(EntryKind::Approval) if row.get_ref(4)?.as_str()? == APPROVED => {
                self.approved = self.approved.or(row.get(5)?);
            }
            Some(EntryKind::Escalation) if row.get_ref(4)?.as_str()? != "hierarchical" => self.escalated = true,
            Some(EntryKind::Work) => self.work.extend(work(row)?),
            Some(EntryKind::Rating) => self.ratings.extend(rating(row)?),
            _ => {}
        }
        Ok(())
    }
}

/// `None` where the entry does not say how long.
fn work(row: &Row<'_>) -> rusqlite::Result<Option<Work>> {
    let minutes = row.get::<_, Option<i64>>(6)?.and_then(|minutes| u64::try_from(minutes).ok());
    let (at, by, billable) = (row.get(5)?, row.get(2)?, row.get::<_, Option<bool>>(7)?.unwrap_or(true));
    let materials = row.get::<_, Option<i64>>(8)?.and_then(|amount| u64::try_from(amount).ok()).unwrap_or_default();
    Ok(minutes.map(|minutes| Work { at, by, minutes, billable, materials }))
}

/// `None` for a score that is none.
fn rating(row: &Row<'_>) -> rusqlite::Result<Option<Rating>> {
    let score = row.get::<_, Option<i64>>(6)?.and_then(|score| u8::try_from(score).ok());
    let at = row.get(5)?;
    Ok(score.filter(|score| (1..=5).contains(score)).map(|score| Rating { at, score }))
}
