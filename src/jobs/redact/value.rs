//! A value after its label: where it ends, and whether it may be a secret at all.

use std::ops::Range;

/// Words that stand where a value would, and are none.
const PLAIN: &str = "
    a accepted an and are argument ask authentication authorization auto basic bearer bool boolean can cannot
    changed cleared default denied deprecated digest disabled does empty enabled env error exists expected expired
    expires failed failure false field file filtered flag for found from function has have hidden if in incorrect
    input instead int invalid is key keyring ldap localhost login masked may md5 mismatch missing must n/a name
    never new nil no none not null number object of off ok omitted on option optional or pam pass passwd password
    plain prompt provided redacted rejected required requires reset revoked rotated scram-sha-256 secret sensitive
    set should str string text the this to token too true unchanged undefined unexpected unknown unset updated used
    using valid value was will with wrong yes
";

/// Where programs and their files are.
const ROOTS: &str = "
    app bin boot data dev etc home lib library media mnt nix opt private proc root run sbin snap srv sys tmp users
    usr var volumes workspace
";

/// Whether a value is a word, a number or a placeholder that tells nothing.
pub fn is_plain(value: &str) -> bool {
    let value = value.trim().trim_end_matches(['.', ',', ':', ';', '!', '?']);
    let small = value.to_ascii_lowercase();
    let same = |chars: &[char]| value.chars().all(|char| chars.contains(&char));
    PLAIN.split_ascii_whitespace().any(|word| word == small)
        || value.len() < 2
        || same(&['*', '•', '.', '-', '_', '#'])
        || same(&['x'])
        || same(&['X'])
        || is_placeholder(value)
}

/// `$NAME`, `${…}`, `$(…)`, `{{ … }}`, `<…>`, `%s`, `%(…)s`, which may be cut at a blank.
fn is_placeholder(value: &str) -> bool {
    let name = |name: &str| name.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'));
    let small = value.to_ascii_lowercase();
    let starts = |starts: &[&str]| starts.iter().any(|start| small.starts_with(start));
    let closed = value.ends_with(['}', ')']) || value.ends_with(")s");
    // `${NAME:-x}` tells what it is by default.
    (starts(&["${", "$(", "{{", "{%", "%("]) && (closed || !is_random(value)) && !value.contains(":-"))
        || starts(&["<set ", "(sensitive", "[sensitive]", "[hidden]", "[redacted]", "[filtered]"])
        || (value.starts_with('<') && (value.len() == 1 || value.ends_with('>')))
        || value.strip_prefix('$').is_some_and(|rest| !rest.is_empty() && name(rest))
        || matches!(value, "%s" | "%q" | "%v")
}

/// Whether a value is the path of a file.
pub fn is_path(value: &str) -> bool {
    let bytes = value.as_bytes();
    if value.contains(char::is_whitespace) {
        return false;
    }
    if let Some(rest) = value.strip_prefix('/') {
        return rest
            .split('/')
            .next()
            .is_some_and(|root| ROOTS.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(root)));
    }
    ["~/", "./", "../"].iter().any(|start| value.starts_with(start))
        || (bytes.first().is_some_and(u8::is_ascii_alphabetic) && value.get(1..3) == Some(":\\"))
}

/// Whether a value is no word of a sentence: it has a digit, a sign that words do without, or capitals inside.
pub fn is_odd(value: &str) -> bool {
    let sign = |char: char| !char.is_alphanumeric() && !matches!(char, '-' | '_' | '.' | '/');
    let inner = value.chars().skip(1).any(char::is_uppercase) && value.chars().any(char::is_lowercase);
    let count = value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit());
    !count && (inner || value.chars().any(|char| char.is_ascii_digit() || sign(char)))
}

