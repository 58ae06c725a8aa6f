//! Amounts of money as people write them, in hundredths.

/// The most that an amount may be: a million million.
const MOST: u64 = 100_000_000_000_000;

/// `12`, `12.5` or `12.50` in hundredths; `None` for anything else, and above a million million.
pub fn hundredths(text: &str) -> Option<u64> {
    let (whole, part) = text.trim().split_once('.').map_or((text.trim(), "0"), |(whole, part)| (whole, part));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) || part.len() > 2 {
        return None;
    }
    let part: u64 = format!("{part:0<2}").parse().ok()?;
    let amount = whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(part)?;
    (amount <= MOST).then_some(amount)
}

/// `12.50` for 1250.
pub fn written(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, amount) in [("12", 1200), ("12.5", 1250), (" 12.05 ", 1205), ("0.99", 99), ("0", 0)] {
            assert_eq!(hundredths(text), Some(amount), "{text}");
        }
        for bad in ["", ".", "5.", ".5", "-1", "+1", "1.234", "1,50", "1e3", "99999999999999999999", "1000000000001"] {
            assert_eq!(hundredths(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(amount in 0..MOST) {
            prop_assert_eq!(hundredths(&written(amount)), Some(amount));
        }

        #[test]
        fn no_words_break_the_reader(text in "\\PC{0,12}") {
            let _ = hundredths(&text);
        }
    }
}
