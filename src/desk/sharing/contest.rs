//! Acts that others may be doing at the same moment in clones of theirs, as when two take one ticket: they hold at the
//! hub or not at all.
//!
//! The commit is made on top of what the hub has and pushed before the branch here moves. Whoever is too late begins
//! again with what the other did, so that the act's own precondition says how it ends.

use super::merge::merge;
use super::sync::{Synced, Way, Wish};
use crate::desk::{Desk, Room};
use crate::error::{Kind, Problem, Result};
use crate::store::Oid;
use crate::store::remote::{Remote, Trouble};
use crate::store::transaction::Done;

/// How often is begun again when others are faster.
const TRIES: u32 = 12;

/// The code of a problem with bringing here what the hub has taken.
pub const NOT_HERE: &str = "not_here_yet";

impl Desk<'_> {
    /// Runs an act so that it holds at the hub. Where it cannot be shared now it holds here, and why is told beside it.
    /// `tell` hears of every sync on the way.
    ///
    /// Exit code of the act, on top of what the hub has; 5 when a file of it is being edited here: then it holds nowhere.
    pub fn contest<T>(
        &self,
        wish: &Wish,
        tell: &dyn Fn(&Synced),
        mut act: impl FnMut(&mut Room<'_, '_>) -> Result<T>,
    ) -> Result<(Done<T>, Option<Problem>)> {
        let remote = self.store.remote(wish.remote.as_deref())?;
        for attempt in 0..TRIES {
            self.pause(attempt);
            let published = match self.sync(&Wish { way: Way::Both, ..wish.clone() }, &|_, _| {}) {
                Ok(synced) => {
                    tell(&synced);
                    synced.tip
                }
                // What is no trouble of the sync's ends it before anything is written.
                Err(error) => {
                    let problem = error.downcast::<Problem>()?;
                    return Ok((self.write(act)?, Some(problem)));
                }
            };
            let staged = self.stage(&mut act)?;
            let Some(commit) = staged.commit else { return Ok((staged, None)) };
            let step = (Some(published), commit);
            let trouble = match self.store.push(self.env, &remote, step, wish.errand, &|_, _| {}) {
                Ok(()) => None,
                Err(Trouble::Raced) => continue,
                Err(trouble) => Some(trouble),
            };
            // It may have arrived all the same: the very commit must come here, not one like it.
            let brought = self.bring_back(wish, &remote, commit, trouble.is_none());
            return match (brought, trouble) {
                (Ok(synced), trouble) => {
                    tell(&synced);
                    let problem = trouble.map(|trouble| self.remote_problem(&remote, &remote.push_url, trouble));
                    Ok((staged, problem))
                }
                (Err(error), None) => Ok((staged, Some(not_here(&remote, error)?))),
                (Err(error), Some(_)) => Err(error),
            };
        }
        let done = self.write(act)?;
        let trouble = self.remote_problem(&remote, &remote.push_url, Trouble::Raced);
        Ok((done, Some(trouble)))
    }

    /// Brings a commit into the branch that was made beside it.
    fn bring_back(&self, wish: &Wish, remote: &Remote, commit: Oid, taken: bool) -> Result<Synced> {
        let actor = self.person(&self.store.snapshot()?.rules()?)?;
        let merged = merge(self, &actor, commit, wish.clashes)?;
        if taken {
            self.store.saw(remote, commit);
        }
        let mut synced = Synced::begun(remote.clone(), merged.commit);
        synced.learn(merged.conflicted, merged.renamed, (merged.closed, merged.notes));
        Ok(synced)
    }
}

/// The hub has it, whatever is in the way here: nothing is to be done again.
fn not_here(remote: &Remote, error: anyhow::Error) -> Result<Problem> {
    let problem = error.downcast::<Problem>()?;
    let why = problem.message.trim_end_matches("; nothing was written");
    let message = format!("it holds at {}, and is not here yet: {why}", remote.shown());
    let hints = problem.hints.into_iter().chain(["then: git desk sync".to_owned()]).collect();
    Ok(Problem { kind: Kind::Remote, hints, ..Problem::new(Kind::Remote, message).code(NOT_HERE) })
}
