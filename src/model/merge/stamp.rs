//! Who came later.

use std::collections::BTreeMap;

use super::Side;

/// When something was set, and by which commit. Of two in one second the greater id counts as later, so that everybody
/// decides alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// The author's time, in seconds since 1970.
    pub at: i64,
    /// Hexadecimal.
    pub commit: String,
}

/// When one side last set what it changed, by the names of [`changed`](super::unit::changed).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamps {
    set: BTreeMap<String, Stamp>,
    /// The latest of all: for what nobody knows more closely.
    last: Option<Stamp>,
}

impl Stamps {
    /// Of a side of which only its last commit is known.
    pub fn of(last: Stamp) -> Stamps {
        Stamps { set: BTreeMap::new(), last: Some(last) }
    }

    /// Notes that a commit set something; the latest counts.
    pub fn note(&mut self, name: &str, stamp: &Stamp) {
        let known = self.set.entry(name.to_owned()).or_insert_with(|| stamp.clone());
        if *known < *stamp {
            known.clone_from(stamp);
        }
    }

    /// Notes a commit that changed the file in some way.
    pub fn note_last(&mut self, stamp: &Stamp) {
        if self.last.as_ref().is_none_or(|last| last < stamp) {
            self.last = Some(stamp.clone());
        }
    }

    fn get(&self, name: &str) -> Option<&Stamp> {
        self.set.get(name).or(self.last.as_ref())
    }
}

/// Who set something later; `None` where a side has no stamp of it.
pub fn later(name: &str, ours: &Stamps, theirs: &Stamps) -> Option<Side> {
    match (ours.get(name)?, theirs.get(name)?) {
        (ours, theirs) if ours < theirs => Some(Side::Theirs),
        (_, _) => Some(Side::Ours),
    }
}
