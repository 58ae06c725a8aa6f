//! Tables, lists and single values, merged key by key: `[fields]`, keys nobody knows, policy, articles, customers.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Clash, Judge, Merged, Side, text};

/// Merges two versions of a file of any kind. `base` is empty where both were added.
pub fn tables(base: &Value, ours: &Value, theirs: &Value, judge: &Judge<'_>) -> Merged<Value> {
    let mut clashes = Vec::new();
    let merged = value("", Some(base), Some(ours), Some(theirs), judge, &mut clashes);
    Merged { value: merged.unwrap_or_else(|| Value::Object(Map::new())), clashes }
}

/// Merges what stands at a path. What one side removed and the other changed stays changed.
pub(super) fn value(
    path: &str,
    base: Option<&Value>,
    ours: Option<&Value>,
    theirs: Option<&Value>,
    judge: &Judge<'_>,
    clashes: &mut Vec<Clash>,
) -> Option<Value> {
    if ours == theirs || theirs == base {
        return ours.cloned();
    }
    if ours == base {
        return theirs.cloned();
    }
    let (ours, theirs) = match (ours, theirs) {
        (Some(ours), Some(theirs)) => (ours, theirs),
        // One is gone and the other changed: the change wins.
        (one, other) => return one.or(other).cloned(),
    };
    match (base, ours, theirs) {
        (_, Value::Object(ours), Value::Object(theirs)) => {
            let none = Map::new();
            let base = base.and_then(Value::as_object).unwrap_or(&none);
            Some(Value::Object(members(path, base, ours, theirs, judge, clashes)))
        }
        (_, Value::Array(ours), Value::Array(theirs)) if keys(ours).is_some() && keys(theirs).is_some() => {
            let base = base.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            Some(Value::Array(list(path, base, ours, theirs, judge, clashes)))
        }
        (_, Value::String(one), Value::String(other)) if one.contains('\n') || other.contains('\n') => {
            let (merged, clash) = text::merge(path, base, Some(ours), Some(theirs), judge);
            clashes.extend(clash);
            merged
        }
        _ => {
            let winner = judge(path);
            let side = winner.unwrap_or(Side::Ours);
            let lost = vec![(path.to_owned(), side.other().of(ours, theirs).clone())];
            clashes.push(Clash { unit: path.to_owned(), winner, lost });
            Some(side.of(ours, theirs).clone())
        }
    }
}

fn members(
    path: &str,
    base: &Map<String, Value>,
    ours: &Map<String, Value>,
    theirs: &Map<String, Value>,
    judge: &Judge<'_>,
    clashes: &mut Vec<Clash>,
) -> Map<String, Value> {
    let names: BTreeSet<&String> = base.keys().chain(ours.keys()).chain(theirs.keys()).collect();
    let mut merged = Map::new();
    for name in names {
        let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let member = value(&below, base.get(name), ours.get(name), theirs.get(name), judge, clashes);
        merged.extend(member.map(|member| (name.clone(), member)));
    }
    merged
}

/// What an element of a list is known by: a table by the field that names it, everything else by itself.
fn key(element: &Value) -> String {
    let names = ["name", "key", "valid_from", "title", "date"];
    let name = names.iter().find_map(|name| element.as_object()?.get(*name));
    name.unwrap_or(element).to_string()
}

/// The keys of a list's elements; `None` where two have the same.
fn keys(list: &[Value]) -> Option<Vec<String>> {
    let keys: Vec<String> = list.iter().map(key).collect();
    (keys.iter().collect::<BTreeSet<_>>().len() == keys.len()).then_some(keys)
}

/// Merges lists by the keys of their elements. The order is that of one side; what the other added stands behind what it
/// stood behind there.
fn list(
    path: &str,
    base: &[Value],
    ours: &[Value],
    theirs: &[Value],
    judge: &Judge<'_>,
    clashes: &mut Vec<Clash>,
) -> Vec<Value> {
    let at = |list: &[Value], wanted: &str| list.iter().find(|element| key(element) == wanted).cloned();
    let text = |list: &[Value]| Value::from(list).to_string();
    let smaller = || match text(ours).cmp(&text(theirs)) {
        Ordering::Less | Ordering::Equal => Side::Ours,
        Ordering::Greater => Side::Theirs,
    };
    let orderly = judge(path).unwrap_or_else(smaller);
    let mut order: Vec<String> = orderly.of(ours, theirs).iter().map(key).collect();
    let mut behind = 0;
    for one in orderly.of(theirs, ours).iter().map(key) {
        match order.iter().position(|known| *known == one) {
            Some(place) => behind = place + 1,
            None => {
                order.insert(behind, one);
                behind += 1;
            }
        }
    }
    let merged = order.into_iter().filter_map(|wanted| {
        let (base, ours, theirs) = (at(base, &wanted), at(ours, &wanted), at(theirs, &wanted));
        value(&format!("{path}.{wanted}"), base.as_ref(), ours.as_ref(), theirs.as_ref(), judge, clashes)
    });
    merged.collect()
}
