//! How the desk stands to its remote, as far as is known without asking it.

use crate::desk::Desk;
use crate::error::Result;
use crate::store::Oid;
use crate::store::remote::Remote;

/// How the desk stands to its remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The same is here and there; when that was last so, in seconds since 1970.
    Same { remote: String, since: Option<i64> },
    /// Commits here that are not there.
    Ahead(usize),
    /// Commits there that are not here, though git has fetched them.
    Behind(usize),
}

impl Desk<'_> {
    /// How the desk stands to its remote; `None` where it has none, or nothing is known of it.
    pub fn step(&self) -> Option<Step> {
        let remote = self.store.has_remote().then(|| self.store.remote(None).ok()).flatten()?;
        let known = self.store.last_known(&remote).ok()??;
        let tip = self.store.tip().ok()??;
        if tip == known {
            return Some(Step::Same { since: self.store.last_in_step(&remote), remote: remote.name });
        }
        let ahead = self.store.commits_beyond(tip, &[known]).ok()?.len();
        match ahead {
            0 => Some(Step::Behind(self.store.commits_beyond(known, &[tip]).ok()?.len())),
            ahead => Some(Step::Ahead(ahead)),
        }
    }

    /// The remote, and the commits that it is not known to have, oldest first. Exit code 3 where there is no remote.
    pub fn unpublished(&self) -> Result<(Remote, Vec<Oid>)> {
        let remote = self.store.remote(None)?;
        let known: Vec<Oid> = self.store.last_known(&remote)?.into_iter().collect();
        let commits = self.store.commits_beyond(self.tip()?, &known)?;
        Ok((remote, commits))
    }
}
