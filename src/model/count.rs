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

/// How long something lasted, in its two largest units: `41m 12s`, `5h 03m`, `3d 0h`.
pub fn lasted(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m {:02}s", seconds % 60),
        (0, _, _) => format!("{hours}h {:02}m", minutes % 60),
        (_, _, _) => format!("{days}d {}h", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lasted_is_said_in_two_units() {
        let said = [0, 59, 60, 2_472, 18_180, 259_200, -5].map(lasted);
        assert_eq!(said, ["0s", "59s", "1m 00s", "41m 12s", "5h 03m", "3d 0h", "0s"]);
    }

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
