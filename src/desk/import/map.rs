//! How another system's words become ours: the map of an import.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map as Object, Value};

use super::times::Clock;
use super::{html, nested, written};
use crate::error::Result;
use crate::model::ticket::slug;

/// A map file. Whatever no rule names is left out.
#[derive(Debug, Clone)]
pub struct Map {
    /// Name of the source; with a ticket's number it gives the ticket's id, so it stays the same between runs.
    pub source: String,
    /// Template of the title, made once from the first event: `{ticket}` and our fields by name.
    pub title: String,
    /// Fields of every ticket, as they are.
    pub constants: BTreeMap<String, Value>,
    pub rules: Vec<Rule>,
    /// What the columns of a row mean that no rule names; not needed for a log of events.
    pub row: Option<RowMap>,
    /// The conversations in a row.
    pub entries: Vec<EntryMap>,
}

/// How a row, which says what a ticket is now, tells what happened to it.
#[derive(Debug, Clone)]
pub struct RowMap {
    /// The ticket's number in the source.
    pub ticket: Words,
    pub clock: Clock,
    pub opened: Moment,
    /// The first time that somebody took it.
    pub assigned: Option<Moment>,
    /// The first answer.
    pub answered: Option<Moment>,
    pub resolved: Option<Moment>,
    pub closed: Option<Moment>,
    /// The last change: when an end came that has no column of its own.
    pub changed: Option<Moment>,
}

/// A column of time, and who did it.
#[derive(Debug, Clone)]
pub struct Moment {
    pub at: Words,
    pub by: Words,
}

/// A list in a row whose elements are entries of the thread.
#[derive(Debug, Clone)]
pub struct EntryMap {
    /// Where the list is; `None`: the row is the one entry.
    pub each: Option<String>,
    /// How elements that are texts are taken apart.
    pub split: Option<Split>,
    /// So many at the beginning are left out: the report itself.
    pub skip: usize,
    pub at: Words,
    pub by: Words,
    /// What tells one from another in a later export.
    pub id: Option<String>,
    /// The entry's fields.
    pub rules: Vec<Rule>,
    pub files: Option<FilesMap>,
}

/// A text that says several things: `into` names them in order, the last is the rest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    pub by: String,
    pub into: Vec<String>,
}

impl Split {
    /// The parts of a text by their names.
    pub fn apart(&self, text: &str) -> Object<String, Value> {
        let parts = text.splitn(self.into.len().max(1), self.by.as_str()).map(Value::from);
        self.into.iter().cloned().zip(parts).collect()
    }
}

/// Attachments that stand in the export itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesMap {
    pub each: String,
    pub name: String,
    pub base64: String,
}

/// Paths or templates (`{author.name} <{author.mail}>`): the first of them that is there.
#[derive(Debug, Clone, Default)]
pub struct Words(pub Vec<String>);

impl Words {
    /// As a message names them.
    pub fn named(&self) -> String {
        self.0.join("`, `")
    }

    /// What the first that is there says; empty where none is.
    pub fn of(&self, object: &Object<String, Value>) -> String {
        self.0.iter().map(|one| one_of(object, one)).find(|text| !text.is_empty()).unwrap_or_default()
    }
}

/// A path's value, or a template; one with a place that is empty is nothing.
fn one_of(object: &Object<String, Value>, word: &str) -> String {
    let first = |path: &str| nested::find(object, path).into_iter().map(plain).find(|text| !text.trim().is_empty());
    if !word.contains('{') {
        return first(word).unwrap_or_default().trim().to_owned();
    }
    let mut text = String::new();
    let mut rest = word;
    while let Some((before, behind)) = rest.split_once('{') {
        let (path, behind) = behind.split_once('}').unwrap_or((behind, ""));
        let Some(value) = first(path) else { return String::new() };
        text.push_str(before);
        text.push_str(value.trim());
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// One of our fields, and what it is made of.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Our field; `fields.NAME` for one of the site.
    pub to: String,
    /// Theirs; several are joined.
    pub from: OneOrMany,
    /// What stands between joined values; of a list, each value is one line.
    pub join: String,
    /// Make text of HTML.
    pub html: bool,
    /// Make a name of each value: lower case, runs of anything but letters and digits one `-`.
    pub slug: bool,
    /// Their values to ours; a value that is not here is `otherwise` (`*`: as it is), and without that it is not
    /// understood.
    pub values: BTreeMap<String, String>,
    pub otherwise: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub fn names(&self) -> &[String] {
        match self {
            OneOrMany::One(name) => std::slice::from_ref(name),
            OneOrMany::Many(names) => names,
        }
    }
}

/// What a rule makes of the source's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    Nothing,
    /// The value, and the words it was made of (a new queue is titled with them).
    Value {
        value: String,
        words: String,
    },
    /// Their value, which the map does not know.
    NotUnderstood(String),
}

