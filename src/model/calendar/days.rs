//! Targets in working days.

use jiff::Timestamp;
use jiff::civil::Date;

use super::Schedule;
use super::year::resolved;

/// Days without work in a row, after which there is no next working day.
const PATIENCE: usize = 366;

impl Schedule {
    /// That many working days later at the same wall time, moved to the next opening when that is outside hours; or the
    /// end of that working day. A working day is one with hours.
    pub(super) fn days_after(&self, from: i64, days: u32, end: bool) -> Option<i64> {
        let start = self.zone.to_datetime(Timestamp::from_second(from).ok()?);
        let mut day = start.date();
        for _ in 0..days {
            day = self.working_day(day.tomorrow().ok()?)?;
        }
        if end {
            // The day's work may be over already.
            let today = self.end_of_working_day(day)?;
            return if today < from { self.end_of_working_day(day.tomorrow().ok()?) } else { Some(today) };
        }
        let wall = resolved(&self.zone, day.to_datetime(start.time()))?.as_second();
        // A wall time that comes twice is the first, which may be before the start when no day is counted.
        let wall = wall.max(from);
        self.opening(wall).map(|(opens, _)| opens.max(wall))
    }

    /// A day, when it has hours, else the next one that has.
    pub(super) fn working_day(&self, day: Date) -> Option<Date> {
        let days = std::iter::successors(Some(day), |day| day.tomorrow().ok()).take(PATIENCE);
        days.into_iter().find(|day| self.end_of(*day).is_some())
    }

    /// When a day's last hours end; `None` without hours.
    pub(super) fn end_of(&self, day: Date) -> Option<i64> {
        super::year::of_day(day, &self.calendar, &self.zone).last().map(|(_, end)| end)
    }
}
