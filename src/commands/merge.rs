//! `merge`

use super::Context;
use super::deed::{Deed, Tickets, Words, perform};
use crate::desk::tickets::merge::merge;
use crate::error::{Problem, Result};

/// Make several tickets one: close them as duplicates of another
///
/// Each is closed as `duplicate` with a link to the one that stays. Its requester and watchers
/// watch that one from now on; its thread stays where it is, and `show` shows it with the other.
/// Tags and links stay as they are. Nothing is deleted; `git desk undo` takes it back.
///
/// Examples:
///   git desk merge m3wk --into k2pd
///   git desk merge m3wk w2xq --into k2pd -m "same switch"
///   git desk merge --where 'is:open tag:storm' --yes --into k2pd
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    pub tickets: Tickets,
    /// The ticket that stays
    #[arg(long, value_name = "ID", add = super::complete::tickets())]
    pub into: Option<String>,
    #[command(flatten)]
    pub words: Words,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::status(ctx, "merged", &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let Some(into) = &self.into else {
            let ids = if self.tickets.ids.is_empty() { "m3wk".to_owned() } else { self.tickets.ids.join(" ") };
            return Err(Problem::usage("merge into which ticket? `--into` is missing")
                .hint(format!("git desk merge {ids} --into ID"))
                .into());
        };
        let into = ctx.find(into)?;
        let words = self.words.read()?;
        let by_query = self.tickets.query.is_some();
        let mut ids = self.tickets.find(ctx, "merge")?;
        // What a query finds may well have the one that stays among it.
        ids.retain(|id| !by_query || *id != into);
        let said = if words.trim().is_empty() { format!("into {into}") } else { format!("into {into}\n\n{words}") };
        Ok(Deed::each("merge", said, ids, move |room, id| merge(room, id, into, &words)))
    }
}
