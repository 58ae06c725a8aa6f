//! Where each key of a file stands: the lines of it, its value, and the comments above it.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Mistake;
use super::parse::{table_of, text_of};

/// One key with its value. Offsets are into the text without BOM.
#[derive(Debug, Clone)]
pub struct Place {
    /// `title`, or `fields.serial`.
    pub path: String,
    /// From the start of the key's line to behind the line break that ends the value's last line.
    pub lines: Range<usize>,
    pub value: Range<usize>,
    /// Places of a list's elements.
    pub elements: Vec<(String, Range<usize>)>,
}

/// The places of all keys in a file, in the order of the file.
pub struct Layout<'t> {
    pub text: &'t str,
    pub places: Vec<Place>,
    /// The header lines of tables that are written as `[name]`.
    pub headers: Vec<(String, Range<usize>)>,
}

/// The lines from the first to the last of some keys, as offsets into the text without BOM and with LF alone; `None`
/// where the file has none of them.
pub fn lines_of(bytes: &[u8], keys: &[&str]) -> Option<Range<usize>> {
    let layout = Layout::of(bytes).ok()?;
    let places = layout.places.iter().filter(|place| keys.contains(&place.path.as_str()));
    let lines = places.map(|place| place.lines.clone()).reduce(|a, b| a.start.min(b.start)..a.end.max(b.end))?;
    let plain = |at: usize| at - layout.text[..at].matches("\r\n").count();
    Some(plain(lines.start)..plain(lines.end))
}

/// The file with the comments of another, each above the key that it belongs to; those that it has already, and those
/// that `known` had, so that they were taken out on purpose, are left away. `None` where there are none, or a file cannot
/// be read.
pub fn add_comments(bytes: &[u8], from: &[u8], known: &[u8]) -> Option<Vec<u8>> {
    let (layout, from) = (Layout::of(bytes).ok()?, Layout::of(from).ok()?);
    let known = text_of(known).unwrap_or_default();
    let mut added: Vec<(usize, String)> = Vec::new();
    let paths =
        from.places.iter().map(|place| place.path.as_str()).chain(from.headers.iter().map(|(name, _)| name.as_str()));
    for path in paths {
        let Some(lines) = layout.place(path).map(|place| &place.lines).or_else(|| layout.header(path)) else {
            continue;
        };
        let comments = from.comments(path);
        let new = comments.lines().filter(|line| !layout.text.contains(line) && !known.contains(line));
        added.extend(new.map(|line| (lines.start, format!("{line}{}", layout.line_break()))));
    }
    if added.is_empty() {
        return None;
    }
    added.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut text = layout.text.to_owned();
    // From behind, so that places stay.
    for group in added.chunk_by(|one, other| one.0 == other.0) {
        let lines: String = group.iter().map(|(_, line)| line.as_str()).collect();
        text.insert_str(group[0].0, &lines);
    }
    let bom = &bytes[..bytes.len() - layout.text.len()];
    Some([bom, text.as_bytes()].concat())
}

impl<'t> Layout<'t> {
    pub fn of(bytes: &'t [u8]) -> Result<Layout<'t>, Mistake> {
        let text = text_of(bytes)?;
        let table = table_of(text)?;
        let mut layout = Layout { text, places: Vec::new(), headers: Vec::new() };
        layout.visit("", table.get_ref());
        layout.places.sort_by_key(|place| place.lines.start);
        layout.find_headers();
        Ok(layout)
    }

    pub fn place(&self, path: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.path == path)
    }

    pub fn header(&self, table: &str) -> Option<&Range<usize>> {
        self.headers.iter().find(|(name, _)| name == table).map(|(_, lines)| lines)
    }

    /// Where the keys of the top level end: at the first header, or at the end.
    pub fn top_end(&self) -> usize {
        self.headers.iter().map(|(_, lines)| lines.start).min().unwrap_or(self.text.len())
    }

    /// The line break of this file.
    pub fn line_break(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text[..at].ends_with('\r') => "\r\n",
            Some(_) | None => "\n",
        }
    }

    /// Comment lines that stand above a key or a header, and the one behind its value, each with its line break.
    pub fn comments(&self, path: &str) -> String {
        let lines = match self.place(path) {
            Some(place) => place.lines.clone(),
            None => match self.header(path) {
                Some(lines) => lines.clone(),
                None => return String::new(),
            },
        };
        let behind = self.place(path).map_or("", |place| self.text[place.value.end..lines.end].trim());
        let mut comments = self.comment_lines(self.gap_before(lines.start));
        if behind.starts_with('#') {
            comments.push_str(behind);
            comments.push('\n');
        }
        comments
    }

    /// Comments below the last key.
    pub fn comments_at_end(&self) -> String {
        let comments = self.comment_lines(self.last_end()..self.text.len());
        if comments.is_empty() { comments } else { format!("\n{comments}") }
    }

    fn comment_lines(&self, gap: Range<usize>) -> String {
        let lines = self.text[gap].lines().map(str::trim).filter(|line| line.starts_with('#'));
        lines.map(|line| format!("{line}\n")).collect()
    }

    fn ends(&self) -> impl Iterator<Item = usize> {
        self.places.iter().map(|place| place.lines.end).chain(self.headers.iter().map(|(_, lines)| lines.end))
    }

    fn last_end(&self) -> usize {
        self.ends().max().unwrap_or(0)
    }

    /// What lies between the end of the key or header above and `start`.
    fn gap_before(&self, start: usize) -> Range<usize> {
        self.ends().filter(|end| *end <= start).max().unwrap_or(0)..start
    }

    fn visit(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let path =
                if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{}", key.get_ref()) };
            match value.get_ref() {
                DeValue::Table(inner) if prefix.is_empty() && !self.is_inline(value) => self.visit(&path, inner),
                _ => self.add(path, key.span().start, value),
            }
        }
    }

    fn is_inline(&self, value: &Spanned<DeValue<'_>>) -> bool {
        self.text[value.span().start..].starts_with('{')
    }

    fn add(&mut self, path: String, key: usize, value: &Spanned<DeValue<'_>>) {
        let span = value.span();
        let start = self.text[..key].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[span.end..].find('\n').map_or(self.text.len(), |at| span.end + at + 1);
        let elements = match value.get_ref() {
            DeValue::Array(list) => list
                .iter()
                .filter_map(|element| Some((element.get_ref().as_str()?.to_owned(), element.span())))
                .collect(),
            _ => Vec::new(),
        };
        self.places.push(Place { path, lines: start..end, value: span, elements });
    }

    /// Lines `[name]` that are not inside a value.
    fn find_headers(&mut self) {
        let mut offset = 0;
        let mut headers = Vec::new();
        for line in self.text.split_inclusive('\n') {
            let range = offset..offset + line.len();
            offset = range.end;
            let inside = self.places.iter().any(|place| place.lines.contains(&range.start));
            let name = line.trim().strip_prefix('[').and_then(|rest| rest.split(']').next());
            if let (false, Some(name)) = (inside, name) {
                headers.push((name.trim_matches(['[', ' ', '"']).to_owned(), range));
            }
        }
        self.headers = headers;
    }
}
