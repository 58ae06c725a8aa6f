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

impl Periods {
    /// What the axis of the lines measures, where it is not plain from their names: the shares over time that there are
    /// are those of promises kept.
    pub fn axis(&self) -> Option<&'static str> {
        (self.units.1 == Measure::Percent).then_some("kept, in percent")
    }

    /// Where the axis of the lines begins. Counts begin at 0; shares that are all high begin higher, in percent, so
    /// that it can be seen how they differ.
    pub fn least(&self) -> f64 {
        let values = self.lines.iter().flat_map(|one| &one.values).copied().filter(|value| value.is_finite());
        let least = values.fold(100.0, f64::min);
        match self.units.1 == Measure::Percent {
            true if least >= 90.0 => 80.0,
            true if least >= 60.0 => 50.0,
            true | false => 0.0,
        }
    }
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
