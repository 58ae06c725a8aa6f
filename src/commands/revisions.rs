//! Commits by what people type, in clones that may not have all of them.

use crate::error::{Problem, Result};
use crate::store::{Oid, Store};

/// The commit of a revision. Exit code 7 where it is not in this clone, 3 for a revision that is none.
pub fn commit(store: &Store, revision: &str) -> Result<Oid> {
    match store.resolve(revision) {
        Err(_) if store.is_shallow() => {
            Err(shallow(format!("`{revision}` is not in this clone, which is shallow")).into())
        }
        found => found,
    }
}

/// Where a commit left a revision. Exit code 7 where that is not in this clone, 3 for a revision that is none.
pub fn left(store: &Store, from: Oid, revision: &str) -> Result<Oid> {
    parted(store, from, commit(store, revision)?, revision)
}

/// Where a commit left another, which is shown as `revision`. Exit code 7 where that is not in this clone.
pub fn parted(store: &Store, from: Oid, other: Oid, revision: &str) -> Result<Oid> {
    match store.merge_base(from, other)? {
        Some(base) => Ok(base),
        None if store.is_shallow() => {
            Err(shallow(format!("this clone is too shallow to tell where it left `{revision}`")).into())
        }
        None => Err(Problem::repository(format!("this has no commit in common with `{revision}`"))
            .code("unrelated")
            .hint("what is there: git log --oneline --graph --all")
            .into()),
    }
}

fn shallow(what: String) -> Problem {
    Problem::repository(what)
        .code("shallow")
        .hint("all of history: git fetch --unshallow     a branch: git fetch origin main")
        .hint("in GitHub Actions and Forgejo: actions/checkout with `fetch-depth: 0`; in GitLab: GIT_DEPTH: 0")
}
