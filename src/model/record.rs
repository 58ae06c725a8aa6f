//! A file's content without its form: keys and values as every reader sees them.
//!
//! Two files that differ only in comments, order, spacing or in how nothing is written (`""`, `[]`, absent) have
//! equal records. History compares records, so a commit that only changes form changes nothing.

use std::collections::BTreeMap;

use serde_json::Value;

/// Keys to values. Text, numbers and booleans as in JSON; times are RFC 3339 in UTC with `Z`; dates `YYYY-MM-DD`;
/// a table is an object. What is unset is not there: never `""`, `[]`, `{}` or null.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record(BTreeMap<String, Value>);

impl Record {
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// The text under `key`; empty when it is unset or no text.
    pub fn text(&self, key: &str) -> &str {
        self.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The texts of the list under `key`; whatever is no text is left out.
    pub fn list(&self, key: &str) -> Vec<String> {
        let elements = self.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        elements.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// Sets `key`, or unsets it when the value is one of the forms of nothing.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        let key = key.into();
        let value = prune(value.into());
        if is_unset(&value) {
            self.0.remove(&key);
        } else {
            self.0.insert(key, value);
        }
    }

    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The record as a JSON object.
    pub fn to_json(&self) -> Value {
        Value::Object(self.0.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    /// What differs from `before`, key by key in byte order; `None` where a side has nothing.
    pub fn changes<'a>(&'a self, before: &'a Record) -> Vec<Change<'a>> {
        let mut keys: Vec<&str> = self.keys().chain(before.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter()
            .map(|key| Change { key, from: before.get(key), to: self.get(key) })
            .filter(|change| change.from != change.to)
            .collect()
    }
}

impl FromIterator<(String, Value)> for Record {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(pairs: I) -> Record {
        let mut record = Record::default();
        for (key, value) in pairs {
            record.set(key, value);
        }
        record
    }
}

impl From<serde_json::Map<String, Value>> for Record {
    fn from(object: serde_json::Map<String, Value>) -> Record {
        object.into_iter().collect()
    }
}

/// One key of two records that differ in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change<'a> {
    pub key: &'a str,
    pub from: Option<&'a Value>,
    pub to: Option<&'a Value>,
}

/// Whether a value is one of the forms of nothing.
pub fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(table) => table.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A table without the members that are unset.
fn prune(value: Value) -> Value {
    match value {
        Value::Object(table) => Value::Object(
            table
                .into_iter()
                .map(|(key, member)| (key, prune(member)))
                .filter(|(_, member)| !is_unset(member))
                .collect(),
        ),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_form_of_nothing_is_absent() {
        let mut record = Record::default();
        for (key, nothing) in [("a", json!("")), ("b", json!([])), ("c", json!(null)), ("d", json!({"x": ""}))] {
            record.set(key, json!("something"));
            record.set(key, nothing);
        }
        assert!(record.is_empty());
    }

    #[test]
    fn changes_name_each_key_that_differs() {
        let before = Record::from_iter([("a".into(), json!("1")), ("b".into(), json!("2"))]);
        let after = Record::from_iter([("b".into(), json!("3")), ("c".into(), json!(["x"]))]);
        let seen: Vec<_> = after.changes(&before).iter().map(|c| (c.key, c.from.cloned(), c.to.cloned())).collect();
        assert_eq!(
            seen,
            [("a", Some(json!("1")), None), ("b", Some(json!("2")), Some(json!("3"))), ("c", None, Some(json!(["x"])))]
        );
    }
}
