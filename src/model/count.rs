//! Numbers of things as people read them.

use std::fmt::Display;

/// `1 ticket`, `12 tickets`: the noun takes an `s` unless there is one.
pub fn counted(count: impl Display, noun: &str) -> String {
    let count = count.to_string();
    let ending = if count == "1" { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// `214,381`
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_told_from_several_and_thousands_are_apart() {
        assert_eq!([counted(1, "ticket"), counted(0, "ticket")], ["1 ticket", "0 tickets"]);
        assert_eq!(counted(20_000_usize, "file"), "20000 files");
        assert_eq!(
            [0, 12, 999, 1_000, 20_000, 1_234_567].map(grouped),
            ["0", "12", "999", "1,000", "20,000", "1,234,567"]
        );
    }
}
