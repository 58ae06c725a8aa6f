//! What changes do to the clocks: how they stand with them, and how they would stand without, at the same moment.

use std::collections::{BTreeMap, HashMap};

use crate::desk::look::Look;
use crate::error::Result;
use crate::index::Found;
use crate::model::clock::{Run, State, current};
use crate::model::id::TicketId;
use crate::model::policy::Clock;
use crate::view::change::{Change, Moved};

/// The clocks of these tickets that stand otherwise, in their order; `before` is `None` where none of them was there.
///
/// Of each clock its last run counts. None where history is cut off.
pub fn effects(
    before: Option<&Look<'_>>,
    after: &Look<'_>,
    tickets: &[TicketId],
) -> Result<BTreeMap<TicketId, Vec<Moved>>> {
    let old = before.map(|before| runs(before, tickets)).transpose()?.unwrap_or_default();
    let new = runs(after, tickets)?;
    let of = |side: &HashMap<TicketId, Vec<Run>>, id: &TicketId, clock: Clock| {
        side.get(id).into_iter().flatten().find(|run| run.clock == clock).cloned()
    };
    let mut effects = BTreeMap::new();
    for id in tickets {
        let sides = |clock: &Clock| Moved { clock: *clock, before: of(&old, id, *clock), after: of(&new, id, *clock) };
        let moved = Clock::ALL.iter().map(sides).filter(|one| standing(&one.before) != standing(&one.after));
        let moved: Vec<Moved> = moved.collect();
        if !moved.is_empty() {
            effects.insert(*id, moved);
        }
    }
    Ok(effects)
}

/// The change of a ticket that a clock's move is told beside: the first that is of a kind that moves it so, else the first.
pub fn cause(moved: &Moved, changes: &[Change]) -> usize {
    let kinds: &[&str] = match moved.clock {
        Clock::Acknowledge => &["opened", "deleted", "assignee", "comment", "status", "note"],
        Clock::Respond => &["opened", "deleted", "comment", "solution", "status"],
        // What it runs by is other, not whether it runs.
        Clock::Update | Clock::Resolve if is_going(&moved.before) && is_going(&moved.after) => {
            &["opened", "deleted", "priority", "queue", "customer", "service", "status", "comment"]
        }
        Clock::Update => &["opened", "deleted", "comment", "status"],
        Clock::Resolve => &["opened", "deleted", "status", "priority", "queue", "customer", "service"],
    };
    let of = |kind: &&str| changes.iter().position(|change| change.what == *kind);
    kinds.iter().find_map(of).unwrap_or(0)
}

/// It runs, in time or late.
fn is_going(run: &Option<Run>) -> bool {
    run.as_ref().is_some_and(|run| run.is_open() && run.state != State::Paused)
}

/// The last run of each clock that has begun.
fn runs(look: &Look<'_>, tickets: &[TicketId]) -> Result<HashMap<TicketId, Vec<Run>>> {
    let mut found: Vec<Found> = Vec::new();
    for id in tickets {
        found.extend(look.index.ticket(*id)?);
    }
    let clocks = look.clocks(&found)?;
    let last = |runs: &[Run]| current(runs).filter(|run| run.state != State::None).cloned().collect();
    Ok(found.iter().zip(clocks).map(|(one, clocks)| (one.ticket.id, last(&clocks.runs))).collect())
}

/// What makes one run stand otherwise than another. How much is left counts while it stands still; when it stopped, only
/// as far as it was in time.
fn standing(run: &Option<Run>) -> Option<(State, bool, usize, Option<i64>)> {
    let run = run.as_ref()?;
    let limit = match run.state {
        State::Paused => Some(run.remaining),
        State::Running => run.due,
        State::Breached if run.stop.is_none() => run.due,
        State::None | State::Met | State::Breached | State::Cancelled => None,
    };
    Some((run.state, run.stop.is_some(), run.cycle, limit))
}
