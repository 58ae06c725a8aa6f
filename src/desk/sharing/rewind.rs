//! A remote that lost commits which it had: somebody pushed with force, or restored an old copy.

use super::merge::{Clashes, message, refused};
use super::settle::{Settled, settle};
use crate::desk::{Desk, known};
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::store::Oid;
use crate::store::remote::Remote;
use crate::store::transaction::Terms;

/// Missing commits that are named.
const NAMED: usize = 5;

/// What was done about a remote that lost commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewound {
    /// The references under which the old tips are found.
    pub kept: Vec<String>,
    /// The commits that the remote has no more, oldest first, with their subjects.
    pub missing: Vec<(Oid, String)>,
    /// How many of them are by whoever asks.
    pub own: usize,
    /// Commits that were never shared and stand on top now.
    pub replanted: usize,
}

impl Desk<'_> {
    /// Says that the remote was rewound, and what is missing there.
    pub(super) fn rewind_problem(&self, remote: &Remote, seen: Oid, there: Option<Oid>) -> Result<Problem> {
        let missing = self.missing(seen, there)?;
        let (shown, commits) = (remote.shown(), counted(missing.len(), "commit"));
        let message = match there {
            Some(_) => format!("{shown} was rewound: it has {commits} no more that it had"),
            None => format!("{shown} is gone, with {commits} that it had"),
        };
        let named = missing.iter().rev().take(NAMED);
        let mut lines: Vec<String> =
            named.map(|(commit, subject)| format!("{}  {subject}", &commit.to_string()[..8])).collect();
        if missing.len() > NAMED {
            lines.push(format!("and {} more", missing.len() - NAMED));
        }
        Ok(Problem::refused(message)
            .code("rewound")
            .hint(lines.join("\n"))
            .hint("if it is meant so: git desk sync --accept-rewind     they are all here still: nothing was changed")
            .candidates(missing.iter().map(|(commit, _)| commit.to_string())))
    }

    fn missing(&self, seen: Oid, there: Option<Oid>) -> Result<Vec<(Oid, String)>> {
        let there: Vec<Oid> = there.into_iter().collect();
        let missing = self.store.commits_beyond(seen, &there)?;
        missing.into_iter().map(|commit| Ok((commit, self.store.subject(commit)?))).collect()
    }

    /// Follows the remote back: what was never shared is put on top of what is there now, the old tips are kept. Where
    /// the remote has no branch any more, ours stays as it is and will be pushed.
    ///
    /// Exit code 5 when something that was never shared does not fit on what is there now, 6 when the result would be
    /// invalid; then nothing is changed.
    pub(super) fn accept_rewind(
        &self,
        seen: Oid,
        there: Option<Oid>,
        clashes: Clashes,
    ) -> Result<(Rewound, Option<Settled>)> {
        let missing = self.missing(seen, there)?;
        let actor = self.person(&self.store.snapshot()?.rules()?)?;
        let by_us = |commit: &Oid| self.store.author_email(*commit).is_ok_and(|email| email == actor.person.email);
        let own = missing.iter().filter(|(commit, _)| by_us(commit)).count();
        let mut rewound = Rewound { kept: Vec::new(), missing, own, replanted: 0 };
        if self.options.dry_run {
            return Ok((rewound, None));
        }
        rewound.kept.push(self.store.keep_lost(seen)?);
        let Some(there) = there else { return Ok((rewound, None)) };
        let tip = self.tip()?;
        let unshared = self.store.commits_beyond(tip, &[seen, there])?;
        if !unshared.is_empty() {
            rewound.kept.push(self.store.keep_lost(tip)?);
        }
        let terms = Terms { op_id: None, subject: None, ..self.terms(&actor, self.env.now)? };
        let random = || self.env.random();
        let done = self.store.replant((tip, seen, there), &terms, &random, |joint| {
            for side in [&joint.ours, &joint.theirs] {
                known(&side.rules()?)?;
            }
            let settled = settle(joint, &actor.name, self.env.now)?;
            match clashes {
                Clashes::Refuse if !settled.is_peaceful() => Err(refused(&settled).into()),
                Clashes::Refuse | Clashes::Settle => Ok((message(&settled), settled)),
            }
        });
        let replanted = done.inspect_err(|_| self.store.forget_lost(&rewound.kept))?;
        rewound.replanted = replanted.commits;
        Ok((rewound, replanted.settled))
    }
}
