//! A length of time as policy writes it: `"45m"`, `"1h 30m"`, `"14d"`, `"5bd"`, `"5bd end"`.

use std::fmt;

const UNITS: [(&str, i64); 5] = [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// Never negative. As a target: working seconds of the calendar; elsewhere real time.
    Seconds(i64),
    /// That many working days later, at the same wall time.
    WorkingDays(u32),
    /// The end of that working day.
    EndOfWorkingDay(u32),
}

impl Span {
    pub fn parse(text: &str) -> Option<Span> {
        let text = text.trim();
        if text == "0" {
            return Some(Span::Seconds(0));
        }
        if let Some(days) = text.strip_suffix("end").and_then(|rest| rest.trim_end().strip_suffix("bd")) {
            return days_of(days).map(Span::EndOfWorkingDay);
        }
        match text.strip_suffix("bd") {
            Some(days) => days_of(days).map(Span::WorkingDays),
            None => seconds(text).map(Span::Seconds),
        }
    }
}

/// Forty years: nobody means more, and each day is looked at.
fn days_of(text: &str) -> Option<u32> {
    number(text).filter(|days| *days <= 10_000)
}

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

/// The sum of `2h`, `30m`, … each unit at most once, the greater first.
fn seconds(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest[digits..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = &rest[digits..digits + letters];
        let (_, each) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(number::<i64>(&rest[..digits])?.checked_mul(*each)?)?;
        rest = rest[digits + letters..].trim_start();
    }
    // A thousand years: beyond it dates overflow and nobody meant it.
    (!text.is_empty() && total <= 1_000 * 366 * 86_400).then_some(total)
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Span::WorkingDays(days) => write!(f, "{days}bd"),
            Span::EndOfWorkingDay(days) => write!(f, "{days}bd end"),
            Span::Seconds(0) => f.write_str("0"),
            Span::Seconds(mut seconds) => {
                let mut blank = "";
                // Weeks are left out: people read `14d` faster than `2w`.
                for (name, each) in &UNITS[1..] {
                    if seconds >= *each {
                        write!(f, "{blank}{}{name}", seconds / each)?;
                        seconds %= each;
                        blank = " ";
                    }
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spans_read_as_policy_writes_them() {
        assert_eq!(Span::parse("1h 30m"), Some(Span::Seconds(5_400)));
        assert_eq!(Span::parse("1h30m"), Some(Span::Seconds(5_400)));
        assert_eq!(Span::parse("14d"), Some(Span::Seconds(14 * 86_400)));
        assert_eq!(Span::parse("5bd"), Some(Span::WorkingDays(5)));
        assert_eq!(Span::parse("5bd end"), Some(Span::EndOfWorkingDay(5)));
        for nothing in [
            "",
            "5",
            "-5m",
            "h",
            "5 m x",
            "30m 1h",
            "1h 1h",
            "1.5h",
            "bd",
            "é",
            "99999999999w",
            "9é",
            "10001bd",
            "10001bd end",
        ] {
            assert_eq!(Span::parse(nothing), None, "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn a_span_reads_back(seconds in 0_i64..100_000_000, days in 0..=10_000_u32) {
            for span in [Span::Seconds(seconds), Span::WorkingDays(days), Span::EndOfWorkingDay(days)] {
                prop_assert_eq!(Span::parse(&span.to_string()), Some(span));
            }
        }

        #[test]
        fn any_text_is_read_or_not(text in "[0-9a-zé ]{0,12}") {
            let _ = Span::parse(&text);
        }
    }
}
