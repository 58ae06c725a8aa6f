//! `work`

use super::Context;
use super::args::reported;
use super::deed::{Deed, Words, perform};
use crate::desk::tickets::work::{Work, materials, minutes};
use crate::error::Result;

/// Note time spent on a ticket
///
/// Each time adds an entry to the thread, so in scripts name the operation with `--op-id`.
///
/// Examples:
///   git desk work k7m3 45
///   git desk work k7m3 1h30m --billable -m "replaced the drum"
///   git desk work k7m3 20 --by bob --on yesterday
///   git desk work k7m3 0 --materials 84.50 -m "a new drum, sent by post"
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The ticket
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub id: String,
    /// Minutes, or hours and minutes: 90, 1h30m
    #[arg(value_name = "MINUTES", allow_negative_numbers = true)]
    pub minutes: String,
    /// The customer pays for it
    #[arg(long, conflicts_with = "not_billable")]
    pub billable: bool,
    /// Nobody pays for it
    #[arg(long)]
    pub not_billable: bool,
    /// What was used up, in the money that the time is paid in; the time may be 0 then
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub materials: Option<String>,
    /// When it was done, if not now
    #[arg(long, value_name = "TIME")]
    pub on: Option<String>,
    /// The agent whose time it was; you, when not given
    #[arg(long, value_name = "AGENT", add = super::complete::agents())]
    pub by: Option<String>,
    #[command(flatten)]
    pub words: Words,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::status(ctx, "has the time", &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let materials = self.materials.as_deref().map(materials).transpose()?.unwrap_or_default();
        let is_part_alone = materials > 0 && self.minutes.trim() == "0";
        let work = Work {
            minutes: if is_part_alone { 0 } else { minutes(&self.minutes)? },
            materials,
            billable: (self.billable || self.not_billable).then_some(self.billable),
            at: self.on.as_deref().map(|text| reported(ctx, text)).transpose()?,
            by: self.by.unwrap_or_default(),
            body: self.words.read()?,
        };
        let id = ctx.find(&self.id)?;
        Ok(Deed::each("work", "", vec![id], move |room, id| work.apply(room, id)))
    }
}
