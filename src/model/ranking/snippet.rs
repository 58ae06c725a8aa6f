//! The place in a text where what was asked for stands.

use crate::model::text::{beginning, tokens};

/// Bytes of a text that are looked at.
const READ: usize = 64 * 1_024;

/// The words round the best place, at most `width` characters, on one line; the beginning where none of them is there.
/// `weight` says how close a folded word is to one that was asked for, 0 for not at all. The text may be Markdown: its
/// marks are left out.
pub fn snippet(text: &str, width: usize, weight: impl Fn(&str) -> f64) -> String {
    let plain = plain(beginning(text, READ));
    let words: Vec<&str> = plain.split_whitespace().collect();
    let weights: Vec<f64> =
        words.iter().map(|word| tokens(word).iter().map(|token| weight(token)).fold(0.0, f64::max)).collect();
    let lengths: Vec<usize> = words.iter().map(|word| word.chars().count()).collect();
    let (from, to) = window(&words, &weights, &lengths, width.saturating_sub(4));
    let mut shown = words[from..to].join(" ");
    if let [one] = &words[from..to] {
        shown = one.chars().take(width.saturating_sub(4)).collect();
    }
    let (before, after) = (if from > 0 { "… " } else { "" }, if to < words.len() { " …" } else { "" });
    format!("{before}{shown}{after}")
}

/// The words, from and to, that weigh most where each counts once; the first of several.
fn window(words: &[&str], weights: &[f64], lengths: &[usize], room: usize) -> (usize, usize) {
    let mut best = (0.0, 0, end(lengths, 0, room));
    for from in 0..words.len() {
        // Some words before the first that counts make it readable.
        if weights[from] <= 0.0 {
            continue;
        }
        let from = from.saturating_sub(3);
        let to = end(lengths, from, room);
        let mut counted: Vec<&str> = Vec::new();
        let mut weight = 0.0;
        for at in from..to {
            if weights[at] > 0.0 && !counted.contains(&words[at]) {
                counted.push(words[at]);
                weight += weights[at];
            }
        }
        if weight > best.0 {
            best = (weight, from, to);
        }
    }
    (best.1, best.2)
}

/// How far words from one on have room on a line; one at least, where there is one.
fn end(lengths: &[usize], from: usize, room: usize) -> usize {
    let mut left = room as isize + 1;
    let fitting = lengths[from.min(lengths.len())..].iter().take_while(|length| {
        left -= **length as isize + 1;
        left >= 0
    });
    (from + fitting.count().max(1)).min(lengths.len())
}

/// Without the marks of Markdown, lines one after the other.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let (mut in_target, mut before) = (false, ' ');
        for letter in line.trim_start_matches(['#', '>', ' ', '\t']).chars() {
            match letter {
                '(' if before == ']' => in_target = true,
                ')' if in_target => in_target = false,
                '!' if before == '[' => {}
                '*' | '`' | '[' | ']' | '|' => {}
                other if !in_target => out.push(other),
                _ => {}
            }
            before = letter;
        }
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str, width: usize) -> String {
        snippet(text, width, |word| if ["token", "vpn"].contains(&word) { 1.0 } else { 0.0 })
    }

    #[test]
    fn the_place_with_most_of_the_words_is_shown_without_marks() {
        let text = "# Before you begin\n\nHave the [token](https://example.com/token) at hand.\n\n1. Start the **VPN** and \
                    type the token.\n2. Wait until it says so";
        assert_eq!(of(text, 60), "… begin Have the token at hand. 1. Start the VPN and type …");
        assert_eq!(of(text, 42), "… 1. Start the VPN and type the token. …");
        assert_eq!(of("Nothing of the kind", 12), "Nothing …");
        assert_eq!(of("", 40), "");
    }

    proptest! {
        #[test]
        fn it_never_is_wider_than_wanted(text in any::<String>(), width in 8..200_usize) {
            let shown = of(&text, width);
            prop_assert!(shown.chars().count() <= width, "{shown}");
            prop_assert!(!shown.contains('\n'));
        }
    }
}
