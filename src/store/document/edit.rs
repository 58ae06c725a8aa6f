//! Lossless edits: only the bytes of values that change are rewritten.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::{Map, Value};

use super::layout::{Layout, Place};
use super::{Mistake, parse, write};
use crate::model::field::{FileKind, Shape};
use crate::model::record::Record;

/// The file with the values of `after`. Comments, order, spacing, BOM, CRLF and keys that did not change stay as they
/// are. A new key goes behind the nearest key before it in canonical order.
pub fn edit(kind: FileKind, bytes: &[u8], after: &Record) -> Result<Vec<u8>, Mistake> {
    let before = parse(kind, bytes)?;
    let layout = Layout::of(bytes)?;
    let mut splices = Splices { kind, layout: &layout, list: Vec::new() };
    let mut changes = after.changes(&before);
    // What is put in at one place goes in the canonical order.
    changes.sort_by_key(|change| kind.fields().iter().position(|field| field.name == change.key));
    for change in changes {
        let shape = kind.field(change.key).map(|field| field.shape);
        let table = |value: Option<&Value>| value.is_none_or(Value::is_object);
        if shape == Some(Shape::Table) && table(change.from) && table(change.to) {
            splices.table(change.key, change.from, change.to)?;
        } else {
            splices.key(change.key, shape, change.to);
        }
    }
    Ok(splices.apply(bytes))
}

struct Splices<'a> {
    kind: FileKind,
    layout: &'a Layout<'a>,
    /// What is replaced by what; offsets into the text without BOM.
    list: Vec<(Range<usize>, String)>,
}

