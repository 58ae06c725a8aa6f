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
