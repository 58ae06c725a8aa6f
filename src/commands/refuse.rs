//! `refuse`

use super::Context;
use super::deed::{Deed, Tickets, Words, perform};
use crate::desk::tickets::approve::refuse;
use crate::error::Result;

/// Deny what a request asks for; that ends it
///
/// Only those whom its service names decide, as with `approve`, and one refusal is enough: the
/// request is resolved as `rejected`, and the reason is what the requester reads.
///
/// Examples:
///   git desk refuse k7m3 --reason "the old one is a year old"
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
        super::say::ended(ctx, &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let reason = self.words.read()?;
        let ids = self.tickets.find(ctx, "refuse")?;
        Ok(Deed::each("refuse", reason.clone(), ids, move |room, id| refuse(room, id, &reason)))
    }
}
