//! `check --fix`

use super::Sight;
use crate::commands::Context;
use crate::desk::Desk;
use crate::desk::check::check;
use crate::desk::check::fix::{Fixed, fixes};
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::store::edits::Edited;
use crate::store::message::Message;
use crate::store::snapshot::REGULAR;
use crate::view::Finding;

/// Puts right what can be, says what was, and gives back what is still wrong.
pub fn fix(ctx: &Context, desk: &Desk<'_>, sight: &Sight<'_>, findings: Vec<Finding>) -> Result<Vec<Finding>> {
    if ctx.globals.at.is_some() {
        return Err(Problem::usage("`--at` looks back; what has been is not changed").into());
    }
    let (fixed, left) = fixes(&sight.asked(&sight.edits), &findings)?;
    let root = desk.store.root();
    for path in left {
        ctx.ui.warning(&format!("{root}{path} has changes of yours that are not committed; it stays as it is"));
    }
    let done = match desk.store.has_files() {
        true => in_worktree(ctx, desk, sight, fixed)?,
        false => in_commit(desk, fixed)?,
    };
    if done.is_empty() {
        return Ok(findings);
    }
    let would = if ctx.globals.dry_run { "would be put right" } else { "put right" };
    for file in &done {
        ctx.ui.status(&format!("{would}: {root}{}", file.path));
    }
    let whole = counted(done.len(), "file");
    if !ctx.globals.dry_run && desk.store.has_files() {
        ctx.ui
            .status(&format!("{whole} {would}; look at it: git diff     keep it: git commit -am \"put files right\""));
    }
    let mut edits = sight.edits.clone();
    edits.extend(done.into_iter().map(|file| (file.path, Some(Edited { mode: REGULAR, bytes: file.bytes }))));
    check(&sight.asked(&edits))
}

/// In the worktree, for the person to look at; what they have in the way stays.
fn in_worktree(ctx: &Context, desk: &Desk<'_>, sight: &Sight<'_>, fixed: Vec<Fixed>) -> Result<Vec<Fixed>> {
    let mut done = Vec::new();
    for file in fixed {
        if !ctx.globals.dry_run {
            match desk.store.put_in_worktree(&sight.snapshot, &file.path, &file.bytes) {
                Ok(()) => {}
                Err(error) => {
                    let Some(problem) = error.downcast_ref::<Problem>() else { return Err(error) };
                    ctx.ui.warning(&problem.message);
                    continue;
                }
            }
        }
        done.push(file);
    }
    Ok(done)
}

fn in_commit(desk: &Desk<'_>, fixed: Vec<Fixed>) -> Result<Vec<Fixed>> {
    if fixed.is_empty() {
        return Ok(fixed);
    }
    if desk.store.is_detached() {
        return Err(Problem::repository("HEAD is detached, so there is no branch to work on")
            .code("detached_head")
            .into());
    }
    desk.write(|room| {
        for Fixed { path, bytes } in &fixed {
            room.tx.put_plain(path.clone(), bytes.clone());
        }
        let subject = format!("check: put {} right", counted(fixed.len(), "file"));
        room.tx.describe(Message::new(subject).trailer("Desk-Act", "check"));
        Ok(())
    })?;
    Ok(fixed)
}
