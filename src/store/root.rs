//! Where in a tree the desk is, and which branch a name stands for.

use git2::{ObjectType, Oid};

use super::repository::{Store, unreadable};
use crate::error::{Problem, Result};

/// Links from name to name that are followed, as git does (`SYMREF_MAXDEPTH` in its refs.c).
const DEPTH: usize = 5;

impl Store {
    /// The folder of the desk at a commit, with a `/` behind it, or empty: `desk.root` where it is set; else where
    /// `/desk.toml` is, else the one folder that has a `desk.toml`. `None` where there is none; exit code 7 where there
    /// are several.
    pub fn root_at(&self, commit: Oid) -> Result<Option<String>> {
        if let Some(root) = self.configured_root() {
            return Ok(Some(root));
        }
        let tree = self.repo().find_commit(commit).and_then(|commit| commit.tree()).map_err(unreadable)?;
        if tree.get_name("desk.toml").is_some() {
            return Ok(Some(String::new()));
        }
        let mut folders = Vec::new();
        for entry in tree.iter().filter(|entry| entry.kind() == Some(ObjectType::Tree)) {
            let Ok(folder) = self.repo().find_tree(entry.id()) else { continue };
            if folder.get_name("desk.toml").is_some()
                && let Ok(name) = entry.name()
            {
                folders.push(name.to_owned());
            }
        }
        match folders.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(format!("{one}/"))),
            several => {
                Err(Problem::repository(format!("there are {} desks here: {}", several.len(), several.join(", ")))
                    .hint(format!("choose one: git config desk.root {}", several[0]))
                    .candidates(several)
                    .into())
            }
        }
    }

    /// The full name of the reference that a name stands for, through symbolic ones; that of the name itself where there
    /// is no such reference.
    pub fn behind(&self, name: &str) -> String {
        let mut name = name.to_owned();
        for _ in 0..DEPTH {
            let Ok(found) = self.repo().find_reference(&name) else { break };
            let Ok(Some(target)) = found.symbolic_target() else { break };
            name = target.to_owned();
        }
        name
    }
}
