//! The files of holidays that calendars name, read into them.

use std::collections::BTreeSet;
use std::collections::btree_map::Entry;

use jiff::tz::TimeZone;

use super::{FILE, Places, Policy, Remark, Severity, ics};

/// A file as the desk has it: its bytes, or why they cannot be had ("is not a regular file"); `None` where there is
/// none.
pub type Read = Option<Result<Vec<u8>, String>>;

impl Policy {
    /// Reads the files that the calendars name, each by `read`; what is wrong with them. A desk that names none pays
    /// nothing. Only `read` fails.
    pub fn read_holidays<E>(&mut self, mut read: impl FnMut(&str) -> Result<Read, E>) -> Result<Vec<Remark>, E> {
        let mut remarks = Vec::new();
        for (name, calendar) in &mut self.calendars {
            let zone = TimeZone::get(&calendar.timezone).unwrap_or(TimeZone::UTC);
            for (at, file) in calendar.ics.iter_mut().enumerate() {
                let naming = Naming { places: &self.places, calendar: name, at, path: &file.path };
                let days = match naming.days(read(&file.path)?, &zone) {
                    Ok(days) => days,
                    Err(remark) => {
                        remarks.push(*remark);
                        continue;
                    }
                };
                remarks.extend(days.faults.into_iter().map(|fault| naming.inside(fault)));
                file.last = days.last;
                for (day, name) in days.days {
                    match calendar.days_off.entry(day) {
                        Entry::Vacant(free) => drop(free.insert(name)),
                        Entry::Occupied(mut taken) if taken.get().is_empty() => drop(taken.insert(name)),
                        Entry::Occupied(_) => {}
                    }
                }
            }
        }
        // Two calendars may read one file.
        let mut told = BTreeSet::new();
        remarks.retain(|remark| {
            remark.file == FILE || told.insert((remark.file.clone(), remark.line, remark.message.clone()))
        });
        Ok(remarks)
    }
}

/// The place of `desk.toml` that names a file.
struct Naming<'a> {
    places: &'a Places,
    calendar: &'a str,
    /// Which of the calendar's files.
    at: usize,
    path: &'a str,
}

impl Naming<'_> {
    fn days(&self, read: Read, zone: &TimeZone) -> Result<ics::DaysOff, Box<Remark>> {
        let path = self.path;
        let bytes = match read {
            None => return Err(self.remark(format!("there is no file {path}"), "commit it, or take it out of `ics`")),
            Some(Err(why)) => return Err(self.remark(format!("{path} {why}"), "a file of holidays alone, as text")),
            Some(Ok(bytes)) => bytes,
        };
        let Some(days) = ics::read(&bytes, zone) else {
            return Err(self.remark(format!("{path} is no iCalendar file"), "one that begins with BEGIN:VCALENDAR"));
        };
        // What is wrong inside says more.
        if days.days.is_empty() && days.faults.is_empty() {
            return Err(self.remark(format!("{path} lists no day"), "a file with a VEVENT for each holiday"));
        }
        Ok(days)
    }

    fn remark(&self, message: String, fix: &str) -> Box<Remark> {
        let key = format!("calendars.{}.ics", self.calendar);
        let (line, column) = self.places.get(&format!("{key}[{}]", self.at)).copied().unwrap_or((1, 1));
        let (file, fix) = (FILE.to_owned(), Some(fix.to_owned()));
        Box::new(Remark { severity: Severity::Error, file, line, column, key, message, fix })
    }

    fn inside(&self, fault: ics::Fault) -> Remark {
        let ics::Fault { severity, line, message, fix } = fault;
        let (file, key) = (self.path.to_owned(), format!("calendars.{}.ics", self.calendar));
        Remark { severity, file, line, column: 1, key, message, fix }
    }
}
