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

/// A cell a value, darker where it is more of `most`; digits off UTF-8. A dot is none.
pub fn heat(values: &[f64], most: f64, utf8: bool) -> String {
    let shade = |value: &f64| {
        if *value <= 0.0 || most <= 0.0 {
            return '·';
        }
        let step = (value / most * 4.0).ceil().clamp(1.0, 4.0) as usize - 1;
        ['░', '▒', '▓', '█'][step]
    };
    let digit = |value: &f64| match *value > 0.0 && most > 0.0 {
        true => char::from(b'0' + (value / most * 9.0).ceil().clamp(1.0, 9.0) as u8),
        false => '.',
    };
    values.iter().map(|value| if utf8 { shade(value) } else { digit(value) }).collect()
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
    fn a_field_of_cells_shows_what_is_most_and_what_is_nothing() {
        assert_eq!(heat(&[0.0, 1.0, 5.0, 10.0], 10.0, true), "·░▒█");
        assert_eq!(heat(&[0.0, 1.0, 5.0, 10.0], 10.0, false), ".159");
        assert_eq!(heat(&[0.0], 0.0, true), "·");
    }

    #[test]
    fn a_sparkline_spans_its_values() {
        assert_eq!(spark(&[0.0, 5.0, 10.0], true), "▁▅█");
    }
}
