//! `watch`

use super::Context;
use super::deed::{Deed, Tickets, perform};
use crate::desk::tickets::watch::watch;
use crate::error::Result;

/// Follow tickets: you, or whom you name, become a watcher
///
/// Examples:
///   git desk watch k7m3
///   git desk watch k7m3 --who bob@example.com
///   git desk watch k7m3 --remove
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    pub tickets: Tickets,
    /// An agent or a mail address; you, when not given
    #[arg(long, value_name = "WHO", default_value = "me", hide_default_value = true, add = super::complete::agents())]
    pub who: String,
    /// Take them off
    #[arg(long)]
    pub remove: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let words = if self.remove { "is no longer watched" } else { "is watched" };
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::status(ctx, words, &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let ids = self.tickets.find(ctx, "watch")?;
        let (who, remove) = (self.who, self.remove);
        Ok(Deed::each("watch", "", ids, move |room, id| watch(room, id, &who, remove)))
    }
}
