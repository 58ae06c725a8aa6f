//! `reopen`

use super::Context;
use super::deed::{Deed, Tickets, Words, perform};
use crate::desk::tickets::finish::reopen;
use crate::error::{Problem, Result};

/// It was not solved after all
///
/// Examples:
///   git desk reopen k7m3 -m "it happened again at nine"
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
        super::say::status(ctx, "reopened", &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let reason = self.words.read()?;
        if reason.trim().is_empty() {
            let ids = self.tickets.ids.join(" ");
            return Err(Problem::usage("why is it open again? `--reason` is missing")
                .code("missing_reason")
                .hint(format!("git desk reopen {ids} -m \"what came back\""))
                .into());
        }
        let ids = self.tickets.find(ctx, "reopen")?;
        let said = reason.clone();
        Ok(Deed::each("reopen", reason, ids, move |room, id| reopen(room, id, &said)))
    }
}
