//! What is compared: `A...B`, `A..B`, `A`, or nothing said.

use crate::commands::revisions::{commit, left, parted};
use crate::desk::Desk;
use crate::error::{Problem, Result};
use crate::store::Oid;

/// Two commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub before: Oid,
    pub after: Oid,
}

impl Range {
    /// `end` is the commit that is meant where none is said.
    pub fn read(desk: &Desk<'_>, said: Option<&str>, end: Oid) -> Result<Range> {
        let store = &desk.store;
        let side = |text: &str| if text.is_empty() { Ok(end) } else { commit(store, text) };
        let Some(said) = said else { return Ok(Range { before: unshared(desk, end)?, after: end }) };
        if let Some((one, other)) = said.split_once("...") {
            let after = side(other)?;
            let before = if one.is_empty() { parted(store, after, end, "HEAD")? } else { left(store, after, one)? };
            return Ok(Range { before, after });
        }
        match said.split_once("..") {
            Some((one, other)) => Ok(Range { before: side(one)?, after: side(other)? }),
            None if said.is_empty() => Err(Problem::usage("an empty range says nothing").into()),
            None => Ok(Range { before: left(store, end, said)?, after: end }),
        }
    }
}

/// Where the desk left what the remote's branch is known to have; without a remote, what git calls the upstream.
fn unshared(desk: &Desk<'_>, end: Oid) -> Result<Oid> {
    let store = &desk.store;
    let say = |problem: Problem| {
        problem.hint("since a commit: git desk diff HEAD~5     between two branches: git desk diff main...review")
    };
    if store.has_remote() {
        let remote = store.remote(None)?;
        let Some(there) = store.last_known(&remote)? else {
            let message = format!("nothing is known of {} here yet", remote.shown());
            return Err(say(Problem::usage(message).code("no_base").hint("ask it: git desk sync --fetch-only")).into());
        };
        return parted(store, end, there, &remote.shown());
    }
    let branch = store.reference().strip_prefix("refs/heads/");
    let upstream = branch.map(|branch| format!("{branch}@{{upstream}}"));
    match upstream.filter(|name| store.resolve(name).is_ok()) {
        Some(upstream) => left(store, end, &upstream),
        None => Err(say(Problem::usage("this desk has no remote to compare with").code("no_base")).into()),
    }
}
