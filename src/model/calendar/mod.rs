//! Working time: when a target is used up and how much of it is, by the hours of one calendar.
//!
//! All times are whole seconds since 1970; spans are half-open, `[start, end)`.

mod days;
mod pauses;
#[cfg(test)]
mod tests;
mod year;

pub use pauses::Pause;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::policy::{Calendar, Span};
use pauses::merged;
use year::{FIRST, Opening, Year, Years};

/// A year without hours in a row, after so many of which there are none to wait for.
const PATIENCE: i16 = 20;

/// A calendar made ready to count with. What it has worked out is kept, for all threads.
#[derive(Debug)]
pub struct Schedule {
    calendar: Calendar,
    zone: TimeZone,
    years: Years,
}

impl Schedule {
    /// A calendar that was read has a zone that is known; any other is counted in UTC.
    pub fn new(calendar: Calendar) -> Schedule {
        let zone = TimeZone::get(&calendar.timezone).unwrap_or(TimeZone::UTC);
        Schedule { calendar, zone, years: Years::default() }
    }

    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Working seconds of `[from, to)` outside the pauses; 0 where it ends before it begins.
    pub fn elapsed(&self, from: i64, to: i64, pauses: &[Pause]) -> i64 {
        let paused = |pause: &Pause| self.worked(pause.from.max(from), pause.to.unwrap_or(to).min(to));
        self.worked(from, to) - merged(pauses).iter().map(paused).sum::<i64>()
    }

    /// The earliest moment at which the target is used up, with working time outside the pauses; of nothing the first
    /// working moment. `None` when it is never, which is also so within a pause without an end, and where it would be
    /// after the year 2299.
    pub fn due(&self, from: i64, target: Span, pauses: &[Pause]) -> Option<i64> {
        let (days, end) = match target {
            Span::Seconds(seconds) => return self.walk(from, seconds, pauses),
            Span::WorkingDays(days) => (days, false),
            Span::EndOfWorkingDay(days) => (days, true),
        };
        // Pauses come at the end, in working time.
        let unpaused = self.days_after(from, days, end)?;
        let paused = self.worked(from, unpaused) - self.elapsed(from, unpaused, pauses);
        if paused == 0 { Some(unpaused) } else { self.walk(unpaused, paused, pauses) }
    }

    /// The target in working seconds, from that start.
    pub fn seconds(&self, from: i64, target: Span) -> Option<i64> {
        match target {
            Span::Seconds(seconds) => Some(seconds),
            Span::WorkingDays(_) | Span::EndOfWorkingDay(_) => Some(self.worked(from, self.due(from, target, &[])?)),
        }
    }

    /// The opening that a moment is in, else the next one.
    pub fn opening(&self, at: i64) -> Option<(i64, i64)> {
        let open = |opening: &Opening| (opening.start, opening.end);
        let first = self.year_of(at);
        (first..first.saturating_add(PATIENCE)).find_map(|year| self.year(year)?.from(at).map(open))
    }

    pub fn is_open(&self, at: i64) -> bool {
        self.opening(at).is_some_and(|(start, _)| start <= at)
    }

    /// When the working day ends that `day` is, else the next one; `None` when none comes within a year.
    pub fn end_of_working_day(&self, day: Date) -> Option<i64> {
        self.end_of(self.working_day(day)?)
    }

    fn walk(&self, from: i64, target: i64, pauses: &[Pause]) -> Option<i64> {
        let (mut at, mut left) = (from, target);
        for pause in merged(pauses) {
            if pause.to.is_some_and(|to| to <= at) {
                continue;
            }
            let worked = self.worked(at, pause.from);
            if worked > 0 && worked >= left {
                break;
            }
            left -= worked;
            at = at.max(pause.to?);
        }
        self.advance(at, left)
    }

    /// The earliest moment with that much working time since `from`; of nothing the first working moment.
    fn advance(&self, from: i64, mut left: i64) -> Option<i64> {
        let first = self.year_of(from);
        let mut idle = 0;
        for number in first.. {
            let year = self.year(number)?;
            // A year's hours may begin before `from`.
            let gone = if number == first { year.worked_until(from) } else { 0 };
            let ahead = year.total() - gone;
            if ahead > 0 && ahead >= left {
                return year.moment(gone + left, from);
            }
            left -= ahead;
            idle = if ahead == 0 { idle + 1 } else { 0 };
            if idle > PATIENCE {
                return None;
            }
        }
        None
    }

    /// Working seconds of `[from, to)`.
    fn worked(&self, from: i64, to: i64) -> i64 {
        if from >= to {
            return 0;
        }
        let (first, last) = (self.year_of(from), self.year_of(to));
        let whole: i64 = (first..last).filter_map(|year| Some(self.year(year)?.total())).sum();
        let until = |year: i16, at: i64| self.year(year).map_or(0, |year| year.worked_until(at));
        whole + until(last, to) - until(first, from)
    }

    fn year_of(&self, at: i64) -> i16 {
        let time = Timestamp::from_second(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX });
        self.zone.to_datetime(time).year().max(FIRST)
    }

    /// `None` for a year too far away.
    fn year(&self, number: i16) -> Option<&Year> {
        self.years.get(number, || Year::of(number, &self.calendar, &self.zone))
    }
}
