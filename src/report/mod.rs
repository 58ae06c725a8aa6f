//! Figures. Pure: lives of tickets and a period in, tables out; definitions stand with each figure.

pub mod flow;
pub mod life;
pub mod period;
pub mod quality;
pub mod summary;

use serde_json::{Value, json};

/// What a report says: the same for people and programs.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub name: &'static str,
    /// What it is about, in words: the desk and the period.
    pub heading: String,
    pub sheets: Vec<Sheet>,
    /// The figures by name, for programs.
    pub figures: Value,
    /// Arithmetic said in words.
    pub sentence: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub title: String,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<Value>>,
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
