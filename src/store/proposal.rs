//! A branch on which something is proposed: made apart from every worktree, and told from what others put on it.

use std::fs::{File, OpenOptions, TryLockError};
use std::time::{Duration, Instant};

use git2::{Commit, Oid};

use super::inbox::update_refs;
use super::repository::{Store, unreadable};
use crate::error::{Problem, Result};

/// Where a proposal is made before its branch has it. One at a time: so the index of it is there the next time.
const SCRATCH: &str = "refs/desk/proposal";

/// How long is waited between two looks whether it is free.
const PAUSE: Duration = Duration::from_millis(20);

/// A reference that nobody looks at, at the commit that is built on. It goes when this is dropped.
pub struct Scratch<'s> {
    store: &'s Store,
    _turn: File,
}

impl Scratch<'_> {
    pub fn reference(&self) -> &'static str {
        SCRATCH
    }

    /// Where it is now.
    pub fn tip(&self) -> Result<Oid> {
        let gone = || Problem::repository(format!("{SCRATCH} has been removed meanwhile")).code("no_branch");
        Ok(self.store.commit_of(SCRATCH)?.ok_or_else(gone)?)
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        // What stays is moved by the next one.
        let _ = update_refs(self.store.git_dir(), &format!("delete {SCRATCH}\n"));
    }
}

impl Store {
    /// Takes the turn to make a proposal, on top of a commit. Exit code 7 when no turn came in time.
    pub fn scratch(&self, on: Oid, patience: Duration) -> Result<Scratch<'_>> {
        let folder = self.state_dir();
        let cannot = |error: std::io::Error| {
            Problem::repository(format!("cannot write to {}: {error}", folder.display())).code("read_only")
        };
        std::fs::create_dir_all(&folder).map_err(cannot)?;
        let path = folder.join("proposal.lock");
        let turn = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(cannot)?;
        let until = Instant::now() + patience;
        loop {
            match turn.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    return Err(Problem::repository("another `propose` is at work here; nothing was done")
                        .code("lock_timeout")
                        .hint("wait longer: git desk propose --lock-timeout 2m …")
                        .into());
                }
                Err(TryLockError::Error(error)) => return Err(cannot(error).into()),
            }
        }
        update_refs(self.git_dir(), &format!("update {SCRATCH} {on}\n"))?;
        Ok(Scratch { store: self, _turn: turn })
    }

    /// Moves a branch that nobody has checked out from where it is known to be, `None` where it is not there.
    pub fn point(&self, branch: &str, from: Option<Oid>, to: Oid) -> Result<()> {
        let from = from.unwrap_or(Oid::ZERO_SHA1);
        update_refs(self.git_dir(), &format!("update {branch} {to} {from}\n"))
    }

    /// Whether a commit is one act on top of what `base` has: all that a proposal is.
    pub fn is_act_on(&self, commit: Oid, base: Oid) -> Result<bool> {
        let commit = self.repo().find_commit(commit).map_err(unreadable)?;
        let trailers = message(&commit);
        let trailers = trailers.trim_end().rsplit("\n\n").next().unwrap_or_default();
        let ours = commit.parent_count() == 1 && trailers.lines().any(|line| line.starts_with("Desk-Act: "));
        match commit.parent_ids().next() {
            Some(parent) if ours => self.reaches(base, parent),
            Some(_) | None => Ok(false),
        }
    }

    /// Whether two commits say the same of the same; dates and signatures do not count.
    pub fn is_same_act(&self, one: Oid, other: Oid) -> Result<bool> {
        let commit = |id| self.repo().find_commit(id).map_err(unreadable);
        let (one, other) = (commit(one)?, commit(other)?);
        Ok(one.tree_id() == other.tree_id()
            && one.parent_ids().eq(other.parent_ids())
            && message(&one) == message(&other)
            && one.author().email_bytes() == other.author().email_bytes())
    }

    /// Author's time of a commit, in seconds since 1970.
    pub fn author_time(&self, commit: Oid) -> Result<i64> {
        Ok(self.repo().find_commit(commit).map_err(unreadable)?.author().when().seconds())
    }
}

fn message(commit: &Commit<'_>) -> String {
    String::from_utf8_lossy(commit.message_bytes()).into_owned()
}
