//! One year's hours as moments, with running sums, so that counting costs a search and not a walk.

use std::sync::OnceLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::model::policy::Calendar;

/// Years that are counted with; others have no hours.
pub const FIRST: i16 = 1900;
const LAST: i16 = 2299;

#[derive(Debug)]
pub struct Years(Box<[OnceLock<Year>]>);

impl Default for Years {
    fn default() -> Years {
        Years((FIRST..=LAST).map(|_| OnceLock::new()).collect())
    }
}

impl Years {
    pub fn get(&self, number: i16, make: impl FnOnce() -> Year) -> Option<&Year> {
        let slot = self.0.get(usize::try_from(number.checked_sub(FIRST)?).ok()?)?;
        Some(slot.get_or_init(make))
    }
}

/// A span of working time, and the working seconds of its year before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    pub start: i64,
    pub end: i64,
    before: i64,
}

/// The openings of the days of one year, in order, without overlaps.
#[derive(Debug)]
pub struct Year(Vec<Opening>);

impl Year {
    pub fn of(number: i16, calendar: &Calendar, zone: &TimeZone) -> Year {
        let mut openings: Vec<Opening> = Vec::new();
        let first = Date::new(number, 1, 1).ok();
        let days = std::iter::successors(first, |day| day.tomorrow().ok()).take_while(|day| day.year() == number);
        let mut midnight = first.and_then(|day| moment(zone, day, 0));
        for day in days {
            let next = moment(zone, day, WHOLE);
            for (start, end) in spans(day, (midnight, next), calendar, zone) {
                let (last, before) =
                    openings.last().map_or((i64::MIN, 0), |last| (last.end, last.before + last.end - last.start));
                // Hours that a change of clocks moved into the next ones count once.
                let start = start.max(last);
                if start < end {
                    openings.push(Opening { start, end, before });
                }
            }
            midnight = next;
        }
        Year(openings)
    }

    pub fn total(&self) -> i64 {
        self.0.last().map_or(0, |last| last.before + last.end - last.start)
    }

    /// Working seconds before a moment.
    pub fn worked_until(&self, at: i64) -> i64 {
        let begun = self.0.partition_point(|opening| opening.start < at);
        self.0[..begun].last().map_or(0, |opening| opening.before + opening.end.min(at) - opening.start)
    }

    /// The earliest moment, not before `from`, at which so many working seconds of the year are over; where none are
    /// to be counted since `from`, the first working moment.
    pub fn moment(&self, worked: i64, from: i64) -> Option<i64> {
        if self.worked_until(from) == worked {
            return self.from(from).map(|opening| opening.start.max(from));
        }
        let after = self.0.partition_point(|opening| opening.before < worked);
        self.0[..after].last().map(|opening| opening.start + worked - opening.before)
    }

    /// The opening that a moment is in, else the next one of the year.
    pub fn from(&self, at: i64) -> Option<&Opening> {
        self.0.get(self.0.partition_point(|opening| opening.end <= at))
    }
}

/// Minutes of a day without a change of clocks.
const WHOLE: u16 = 24 * 60;

/// The hours of one day as moments, in order. A local time that does not exist is moved forward by the gap, of one that
/// exists twice the first is taken; so a span may be empty, and is left out. A day that the zone skipped has none.
pub fn of_day(day: Date, calendar: &Calendar, zone: &TimeZone) -> impl Iterator<Item = (i64, i64)> {
    spans(day, (moment(zone, day, 0), moment(zone, day, WHOLE)), calendar, zone)
}

/// The same for a day that begins and ends at these moments. Where the clocks do not change, which is on nearly all
/// days, its times are counted from its beginning: asking the zone for each takes far longer.
fn spans(
    day: Date,
    (midnight, next): (Option<i64>, Option<i64>),
    calendar: &Calendar,
    zone: &TimeZone,
) -> impl Iterator<Item = (i64, i64)> {
    let plain = midnight.zip(next).filter(|(midnight, next)| next - midnight == i64::from(WHOLE) * 60);
    let hours = if midnight == next { &[] } else { calendar.hours_on(day) };
    let at = move |minutes: u16| match plain {
        Some((midnight, _)) => Some(midnight + i64::from(minutes) * 60),
        None => moment(zone, day, minutes),
    };
    let spans = hours.iter().filter_map(move |hours| Some((at(hours.start)?, at(hours.end)?)));
    spans.filter(|(start, end)| start < end)
}

/// The moment of a wall time, in minutes after the midnight that a day begins with.
fn moment(zone: &TimeZone, day: Date, minutes: u16) -> Option<i64> {
    let local = day.at(0, 0, 0, 0).checked_add(i64::from(minutes).minutes()).ok()?;
    resolved(zone, local).map(Timestamp::as_second)
}

/// When a local time is: the first of two, moved by the gap where there is none.
pub fn resolved(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(local).compatible().ok()
}
