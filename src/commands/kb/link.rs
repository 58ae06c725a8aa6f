//! `kb link`

use crate::commands::Context;
use crate::commands::deed::{Deed, perform};
use crate::commands::say;
use crate::desk::knowledge::link::link;
use crate::error::Result;

/// Say that an article is about these tickets
///
/// `resolve --article` says so of the one that solved it.
///
/// Examples:
///   git desk kb link vpn/reset-token k7m3 w2xq
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "NAME", add = crate::commands::complete::articles())]
    pub name: String,
    #[arg(value_name = "ID", required = true, add = crate::commands::complete::tickets())]
    pub ids: Vec<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let words = format!("has {} now", self.name);
        let acted = perform(ctx, &self.deed(ctx)?)?;
        say::status(ctx, &words, &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let mut ids = Vec::new();
        for typed in &self.ids {
            let id = ctx.find(typed)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let name = self.name;
        Ok(Deed::each("kb link", name.clone(), ids, move |room, id| link(room, &name, id)))
    }
}
