//! Text to record.

use jiff::Timestamp;
use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::{MAX_SIZE, Mistake};
use crate::model::field::{FileKind, Shape};
use crate::model::record::Record;

/// The record of a file. BOM, CRLF and the forms of TOML 1.1 are read; text loses the line breaks at its end.
///
/// A mistake for a file over 1 MiB, bytes that are no UTF-8, conflict markers, broken or too deeply nested TOML, a key
/// given twice, and a time without an offset.
pub fn parse(kind: FileKind, bytes: &[u8]) -> Result<Record, Mistake> {
    let text = text_of(bytes)?;
    let table = table_of(text)?;
    let mut record = Record::default();
    for (key, value) in table.get_ref() {
        let name: &str = key.get_ref();
        let shape = kind.field(name).map(|field| field.shape);
        let read = read_value(value.get_ref(), shape)
            .map_err(|wrong| Mistake { field: Some(name.to_owned()), ..mistake(text, value.span().start, wrong) })?;
        record.set(name, read);
    }
    Ok(record)
}

/// What a file of any kind says, as it stands: articles, services, customers, policy.
pub fn parse_tables(bytes: &[u8]) -> Result<Value, Mistake> {
    let text = text_of(bytes)?;
    let table = table_of(text)?;
    let mut object = Map::new();
    for (key, value) in table.get_ref() {
        let read = read_value(value.get_ref(), None).map_err(|wrong| mistake(text, value.span().start, wrong))?;
        object.insert(key.get_ref().to_string(), read);
    }
    Ok(Value::Object(object))
}

/// Line and column of a key's value (of the key itself for a table); `None` when it is not there.
pub fn locate(bytes: &[u8], field: &str) -> Option<(usize, usize)> {
    let text = text_of(bytes).ok()?;
    let table = table_of(text).ok()?;
    let (key, value) = table.get_ref().iter().find(|(key, _)| key.get_ref() == field)?;
    let offset = if value.get_ref().is_table() { key.span().start } else { value.span().start };
    Some(position(text, offset))
}

/// What a file that cannot be read seems to say of a one-line text: what stands in each line that begins with its name.
/// Conflict markers leave several.
pub fn guess(bytes: &[u8], field: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let value = |line: &str| {
        let rest =
            line.trim_start_matches('\u{feff}').trim().strip_prefix(field)?.trim_start().strip_prefix('=')?.trim();
        let read = DeTable::parse(line).ok().and_then(|table| {
            let (_, value) = table.get_ref().iter().next()?;
            Some(value.get_ref().as_str()?.to_owned())
        });
        Some(read.unwrap_or_else(|| rest.trim_matches(['"', '\'']).to_owned()))
    };
    text.lines().filter_map(value).filter(|value| !value.is_empty()).collect()
}

/// The text without its BOM.
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, Mistake> {
    if bytes.len() > MAX_SIZE {
        let message = format!("the file has {} bytes; more than {MAX_SIZE} are not read", bytes.len());
        return Err(Mistake { line: 1, column: 1, field: None, message, fix: None });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
        let (line, column) = position(good, good.len());
        Mistake { line, column, field: None, message: "this byte is no UTF-8".to_owned(), fix: None }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The parsed table, with the place of everything in `text`.
pub(super) fn table_of(text: &str) -> Result<Spanned<DeTable<'_>>, Mistake> {
    DeTable::parse(text).map_err(|error| {
        if let Some(offset) = conflict_marker(text) {
            let fix = "keep one side, take the markers out".to_owned();
            return Mistake {
                fix: Some(fix),
                ..mistake(text, offset, "a merge left its conflict markers here".into())
            };
        }
        let offset = error.span().map_or(0, |span| span.start);
        mistake(text, offset, format!("this is no TOML: {}", error.message().replace('\n', ", ")))
    })
}

/// The byte at which the first line begins that a merge leaves around two sides.
pub fn conflict_marker(text: &str) -> Option<usize> {
    let marker = |line: &str| ["<<<<<<< ", ">>>>>>> "].iter().any(|marker| line.starts_with(marker));
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if marker(line) {
            return Some(offset);
        }
        offset += line.len();
    }
    None
}

fn mistake(text: &str, offset: usize, message: String) -> Mistake {
    let (line, column) = position(text, offset);
    Mistake { line, column, field: None, message, fix: None }
}

/// Line and column of a byte offset, both from 1, the column in characters.
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

fn read_value(value: &DeValue<'_>, shape: Option<Shape>) -> Result<Value, String> {
    Ok(match value {
        DeValue::String(text) => read_text(text, shape),
        DeValue::Integer(number) => i64::from_str_radix(&number.as_str().replace('_', ""), number.radix())
            .map(Value::from)
            .map_err(|_| format!("{} is too large a number", number.as_str()))?,
        DeValue::Float(number) => {
            let number: f64 = number.as_str().replace('_', "").parse().unwrap_or(f64::NAN);
            // JSON has no word for infinity.
            Number::from_f64(number).map_or_else(|| Value::from(number.to_string()), Value::Number)
        }
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(moment) => read_moment(moment, shape)?,
        DeValue::Array(list) => {
            list.iter().map(|element| read_value(element.get_ref(), None)).collect::<Result<_, _>>()?
        }
        DeValue::Table(table) => {
            let mut object = Map::new();
            for (key, value) in table {
                object.insert(key.get_ref().to_string(), read_value(value.get_ref(), None)?);
            }
            Value::Object(object)
        }
    })
}

fn read_text(text: &str, shape: Option<Shape>) -> Value {
    if shape == Some(Shape::Time)
        && let Ok(time) = text.parse::<Timestamp>()
    {
        return Value::from(whole_second(time).to_string());
    }
    let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text.to_owned() };
    Value::from(text.trim_end_matches('\n'))
}

fn read_moment(moment: &Datetime, shape: Option<Shape>) -> Result<Value, String> {
    let text = moment.to_string();
    if moment.offset.is_some() {
        let time = text.parse::<Timestamp>().map_err(|_| format!("{text} is no time"))?;
        return Ok(Value::from(whole_second(time).to_string()));
    }
    if shape == Some(Shape::Time) {
        return Err(format!("{text} has no offset; write it with one, as in 2026-11-24T08:15:02Z"));
    }
    Ok(Value::from(text))
}

fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
