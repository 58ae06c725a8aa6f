//! A service level: a contract of the customer, or a rule of the desk.

use std::collections::BTreeMap;

use crate::model::policy::{Clock, Targets};
use crate::model::word::{Priority, WaitingOn};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Level {
    pub name: String,
    /// The file that says it, in the desk's folder.
    pub file: String,
    /// Of that file, from 1.
    pub line: usize,
    /// The file of the service that names it; empty where it was found by its own terms.
    pub named_by: String,
    /// The calendar's name.
    pub calendar: String,
    pub pause: Vec<WaitingOn>,
    pub targets: BTreeMap<Priority, Targets>,
    /// Where single targets stand.
    pub lines: BTreeMap<(Priority, Clock), usize>,
}

impl Level {
    /// With the lines of its targets, by their keys: `targets.p1.resolve`.
    pub fn at(self, line: impl Fn(&str) -> Option<usize>) -> Level {
        let all = self.targets.keys().flat_map(|priority| Clock::ALL.iter().map(|clock| (*priority, *clock)));
        let place = |(priority, clock)| Some(((priority, clock), line(&format!("targets.{priority}.{clock}"))?));
        let lines = all.filter_map(place).collect();
        Level { lines, ..self }
    }

    /// The line that a target stands on, else the first one of the level.
    pub fn line_of(&self, priority: Priority, clock: Clock) -> usize {
        self.lines.get(&(priority, clock)).copied().unwrap_or(self.line)
    }

    /// The share of tickets that is promised to be in time, in percent.
    pub fn promise(&self, priority: Priority) -> Option<f64> {
        self.targets.get(&priority).and_then(|targets| targets.promise)
    }
}
