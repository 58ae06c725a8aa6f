//! What a change does to a clock, in words.

use crate::commands::Context;
use crate::commands::clocks::{late, moment, short, word};
use crate::desk::look::Look;
use crate::model::clock::{Run, State};
use crate::model::policy::Clock;
use crate::view::change::Moved;

/// `resolve due Thu 10:38 → Mon 16:30`, `respond stops, met`, `resolve pauses`.
pub fn words(ctx: &Context, look: &Look<'_>, moved: &Moved) -> String {
    let due = |run: &Run| match run.due {
        Some(_) if run.is_late() => late(ctx, look, run),
        Some(due) => format!("due {}", moment(ctx, look, due)),
        None => "never due".to_owned(),
    };
    let (before, after) = (moved.before.as_ref(), moved.after.as_ref());
    let what = match (before, after) {
        (_, None) => "is promised no more".to_owned(),
        (before, Some(after)) => match (before.map(stands), stands(after)) {
            (_, Stands::Out) => "does not count".to_owned(),
            (Some(Stands::Ended(was)), Stands::Ended(is)) if was != is => format!("{was} → {is}"),
            (None | Some(Stands::Out), Stands::Ended(how)) => how.to_owned(),
            (Some(Stands::Ended(_) | Stands::Goes | Stands::Paused), Stands::Ended(how)) => format!("stops, {how}"),
            (Some(Stands::Paused), Stands::Paused) => {
                let left = |run: Option<&Run>| run.map_or_else(String::new, |run| short(run.remaining));
                format!("{} left → {} left", left(before), left(Some(after)))
            }
            (None, Stands::Paused) => "paused".to_owned(),
            (Some(Stands::Out | Stands::Ended(_) | Stands::Goes), Stands::Paused) => "pauses".to_owned(),
            (None, Stands::Goes) => due(after),
            (Some(Stands::Goes), Stands::Goes) => match before.map(due) {
                Some(was) if !was.starts_with("due") || !due(after).starts_with("due") => {
                    format!("{was} → {}", due(after))
                }
                Some(was) => format!("{was} → {}", due(after).trim_start_matches("due ")),
                None => due(after),
            },
            // Another question begins anew; a ticket that is reopened goes on.
            (Some(Stands::Ended(_)), Stands::Goes) if after.clock == Clock::Update => due(after),
            (Some(Stands::Out | Stands::Ended(_) | Stands::Paused), Stands::Goes) => format!("goes on, {}", due(after)),
        },
    };
    ctx.ui.plain(&format!("{} {what}", word(moved.clock)))
}

/// How a run stands, as far as words differ.
enum Stands {
    /// How it ended takes it out of the figures, or it has not begun.
    Out,
    Ended(&'static str),
    Paused,
    /// It runs, in time or late.
    Goes,
}

fn stands(run: &Run) -> Stands {
    match run.state {
        State::None | State::Cancelled => Stands::Out,
        State::Met => Stands::Ended("met"),
        State::Breached if run.stop.is_some() => Stands::Ended("late"),
        State::Paused => Stands::Paused,
        State::Running | State::Breached => Stands::Goes,
    }
}
