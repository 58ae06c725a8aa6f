//! How far a run has come, for rules that wait for a share of it.

use super::{Run, State};
use crate::model::policy::Threshold;

impl Run {
    /// Whether an open run has come as far as that, on its own time. Working seconds count, before it is due and after.
    pub fn has_reached(&self, threshold: Threshold) -> bool {
        let runs = self.stop.is_none() && matches!(self.state, State::Running | State::Paused | State::Breached);
        let far = i128::from(self.target_seconds) - i128::from(self.remaining);
        runs && match threshold {
            Threshold::Used(percent) => far * 100 >= i128::from(self.target_seconds) * i128::from(percent),
            Threshold::Before(seconds) => self.remaining <= seconds,
            Threshold::After(seconds) => self.state == State::Breached && -self.remaining >= seconds,
        }
    }
}
