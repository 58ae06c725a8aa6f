//! Bars for each period, and below them lines over the same periods with a scale of their own.

use super::{Anchor, Canvas, Drawn, Pen, WIDTH, ceiling, label};
use crate::report::Measure;
use crate::report::chart::{Periods, Series};

const LEFT: f64 = 56.0;
const RIGHT: f64 = WIDTH - 32.0;
/// Height of a legend, of the field of bars and of that of lines.
const LEGEND: f64 = 26.0;
const BARS: f64 = 170.0;
const LINES: f64 = 110.0;
/// Room for the names of periods.
const NAMES: f64 = 26.0;
/// Width of the name of a period.
const NAME: f64 = 78.0;

/// `None` where there are fewer than two periods.
pub fn draw(chart: &Periods, pen: Pen<'_>) -> Option<Drawn> {
    if chart.names.len() < 2 {
        return None;
    }
    let mut canvas = Canvas::new(pen);
    let mut y = 0.0;
    if !chart.bars.is_empty() {
        legend(&mut canvas, y, &chart.bars, "b");
        y += LEGEND;
        bars(&mut canvas, (y, BARS), chart);
        y += BARS + 12.0;
    }
    if !chart.lines.is_empty() {
        legend(&mut canvas, y, &chart.lines, "l");
        y += LEGEND;
        lines(&mut canvas, (y, LINES), chart);
        y += LINES;
    }
    names(&mut canvas, y, chart);
    Some(Drawn { inner: canvas.out, height: y + NAMES, says: says(chart, pen) })
}

/// The middle of a period.
fn middle(chart: &Periods, at: usize) -> f64 {
    LEFT + step(chart) * (at as f64 + 0.5)
}

fn step(chart: &Periods) -> f64 {
    (RIGHT - LEFT) / chart.names.len() as f64
}

fn legend(canvas: &mut Canvas<'_>, y: f64, series: &[Series], kind: &str) {
    let mut x = LEFT;
    for (at, one) in series.iter().enumerate() {
        let class = format!("{kind}{at}");
        if kind == "b" {
            canvas.bar(&class, (x, y + 5.0), (14.0, 11.0));
        } else {
            canvas.path(&class, &[(x, y + 11.0), (x + 20.0, y + 11.0)]);
        }
        canvas.text((x + 28.0, y + 15.0), Anchor::Start, &one.name);
        x += 50.0 + 7.2 * one.name.chars().count() as f64;
    }
}

/// Lines across with their values; gives the value at the top.
fn grid(canvas: &mut Canvas<'_>, (y, height): (f64, f64), series: &[Series], unit: Measure) -> f64 {
    let most = series.iter().flat_map(|one| &one.values).copied().fold(0.0, f64::max);
    let end = if unit == Measure::Percent { 100.0 } else { ceiling(most) };
    let parts = if end <= 1.0 { 1 } else { 2 };
    for part in 0..=parts {
        let share = f64::from(part) / f64::from(parts);
        let line = y + height * (1.0 - share);
        canvas.line("g", (LEFT, line), (RIGHT, line));
        let words = label(end * share, unit, canvas.pen);
        canvas.small((LEFT - 6.0, line + 4.0), Anchor::End, &words);
    }
    end
}

fn bars(canvas: &mut Canvas<'_>, (y, height): (f64, f64), chart: &Periods) {
    let end = grid(canvas, (y, height), &chart.bars, chart.units.0);
    let group = step(chart) * 0.78;
    let width = group / chart.bars.len() as f64;
    for (number, series) in chart.bars.iter().enumerate() {
        for (at, value) in series.values.iter().enumerate() {
            let x = middle(chart, at) - group / 2.0 + width * number as f64;
            let tall = value / end * height;
            canvas.bar(&format!("b{number}"), (x + width * 0.06, y + height - tall), (width * 0.88, tall));
        }
    }
}

fn lines(canvas: &mut Canvas<'_>, (y, height): (f64, f64), chart: &Periods) {
    let end = grid(canvas, (y, height), &chart.lines, chart.units.1);
    for (number, series) in chart.lines.iter().enumerate() {
        let point = |(at, value): (usize, &f64)| (middle(chart, at), y + height * (1.0 - value / end));
        let points: Vec<(f64, f64)> = series.values.iter().enumerate().map(point).collect();
        canvas.path(&format!("l{number}"), &points);
    }
    let last = chart.lines.first().and_then(|series| Some((series.values.len() - 1, series.values.last()?)));
    if let Some((at, value)) = last {
        let words = label(*value, chart.units.1, canvas.pen);
        // Above the mark, or below it where the line comes from above.
        let place = y + height * (1.0 - value / end);
        let place = if place - y < 16.0 { place + 17.0 } else { place - 8.0 };
        canvas.text((middle(chart, at), place), Anchor::Middle, &words);
    }
}

/// As many names as there is room for.
fn names(canvas: &mut Canvas<'_>, y: f64, chart: &Periods) {
    let each = (NAME / step(chart)).ceil().max(1.0) as usize;
    // Counted from the end: the last period is the one that matters.
    let count = chart.names.len();
    for (at, name) in chart.names.iter().enumerate().filter(|(at, _)| (count - 1 - at).is_multiple_of(each)) {
        canvas.small((middle(chart, at), y + 17.0), Anchor::Middle, name);
    }
}

/// `opened: from 4 to 12, 9 in 2026-W48`
fn says(chart: &Periods, pen: Pen<'_>) -> String {
    let of = |series: &Series, unit: Measure| {
        let least = series.values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = series.values.iter().copied().fold(0.0, f64::max);
        let last = series.values.last().copied().unwrap_or(0.0);
        let [least, most, last] = [least, most, last].map(|value| label(value, unit, pen));
        format!("{}: from {least} to {most}, {last} in {}", series.name, chart.names.last().map_or("", String::as_str))
    };
    let bars = chart.bars.iter().map(|series| of(series, chart.units.0));
    let lines = chart.lines.iter().map(|series| of(series, chart.units.1));
    bars.chain(lines).collect::<Vec<_>>().join("; ")
}
