//! `set`

use super::Context;
use super::deed::{Deed, Tickets, perform};
use crate::desk::tickets::set::{Assignment, set};
use crate::error::{Problem, Result};

/// Change fields of a ticket
///
/// An empty value unsets a field. Status and what belongs to it change by `resolve`, `close`,
/// `reopen`, `wait`, `resume`.
///
/// Examples:
///   git desk set k7m3 priority=p2 category=network/vpn
///   git desk set k7m3 due=2026-12-01 fields.serial=X12
///   git desk set --where 'queue:l1 no:service' --yes service=printing
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Tickets and then FIELD=VALUE, in any order: an id never holds `=`
    #[arg(value_name = "ID|FIELD=VALUE", add = super::complete::tickets())]
    pub words: Vec<String>,
    /// Every ticket that fits this query instead; needs `--yes`
    #[arg(long = "where", value_name = "QUERY")]
    pub query: Option<String>,
    /// Yes, all that `--where` finds
    #[arg(long)]
    pub yes: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::status(ctx, "changed", &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let (fields, ids): (Vec<String>, Vec<String>) = self.words.into_iter().partition(|word| word.contains('='));
        if self.query.is_some() && !ids.is_empty() {
            return Err(Problem::usage("tickets are named by ID or by `--where`, not both").into());
        }
        let tickets = Tickets { ids, query: self.query, yes: self.yes };
        if fields.is_empty() {
            return Err(Problem::usage("set what? FIELD=VALUE is missing")
                .hint("git desk set k7m3 priority=p2")
                .into());
        }
        let mut assignments: Vec<Assignment> =
            fields.iter().map(|text| Assignment::parse(text)).collect::<Result<_>>()?;
        for assignment in &mut assignments {
            super::args::settle_time(ctx, assignment)?;
        }
        let ids = tickets.find(ctx, "set")?;
        Ok(Deed::each("set", fields.join(", "), ids, move |room, id| set(room, id, &assignments)))
    }
}
