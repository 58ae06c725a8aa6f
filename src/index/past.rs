//! What clocks are reckoned from: what happened to tickets, and what was said in public.

use jiff::Timestamp;

use super::Index;
use super::acts::{RawAct, raw_acts};
use super::ask::Found;
use super::thread::Thread;
use crate::error::Result;
use crate::model::clock::{Course, Known, Word};
use crate::model::policy::Policy;
use crate::model::times::{Act, Times};

/// One ticket's past, not yet read: that is done on all processors.
pub struct Past {
    acts: Vec<RawAct>,
    words: Vec<Word>,
    known: Known,
}

impl Past {
    /// The course that follows from it; `None` for a ticket without history.
    pub fn course(self, policy: &Policy) -> Option<Course> {
        let acts: Vec<Act> = self.acts.iter().map(RawAct::read).collect();
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
        let Times { acknowledged, responded, .. } = found.times;
        let [acknowledged, responded] = [acknowledged, responded].map(|time| time.map(Timestamp::as_second));
        let Thread { words, approved, .. } = self.thread(id)?;
        let known = Known { acknowledged, responded, approved };
        Ok(Past { acts: raw_acts(&self.db, id)?, words, known })
    }
}
