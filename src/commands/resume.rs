//! `resume`

use super::Context;
use super::deed::{Deed, Tickets, Words, perform};
use crate::desk::tickets::wait::resume;
use crate::error::Result;

/// Our turn again: a waiting ticket becomes active
///
/// Examples:
///   git desk resume k7m3 -m "the part has come"
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
        super::say::status(ctx, "active", &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let words = self.words.read()?;
        let ids = self.tickets.find(ctx, "resume")?;
        let said = words.clone();
        Ok(Deed::each("resume", words, ids, move |room, id| resume(room, id, &said)))
    }
}
