//! Text of the desk made ready for HTML.

use crate::ui::format::entities;
use crate::ui::visible::is_hidden;

/// Without what moves, hides or turns text: control characters but tab and line feed, and the marks of direction. The
/// two joiners stay, which some languages and signs need.
pub fn clean(text: &str) -> String {
    let drops = |c: &char| match c {
        '\n' | '\t' | '\u{200c}' | '\u{200d}' => false,
        c => c.is_control() || is_hidden(*c),
    };
    text.chars().filter(|c| !drops(c)).collect()
}

/// Text as HTML, between tags or quotes.
pub fn escape(text: &str) -> String {
    entities(&clean(text))
}

/// Text within an address: everything but letters, digits and a few signs in percent.
pub fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in clean(text).bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A name as words: `home-office` is Home office, `vpn` VPN.
pub fn titled(name: &str) -> String {
    let is_short = !name.contains(['a', 'e', 'i', 'o', 'u', 'y', '-']);
    if is_short {
        return name.to_uppercase();
    }
    let words = name.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escape("<b a=\"x\" c='y'>&\u{202e}\0"), "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;");
        assert_eq!(percent("a&b é\n"), "a%26b%20%C3%A9%0A");
        assert_eq!([titled("home-office"), titled("vpn")], ["Home office", "VPN"]);
    }
}
