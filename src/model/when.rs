//! Dates, times and durations as people type them; all relative to a given now and zone.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Which of two readings is meant where a word fits both, as `fri` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Past,
    Coming,
}

/// `30m`, `4h`, `2d`, `1w`, `1h30m`, `1h 30m` in seconds.
pub fn duration(text: &str) -> Option<i64> {
    let mut total = 0_i64;
    let mut number = String::new();
    for c in text.chars().filter(|c| *c != ' ') {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match c {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        number.clear();
    }
    (number.is_empty() && !text.trim().is_empty()).then_some(total)
}

/// A moment that has been: a weekday is the last one, `2d` is two days ago.
pub fn past(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    moment(text, now, zone, Side::Past)
}

/// A moment to come: a weekday is the next one, `2d` is in two days; a day alone is its last second.
pub fn coming(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    moment(text, now, zone, Side::Coming)
}

fn moment(text: &str, now: Timestamp, zone: &TimeZone, side: Side) -> Option<Timestamp> {
    let text = text.trim();
    if text == "now" {
        return Some(now);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    if let Some(seconds) = text.strip_prefix('-').map_or_else(|| duration(text), duration) {
        let seconds = if side == Side::Past || text.starts_with('-') { -seconds } else { seconds };
        return Timestamp::from_second(now.as_second().checked_add(seconds)?).ok();
    }
    let today = now.to_zoned_datetime(zone.clone()).date();
    if let Ok(local) = text.parse::<DateTime>()
        && text.contains([':'])
    {
        return at(local, zone);
    }
    if let Ok(clock) = text.parse::<Time>() {
        return at(today.to_datetime(clock), zone);
    }
    if let Some((day, clock)) = text.split_once(' ')
        && let (Some(day), Ok(clock)) = (day_of(day, today, side), clock.parse::<Time>())
    {
        return at(day.to_datetime(clock), zone);
    }
    let (start, end) = period_of(text, today, zone, side)?;
    match side {
        Side::Past => Some(start),
        Side::Coming => Timestamp::from_second(end.as_second() - 1).ok(),
    }
}

/// A day to come, when the text is one and nothing more: `fri`, `2026-12-01`, `tomorrow`.
pub fn coming_day(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Date> {
    day_of(text.trim(), now.to_zoned_datetime(zone.clone()).date(), Side::Coming)
}

fn at(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_zoned_datetime(local).compatible().ok().map(|zoned| zoned.timestamp())
}

/// A day, week, month or year as `[start, end)`: `2026-11-24`, `today`, `monday`, `2026-11`, `2026-W47`, `2026-Q4`, `2026`,
/// `this-` or `last-week`, `-month`, `-quarter`, `-year`, also with a blank; an RFC 3339 time is its second.
pub fn period(text: &str, now: Timestamp, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some((time, Timestamp::from_second(time.as_second() + 1).ok()?));
    }
    period_of(text, now.to_zoned_datetime(zone.clone()).date(), zone, Side::Past)
}

fn period_of(text: &str, today: Date, zone: &TimeZone, side: Side) -> Option<(Timestamp, Timestamp)> {
    let (start, end) = dates(text, today, side)?;
    Some((at(start.at(0, 0, 0, 0), zone)?, at(end.at(0, 0, 0, 0), zone)?))
}

fn dates(text: &str, today: Date, side: Side) -> Option<(Date, Date)> {
    let month = |date: Date| Some((date.first_of_month(), date.first_of_month().checked_add(1.month()).ok()?));
    let week = |date: Date| {
        let monday = date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).ok()?;
        Some((monday, monday.checked_add(7.days()).ok()?))
    };
    let quarter = |year: i16, number: i8| {
        let first = Date::new(year, number * 3 - 2, 1).ok()?;
        Some((first, first.checked_add(3.months()).ok()?))
    };
    let year = |year: i16| Some((Date::new(year, 1, 1).ok()?, Date::new(year.checked_add(1)?, 1, 1).ok()?));
    let quarter_of = |date: Date| quarter(date.year(), (date.month() + 2) / 3);
    match text.replace(' ', "-").as_str() {
        "this-year" => return year(today.year()),
        "last-year" => return year(today.year() - 1),
        "this-quarter" => return quarter_of(today),
        "last-quarter" => return quarter_of(today.checked_sub(3.months()).ok()?),
        "this-month" => return month(today),
        "last-month" => return month(today.checked_sub(1.month()).ok()?),
        "this-week" => return week(today),
        "last-week" => return week(today.checked_sub(7.days()).ok()?),
        _ => {}
    }
    if let Some((year, number)) = text.split_once("-W") {
        let date =
            jiff::civil::ISOWeekDate::new(year.parse().ok()?, number.parse().ok()?, Weekday::Monday).ok()?.date();
        return week(date);
    }
    if let Some((year, number)) = text.split_once("-Q") {
        return quarter(year.parse().ok()?, number.parse().ok().filter(|number| (1..=4).contains(number))?);
    }
    if let [year, number] = text.split('-').collect::<Vec<_>>().as_slice()
        && year.len() == 4
    {
        return month(Date::new(year.parse().ok()?, number.parse().ok()?, 1).ok()?);
    }
    if text.len() == 4
        && let Ok(number) = text.parse::<i16>()
    {
        return year(number);
    }
    let day = day_of(text, today, side)?;
    Some((day, day.checked_add(1.day()).ok()?))
}

fn day_of(text: &str, today: Date, side: Side) -> Option<Date> {
    match text {
        "today" => return Some(today),
        "yesterday" => return today.yesterday().ok(),
        "tomorrow" => return today.tomorrow().ok(),
        _ => {}
    }
    if text.len() == 10 {
        return text.parse().ok();
    }
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let full = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let wanted = names.iter().zip(full).position(|(short, long)| *short == text || long == text)?;
    let ahead = (wanted as i64 - i64::from(today.weekday().to_monday_zero_offset())).rem_euclid(7);
    match side {
        Side::Coming => today.checked_add(if ahead == 0 { 7 } else { ahead }.days()).ok(),
        Side::Past => today.checked_sub(((7 - ahead) % 7).days()).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Timestamp {
        // A Tuesday.
        "2026-11-24T10:42:00Z".parse().unwrap()
    }

    #[test]
    fn durations_add_up() {
        assert_eq!(duration("1h 30m"), Some(5_400));
        assert_eq!(duration("2d"), Some(172_800));
        assert_eq!([duration("5"), duration("x"), duration(""), duration("9999999999999999w")], [None; 4]);
    }

    #[test]
    fn a_weekday_is_the_last_or_the_next_one() {
        let past = |text| past(text, now(), &TimeZone::UTC).map(|time| time.to_string());
        let coming = |text| coming(text, now(), &TimeZone::UTC).map(|time| time.to_string());
        assert_eq!(past("fri").as_deref(), Some("2026-11-20T00:00:00Z"));
        assert_eq!(past("tue").as_deref(), Some("2026-11-24T00:00:00Z"));
        assert_eq!(coming("fri").as_deref(), Some("2026-11-27T23:59:59Z"));
        assert_eq!(coming("tue").as_deref(), Some("2026-12-01T23:59:59Z"));
        assert_eq!(coming("2h").as_deref(), Some("2026-11-24T12:42:00Z"));
        assert_eq!(past("2h").as_deref(), Some("2026-11-24T08:42:00Z"));
        assert_eq!(coming("14:30").as_deref(), Some("2026-11-24T14:30:00Z"));
        assert_eq!(coming("tomorrow 09:00").as_deref(), Some("2026-11-25T09:00:00Z"));
    }

    #[test]
    fn periods_are_half_open() {
        let period = |text| period(text, now(), &TimeZone::UTC).map(|(a, b)| (a.to_string(), b.to_string()));
        let days = |a: &str, b: &str| Some((format!("{a}T00:00:00Z"), format!("{b}T00:00:00Z")));
        assert_eq!(period("2026-W47"), days("2026-11-16", "2026-11-23"));
        assert_eq!(period("2026-11"), days("2026-11-01", "2026-12-01"));
        assert_eq!(period("last-month"), days("2026-10-01", "2026-11-01"));
        assert_eq!(period("yesterday"), days("2026-11-23", "2026-11-24"));
        assert_eq!(period("2026-Q4"), days("2026-10-01", "2027-01-01"));
        assert_eq!(period("2026-Q5"), None);
        assert_eq!(period("2026"), days("2026-01-01", "2027-01-01"));
        assert_eq!(period("last-quarter"), days("2026-07-01", "2026-10-01"));
        assert_eq!(period("this quarter"), days("2026-10-01", "2027-01-01"));
        assert_eq!(period("last year"), days("2025-01-01", "2026-01-01"));
        assert_eq!(period("last week"), days("2026-11-16", "2026-11-23"));
    }

    proptest! {
        #[test]
        fn no_words_break_the_reader(text in "\\PC{0,20}") {
            let _ = (duration(&text), past(&text, now(), &TimeZone::UTC), period(&text, now(), &TimeZone::UTC));
        }
    }
}
