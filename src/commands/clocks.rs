//! Clocks as people read them: when something is due, how late it is, and by which clock.

use jiff::Timestamp;

use super::Context;
use crate::desk::look::Look;
use crate::error::Result;
use crate::index::Found;
use crate::model::clock::{Run, State, nearest};
use crate::model::policy::Clock;
use crate::model::ticket::Ticket;
use crate::ui::grid::{Look as Paint, Shown};
use crate::ui::time;

/// A due time this near, in seconds, is within the hour.
pub const SOON: i64 = 3_600;

/// When a ticket is due, as a cell; and whether it presses.
#[derive(Debug, Clone)]
pub struct Due {
    pub cell: Shown,
    pub late: bool,
    /// In time, and due within the hour.
    pub soon: bool,
}

/// One word for one clock everywhere.
pub fn word(clock: Clock) -> &'static str {
    match clock {
        Clock::Acknowledge => "ack",
        Clock::Respond => "respond",
        Clock::Update => "update",
        Clock::Resolve => "resolve",
    }
}

/// Of these tickets, in their order. A history that is cut off tells wrong times, which are worse than none: then only
/// promises by hand are told.
pub fn dues(ctx: &Context, look: &Look<'_>, found: &[Found]) -> Result<Vec<Due>> {
    // What has ended is not due: its history need not be read.
    let open: Vec<Found> = found.iter().filter(|one| one.ticket.status.is_open()).cloned().collect();
    let mut clocks = look.clocks(&open)?.into_iter();
    let mut runs = |one: &Found| one.ticket.status.is_open().then(|| clocks.next()).flatten().unwrap_or_default().runs;
    Ok(found.iter().map(|one| due(ctx, look, &one.ticket, &runs(one))).collect())
}

/// The nearest of a ticket's clocks and of what was promised by hand.
pub fn due(ctx: &Context, look: &Look<'_>, ticket: &Ticket, runs: &[Run]) -> Due {
    let now = look.now.as_second();
    let promised = ticket.due.map(Timestamp::as_second).filter(|_| ticket.status.is_open());
    let run = nearest(runs);
    let due = run.and_then(|run| run.due);
    match (promised, run) {
        (None, None) => Due { cell: Shown::new(""), late: false, soon: false },
        (Some(promised), _) if promised < due.unwrap_or(i64::MAX) || run.is_some_and(|run| run.due.is_none()) => {
            let left = promised - now;
            let cell = match left {
                ..0 => Shown::new(format!("late {}", time::span(-left))).look(Paint::Urgent),
                _ => Shown::new(moment(ctx, look, promised)),
            };
            Due { cell, late: left < 0, soon: (0..=SOON).contains(&left) }
        }
        (_, Some(run)) => {
            let soon = !run.is_late() && run.due.is_some_and(|due| due - now <= SOON);
            Due { cell: cell(ctx, look, run), late: run.is_late(), soon }
        }
        (Some(_), None) => Due { cell: Shown::new(""), late: false, soon: false },
    }
}

/// `late 2h 42m`, `paused`, `Thu 14:00`; of any clock but `resolve` with its name: `update 16m`.
pub fn cell(ctx: &Context, look: &Look<'_>, run: &Run) -> Shown {
    if run.is_late() {
        return Shown::new(late(ctx, look, run)).look(Paint::Urgent);
    }
    let Some(due) = run.due else {
        return Shown::new(if run.state == State::Paused { "paused" } else { "" }).look(Paint::Dim);
    };
    let today = |second: i64| Timestamp::from_second(second).map(|at| ctx.env.zone.to_datetime(at).date()).ok();
    let text = match run.clock {
        Clock::Resolve => moment(ctx, look, due),
        clock if today(due) == today(look.now.as_second()) => format!("{} {}", word(clock), short(run.remaining)),
        clock => format!("{} {}", word(clock), moment(ctx, look, due)),
    };
    let soon = due - look.now.as_second() <= SOON;
    Shown::new(text).look(if soon { Paint::Raised } else { Paint::Plain })
}

/// `late 2h 42m`; out of hours, where no working time has passed since, `late since Fri 17:00`.
pub fn late(ctx: &Context, look: &Look<'_>, run: &Run) -> String {
    match run.due {
        Some(due) if run.remaining > -60 => format!("late since {}", moment(ctx, look, due)),
        Some(_) | None => format!("late {}", short(-run.remaining)),
    }
}

/// Working time without its seconds, unless it is less than a minute.
pub fn short(seconds: i64) -> String {
    time::working(if seconds.abs() < 60 { seconds } else { seconds - seconds % 60 })
}

pub fn moment(ctx: &Context, look: &Look<'_>, second: i64) -> String {
    let at = Timestamp::from_second(second).unwrap_or_default();
    time::moment(at, look.now, &ctx.env.zone)
}
