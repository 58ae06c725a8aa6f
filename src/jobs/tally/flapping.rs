//! Whether something comes and goes, as Nagios reckons it: the weighted share of changes among its last 21 results
//! (Nagios Core documentation, "Detection and Handling of State Flapping").

use serde::{Deserialize, Serialize};

/// The last 21 results, the newest last: `.` worked, `x` failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results(String);

/// How many results are looked at.
const KEPT: usize = 21;

/// Changes between them.
const CHANGES: usize = KEPT - 1;

/// Of the oldest and the newest change.
const WEIGHTS: (f64, f64) = (0.8, 1.2);

/// The share at which it begins and at which it ends.
const ON: f64 = 0.40;
const OFF: f64 = 0.20;

impl Results {
    pub fn push(&mut self, failed: bool) {
        self.0.push(if failed { 'x' } else { '.' });
        let extra = self.0.chars().count().saturating_sub(KEPT);
        self.0 = self.0.chars().skip(extra).collect();
    }

    /// Weighted changes of 20; those that are not known yet count as none.
    pub fn share(&self) -> f64 {
        let results: Vec<char> = self.0.chars().collect();
        let missing = KEPT - results.len().min(KEPT);
        let changes = results.windows(2).enumerate().filter(|(_, pair)| pair[0] != pair[1]);
        let weight = |at: usize| {
            let place = (at + missing) as f64 / (CHANGES - 1) as f64;
            WEIGHTS.0 + (WEIGHTS.1 - WEIGHTS.0) * place
        };
        changes.map(|(at, _)| weight(at)).sum::<f64>() / CHANGES as f64
    }

    pub fn is_flapping(&self, was: bool) -> bool {
        if was { self.share() > OFF } else { self.share() >= ON }
    }
}
