//! What a report is asked about.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Window;
use super::basis::Basis;
use super::group::Group;
use super::period::{Period, Unit};
use super::ruler::Ruler;

/// Seconds of a day.
pub const DAY: i64 = 86_400;
/// The span of a report that needs one where none is asked for, in seconds.
const USUAL: i64 = 30 * DAY;

/// The question: nothing in a report depends on anything else than this and the tickets.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub desk: &'a str,
    pub window: Window,
    /// Until when things are known, in seconds since 1970.
    pub now: i64,
    pub zone: &'a TimeZone,
    /// Periods of what is told by period.
    pub unit: Unit,
    /// How long things took.
    pub ruler: Ruler<'a>,
    /// By what rows are told apart.
    pub groups: &'a [Group],
    /// Whether the tickets that the figures rest on are wanted.
    pub opened: bool,
    /// The short name of a ticket.
    pub handle: &'a dyn Fn(&str) -> String,
}

impl Asked<'_> {
    /// The moment that what is open is counted at: the end of the window, or now where that is still to come.
    pub fn moment(&self) -> i64 {
        self.window.1.map_or(self.now, |until| (until - 1).min(self.now))
    }

    /// `[from, to)`: what was asked for, up to now where no end is, the 30 days before the end where no beginning is.
    pub fn span(&self) -> (i64, i64) {
        let to = self.window.1.unwrap_or(self.now + 1);
        let from = self.window.0.unwrap_or(to.saturating_sub(USUAL));
        (from.min(to - 1), to)
    }

    /// The span, or the one that lies `steps` after it: the calendar's next where the span is one of the calendar's.
    pub fn period(&self, steps: i64) -> Period {
        let (from, to) = self.span();
        Period::like(from, to, steps, self.zone)
    }

    /// The tickets that the figures rest on, where they are wanted.
    pub fn basis(&self, basis: impl FnOnce() -> Basis) -> Basis {
        if self.opened { basis() } else { Basis::default() }
    }

    pub fn day(&self, at: i64) -> Date {
        Timestamp::from_second(at).unwrap_or_default().to_zoned_datetime(self.zone.clone()).date()
    }

    /// The span in days, as a heading has it.
    pub fn days(&self) -> String {
        let (from, to) = self.span();
        format!("{} – {}", self.day(from), self.day(to - 1))
    }
}
