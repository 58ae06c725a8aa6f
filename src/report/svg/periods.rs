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
        let class = format!("{kind}{}", if kind == "b" { at.min(2) } else { at.min(3) });
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
        for (at, value) in series.values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
            let x = middle(chart, at) - group / 2.0 + width * number as f64;
            let tall = value / end * height;
            canvas.bar(&format!("b{}", number.min(2)), (x + width * 0.06, y + height - tall), (width * 0.88, tall));
        }
    }
}

fn lines(canvas: &mut Canvas<'_>, (y, height): (f64, f64), chart: &Periods) {
    let end = grid(canvas, (y, height), &chart.lines, chart.units.1);
    let place = |at: usize, value: f64| (middle(chart, at), y + height * (1.0 - value / end));
    for (number, series) in chart.lines.iter().enumerate() {
        let known: Vec<(usize, f64)> = series.values.iter().copied().enumerate().collect();
        for run in known.split(|(_, value)| !value.is_finite()).filter(|run| !run.is_empty()) {
            let points: Vec<(f64, f64)> = run.iter().map(|(at, value)| place(*at, *value)).collect();
            canvas.path(&format!("l{}", number.min(3)), &points);
        }
        if let Some((at, value)) = known.iter().rfind(|(_, value)| value.is_finite()) {
            let words = label(*value, chart.units.1, canvas.pen);
            let (x, mark) = place(*at, *value);
            // Above the mark, or below it where there is no room.
            let beside = if mark - y < 16.0 { mark + 17.0 } else { mark - 8.0 };
            canvas.text((x, beside), Anchor::Middle, &words);
        }
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
        let known = || series.values.iter().copied().enumerate().filter(|(_, value)| value.is_finite());
        let Some((at, last)) = known().next_back() else { return format!("{}: nothing", series.name) };
        let least = known().map(|(_, value)| value).fold(f64::INFINITY, f64::min);
        let most = known().map(|(_, value)| value).fold(0.0, f64::max);
        let [least, most, last] = [least, most, last].map(|value| label(value, unit, pen));
        let name = chart.names.get(at).map_or("", String::as_str);
        format!("{}: from {least} to {most}, {last} in {name}", series.name)
    };
    let bars = chart.bars.iter().map(|series| of(series, chart.units.0));
    let lines = chart.lines.iter().map(|series| of(series, chart.units.1));
    bars.chain(lines).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_a_gap_in_the_line() {
        let shown = |text: &str| text.to_owned();
        let span = |seconds: i64| seconds.to_string();
        let pen = Pen { shown: &shown, span: &span };
        let chart = Periods {
            names: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
            bars: Vec::new(),
            lines: vec![Series::new("kept", [90.0, 100.0, f64::NAN, f64::NAN])],
            units: (Measure::Plain, Measure::Percent),
        };
        let drawn = draw(&chart, pen).unwrap();
        assert_eq!(drawn.says, "kept: from 90 % to 100 %, 100 % in b");
        assert!(!drawn.inner.contains("NaN") && drawn.inner.matches("<polyline").count() == 2, "{}", drawn.inner);
    }
}
