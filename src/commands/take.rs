//! `take`

use super::Context;
use super::deed::{Deed, Tickets, perform};
use crate::desk::tickets::assign::{Provided, To, assign};
use crate::error::Result;

/// Make a ticket yours; exit 5 when somebody was faster
///
/// Examples:
///   git desk take k7m3
///   git desk take k7m3 --from bob
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    pub tickets: Tickets,
    /// Take it from this agent
    #[arg(long, value_name = "WHO", add = super::complete::agents())]
    pub from: Option<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::assigned(ctx, &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let provided = match &self.from {
            Some(agent) => Provided::From(agent.trim_start_matches('@').to_owned()),
            None => Provided::Unassigned,
        };
        let ids = self.tickets.find(ctx, "take")?;
        Ok(Deed::each("take", "", ids, move |room, id| assign(room, id, &To::Me, &provided, "")))
    }
}
