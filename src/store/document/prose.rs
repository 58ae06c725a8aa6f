//! A ticket or an entry as text to be read: for diffs.

use std::fmt::Write as _;

use serde_json::Value;

use super::parse;
use crate::model::field::FileKind;
use crate::model::record::Record;

/// The fields of a file that is a ticket or an entry, in canonical order, texts indented below their names. `None` for
/// any other file, and for one that cannot be read: what it says is its text.
pub fn as_text(bytes: &[u8]) -> Option<String> {
    let ticket = parse(FileKind::Ticket, bytes).ok()?;
    if ["title", "status", "opened"].iter().all(|key| ticket.get(key).is_some()) {
        return Some(fields(FileKind::Ticket, &ticket));
    }
    let entry = parse(FileKind::Entry, bytes).ok()?;
    ["kind", "by", "at"].iter().all(|key| entry.get(key).is_some()).then(|| fields(FileKind::Entry, &entry))
}

fn fields(kind: FileKind, record: &Record) -> String {
    let mut out = String::new();
    for field in kind.fields() {
        if field.name == kind.unknown_before() {
            let unknown = record.iter().filter(|(name, _)| kind.field(name).is_none());
            unknown.for_each(|(name, value)| tell(&mut out, name, value));
        }
        if let Some(value) = record.get(field.name) {
            tell(&mut out, field.name, value);
        }
    }
    out
}

fn tell(out: &mut String, name: &str, value: &Value) {
    let _ = match value {
        Value::String(text) if text.contains('\n') => {
            let lines: String = text.lines().map(|line| format!("    {line}\n")).collect();
            write!(out, "{name}:\n{lines}")
        }
        Value::String(text) => writeln!(out, "{name}: {text}"),
        Value::Array(list) if list.iter().all(Value::is_string) => {
            let lines: String = list.iter().filter_map(Value::as_str).map(|word| format!("    {word}\n")).collect();
            write!(out, "{name}:\n{lines}")
        }
        Value::Object(table) => {
            table.iter().for_each(|(member, value)| tell(out, &format!("{name}.{member}"), value));
            Ok(())
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) => writeln!(out, "{name}: {other}"),
    };
}
