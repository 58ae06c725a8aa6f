//! Fields of a ticket as an import sets them, its title, and the subjects of its commits.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::map::plain;
use crate::model::field::{FileKind, Shape};
use crate::model::id::TicketId;
use crate::model::record::Record;

/// A ticket's title: the template with our fields by name, on one line; the number where nothing is left of it.
pub fn title(template: &str, ticket: &str, fields: &BTreeMap<String, String>) -> String {
    let mut title = template.replace("{ticket}", ticket);
    for (name, value) in fields {
        title = title.replace(&format!("{{{name}}}"), value);
    }
    let title = unfilled(&title);
    let title: String = title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
    if title.is_empty() { ticket.to_owned() } else { title }
}

/// Sets a field of a ticket, or one of the site. Of a list each line is an element.
pub fn set(record: &mut Record, name: &str, value: &str) {
    match name.strip_prefix("fields.") {
        None if FileKind::Ticket.field(name).is_some_and(|field| field.shape == Shape::List) => {
            let mut elements: Vec<&str> = value.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            elements.sort_unstable();
            elements.dedup();
            record.set(name, Value::from(elements));
        }
        None => record.set(name, value),
        Some(member) => {
            let mut fields = record.get("fields").and_then(Value::as_object).cloned().unwrap_or_default();
            fields.insert(member.to_owned(), Value::from(value));
            record.set("fields", Value::Object(fields));
        }
    }
}

/// A template without the places that stayed empty.
fn unfilled(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        text.push_str(before);
        rest = behind.split_once('}').map_or("", |(_, behind)| behind);
    }
    text.push_str(rest);
    text
}

/// The subject of the commit: how the ticket begins, or what changes.
pub fn subject(id: TicketId, first: bool, before: &Record, after: &Record, entry: bool) -> String {
    if first {
        return format!("open {id}: {}", after.text("title"));
    }
    let mut words = Vec::new();
    for change in after.changes(before) {
        let shown =
            |value: Option<&Value>| value.map(plain).filter(|text| !text.is_empty()).unwrap_or_else(|| "none".into());
        let mut word = String::new();
        let _ = write!(word, "{} {} → {}", change.key, shown(change.from), shown(change.to));
        words.push(word);
    }
    if entry {
        words.push("entry".to_owned());
    }
    format!("change {id}: {}", words.join(", "))
}
