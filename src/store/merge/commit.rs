//! Bringing what is published into the branch: forward where that is all, else by a merge commit.

use std::time::Instant;

use git2::Oid;

use super::joint::Joint;
use super::policy;
use crate::error::{Problem, Result};
use crate::store::document::MAX_SIZE;
use crate::store::lock::Lock;
use crate::store::message::Message;
use crate::store::repository::{Store, unreadable};
use crate::store::snapshot::Snapshot;
use crate::store::transaction::{Terms, seal};
use crate::store::tree;

/// Where the branch is now, and how it came there. On a dry run it is as it would be; a merge has no commit then.
#[derive(Debug)]
pub enum Landed<T> {
    /// All that is published was here before.
    AlreadyThere(Oid),
    /// Nothing was here that is not published.
    FastForward(Oid),
    Merged(Option<Oid>, T),
}

impl Store {
    /// Brings `published` into the branch. `settle` looks at the merged tree, may change it, and says what the commit is
    /// about; when the branch moved meanwhile, all of it is done again.
    ///
    /// The published commit is the first parent: along first parents, what was once published stays as it was.
    ///
    /// Exit code 5 when a touched file of a worktree has changes that are not committed, and where no rule can merge;
    /// 6 when the merge would be invalid; 7 when no turn came in time.
    pub fn bring_in<T>(
        &self,
        published: Oid,
        terms: &Terms,
        random: &dyn Fn() -> u64,
        mut settle: impl FnMut(&mut Joint<'_>) -> Result<(Message, T)>,
    ) -> Result<Landed<T>> {
        let mut lock = Lock::take(self, terms.lock_timeout)?;
        self.recover_worktrees(lock.until())?;
        self.mend(&mut lock)?;
        loop {
            let tip = self.tip()?;
            let landed = match tip {
                Some(tip) if self.reaches(tip, published)? => return Ok(Landed::AlreadyThere(tip)),
                Some(tip) if !self.reaches(published, tip)? || self.breaks_policy(tip, published)? => {
                    self.merge_with(&mut lock, (tip, published), terms, random, &mut settle)?
                }
                Some(_) | None => {
                    let log = "desk: fast-forward";
                    let done = terms.dry_run || self.publish_written(&mut lock, tip, published, log)?;
                    done.then_some(Landed::FastForward(published))
                }
            };
            if let Some(landed) = landed {
                return Ok(landed);
            }
            if Instant::now() >= lock.until() {
                return Err(Problem::repository("other programs kept moving the branch; nothing was written")
                    .code("lock_timeout")
                    .into());
            }
        }
    }

    /// Whether everybody may write by the policy of one commit and nobody by that of another: then the first stays.
    fn breaks_policy(&self, here: Oid, there: Oid) -> Result<bool> {
        let (here, there) = (Snapshot::at(self, here)?, Snapshot::at(self, there)?);
        let fault = |commit: &Snapshot<'_>| -> Result<bool> {
            Ok(match commit.file("desk.toml", MAX_SIZE)? {
                Some(Ok(bytes)) => policy::fault(&bytes).is_some(),
                Some(Err(_)) => true,
                None => false,
            })
        };
        Ok(here.entry("desk.toml")? != there.entry("desk.toml")? && fault(&there)? && !fault(&here)?)
    }

    /// Makes and publishes the merge commit; `None` when somebody else had moved the branch.
    fn merge_with<T>(
        &self,
        lock: &mut Lock,
        (tip, published): (Oid, Oid),
        terms: &Terms,
        random: &dyn Fn() -> u64,
        settle: &mut impl FnMut(&mut Joint<'_>) -> Result<(Message, T)>,
    ) -> Result<Option<Landed<T>>> {
        let mut joint = Joint::of(self, tip, published, random)?;
        let (message, value) = settle(&mut joint)?;
        joint.validate()?;
        if terms.dry_run {
            return Ok(Some(Landed::Merged(None, value)));
        }
        let base = self.repo().find_commit(published).map_err(unreadable)?.tree_id();
        let planned = tree::plan_leaves(self, Some(base), joint.leaves())?;
        let objects = seal(planned, &[published, tip], &message, terms)?;
        let commit = self.publish(lock, Some(tip), &objects, &message, self.is_durable())?;
        Ok(commit.map(|commit| Landed::Merged(Some(commit), value)))
    }
}
