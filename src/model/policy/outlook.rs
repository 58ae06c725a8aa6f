//! What the passing of time makes wrong with a policy: holidays that run out, calendars that stay shut.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{Calendar, FILE, HolidayFile, Policy, Remark, Severity};

/// Days before its last one from which a file of holidays is told to end.
const NEAR: i32 = 60;

/// Years in which a calendar should open.
const AHEAD: i16 = 5;

impl Policy {
    /// Warnings that hold at a moment; the holidays must have been [read](Policy::read_holidays).
    pub fn outlook(&self, now: Timestamp) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for (name, calendar) in &self.calendars {
            let zone = TimeZone::get(&calendar.timezone).unwrap_or(TimeZone::UTC);
            let today = now.to_zoned_datetime(zone).date();
            for (at, file) in calendar.ics.iter().enumerate() {
                let key = format!("calendars.{name}.ics");
                let place = format!("{key}[{at}]");
                remarks.extend(ending(file, today).map(|message| {
                    self.warning(key, &place, message, "put the file of the years to come in its place".to_owned())
                }));
            }
            // One that has no hours at all is an error of its own.
            let has_hours = calendar.hours.iter().chain(calendar.exceptions.values()).any(|hours| !hours.is_empty());
            if has_hours && !opens(calendar, today) {
                let key = format!("calendars.{name}");
                let message = format!("this calendar does not open in the next {AHEAD} years");
                let fix = "holidays and exceptions take all its days: give it one with hours";
                remarks.push(self.warning(key.clone(), &key, message, fix.to_owned()));
            }
        }
        remarks
    }

    fn warning(&self, key: String, place: &str, message: String, fix: String) -> Remark {
        let (line, column) = self.places.get(place).copied().unwrap_or((1, 1));
        Remark { severity: Severity::Warning, file: FILE.to_owned(), line, column, key, message, fix: Some(fix) }
    }
}

fn ending(file: &HolidayFile, today: Date) -> Option<String> {
    let last = file.last.filter(|last| *last <= today.saturating_add(NEAR.days()))?;
    let ends = if last < today { "ended" } else { "ends" };
    let day = last.strftime("%-d %b %Y");
    Some(format!("{} {ends} on {day}: every later holiday counts as a working day", file.path))
}

fn opens(calendar: &Calendar, today: Date) -> bool {
    let end = today.saturating_add(i32::from(AHEAD).years());
    today.series(1.day()).take_while(|day| *day < end).any(|day| !calendar.hours_on(day).is_empty())
}
