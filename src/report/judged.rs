//! Which clocks count in a period, and whether they were kept.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::named::{Judged, Named};
use super::{Window, percent, within};
use crate::model::clock::{Run, State, current};
use crate::model::policy::Clock;

/// A clock that counts.
pub struct Verdict<'t> {
    pub named: &'t Named,
    pub judged: &'t Judged,
    pub run: &'t Run,
    pub met: bool,
}

/// Every clock that counts in a window: those that stopped within it, and those that were still running and late at its
/// end. Running in time does not count, nor does what ended as duplicate, rejected or cancelled. Of `update` each
/// question counts, of the others the last run. In a window that holds no moment nothing counts.
pub fn verdicts<'t>(tickets: impl IntoIterator<Item = &'t Named>, window: Window) -> impl Iterator<Item = Verdict<'t>> {
    let holds_none = matches!(window, (Some(since), Some(until)) if since >= until);
    tickets
        .into_iter()
        .filter(move |_| !holds_none)
        .filter_map(|named| Some((named, named.told.judged.as_ref()?)))
        .flat_map(move |(named, judged)| {
            let runs = counted(&judged.runs);
            let verdict = move |run| met(run, window).map(|met| Verdict { named, judged, run, met });
            runs.filter_map(verdict)
        })
}

/// The runs that figures are made of.
fn counted(runs: &[Run]) -> impl Iterator<Item = &Run> {
    let update = runs.iter().filter(|run| run.clock == Clock::Update);
    current(runs).filter(|run| run.clock != Clock::Update).chain(update)
}

fn met(run: &Run, window: Window) -> Option<bool> {
    let stopped = run.stop.is_some_and(|at| within(window, at));
    let ended = |at: i64| window.1.is_some_and(|until| at >= until);
    let goes_on = run.stop.is_none_or(ended);
    let late = run.due.is_some_and(|due| !ended(due));
    match run.state {
        State::Met => stopped.then_some(true),
        State::Breached if stopped => Some(false),
        State::Breached => (goes_on && late).then_some(false),
        State::None | State::Running | State::Paused | State::Cancelled => None,
    }
}

/// What became of the clocks of one row.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    met: u64,
    breached: u64,
    /// Promised shares with how many clocks they were promised for.
    promised: BTreeMap<u64, u64>,
}

impl Kept {
    pub fn add(&mut self, verdict: &Verdict<'_>) {
        *(if verdict.met { &mut self.met } else { &mut self.breached }) += 1;
        if let Some(promise) = verdict.judged.level.promise(verdict.run.priority) {
            *self.promised.entry((promise * 10.0).round() as u64).or_default() += 1;
        }
    }

    pub fn n(&self) -> u64 {
        self.met + self.breached
    }

    pub fn breached(&self) -> u64 {
        self.breached
    }

    pub fn percent(&self) -> Option<f64> {
        percent(self.met, self.n())
    }

    /// The mean of what was promised for each clock, to a tenth of a percent; `None` where nothing was.
    pub fn promised(&self) -> Option<f64> {
        let n: u64 = self.promised.values().sum();
        let sum: u64 = self.promised.iter().map(|(promise, count)| promise * count).sum();
        (n > 0).then(|| (sum as f64 / n as f64).round() / 10.0)
    }

    pub fn to_json(&self) -> Value {
        json!({"n": self.n(), "met": self.met, "breached": self.breached, "kept_percent": self.percent(),
            "promised_percent": self.promised()})
    }
}

/// Whether a clock of it goes on and is late.
pub fn is_late(one: &Named) -> bool {
    let runs = one.told.judged.as_ref().map_or(&[][..], |judged| &judged.runs);
    current(runs).any(Run::is_late)
}

/// The clocks that go on in time.
pub fn running(tickets: &[Named]) -> impl Iterator<Item = (&Named, &Judged, &Run)> {
    let judged = tickets.iter().filter_map(|named| Some((named, named.told.judged.as_ref()?)));
    judged.flat_map(|(named, judged)| {
        let open = current(&judged.runs).filter(|run| run.is_open() && run.state != State::Breached);
        open.map(move |run| (named, judged, run)).collect::<Vec<_>>()
    })
}
