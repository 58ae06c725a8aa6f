//! Bars and sparklines in text.

const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A bar of at most `width` cells for `value` of `most`; `#` off UTF-8.
pub fn bar(value: f64, most: f64, width: usize, utf8: bool) -> String {
    if most <= 0.0 || value <= 0.0 {
        return String::new();
    }
    let eighths = ((value / most).min(1.0) * (width * 8) as f64).round().max(1.0) as usize;
    if !utf8 {
        return "#".repeat(eighths.div_ceil(8));
    }
    let mut bar = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        bar.push(EIGHTHS[eighths % 8 - 1]);
    }
    bar
}

/// A bar of whole cells with the rest of them empty: how much of something is used, in percent.
pub fn gauge(percent: i64, width: usize, utf8: bool) -> String {
    let full = ((percent.clamp(0, 100) as usize) * width).div_ceil(100);
    let (full_cell, empty_cell) = if utf8 { ("█", "░") } else { ("#", ".") };
    format!("{}{}", full_cell.repeat(full), empty_cell.repeat(width - full))
}

/// One character a value, from the lowest to the highest.
pub fn spark(values: &[f64], utf8: bool) -> String {
    let most = values.iter().copied().fold(0.0, f64::max);
    values
        .iter()
        .map(|value| {
            let step = if most > 0.0 { (value / most * 7.0).round() as usize } else { 0 };
            if utf8 { HEIGHTS[step.min(7)] } else { char::from(b'0' + step.min(7) as u8) }
        })
        .collect()
}

/// One bar: its name, its value, and the value as people read it.
pub struct Bar {
    pub name: String,
    pub value: f64,
    pub label: String,
}

/// Horizontal bars as inline SVG; the page's style gives the colours.
pub fn svg_bars(bars: &[Bar]) -> String {
    use std::fmt::Write as _;
    let most = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let height = bars.len() * 22;
    let mut out = format!("<svg role=\"img\" viewBox=\"0 0 640 {height}\" width=\"640\" height=\"{height}\">\n");
    for (at, bar) in bars.iter().enumerate() {
        let width = if most > 0.0 { bar.value / most * 360.0 } else { 0.0 };
        let name = super::format::html(&super::grid::cut(&bar.name, 26, "…"));
        let (y, label) = (at * 22, super::format::html(&bar.label));
        let _ = writeln!(
            out,
            "<text x=\"0\" y=\"{}\">{name}</text><rect x=\"200\" y=\"{}\" width=\"{width:.1}\" height=\"16\"/>\
             <text x=\"{:.1}\" y=\"{}\">{label}</text>",
            y + 15,
            y + 3,
            206.0 + width,
            y + 15
        );
    }
    out.push_str("</svg>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        assert_eq!(bar(5.0, 10.0, 4, true), "██");
        assert_eq!(bar(0.1, 10.0, 4, true), "▏");
        assert_eq!(bar(10.0, 10.0, 4, false), "####");
        assert_eq!(bar(0.0, 10.0, 4, true), "");
    }

    #[test]
    fn a_sparkline_spans_its_values() {
        assert_eq!(spark(&[0.0, 5.0, 10.0], true), "▁▅█");
    }
}
