//! Two versions of a file that come from one become one again, field by field.
//!
//! Whoever alone changed something is right. What both changed, each otherwise, is a [`Clash`]: a rule says who wins,
//! mostly whoever came later, and what loses is kept in the ticket's `[conflicts]` until somebody settles the field.
//! Nothing here knows of time: who came later is the [`Judge`]'s to say.

pub mod conflicts;
mod entry;
pub mod lines;
pub mod stamp;
mod table;
mod text;
mod ticket;
pub mod unit;

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::field::{FileKind, Shape};
use super::record::Record;
use unit::Unit;

pub use table::tables;
pub use ticket::is_same_report;

/// Which of two versions holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Ours,
    Theirs,
}

impl Side {
    pub fn other(self) -> Side {
        match self {
            Side::Ours => Side::Theirs,
            Side::Theirs => Side::Ours,
        }
    }

    pub fn of<T>(self, ours: T, theirs: T) -> T {
        match self {
            Side::Ours => ours,
            Side::Theirs => theirs,
        }
    }
}

/// Says which side set a unit of a file later; `None` where nobody knows, as in a merge driver.
pub type Judge<'a> = dyn Fn(&str) -> Option<Side> + 'a;

/// What both sides changed, each otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// Its first field, or its path: `status`, `fields.serial`, `queues.l1.lead`.
    pub unit: String,
    /// Who won; `None` where no rule decides without knowing who came later: then what is ours stands.
    pub winner: Option<Side>,
    /// What lost, field by field; null where the loser had unset the field.
    pub lost: Vec<(String, Value)>,
}

/// Two versions made one.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged<T> {
    pub value: T,
    pub clashes: Vec<Clash>,
}

impl<T> Merged<T> {
    /// The clashes that no rule decides.
    pub fn open(&self) -> impl Iterator<Item = &Clash> {
        self.clashes.iter().filter(|clash| clash.winner.is_none())
    }
}

/// Merges two versions of a ticket, an entry or an article. `base` is empty where both were added.
///
/// `merge(b, a, a)` and `merge(b, a, b)` are `a`; sides turned round give the same; what either side added is there.
pub fn records(kind: FileKind, base: &Record, ours: &Record, theirs: &Record, judge: &Judge<'_>) -> Merged<Record> {
    let three = Three { base, ours, theirs };
    if let Some(same) = three.undisputed() {
        return Merged { value: same.clone(), clashes: Vec::new() };
    }
    match kind {
        FileKind::Ticket => ticket::merge(three, judge),
        FileKind::Entry => entry::merge(three, judge),
        FileKind::Article => three.fields(FileKind::Article, judge),
    }
}

/// Three versions of a record.
#[derive(Clone, Copy)]
struct Three<'a> {
    base: &'a Record,
    ours: &'a Record,
    theirs: &'a Record,
}

impl<'a> Three<'a> {
    /// The version that holds whatever the rules: where both are the same, or one has changed nothing.
    fn undisputed(self) -> Option<&'a Record> {
        if self.ours == self.theirs || self.theirs == self.base {
            Some(self.ours)
        } else if self.ours == self.base {
            Some(self.theirs)
        } else {
            None
        }
    }

    fn side(self, side: Side) -> &'a Record {
        side.of(self.ours, self.theirs)
    }

    /// All keys of the three, each once, in byte order.
    fn keys(self) -> Vec<&'a str> {
        let mut keys: Vec<&str> = self.base.keys().chain(self.ours.keys()).chain(self.theirs.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Merges a unit as a whole: its fields, and the clash where both changed it. `rule` says who wins then.
    fn unit(self, unit: Unit, out: &mut Merged<Record>, rule: impl FnOnce() -> Option<Side>) {
        let values = |record: &'a Record| unit.fields().iter().map(|name| record.get(name)).collect::<Vec<_>>();
        let (base, ours, theirs) = (values(self.base), values(self.ours), values(self.theirs));
        // Who did the same and more loses nothing of the other's.
        let covers = |one: &[Option<&Value>], other: &[Option<&Value>]| {
            (0..base.len()).all(|at| other[at] == one[at] || other[at] == base[at])
        };
        let (winner, decided) = if covers(&ours, &theirs) {
            (Side::Ours, None)
        } else if covers(&theirs, &ours) {
            (Side::Theirs, None)
        } else {
            let winner = rule();
            (winner.unwrap_or(Side::Ours), Some(winner))
        };
        for name in unit.fields() {
            out.value.set(*name, self.side(winner).get(name).cloned().unwrap_or_default());
        }
        let Some(decided) = decided else { return };
        let (won, lost) = (self.side(winner), self.side(winner.other()));
        // What the loser had not touched is no loss.
        let lost: Vec<(String, Value)> = unit
            .fields()
            .iter()
            .filter(|name| lost.get(name) != won.get(name) && lost.get(name) != self.base.get(name))
            .map(|name| ((*name).to_owned(), lost.get(name).cloned().unwrap_or_default()))
            .collect();
        out.clashes.push(Clash { unit: unit.name().to_owned(), winner: decided, lost });
    }

    /// Merges each field by its shape.
    fn fields(self, kind: FileKind, judge: &Judge<'_>) -> Merged<Record> {
        let mut out = Merged { value: Record::default(), clashes: Vec::new() };
        for key in self.keys() {
            self.field(key, kind.field(key).map(|field| field.shape), &mut out, judge);
        }
        out
    }

    /// Merges one field by its shape.
    fn field(self, key: &str, shape: Option<Shape>, out: &mut Merged<Record>, judge: &Judge<'_>) {
        let (base, ours, theirs) = (self.base.get(key), self.ours.get(key), self.theirs.get(key));
        let (merged, clashes) = match shape {
            Some(Shape::List) => (Some(set(self.base.list(key), self.ours.list(key), &self.theirs.list(key))), vec![]),
            Some(Shape::Text) => text::merge(key, base, ours, theirs, judge),
            Some(Shape::Line | Shape::Time | Shape::Date | Shape::Integer | Shape::Boolean | Shape::Table) | None => {
                let mut clashes = Vec::new();
                (table::value(key, base, ours, theirs, judge, &mut clashes), clashes)
            }
        };
        out.value.set(key, merged.unwrap_or_default());
        out.clashes.extend(clashes);
    }
}

/// Merges lists as sets: what either side added is there, what either side removed is not.
fn set(base: Vec<String>, mut ours: Vec<String>, theirs: &[String]) -> Value {
    ours.retain(|word| theirs.contains(word) || !base.contains(word));
    let added = theirs.iter().filter(|word| !base.contains(word)).cloned();
    ours.extend(added);
    ours.sort_unstable();
    ours.dedup();
    Value::from(ours)
}
