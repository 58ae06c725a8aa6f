//! What every report is made from: tickets with their lives and what their threads say.

use std::sync::Arc;

use super::life::Life;
use crate::model::clock::{Level, Run};
use crate::model::entry::{Rating, Work};
use crate::model::word::WaitingOn;

/// All tickets of a desk: those that are reported on, and the others, which a link may lead to.
pub struct Tickets {
    pub meant: Vec<Named>,
    pub others: Vec<Named>,
}

impl Tickets {
    pub fn all(&self) -> impl Iterator<Item = &Named> {
        self.meant.iter().chain(&self.others)
    }
}

/// A ticket's id, title and life.
#[derive(Debug, Default)]
pub struct Named {
    pub id: String,
    pub title: String,
    pub told: Told,
}

/// A life with what its thread says.
#[derive(Debug, Default)]
pub struct Told {
    pub life: Life,
    /// Public words of agents.
    pub answers: u64,
    /// Went up to another queue.
    pub escalated: bool,
    /// When somebody first saw to it, in seconds since 1970.
    pub acknowledged: Option<i64>,
    /// When it was first answered, in seconds since 1970.
    pub responded: Option<i64>,
    /// Oldest first.
    pub work: Vec<Work>,
    /// Oldest first.
    pub ratings: Vec<Rating>,
    /// Its clocks, where a report asks for them and something is promised.
    pub judged: Option<Judged>,
}

/// A ticket's clocks as of the moment that a report is about.
#[derive(Debug)]
pub struct Judged {
    pub level: Arc<Level>,
    pub runs: Vec<Run>,
    /// Working seconds that it waited for each reason.
    pub paused: Vec<(WaitingOn, i64)>,
}
