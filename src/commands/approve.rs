//! `approve`

use super::Context;
use super::deed::{Deed, Tickets, Words, perform};
use crate::desk::tickets::approve::approve;
use crate::error::Result;

/// Grant what a request asks for
///
/// Only those whom its service names in `approval` decide, and each of them must; in place of
/// `requester-manager` any lead or admin may, but for what they ask for themselves. After the last
/// one the work begins, and the clock where the service says `clock_start = "approved"`.
///
/// Examples:
///   git desk approve k7m3
///   git desk approve k7m3 -m "from the budget of the project"
///   git desk approve --where 'waiting_on:approval service:new-laptop' --yes
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    pub tickets: Tickets,
    #[command(flatten)]
    pub words: Words,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::approved(ctx, &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let words = self.words.read()?;
        let ids = self.tickets.find(ctx, "approve")?;
        Ok(Deed::each("approve", words.clone(), ids, move |room, id| approve(room, id, &words)))
    }
}
