//! Moving the branch to what is published.

use std::time::Duration;

use git2::Oid;

use crate::error::{Problem, Result};
use crate::store::lock::Lock;
use crate::store::repository::Store;

impl Store {
    /// Moves the branch forward to `to`: where it is now, and whether it moved. `None` when the branch has commits that
    /// `to` has not.
    pub fn fast_forward(&self, to: Oid, patience: Duration, dry_run: bool) -> Result<Option<(Oid, bool)>> {
        let mut lock = Lock::take(self, patience)?;
        self.recover_worktrees(lock.until())?;
        self.mend(&mut lock)?;
        loop {
            let tip = self.tip()?;
            if let Some(tip) = tip
                && self.reaches(tip, to)?
            {
                return Ok(Some((tip, false)));
            }
            if let Some(tip) = tip
                && !self.reaches(to, tip)?
            {
                return Ok(None);
            }
            if dry_run || self.publish_written(&mut lock, tip, to, "desk: fast-forward")? {
                return Ok(Some((to, true)));
            }
            if std::time::Instant::now() >= lock.until() {
                return Err(Problem::repository("other programs kept moving the branch; nothing was written")
                    .code("lock_timeout")
                    .into());
            }
        }
    }
}
