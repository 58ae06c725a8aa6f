//! The conversations in a row: each message at its own time and by its own author, with its files.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Rank, Row, Rows, event};
use crate::desk::import::event::{Attached, EntryLine, Event, Fields, Part};
use crate::desk::import::map::{EntryMap, Made, plain};
use crate::desk::import::nested;
use crate::desk::tickets::comment::overflow;
use crate::model::base64;
use crate::model::field::{FileKind, Shape};

impl Rows<'_> {
    /// The conversations of a row.
    pub(super) fn entries(&mut self, row: &Row, ticket: &str, opened: Timestamp) -> Result<Vec<(Rank, Event)>, String> {
        let mut events = Vec::new();
        let mut keys: HashMap<String, u32> = HashMap::new();
        for (number, entry) in self.map.entries.iter().enumerate() {
            for (place, item) in items(entry, row) {
                let item = item.as_ref();
                let Some(at) =
                    self.time(item, &entry.at).map_err(|what| what.replacen('`', &format!("`{place}"), 1))?
                else {
                    if entry.each.is_none() {
                        continue;
                    }
                    return Err(format!("`{place}{}` is empty: when this was said", entry.at.named()));
                };
                let by = entry.by.of(item);
                let Some((mut line, files)) = self.line(entry, item, ticket) else { continue };
                let mut files = files;
                if let Some(rest) = overflow(&mut line.body, "message.txt") {
                    files.push(Attached { name: rest.name, bytes: rest.bytes });
                }
                let at = at.max(opened);
                let key = key(number, entry, item, &line, at, &by);
                let times = keys.entry(key.clone()).or_default();
                *times += 1;
                let key = if *times > 1 { format!("{key}-{times}") } else { key };
                let part = Part { key, fields: Fields::Only(&[]), status: None, files };
                let mut event = event(ticket, at, by, part);
                event.entry = Some(line);
                events.push((Rank::Said, event));
            }
        }
        Ok(events)
    }

    /// What an element says; `None` where the map leaves it out or there is nothing in it.
    fn line(&mut self, entry: &EntryMap, item: &Row, ticket: &str) -> Option<(EntryLine, Vec<Attached>)> {
        let mut line = EntryLine { kind: "comment".to_owned(), body: String::new(), extra: Default::default() };
        for rule in &entry.rules {
            let value = match rule.make(item) {
                Made::Nothing if rule.to == "kind" && !rule.values.is_empty() && has(rule.from.names(), item) => {
                    return None;
                }
                Made::Nothing => continue,
                Made::Value { value, .. } => value,
                Made::NotUnderstood(words) => {
                    let what = format!("{} \"{words}\"", rule.from.names().join("+"));
                    let outcome = if rule.to == "kind" { "message left out" } else { "left out" };
                    self.misfits.meet(what, ticket, outcome);
                    if rule.to == "kind" {
                        return None;
                    }
                    continue;
                }
            };
            match (rule.to.as_str(), FileKind::Entry.field(&rule.to).map(|field| field.shape)) {
                ("kind", _) => line.kind = value,
                ("body", _) => line.body = value,
                (to, Some(Shape::Integer)) => {
                    if let Some(number) = value.parse::<f64>().ok().filter(|number| *number >= 0.0) {
                        line.extra.insert(to.to_owned(), Value::from(number.round() as i64));
                    }
                }
                (to, Some(Shape::Boolean)) => {
                    line.extra.insert(to.to_owned(), Value::from(value == "true"));
                }
                (to, _) => {
                    line.extra.insert(to.to_owned(), Value::from(value));
                }
            }
        }
        let files = self.attached(entry, item, ticket, &mut line.body);
        let empty = line.body.trim().is_empty() && files.is_empty() && line.extra.is_empty();
        (!empty).then_some((line, files))
    }

    /// The attachments of an element; those that are too large are named in the words.
    fn attached(&mut self, entry: &EntryMap, item: &Row, ticket: &str, body: &mut String) -> Vec<Attached> {
        let Some(map) = &entry.files else { return Vec::new() };
        let mut files = Vec::new();
        for file in nested::find(item, &map.each).into_iter().filter_map(Value::as_object) {
            let text = |path| nested::find(file, path).first().map(|value| plain(value)).unwrap_or_default();
            let name: String = text(&map.name).chars().filter(|c| !c.is_control()).collect();
            let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
            let name = if name.is_empty() { "file".to_owned() } else { name.to_owned() };
            let packed: String = text(&map.base64).split_whitespace().collect();
            match base64::decode(&packed) {
                Some(bytes) if bytes.len() as u64 <= self.max_file => {
                    self.files.count += 1;
                    self.files.bytes += bytes.len() as u64;
                    files.push(Attached { name, bytes });
                }
                found => {
                    let why = match found {
                        Some(bytes) => {
                            self.files.left_out += 1;
                            format!("{} bytes", bytes.len())
                        }
                        None => {
                            self.misfits.meet("an attachment that is no base64".to_owned(), ticket, "left out, named");
                            "not readable".to_owned()
                        }
                    };
                    let gap = if body.is_empty() { "" } else { "\n\n" };
                    body.push_str(&format!("{gap}(attachment left out: {name}, {why})"));
                }
            }
        }
        files
    }
}

fn has(names: &[String], item: &Row) -> bool {
    names.iter().any(|name| !nested::find(item, name).is_empty())
}

/// What tells an entry from the others of its ticket: its number in the source, else what it is made of.
fn key(number: usize, entry: &EntryMap, item: &Row, line: &EntryLine, at: Timestamp, by: &str) -> String {
    let id = entry.id.as_ref().and_then(|path| nested::find(item, path).first().map(|value| plain(value)));
    let plain_id = |id: &String| {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !id.is_empty() && id.len() <= 60 && id.chars().all(fits)
    };
    match id.filter(plain_id) {
        Some(id) => format!("entry{number}-{id}"),
        None => {
            let hash = Sha256::digest(format!("{}\0{by}\0{}\0{}", at.as_second(), line.kind, line.body));
            let hex: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            format!("entry{number}-h{hex}")
        }
    }
}

/// The elements of a list in a row that may be entries, each with its place; or the row.
fn items<'r>(entry: &EntryMap, row: &'r Row) -> Vec<(String, Cow<'r, Row>)> {
    let Some(path) = &entry.each else { return vec![(String::new(), Cow::Borrowed(row))] };
    let item = |(at, item): (usize, &'r Value)| {
        let item = match (item, &entry.split) {
            (Value::Object(item), _) => Cow::Borrowed(item),
            (Value::String(text), Some(split)) if !text.trim().is_empty() => Cow::Owned(split.apart(text)),
            (_, _) => return None,
        };
        Some((format!("{path}.{at}."), item))
    };
    nested::find(row, path).into_iter().enumerate().skip(entry.skip).filter_map(item).collect()
}
