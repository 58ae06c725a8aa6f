//! Which files are not as they were in the version before.

use std::collections::BTreeMap;

use super::{Asked, Scope};
use crate::error::Result;

/// Paths from the desk's root, each with whether it was there before, and whether it is there now.
#[derive(Debug, Default)]
pub struct Changes(BTreeMap<String, (bool, bool)>);

impl Changes {
    pub fn of(asked: &Asked<'_, '_>) -> Result<Changes> {
        let mut changes = BTreeMap::new();
        let before = match asked.scope {
            Scope::Since(base) => base,
            Scope::Whole | Scope::Paths(_) => asked.snapshot,
        };
        if before.tree() != asked.snapshot.tree() {
            for file in asked.snapshot.store().differing(before.tree(), asked.snapshot.tree())? {
                changes.insert(file.path, (file.before.is_some(), file.after.is_some()));
            }
        }
        for (path, edited) in asked.edits {
            let was = before.exists(path)?;
            changes.insert(path.clone(), (was, edited.is_some()));
        }
        Ok(Changes(changes))
    }

    pub fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    pub fn has_below(&self, folder: &str) -> bool {
        self.0.range(folder.to_owned()..).next().is_some_and(|(path, _)| path.starts_with(folder))
    }

    /// The files that are there now.
    pub fn present(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, (_, is))| *is).map(|(path, _)| path.as_str())
    }

    /// The files that are no longer there.
    pub fn gone(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, (was, is))| *was && !is).map(|(path, _)| path.as_str())
    }

    /// The files that are new below a folder.
    pub fn added_below<'c>(&'c self, folder: &'c str) -> impl Iterator<Item = &'c str> {
        let below = self.0.range(folder.to_owned()..).take_while(move |(path, _)| path.starts_with(folder));
        below.filter(|(_, (was, is))| !was && *is).map(|(path, _)| path.as_str())
    }
}
