//! Two versions of a thread's entry: mostly one that counts repeats, which clones delivered side by side.

use serde_json::Value;

use super::{Clash, Judge, Merged, Side, Three};
use crate::model::field::FileKind;
use crate::model::record::Record;
use crate::model::word::EntryKind;

pub fn merge(three: Three<'_>, judge: &Judge<'_>) -> Merged<Record> {
    let mut out = Merged { value: Record::default(), clashes: Vec::new() };
    let counts = [three.ours, three.theirs].iter().all(|record| record.text("kind") == EntryKind::Occurrence.as_str());
    let latest = |_: &str| Some(latest(three));
    let judge: &Judge<'_> = if counts { &latest } else { judge };
    for key in three.keys() {
        let shape = FileKind::Entry.field(key).map(|field| field.shape);
        match key {
            "count" if counts => out.value.set(key, count(three)),
            "first" if counts => out.value.set(key, earliest(three, key)),
            _ => three.field(key, shape, &mut out, judge),
        }
    }
    if counts {
        // Of numbers that only grow nothing is lost.
        out.clashes.clear();
    }
    keep_both_texts(three, &mut out);
    out
}

/// The side that counted last.
fn latest(three: Three<'_>) -> Side {
    let place = |record: &Record| {
        let number = |key: &str| record.get(key).and_then(Value::as_i64).unwrap_or(0);
        (record.text("last").to_owned(), number("seq"), record.to_json().to_string())
    };
    if place(three.ours) < place(three.theirs) { Side::Theirs } else { Side::Ours }
}

/// What both sides counted since they parted. The first failure, which opened the ticket, is in every count.
fn count(three: Three<'_>) -> i64 {
    let number = |record: &Record| record.get("count").and_then(Value::as_i64);
    let base = number(three.base).unwrap_or(1);
    let grown = |record: &Record| number(record).unwrap_or(base).saturating_sub(base);
    base.saturating_add(grown(three.ours)).saturating_add(grown(three.theirs))
}

fn earliest(three: Three<'_>, key: &str) -> Value {
    let times = [three.ours, three.theirs].map(|record| record.text(key));
    times.into_iter().filter(|time| !time.is_empty()).min().map_or(Value::Null, Value::from)
}

/// An entry has no `[conflicts]`: of a text that both rewrote, the loser's lines stand below the winner's.
fn keep_both_texts(three: Three<'_>, out: &mut Merged<Record>) {
    let decided = |clash: &&Clash| clash.unit == "body" && clash.winner.is_some();
    let Some((_, lost)) = out.clashes.iter().find(decided).and_then(|clash| clash.lost.first()) else { return };
    let (lost, body) = (lost.as_str().unwrap_or_default(), out.value.text("body"));
    if !body.contains(lost) && three.base.text("body") != lost {
        let both = format!("{body}\n\n{lost}");
        out.value.set("body", both);
    }
}
