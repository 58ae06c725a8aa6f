//! The shape of `[calendars.NAME]`: when the desk works. What follows from it is computed elsewhere.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use super::desk::timezone;
use super::section::{Found, Section};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calendar {
    /// An IANA name.
    pub timezone: String,
    /// Monday first; each day sorted, without overlaps.
    pub hours: [Vec<Hours>; 7],
    /// Days without hours.
    pub holidays: Vec<Holiday>,
    /// Files of the desk that list more of them.
    pub ics: Vec<HolidayFile>,
    /// What those files list, with the names of the days, which may be empty; see
    /// [`Policy::read_holidays`](super::Policy::read_holidays).
    pub days_off: BTreeMap<Date, String>,
    /// Hours of single days, instead of those of the weekday or holiday; empty is closed.
    pub exceptions: BTreeMap<Date, Vec<Hours>>,
}

impl Calendar {
    /// The hours of a day; none on a day without work.
    pub fn hours_on(&self, day: Date) -> &[Hours] {
        if let Some(hours) = self.exceptions.get(&day) {
            return hours;
        }
        if self.holiday(day).is_some() { &[] } else { &self.hours[day.weekday().to_monday_zero_offset() as usize] }
    }

    /// The name of the holiday that a day is, empty where it has none. An exception may give it hours all the same.
    pub fn holiday(&self, day: Date) -> Option<&str> {
        let named = self.days_off.get(&day).map(String::as_str);
        named.or_else(|| self.holidays.iter().any(|holiday| holiday.is(day)).then_some(""))
    }
}

/// `ics = ["holidays/nl.ics"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolidayFile {
    /// From the desk's root, never out of it.
    pub path: String,
    /// The last day that it lists; `None` while it has not been read, and where its days come back for ever.
    pub last: Option<Date>,
}

/// A span of one day's wall time, `[start, end)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hours {
    /// Minutes after midnight, less than 1440.
    pub start: u16,
    /// Minutes after midnight, at most 1440, greater than the start.
    pub end: u16,
}

impl Hours {
    /// Reads `"08:30-12:30"`; `24:00` may end one.
    pub fn parse(text: &str) -> Option<Hours> {
        let (start, end) = text.split_once('-')?;
        let (start, end) = (minutes(start.trim())?, minutes(end.trim())?);
        (start < end).then_some(Hours { start, end })
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hours { start, end } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60)
    }
}

fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number =
        |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?;
    let (hour, minute): (u16, u16) = (number(hour)?, number(minute)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= 24 * 60).then_some(total)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holiday {
    /// `"12-25"`: each year.
    Yearly { month: i8, day: i8 },
    /// `"2026-04-27"`.
    Once(Date),
}

impl Holiday {
    fn is(self, date: Date) -> bool {
        match self {
            Holiday::Yearly { month, day } => (date.month(), date.day()) == (month, day),
            Holiday::Once(once) => once == date,
        }
    }

    pub fn parse(text: &str) -> Option<Holiday> {
        if let Ok(date) = text.parse() {
            return Some(Holiday::Once(date));
        }
        let (month, day) = text.split_once('-')?;
        // A leap year, so that 29 February can be one.
        let date = Date::new(2000, month.parse().ok()?, day.parse().ok()?).ok()?;
        (text.len() == 5).then_some(Holiday::Yearly { month: date.month(), day: date.day() })
    }
}

impl Calendar {
    /// `zone` is the desk's, for a calendar that names none.
    pub(super) fn read(mut s: Section<'_>, zone: &str) -> Calendar {
        let calendar = Calendar {
            timezone: timezone(&mut s).unwrap_or_else(|| zone.to_owned()),
            hours: week(&mut s),
            holidays: s.elements("holidays").iter().filter_map(holiday).collect(),
            ics: files(&mut s),
            days_off: BTreeMap::new(),
            exceptions: exceptions(&mut s),
        };
        if calendar.hours.iter().chain(calendar.exceptions.values()).all(Vec::is_empty) {
            s.error(
                "hours",
                "this calendar never opens",
                "hours = { mon = [\"09:00-17:00\"], tue = [\"09:00-17:00\"] }",
            );
        }
        s.done();
        calendar
    }
}

fn week(s: &mut Section<'_>) -> [Vec<Hours>; 7] {
    let Some(mut s) = s.section("hours") else { return Default::default() };
    let week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| day_hours(&mut s, day));
    s.done();
    week
}

