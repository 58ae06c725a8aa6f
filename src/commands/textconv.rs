//! `textconv`

use std::path::PathBuf;

use super::Context;
use crate::error::{Problem, Result};
use crate::store::document::as_text;

/// A file of a desk as text, for `git diff` and `git log -p`
///
/// Git runs this once `git desk setup git` has told it to: a diff shows fields and lines of text,
/// not TOML, and nothing of what a ticket's author may have hidden in it.
///
/// Examples:
///   git desk textconv "$(git desk path k7m3)"
///   git config diff.desk.textconv 'git-desk textconv'
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let bytes = std::fs::read(ctx.env.cwd.join(&self.file)).map_err(|error| {
            Problem::not_found(format!("{} cannot be read: {error}", self.file.display())).code("no_file")
        })?;
        let text = as_text(&bytes).unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned());
        ctx.ui.write(&crate::ui::visible::visible_text(&text))?;
        ctx.ui.finish()
    }
}
