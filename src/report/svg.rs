//! Charts as inline SVG: no script, no style of their own; classes say what is what, and the page gives colours.
//!
//! Classes: `b0` `b1` `b2` bars, `l0` `l1` lines, `d` marks on lines, `g` lines of a grid, `h` cells of heat, `c` their
//! frames, `s` small words. Nothing is told by colour alone: bars are full, hollow or dotted, lines through or dashed.

mod bars;
mod heat;
mod pareto;
mod periods;

use std::fmt::Write as _;

use serde_json::Value;

use super::chart::Chart;
use super::{Measure, Sheet};

/// How a page says things: texts of tickets without harm, whole seconds as people say them.
#[derive(Clone, Copy)]
pub struct Pen<'a> {
    pub shown: &'a dyn Fn(&str) -> String,
    pub span: &'a dyn Fn(i64) -> String,
    /// The same for working time.
    pub working: &'a dyn Fn(i64) -> String,
}

/// Width of every drawing; it shrinks with the page.
const WIDTH: f64 = 760.0;
/// Characters of a name beside a bar.
const NAME: usize = 28;

/// The chart of a sheet; nothing where there is none or too little for one.
pub fn of_sheet(sheet: &Sheet, pen: Pen<'_>) -> String {
    let inner = match &sheet.chart {
        None => None,
        Some(Chart::Bars(column)) => bars::of_column(sheet, column, pen),
        Some(Chart::Periods(periods)) => periods::draw(periods, pen),
        Some(Chart::Pareto(pareto)) => pareto::draw(pareto, pen),
        Some(Chart::Heat(heat)) => heat::draw(heat, pen),
    };
    inner.map(|drawn| drawn.frame(&sheet.title, pen)).unwrap_or_default()
}

/// A drawing with its height and what it shows, in a sentence.
struct Drawn {
    inner: String,
    height: f64,
    says: String,
}

impl Drawn {
    fn frame(&self, title: &str, pen: Pen<'_>) -> String {
        let (height, title, says) = (self.height, (pen.shown)(title), (pen.shown)(&self.says));
        format!(
            "<svg role=\"img\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" height=\"{height:.0}\">\n\
             <title>{title}</title><desc>{says}</desc>\n{}</svg>\n",
            self.inner
        )
    }
}

/// Elements of a drawing, one after the other.
struct Canvas<'a> {
    out: String,
    pen: Pen<'a>,
}

/// Where a text stands relative to its point.
#[derive(Clone, Copy)]
enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

impl Canvas<'_> {
    fn new(pen: Pen<'_>) -> Canvas<'_> {
        Canvas { out: String::new(), pen }
    }

    fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, words: &str) {
        self.words("", (x, y), anchor, words);
    }

    fn small(&mut self, (x, y): (f64, f64), anchor: Anchor, words: &str) {
        self.words(" class=\"s\"", (x, y), anchor, words);
    }

    fn words(&mut self, class: &str, (x, y): (f64, f64), anchor: Anchor, words: &str) {
        let (anchor, words) = (anchor.name(), (self.pen.shown)(words));
        let _ = writeln!(self.out, "<text{class} x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>");
    }

    fn bar(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let (width, height) = (width.max(0.0), height.max(0.0));
        let _ = writeln!(
            self.out,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
        );
    }

    fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        let _ =
            writeln!(self.out, "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>");
    }

    /// A line through points, with a mark on each where they are few.
    fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        let list: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(self.out, "<polyline class=\"{class}\" points=\"{}\"/>", list.join(" "));
        if points.len() <= 60 {
            for (x, y) in points {
                let _ = writeln!(self.out, "<circle class=\"d\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>");
            }
        }
    }
}

/// A round number not below the greatest value: the end of an axis.
fn ceiling(most: f64) -> f64 {
    if most <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(most.log10().floor());
    // Half of it is whole, too, of what is counted.
    let steps: &[f64] = match most <= 20.0 {
        true => &[1.0, 1.2, 1.6, 2.0, 4.0, 6.0, 8.0, 10.0],
        false => &[1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0],
    };
    steps.iter().map(|step| step * power).find(|end| *end >= most).unwrap_or(10.0 * power)
}

/// A value of an axis or a bar.
fn label(value: f64, unit: Measure, pen: Pen<'_>) -> String {
    match unit {
        Measure::Seconds => (pen.span)(value.round() as i64),
        Measure::Working => (pen.working)(value.round() as i64),
        Measure::Percent => format!("{} %", number(value)),
        Measure::Money => format!("{value:.2}"),
        Measure::Plain | Measure::N | Measure::Currency | Measure::Weeks | Measure::Hours | Measure::Time => {
            number(value)
        }
    }
}

/// Whole where it is, else to a tenth; thousands apart.
fn number(value: f64) -> String {
    if value.fract().abs() > 0.05 {
        return format!("{value:.1}");
    }
    let whole = value.round();
    let digits = crate::model::count::grouped(whole.abs() as u64);
    if whole < 0.0 { format!("−{digits}") } else { digits }
}

/// Text of at most so many characters.
fn cut(text: &str, most: usize) -> String {
    match text.chars().count() > most {
        true => format!("{}…", text.chars().take(most.saturating_sub(1)).collect::<String>().trim_end()),
        false => text.to_owned(),
    }
}

/// A value of a row as a name.
fn name(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() => text.clone(),
        Value::String(_) | Value::Null => "none".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        let ends: Vec<f64> = [0.0, 1.0, 7.0, 13.0, 61.0, 112.0, 990.0].map(ceiling).to_vec();
        assert_eq!(ends, [1.0, 1.0, 8.0, 16.0, 80.0, 150.0, 1000.0]);
    }

    #[test]
    fn numbers_are_whole_where_they_are() {
        assert_eq!([number(12_345.0), number(2.5), number(-3.0)], ["12,345", "2.5", "−3"]);
    }
}
