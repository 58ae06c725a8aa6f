//! Figures. Pure: lives of tickets and a period in, tables out; definitions stand with each figure.

pub mod ageing;
pub mod asked;
pub mod at_risk;
pub mod basis;
pub mod breaches;
pub mod channels;
pub mod chart;
pub mod cost;
pub mod csat;
pub mod customer;
pub mod early_faults;
pub mod flow;
pub mod follow_ups;
pub mod group;
pub mod hours;
pub mod judged;
pub mod kind;
pub mod knowledge;
pub mod life;
pub mod named;
pub mod pareto;
pub mod period;
pub mod problems;
pub mod quality;
pub mod recurring;
pub mod response;
pub mod ruler;
pub mod sla;
pub mod summary;
pub mod svg;
pub mod usage;
pub mod workload;

use basis::Basis;
use chart::Chart;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What a report says: the same for people and programs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    pub name: &'static str,
    /// What it is about, in words: the desk and the period.
    pub heading: String,
    /// The figures that a page begins with.
    pub headlines: Vec<Headline>,
    pub sheets: Vec<Sheet>,
    /// What the figures rest on.
    pub tickets: Basis,
    /// The figures by name, for programs.
    pub figures: Value,
    /// Arithmetic said in words.
    pub sentence: Option<String>,
}

/// One figure, and by how much it differs from that of the period before.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    pub name: String,
    pub value: Value,
    pub unit: Measure,
    pub change: Option<i64>,
}

/// Rows under their columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its key among the figures.
    pub key: &'static str,
    pub title: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Value>>,
    pub chart: Option<Chart>,
}

/// A column: its name for programs, and what its values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub unit: Measure,
}

/// What a value is, so that people see it as they say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    Plain,
    Seconds,
    /// Seconds of working time, never said in days.
    Working,
    /// How many tickets the row's figures rest on.
    N,
    /// A share; `null` where it is one of nothing, which is never 100 %.
    Percent,
    /// Money, to the cent; `null` where there is no rate.
    Money,
    /// A currency; empty is the desk's own, `null` where there is no rate.
    Currency,
    /// Counts of periods, the last one last.
    Weeks,
    /// Counts of the hours of a day, the first from midnight on.
    Hours,
    /// A day or a moment, as it stands.
    Time,
}

/// `[since, until)` in seconds since 1970; `None` has no end on that side.
pub type Window = (Option<i64>, Option<i64>);

pub fn within((since, until): Window, at: i64) -> bool {
    since.is_none_or(|since| at >= since) && until.is_none_or(|until| at < until)
}

/// A moment of seconds since 1970 as RFC 3339 has it; `None` where no calendar has it.
pub fn time(at: i64) -> Option<String> {
    Timestamp::from_second(at).ok().map(|time| time.to_string())
}

/// A share in percent, to a tenth; `None` of nothing.
pub fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 * 1_000.0 / whole as f64).round() / 10.0)
}

/// Below so many tickets a figure is marked: it says little.
pub const FEW: usize = 20;

impl Column {
    pub fn plain(name: &'static str) -> Column {
        Column { name, unit: Measure::Plain }
    }

    pub fn of(name: &'static str, unit: Measure) -> Column {
        Column { name, unit }
    }
}

impl Sheet {
    pub fn new(key: &'static str, title: &str, columns: Vec<Column>, rows: Vec<Vec<Value>>) -> Sheet {
        Sheet { key, title: title.to_owned(), columns, rows, chart: None }
    }

    /// Rows from objects whose keys are the columns.
    pub fn of(key: &'static str, title: &str, columns: Vec<Column>, objects: &Value) -> Sheet {
        let cells = |row: &Value| columns.iter().map(|column| row[column.name].clone()).collect();
        let rows = objects.as_array().map(|rows| rows.iter().map(cells).collect()).unwrap_or_default();
        Sheet::new(key, title, columns, rows)
    }

    /// A row for each kind of time with its mean, median and so on; those of no ticket are left out.
    pub fn spreads(
        key: &'static str,
        title: &str,
        (first, unit): (&'static str, Measure),
        kinds: &[(&str, &Value)],
    ) -> Sheet {
        let parts = ["mean", "median", "p90", "max"];
        let row = |(name, spread): &(&str, &Value)| {
            let figures = std::iter::once("n").chain(parts).map(|part| spread[part].clone());
            std::iter::once(json!(name)).chain(figures).collect()
        };
        let rows = kinds.iter().filter(|(_, spread)| spread["n"] != 0).map(row).collect();
        let mut columns = vec![Column::plain(first), Column::of("n", Measure::N)];
        columns.extend(parts.map(|name| Column::of(name, unit)));
        Sheet::new(key, title, columns, rows).bars("median")
    }

    /// Without rows where they say nothing: rows of zeros, say.
    pub fn only_if(mut self, says: bool) -> Sheet {
        if !says {
            self.rows.clear();
        }
        self
    }

    /// With bars for a column.
    pub fn bars(self, column: &'static str) -> Sheet {
        self.drawn(Chart::Bars(column))
    }

    pub fn drawn(self, chart: Chart) -> Sheet {
        Sheet { chart: Some(chart), ..self }
    }
}

impl Report {
    /// `desk.report/1`.
    pub fn to_json(&self) -> Value {
        let mut object = json!({"schema": "desk.report/1", "report": self.name, "heading": self.heading,
            "sentence": self.sentence});
        if let (Some(all), Value::Object(figures)) = (object.as_object_mut(), self.figures.clone()) {
            all.extend(figures);
        }
        object
    }
}

/// Mean, median, 90th percentile (nearest rank) and maximum of whole seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub n: usize,
    pub mean: f64,
    pub median: i64,
    pub p90: i64,
    pub max: i64,
}

impl Spread {
    /// `None` of nothing.
    pub fn of(mut values: Vec<i64>) -> Option<Spread> {
        values.sort_unstable();
        let max = *values.last()?;
        let n = values.len();
        let rank = |percent: usize| values[(percent * n).div_ceil(100).max(1) - 1];
        let mean = values.iter().map(|value| *value as f64).sum::<f64>() / n as f64;
        Some(Spread { n, mean: (mean * 1_000.0).round() / 1_000.0, median: rank(50), p90: rank(90), max })
    }

    pub fn to_json(spread: Option<Spread>) -> Value {
        match spread {
            Some(Spread { n, mean, median, p90, max }) => {
                json!({"n": n, "mean": mean, "median": median, "p90": p90, "max": max})
            }
            None => json!({"n": 0}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let spread = Spread::of((1..=10).collect()).unwrap();
        assert_eq!((spread.n, spread.median, spread.p90, spread.max), (10, 5, 9, 10));
        assert_eq!(spread.mean, 5.5);
        assert_eq!(Spread::of(vec![7]).unwrap().median, 7);
        assert_eq!(Spread::of(vec![]), None);
    }
}
