//! `kb`

pub mod search;
pub mod suggest;

use super::Context;
use crate::error::Result;

/// Knowledge: articles on how a trouble is solved
///
/// Examples:
///   git desk kb search token verlopen
///   git desk kb suggest k7m3
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    Search(Box<search::Args>),
    Suggest(Box<suggest::Args>),
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        match self.verb {
            Verb::Search(args) => args.run(ctx),
            Verb::Suggest(args) => args.run(ctx),
        }
    }
}
