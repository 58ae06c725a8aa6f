//! How the desk is shared: whether plain git merges it well, what squashing and rewinding took away, what people have to
//! settle.

use super::Sign;
use crate::desk::check::settings::squashed;
use crate::desk::sharing::step::Step;
use crate::desk::{Desk, attributes};
use crate::error::Result;
use crate::index::Order;
use crate::model::count::counted;
use crate::store::Store;
use crate::store::document::MAX_SIZE;
use crate::store::snapshot::ATTRIBUTES;

/// What git needs to merge and show tickets field by field.
pub fn drivers(store: &Store) -> Result<Sign> {
    let there = match store.snapshot()?.file(ATTRIBUTES, MAX_SIZE)? {
        Some(Ok(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
        Some(Err(_)) | None => String::new(),
    };
    if !attributes::missing(&there).is_empty() {
        let message = format!("{}{ATTRIBUTES} lacks lines by which git merges the desk's files well", store.root());
        return Ok(Sign::odd("merging", message, "git desk setup git"));
    }
    let is_merged_here = !store.is_bare() && store.has_remote();
    Ok(match is_merged_here && store.git_setting("merge.desk.driver").is_none() {
        true => Sign::odd(
            "merging",
            "`git merge` and `git pull` do not merge tickets field by field here; `git desk sync` does",
            "git desk setup git",
        ),
        false => Sign::fine("merging", "git knows how the desk's files merge"),
    })
}

/// What a racing commit took out of the branch is put back whenever the desk is opened.
pub fn reverted(desk: &Desk<'_>) -> Sign {
    match desk.store.repair(desk.options.lock_timeout) {
        Ok(()) => Sign::fine("worktree", "nothing that was written has been taken out again"),
        Err(error) => Sign::broken("worktree", format!("{error:#}"), "git status"),
    }
}

pub fn squashes(store: &Store) -> Result<Sign> {
    let Some(tip) = store.tip()? else { return Ok(Sign::fine("squashes", "no act was squashed")) };
    let found = squashed(store, tip)?;
    Ok(match found.first() {
        None => Sign::fine("squashes", "no recent act was squashed"),
        Some(first) => Sign::odd(
            "squashes",
            format!(
                "{} of several acts, as {}: who did what when is lost",
                counted(found.len(), "commit"),
                &first.to_string()[..10]
            ),
            "merge pull requests of tickets by a merge commit or a rebase",
        ),
    })
}

/// How it stands to its remote; `None` where it has none.
pub fn remote(desk: &Desk<'_>) -> Result<Option<Sign>> {
    let store = &desk.store;
    let lost = store.references()?.keys().filter(|name| name.starts_with("refs/desk/lost/")).count();
    if lost > 0 {
        let message = format!("{} that the remote lost, kept below refs/desk/lost", counted(lost, "tip"));
        return Ok(Some(Sign::odd("remote", message, "git log --oneline --glob=refs/desk/lost --not --branches")));
    }
    let Some(remote) = store.has_remote().then(|| store.remote(None).ok()).flatten() else { return Ok(None) };
    if let (Some(seen), Some(known)) = (store.last_seen(&remote)?, store.last_known(&remote)?)
        && !store.reaches(known, seen)?
    {
        let message = format!("{} no longer has commits that it had", remote.name);
        return Ok(Some(Sign::odd("remote", message, "git desk sync     says which")));
    }
    Ok(desk.step().map(|step| match step {
        Step::Same { remote, .. } => Sign::fine("remote", format!("in step with {remote}")),
        Step::Ahead(count) => Sign {
            fix: Some("git desk sync".to_owned()),
            ..Sign::fine("remote", format!("{} not shared yet", counted(count, "commit")))
        },
        Step::Behind(count) => Sign {
            fix: Some("git desk sync".to_owned()),
            ..Sign::fine("remote", format!("{} of others not here yet", counted(count, "commit")))
        },
    }))
}

/// Tickets of which two people meant something else.
pub fn conflicts(desk: &Desk<'_>) -> Result<Sign> {
    let look = desk.look(None)?;
    let context = look.levels().context();
    let found = look.select(&look.query("is:conflicted", context)?, context, (Order::default(), false), None)?;
    Ok(match found.len() {
        0 => Sign::fine("conflicts", "nothing is left to settle"),
        count => Sign::odd(
            "conflicts",
            format!("{} with fields that two people set otherwise", counted(count, "ticket")),
            "git desk list is:conflicted",
        ),
    })
}
