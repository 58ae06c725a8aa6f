//! What a producer remembers of one key: how often it failed, what it told of that, whether it comes and goes.
//!
//! The count always goes on here; a desk is told of failures 1, 2, 4, 8 … and at once when a failure is of another kind,
//! and once a day, for a ticket may have ended meanwhile. So a job that fails every minute for a week costs about eighteen
//! commits.

mod flapping;
mod kind;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use flapping::Results;
pub use kind::kind_of;

/// The state of one key, as it lies on the disk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    pub key: String,
    /// Failures since it last worked.
    pub count: u64,
    /// When the first of them was.
    pub first: Option<Timestamp>,
    /// The count that the desk was last told; 0 is nothing since it last worked.
    pub told: u64,
    /// When it was told so.
    pub told_at: Option<Timestamp>,
    /// The kinds of failure since it last worked, the newest last.
    pub kinds: Vec<String>,
    pub results: Results,
    pub flapping: bool,
    /// When it last worked, and how long that took, in seconds.
    pub good: Option<(Timestamp, i64)>,
}

/// What came of a job or a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Good,
    /// And of what kind, in words that do not change from one time to the next.
    Bad(String),
}

/// What the desk is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    pub what: What,
    /// It began (`true`) or ceased to come and go.
    pub flapping: Option<bool>,
    /// It comes and goes now.
    pub unsteady: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Failure {
        count: u64,
        first: Timestamp,
        /// The kind that it was before, when it fails differently.
        instead_of: Option<String>,
    },
    Recovery {
        /// Failures before it.
        count: u64,
        first: Timestamp,
    },
}

/// So many kinds of failure are news; a job whose words are never the same must not make a commit each time.
const KINDS: usize = 4;

/// In seconds: a failure that goes on for so long after it was told is told again. Somebody may have ended its ticket.
const DAY: i64 = 86_400;

impl News {
    /// As an event says it: whether it comes and goes, and whether it has ceased to.
    pub fn steadiness(&self) -> Option<bool> {
        self.flapping.or(self.unsteady.then_some(true))
    }
}

impl Tally {
    pub fn new(key: &str) -> Tally {
        Tally { key: key.to_owned(), ..Tally::default() }
    }

    /// Counts an outcome and says what of it is news; the first failure that is told is number `after`.
    ///
    /// Whoever told the news says so by [`told`](Tally::told).
    pub fn record(&mut self, outcome: &Outcome, now: Timestamp, after: u64) -> Option<News> {
        self.results.push(matches!(outcome, Outcome::Bad(_)));
        let was = self.flapping;
        self.flapping = self.results.is_flapping(was);
        let flapping = (was != self.flapping).then_some(self.flapping);
        match outcome {
            Outcome::Bad(kind) => self.fail(kind, now, after.max(1), flapping),
            Outcome::Good => self.work(now, flapping),
        }
    }

    fn news(&self, what: What, flapping: Option<bool>) -> News {
        News { what, flapping, unsteady: self.flapping }
    }

    fn fail(&mut self, kind: &str, now: Timestamp, after: u64, flapping: Option<bool>) -> Option<News> {
        let first = *self.first.get_or_insert(now);
        self.count += 1;
        let before = self.kinds.last().filter(|before| *before != kind).cloned();
        let is_new = !self.kinds.iter().any(|known| known == kind) && self.kinds.len() <= KINDS;
        if is_new {
            self.kinds.push(kind.to_owned());
        }
        let differs = is_new && before.is_some();
        let is_old = self.told_at.is_none_or(|told| now.as_second() - told.as_second() >= DAY);
        let due = self.told == 0 || self.count.is_power_of_two() || differs || flapping.is_some() || is_old;
        let instead_of = before.filter(|_| differs && self.told > 0);
        let what = What::Failure { count: self.count, first, instead_of };
        (self.count >= after && due).then(|| self.news(what, flapping))
    }

    fn work(&mut self, now: Timestamp, flapping: Option<bool>) -> Option<News> {
        let (count, first) = (self.count, self.first.unwrap_or(now));
        let recovery = self.news(What::Recovery { count, first }, flapping);
        let was_told = self.told > 0;
        if self.flapping {
            // While it comes and goes nothing is resolved, so it is still the same run of failures.
            return recovery.flapping.is_some().then_some(recovery).filter(|_| was_told);
        }
        if !was_told {
            self.forget();
        }
        was_told.then_some(recovery)
    }

    /// The news of [`record`](Tally::record) is on its way since `at`.
    pub fn told(&mut self, news: &News, at: Timestamp) {
        match news.what {
            What::Failure { count, .. } => (self.told, self.told_at) = (count, Some(at)),
            What::Recovery { .. } if self.flapping => {}
            What::Recovery { .. } => self.forget(),
        }
    }

    fn forget(&mut self) {
        self.count = 0;
        self.first = None;
        self.told = 0;
        self.told_at = None;
        self.kinds.clear();
    }
}

#[cfg(test)]
mod tests;
