//! The canonical form: one way to write a record, chosen so that plain git merges edits of different fields.

use serde_json::Value;

use super::layout::Layout;
use super::{Mistake, parse, write};
use crate::model::field::{FileKind, Shape};
use crate::model::record::Record;

/// A record as a new file.
pub fn canonical(kind: FileKind, record: &Record) -> String {
    render(kind, record, &|_| String::new())
}

/// A file in canonical form. Comments stay above the key that they stand at.
pub fn format(kind: FileKind, bytes: &[u8]) -> Result<Vec<u8>, Mistake> {
    let record = parse(kind, bytes)?;
    let layout = Layout::of(bytes)?;
    let mut text = render(kind, &record, &|path| layout.comments(path));
    text.push_str(&layout.comments_at_end());
    Ok(text.into_bytes())
}

/// Keys in canonical order, a blank line between; `comments` gives the comment lines of a key.
fn render(kind: FileKind, record: &Record, comments: &dyn Fn(&str) -> String) -> String {
    let mut blocks = Vec::new();
    let mut block = |path: &str, shape: Option<Shape>, name: &str, value: Option<&Value>| {
        blocks.push(format!("{}{} = {}\n", comments(path), write::key(name), write::value(shape, value)));
    };
    for field in kind.fields().iter().filter(|field| field.shape != Shape::Table) {
        if field.name == kind.unknown_before() {
            for (name, value) in record.iter().filter(|(name, _)| kind.field(name).is_none()) {
                block(name, None, name, Some(value));
            }
        }
        let value = record.get(field.name);
        if field.placeholder || value.is_some() {
            block(field.name, Some(field.shape), field.name, value);
        }
    }
    for field in kind.fields().iter().filter(|field| field.shape == Shape::Table) {
        let Some(value) = record.get(field.name) else { continue };
        let Value::Object(table) = value else {
            blocks.insert(0, format!("{} = {}\n", field.name, write::plain(value)));
            continue;
        };
        blocks.push(format!("{}[{}]\n", comments(field.name), field.name));
        for (name, value) in table {
            let path = format!("{}.{name}", field.name);
            blocks.push(format!("{}{} = {}\n", comments(&path), write::key(name), write::plain(value)));
        }
    }
    blocks.join("\n")
}
