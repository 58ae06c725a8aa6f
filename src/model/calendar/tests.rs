//! The arithmetic against an oracle that looks at every minute, and the rules one by one.

use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::{Pause, Schedule};
use crate::model::policy::{Calendar, Holiday, Hours, Span};

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

fn hours(text: &str) -> Vec<Hours> {
    text.split_whitespace().map(|span| Hours::parse(span).unwrap()).collect()
}

fn calendar(zone: &str, day: &str, days: usize) -> Calendar {
    let week = std::array::from_fn(|at| if at < days { hours(day) } else { Vec::new() });
    Calendar { timezone: zone.to_owned(), hours: week, ..Calendar::default() }
}

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

fn said(second: Option<i64>) -> String {
    second.map_or("never".to_owned(), |second| Timestamp::from_second(second).unwrap().to_string())
}

/// Which minutes are worked, found by looking at the clock on the wall minute after minute.
struct Oracle {
    first: i64,
    open: Vec<bool>,
}

impl Oracle {
    /// Of two days before and some days after a moment.
    fn new(calendar: &Calendar, from: i64, days: i64) -> Oracle {
        let zone = TimeZone::get(&calendar.timezone).unwrap();
        let first = from - 2 * DAY;
        let count = (days + 4) * 24 * 60;
        let walls: Vec<DateTime> = (0..count)
            .map(|minute| zone.to_datetime(Timestamp::from_second(first + minute * MINUTE).unwrap()))
            .collect();
        let mut open = vec![false; walls.len()];
        let mut dates: Vec<Date> = walls.iter().map(|wall| wall.date()).collect();
        dates.sort_unstable();
        dates.dedup();
        // The first and the last day are not whole.
        for day in &dates[1..dates.len() - 1] {
            for span in calendar.hours_on(*day) {
                let edge = |minutes: u16| day.at(0, 0, 0, 0) + i64::from(minutes).minutes();
                let (start, end) = (Oracle::index(&walls, edge(span.start)), Oracle::index(&walls, edge(span.end)));
                (start..end).for_each(|minute| open[minute] = true);
            }
        }
        Oracle { first, open }
    }

    /// The first minute with that wall time, else that many minutes behind the jump as it is behind the jump's start.
    fn index(walls: &[DateTime], edge: DateTime) -> usize {
        if let Some(index) = walls.iter().position(|wall| *wall == edge) {
            return index;
        }
        let jump = walls.windows(2).position(|pair| pair[0] < edge && edge < pair[1]).unwrap();
        let behind = edge.duration_since(walls[jump]).as_mins();
        jump + usize::try_from(behind).unwrap()
    }

    fn counts(&self, minute: i64, pauses: &[Pause]) -> bool {
        let open = self.open[usize::try_from((minute - self.first) / MINUTE).unwrap()];
        open && !pauses.iter().any(|pause| pause.from <= minute && pause.to.is_none_or(|to| minute < to))
    }

    fn elapsed(&self, from: i64, to: i64, pauses: &[Pause]) -> i64 {
        (0..(to - from) / MINUTE).filter(|minute| self.counts(from + minute * MINUTE, pauses)).count() as i64 * MINUTE
    }

    /// The end of the minute in which the target is used up, if it is within so many days.
    fn due(&self, from: i64, target: i64, pauses: &[Pause], days: i64) -> Option<i64> {
        let mut left = target;
        for minute in (0..days * 24 * 60).map(|minute| from + minute * MINUTE) {
            if !self.counts(minute, pauses) {
                continue;
            }
            if left == 0 {
                return Some(minute);
            }
            left -= MINUTE;
            if left == 0 {
                return Some(minute + MINUTE);
            }
        }
        None
    }
}

/// Zones with a day near which their clocks do something.
const ZONES: &[(&str, &str)] = &[
    ("Europe/Berlin", "2026-03-29T00:00:00Z"),
    ("Europe/Berlin", "2026-10-25T00:00:00Z"),
    ("America/New_York", "2026-03-08T05:00:00Z"),
    ("America/New_York", "2026-11-01T05:00:00Z"),
    // Half an hour of summer time.
    ("Australia/Lord_Howe", "2026-10-03T15:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    // Clocks changed at midnight.
    ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
    ("America/Sao_Paulo", "2018-02-18T02:00:00Z"),
    ("Asia/Kolkata", "2026-06-01T00:00:00Z"),
    ("Asia/Kathmandu", "2026-12-31T18:15:00Z"),
    // 30 December 2011 was skipped.
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
];

fn calendars() -> impl Strategy<Value = (Calendar, i64)> {
    let spans = prop::sample::select(vec![
        "00:00-24:00",
        "09:00-17:00",
        "08:30-12:30 13:00-17:00",
        "00:00-00:30 22:00-24:00",
        "01:30-02:30",
        "02:15-02:45 02:50-04:00",
        "00:30-02:30 03:00-03:30",
    ]);
    (prop::sample::select(ZONES), spans, 1..=7_usize, -3..=3_i64, 0..1440_i64).prop_map(
        |((zone, near), day, days, before, minute)| {
            let mut calendar = calendar(zone, day, days);
            calendar.holidays = vec![Holiday::Yearly { month: 1, day: 1 }];
            calendar.exceptions.insert(date(2026, 10, 24), hours("10:00-11:00"));
            (calendar, at(near) + before * DAY + minute * MINUTE)
        },
    )
}

fn pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0..5 * 1440_i64, 0..2 * 1440_i64), 0..4)
}

