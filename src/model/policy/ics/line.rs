//! The lines of an iCalendar file (RFC 5545, 3.1): unfolded, then cut into name, parameters and value.

/// `DTSTART;VALUE=DATE:20261225`. Parameters are left out: the form of a value tells what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Of the file, from 1; the first one where it is folded.
    pub number: usize,
    /// In upper case.
    pub name: String,
    pub value: String,
}

/// What a line is that is no property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    NotUtf8,
    NoColon,
}

/// The lines that have something on them. A fold may stand inside a character, so it is taken out before the text is
/// read.
pub fn lines(bytes: &[u8]) -> Vec<Result<Line, (usize, Unread)>> {
    let mut whole: Vec<(usize, Vec<u8>)> = Vec::new();
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    for (line, number) in bytes.split(|byte| *byte == b'\n').zip(1..) {
        let end = line.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
        match (&line[..end], whole.last_mut()) {
            ([b' ' | b'\t', rest @ ..], Some((_, before))) => before.extend_from_slice(rest),
            (line, _) if line.iter().all(u8::is_ascii_whitespace) => {}
            (line, _) => whole.push((number, line.to_vec())),
        }
    }
    whole.into_iter().map(|(number, line)| cut(number, &line).map_err(|unread| (number, unread))).collect()
}

fn cut(number: usize, line: &[u8]) -> Result<Line, Unread> {
    let line = std::str::from_utf8(line).map_err(|_| Unread::NotUtf8)?;
    // A colon in quotes is part of a parameter.
    let mut quoted = false;
    let colon = line.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    });
    let (head, value) = colon.map(|at| (&line[..at], &line[at + 1..])).ok_or(Unread::NoColon)?;
    let name = head.split(';').next().unwrap_or_default();
    Ok(Line { number, name: name.trim().to_ascii_uppercase(), value: value.trim().to_owned() })
}

/// A text as people see it: without escapes, on one line, of at most 100 characters.
pub fn text(value: &str) -> String {
    let mut plain = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') | None => plain.push(' '),
                Some(escaped) => plain.push(escaped),
            },
            c if c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_taken_out_also_inside_a_character() {
        let file = b"\xEF\xBB\xBFBEGIN:VCALENDAR\r\n\r\nSUMMARY;LANGUAGE=nl:Hemelvaart \xC3\r\n \xA9n\r\n\tmeer\r\nbroken\nX:\xFF\n";
        let line = |number, name: &str, value: &str| Ok(Line { number, name: name.into(), value: value.into() });
        assert_eq!(
            lines(file),
            [
                line(1, "BEGIN", "VCALENDAR"),
                line(3, "SUMMARY", "Hemelvaart énmeer"),
                Err((6, Unread::NoColon)),
                Err((7, Unread::NotUtf8)),
            ]
        );
    }

    #[test]
    fn a_colon_in_quotes_ends_no_name() {
        let read = lines(b"dtstart;TZID=\"a:b;c\":20261225");
        assert_eq!(read, [Ok(Line { number: 1, name: "DTSTART".into(), value: "20261225".into() })]);
    }

    #[test]
    fn a_text_is_one_line_without_escapes() {
        assert_eq!(text(r"Sint\, Piet\; en\nPaard \\ "), r"Sint, Piet; en Paard \");
        assert_eq!(text("\u{1b}[31mred\u{7}"), "[31mred");
        assert_eq!(text("\\"), "");
        assert_eq!(text(&"é".repeat(300)).chars().count(), 100);
    }
}
