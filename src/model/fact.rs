//! Facts: what a commit changed, field by field. History is a list of them, read from the files alone.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::field::{FileKind, Shape};
use super::record::{Change, Record};

/// One field of one ticket, from one value to another; null is unset.
///
/// Lists give a fact for each element, long texts are named by hash, a table gives one for each member
/// (`fields.NAME`), an entry of the thread is `thread` with the entry's id, a deleted ticket `ticket`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    pub field: String,
    pub from: Value,
    pub to: Value,
}

impl Fact {
    pub fn new(field: impl Into<String>, from: Value, to: Value) -> Fact {
        Fact { field: field.into(), from, to }
    }

    /// An entry: new, rewritten (`from` and `to` its id) or deleted.
    pub fn entry(id: &str, before: bool, after: bool) -> Fact {
        let side = |there: bool| if there { Value::from(id) } else { Value::Null };
        Fact::new("thread", side(before), side(after))
    }

    /// A ticket whose file is gone.
    pub fn deleted(id: &str) -> Fact {
        Fact::new("ticket", Value::from(id), Value::Null)
    }

    /// `["status", "new", "active"]`.
    pub fn to_json(&self) -> Value {
        Value::Array(vec![Value::from(self.field.as_str()), self.from.clone(), self.to.clone()])
    }
}

/// What differs between two versions of a ticket's file, in canonical order of the fields. A file that is new differs
/// from the empty record.
pub fn diff(before: &Record, after: &Record) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut changes = after.changes(before);
    let place =
        |name: &str| FileKind::Ticket.fields().iter().position(|field| field.name == name).unwrap_or(usize::MAX);
    changes.sort_by_key(|change| place(change.key));
    for change in changes {
        match FileKind::Ticket.field(change.key).map(|field| field.shape) {
            Some(Shape::List) => elements(&change, &mut facts),
            Some(Shape::Table) => members(&change, &mut facts),
            Some(Shape::Text) => facts.push(Fact::new(change.key, hashed(change.from), hashed(change.to))),
            _ => facts.push(Fact::new(change.key, plain(change.from), plain(change.to))),
        }
    }
    facts
}

fn plain(value: Option<&Value>) -> Value {
    value.cloned().unwrap_or(Value::Null)
}

/// `sha256:` and 16 hexadecimal digits.
fn hashed(value: Option<&Value>) -> Value {
    let Some(text) = value.and_then(Value::as_str) else { return plain(value) };
    let hash = Sha256::digest(text.as_bytes());
    let hex: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Value::from(format!("sha256:{hex}"))
}

fn elements(change: &Change<'_>, facts: &mut Vec<Fact>) {
    let list = |value: Option<&Value>| match value {
        Some(Value::Array(list)) => list.clone(),
        Some(other) => vec![other.clone()],
        None => Vec::new(),
    };
    let (before, after) = (list(change.from), list(change.to));
    for gone in before.iter().filter(|element| !after.contains(element)) {
        facts.push(Fact::new(change.key, gone.clone(), Value::Null));
    }
    for new in after.iter().filter(|element| !before.contains(element)) {
        facts.push(Fact::new(change.key, Value::Null, new.clone()));
    }
}

fn members(change: &Change<'_>, facts: &mut Vec<Fact>) {
    let table = |value: Option<&Value>| match value {
        Some(Value::Object(table)) => table.clone().into_iter().collect::<Record>(),
        Some(_) | None => Record::default(),
    };
    for member in table(change.to).changes(&table(change.from)) {
        facts.push(Fact::new(format!("{}.{}", change.key, member.key), plain(member.from), plain(member.to)));
    }
}

/// A ticket's state as its facts tell it: texts are known by hash only.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replay {
    state: Record,
}

impl Replay {
    /// From a file's record; texts are as they stand, and stay so as long as facts bring whole texts.
    pub fn of(state: Record) -> Replay {
        Replay { state }
    }

    pub fn state(&self) -> &Record {
        &self.state
    }

