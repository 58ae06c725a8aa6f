//! Private keys in PEM (RFC 7468) and OpenPGP armour (RFC 9580, 6): where they begin and end, and whether a line is in one.

use super::marker;

/// Lines of a key that do not look like one until it is taken for a mere mention: more than an armour has headers.
const DULL: u8 = 8;

/// From here on a run of base64 characters is a line of a key.
const RUN: usize = 32;

/// Tells line by line whether an output is inside a private key. It wants to see every line of one stream, also those
/// that are not kept, and does next to nothing for one without five dashes.
#[derive(Debug, Clone, Default)]
pub struct KeyWatch {
    inside: bool,
    /// Lines in a row that do not look like those of a key.
    dull: u8,
}

impl KeyWatch {
    pub fn new() -> KeyWatch {
        KeyWatch::default()
    }

    /// Whether this line is part of a private key, its first and last line included.
    pub fn sees(&mut self, line: &[u8]) -> bool {
        if has_dashes(line)
            && let Some(edge) = edges(line).last()
        {
            *self = KeyWatch { inside: edge.begins, dull: 0 };
            return true;
        }
        if !self.inside {
            return false;
        }
        self.dull = if has_run(line) { 0 } else { self.dull + 1 };
        self.inside = self.dull <= DULL;
        self.inside
    }
}

/// The line of dashes before or after a key.
struct Edge {
    begins: bool,
    start: usize,
    end: usize,
}

/// Whether five dashes stand in a line. Five of them reach over at least one byte of every fifth.
fn has_dashes(line: &[u8]) -> bool {
    let mut at = 4;
    while let Some(byte) = line.get(at) {
        if *byte == b'-' {
            let before = line.iter().take(at).rev().take_while(|byte| **byte == b'-').count();
            let from = line.iter().skip(at).take_while(|byte| **byte == b'-').count();
            if before + from >= 5 {
                return true;
            }
        }
        at += 5;
    }
    false
}

/// The edges of private keys in a line, in their order.
fn edges(line: &[u8]) -> impl Iterator<Item = Edge> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(found) = find(line.get(at..)?, b"-----") {
            let start = at + found;
            at = start + 1;
            if let Some(edge) = edge(line, start) {
                at = edge.end;
                return Some(edge);
            }
        }
        None
    })
}

fn edge(line: &[u8], start: usize) -> Option<Edge> {
    let words = line.get(start + 5..)?;
    let begins = words.starts_with(b"BEGIN ");
    if !begins && !words.starts_with(b"END ") {
        return None;
    }
    let length = find(words.get(..words.len().min(80))?, b"-----")?;
    find(words.get(..length)?, b"PRIVATE KEY")?;
    Some(Edge { begins, start, end: start + 5 + length + 5 })
}

fn find(line: &[u8], what: &[u8]) -> Option<usize> {
    line.windows(what.len()).position(|window| window == what)
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

fn has_run(line: &[u8]) -> bool {
    line.split(|byte| !is_digit(*byte)).any(|run| run.len() >= RUN)
}

/// The lines with one marker for each key, and what stood before and behind it on its lines.
pub fn folded<'a>(lines: impl IntoIterator<Item = (&'a str, bool)>, count: &mut u64) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut in_key = false;
    for (line, of_key) in lines {
        if !of_key {
            out.push(line.to_owned());
        } else if !in_key {
            *count += 1;
            out.push(format!("{}{}", before(line), marker("pem")));
        }
        let after = if of_key { after(line) } else { "" };
        if let Some(last) = out.last_mut() {
            last.push_str(after);
        }
        // The marker's line has ended where something follows the key on its own.
        in_key = of_key && after.trim().is_empty();
    }
    out
}

fn before(line: &str) -> &str {
    let first = edges(line.as_bytes()).next().filter(|edge| edge.begins);
    first.and_then(|edge| line.get(..edge.start)).unwrap_or_default()
}

fn after(line: &str) -> &str {
    let last = edges(line.as_bytes()).last().filter(|edge| !edge.begins);
    last.and_then(|edge| line.get(edge.end..)).unwrap_or_default()
}

/// Where a key ends that nobody saw beginning, the lines before its end are of it too as far as they look like it.
pub fn look_back(lines: &mut [(&str, bool)]) {
    for at in 0..lines.len() {
        let Some((line, true)) = lines.get(at).copied() else { continue };
        let of_key_before = at.checked_sub(1).and_then(|before| lines.get(before)).is_some_and(|(_, of_key)| *of_key);
        if of_key_before || edges(line.as_bytes()).next().is_none_or(|edge| edge.begins) {
            continue;
        }
        for (steps, (line, of_key)) in lines.iter_mut().take(at).rev().enumerate() {
            // The last line may be short, and in an armour a checksum follows it.
            let looks = has_run(line.as_bytes()) || (steps < 2 && is_short_rest(line));
            if *of_key || !looks {
                break;
            }
            *of_key = true;
        }
    }
}

fn is_short_rest(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(is_digit)
}
