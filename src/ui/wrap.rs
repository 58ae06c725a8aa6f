//! Text broken at words, so that no line is longer than there is room.

/// The lines of a text, each of at most `room` characters; a word that is longer is broken. A text that is empty is one
/// empty line.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let mut rest = line.trim_end();
        while let Some((end, _)) = rest.char_indices().nth(room.max(1)) {
            let end = match rest[end..].starts_with(' ') {
                true => end,
                false => rest[..end].rfind(' ').filter(|at| !rest[..*at].trim().is_empty()).unwrap_or(end),
            };
            lines.push(rest[..end].trim_end().to_owned());
            rest = rest[end..].trim_start();
        }
        lines.push(rest.to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_broken_at_its_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a\n\nb", 3), ["a", "", "b"]);
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_no_word_is_lost(text in "[a-z \n]{0,80}", room in 1_usize..20) {
            let lines = wrap(&text, room);
            prop_assert!(lines.iter().all(|line| line.chars().count() <= room));
            let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
