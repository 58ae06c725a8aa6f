//! Bars for each period, and below them lines over the same periods with a scale of their own.

use super::{Anchor, Canvas, Drawn, Pen, WIDTH, ceiling, label};
use crate::report::Measure;
use crate::report::chart::{Periods, Series};

const LEFT: f64 = 56.0;
/// Right of it stands the scale of shares.
const RIGHT: f64 = WIDTH - 48.0;
/// Height of a legend, of the field of bars and of that of lines.
const LEGEND: f64 = 26.0;
const BARS: f64 = 170.0;
const LINES: f64 = 110.0;
/// Room for the names of periods.
const NAMES: f64 = 26.0;
/// Width of a character of a name of a period, at most, and the gap between two names.
const CHARACTER: f64 = 6.4;
const GAP: f64 = 12.0;
/// From one value beside a line to the next.
const APART: f64 = 14.0;

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
        if let Some(axis) = chart.axis() {
            canvas.small((WIDTH - 4.0, y + 15.0), Anchor::End, axis);
        }
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

/// A scale from its least to its greatest value over a height.
#[derive(Clone, Copy)]
struct Scale {
    y: f64,
    height: f64,
    ends: (f64, f64),
}

impl Scale {
    fn place(self, value: f64) -> f64 {
        let (least, most) = self.ends;
        self.y + self.height * (1.0 - (value - least) / (most - least))
    }
}

/// Lines across with their values: shares to the right, what is counted to the left.
fn grid(canvas: &mut Canvas<'_>, (y, height): (f64, f64), series: &[Series], (unit, least): (Measure, f64)) -> Scale {
    let most = series.iter().flat_map(|one| &one.values).copied().fold(0.0, f64::max);
    let end = if unit == Measure::Percent { 100.0 } else { ceiling(most) };
    let parts = if end <= 1.0 { 1 } else { 2 };
    let scale = Scale { y, height, ends: (least, end) };
    for part in 0..=parts {
        let value = least + (end - least) * f64::from(part) / f64::from(parts);
        let line = scale.place(value);
        canvas.line("g", (LEFT, line), (RIGHT, line));
        let words = label(value, unit, canvas.pen);
        match unit == Measure::Percent {
            true => canvas.small((RIGHT + 8.0, line + 4.0), Anchor::Start, &words),
            false => canvas.small((LEFT - 6.0, line + 4.0), Anchor::End, &words),
        }
    }
    scale
}

fn bars(canvas: &mut Canvas<'_>, (y, height): (f64, f64), chart: &Periods) {
    let scale = grid(canvas, (y, height), &chart.bars, (chart.units.0, 0.0));
    let group = step(chart) * 0.78;
    let width = group / chart.bars.len() as f64;
    for (number, series) in chart.bars.iter().enumerate() {
        for (at, value) in series.values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
            let x = middle(chart, at) - group / 2.0 + width * number as f64;
            let tall = y + height - scale.place(*value);
            canvas.bar(&format!("b{}", number.min(2)), (x + width * 0.06, y + height - tall), (width * 0.88, tall));
        }
    }
}

fn lines(canvas: &mut Canvas<'_>, field: (f64, f64), chart: &Periods) {
    let scale = grid(canvas, field, &chart.lines, (chart.units.1, chart.least()));
    let place = |at: usize, value: f64| (middle(chart, at), scale.place(value));
    let mut ends = Vec::new();
    for (number, series) in chart.lines.iter().enumerate() {
        let known: Vec<(usize, f64)> = series.values.iter().copied().enumerate().collect();
        for run in known.split(|(_, value)| !value.is_finite()).filter(|run| !run.is_empty()) {
            let points: Vec<(f64, f64)> = run.iter().map(|(at, value)| place(*at, *value)).collect();
            canvas.path(&format!("l{}", number.min(3)), &points);
        }
        if let Some((at, value)) = known.iter().rfind(|(_, value)| value.is_finite()) {
            let (x, mark) = place(*at, *value);
            // Above the mark, or below it where there is no room.
            let beside = if mark - scale.y < 16.0 { mark + 17.0 } else { mark - 8.0 };
            ends.push((x, beside, label(*value, chart.units.1, canvas.pen)));
        }
    }
    for (x, y, words) in apart(ends, scale.y + scale.height) {
        canvas.text((x, y), Anchor::Middle, &words);
    }
}

