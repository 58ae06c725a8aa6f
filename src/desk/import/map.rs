//! How another system's words become ours: the map of an import.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::written;
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
}

/// One of our fields, and what it is made of.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Our field; `fields.NAME` for one of the site.
    pub to: String,
    /// Theirs; several are joined.
    pub from: OneOrMany,
    /// What stands between joined values.
    pub join: String,
    /// Make a name of each value: lower case, runs of anything but letters and digits one `-`.
    pub slug: bool,
    /// Their values to ours; a value that is not here is `otherwise`, and without that it is not understood.
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

    /// Whether any rule reads this field of theirs.
    pub fn reads(&self, name: &str) -> bool {
        self.rules.iter().any(|rule| rule.from.names().iter().any(|from| from == name))
    }
}

impl Rule {
    /// What our field becomes, given all of the source's values after an event.
    pub fn make(&self, theirs: &BTreeMap<String, Value>) -> Made {
        let words: Vec<String> = self
            .from
            .names()
            .iter()
            .filter_map(|name| theirs.get(name))
            .map(plain)
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
            None if self.values.is_empty() => word.to_owned(),
            None => self.otherwise.clone()?,
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
        let theirs = BTreeMap::from([("a".into(), json!("Category 9")), ("b".into(), json!("Sub, 97"))]);
        let made = map.rules[0].make(&theirs);
        assert_eq!(made, Made::Value { value: "category-9/sub-97".into(), words: "Category 9 Sub, 97".into() });
        assert_eq!(map.rules[0].make(&BTreeMap::new()), Made::Nothing);
    }

    #[test]
    fn a_value_the_map_does_not_know_is_not_understood_unless_there_is_an_otherwise() {
        let strict = map("[[field]]\nto = \"status\"\nfrom = \"s\"\nvalues = { New = \"new\" }\n");
        let lax = map("[[field]]\nto = \"status\"\nfrom = \"s\"\nvalues = { New = \"new\" }\notherwise = \"active\"\n");
        let theirs = BTreeMap::from([("s".into(), json!(-100))]);
        assert_eq!(strict.rules[0].make(&theirs), Made::NotUnderstood("-100".into()));
        assert_eq!(lax.rules[0].make(&theirs), Made::Value { value: "active".into(), words: "-100".into() });
    }

    #[test]
    fn a_map_with_an_unknown_field_is_refused() {
        let error = Map::parse("m.toml", "source = \"x\"\ntitle = \"t\"\n[constants]\nquue = \"l1\"\n").unwrap_err();
        assert_eq!(error.to_string(), "m.toml:4:1: `quue` is no field of a ticket");
    }
}