/// Whether a value looks as if a machine had made it.
pub fn is_random(value: &str) -> bool {
    value.len() >= 8
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// A value in a line.
pub struct Value {
    pub range: Range<usize>,
    pub quoted: bool,
}

/// The value that begins at a place of a line, in quotes of any depth or bare.
pub fn at(line: &str, at: usize) -> Option<Value> {
    let rest = line.as_bytes().get(at..)?;
    // `b'…'` of Python, `$'…'` of a shell, `@"…"` of C#
    let prefix = match rest {
        [b'b' | b'u' | b'r' | b'$' | b'@', b'\'' | b'"', ..] => 1,
        _ => 0,
    };
    let depth = rest.iter().skip(prefix).take_while(|byte| **byte == b'\\').count();
    match rest.get(prefix + depth) {
        Some(quote @ (b'"' | b'\'' | b'`')) => {
            let start = at + prefix + depth + 1;
            Some(Value { range: start..close(line, start, *quote, depth), quoted: true })
        }
        _ => Some(Value { range: at..bare_end(line, at), quoted: false }).filter(|value| !value.range.is_empty()),
    }
}

/// Where the quotes close, or the line ends.
fn close(line: &str, start: usize, quote: u8, depth: usize) -> usize {
    let bytes = line.as_bytes();
    let mut slashes = 0;
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        let closes = if depth == 0 { slashes % 2 == 0 } else { slashes == depth };
        if *byte == quote && closes {
            // A shell writes `it's` as `'it'\''s'`.
            if quote != b'\'' || !line.get(at..).is_some_and(|rest| rest.starts_with("'\\''")) {
                return at - if depth == 0 { 0 } else { slashes };
            }
            at += 3;
        }
        slashes = if *byte == b'\\' { slashes + 1 } else { 0 };
        at += 1;
    }
    line.len()
}

/// Where a bare value ends: at white space, and at a sign behind which something new begins.
fn bare_end(line: &str, at: usize) -> usize {
    let Some(rest) = line.get(at..) else { return at };
    for (place, char) in rest.char_indices() {
        let behind = || rest.get(place + char.len_utf8()..).unwrap_or_default();
        let ends = match char {
            '"' | '\'' | '`' | ',' | ';' | '&' | ')' | ']' | '}' | '>' => begins_anew(behind()),
            '<' => place > 0,
            '\\' => escape_ends(behind()),
            char => char.is_whitespace(),
        };
        if ends {
            return at + place;
        }
    }
    line.len()
}

/// Whether a text is the end, a sign of punctuation, or the next `name=`.
fn begins_anew(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return true };
    if first.is_whitespace() || "\"'`,;:)]}>/\\&|".contains(first) {
        return true;
    }
    let name = text.bytes().take(40).take_while(|byte| byte.is_ascii_alphanumeric() || b"_.- ".contains(byte)).count();
    first.is_ascii_alphabetic() && matches!(text.as_bytes().get(name), Some(b'=' | b':'))
}

/// Behind a backslash: a quote that closes a text around the value, or a new line in such a text.
fn escape_ends(text: &str) -> bool {
    match text.as_bytes() {
        [b'"' | b'\'', ..] | [] => true,
        [b'n' | b'r' | b't', ..] => text.get(1..).is_some_and(begins_anew),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_where_something_else_begins() {
        for (line, value) in [
            ("abc def", "abc"),
            ("a,b;c&d)e f", "a,b;c&d)e"),
            ("abc;User=x", "abc"),
            ("abc&b=2", "abc"),
            ("abc}, x", "abc"),
            ("abc\",", "abc"),
            (r#""a\"b", c"#, r#"a\"b"#),
            (r#"\"a b\", c"#, "a b"),
            (r#"\\\"a\\\" c"#, "a"),
            (r"'it'\''s' x", r"it'\''s"),
            ("b'abc'", "abc"),
            (r"abc\nUSER=x", "abc"),
            (r"a\nb", r"a\nb"),
            ("abc</password>", "abc"),
            ("'no end", "no end"),
            ("ä\u{a0}b", "ä"),
        ] {
            let range = at(line, 0).unwrap().range;
            assert_eq!(line.get(range), Some(value), "{line}");
        }
        assert!(at("", 0).is_none() && at(" x", 0).is_none() && at("x", 9).is_none());
    }

    #[test]
    fn a_word_or_a_placeholder_is_no_secret() {
        for plain in ["Required.", "YES", "***", "$DB_PASS", "${x}", "{{ x }}", "<sensitive>", "%s", "x", "xxxx"] {
            assert!(is_plain(plain), "{plain}");
        }
        for value in ["hunter2", "$2y$10$abc", "$6$abc", "swordfish", "<x", "${A:-x7}", "%(k7Rz19a"] {
            assert!(!is_plain(value), "{value}");
        }
    }
}
