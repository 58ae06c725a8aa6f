//! A line from which spans are taken out: read without its colours, and with the markers it has already.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::marker;

static MARKER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[REDACTED:[a-z0-9-]{1,32}\]").ok());

/// A line and what is read of it.
pub struct Line {
    text: String,
    /// The text without colours; `None` where there are none.
    bare: Option<Bare>,
    taken: u64,
}

struct Bare {
    text: String,
    /// Where each byte of it stands in the line.
    places: Vec<usize>,
}

impl Line {
    pub fn new(text: &str) -> Line {
        Line { bare: bare(text), text: text.to_owned(), taken: 0 }
    }

    /// The line without colours: a token begins where its colour ends.
    pub fn read(&self) -> &str {
        self.bare.as_ref().map_or(&self.text, |bare| &bare.text)
    }

    /// How many spans were taken out so far.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    pub fn into_text(self) -> String {
        self.text
    }

    /// Replaces what `find` finds in the line. What is a marker already stays; what touches one takes it in.
    pub fn take_out(&mut self, rule: &str, find: impl FnOnce(&str) -> Vec<Range<usize>>) {
        let spans = self.fresh(find(self.read()));
        if spans.is_empty() {
            return;
        }
        let mut text = String::with_capacity(self.text.len());
        let mut at = 0;
        for span in &spans {
            let place = self.place(span);
            text.push_str(self.text.get(at..place.start).unwrap_or_default());
            text.push_str(&marker(rule));
            at = place.end;
        }
        text.push_str(self.text.get(at..).unwrap_or_default());
        *self = Line { bare: bare(&text), text, taken: self.taken + spans.len() as u64 };
    }

    /// Of the spans that were found in what is read, those that are no markers already: in order, none touching another.
    pub fn fresh(&self, found: Vec<Range<usize>>) -> Vec<Range<usize>> {
        if found.is_empty() {
            return found;
        }
        let read = self.read();
        let markers = markers(read);
        joined(found, &markers).into_iter().filter(|span| !is_marked(read, span, &markers)).collect()
    }

    /// Where a span of what is read stands in the line.
    pub fn place(&self, span: &Range<usize>) -> Range<usize> {
        let Some(bare) = &self.bare else { return span.clone() };
        let place = |at: usize| bare.places.get(at).copied().unwrap_or(self.text.len());
        place(span.start)..span.end.checked_sub(1).map_or(0, |last| place(last) + 1)
    }
}

/// The markers in a text.
fn markers(text: &str) -> Vec<Range<usize>> {
    let Some(marker) = MARKER.as_ref().filter(|_| text.contains("[REDACTED:")) else { return Vec::new() };
    marker.find_iter(text).map(|found| found.range()).collect()
}

/// Spans in order, none touching another, each with the markers that it reaches into.
fn joined(mut spans: Vec<Range<usize>>, markers: &[Range<usize>]) -> Vec<Range<usize>> {
    for span in &mut spans {
        for marker in touched(markers, &span.clone()) {
            *span = span.start.min(marker.start)..span.end.max(marker.end);
        }
    }
    spans.sort_by_key(|span| (span.start, span.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

/// The markers that a span reaches into. They are in order, and there may be many on a long line.
fn touched<'a>(markers: &'a [Range<usize>], span: &Range<usize>) -> impl Iterator<Item = &'a Range<usize>> {
    let first = markers.partition_point(|marker| marker.end <= span.start);
    let end = span.end;
    markers.iter().skip(first).take_while(move |marker| marker.start < end)
}

/// Whether a span holds nothing but markers.
fn is_marked(text: &str, span: &Range<usize>, markers: &[Range<usize>]) -> bool {
    let marked: usize = touched(markers, span).map(ExactSizeIterator::len).sum();
    marked == span.len() || text.get(span.clone()).is_none_or(str::is_empty)
}

/// The text without sequences of colour and cursor (ECMA-48, 5.4), with the place of each byte.
///
/// `ESC [ R` is no such sequence here: a marker after a lone escape must stay a marker.
fn bare(text: &str) -> Option<Bare> {
    if !text.contains('\x1b') {
        return None;
    }
    let mut bare = Bare { text: String::with_capacity(text.len()), places: Vec::with_capacity(text.len()) };
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let sequence = sequence(rest);
        let at = text.len() - rest.len();
        if sequence == 0 {
            bare.text.push(char);
            bare.places.extend(at..at + char.len_utf8());
        }
        rest = rest.get(sequence.max(char.len_utf8())..).unwrap_or_default();
    }
    Some(bare)
}

/// The length of the sequence that a text begins with, 0 where it begins with none.
fn sequence(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\x1b[") else { return 0 };
    let parameters = rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b';' | b':' | b'?')).count();
    match rest.as_bytes().get(parameters) {
        Some(last) if last.is_ascii_alphabetic() && *last != b'R' => parameters + 3,
        _ => 0,
    }
}
