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
    let ours = text(ours)?;
    let sides = Sides { text: &ours, have: have.as_object()?, other: Some(other.as_table()), their: their.as_object() };
    members(document.as_table_mut(), sides, merged.as_object()?);
    let combined = document.to_string().into_bytes();
    (parse_tables(&combined).ok()? == *merged).then_some(combined)
}

/// The two versions of a table: what ours says, and how theirs is written and what it says.
#[derive(Clone, Copy)]
struct Sides<'a> {
    /// All of ours, whose comments are there already.
    text: &'a str,
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
        match (value, have, out.get_mut(name)) {
            (Value::Object(wanted), Some(Value::Object(have)), Some(item)) if item.is_table_like() => {
                let below = Sides {
                    text: sides.text,
                    have,
                    other: other.and_then(Item::as_table_like),
                    their: their.and_then(Value::as_object),
                };
                if let Some(table) = item.as_table_like_mut() {
                    members(table, below, wanted);
                }
            }
            (Value::Array(wanted), Some(Value::Array(have)), Some(Item::ArrayOfTables(tables))) => {
                *tables = elements(sides.text, tables, have, other.and_then(Item::as_array_of_tables), their, wanted);
            }
            (value, _, _) => drop(match other.filter(|_| their == Some(value)) {
                Some(other) => out.insert(name, without_known(other.clone(), sides.text)),
                None => out.insert(name, Item::Value(inline(value))),
            }),
        }
    }
}

/// A list of tables: each as one of the sides has it where it is the same there, else ours with the values that it is to
/// have.
fn elements(
    text: &str,
    tables: &ArrayOfTables,
    have: &[Value],
    others: Option<&ArrayOfTables>,
    their: Option<&Value>,
    wanted: &[Value],
) -> ArrayOfTables {
    let theirs = their.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let at = |list: &[Value], fits: &dyn Fn(&Value) -> bool| list.iter().position(fits);
    let mut combined = ArrayOfTables::new();
    for element in wanted {
        let same = |one: &Value| one == element;
        let named = |one: &Value| one.get("name").is_some() && one.get("name") == element.get("name");
        let table = if let Some(table) = at(have, &same).and_then(|at| tables.get(at)) {
            table.clone()
        } else if let Some(table) = at(theirs, &same).and_then(|at| others?.get(at)) {
            without_known_comments(table.clone(), text)
        } else {
            let ours = at(have, &named).and_then(|at| Some((tables.get(at)?.clone(), have[at].as_object()?.clone())));
            let (mut table, values) = ours.unwrap_or_else(|| (Table::new(), Map::new()));
            let none = Map::new();
            let sides = Sides { text, have: &values, other: None, their: None };
            members(&mut table, sides, element.as_object().unwrap_or(&none));
            table
        };
        combined.push(table);
    }
    combined
}

/// A table or tables of theirs without the comments above them that ours has: what stood at the end of the file, say.
fn without_known(item: Item, text: &str) -> Item {
    match item {
        Item::Table(table) => Item::Table(without_known_comments(table, text)),
        Item::ArrayOfTables(tables) => {
            Item::ArrayOfTables(tables.into_iter().map(|table| without_known_comments(table, text)).collect())
        }
        other @ (Item::None | Item::Value(_)) => other,
    }
}

fn without_known_comments(mut table: Table, text: &str) -> Table {
    let above = table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    let is_known = |line: &&str| line.trim().is_empty() || text.lines().any(|known| known.trim() == line.trim());
    let new: String = above.split_inclusive('\n').skip_while(is_known).collect();
    table.decor_mut().set_prefix(format!("\n{new}"));
    for (_, item) in table.iter_mut() {
        *item = without_known(std::mem::take(item), text);
    }
    table
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