impl Map {
    /// Reads a map file. Exit code 6 names line and key of what is wrong.
    pub fn parse(path: &str, text: &str) -> Result<Map> {
        written::read(path, text)
    }

    /// The rules that make one of our fields.
    pub fn rules_for(&self, field: &str) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.to == field)
    }
}

impl Rule {
    /// What our field becomes, given all of the source's values after an event.
    pub fn make(&self, theirs: &Object<String, Value>) -> Made {
        let words: Vec<String> = self
            .from
            .names()
            .iter()
            .flat_map(|name| nested::find(theirs, name))
            .map(plain)
            .map(|text| if self.html { html::text(&text) } else { text })
            .filter(|text| !text.is_empty())
            .collect();
        if words.is_empty() {
            return Made::Nothing;
        }
        let made: Option<Vec<String>> = words.iter().map(|word| self.translate(word)).collect();
        let words = words.join(" ");
        match made {
            None => Made::NotUnderstood(words),
            Some(parts) => {
                let value = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(&self.join);
                if value.is_empty() { Made::Nothing } else { Made::Value { value, words } }
            }
        }
    }

    fn translate(&self, word: &str) -> Option<String> {
        let value = match self.values.get(word) {
            Some(ours) => ours.clone(),
            None if self.values.is_empty() && self.otherwise.is_none() => word.to_owned(),
            None => self.otherwise.clone().map(|ours| if ours == "*" { word.to_owned() } else { ours })?,
        };
        Some(if self.slug { slug(&value) } else { value })
    }
}

/// A value of the source as text.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(rules: &str) -> Map {
        Map::parse("m.toml", &format!("source = \"x\"\ntitle = \"{{ticket}}\"\n{rules}")).unwrap()
    }

    #[test]
    fn values_are_translated_joined_and_slugged() {
        let map = map("[[field]]\nto = \"category\"\nfrom = [\"a\", \"b\"]\njoin = \"/\"\nslug = true\n");
        let theirs = json!({"a": "Category 9", "b": "Sub, 97"});
        let made = map.rules[0].make(theirs.as_object().unwrap());
        assert_eq!(made, Made::Value { value: "category-9/sub-97".into(), words: "Category 9 Sub, 97".into() });
        assert_eq!(map.rules[0].make(&Object::new()), Made::Nothing);
    }

    #[test]
    fn a_value_the_map_does_not_know_is_not_understood_unless_there_is_an_otherwise() {
        let strict = map("[[field]]\nto = \"status\"\nfrom = \"s\"\nvalues = { New = \"new\" }\n");
        let lax = map("[[field]]\nto = \"status\"\nfrom = \"s\"\nvalues = { New = \"new\" }\notherwise = \"active\"\n");
        let theirs = json!({"s": -100});
        let theirs = theirs.as_object().unwrap();
        assert_eq!(strict.rules[0].make(theirs), Made::NotUnderstood("-100".into()));
        assert_eq!(lax.rules[0].make(theirs), Made::Value { value: "active".into(), words: "-100".into() });
    }

    #[test]
    fn words_are_the_first_path_or_template_that_is_there() {
        let row = json!({"by": {"name": "Ana", "mail": "ana@x.example"}, "bot": {"name": "bot", "mail": null}});
        let of =
            |words: &[&str]| Words(words.iter().map(|&word| word.to_owned()).collect()).of(row.as_object().unwrap());
        assert_eq!(of(&["{by.name} <{by.mail}>", "by.name"]), "Ana <ana@x.example>");
        assert_eq!(of(&["{bot.name} <{bot.mail}>", "bot.name"]), "bot");
        assert_eq!(of(&["nobody", "{"]), "");
    }

    #[test]
    fn a_map_with_an_unknown_field_is_refused() {
        let error = Map::parse("m.toml", "source = \"x\"\ntitle = \"t\"\n[constants]\nquue = \"l1\"\n").unwrap_err();
        assert_eq!(error.to_string(), "m.toml:4:1: `quue` is no field of a ticket");
    }
}