/// The spans of one day in order; one that overlaps another is an error and left out.
fn day_hours(s: &mut Section<'_>, key: &'static str) -> Vec<Hours> {
    let mut read: Vec<(Hours, Found<'_>)> = Vec::new();
    for found in s.elements(key) {
        let Some(text) = found.text() else { continue };
        match Hours::parse(&text) {
            Some(hours) => read.push((hours, found)),
            None => found.error(
                format!("\"{text}\" is no span of one day"),
                "\"08:30-17:00\"; one over midnight is written as two, \"22:00-24:00\" and \"00:00-06:00\"".to_owned(),
            ),
        }
    }
    read.sort_by_key(|(hours, _)| *hours);
    let mut day: Vec<Hours> = Vec::new();
    for (hours, found) in read {
        if day.last().is_some_and(|before| before.end > hours.start) {
            found.error(format!("two spans of `{}` overlap", found.path), "join them into one".to_owned());
        } else {
            day.push(hours);
        }
    }
    day
}

fn holiday(found: &Found<'_>) -> Option<Holiday> {
    let text = found.date_text()?;
    let holiday = Holiday::parse(&text);
    if holiday.is_none() {
        found.error(format!("\"{text}\" is no day"), "\"12-25\" for each year, \"2026-04-27\" for once".to_owned());
    }
    holiday
}

/// Each is remembered by its number, `calendars.office.ics[0]`.
fn files(s: &mut Section<'_>) -> Vec<HolidayFile> {
    let mut files = Vec::new();
    for found in s.elements("ics") {
        let Some(path) = found.text().filter(|path| !path.is_empty()) else { continue };
        if !is_inside(&path) {
            let fix = "a path from the desk's folder down: ics = [\"holidays/nl.ics\"]".to_owned();
            found.error(format!("\"{path}\" is no path inside the desk"), fix);
            continue;
        }
        found.place(&format!("{}[{}]", found.path, files.len()));
        files.push(HolidayFile { path, last: None });
    }
    files
}

/// Whether a path stays below the folder that it starts at, on every system.
fn is_inside(path: &str) -> bool {
    let step = |step: &str| !matches!(step, "" | "." | "..");
    path.len() <= 255 && path.split('/').all(step) && !path.contains(|c: char| c.is_control() || c == '\\' || c == ':')
}

/// Each day once: a second exception of a day is an error and left out.
fn exceptions(s: &mut Section<'_>) -> BTreeMap<Date, Vec<Hours>> {
    let mut all: BTreeMap<Date, Vec<Hours>> = BTreeMap::new();
    for section in s.rules("exception") {
        if let Some((date, hours)) = exception(section, &all) {
            all.insert(date, hours);
        }
    }
    all
}

fn exception(mut s: Section<'_>, before: &BTreeMap<Date, Vec<Hours>>) -> Option<(Date, Vec<Hours>)> {
    let date = s.date("date");
    if !s.has("date") {
        s.error("date", "the exception names no day", "date = 2026-12-24");
    }
    let hours = day_hours(&mut s, "hours");
    let twice = date.is_some_and(|date| before.contains_key(&date));
    if twice {
        s.error("date", "this day has an exception already", "put the hours of a day into one exception");
    }
    s.done();
    Some((date.filter(|_| !twice)?, hours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_half_open_spans_of_one_day() {
        assert_eq!(Hours::parse("08:30-12:30"), Some(Hours { start: 510, end: 750 }));
        assert_eq!(Hours::parse("00:00-24:00"), Some(Hours { start: 0, end: 1440 }));
        for bad in
            ["", "8:30-12:30", "09:00", "17:00-09:00", "09:00-09:00", "24:00-24:00", "09:60-10:00", "22:00-25:00"]
        {
            assert_eq!(Hours::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_path_stays_inside_the_desk() {
        assert!(is_inside("nl.ics") && is_inside("holidays/nl 2026.ics"));
        for out in ["/etc/passwd", "../nl.ics", "a/../../b", "a//b", "./a", "a/", r"a\b", "C:nl.ics", "a\tb"] {
            assert!(!is_inside(out), "{out}");
        }
    }

    #[test]
    fn a_holiday_is_yearly_or_once() {
        assert_eq!(Holiday::parse("02-29"), Some(Holiday::Yearly { month: 2, day: 29 }));
        assert_eq!(Holiday::parse("2026-04-27"), Some(Holiday::Once(jiff::civil::date(2026, 4, 27))));
        for bad in ["", "02-30", "1-1", "2026-02-29", "christmas", "13-01"] {
            assert_eq!(Holiday::parse(bad), None, "{bad}");
        }
    }
}
