//! `setup`

pub mod ci;
pub mod cron;
mod files;
pub mod git;
pub mod hooks;
mod machine;
mod quote;
pub mod receive;
pub mod shell;
pub mod systemd;

use super::Context;
use crate::error::Result;

/// Prepare what is around the desk: this user's shell, git, hooks, cron, systemd, ssh keys of producers, a forge
///
/// Examples:
///   git desk setup shell
///   git desk setup git
///   git desk setup cron
///   git desk setup systemd
///   git desk setup receive web1.pub
///   git desk setup hooks
///   git desk setup ci github
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    Shell(shell::Args),
    Git(git::Args),
    Ci(ci::Args),
    Cron(cron::Args),
    Systemd(systemd::Args),
    Receive(receive::Args),
    Hooks(hooks::Args),
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        match self.verb {
            Verb::Shell(args) => args.run(ctx),
            Verb::Git(args) => args.run(ctx),
            Verb::Ci(args) => args.run(ctx),
            Verb::Cron(args) => args.run(ctx),
            Verb::Systemd(args) => args.run(ctx),
            Verb::Receive(args) => args.run(ctx),
            Verb::Hooks(args) => args.run(ctx),
        }
    }
}
