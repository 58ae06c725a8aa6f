//! A ticket's clocks on its page: what is kept, what is used, what is left.

use super::page::{INDENT, Page};
use crate::commands::clocks::{late, moment, short, word};
use crate::model::clock::{Run, State, current};
use crate::ui::chart;
use crate::ui::grid::Look;

/// Cells of a bar.
const BAR: usize = 22;

impl Page<'_> {
    /// A line for each clock that says something; nothing where nothing is promised.
    pub fn clocks(&self, runs: &[Run]) -> String {
        let shown = current(runs).filter(|run| !matches!(run.state, State::Cancelled | State::None));
        shown.map(|run| format!("{INDENT}{}\n", self.clock(run).trim_end())).collect()
    }

    fn clock(&self, run: &Run) -> String {
        let used = format!("{} of {}", short(run.used), run.target);
        let head = format!("{:<10}", word(run.clock));
        let left = match run.state {
            State::Met => return format!("{head} met        {used}"),
            State::Breached if run.stop.is_some() => {
                return format!("{head} breached   {used}, {} too late", short(-run.remaining));
            }
            State::Breached => late(self.ctx, self.look, run),
            State::Paused => format!("paused, {} left", short(run.remaining)),
            State::Running | State::Cancelled | State::None => format!("{} left", short(run.remaining)),
        };
        let due = run.due.filter(|_| !left.contains("since"));
        let due = due.map_or(String::new(), |due| format!(", {}", moment(self.ctx, self.look, due)));
        let bar = chart::gauge(run.percent(), BAR, self.ctx.ui.style.utf8);
        let look = if run.is_late() { Look::Urgent } else { Look::Plain };
        format!("{head} {}  {used:<16} {}", bar, self.ctx.ui.styled(&format!("{left}{due}"), look))
    }
}
