//! `escalate`

use super::Context;
use super::args::word;
use super::deed::{Deed, Tickets, Words, perform};
use crate::desk::tickets::escalate::{Escalate, Where};
use crate::error::{Problem, Result};
use crate::model::word::Priority;

/// Send a ticket up: to the next queue, to whom you name, or to the lead
///
/// Examples:
///   git desk escalate k7m3 -m "drum is worn out, needs the vendor"
///   git desk escalate k7m3 --to network -m "it is the switch"
///   git desk escalate k7m3 --lead -m "customer threatens to leave"
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    pub tickets: Tickets,
    /// A queue or an agent instead of the queue's `next`
    #[arg(long, value_name = "QUEUE|AGENT", add = super::complete::queues())]
    pub to: Option<String>,
    /// To the queue's lead: queue and assignee stay
    #[arg(long, conflicts_with_all = ["to", "down"])]
    pub lead: bool,
    /// Back down a level: a reassignment
    #[arg(long, conflicts_with = "to")]
    pub down: bool,
    /// Raise the priority with it
    #[arg(long, short = 'p', value_parser = word(Priority::parse, Priority::ALL))]
    pub priority: Option<Priority>,
    #[command(flatten)]
    pub words: Words,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::escalated(ctx, &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let reason = self.words.read()?;
        if reason.trim().is_empty() {
            let ids = self.tickets.ids.join(" ");
            return Err(Problem::usage("why does it go up? `--reason` is missing")
                .code("missing_reason")
                .hint(format!("git desk escalate {ids} -m \"what the next level must know\""))
                .into());
        }
        let to = match self.to {
            Some(to) => Where::To(to),
            None if self.lead => Where::Lead,
            None if self.down => Where::Down,
            None => Where::Next,
        };
        let act = Escalate { to, reason: reason.clone(), priority: self.priority };
        let ids = self.tickets.find(ctx, "escalate")?;
        Ok(Deed::each("escalate", reason, ids, move |room, id| act.apply(room, id)))
    }
}
