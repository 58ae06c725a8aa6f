//! Days off out of an iCalendar file (RFC 5545), as governments and calendar programs publish them.
//!
//! Every event is a day off, or several; those that come back each year on the same day are written down to 2100. It
//! reads what holiday files are made of and says, by line, what it does not understand; it never guesses at other rules
//! of repetition.

mod line;
mod moment;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};

use super::remark::Severity;
use line::{Line, Unread};
use moment::{Moment, Yearly, after, moment};

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DaysOff {
    /// Each with the name of its event, the first of several; it may be empty.
    pub days: BTreeMap<Date, String>,
    /// The last day of the events that do not come back for ever; `None` where all do.
    pub last: Option<Date>,
    pub faults: Vec<Fault>,
}

/// Something that cannot be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub severity: Severity,
    /// Of the file, from 1.
    pub line: usize,
    /// Lower case, no full stop.
    pub message: String,
    pub fix: Option<String>,
}

/// A file has no more days than this; what is beyond them is left out.
const MOST_DAYS: usize = 10_000;

/// An event that lasts longer is a mistake.
const LONGEST: i64 = 366;

/// Faults that are told of one file.
const MOST_FAULTS: usize = 20;

/// Reads a file; `None` when it is no iCalendar file. Times without a zone of their own are in `zone`.
pub fn read(bytes: &[u8], zone: &TimeZone) -> Option<DaysOff> {
    let lines = line::lines(bytes);
    let begins = |line: &Line| line.name == "BEGIN" && line.value.eq_ignore_ascii_case("VCALENDAR");
    if !lines.first()?.as_ref().is_ok_and(begins) {
        return None;
    }
    let mut reader = Reader { zone, out: DaysOff::default(), left: MOST_DAYS, untold: 0, event: None, nested: 0 };
    for line in lines {
        match line {
            Ok(line) => reader.line(line),
            Err((number, unread)) => reader.unread(number, unread),
        }
    }
    reader.unended();
    if let Some(last) = reader.out.faults.last().filter(|_| reader.untold > 0) {
        let message = format!("and {} more of this file", reader.untold);
        let fault = Fault { severity: Severity::Warning, line: last.line, message, fix: None };
        reader.out.faults.push(fault);
    }
    Some(reader.out)
}

struct Reader<'z> {
    zone: &'z TimeZone,
    out: DaysOff,
    /// Days that may still be written down. Those that come twice count twice: they take their time, too.
    left: usize,
    /// Faults beyond those that are told.
    untold: usize,
    event: Option<Event>,
    /// Components inside the event, as alarms.
    nested: usize,
}

/// The lines of an event that matter.
#[derive(Debug, Default)]
struct Event {
    /// Of its `BEGIN`.
    line: usize,
    start: Option<Line>,
    end: Option<Line>,
    duration: Option<Line>,
    rule: Option<Line>,
    name: String,
    cancelled: bool,
    /// `EXDATE` and `RDATE`: days that are not, and days that are, too.
    without: Vec<Line>,
    also: Vec<Line>,
}

