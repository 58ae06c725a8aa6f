//! Acts that others may be doing at the same moment in clones of theirs, as when two take one ticket: they hold at the
//! hub or not at all.
//!
//! The commit is made on top of what the hub has and pushed before the branch here moves. Whoever is too late begins
//! again with what the other did, so that the act's own precondition says how it ends.

use super::merge::merge;
use super::sync::{Way, Wish};
use crate::desk::{Desk, Room};
use crate::error::{Kind, Problem, Result};
use crate::store::remote::Trouble;
use crate::store::transaction::Done;

/// How often is begun again when others are faster.
const TRIES: u32 = 12;

impl Desk<'_> {
    /// Runs an act so that it holds at the hub. Where the hub is out of reach it holds here, and what is wrong with the
    /// hub is told beside it.
    ///
    /// Exit code of the act, on top of what the hub has.
    pub fn contest<T>(
        &self,
        wish: &Wish,
        mut act: impl FnMut(&mut Room<'_, '_>) -> Result<T>,
    ) -> Result<(Done<T>, Option<Problem>)> {
        let remote = self.store.remote(wish.remote.as_deref())?;
        for attempt in 0..TRIES {
            self.pause(attempt);
            if let Err(error) = self.sync(&Wish { way: Way::Both, ..wish.clone() }, &|_, _| {}) {
                return Ok((self.write(act)?, Some(away(error)?)));
            }
            let staged = self.stage(&mut act)?;
            let Some(commit) = staged.commit else { return Ok((staged, None)) };
            let step = (self.store.last_seen(&remote)?, commit);
            let problem = match self.store.push(self.env, &remote, step, wish.errand, &|_, _| {}) {
                Ok(()) => {
                    self.store.saw(&remote, commit)?;
                    None
                }
                Err(Trouble::Raced) => continue,
                Err(trouble) => Some(trouble),
            };
            // It may have arrived all the same: the very commit must come here, not one like it.
            let actor = self.person(&self.store.snapshot()?.rules()?)?;
            merge(self, &actor, commit, wish.clashes)?;
            return Ok((staged, problem.map(|trouble| self.remote_problem(&remote, &remote.push_url, trouble))));
        }
        let done = self.write(act)?;
        let trouble = self.remote_problem(&remote, &remote.push_url, Trouble::Raced);
        Ok((done, Some(trouble)))
    }
}

/// What is wrong with the hub; what is wrong here passes through.
fn away(error: anyhow::Error) -> Result<Problem> {
    let problem = error.downcast::<Problem>()?;
    match problem.kind {
        Kind::Remote | Kind::Denied => Ok(problem),
        Kind::No
        | Kind::Usage
        | Kind::NotFound
        | Kind::Ambiguous
        | Kind::Refused
        | Kind::Invalid
        | Kind::Repository
        | Kind::Declined
        | Kind::Unstored
        | Kind::Busy
        | Kind::Misuse
        | Kind::Job(_)
        | Kind::Bug
        | Kind::Interrupted => Err(problem.into()),
    }
}
