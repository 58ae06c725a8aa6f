//! Times and spans as people say them, all relative to now and a zone.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How long, in its largest unit: `9m`, `2h`, `3d`.
pub fn age(seconds: i64) -> String {
    let seconds = seconds.max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// How long, in two units: `2h 42m`, `3d 6h`.
pub fn span(seconds: i64) -> String {
    let (sign, rest) = if seconds < 0 { ("−", -seconds) } else { ("", seconds) };
    let (days, hours, minutes) = (rest / 86_400, rest % 86_400 / 3_600, rest % 3_600 / 60);
    let text = match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest}s"),
        (0, 0, m) => format!("{m}m"),
        (0, h, 0) => format!("{h}h"),
        (0, h, m) => format!("{h}h {m:02}m"),
        (d, 0, _) => format!("{d}d"),
        (d, h, _) => format!("{d}d {h}h"),
    };
    format!("{sign}{text}")
}

/// Working time, never in days, which would be taken for working days; seconds where there are any: `2h 42m`, `31h 05m`,
/// `1h 00m 01s`.
pub fn working(seconds: i64) -> String {
    let (sign, rest) = if seconds < 0 { ("−", -seconds) } else { ("", seconds) };
    match (rest / 60, rest % 60) {
        (0, s) => format!("{sign}{s}s"),
        (m, 0) => format!("{sign}{}", minutes(m)),
        (m, s) if m < 60 => format!("{sign}{m}m {s:02}s"),
        (m, s) => format!("{sign}{}h {:02}m {s:02}s", m / 60, m % 60),
    }
}

/// Time spent, never in days, which would be taken for working days: `45m`, `2h`, `31h 05m`.
pub fn minutes(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m}m"),
        (h, 0) => format!("{h}h"),
        (h, m) => format!("{h}h {m:02}m"),
    }
}

/// A moment: today as clock, within the week as weekday and clock, this year as day, else with the year.
pub fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned_datetime(zone.clone()), now.to_zoned_datetime(zone.clone()));
    let days = (at.date() - now.date()).get_days().abs();
    let form = match days {
        0 => "%H:%M",
        1..=6 => "%a %H:%M",
        _ if at.year() == now.year() => "%-d %b",
        _ => "%-d %b %Y",
    };
    at.strftime(form).to_string()
}

/// A day, as [`moment`] says it, without a clock.
pub fn day(day: Date, now: Timestamp, zone: &TimeZone) -> String {
    let today = now.to_zoned_datetime(zone.clone()).date();
    let form = match (day - today).get_days() {
        0 => return "today".to_owned(),
        -6..=6 => "%a",
        _ if day.year() == today.year() => "%-d %b",
        _ => "%-d %b %Y",
    };
    day.strftime(form).to_string()
}

/// A moment in full: `Tue 24 Nov 2026 10:42`.
pub fn full(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%a %-d %b %Y %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_take_two_units() {
        let said: Vec<String> = [5, 59, 60, 3_600, 9_720, 86_400, 280_800, -9_720].map(span).into();
        assert_eq!(said, ["5s", "59s", "1m", "1h", "2h 42m", "1d", "3d 6h", "−2h 42m"]);
    }

    #[test]
    fn a_moment_is_as_short_as_it_can_be() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = time("2026-11-24T10:42:00Z");
        let said = |text| moment(time(text), now, &TimeZone::UTC);
        assert_eq!(said("2026-11-24T08:30:00Z"), "08:30");
        assert_eq!(said("2026-11-26T14:00:00Z"), "Thu 14:00");
        assert_eq!(said("2026-03-01T14:00:00Z"), "1 Mar");
        assert_eq!(said("2025-03-01T14:00:00Z"), "1 Mar 2025");
        let days = ["2026-11-24", "2026-11-27", "2026-12-24", "2027-01-02"];
        let days = days.map(|text| day(text.parse().unwrap(), now, &TimeZone::UTC));
        assert_eq!(days, ["today", "Fri", "24 Dec", "2 Jan 2027"]);
    }
}
