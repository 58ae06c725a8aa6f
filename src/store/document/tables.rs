//! One file of two, for kinds that have no canonical form: policy, articles, customers.

use serde_json::{Map, Value};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TableLike, Value as Inline};

use super::parse_tables;

/// The file `ours` with the values of `merged`; what is taken from `theirs` comes with its comments and its form. `None`
/// where the result would not say just that.
///
/// What stays is written as it was but for blanks in places that nobody reads; whoever can do without this, should.
pub fn combine(ours: &[u8], theirs: &[u8], merged: &Value) -> Option<Vec<u8>> {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    let (have, their) = (parse_tables(ours).ok()?, parse_tables(theirs).ok()?);
    let mut document: DocumentMut = text(ours)?.parse().ok()?;
    let other: DocumentMut = text(theirs)?.parse().ok()?;
    let sides = Sides { have: have.as_object()?, other: Some(other.as_table()), their: their.as_object() };
    members(document.as_table_mut(), sides, merged.as_object()?);
    let combined = document.to_string().into_bytes();
    (parse_tables(&combined).ok()? == *merged).then_some(combined)
}

/// The two versions of a table: what ours says, and how theirs is written and what it says.
#[derive(Clone, Copy)]
struct Sides<'a> {
    have: &'a Map<String, Value>,
    other: Option<&'a dyn TableLike>,
    their: Option<&'a Map<String, Value>>,
}

fn members(out: &mut dyn TableLike, sides: Sides<'_>, wanted: &Map<String, Value>) {
    for gone in sides.have.keys().filter(|name| !wanted.contains_key(*name)) {
        out.remove(gone);
    }
    for (name, value) in wanted.iter().filter(|(name, value)| sides.have.get(*name) != Some(*value)) {
        let (have, their) = (sides.have.get(name), sides.their.and_then(|their| their.get(name)));
        let other = sides.other.and_then(|other| other.get(name));
        if let (true, Some(other)) = (their == Some(value), other) {
            out.insert(name, other.clone());
            continue;
        }
        match (value, have, out.get_mut(name)) {
            (Value::Object(wanted), Some(Value::Object(have)), Some(item)) if item.is_table_like() => {
                let below =
                    Sides { have, other: other.and_then(Item::as_table_like), their: their.and_then(Value::as_object) };
                if let Some(table) = item.as_table_like_mut() {
                    members(table, below, wanted);
                }
            }
            (Value::Array(wanted), Some(Value::Array(have)), Some(Item::ArrayOfTables(tables))) => {
                *tables = elements(tables, have, other, their, wanted);
            }
            (value, _, _) => drop(out.insert(name, Item::Value(inline(value)))),
        }
    }
}

/// A list of tables: each as one of the sides has it where it is the same there, else ours with the values that it is to
/// have.
fn elements(
    tables: &ArrayOfTables,
    have: &[Value],
    other: Option<&Item>,
    their: Option<&Value>,
    wanted: &[Value],
) -> ArrayOfTables {
    let others = other.and_then(Item::as_array_of_tables);
    let theirs = their.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let at = |list: &[Value], fits: &dyn Fn(&Value) -> bool| list.iter().position(fits);
    let mut combined = ArrayOfTables::new();
    for element in wanted {
        let same = |one: &Value| one == element;
        let named = |one: &Value| one.get("name").is_some() && one.get("name") == element.get("name");
        let table = if let Some(table) = at(have, &same).and_then(|at| tables.get(at)) {
            table.clone()
        } else if let Some(table) = at(theirs, &same).and_then(|at| others?.get(at)) {
            table.clone()
        } else {
            let ours = at(have, &named).and_then(|at| Some((tables.get(at)?.clone(), have[at].as_object()?.clone())));
            let (mut table, values) = ours.unwrap_or_else(|| (Table::new(), Map::new()));
            let none = Map::new();
            let sides = Sides { have: &values, other: None, their: None };
            members(&mut table, sides, element.as_object().unwrap_or(&none));
            table
        };
        combined.push(table);
    }
    combined
}

fn inline(value: &Value) -> Inline {
    match value {
        Value::Null => Inline::from(""),
        Value::Bool(truth) => Inline::from(*truth),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Inline::from(whole),
            None => Inline::from(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => match text.parse::<toml_edit::Datetime>() {
            // Read as text, a moment would be written as one.
            Ok(moment) => Inline::from(moment),
            Err(_) => Inline::from(text.as_str()),
        },
        Value::Array(list) => Inline::Array(list.iter().map(inline).collect::<Array>()),
        Value::Object(table) => Inline::InlineTable(table.iter().map(|(name, value)| (name, inline(value))).collect()),
    }
}
