//! Which paths no worktree takes now, asked before the branch is to move: so that what a person is editing keeps back
//! what touches it, and nothing else.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use git2::{Oid, Repository};

use super::refuse::{refuse_modified, statuses};
use super::{Change, PLAIN, Tree};
use crate::error::{Problem, Result};
use crate::store::repository::Store;

/// The worktrees on the branch, as somebody found them.
pub struct Fence {
    trees: Vec<(Tree, Repository)>,
    /// What was asked before.
    known: RefCell<HashMap<String, Option<Problem>>>,
}

impl Store {
    /// Exit code 7 when a worktree cannot be read.
    pub(in crate::store) fn fence(&self) -> Result<Fence> {
        let trees = self.followers(self.tip()?.is_some()).into_iter();
        let trees = trees.map(|tree| Ok((tree.clone(), tree.open()?))).collect::<Result<_>>()?;
        Ok(Fence { trees, known: RefCell::default() })
    }
}

impl Fence {
    /// Why a path, from the repository's root, cannot be written; `old` is what the branch has there.
    pub(in crate::store) fn refuses(&self, path: &str, old: Option<Oid>) -> Result<Option<Problem>> {
        if let Some(known) = self.known.borrow().get(path) {
            return Ok(known.clone());
        }
        let change = Change { path: path.to_owned(), old, new: None, modes: (PLAIN, PLAIN) };
        let mut why = None;
        for (tree, repo) in &self.trees {
            let told = statuses(repo, tree, std::slice::from_ref(&change))?;
            let Err(error) = refuse_modified(repo, tree, &change, told.as_ref(), &BTreeSet::new()) else { continue };
            match error.downcast::<Problem>()? {
                problem if is_edit(&problem) => why = Some(problem),
                other => return Err(other.into()),
            }
        }
        self.known.borrow_mut().insert(path.to_owned(), why.clone());
        Ok(why)
    }
}

/// Whether a file that a person has changed in a worktree is what kept the branch from moving.
pub fn is_edit(problem: &Problem) -> bool {
    problem.code == "modified"
}
