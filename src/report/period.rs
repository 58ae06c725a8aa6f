//! Periods of a report: days, weeks or months in the desk's time zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Day,
    Week,
    Month,
}

impl Unit {
    pub const NAMES: &'static [&'static str] = &["day", "week", "month"];

    pub fn parse(name: &str) -> Option<Unit> {
        match name {
            "day" => Some(Unit::Day),
            "week" => Some(Unit::Week),
            "month" => Some(Unit::Month),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
        }
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
        }
    }

    fn step(self, day: Date, count: i64) -> Date {
        let span = match self {
            Unit::Day => count.days(),
            Unit::Week => (count * 7).days(),
            Unit::Month => count.months(),
        };
        day.checked_add(span).unwrap_or(day)
    }
}

/// One period, `[from, to)` in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// `2026-11`, `2026-W47`, `2026-11-24`.
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
        };
        Period { name, from: second(first), to: second(unit.step(first, 1)) }
    }

    /// Every period from the one around `from` to the one around `to`.
    pub fn all(unit: Unit, from: i64, to: i64, zone: &TimeZone) -> Vec<Period> {
        (0..).map(|step| Period::around(unit, from, step, zone)).take_while(|period| period.from <= to).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_follow_each_other_without_gap() {
        let from = "2026-10-15T12:00:00Z".parse::<Timestamp>().unwrap().as_second();
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        for unit in [Unit::Day, Unit::Week, Unit::Month] {
            let all = Period::all(unit, from, from + 60 * 86_400, &zone);
            assert!(all.windows(2).all(|pair| pair[0].to == pair[1].from));
            assert!(all[0].holds(from));
        }
        let months = Period::all(Unit::Month, from, from + 60 * 86_400, &zone);
        assert_eq!(months.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), ["2026-10", "2026-11", "2026-12"]);
    }
}
