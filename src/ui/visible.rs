//! Hostile text made harmless for a terminal: whatever could move the cursor, change colours or turn the direction of
//! text is shown as a visible mark.

use std::fmt::Write as _;

/// Text on one line: line breaks and tabs are shown too.
pub fn visible_line(text: &str) -> String {
    mark(text, false)
}

/// Text of several lines; only LF keeps its meaning.
pub fn visible_text(text: &str) -> String {
    mark(text, true)
}

fn mark(text: &str, lines: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' if lines => out.push('\n'),
            '\t' if lines => out.push_str("    "),
            '\n' => out.push('␤'),
            '\t' => out.push(' '),
            c @ '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('␦')),
            '\u{7f}' => out.push('␡'),
            c if c.is_control() || is_hidden(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Characters that turn the direction of text or take no room.
pub fn is_hidden(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_attack_is_shown_instead_of_carried_out() {
        assert_eq!(visible_line("a\u{1b}]52;c;x\u{7}\nb"), "a␛]52;c;x␇␤b");
        assert_eq!(visible_line("gpj.\u{202e}exe\u{9b}2J"), "gpj.\\u{202e}exe\\u{9b}2J");
    }

    proptest! {
        #[test]
        fn nothing_hidden_gets_through(text: String) {
            let line = visible_line(&text);
            prop_assert!(!line.chars().any(|c| c.is_control() || is_hidden(c)));
            prop_assert!(!visible_text(&text).chars().any(|c| (c.is_control() && c != '\n') || is_hidden(c)));
        }
    }
}
