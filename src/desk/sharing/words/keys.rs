//! What differs between two versions of a file of TOML, key by key.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

/// Keys of a file that are told one by one.
const KEYS: usize = 50;

/// A key that differs, as it is said, and its value on both sides; empty where it is not there.
pub type Differs = (String, String, String);

/// What differs, in the order of the keys; `None` where one side cannot be read, or more differs than anybody would read.
pub fn differing(before: &[u8], after: &[u8]) -> Option<Vec<Differs>> {
    let (before, after) = (flat(before)?, flat(after)?);
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let value = |side: &BTreeMap<String, String>, key: &String| side.get(key).cloned().unwrap_or_default();
    let differing = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    let differing: Vec<Differs> =
        differing.map(|key| (key.clone(), value(&before, key), value(&after, key))).take(KEYS + 1).collect();
    (differing.len() <= KEYS).then_some(differing)
}

fn flat(bytes: &[u8]) -> Option<BTreeMap<String, String>> {
    let table: Table = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    let mut values = BTreeMap::new();
    put_table("", &table, &mut values);
    Some(values)
}

fn put_table(head: &str, table: &Table, values: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        put(&format!("{head}{key}"), value, values);
    }
}

fn put(key: &str, value: &Value, values: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => put_table(&format!("{key}."), table, values),
        Value::Array(list) if list.iter().any(Value::is_table) => {
            for (at, one) in list.iter().enumerate() {
                put(&format!("{key}[{}]", label(list, at)), one, values);
            }
        }
        Value::String(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_)
        | Value::Array(_) => {
            values.insert(key.to_owned(), said(value));
        }
    }
}

/// How one of several tables is known: by its name, where no other has it, else by its place, from 1.
fn label(list: &[Value], at: usize) -> String {
    let name = |table: &Value| table.get("name").and_then(Value::as_str).map(str::to_owned);
    let own = list.get(at).and_then(name);
    let alike = list.iter().filter(|other| name(other) == own).count();
    own.filter(|_| alike == 1).unwrap_or_else(|| (at + 1).to_string())
}

fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(said).collect::<Vec<_>>().join(", "),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Table(_) => {
            value.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_known_by_its_name_wherever_it_stands() {
        let before = "a = 1\n[[sla]]\nname = \"gold\"\n[sla.targets.p1]\nresolve = \"4h\"\n[[sla]]\nname = \"rest\"\n";
        let after = "a = 1\nb = [\"x\", \"y\"]\n[[sla]]\nname = \"rest\"\n[[sla]]\nname = \"gold\"\n[sla.targets.p1]\nresolve = \"8h\"\n";
        let said = |key: &str, from: &str, to: &str| (key.to_owned(), from.to_owned(), to.to_owned());
        let differing = differing(before.as_bytes(), after.as_bytes()).unwrap();
        assert_eq!(differing, [said("b", "", "x, y"), said("sla[gold].targets.p1.resolve", "4h", "8h")]);
    }

    #[test]
    fn what_cannot_be_read_has_no_keys() {
        assert_eq!(differing(b"a = 1\n", b"a = \n"), None);
        assert_eq!(differing(b"a = 1\n", b"\xff"), None);
    }
}
