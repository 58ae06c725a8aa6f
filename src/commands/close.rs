//! `close`

use super::Context;
use super::deed::{Deed, perform};
use super::ending::Ending;
use crate::error::Result;

/// End a ticket for good
///
/// Examples:
///   git desk close k7m3 --resolution fixed -m "replaced the drum"
///   git desk close k7m3 --duplicate-of w2xq
///   git desk close p4dz --cascade --resolution fixed -m "new firmware" --reply "It works again."
///   git desk close --where 'queue:l1 tag:storm' --yes --resolution no-fault
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    pub ending: Ending,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::ended(ctx, &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        self.ending.deed(ctx, "close")
    }
}
