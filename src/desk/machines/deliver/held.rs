//! Events that wait: a file of their ticket is damaged, or a person is editing it. What came after them about the same
//! key waits, too, so that nothing overtakes; when the file is mended, all are applied in their order.

use std::collections::HashMap;

use crate::error::Problem;
use crate::model::count::counted;
use crate::store::is_edit;
use crate::view::event::Event;

/// What waits, and for what.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// Each reason once, and how many events wait for it.
    reasons: Vec<(Problem, usize)>,
    /// Keys whose events wait, each with its reason.
    keys: HashMap<String, usize>,
    /// The events' ids, each with its reason.
    events: HashMap<String, usize>,
}

impl Held {
    /// Whether a problem is one of the desk's files, and not of the event: mended, the event is as good as any.
    pub fn waits_for(problem: &Problem) -> bool {
        problem.code == "damaged" || is_edit(problem)
    }

    /// Keeps an event back, and from now on all of its key.
    pub fn hold(&mut self, event: &Event, problem: Problem) {
        let known = self.reasons.iter().position(|(known, _)| known.message == problem.message);
        let reason = known.unwrap_or(self.reasons.len());
        if known.is_none() {
            self.reasons.push((problem, 0));
        }
        self.keys.insert(event.key.clone(), reason);
        self.holds(event);
    }

    /// Keeps an event back where one of its key waits.
    pub fn holds(&mut self, event: &Event) -> bool {
        let Some(reason) = self.keys.get(&event.key).copied() else { return false };
        if self.events.insert(event.id.clone(), reason).is_none() {
            self.reasons[reason].1 += 1;
        }
        true
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Whether an event waits, by its id.
    pub fn has(&self, id: &str) -> bool {
        self.events.contains_key(id)
    }

    /// Each event that waits, and why, in the order of their ids.
    pub fn events(&self) -> Vec<(&str, &str)> {
        let events = self.events.iter();
        let mut events: Vec<(&str, &str)> =
            events.map(|(id, reason)| (id.as_str(), self.reasons[*reason].0.message.as_str())).collect();
        events.sort_unstable();
        events
    }

    /// What is to be mended, each once, in words.
    pub fn problems(&self) -> impl Iterator<Item = Problem> {
        self.reasons.iter().map(|(problem, count)| {
            let wait = if *count == 1 { "waits" } else { "wait" };
            let message = format!("{}; {} {wait} for it", problem.message, counted(*count, "event"));
            let remedy = if is_edit(problem) { "" } else { "mend and commit it: " };
            Problem { message, ..problem.clone() }.hint(format!("{remedy}the next delivery then applies what waits"))
        })
    }
}
