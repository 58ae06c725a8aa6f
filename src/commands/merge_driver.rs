//! `merge-driver`

use std::path::{Path, PathBuf};

use super::Context;
use crate::desk::sharing::driver::{Driven, Given, drive};
use crate::error::{Problem, Result};

/// Merge one file of a desk, as git asks for it
///
/// Git runs this for `git merge`, `git rebase` and `git cherry-pick` once `git desk setup git` has
/// told it to. Different fields are merged; lists as sets, texts by lines. Of two statuses the
/// one that is further holds, of two priorities the more urgent; what loses stands in the ticket's
/// `[conflicts]` until somebody sets the field, and `git desk list is:conflicted` finds it.
///
/// What no rule decides, such as two assignees, stays a conflict: with markers round that key, and
/// exit code 1. `git desk sync` knows who came later and leaves no conflict.
///
/// Examples:
///   git config merge.desk.driver 'git-desk merge-driver %O %A %B %L %P'
///   git config merge.desk.driver 'git-desk merge-driver --markers %O %A %B %L %P'
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The file as both sides began with it
    #[arg(value_name = "BASE")]
    pub base: PathBuf,
    /// The file as it is here; the merged one is written there
    #[arg(value_name = "OURS")]
    pub ours: PathBuf,
    /// The file as the other side has it
    #[arg(value_name = "THEIRS")]
    pub theirs: PathBuf,
    /// Characters of a conflict marker
    #[arg(value_name = "SIZE", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub size: u16,
    /// Where the file is in the repository, which says what it holds
    #[arg(value_name = "PATH", default_value = "")]
    pub path: String,
    /// Leave markers wherever both sides meant something else, as for a review
    #[arg(long)]
    pub markers: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let path = if self.path.is_empty() { self.ours.to_string_lossy().into_owned() } else { self.path.clone() };
        let (base, ours, theirs) = (read(ctx, &self.base)?, read(ctx, &self.ours)?, read(ctx, &self.theirs)?);
        let given = Given { base, ours, theirs, path: path.clone() };
        let Driven { bytes, open, settled } = drive(&given, self.markers || ctx.globals.strict, usize::from(self.size));
        if bytes != given.ours && !ctx.globals.dry_run {
            std::fs::write(ctx.env.cwd.join(&self.ours), bytes)
                .map_err(|error| Problem::refused(format!("{} cannot be written: {error}", self.ours.display())))?;
        }
        for (field, value) in settled.iter().flat_map(|clash| &clash.lost) {
            ctx.ui.warning(&format!("{path}: {field} {value} lost; it stands in [conflicts]"));
        }
        if open.is_empty() {
            return Ok(());
        }
        Err(Problem::no(format!("{path}: to be decided by somebody: {}", open.join(", "))).code("conflict").into())
    }
}

fn read(ctx: &Context, path: &Path) -> Result<Vec<u8>> {
    let read = std::fs::read(ctx.env.cwd.join(path));
    Ok(read
        .map_err(|error| Problem::not_found(format!("{} cannot be read: {error}", path.display())).code("no_file"))?)
}
