//! Makes words that anybody may have written fit for a service: one line or clean lines, escaped, not too long.
//!
//! Nothing is judged here, only disarmed: what a service takes as a command comes out as the characters it is made of.

/// The text on one line, without what cannot be seen.
pub fn line(text: &str) -> String {
    block(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text with its lines, without what cannot be seen.
pub fn block(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let seen = text.chars().filter(|c| !is_hidden(*c));
    seen.map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

/// Marks that change the direction of reading, and zero-width ones that hide a word from whoever looks for it. The
/// joiner stays: emoji are made with it.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// At most `limit` characters, the last of them `…` where something was left out.
///
/// Services count characters, some of them UTF-16 units; the latter are never fewer, so those are counted.
pub fn cut(text: &str, limit: usize) -> String {
    cut_by(text, limit, char::len_utf16)
}

/// The same in bytes of UTF-8.
pub fn cut_bytes(text: &str, limit: usize) -> String {
    cut_by(text, limit, char::len_utf8)
}

fn cut_by(text: &str, limit: usize, size: fn(char) -> usize) -> String {
    if text.chars().map(size).sum::<usize>() <= limit {
        return text.to_owned();
    }
    let mut room = limit.saturating_sub(size('…'));
    let mut kept = String::new();
    for c in text.chars() {
        let Some(left) = room.checked_sub(size(c)) else { break };
        room = left;
        kept.push(c);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// The escaped text in at most `limit` characters: it is the plain text that is cut, so that no escape is cut in two.
pub fn fitted(text: &str, limit: usize, escape: fn(&str) -> String) -> String {
    let mut keep = limit;
    loop {
        let escaped = escape(&cut(text, keep));
        let over = escaped.encode_utf16().count().saturating_sub(limit);
        if over == 0 || keep == 0 {
            return escaped;
        }
        // No escape makes more than six characters of one.
        keep = keep.saturating_sub((over / 6).max(1));
    }
}

/// For Slack: `&`, `<` and `>` are its control characters, and no others may be escaped.
/// <https://docs.slack.dev/messaging/formatting-message-text>
pub fn slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub fn html(text: &str) -> String {
    slack(text).replace('"', "&quot;").replace('\'', "&#39;")
}

/// For services whose markdown takes a backslash before any punctuation (CommonMark, 2.4; Discord does too).
///
/// An underscore within a word means nothing and stays, or every path and address in a ticket would be spoilt.
pub fn markdown(text: &str) -> String {
    text.lines().map(markdown_line).collect::<Vec<_>>().join("\n")
}

fn markdown_line(line: &str) -> String {
    // Four spaces before it would make it code.
    let line = line.trim_start();
    let mut out = String::with_capacity(line.len() + 8);
    let mut before = None;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let inside = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
        let active = match c {
            '\\' | '`' | '*' | '~' | '[' | ']' | '<' | '>' | '|' | '&' => true,
            '_' => !(inside(before) && inside(rest.peek().copied())),
            '#' | '-' | '+' | '=' => before.is_none(),
            '.' | ')' => out.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        if active {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

/// For a part of a URL's path: all but RFC 3986's unreserved characters as `%XX`.
pub fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_seen_is_gone() {
        assert_eq!(line(" a\u{202e}b\r\nc\td\u{7}e\u{200b}f "), "ab c d ef");
        assert_eq!(block("a\r\nb\rc\u{1b}[31m"), "a\nb\nc [31m");
    }

    #[test]
    fn markdown_is_the_characters_it_is_made_of() {
        for (text, escaped) in [
            ("*a* _b_ ~~c~~ `d` ||e||", r"\*a\* \_b\_ \~\~c\~\~ \`d\` \|\|e\|\|"),
            ("[a](https://b)", r"\[a\](https://b)"),
            ("snake_case and https://a/b_c#d", "snake_case and https://a/b_c#d"),
            ("# a\n    - b\n1. c\n1) c\n2.5 d - e", "\\# a\n\\- b\n1\\. c\n1\\) c\n2\\.5 d - e"),
            ("<@1> &lt; \\", r"\<@1\> \&lt; \\"),
        ] {
            assert_eq!(markdown(text), escaped);
        }
    }

    proptest! {
        #[test]
        fn a_cut_text_is_the_beginning_and_no_longer_than_asked(text: String, limit in 3_usize..50) {
            for (cut, size) in [
                (cut(&text, limit), text.encode_utf16().count()),
                (cut_bytes(&text, limit), text.len()),
            ] {
                if size <= limit {
                    prop_assert_eq!(&cut, &text);
                } else {
                    prop_assert!(text.starts_with(cut.strip_suffix('…').unwrap()));
                }
            }
            prop_assert!(cut(&text, limit).encode_utf16().count() <= limit);
            prop_assert!(cut_bytes(&text, limit).len() <= limit);
        }

        #[test]
        fn a_fitted_text_holds_whole_escapes(text in "[&<>a *]{0,40}", limit in 6_usize..60) {
            let fitted = fitted(&text, limit, html);
            prop_assert!(fitted.encode_utf16().count() <= limit);
            let plain = fitted.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            let plain = plain.strip_suffix('…').unwrap_or(&plain);
            prop_assert!(text.starts_with(plain), "{} of {}", plain, text);
        }
    }
}
