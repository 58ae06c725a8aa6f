//! The clocks of a service level: what was promised, how much of it is used, when it is due, how it ended.
//!
//! Everything here is a pure function of a ticket's history, the policy, the calendar and a given now.

mod course;
mod level;
mod measure;
#[cfg(test)]
mod tests;
mod threshold;

pub use course::{Course, Ending, Known, Wait, Word, is_excluded};
pub use level::Level;

use std::collections::BTreeMap;

use super::calendar::{Pause, Schedule};
use super::policy::{Clock, Span, Targets};
use super::word::{Priority, WaitingOn, words};

words! {
    /// Where a clock stands.
    State {
        /// It has not begun.
        None = "none",
        Running = "running",
        /// The ticket waits for somebody; what is left is told, a due time is not.
        Paused = "paused",
        /// Stopped in time; exactly on time is.
        Met = "met",
        /// It stopped too late, or runs and is late.
        Breached = "breached",
        /// Nothing is to be judged: how the ticket ended takes it out of the figures.
        Cancelled = "cancelled",
    }
}

/// What is promised for a ticket.
#[derive(Debug, Clone, Copy)]
pub struct Promise<'a> {
    pub targets: &'a BTreeMap<Priority, Targets>,
    /// The reasons of waiting that stop `update` and `resolve`.
    pub pause: &'a [WaitingOn],
    pub schedule: &'a Schedule,
    /// `resolve` begins with the approval.
    pub from_approval: bool,
}

/// One run of a clock. Times in seconds since 1970, lengths in working seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub clock: Clock,
    /// From 1: `resolve` once more each time it is reopened, `update` once for each question.
    pub cycle: usize,
    pub state: State,
    /// The priority whose target holds.
    pub priority: Priority,
    pub start: i64,
    /// When what it waits for happened, or the ticket was solved without it: then nobody waits any more.
    pub stop: Option<i64>,
    pub target: Span,
    pub target_seconds: i64,
    pub used: i64,
    /// Negative once it is late.
    pub remaining: i64,
    /// `None` while it is paused, and where it is never due.
    pub due: Option<i64>,
    /// In order; the spans in which it was solved are among them.
    pub pauses: Vec<Pause>,
}

impl Run {
    /// It goes on or stands still, and may still be kept or missed.
    pub fn is_open(&self) -> bool {
        self.stop.is_none() && self.state != State::Cancelled && self.state != State::None
    }

    /// It goes on, and is late.
    pub fn is_late(&self) -> bool {
        self.is_open() && self.state == State::Breached
    }

    /// More than three quarters of the target are used, and it can still be kept.
    pub fn is_at_risk(&self) -> bool {
        self.is_open()
            && matches!(self.state, State::Running | State::Paused)
            && i128::from(self.used) * 4 > i128::from(self.target_seconds) * 3
    }

    /// Of the target, in whole percent; of nothing all of it.
    pub fn percent(&self) -> i64 {
        let used = self.target_seconds - self.remaining;
        if self.target_seconds == 0 { 100 } else { (i128::from(used) * 100 / i128::from(self.target_seconds)) as i64 }
    }
}

impl Promise<'_> {
    /// Every run of every clock that has a target, by clock and cycle, as of `now`.
    pub fn runs(&self, course: &Course, now: i64) -> Vec<Run> {
        Clock::ALL.iter().flat_map(|clock| self.runs_of(*clock, course, now)).collect()
    }
}

/// Of each clock the last run.
pub fn current(runs: &[Run]) -> impl Iterator<Item = &Run> {
    let last = |at: usize| runs.get(at + 1).is_none_or(|next| next.clock != runs[at].clock);
    runs.iter().enumerate().filter(move |(at, _)| last(*at)).map(|(_, run)| run)
}

/// The open run that presses most: late ones first, the longest late; then the one due next; then those that stand
/// still, the least left first.
pub fn nearest(runs: &[Run]) -> Option<&Run> {
    let open = runs.iter().filter(|run| run.is_open());
    open.min_by_key(|run| match run.state {
        State::Breached => (0, run.remaining),
        State::Running => (1, run.due.unwrap_or(i64::MAX)),
        State::Paused | State::None | State::Met | State::Cancelled => (2, run.remaining),
    })
}
