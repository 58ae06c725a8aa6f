//! `assign`

use super::Context;
use super::deed::{Deed, Tickets, Words, perform};
use crate::desk::tickets::assign::{Provided, To, assign};
use crate::error::{Problem, Result};

/// Say whose a ticket is
///
/// Examples:
///   git desk assign k7m3 --to alice
///   git desk assign k7m3 w2xq --to me
///   git desk assign k7m3 --to none
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    pub tickets: Tickets,
    /// An agent's handle, `me` or `none`; `@` may stand in front
    #[arg(long, value_name = "WHO", add = super::complete::agents())]
    pub to: Option<String>,
    /// Only when nobody has it: exit 5 otherwise
    #[arg(long)]
    pub if_unassigned: bool,
    #[command(flatten)]
    pub words: Words,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::assigned(ctx, &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let Some(to) = &self.to else {
            let ids = self.tickets.ids.join(" ");
            return Err(Problem::usage("to whom? `--to` is missing")
                .hint(format!("git desk assign {ids} --to me"))
                .into());
        };
        let to = To::parse(to);
        let provided = if self.if_unassigned { Provided::Unassigned } else { Provided::Always };
        let words = self.words.read()?;
        let ids = self.tickets.find(ctx, "assign")?;
        let said = words.clone();
        Ok(Deed::each("assign", words, ids, move |room, id| assign(room, id, &to, &provided, &said)))
    }
}
