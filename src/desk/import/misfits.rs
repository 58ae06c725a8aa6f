//! What an import does not understand: counted, and named where it was seen first.

use std::collections::BTreeMap;

/// A value the map does not know, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    pub what: String,
    pub times: u64,
    /// The first ticket it was seen in.
    pub first: String,
    pub outcome: String,
}

#[derive(Debug, Default)]
pub struct Misfits(BTreeMap<String, Misfit>);

impl Misfits {
    pub fn meet(&mut self, what: String, first: &str, outcome: &str) {
        let misfit = self.0.entry(what.clone()).or_insert_with(|| Misfit {
            what,
            times: 0,
            first: first.to_owned(),
            outcome: outcome.to_owned(),
        });
        misfit.times += 1;
    }

    /// With those of another.
    pub fn and(mut self, other: Misfits) -> Misfits {
        for (what, misfit) in other.0 {
            self.0.entry(what).and_modify(|have| have.times += misfit.times).or_insert(misfit);
        }
        self
    }

    /// The most frequent first.
    pub fn all(&self) -> Vec<Misfit> {
        let mut misfits: Vec<Misfit> = self.0.values().cloned().collect();
        misfits.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.what.cmp(&b.what)));
        misfits
    }
}
