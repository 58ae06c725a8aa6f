//! The text of a file, whatever it means: line ends, hidden characters, secrets, whether it is TOML at all.

use regex::Regex;

use crate::jobs::redact;
use crate::store::document::{Layout, conflict_marker, is_hidden, newer, position};
use crate::view::Finding;

/// Findings of one kind in one file; beyond, more of them say no more.
const MOST: usize = 20;

/// The text of a file without its byte order mark; a finding where it is no text.
pub fn read<'t>(path: &str, bytes: &'t [u8], findings: &mut Vec<Finding>) -> Option<&'t str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let good = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            let at = position(good, good.len());
            findings.push(Finding::error("DSK003", path, at, "this byte is no UTF-8"));
            None
        }
    }
}

/// What is wrong with the form of a text. Whether it has a character that no TOML has.
pub fn form(path: &str, bytes: &[u8], text: &str, findings: &mut Vec<Finding>) -> bool {
    let fix = || "git desk check --fix".to_owned();
    if bytes.len() > text.len() {
        let message = "the file begins with a byte order mark";
        findings.push(Finding::warning("DSK005", path, (1, 1), message).fix(fix()));
    }
    if let Some(at) = text.find("\r\n") {
        let message = "lines end with CRLF; a desk's files have LF";
        findings.push(Finding::warning("DSK004", path, position(text, at), message).fix(fix()));
    }
    if text.bytes().all(|byte| matches!(byte, b'\n' | b'\r' | b'\t' | 0x20..=0x7e)) && !has_lone_return(text) {
        return false;
    }
    let mut controls = false;
    let mut told = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let followed_by_feed = characters.peek().is_some_and(|(_, next)| *next == '\n');
        let finding = match c {
            '\n' | '\t' => continue,
            '\r' if followed_by_feed => continue,
            c if c.is_control() => {
                controls |= c.is_ascii_control();
                let message = format!("U+{:04X} controls a terminal", u32::from(c));
                Finding::error("DSK502", path, position(text, at), message)
                    .fix(format!("in text between double quotes: \\u{:04X}", u32::from(c)))
            }
            c if is_bidi(c) => {
                let message =
                    format!("U+{:04X} turns the direction of text: what is shown is not what is there", u32::from(c));
                Finding::error("DSK503", path, position(text, at), message).fix(fix())
            }
            c if is_hidden(c) => {
                let message = format!("U+{:04X} takes no room, and nobody sees it", u32::from(c));
                Finding::warning("DSK504", path, position(text, at), message).fix(fix())
            }
            _ => continue,
        };
        told += 1;
        if told <= MOST {
            findings.push(finding);
        }
    }
    controls
}

fn has_lone_return(text: &str) -> bool {
    text.contains('\r') && text.replace("\r\n", "").contains('\r')
}

/// Characters that change the direction of text (Unicode, UAX 9).
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text that is no TOML: why, and where.
pub fn broken(path: &str, text: &str, (line, column): (usize, usize), message: String) -> Finding {
    match conflict_marker(text) {
        Some(at) => Finding::error("DSK002", path, position(text, at), "a merge left its conflict markers here")
            .fix("keep one side, take the markers out"),
        None => Finding::error("DSK001", path, (line, column), message),
    }
}

/// Secrets in the values and comments of a file that is laid out so. What a label says counts within a value, and for a
/// member of a table; the names of the fields themselves say nothing.
pub fn secrets(path: &str, layout: &Layout<'_>, site: &[Regex], findings: &mut Vec<Finding>) {
    let text = layout.text;
    let mut found: Vec<(usize, &'static str)> = Vec::new();
    let mut done = 0;
    for place in &layout.places {
        let (_, name) = place.path.split_once('.').map_or(("", ""), |(table, name)| (table, name));
        let value = &text[place.value.clone()];
        let plain = value.trim_matches(['"', '\'']);
        let start = place.value.start + value.len() - value.trim_start_matches(['"', '\'']).len();
        let label = if name.is_empty() { String::new() } else { format!("{name}=") };
        for one in redact::find(&format!("{label}{plain}"), site) {
            let at = one.span.start.checked_sub(label.len()).map_or(start, |at| start + at);
            found.push((at, one.rule));
        }
        comments(text, done..place.lines.start, &mut found);
        done = place.lines.end.max(done);
    }
    comments(text, done..text.len(), &mut found);
    found.sort_unstable();
    found.dedup_by_key(|(at, _)| *at);
    findings.extend(found.into_iter().take(MOST).map(|(at, rule)| secret(path, text, at, rule)));
}

fn comments(text: &str, gap: std::ops::Range<usize>, found: &mut Vec<(usize, &'static str)>) {
    let Some(between) = text.get(gap.clone()).filter(|between| between.contains('#')) else { return };
    found.extend(redact::shapes(between).into_iter().map(|one| (gap.start + one.span.start, one.rule)));
}

/// Secrets of known shapes in a text that is not laid out.
pub fn shapes(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let found = redact::shapes(text);
    findings.extend(found.into_iter().take(MOST).map(|one| secret(path, text, one.span.start, one.rule)));
}

/// The secret itself is not said again.
fn secret(path: &str, text: &str, at: usize, rule: &str) -> Finding {
    let message = format!("this looks like a secret ({rule})");
    Finding::error("DSK501", path, position(text, at), message)
        .fix("take it out, and have it changed where it is used: what was committed stays in history")
}

/// What looks like a secret in an attachment, where that is text. A warning: what others wrote is full of words that only
/// look like it.
pub fn attached(path: &str, bytes: &[u8], site: &[Regex], findings: &mut Vec<Finding>) {
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0')) else { return };
    findings.extend(redact::find(text, site).into_iter().take(MOST).map(|one| {
        let found = secret(path, text, one.span.start, one.rule);
        Finding { code: "DSK505", level: "warning", ..found }
    }));
}

/// Forms that only readers of TOML 1.1 know.
pub fn newer_forms(path: &str, text: &str, findings: &mut Vec<Finding>) {
    findings.extend(newer(text).into_iter().take(MOST).map(|one| {
        let message = format!("{} TOML 1.1, which many programs cannot read", one.what);
        Finding::warning("DSK702", path, position(text, one.at), message).fix(one.fix)
    }));
}
