//! Moving the branch: by compare-and-swap, with the worktrees that are on it.

use git2::{ErrorCode, Oid};

use super::lock::Lock;
use super::repository::Store;
use crate::error::{Problem, Result};

impl Store {
    /// Moves the branch to a commit whose objects are all there; `false` when somebody else had moved it.
    pub(super) fn publish_written(&self, lock: &mut Lock, tip: Option<Oid>, commit: Oid, log: &str) -> Result<bool> {
        let held = self.hold_worktrees(lock, tip, commit)?;
        lock.stamp(self, commit, self.is_durable())?;
        let swapped = self.swap_patiently(lock, tip, commit, log);
        lock.unstamp();
        if !swapped? {
            return Ok(false);
        }
        if let Some(held) = held {
            self.bring_along(held);
        }
        Ok(true)
    }

    /// Swaps, and waits for whoever holds the branch's lock file; `false` when the branch is not where it was.
    pub(super) fn swap_patiently(&self, lock: &mut Lock, tip: Option<Oid>, commit: Oid, log: &str) -> Result<bool> {
        loop {
            match self.swap(tip, commit, log)? {
                Swap::Done => return Ok(true),
                Swap::Lost => return Ok(false),
                Swap::Locked => lock.heal(self)?,
            }
        }
    }

    /// Moves the branch from `expected` to `new`. The only function that moves a ref.
    pub(super) fn swap(&self, expected: Option<Oid>, new: Oid, log: &str) -> Result<Swap> {
        let expected = expected.unwrap_or(Oid::ZERO_SHA1);
        match self.repo().reference_matching(self.reference(), new, true, expected, log) {
            Ok(_) => Ok(Swap::Done),
            Err(error) => match error.code() {
                ErrorCode::Modified | ErrorCode::Exists | ErrorCode::NotFound => Ok(Swap::Lost),
                ErrorCode::Locked => Ok(Swap::Locked),
                _ => self.after_a_failed_swap(new, &error),
            },
        }
    }

    /// The last steps of a swap come after the branch has moved: syncing its folder, the reflog. When one of them
    /// fails, what was acknowledged by the move must be made as durable as can be, and is not taken back.
    fn after_a_failed_swap(&self, new: Oid, error: &git2::Error) -> Result<Swap> {
        let refused = || {
            Problem::repository(format!("nothing was saved: the branch did not move: {}", error.message()))
                .code("write_failed")
        };
        let moved = self.reopen()?.tip().map_err(|_| refused())? == Some(new);
        if !moved {
            return Err(refused().into());
        }
        let file = self.common_dir().join(self.reference());
        let synced = std::fs::File::open(&file).and_then(|file| file.sync_all());
        let folder = file.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all());
        match synced.and(folder) {
            Ok(()) => Ok(Swap::Done),
            Err(cause) => {
                log::warn!("the branch moved, but the disk did not confirm it: {cause}");
                Ok(Swap::Done)
            }
        }
    }
}

/// What came of moving the branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Swap {
    Done,
    /// The branch is not where it was expected.
    Lost,
    /// Somebody holds the branch's lock file.
    Locked,
}
