//! What a person has changed and not committed: in the files of a worktree, or as far as it is staged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid, Repository};

use super::refuse::{refuse_converted, refuse_modified, statuses};
use super::{Change, PLAIN, Tree, is_on, write_file};
use crate::error::{Problem, Result};
use crate::store::repository::{Store, unreadable};
use crate::store::snapshot::{EXECUTABLE, REGULAR, SYMLINK, Snapshot, is_checked};

/// A file that is not as the commit has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// As in git's trees.
    pub mode: i32,
    /// Of a link, where it leads.
    pub bytes: Vec<u8>,
}

/// Files that are not as a commit has them, `None` where one is gone. Paths from the desk's root.
pub type Edits = BTreeMap<String, Option<Edited>>;

/// What git's index has that a commit has not.
#[derive(Debug, Default)]
pub struct Staged {
    pub edits: Edits,
    /// Files of a merge that is not settled: the index has several versions of them. Paths from the desk's root.
    pub unmerged: Vec<String>,
}

impl Store {
    /// The worktree that shows the desk's commit, where there is one around us.
    fn own_worktree(&self) -> Option<Tree> {
        let workdir = self.workdir().filter(|_| self.is_detached() || is_on(self.git_dir(), self.reference()))?;
        Some(Tree { git_dir: self.git_dir().to_owned(), workdir: workdir.to_owned() })
    }

    /// Whether somebody sees the desk's files in a worktree around us.
    pub fn has_files(&self) -> bool {
        self.own_worktree().is_some_and(|tree| tree.index().exists())
    }

    /// The desk's files that a person has changed in this worktree and not committed.
    pub fn worktree_edits(&self) -> Result<Edits> {
        let mut edits = Edits::new();
        let Some(tree) = self.own_worktree() else { return Ok(edits) };
        let below = self.root().trim_end_matches('/');
        for path in tree.changed_paths(self.repo(), below)? {
            if let Some(inside) = path.strip_prefix(self.root()).filter(|inside| is_checked(inside)) {
                edits.insert(inside.to_owned(), read(&tree.workdir.join(&path)));
            }
        }
        Ok(edits)
    }

    /// The desk's files that the next `git commit` would change: git's index against the commit. `index` is the file that
    /// git uses for this commit alone, where it says so.
    ///
    /// Exit code 7 where nothing is checked out.
    pub fn staged_edits(&self, commit: Oid, index: Option<&Path>) -> Result<Staged> {
        let Some(tree) = self.own_worktree() else {
            return Err(Problem::repository("nothing is staged where no branch is checked out")
                .code("no_worktree")
                .hint("what is committed: git desk check")
                .into());
        };
        let commit = commit.to_string();
        let index = index.map(PathBuf::from);
        let words = ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", &commit];
        let said = tree.git(index.as_deref(), &words, &[])?;
        let mut parts = said.split(|byte| *byte == 0);
        let mut staged = Staged::default();
        // `:100644 100644 <id> <id> M`, and the path; `U` where a merge left several versions.
        while let (Some(facts), Some(path)) = (parts.next(), parts.next()) {
            let (facts, path) = (String::from_utf8_lossy(facts), String::from_utf8_lossy(path));
            let facts: Vec<&str> = facts.split(' ').collect();
            let [_, mode, _, id, status] = facts.as_slice() else { continue };
            let Some(inside) = path.strip_prefix(self.root()).filter(|inside| is_checked(inside)) else { continue };
            match *status {
                "U" => staged.unmerged.push(inside.to_owned()),
                _ => drop(staged.edits.insert(inside.to_owned(), self.staged(mode, id)?)),
            }
        }
        Ok(staged)
    }

    fn staged(&self, mode: &str, id: &str) -> Result<Option<Edited>> {
        let mode = i32::from_str_radix(mode, 8).unwrap_or_default();
        let id: Oid = id.parse().map_err(unreadable)?;
        if mode == 0 {
            return Ok(None);
        }
        let has_bytes = matches!(mode, REGULAR | EXECUTABLE | SYMLINK);
        let bytes =
            if has_bytes { self.repo().find_blob(id).map_err(unreadable)?.content().to_vec() } else { Vec::new() };
        Ok(Some(Edited { mode, bytes }))
    }

    /// Writes a file of the desk into the worktree around us, to be committed by its owner.
    ///
    /// Exit code 5 when it is not there as the commit of `snapshot` has it: then it is somebody's work.
    pub fn put_in_worktree(&self, snapshot: &Snapshot<'_>, path: &str, bytes: &[u8]) -> Result<()> {
        let Some(tree) = self.own_worktree() else {
            return Err(Problem::repository("no worktree is on the desk's branch").code("no_worktree").into());
        };
        let (old, mode) = snapshot.entry(path)?.unzip();
        let change = Change { path: format!("{}{path}", self.root()), old, new: None, modes: (PLAIN, PLAIN) };
        let repo = tree.open()?;
        let told = statuses(&repo, &tree, std::slice::from_ref(&change))?;
        refuse_modified(&repo, &tree, &change, told.as_ref(), &BTreeSet::new())?;
        refuse_converted(&repo, &change)?;
        if mode == Some(EXECUTABLE) {
            refuse_unseen(&repo, &change, bytes)?;
        }
        write_file(&tree.workdir, &change.path, bytes, false)
    }
}

/// Refuses to take from a file that it can be executed where git does not look at that, and so would keep it.
fn refuse_unseen(repo: &Repository, change: &Change, bytes: &[u8]) -> Result<()> {
    let looks = repo.config().and_then(|config| config.get_bool("core.fileMode")).unwrap_or(true);
    let is_same = change.old == Some(Oid::hash_object(ObjectType::Blob, bytes).map_err(unreadable)?);
    if looks || !is_same {
        return Ok(());
    }
    let message = format!("git does not look here at whether {} can be executed (core.fileMode)", change.path);
    let hint = format!("git update-index --chmod=-x {}", change.path);
    Err(Problem::refused(message).code("unseen").hint(hint).into())
}

/// A file as it is there; links are not followed.
fn read(file: &Path) -> Option<Edited> {
    let data = fs::symlink_metadata(file).ok()?;
    if data.is_symlink() {
        let to = fs::read_link(file).ok()?;
        return Some(Edited { mode: SYMLINK, bytes: to.to_string_lossy().into_owned().into_bytes() });
    }
    let bytes = fs::read(file).ok().filter(|_| data.is_file())?;
    Some(Edited { mode: REGULAR, bytes })
}
