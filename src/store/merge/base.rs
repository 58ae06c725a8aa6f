//! What two commits have in common.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use git2::{ErrorCode, ObjectType, Oid};

use super::file::{self, File, Form, Versions};
use crate::error::{Problem, Result};
use crate::store::document::MAX_SIZE;
use crate::store::repository::{Store, unreadable};

/// Blob and mode of a file; `None` where there is none.
pub(super) type Place = Option<(Oid, i32)>;

/// The newest commits that two tips have in common: mostly one; where both merged the other's past, several.
pub(super) struct Base {
    commits: Vec<Oid>,
    /// The trees of the commits.
    trees: Vec<Oid>,
    /// The tree of what the first two of several have in common themselves.
    below: Option<Oid>,
    /// Files that stand for those in which the commits differ.
    made: RefCell<HashMap<Oid, Vec<u8>>>,
}

impl Base {
    /// Exit code 5 when there is none, 7 when that cannot be known here.
    pub fn of(store: &Store, ours: Oid, theirs: Oid) -> Result<Base> {
        let repo = store.repo();
        let commits: Vec<Oid> = match repo.merge_bases(ours, theirs) {
            Ok(bases) => bases.to_vec(),
            Err(error) if error.code() == ErrorCode::NotFound => Vec::new(),
            Err(error) => return Err(unreadable(error)),
        };
        if commits.is_empty() {
            store.require_history()?;
            return Err(Problem::refused("what is published and what is here have no commit in common")
                .code("unrelated")
                .hint("is it the right remote? git remote -v")
                .hint("if both are to be one: git merge --allow-unrelated-histories")
                .into());
        }
        let tree = |commit: Oid| repo.find_commit(commit).map(|commit| commit.tree_id()).map_err(unreadable);
        let trees = commits.iter().map(|commit| tree(*commit)).collect::<Result<_>>()?;
        let below = match commits.as_slice() {
            [one, other, ..] => repo.merge_base(*one, *other).ok().map(tree).transpose()?,
            [_] | [] => None,
        };
        Ok(Base { commits, trees, below, made: RefCell::default() })
    }

    pub fn commits(&self) -> &[Oid] {
        &self.commits
    }

    /// Where a file was; the path is from the repository's root. Where the common commits differ in it, their merge
    /// stands for the base, under the id that it would have.
    pub fn place(&self, store: &Store, path: &Path, form: Form) -> Result<Place> {
        let places = self.trees.iter().map(|tree| place_in(store, *tree, path)).collect::<Result<Vec<_>>>()?;
        let first = places.first().copied().flatten();
        if places.iter().all(|place| *place == first) {
            return Ok(first);
        }
        let read = |place: Place| place.map_or(Ok(None), |(id, _)| blob(store, id));
        let below = self.below.map_or(Ok(None), |tree| read(place_in(store, tree, path)?))?;
        let mut merged: Option<Vec<u8>> = None;
        for place in &places {
            merged = match (merged, read(*place)?) {
                (Some(one), Some(other)) => {
                    let versions = Versions { base: below.as_deref(), ours: &one, theirs: &other };
                    match file::merge(form, versions, &|_| None) {
                        File::One { bytes, .. } => Some(bytes),
                        File::Two { .. } => Some(one),
                    }
                }
                (one, other) => one.or(other),
            };
        }
        let Some(bytes) = merged else { return Ok(first) };
        let id = Oid::hash_object(ObjectType::Blob, &bytes)?;
        self.made.borrow_mut().insert(id, bytes);
        let mode = places.into_iter().flatten().next().map_or(0o100_644, |(_, mode)| mode);
        Ok(Some((id, mode)))
    }

    /// The bytes of a base; `None` where there is none, or it is too large to be read.
    pub fn bytes(&self, store: &Store, place: Place) -> Result<Option<Vec<u8>>> {
        let Some((id, _)) = place else { return Ok(None) };
        match self.made.borrow().get(&id) {
            Some(bytes) => Ok(Some(bytes.clone())),
            None => blob(store, id),
        }
    }
}

fn place_in(store: &Store, tree: Oid, path: &Path) -> Result<Place> {
    let tree = store.repo().find_tree(tree).map_err(unreadable)?;
    match tree.get_path(path) {
        Ok(entry) if entry.kind() == Some(ObjectType::Tree) => Ok(None),
        Ok(entry) => Ok(Some((entry.id(), entry.filemode()))),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(unreadable(error)),
    }
}

fn blob(store: &Store, id: Oid) -> Result<Option<Vec<u8>>> {
    let odb = store.repo().odb().map_err(unreadable)?;
    let (size, kind) = odb.read_header(id).map_err(unreadable)?;
    if size > MAX_SIZE || kind != ObjectType::Blob {
        return Ok(None);
    }
    Ok(Some(odb.read(id).map_err(unreadable)?.data().to_vec()))
}
