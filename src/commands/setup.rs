//! `setup`

pub mod shell;

use super::Context;
use crate::error::Result;

/// Prepare what is around the desk: this user's shell
///
/// Examples:
///   git desk setup shell
///   git desk setup shell zsh --dry-run
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    Shell(shell::Args),
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        match self.verb {
            Verb::Shell(args) => args.run(ctx),
        }
    }
}
