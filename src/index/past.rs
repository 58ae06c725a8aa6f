//! What clocks are reckoned from: what happened to tickets, and what was said in public.

use jiff::Timestamp;

use super::ask::Found;
use super::times::{RawAct, raw_acts};
use super::{Index, sum};
use crate::error::Result;
use crate::model::clock::{Course, Known, Word};
use crate::model::entry::APPROVED;
use crate::model::policy::Policy;
use crate::model::times::{Act, Times};
use crate::model::word::EntryKind;

/// One ticket's past, not yet read: that is done on all processors.
pub struct Past {
    acts: Vec<RawAct>,
    words: Vec<Word>,
    known: Known,
}

impl Past {
    /// The course that follows from it; `None` for a ticket without history.
    pub fn course(self, policy: &Policy) -> Option<Course> {
        let acts: Vec<Act> = self.acts.into_iter().map(RawAct::read).collect();
        Course::of(&acts, &self.words, self.known, policy)
    }
}

impl Index<'_> {
    /// The pasts of these tickets, in their order.
    pub fn pasts(&self, tickets: &[Found]) -> Result<Vec<Past>> {
        tickets.iter().map(|found| self.past(found)).collect()
    }

    fn past(&self, found: &Found) -> Result<Past> {
        let id = found.ticket.id;
        let sql = format!(
            "select kind, at, author, type, {} = sum from entries
             where ticket = ? and auto = 0 and kind in ('comment', 'approval') order by at",
            sum::OF_ENTRY
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query([id.pack()])?;
        let Times { acknowledged, responded, .. } = found.times;
        let [acknowledged, responded] = [acknowledged, responded].map(|time| time.map(Timestamp::as_second));
        let mut past = Past {
            acts: raw_acts(&self.db, id)?,
            words: Vec::new(),
            known: Known { acknowledged, responded, approved: None },
        };
        while let Some(row) = rows.next()? {
            sum::checked(row, 4)?;
            let at = row.get(1)?;
            match EntryKind::parse(row.get_ref(0)?.as_str()?) {
                Some(EntryKind::Comment) => past.words.push(Word { at, by: row.get(2)? }),
                Some(EntryKind::Approval) if row.get_ref(3)?.as_str()? == APPROVED => {
                    past.known.approved.get_or_insert(at);
                }
                _ => {}
            }
        }
        Ok(past)
    }
}
