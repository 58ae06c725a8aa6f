//! `kb retire`

use super::print::{say, write};
use crate::commands::Context;
use crate::desk::knowledge::write::retire;
use crate::error::{Problem, Result};

/// Take an article out of use; its file stays, and says why
///
/// Examples:
///   git desk kb retire vpn/old-client -m "the client is gone since May" --instead vpn/new-client
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "NAME", add = crate::commands::complete::articles())]
    pub name: String,
    /// Why
    #[arg(short = 'm', long = "message", visible_alias = "reason", value_name = "TEXT", allow_hyphen_values = true)]
    pub message: Option<String>,
    /// The article to read in its place
    #[arg(long, value_name = "NAME", add = crate::commands::complete::articles())]
    pub instead: Option<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let why = self.message.as_deref().unwrap_or_default().trim();
        if why.is_empty() {
            return Err(Problem::usage(format!("why is {} retired? `-m` is missing", self.name))
                .code("missing_reason")
                .hint(format!("git desk kb retire {} -m \"…\"", self.name))
                .into());
        }
        let written = write(ctx, "retire", why, |room| retire(room, &self.name, why, self.instead.as_deref()))?;
        say(ctx, &written, "is retired", None);
        Ok(())
    }
}
