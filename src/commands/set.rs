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
    #[command(flatten)]
    pub tickets: Tickets,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::status(ctx, "changed", &acted);
        Ok(())
    }

    pub fn deed(mut self, ctx: &Context) -> Result<Deed> {
        // IDs and FIELD=VALUE stand in one row: an id never holds `=`.
        let (fields, ids): (Vec<String>, Vec<String>) =
            std::mem::take(&mut self.tickets.ids).into_iter().partition(|word| word.contains('='));
        self.tickets.ids = ids;
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
        let ids = self.tickets.find(ctx, "set")?;
        Ok(Deed::each("set", fields.join(", "), ids, move |room, id| set(room, id, &assignments)))
    }
}
