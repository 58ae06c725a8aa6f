//! What a chart shows, without a word on how it is drawn.

use super::Measure;

#[derive(Debug, Clone, PartialEq)]
pub enum Chart {
    /// A bar a row, for this column.
    Bars(&'static str),
    Periods(Periods),
    Pareto(Pareto),
    Heat(Heat),
}

/// Values of the same periods, or of other things that follow each other. One that is not a number is a gap: a share of
/// nothing, say.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub name: String,
    pub values: Vec<f64>,
}

impl Series {
    pub fn new(name: impl Into<String>, values: impl IntoIterator<Item = f64>) -> Series {
        Series { name: name.into(), values: values.into_iter().collect() }
    }
}

/// Bars side by side for each period, and lines in a field of their own below them, which has its own scale. Either may
/// be missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Periods {
    pub names: Vec<String>,
    pub bars: Vec<Series>,
    pub lines: Vec<Series>,
    /// What the values of bars and of lines are.
    pub units: (Measure, Measure),
}

/// Bars from the greatest to the least, and what share of everything they make up together with those above them.
#[derive(Debug, Clone, PartialEq)]
pub struct Pareto {
    pub names: Vec<String>,
    pub counts: Vec<f64>,
    /// In percent, a value for each count.
    pub cumulative: Vec<f64>,
    /// The last one is all that are not named.
    pub rest: bool,
}

/// A field of cells, darker where there is more.
#[derive(Debug, Clone, PartialEq)]
pub struct Heat {
    pub rows: Vec<String>,
    pub columns: Vec<String>,
    /// As many rows as there are names of rows.
    pub cells: Vec<Vec<u64>>,
}
