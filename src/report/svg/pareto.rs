//! Bars from the greatest to the least, with a line of what they make up together.

use super::{Anchor, Canvas, Drawn, NAME, Pen, WIDTH, cut, label, number};
use crate::report::Measure;
use crate::report::chart::Pareto;

const ROW: f64 = 24.0;
const LEFT: f64 = 270.0;
/// Room for counts beside the names.
const COUNT: f64 = 58.0;
const RIGHT: f64 = WIDTH - 80.0;
/// Above the bars: the legend and the scale of the line.
const HEAD: f64 = 46.0;

/// `None` where there are fewer than two bars.
pub fn draw(chart: &Pareto, pen: Pen<'_>) -> Option<Drawn> {
    if chart.names.len() < 2 {
        return None;
    }
    let mut canvas = Canvas::new(pen);
    let height = HEAD + ROW * chart.names.len() as f64;
    head(&mut canvas, height);
    let all: f64 = chart.counts.iter().sum();
    for (row, (name, count)) in chart.names.iter().zip(&chart.counts).enumerate() {
        let y = HEAD + row as f64 * ROW;
        // On the scale of the line, which so never meets a bar but at the first one's end.
        let width = if all > 0.0 { count / all * (RIGHT - LEFT) } else { 0.0 };
        let class = if chart.rest && row + 1 == chart.names.len() { "b1" } else { "b0" };
        canvas.text((LEFT - COUNT, y + 16.0), Anchor::End, &cut(name, NAME));
        canvas.text((LEFT - 8.0, y + 16.0), Anchor::End, &number(*count));
        canvas.bar(class, (LEFT, y + 4.0), (width, ROW - 8.0));
    }
    let points: Vec<(f64, f64)> = chart
        .cumulative
        .iter()
        .enumerate()
        .map(|(row, share)| (LEFT + share / 100.0 * (RIGHT - LEFT), HEAD + (row as f64 + 0.5) * ROW))
        .collect();
    canvas.path("l0", &points);
    for ((x, y), share) in points.iter().zip(&chart.cumulative) {
        canvas.small((x + 7.0, y + 4.0), Anchor::Start, &label(share.round(), Measure::Percent, pen));
    }
    Some(Drawn { inner: canvas.out, height: height + 4.0, says: says(chart) })
}

fn head(canvas: &mut Canvas<'_>, height: f64) {
    canvas.bar("b0", (LEFT, 5.0), (14.0, 11.0));
    canvas.text((LEFT + 22.0, 15.0), Anchor::Start, "tickets");
    canvas.path("l0", &[(LEFT + 100.0, 11.0), (LEFT + 120.0, 11.0)]);
    canvas.text((LEFT + 128.0, 15.0), Anchor::Start, "share of all, with those above");
    for part in 0..=4 {
        let x = LEFT + f64::from(part) / 4.0 * (RIGHT - LEFT);
        canvas.line("g", (x, HEAD - 4.0), (x, height));
        canvas.small((x, HEAD - 8.0), Anchor::Middle, &format!("{} %", part * 25));
    }
}

fn says(chart: &Pareto) -> String {
    let rows = chart.names.iter().zip(chart.counts.iter().zip(&chart.cumulative)).take(12);
    let words = rows.map(|(name, (count, share))| format!("{name}: {}, together {share:.0} %", number(*count)));
    words.collect::<Vec<_>>().join("; ")
}
