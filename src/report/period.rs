//! Periods of a report: days, weeks or months in the desk's time zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::Window;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    pub const ALL: &'static [Unit] = &[Unit::Day, Unit::Week, Unit::Month, Unit::Quarter, Unit::Year];
    pub const NAMES: &'static [&'static str] = &["day", "week", "month", "quarter", "year"];

    pub fn parse(name: &str) -> Option<Unit> {
        match name {
            "day" => Some(Unit::Day),
            "week" => Some(Unit::Week),
            "month" => Some(Unit::Month),
            "quarter" => Some(Unit::Quarter),
            "year" => Some(Unit::Year),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Quarter => "quarter",
            Unit::Year => "year",
        }
    }

    /// About how many seconds one has; never more than it has.
    pub fn least_seconds(self) -> i64 {
        let days = match self {
            Unit::Day => return 23 * 3_600,
            Unit::Week => 6,
            Unit::Month => 27,
            Unit::Quarter => 89,
            Unit::Year => 364,
        };
        days * 86_400
    }

    /// The first day of the period that a day is in.
    fn first(self, day: Date) -> Date {
        match self {
            Unit::Day => day,
            Unit::Week => {
                let back = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(back.days()).unwrap_or(day)
            }
            Unit::Month => day.first_of_month(),
            Unit::Quarter => {
                let back = i64::from((day.month() - 1) % 3);
                day.first_of_month().checked_sub(back.months()).unwrap_or(day)
            }
            Unit::Year => day.first_of_year(),
        }
    }

    fn step(self, day: Date, count: i64) -> Date {
        let span = match self {
            Unit::Day => count.days(),
            Unit::Week => (count * 7).days(),
            Unit::Month => count.months(),
            Unit::Quarter => (count * 3).months(),
            Unit::Year => count.years(),
        };
        day.checked_add(span).unwrap_or(day)
    }
}

/// One period, `[from, to)` in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// `2026-11`, `2026-W47`, `2026-11-24`, `2026-Q4`, `2026`; of any other span its two days.
    pub name: String,
    pub from: i64,
    pub to: i64,
}

impl Period {
    pub fn holds(&self, at: i64) -> bool {
        (self.from..self.to).contains(&at)
    }

    /// The period that a moment is in, or one that lies `steps` after it.
    pub fn around(unit: Unit, at: i64, steps: i64, zone: &TimeZone) -> Period {
        let day = Timestamp::from_second(at).unwrap_or_default().to_zoned_datetime(zone.clone()).date();
        let first = unit.step(unit.first(day), steps);
        let second = |day: Date| {
            let start = zone.to_ambiguous_zoned_datetime(day.at(0, 0, 0, 0)).compatible();
            start.map_or(0, |start| start.timestamp().as_second())
        };
        let name = match unit {
            Unit::Day => first.to_string(),
            Unit::Week => {
                let week = first.iso_week_date();
                format!("{}-W{:02}", week.year(), week.week())
            }
            Unit::Month => format!("{:04}-{:02}", first.year(), first.month()),
            Unit::Quarter => format!("{:04}-Q{}", first.year(), (first.month() + 2) / 3),
            Unit::Year => format!("{:04}", first.year()),
        };
        Period { name, from: second(first), to: second(unit.step(first, 1)) }
    }

    /// The calendar's unit that `[from, to)` is one of; `None` for any other span.
    pub fn unit(from: i64, to: i64, zone: &TimeZone) -> Option<Unit> {
        Unit::ALL.iter().copied().find(|unit| {
            let period = Period::around(*unit, from, 0, zone);
            (period.from, period.to) == (from, to)
        })
    }

    /// The span of the same length that lies `steps` after `[from, to)`.
    pub fn shifted(from: i64, to: i64, steps: i64, zone: &TimeZone) -> Period {
        let by = (to - from).saturating_mul(steps);
        let (from, to) = (from.saturating_add(by), to.saturating_add(by));
        let day = |at: i64| Timestamp::from_second(at).unwrap_or_default().to_zoned_datetime(zone.clone()).date();
        Period { name: format!("{} – {}", day(from), day(to - 1)), from, to }
    }

    /// The span that lies `steps` after `[from, to)`: by the calendar where it is one of the calendar's.
    pub fn like(from: i64, to: i64, steps: i64, zone: &TimeZone) -> Period {
        match Period::unit(from, to, zone) {
            Some(unit) => Period::around(unit, from, steps, zone),
            None => Period::shifted(from, to, steps, zone),
        }
    }

    /// Every period from the one around `from` to the one around `to`.
    pub fn all(unit: Unit, from: i64, to: i64, zone: &TimeZone) -> Vec<Period> {
        (0..).map(|step| Period::around(unit, from, step, zone)).take_while(|period| period.from <= to).collect()
    }

    /// As much of it as lies in a window; what is cut off shows in the name.
    pub fn cut(self, (since, until): Window) -> Period {
        let from = since.map_or(self.from, |since| since.max(self.from));
        let to = until.map_or(self.to, |until| until.min(self.to));
        let name = if (from, to) == (self.from, self.to) { self.name } else { format!("{} (part)", self.name) };
        Period { name, from, to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_follow_each_other_without_gap() {
        let from = "2026-10-15T12:00:00Z".parse::<Timestamp>().unwrap().as_second();
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        for unit in Unit::ALL.iter().copied() {
            let all = Period::all(unit, from, from + 60 * 86_400, &zone);
            assert!(all.windows(2).all(|pair| pair[0].to == pair[1].from));
            assert!(all[0].holds(from));
        }
        let quarters = Period::all(Unit::Quarter, from, from + 90 * 86_400, &zone);
        assert_eq!(quarters.iter().map(|q| q.name.as_str()).collect::<Vec<_>>(), ["2026-Q4", "2027-Q1"]);
        for unit in Unit::ALL.iter().copied() {
            let period = Period::around(unit, from, -1, &zone);
            assert_eq!(Period::unit(period.from, period.to, &zone), Some(unit));
        }
        assert_eq!(Period::unit(from, from + 10 * 86_400, &zone), None);
        let months = Period::all(Unit::Month, from, from + 60 * 86_400, &zone);
        let part = months[0].clone().cut((Some(from), Some(months[1].from)));
        assert_eq!((part.name.as_str(), part.from, part.to), ("2026-10 (part)", from, months[0].to));
        assert_eq!(months[1].clone().cut((Some(from), None)), months[1]);
        assert_eq!(months.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), ["2026-10", "2026-11", "2026-12"]);
    }
}