impl Reader<'_> {
    fn fault(&mut self, severity: Severity, line: usize, message: impl Into<String>, fix: &str) {
        if self.out.faults.len() >= MOST_FAULTS {
            self.untold += 1;
            return;
        }
        let fix = (!fix.is_empty()).then(|| fix.to_owned());
        self.out.faults.push(Fault { severity, line, message: message.into(), fix });
    }

    fn unread(&mut self, line: usize, unread: Unread) {
        match unread {
            Unread::NotUtf8 => self.fault(Severity::Error, line, "this line is not UTF-8", "save the file as UTF-8"),
            Unread::NoColon => self.fault(Severity::Warning, line, "this line is no property: it has no colon", ""),
        }
    }

    fn line(&mut self, line: Line) {
        let component = line.value.to_ascii_uppercase();
        match (line.name.as_str(), &mut self.event) {
            ("BEGIN", _) if component == "VEVENT" => {
                self.unended();
                self.nested = 0;
                self.event = Some(Event { line: line.number, ..Event::default() });
            }
            ("BEGIN", Some(_)) => self.nested += 1,
            ("END", Some(_)) if component == "VEVENT" => self.event_ends(),
            ("END", Some(_)) => self.nested = self.nested.saturating_sub(1),
            (_, Some(event)) if self.nested == 0 => event.take(line),
            (_, Some(_) | None) => {}
        }
    }

    fn event_ends(&mut self) {
        if let Some(event) = self.event.take().filter(|event| !event.cancelled) {
            self.event(&event);
        }
    }

    /// An event that goes on where another begins or the file ends.
    fn unended(&mut self) {
        if let Some(event) = &self.event {
            let line = event.line;
            self.fault(Severity::Error, line, "this event has no end", "END:VEVENT");
            self.event_ends();
        }
    }

    fn event(&mut self, event: &Event) {
        let Some(start) = &event.start else {
            return self.fault(
                Severity::Error,
                event.line,
                "this event has no first day",
                "DTSTART;VALUE=DATE:20261225",
            );
        };
        let Some(first) = self.moment(start) else { return };
        let length = self.length(event, start, first);
        let day = first.at.date();
        let without: BTreeSet<Date> = event.without.iter().flat_map(|line| self.days(line)).collect();
        let also: Vec<Date> = event.also.iter().flat_map(|line| self.days(line)).collect();
        let rule = event.rule.as_ref().and_then(|line| self.rule(line, day));
        let mut firsts: Vec<Date> = rule.map_or(vec![day], |rule| rule.days(day).collect());
        firsts.extend(also);
        firsts.retain(|day| !without.contains(day));
        let ends = rule.is_none_or(|rule| !rule.is_endless());
        for day in firsts.into_iter().flat_map(|day| day.series(1.day()).take(length)) {
            if self.left == 0 {
                let message = format!("more than {MOST_DAYS} days: those from here on are left out");
                return self.fault(Severity::Error, event.line, message, "leave out years that are over");
            }
            self.left -= 1;
            self.out.days.entry(day).or_insert_with(|| event.name.clone());
            self.out.last = if ends { self.out.last.max(Some(day)) } else { self.out.last };
        }
    }

    fn moment(&mut self, line: &Line) -> Option<Moment> {
        let moment = moment(&line.value, self.zone);
        if moment.is_none() {
            let message = format!("\"{}\" is no day", line::text(&line.value));
            self.fault(Severity::Error, line.number, message, &format!("{};VALUE=DATE:20261225", line.name));
        }
        moment
    }

    /// The days of a list.
    fn days(&mut self, line: &Line) -> Vec<Date> {
        let each = line.value.split(',').map(|value| Line { value: value.trim().to_owned(), ..line.clone() });
        each.filter_map(|one| Some(self.moment(&one)?.at.date())).collect()
    }

    /// A day of each year, where the rule says so.
    fn rule(&mut self, line: &Line, start: Date) -> Option<Yearly> {
        let rule = Yearly::parse(&line.value, start, self.zone);
        if rule.is_none() {
            let message = format!("the rule \"{}\" is not known here; only {start} is taken", line::text(&line.value));
            self.fault(Severity::Warning, line.number, message, "an event for each day, or RRULE:FREQ=YEARLY");
        }
        rule
    }

    /// How many days an event has; one where that cannot be told.
    fn length(&mut self, event: &Event, start: &Line, first: Moment) -> usize {
        let end = self.end(event, first);
        let whole = |at: DateTime| at.time() == jiff::civil::Time::midnight() || at.time() >= LAST_MINUTE;
        if first.timed && !(whole(first.at) && end.is_none_or(whole)) {
            let message = format!("this event is a part of {}; the whole day is taken as off", first.at.date());
            let fix = "hours of one day: [[calendars.NAME.exception]] in desk.toml";
            self.fault(Severity::Warning, start.number, message, fix);
        }
        let Some(end) = end else { return 1 };
        if end < first.at {
            self.fault(Severity::Error, start.number, "this event ends before it begins", "");
            return 1;
        }
        // The end is the first moment that is no longer part of it.
        let last = end.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(end).max(first.at).date();
        let days = first.at.date().duration_until(last).as_hours() / 24 + 1;
        if days > LONGEST {
            let message = format!("this event has {days} days; only the first is taken");
            self.fault(Severity::Error, start.number, message, "an event for each holiday");
            return 1;
        }
        usize::try_from(days).unwrap_or(1)
    }

    fn end(&mut self, event: &Event, first: Moment) -> Option<DateTime> {
        if let Some(end) = &event.end {
            return Some(self.moment(end)?.at);
        }
        let duration = event.duration.as_ref()?;
        let end = after(first.at, &duration.value);
        if end.is_none() {
            let message = format!("\"{}\" is no length of time", line::text(&duration.value));
            self.fault(Severity::Error, duration.number, message, "DURATION:P1D");
        }
        end
    }
}

/// Some programs end a day a minute or a second before midnight.
const LAST_MINUTE: jiff::civil::Time = jiff::civil::Time::constant(23, 59, 0, 0);

impl Event {
    fn take(&mut self, line: Line) {
        match line.name.as_str() {
            "DTSTART" => self.start = Some(line),
            "DTEND" => self.end = Some(line),
            "DURATION" => self.duration = Some(line),
            "RRULE" => self.rule = Some(line),
            "EXDATE" => self.without.push(line),
            "RDATE" => self.also.push(line),
            "SUMMARY" => self.name = line::text(&line.value),
            "STATUS" => self.cancelled = line.value.eq_ignore_ascii_case("CANCELLED"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