    pub fn apply(&mut self, fact: &Fact) {
        let field = fact.field.as_str();
        if field == "ticket" {
            *self = Replay::default();
        } else if let Some((table, member)) =
            field.split_once('.').filter(|(table, _)| shape(table) == Some(Shape::Table))
        {
            let mut members: Record = match self.state.get(table) {
                Some(Value::Object(members)) => members.clone().into(),
                Some(_) | None => Record::default(),
            };
            members.set(member, fact.to.clone());
            self.state.set(table, members.to_json());
        } else if shape(field) == Some(Shape::List) {
            let mut list = self.state.list(field);
            let word = |value: &Value| value.as_str().map(str::to_owned);
            list.retain(|element| Some(element) != word(&fact.from).as_ref());
            list.extend(word(&fact.to));
            list.sort_unstable();
            list.dedup();
            self.state.set(field, list);
        } else if field != "thread" {
            self.state.set(field, fact.to.clone());
        }
    }

    /// The facts that bring this state to a file's; none when it is there already. Used where histories meet.
    pub fn settle(&self, after: &Record) -> Vec<Fact> {
        let mut known = after.clone();
        for field in FileKind::Ticket.fields().iter().filter(|field| field.shape == Shape::Text) {
            if let value @ Value::String(_) = hashed(after.get(field.name)) {
                known.set(field.name, value);
            }
        }
        diff(&self.state, &known)
            .into_iter()
            .map(|fact| match shape(&fact.field) {
                // Hashes are hashed already.
                Some(Shape::Text) => {
                    Fact { from: plain(self.state.get(&fact.field)), to: plain(known.get(&fact.field)), ..fact }
                }
                _ => fact,
            })
            .collect()
    }
}

fn shape(field: &str) -> Option<Shape> {
    FileKind::Ticket.field(field).map(|field| field.shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn record() -> impl Strategy<Value = Record> {
        let word = "[a-c]{0,2}";
        (
            word,
            word,
            prop::collection::btree_set("[a-c]{1,2}", 0..4),
            prop::collection::btree_map("[a-c]", "[a-c]{0,1}", 0..3),
            word,
        )
            .prop_map(|(status, body, tags, fields, unknown)| {
                let mut record = Record::default();
                record.set("status", status);
                record.set("body", body);
                record.set("tags", tags.into_iter().collect::<Vec<_>>());
                record.set("fields", json!(fields));
                record.set("x_unknown", unknown);
                record
            })
    }

    proptest! {
        #[test]
        fn facts_lead_from_one_state_to_the_next(states in prop::collection::vec(record(), 1..5)) {
            let mut replay = Replay::default();
            let mut before = Record::default();
            for after in states {
                for fact in diff(&before, &after) {
                    replay.apply(&fact);
                }
                prop_assert_eq!(replay.settle(&after), vec![]);
                before = after;
            }
        }

        #[test]
        fn settling_brings_any_state_to_the_file(one in record(), other in record()) {
            let mut replay = Replay::default();
            diff(&Record::default(), &one).iter().for_each(|fact| replay.apply(fact));
            for fact in replay.settle(&other) {
                replay.apply(&fact);
            }
            prop_assert_eq!(replay.settle(&other), vec![]);
        }
    }

    #[test]
    fn lists_tables_and_texts_have_their_own_facts() {
        let before = Record::from_iter([("tags".into(), json!(["a", "b"])), ("body".into(), json!("x"))]);
        let after = Record::from_iter([("tags".into(), json!(["b", "c"])), ("fields".into(), json!({"n": 1}))]);
        let said: Vec<Value> = diff(&before, &after).iter().map(Fact::to_json).collect();
        let expected = json!([
            ["tags", "a", null],
            ["tags", null, "c"],
            ["body", "sha256:2d711642b726b044", null],
            ["fields.n", null, 1]
        ]);
        assert_eq!(Value::Array(said), expected);
    }
}