proptest! {
    #[test]
    fn every_minute_is_counted_once((calendar, from) in calendars(), minutes in 0..6 * 1440_i64, pauses in pauses()) {
        let pauses: Vec<Pause> = pauses.into_iter()
            .map(|(start, long)| Pause::new(from + start * MINUTE, from + (start + long) * MINUTE)).collect();
        let oracle = Oracle::new(&calendar, from, 7);
        let to = from + minutes * MINUTE;
        prop_assert_eq!(Schedule::new(calendar).elapsed(from, to, &pauses), oracle.elapsed(from, to, &pauses));
    }

    #[test]
    fn due_is_when_the_target_is_used_up((calendar, from) in calendars(), target in 0..2_000_i64, pauses in pauses()) {
        let pauses: Vec<Pause> = pauses.into_iter()
            .map(|(start, long)| Pause::new(from + start * MINUTE, from + (start + long) * MINUTE)).collect();
        let oracle = Oracle::new(&calendar, from, 12);
        let schedule = Schedule::new(calendar);
        let target = target * MINUTE;
        let due = schedule.due(from, Span::Seconds(target), &pauses);
        match oracle.due(from, target, &pauses, 12) {
            Some(expected) => prop_assert_eq!(said(due), said(Some(expected))),
            None => prop_assert!(due.is_none_or(|due| due >= from + 12 * DAY), "{}", said(due)),
        }
    }

    #[test]
    fn what_is_due_is_used_up_then_and_not_a_second_before(
        (calendar, from) in calendars(), target in 1..500_000_i64, offset in 0..60_i64
    ) {
        let schedule = Schedule::new(calendar);
        let from = from + offset;
        if let Some(due) = schedule.due(from, Span::Seconds(target), &[]) {
            prop_assert_eq!(schedule.elapsed(from, due, &[]), target);
            prop_assert_eq!(schedule.elapsed(from, due - 1, &[]), target - 1);
        }
    }
}

fn office() -> Schedule {
    Schedule::new(calendar("Europe/Amsterdam", "08:30-12:30 13:00-17:00", 5))
}

#[test]
fn a_target_that_ends_at_closing_time_is_due_then() {
    // Friday 27 November 2026, 15:00 in Amsterdam.
    let due = |target| said(office().due(at("2026-11-27T14:00:00Z"), Span::Seconds(target), &[]));
    assert_eq!(due(2 * 3_600), "2026-11-27T16:00:00Z");
    assert_eq!(due(2 * 3_600 + 1), "2026-11-30T07:30:01Z");
    let saturday = |target| said(office().due(at("2026-11-28T14:00:00Z"), Span::Seconds(target), &[]));
    assert_eq!(saturday(0), "2026-11-30T07:30:00Z", "of nothing: the first working moment");
}

#[test]
fn working_days_keep_the_wall_time_over_a_change_of_clocks() {
    let due =
        |start: &str, span: &str, pauses: &[Pause]| said(office().due(at(start), Span::parse(span).unwrap(), pauses));
    // Summer time ends on Sunday 25 October 2026.
    assert_eq!(due("2026-10-23T08:00:00Z", "1bd", &[]), "2026-10-26T09:00:00Z");
    assert_eq!(due("2026-10-23T08:00:00Z", "5bd end", &[]), "2026-10-30T16:00:00Z");
    assert_eq!(due("2026-10-23T08:00:00Z", "0bd end", &[]), "2026-10-23T15:00:00Z");
    assert_eq!(due("2026-10-23T16:00:00Z", "0bd end", &[]), "2026-10-26T16:00:00Z", "never before the start");
    assert_eq!(due("2026-10-23T16:00:00Z", "1bd", &[]), "2026-10-27T07:30:00Z", "moved to the next opening");
    let hour = Pause::new(at("2026-10-23T08:00:00Z"), at("2026-10-23T09:00:00Z"));
    assert_eq!(due("2026-10-23T08:00:00Z", "1bd", &[hour]), "2026-10-26T10:00:00Z", "a pause comes at the end");
    let weekend = Pause::new(at("2026-10-23T15:00:00Z"), at("2026-10-26T07:30:00Z"));
    assert_eq!(
        due("2026-10-23T08:00:00Z", "1bd", &[weekend]),
        "2026-10-26T09:00:00Z",
        "one outside hours moves nothing"
    );
}

#[test]
fn a_calendar_that_never_opens_ends() {
    let never = Schedule::new(calendar("UTC", "", 7));
    assert_eq!(never.due(0, Span::Seconds(1), &[]), None);
    assert_eq!(never.due(0, Span::WorkingDays(1), &[]), None);
    assert_eq!(never.opening(0), None);
    let always = Schedule::new(calendar("UTC", "00:00-24:00", 7));
    assert_eq!(always.due(0, Span::Seconds(i64::MAX / 2), &[]), None);
    assert_eq!(always.due(i64::MAX, Span::Seconds(1), &[]), None);
    assert_eq!(
        always.elapsed(i64::MIN, i64::MAX, &[]),
        always.elapsed(at("1900-01-01T00:00:00Z"), at("2300-01-01T00:00:00Z"), &[])
    );
}

#[test]
fn a_pause_without_an_end_leaves_nothing_due_behind_it() {
    let start = at("2026-11-24T08:00:00Z");
    let pause = Pause { from: start + 3_600, to: None };
    assert_eq!(office().due(start, Span::Seconds(3_600), &[pause]), Some(start + 3_600));
    assert_eq!(office().due(start, Span::Seconds(3_601), &[pause]), None);
    assert_eq!(office().elapsed(start, start + DAY, &[pause]), 3_600);
}

#[test]
fn a_day_that_was_skipped_has_no_hours() {
    let apia = Schedule::new(calendar("Pacific/Apia", "09:00-17:00", 5));
    // Thursday 29 December 2011 was followed by Saturday.
    let thursday = at("2011-12-29T19:00:00Z");
    assert_eq!(said(apia.due(thursday, Span::Seconds(8 * 3_600 + 1), &[])), "2012-01-01T19:00:01Z");
}
