//! What one commit changed, file by file.

use git2::{Delta, ErrorCode, Oid};

use super::history::CommitRow;
use super::repository::{Store, unreadable};
use crate::error::Result;

/// A commit against its first parent.
pub struct Changed {
    pub subject: String,
    /// How many parents the commit has.
    pub parents: usize,
    pub files: Vec<ChangedFile>,
}

/// One file, with both contents; `None` where it was or is not there. The path is from the desk's root.
pub struct ChangedFile {
    pub path: String,
    pub before: Option<Vec<u8>>,
    pub after: Option<Vec<u8>>,
}

impl Store {
    /// The files below the desk's root that `commit` changed, with their contents on both sides.
    pub fn changed_files(&self, commit: Oid) -> Result<Changed> {
        let commit = self.repo().find_commit(commit).map_err(unreadable)?;
        let subject = String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned();
        let after = commit.tree().map_err(unreadable)?;
        let before = match commit.parent_ids().next() {
            Some(parent) => Some(self.repo().find_commit(parent).and_then(|parent| parent.tree()).map_err(unreadable)?),
            None => None,
        };
        let diff = self.repo().diff_tree_to_tree(before.as_ref(), Some(&after), None).map_err(unreadable)?;
        let content = |side: git2::DiffFile<'_>, there: bool| -> Result<Option<Vec<u8>>> {
            if !there {
                return Ok(None);
            }
            Ok(Some(self.repo().find_blob(side.id()).map_err(unreadable)?.content().to_vec()))
        };
        let mut files = Vec::new();
        for delta in diff.deltas() {
            let path = delta.new_file().path().or(delta.old_file().path()).and_then(|path| path.to_str());
            let Some(path) = path.and_then(|path| path.strip_prefix(self.root())) else { continue };
            let before = content(delta.old_file(), delta.status() != Delta::Added)?;
            let after = content(delta.new_file(), delta.status() != Delta::Deleted)?;
            files.push(ChangedFile { path: path.to_owned(), before, after });
        }
        Ok(Changed { subject, parents: commit.parent_count(), files })
    }
}

/// A file in a tree: its id and its mode.
pub type Blob = (Oid, i32);

/// A file of the desk that differs between two commits; `None` where one has no such file. The path is from the desk's
/// root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    pub path: String,
    pub before: Option<Blob>,
    pub after: Option<Blob>,
}

impl Store {
    /// The files that differ between two folders of a desk, links and submodules among them. Only folders that differ
    /// are read.
    pub fn differing(&self, before: Option<Oid>, after: Option<Oid>) -> Result<Vec<Differing>> {
        super::compare::differing(self.repo(), before, after)
    }

    /// The best commit that both come from; `None` where they have none in common here.
    pub fn merge_base(&self, one: Oid, other: Oid) -> Result<Option<Oid>> {
        match self.repo().merge_base(one, other) {
            Ok(base) => Ok(Some(base)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// The newest commits that both come from: mostly one; where each merged the other's past, several.
    pub fn merge_bases(&self, one: Oid, other: Oid) -> Result<Vec<Oid>> {
        match self.repo().merge_bases(one, other) {
            Ok(bases) => Ok(bases.to_vec()),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(Vec::new()),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// Whether a commit has the very files of its first parent.
    pub fn is_empty_commit(&self, row: &CommitRow) -> Result<bool> {
        let tree = |id: Oid| self.repo().find_commit(id).map(|commit| commit.tree_id()).map_err(unreadable);
        let before = row.parents.first().map(|parent| tree(*parent)).transpose()?;
        Ok(before == Some(tree(row.id)?))
    }

    /// The whole message of a commit.
    pub fn message(&self, commit: Oid) -> Result<String> {
        let commit = self.repo().find_commit(commit).map_err(unreadable)?;
        Ok(String::from_utf8_lossy(commit.message_bytes()).into_owned())
    }

    /// Whether a commit carries a signature, whoever's it is.
    pub fn is_signed(&self, commit: Oid) -> Result<bool> {
        let commit = self.repo().find_commit(commit).map_err(unreadable)?;
        Ok(commit.header_field_bytes("gpgsig").is_ok())
    }
}