/// Values beside the ends of lines, none on another, the lowest no lower than that; equal ones once.
fn apart(mut ends: Vec<(f64, f64, String)>, lowest: f64) -> Vec<(f64, f64, String)> {
    ends.sort_by(|one, other| one.1.total_cmp(&other.1));
    ends.dedup_by(|one, other| (one.0, &one.2) == (other.0, &other.2));
    let mut least = f64::NEG_INFINITY;
    for (_, y, _) in &mut ends {
        *y = y.max(least);
        least = *y + APART;
    }
    let mut most = lowest;
    for (_, y, _) in ends.iter_mut().rev() {
        *y = y.min(most);
        most = *y - APART;
    }
    ends
}

/// As many names as there is room for, each whole on the page.
fn names(canvas: &mut Canvas<'_>, y: f64, chart: &Periods) {
    let longest = chart.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let half = longest as f64 * CHARACTER / 2.0;
    let count = chart.names.len();
    let inside = |at: usize| middle(chart, at).min(WIDTH - half).max(half);
    // The last one is moved by so much, towards the one before it; the first one less, for its margin is wider.
    let moved = middle(chart, count.saturating_sub(1)) - inside(count.saturating_sub(1));
    let each = ((2.0 * half + GAP + moved.max(0.0)) / step(chart)).ceil().max(1.0) as usize;
    // Counted from the end: the last period is the one that matters.
    for (at, name) in chart.names.iter().enumerate().filter(|(at, _)| (count - 1 - at).is_multiple_of(each)) {
        canvas.small((inside(at), y + 17.0), Anchor::Middle, name);
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
        let pen = Pen { shown: &shown, span: &span, working: &span };
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
    fn many(names: Vec<String>) -> Periods {
        let lines = vec![Series::new("kept", names.iter().map(|_| 95.0))];
        Periods { names, bars: Vec::new(), lines, units: (Measure::Plain, Measure::Percent) }
    }

    /// Middle and width of each name below the lines.
    fn drawn_names(chart: &Periods) -> Vec<(f64, f64)> {
        let shown = |text: &str| text.to_owned();
        let span = |seconds: i64| seconds.to_string();
        let mut canvas = Canvas::new(Pen { shown: &shown, span: &span, working: &span });
        names(&mut canvas, 0.0, chart);
        let middle = |line: &str| line.split("x=\"").nth(1)?.split('"').next()?.parse::<f64>().ok();
        let words = |line: &str| Some(line.split('>').nth(1)?.strip_suffix("</text")?.chars().count());
        canvas.out.lines().filter_map(|line| Some((middle(line)?, words(line)? as f64 * CHARACTER))).collect()
    }

    #[test]
    fn names_of_periods_never_meet_and_are_whole() {
        for length in [4, 8, 10, 23] {
            for count in 2..=120 {
                let chart = many((0..count).map(|_| "n".repeat(length)).collect());
                let drawn = drawn_names(&chart);
                assert!(!drawn.is_empty(), "{length} {count}");
                assert!(drawn.windows(2).all(|two| two[1].0 - two[0].0 >= two[0].1), "{length} {count}: {drawn:?}");
                let inside = |(x, width): &(f64, f64)| x - width / 2.0 >= -0.1 && x + width / 2.0 <= WIDTH + 0.1;
                assert!(drawn.iter().all(inside), "{length} {count}: {drawn:?}");
            }
        }
    }

    #[test]
    fn shares_have_their_scale_to_the_right_and_say_of_what() {
        let shown = |text: &str| text.to_owned();
        let span = |seconds: i64| seconds.to_string();
        let pen = Pen { shown: &shown, span: &span, working: &span };
        let inner = draw(&many(vec!["a".to_owned(), "b".to_owned()]), pen).unwrap().inner;
        assert!(inner.contains(">kept, in percent</text>"), "{inner}");
        for value in ["80 %", "90 %", "100 %"] {
            assert!(inner.contains(&format!("text-anchor=\"start\">{value}</text>")), "{value}: {inner}");
        }
    }

    #[test]
    fn values_at_the_ends_of_lines_do_not_lie_on_each_other() {
        let end = |y: f64, words: &str| (0.0, y, words.to_owned());
        let placed = apart(vec![end(98.0, "a"), end(97.0, "b"), end(97.0, "b")], 100.0);
        assert_eq!(placed, [end(86.0, "b"), end(100.0, "a")]);
    }
}
