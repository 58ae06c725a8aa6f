//! `wait`

use super::Context;
use super::args::{awakening, word};
use super::deed::{Deed, Tickets, Words, perform};
use crate::desk::tickets::wait::wait;
use crate::error::{Problem, Result};
use crate::model::word::WaitingOn;

/// It is somebody else's turn: the clocks stop
///
/// Examples:
///   git desk wait k7m3 --on requester
///   git desk wait k7m3 --on vendor --until fri -m "part is ordered"
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    pub tickets: Tickets,
    /// requester, vendor, change, problem, approval, schedule
    #[arg(long, alias = "for", value_name = "WHOM", value_parser = word(WaitingOn::parse, WaitingOn::ALL))]
    pub on: Option<WaitingOn>,
    /// When it comes back by itself: a time, a day, `2d`
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
    #[command(flatten)]
    pub words: Words,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::status(ctx, "waiting", &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let Some(on) = self.on else {
            let ids = self.tickets.ids.join(" ");
            return Err(Problem::usage("whose turn is it? `--on` is missing")
                .hint(format!("git desk wait {ids} --on requester"))
                .hint(WaitingOn::spellings().join(", "))
                .into());
        };
        let until = self.until.as_deref().map(|text| awakening(ctx, text)).transpose()?;
        let words = self.words.read()?;
        let ids = self.tickets.find(ctx, "wait")?;
        let said = words.clone();
        Ok(Deed::each("wait", words, ids, move |room, id| wait(room, id, on, until, &said)))
    }
}