impl Splices<'_> {
    /// A key of the top level.
    fn key(&mut self, name: &str, shape: Option<Shape>, to: Option<&Value>) {
        let placeholder = self.kind.field(name).is_some_and(|field| field.placeholder);
        match (self.layout.place(name), to) {
            (Some(place), None) if !placeholder => self.remove(place),
            (Some(place), Some(Value::Array(list))) if shape == Some(Shape::List) => self.list(place, list),
            (Some(place), to) => self.list.push((place.value.clone(), write::value(shape, to))),
            (None, None) => {}
            (None, Some(_)) => self.insert(name, &format!("{} = {}\n", write::key(name), write::value(shape, to))),
        }
    }

    /// Removes a key with its line and the blank line behind it (before it, where it is the last).
    fn remove(&mut self, place: &Place) {
        self.remove_lines(place.lines.clone());
    }

    /// Removes the header of a table whose members go, and with the last table the blank lines below.
    fn remove_header(&mut self, table: &str, header: &Range<usize>) {
        let text = self.layout.text;
        let prefix = format!("{table}.");
        let is_member = |at: usize| {
            self.layout.places.iter().any(|place| place.path.starts_with(&prefix) && place.lines.contains(&at))
        };
        let mut at = header.end;
        let nothing_else = text[header.end..].split_inclusive('\n').all(|line| {
            let start = at;
            at += line.len();
            line.trim().is_empty() || is_member(start)
        });
        self.remove_lines(header.start..if nothing_else { text.len() } else { header.end });
    }

    fn remove_lines(&mut self, mut lines: Range<usize>) {
        let text = self.layout.text;
        let behind = text[lines.end..].split_inclusive('\n').next().unwrap_or_default();
        if !behind.is_empty() && behind.trim().is_empty() {
            lines.end += behind.len();
        } else if lines.end == text.len() {
            let above = text[..lines.start].trim_end_matches(['\n', '\r', ' ', '\t']).len();
            let kept = text[above..lines.start].find('\n').map_or(above, |at| above + at + 1);
            lines.start = kept.min(lines.start);
        }
        self.list.push((lines, String::new()));
    }

    /// Puts a new block behind the nearest earlier key of the canonical order that is there.
    fn insert(&mut self, name: &str, block: &str) {
        let fields = self.kind.fields();
        let anchor = if self.kind.field(name).is_some() { name } else { self.kind.unknown_before() };
        let earlier = fields.iter().take_while(|field| field.name != anchor);
        let above = earlier.filter_map(|field| self.layout.place(field.name)).last();
        match above {
            Some(place) => self.after(place.lines.end, block),
            None => {
                let first = self.layout.places.first().map_or(self.layout.top_end(), |place| place.lines.start);
                self.list.push((first..first, format!("{block}\n")));
            }
        }
    }

    /// A block behind the line that ends at `end`, with a blank line between.
    fn after(&mut self, end: usize, block: &str) {
        let open = !self.layout.text[..end].ends_with('\n') && end > 0;
        self.list.push((end..end, format!("{}\n{block}", if open { "\n" } else { "" })));
    }

    /// Members of a table such as `[fields]`; with the last of them its header goes.
    fn table(&mut self, table: &str, from: Option<&Value>, to: Option<&Value>) -> Result<(), Mistake> {
        let none = Map::new();
        let from = from.and_then(Value::as_object).unwrap_or(&none);
        let to = to.and_then(Value::as_object).unwrap_or(&none);
        let Some(header) = self.layout.header(table).cloned() else {
            if from.is_empty() {
                self.new_table(table, to);
                return Ok(());
            }
            return Err(self.not_a_table(table));
        };
        let mut added = String::new();
        let names: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
        for name in names.into_iter().filter(|name| from.get(*name) != to.get(*name)) {
            let place = self.layout.place(&format!("{table}.{name}"));
            match (place, to.get(name)) {
                (Some(place), Some(value)) => self.list.push((place.value.clone(), write::plain(value))),
                (Some(place), None) => self.remove(place),
                (None, Some(value)) => added.push_str(&format!("\n{} = {}\n", write::key(name), write::plain(value))),
                (None, None) => {}
            }
        }
        if to.is_empty() {
            self.remove_header(table, &header);
        }
        if !added.is_empty() {
            let prefix = format!("{table}.");
            let members = self.layout.places.iter().filter(|place| place.path.starts_with(&prefix));
            let end = members.map(|place| place.lines.end).max().unwrap_or(header.end);
            self.after(end, added.trim_start_matches('\n'));
        }
        Ok(())
    }

    fn new_table(&mut self, table: &str, members: &Map<String, Value>) {
        let lines: String =
            members.iter().map(|(name, value)| format!("\n{} = {}\n", write::key(name), write::plain(value))).collect();
        // `[fields]` stands before `[conflicts]`.
        let end = match (table, self.layout.header("conflicts")) {
            ("fields", Some(conflicts)) => conflicts.start,
            _ => self.layout.text.len(),
        };
        if end < self.layout.text.len() {
            self.list.push((end..end, format!("[{table}]\n{lines}\n")));
        } else {
            self.after(end, &format!("[{table}]\n{lines}"));
        }
    }

    fn not_a_table(&self, table: &str) -> Mistake {
        let place = self.layout.places.iter().find(|place| place.path.starts_with(table));
        let (line, column) = super::parse::position(self.layout.text, place.map_or(0, |place| place.lines.start));
        let message = format!("`{table}` is not written as a table of its own");
        Mistake { line, column, field: Some(table.to_owned()), message, fix: Some(format!("[{table}]")) }
    }

    /// Elements one by one where each has a line of its own, else the whole list.
    fn list(&mut self, place: &Place, to: &[Value]) {
        let wanted: BTreeSet<&str> = to.iter().filter_map(Value::as_str).collect();
        match self.element_splices(place, &wanted) {
            Some(splices) => self.list.extend(splices),
            None => {
                let whole = Value::from(wanted.into_iter().collect::<Vec<_>>());
                self.list.push((place.value.clone(), write::value(Some(Shape::List), Some(&whole))));
            }
        }
    }

    fn element_splices(&self, place: &Place, wanted: &BTreeSet<&str>) -> Option<Vec<(Range<usize>, String)>> {
        let text = self.layout.text;
        let open = text[place.value.clone()].find('\n').map(|at| place.value.start + at + 1)?;
        let mut lines = Vec::new();
        for (word, span) in &place.elements {
            let line =
                text[..span.start].rfind('\n').map_or(0, |at| at + 1)..span.end + text[span.end..].find('\n')? + 1;
            let alone = text[line.start..span.start].trim().is_empty() && text[span.end..line.end].trim() == ",";
            if !alone || line.start < open || line.end > place.value.end {
                return None;
            }
            lines.push((word.as_str(), line));
        }
        let mut splices = Vec::new();
        for (_, line) in lines.iter().filter(|(word, _)| !wanted.contains(word)) {
            splices.push((line.clone(), String::new()));
        }
        for word in wanted.iter().filter(|word| !lines.iter().any(|(have, _)| have == *word)) {
            let at = lines.iter().filter(|(have, _)| have < word).map(|(_, line)| line.end).max().unwrap_or(open);
            splices.push((at..at, write::element(word)));
        }
        Some(splices)
    }

    fn apply(mut self, bytes: &[u8]) -> Vec<u8> {
        if self.list.is_empty() {
            return bytes.to_vec();
        }
        let bom = bytes.len() - self.layout.text.len();
        let line_break = self.layout.line_break();
        self.list.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = bytes[..bom].to_vec();
        let mut done = 0;
        for (range, new) in &self.list {
            // Two keys removed side by side may share the blank line between them.
            let start = range.start.max(done);
            out.extend_from_slice(&self.layout.text.as_bytes()[done..start]);
            out.extend_from_slice(new.replace('\n', line_break).as_bytes());
            done = range.end.max(done);
        }
        out.extend_from_slice(&self.layout.text.as_bytes()[done..]);
        out
    }
}
