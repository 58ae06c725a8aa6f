//! `intake`

use super::receive::producer;
use super::{Context, delivered};
use crate::error::Result;

/// On a hub: fold what producers pushed to its inbox into the branch
///
/// For cron, or a post-receive hook. All of `refs/desk/inbox/…` becomes one commit, each event once:
/// its id is in the commit, and a reference is removed only after the branch has moved; one
/// whose lock somebody holds stays for the next time, and a lock of ten minutes is removed. Ten keys
/// or more of one group within thirty seconds are a storm: one parent ticket, the others below it.
///
/// Examples:
///   */1 * * * *  git-desk --repo /srv/desk/ops.git intake -q
///   git desk intake --dry-run
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// This producer may acknowledge in the name of agents: one that relays what people press
    #[arg(long, value_name = "NAME", value_parser = producer)]
    pub may_ack: Vec<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let flushed = ctx.desk()?.intake(&self.may_ack)?;
        delivered::print(ctx, &flushed)
    }
}
