//! Words as search sees them: without case, accents and punctuation.
//!
//! The same folding feeds the full-text index, so a search there and a query in memory mean the same.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The words of a text, folded: letters and digits only, lower case, without marks.
pub fn tokens(text: &str) -> Vec<String> {
    folded(text).split(' ').filter(|token| !token.is_empty()).map(str::to_owned).collect()
}

/// The folded words with one space between.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut push = |c: char| {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    };
    if text.is_ascii() {
        text.chars().for_each(|c| push(c.to_ascii_lowercase()));
    } else {
        let letters = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
        letters.for_each(|c| match spelled_out(c) {
            Some(letters) => letters.chars().for_each(&mut push),
            None => push(c),
        });
    }
    out.truncate(out.trim_end().len());
    out
}

/// Letters with more than a mark to them, as who does not have them types them.
fn spelled_out(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ĳ' => "ij",
        'ø' => "o",
        'ł' => "l",
        'đ' => "d",
        'ı' => "i",
        _ => return None,
    })
}

/// The beginning of a text, of so many bytes at most.
pub fn beginning(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Whether the words of `phrase` stand in `tokens` one after the other; the last may be the beginning of a word.
pub fn holds(tokens: &[String], phrase: &[String]) -> bool {
    let Some((last, whole)) = phrase.split_last() else { return true };
    tokens.windows(phrase.len()).any(|window| {
        window.iter().zip(whole).all(|(token, word)| token == word) && window[whole.len()].starts_with(last.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_letters() {
        assert_eq!(["aé", "aéb"].map(|text| beginning(text, 2)), ["a", "a"]);
        assert_eq!((beginning("aé", 3), beginning("aé", 9), beginning("", 1)), ("aé", "aé", ""));
    }

    #[test]
    fn case_accents_and_punctuation_do_not_count() {
        assert_eq!(folded("Prüfung: foo-bar (É) 2x"), "prufung foo bar e 2x");
        assert_eq!(folded("Groß, Ĳsland, Ærø, łódź"), "gross ijsland aero lodz");
        assert!(holds(&tokens("Connection refused by peer"), &tokens("connection ref")));
        assert!(!holds(&tokens("refused connection"), &tokens("connection refused")));
    }
}
