//! What is published is the first parent of what comes next: along first parents, what was once published stays as it
//! was, and a look back at a time gives the same answer for ever.

use std::time::Instant;

use git2::Oid;

use crate::error::{Problem, Result};
use crate::store::lock::Lock;
use crate::store::message::Message;
use crate::store::repository::{Store, unreadable};
use crate::store::transaction::{Terms, seal};
use crate::store::tree::Planned;

impl Store {
    /// Whether a tip comes to a published commit, which it holds, along first parents alone.
    pub fn goes_on_from(&self, tip: Oid, published: Oid) -> Result<bool> {
        let beyond: std::collections::BTreeSet<Oid> = self.commits_beyond(tip, &[published])?.into_iter().collect();
        let mut at = tip;
        while beyond.contains(&at) {
            let commit = self.repo().find_commit(at).map_err(unreadable)?;
            let Ok(first) = commit.parent_id(0) else { return Ok(false) };
            at = first;
        }
        Ok(at == published)
    }

    /// Puts a merge commit on the branch that has a published commit, which the branch holds, as its first parent; the
    /// files stay as they are. Where the branch is then.
    ///
    /// Exit code 7 when no turn came in time.
    pub fn put_first(&self, published: Oid, message: &Message, terms: &Terms) -> Result<Oid> {
        let mut lock = Lock::take(self, terms.lock_timeout)?;
        self.recover_worktrees(lock.until())?;
        self.mend(&mut lock)?;
        loop {
            let Some(tip) = self.tip()? else { return Ok(published) };
            if self.goes_on_from(tip, published)? {
                return Ok(tip);
            }
            let tree = self.repo().find_commit(tip).map_err(unreadable)?.tree_id();
            let objects = seal(Planned { tree, objects: Vec::new() }, &[published, tip], message, terms)?;
            if let Some(commit) = self.publish(&mut lock, Some(tip), &objects, message, self.is_durable())? {
                return Ok(commit);
            }
            if Instant::now() >= lock.until() {
                return Err(Problem::repository("other programs kept moving the branch; nothing was written")
                    .code("lock_timeout")
                    .into());
            }
        }
    }
}
