//! Days and times of an iCalendar file, and rules by which they come back each year.

use jiff::Span;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A moment of wall time, and whether a time of day was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub at: DateTime,
    pub timed: bool,
}

/// Reads `20261225`, `20261225T090000` or, in UTC, `20261224T230000Z`, which is brought to the zone. Midnight of UTC is
/// how many programs write a day, so it is the day as it stands: brought to the zone, holidays would begin at two.
pub fn moment(text: &str, zone: &TimeZone) -> Option<Moment> {
    let (text, utc) = text.strip_suffix('Z').map_or((text, false), |text| (text, true));
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'T') {
        return None;
    }
    let (day, time) = text.split_once('T').map_or((text, None), |(day, time)| (day, Some(time)));
    let number = |text: &str| text.parse::<i16>().ok();
    let pair = |text: &str| text.parse::<i8>().ok();
    if day.len() != 8 || time.is_some_and(|time| time.len() != 6) {
        return None;
    }
    let day = Date::new(number(&day[..4])?, pair(&day[4..6])?, pair(&day[6..])?).ok()?;
    let Some(time) = time else { return Some(Moment { at: day.at(0, 0, 0, 0), timed: false }) };
    let time = Time::new(pair(&time[..2])?, pair(&time[2..4])?, pair(&time[4..])?, 0).ok()?;
    let at = DateTime::from_parts(day, time);
    if utc && time == Time::midnight() {
        return Some(Moment { at, timed: false });
    }
    let at = if utc { zone.to_datetime(TimeZone::UTC.to_timestamp(at).ok()?) } else { at };
    Some(Moment { at, timed: true })
}

/// The end of what lasts `P1D`, `P1W` or `PT8H` from a start on.
pub fn after(start: DateTime, duration: &str) -> Option<DateTime> {
    start.checked_add(duration.parse::<Span>().ok()?).ok()
}

/// `RRULE:FREQ=YEARLY` with what keeps to the day of the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Yearly {
    every: i16,
    until: Option<Date>,
    count: Option<u32>,
}

/// Days are written down up to the end of this year.
const HORIZON: i16 = 2100;

impl Yearly {
    /// `None` for a rule that means other days than the same one of each year.
    pub fn parse(rule: &str, start: Date, zone: &TimeZone) -> Option<Yearly> {
        let mut yearly = Yearly { every: 1, until: None, count: None };
        let mut is_yearly = false;
        for part in rule.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name.to_ascii_uppercase().as_str() {
                "FREQ" => is_yearly = value.eq_ignore_ascii_case("YEARLY"),
                "INTERVAL" => yearly.every = value.parse().ok().filter(|every| *every > 0)?,
                "COUNT" => yearly.count = Some(value.parse().ok()?),
                "UNTIL" => yearly.until = Some(moment(value, zone)?.at.date()),
                "BYMONTH" if value.parse() == Ok(start.month()) => {}
                "BYMONTHDAY" if value.parse() == Ok(start.day()) => {}
                "WKST" => {}
                _ => return None,
            }
        }
        is_yearly.then_some(yearly)
    }

    /// Whether it comes back for ever.
    pub fn is_endless(self) -> bool {
        self.until.is_none() && self.count.is_none()
    }

    /// The days, from the first one on. A 29 February comes in leap years only.
    pub fn days(self, start: Date) -> impl Iterator<Item = Date> {
        let years = (start.year()..=HORIZON).step_by(usize::from(self.every.unsigned_abs()));
        let days = years.filter_map(move |year| Date::new(year, start.month(), start.day()).ok());
        let count = self.count.map_or(usize::MAX, |count| count as usize);
        days.take_while(move |day| self.until.is_none_or(|until| *day <= until)).take(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn zone() -> TimeZone {
        TimeZone::get("Europe/Amsterdam").unwrap()
    }

    #[test]
    fn a_moment_is_a_day_or_a_time_and_utc_is_brought_to_the_zone() {
        let at = |text: &str| moment(text, &zone()).map(|moment| (moment.at.to_string(), moment.timed));
        assert_eq!(at("20261225"), Some(("2026-12-25T00:00:00".into(), false)));
        assert_eq!(at("20261225T093000"), Some(("2026-12-25T09:30:00".into(), true)));
        assert_eq!(at("20261224T230000Z"), Some(("2026-12-25T00:00:00".into(), true)));
        assert_eq!(at("20260403T000000Z"), Some(("2026-04-03T00:00:00".into(), false)));
        for bad in ["", "Z", "T", "2026-12-25", "20261325", "20260230", "20261225T", "20261225T2500", "20261225T250000"]
        {
            assert_eq!(at(bad), None, "{bad}");
        }
        assert_eq!(at("2026é225"), None);
        assert_eq!(at("99991231T235959Z"), None, "beyond the last instant");
    }

    fn days(rule: &str, start: Date) -> Option<Vec<String>> {
        let rule = Yearly::parse(rule, start, &zone())?;
        Some(rule.days(start).map(|day| day.to_string()).collect())
    }

    #[test]
    fn a_yearly_rule_ends_by_number_by_day_or_with_the_century() {
        let christmas = date(2026, 12, 25);
        assert_eq!(days("FREQ=YEARLY;COUNT=2", christmas).unwrap(), ["2026-12-25", "2027-12-25"]);
        assert_eq!(
            days("FREQ=YEARLY;UNTIL=20281225;BYMONTH=12;BYMONTHDAY=25", christmas).unwrap(),
            ["2026-12-25", "2027-12-25", "2028-12-25"]
        );
        assert_eq!(days("FREQ=YEARLY;INTERVAL=2;COUNT=2", christmas).unwrap(), ["2026-12-25", "2028-12-25"]);
        assert_eq!(days("FREQ=YEARLY;COUNT=2", date(2028, 2, 29)).unwrap(), ["2028-02-29", "2032-02-29"]);
        assert_eq!(days("freq=yearly;wkst=MO", christmas).unwrap().len(), 75);
        assert_eq!(days("FREQ=YEARLY;COUNT=0", christmas).unwrap(), [""; 0]);
    }

    #[test]
    fn a_rule_of_other_days_is_none() {
        for rule in [
            "",
            "FREQ=MONTHLY",
            "FREQ=YEARLY;BYDAY=1MO",
            "FREQ=YEARLY;BYMONTH=1,12",
            "FREQ=YEARLY;BYMONTHDAY=-1",
            "FREQ=YEARLY;INTERVAL=0",
            "FREQ=YEARLY;UNTIL=x",
            "FREQ",
        ] {
            assert_eq!(days(rule, date(2026, 12, 25)), None, "{rule}");
        }
    }
}
