//! `[conflicts]`: what lost a merge, until somebody settles the field.
//!
//! `assignee = "ben"`: that is what the field would be, had the other side won. Where several values lost, they are told
//! apart by a number: `"assignee (2)" = "carl"`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Clash;
use crate::model::record::is_unset;

/// Stands for a loser that had unset the field: an empty value could not be told from none.
pub const NOTHING: &str = "(nothing)";

/// The field that a key of `[conflicts]` is about: `assignee (2)` is about `assignee`.
pub fn field_of(key: &str) -> &str {
    let numbered = || {
        let (field, number) = key.strip_suffix(')')?.rsplit_once(" (")?;
        number.parse::<usize>().ok().map(|_| field)
    };
    numbered().unwrap_or(key)
}

/// Losing values by field; each is there once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lost(BTreeMap<String, Vec<Value>>);

impl Lost {
    pub fn read(table: Option<&Value>) -> Lost {
        let mut lost = Lost::default();
        for (key, value) in table.and_then(Value::as_object).into_iter().flatten() {
            lost.add(field_of(key), value.clone());
        }
        lost
    }

    /// Keeps a value.
    pub fn add(&mut self, field: &str, value: Value) {
        let value = as_kept(value);
        let values = self.0.entry(field.to_owned()).or_default();
        if !values.contains(&value) {
            values.push(value);
            values.sort_by_cached_key(Value::to_string);
        }
    }

    pub fn add_all(&mut self, clash: &Clash) {
        for (field, value) in &clash.lost {
            self.add(field, value.clone());
        }
    }

    /// Forgets a value, in whatever form it is kept.
    pub fn remove(&mut self, field: &str, value: &Value) {
        let kept = as_kept(value.clone());
        if let Some(values) = self.0.get_mut(field) {
            values.retain(|lost| *lost != kept);
        }
    }

    /// Forgets a value that is the field's own by now.
    pub fn drop_what_is(&mut self, field: &str, value: &Value) {
        if let Some(values) = self.0.get_mut(field) {
            values.retain(|lost| lost != value && !(is_unset(value) && lost == NOTHING));
        }
    }

    fn pairs(&self) -> BTreeSet<(String, String)> {
        let each = |(field, values): (&String, &Vec<Value>)| {
            values.iter().map(|value| (field.clone(), value.to_string())).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(each).collect()
    }

    /// Merges what was lost before: what either side has lost since is lost, what either side has settled is settled.
    pub fn merge(base: &Lost, ours: &Lost, theirs: &Lost) -> Lost {
        let (known, our, their) = (base.pairs(), ours.pairs(), theirs.pairs());
        let mut merged = Lost::default();
        for (field, value) in
            ours.0.iter().chain(&theirs.0).flat_map(|(field, values)| values.iter().map(move |v| (field, v)))
        {
            let pair = (field.clone(), value.to_string());
            if (our.contains(&pair) && their.contains(&pair)) || !known.contains(&pair) {
                merged.add(field, value.clone());
            }
        }
        merged
    }

    /// The table, empty where nothing is lost.
    pub fn table(&self) -> Value {
        let mut table = Map::new();
        for (field, values) in &self.0 {
            for (at, value) in values.iter().enumerate() {
                let key = if at == 0 { field.clone() } else { format!("{field} ({})", at + 1) };
                table.insert(key, value.clone());
            }
        }
        Value::Object(table)
    }
}

/// The form that a losing value has in the table. A list, which no table of single values can hold, is text.
fn as_kept(value: Value) -> Value {
    match value {
        unset if is_unset(&unset) => Value::from(NOTHING),
        list @ (Value::Array(_) | Value::Object(_)) => Value::from(list.to_string()),
        one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => one,
    }
}
