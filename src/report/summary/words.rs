//! How a summary says its period and what happened in it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::report::flow::Flow;
use crate::report::period::{Period, Unit};

/// What a unit is called: its columns and the words of the page.
pub struct Words {
    unit: Option<Unit>,
    pub one: &'static str,
    pub many: &'static str,
}

impl Words {
    pub fn of(unit: Option<Unit>) -> Words {
        let (one, many) = match unit {
            Some(Unit::Day) => ("day", "days"),
            Some(Unit::Week) => ("week", "weeks"),
            Some(Unit::Month) => ("month", "months"),
            Some(Unit::Quarter) => ("quarter", "quarters"),
            Some(Unit::Year) => ("year", "years"),
            None => ("period", "periods"),
        };
        Words { unit, one, many }
    }

    /// `week 47: Mon 16 – Sun 22 Nov 2026`, `October 2026`
    pub fn heading(&self, period: &Period, zone: &TimeZone) -> String {
        match self.unit {
            Some(Unit::Week) => format!("week {}", days(period, zone)),
            Some(_) | None => self.short(period, zone),
        }
    }

    /// `week 46`, `September 2026`, `Q3 2026`
    pub fn short(&self, period: &Period, zone: &TimeZone) -> String {
        let day = |form: &str| {
            let time = Timestamp::from_second(period.from).unwrap_or_default();
            time.to_zoned_datetime(zone.clone()).strftime(form).to_string()
        };
        match self.unit {
            Some(Unit::Day) => day("%a %-d %b %Y"),
            Some(Unit::Week) => format!("week {}", number(period)),
            Some(Unit::Month) => day("%B %Y"),
            Some(Unit::Quarter) => {
                let (year, quarter) = period.name.split_once('-').unwrap_or((period.name.as_str(), ""));
                format!("{quarter} {year}")
            }
            Some(Unit::Year) | None => period.name.clone(),
        }
    }
}

/// `47: Mon 16 – Sun 22 Nov 2026`
fn days(week: &Period, zone: &TimeZone) -> String {
    let day = |second: i64, form: &str| {
        let time = Timestamp::from_second(second).unwrap_or_default();
        time.to_zoned_datetime(zone.clone()).strftime(form).to_string()
    };
    let (first, last) = (week.from, week.to - 1);
    let from = if day(first, "%b %Y") == day(last, "%b %Y") { "%a %-d" } else { "%a %-d %b" };
    format!("{}: {} – {}", number(week), day(first, from), day(last, "%a %-d %b %Y"))
}

/// The number of a week within its year.
fn number(week: &Period) -> &str {
    week.name.split_once("-W").map_or(week.name.as_str(), |(_, number)| number)
}

/// How the number of open tickets came about, in words.
pub fn sentence(this: &Flow, before: &Flow, words: &Words) -> String {
    let change = this.backlog_end as i64 - before.backlog_end as i64;
    let ago = format!("a {} ago", words.one);
    let head = match change {
        0 => format!("As many open as {ago}"),
        1.. => format!("{change} more open than {ago}"),
        _ => format!("{} fewer open than {ago}", -change),
    };
    format!(
        "{head}: {} opened and {} reopened, {} resolved and {} cancelled.",
        this.opened, this.reopened, this.resolved, this.cancelled
    )
}
