//! `backup`

use std::path::PathBuf;

use serde_json::json;

use super::Context;
use super::join::shown_size;
use crate::desk::sharing::backup::{Kept, aim, back_up, restore};
use crate::error::{Problem, Result};
use crate::model::count::{counted, grouped};
use crate::ui::format::shell_word;

/// The whole desk in one file, or a desk from such a file
///
/// FILE is a git bundle: every branch, tag and event that waits, with all of their history. It takes
/// the place of the file that was there only once it has been cloned and looked through; a link is
/// followed. What is not committed is not in it, nor are settings of this clone (git's configuration)
/// and the spool. Plain git reads it, too: git clone FILE DIR
///
/// --restore takes the branch that --ref names, else the one that was checked out, else the only one
/// that holds a desk.
///
/// Examples:
///   git desk backup /mnt/backup/helpdesk.bundle
///   git desk backup /mnt/backup/helpdesk.bundle --restore /srv/desk.git
///   15 3 * * *  git -C /srv/desk.git desk backup -q /mnt/backup/helpdesk-$(date +\%u).bundle
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Make a bare desk of FILE in DIR, which is not there yet
    #[arg(long, value_name = "DIR")]
    pub restore: Option<PathBuf>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let (file, folder) = (ctx.env.cwd.join(&self.file), self.restore.map(|folder| ctx.env.cwd.join(folder)));
        if ctx.globals.dry_run {
            return would_be(ctx, &file, folder);
        }
        let kept = match &folder {
            Some(folder) => restore(ctx.env, &file, folder, ctx.globals.reference.as_deref())?,
            None => {
                let progress = ctx.ui.progress("packing");
                back_up(ctx.desk()?, &file, &|done, total| progress.at(done, total))?
            }
        };
        report(ctx, &kept, folder.is_some())
    }
}

fn would_be(ctx: &Context, file: &std::path::Path, folder: Option<PathBuf>) -> Result<()> {
    match folder {
        Some(folder) => {
            ctx.ui.status(&format!("{} would be made of {}; nothing was done", folder.display(), file.display()));
        }
        None if ctx.desk()?.store.is_shallow() => return Err(Problem::repository("this clone is shallow").into()),
        None => {
            aim(file)?;
            ctx.ui.status(&format!("{} would be written; nothing was done", file.display()));
        }
    }
    Ok(())
}

fn report(ctx: &Context, kept: &Kept, restored: bool) -> Result<()> {
    let path = kept.path.display().to_string();
    if ctx.wants_json() {
        return ctx
            .ui
            .json(&json!({"schema": "desk.backup/1", "path": path, "restored": restored, "bytes": kept.bytes,
            "references": kept.references, "tickets": kept.tickets, "commit": kept.commit}));
    }
    ctx.ui.line(&path)?;
    ctx.ui.finish()?;
    let tickets = if kept.tickets == 1 { "1 ticket".to_owned() } else { format!("{} tickets", grouped(kept.tickets)) };
    let of = format!("{tickets}, {}, {}", counted(kept.references, "reference"), shown_size(kept.bytes));
    match restored {
        true => {
            ctx.ui.status(&format!("a bare desk, as it was: {of}"));
            let typed = shell_word(&path);
            ctx.ui.status(&format!("next           git desk --repo {typed} list"));
            ctx.ui.status(&format!("to share it    git -C {typed} remote add origin URL"));
        }
        false => {
            ctx.ui.status(&format!("kept and read back: {of}"));
            let named = |name: &String| format!("--ref {} ", shell_word(name));
            let reference = kept.branch.as_ref().map_or_else(String::new, named);
            ctx.ui.status(&format!("back again     git desk {reference}backup {} --restore DIR", shell_word(&path)));
        }
    }
    Ok(())
}
