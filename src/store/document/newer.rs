//! Forms that TOML has since 1.1 (toml.io/en/v1.1.0) and that a reader of 1.0 refuses. They are read, never written.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::parse::table_of;

/// A form that is new in TOML 1.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newer {
    /// In bytes of the text.
    pub at: usize,
    /// Lower case, no full stop.
    pub what: &'static str,
    /// The same in TOML 1.0.
    pub fix: &'static str,
}

/// The forms of TOML 1.1 in a text without BOM, in its order; none in one that is no TOML.
pub fn newer(text: &str) -> Vec<Newer> {
    let mut found = Vec::new();
    if let Ok(table) = table_of(text) {
        members(text, table.get_ref(), &mut found);
    }
    found.sort_by_key(|one| one.at);
    found
}

fn members(text: &str, table: &DeTable<'_>, found: &mut Vec<Newer>) {
    for (key, value) in table {
        escapes(text, key.span(), found);
        look(text, value, found);
    }
}

fn look(text: &str, value: &Spanned<DeValue<'_>>, found: &mut Vec<Newer>) {
    match value.get_ref() {
        DeValue::String(_) => escapes(text, value.span(), found),
        DeValue::Datetime(_) => moment(text, value.span(), found),
        DeValue::Array(list) => list.iter().for_each(|element| look(text, element, found)),
        DeValue::Table(table) => {
            if is_inline(text, value) {
                inline(text, value.span(), table, found);
            }
            members(text, table, found);
        }
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) => {}
    }
}

fn is_inline(text: &str, value: &Spanned<DeValue<'_>>) -> bool {
    text.get(value.span()).is_some_and(|written| written.starts_with('{') && written.ends_with('}'))
}

/// `\e` and `\xHH` between double quotes.
fn escapes(text: &str, span: Range<usize>, found: &mut Vec<Newer>) {
    let Some(written) = text.get(span.clone()).filter(|written| written.starts_with('"')) else { return };
    let mut bytes = written.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if byte != b'\\' {
            continue;
        }
        // A backslash behind a backslash begins nothing.
        if let Some((_, b'e' | b'x')) = bytes.next() {
            let (what, fix) = ("`\\e` and `\\x` in a text are", "write the character as \\u and four digits");
            found.push(Newer { at: span.start + at, what, fix });
        }
    }
}

/// A time without seconds.
fn moment(text: &str, span: Range<usize>, found: &mut Vec<Newer>) {
    let written = text.get(span.clone()).unwrap_or_default();
    let time = written.rsplit(['T', 't', ' ']).next().unwrap_or_default();
    let clock = time.split(['+', '-', 'Z', 'z']).next().unwrap_or_default();
    if clock.matches(':').count() == 1 {
        found.push(Newer { at: span.start, what: "a time without seconds is", fix: "write its seconds: 09:00:00" });
    }
}

/// A line break between the members of an inline table, or a comma behind the last.
fn inline(text: &str, span: Range<usize>, table: &DeTable<'_>, found: &mut Vec<Newer>) {
    let mut covered = Vec::new();
    cover(text, table, &mut covered);
    covered.sort_by_key(|part| part.start);
    let mut at = span.start;
    for part in covered.into_iter().chain(std::iter::once(span.end..span.end)) {
        let gap = text.get(at..part.start).unwrap_or_default();
        let is_last = part.start == span.end;
        let start = at;
        at = part.end.max(at);
        if let Some(line_break) = gap.find('\n') {
            let (what, fix) = ("a table in braces of several lines is", "write it on one line, or as [a table]");
            found.push(Newer { at: start + line_break, what, fix });
            return;
        }
        if let (true, Some(comma)) = (is_last, gap.find(',')) {
            let (what, fix) = ("a comma behind the last member is", "leave it out");
            found.push(Newer { at: start + comma, what, fix });
        }
    }
}

/// What keys and values take up of an inline table, those behind dotted keys among them.
fn cover(text: &str, table: &DeTable<'_>, covered: &mut Vec<Range<usize>>) {
    for (key, value) in table {
        covered.push(key.span());
        match value.get_ref() {
            DeValue::Table(dotted) if !is_inline(text, value) => cover(text, dotted, covered),
            _ => covered.push(value.span()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, &'static str)> {
        assert!(table_of(text).is_ok(), "{text}");
        newer(text).into_iter().map(|one| (text[one.at..].lines().next().unwrap_or_default(), one.what)).collect()
    }

    #[test]
    fn what_is_new_is_found_where_it_stands() {
        let text = "a = \"x\\ey\"\nb = [\"\\x41\", 07:32]\nt = { a.b = 1, c = { d = 2, } }\n[[l]]\nu = {\n  v = 2026-11-24T09:00Z }\n";
        let (escape, time) = ("`\\e` and `\\x` in a text are", "a time without seconds is");
        let (comma, lines) = ("a comma behind the last member is", "a table in braces of several lines is");
        assert_eq!(
            found(text),
            [
                ("\\ey\"", escape),
                ("\\x41\", 07:32]", escape),
                ("07:32]", time),
                (", } }", comma),
                ("", lines),
                ("2026-11-24T09:00Z }", time),
            ]
        );
    }

    #[test]
    fn what_is_old_is_left_alone() {
        let text = "a = \"\\\\e \\\\x41 \\u001B\"\nb = '\\e'\nc = { a.b = [\n 1,\n], d = '''\n''', \"e,\" = 2026-11-24 }\nd = 2026-11-24 09:00:00+01:00\n\
                    e = \"\"\"\n\\\\e\n\"\"\"\n[f]\ng = 07:32:00\n";
        assert_eq!(found(text), []);
        assert_eq!(newer("a = {\n"), []);
    }
}
