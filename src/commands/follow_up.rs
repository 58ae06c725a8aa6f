//! `follow-up`

use super::Context;
use super::args::day;
use super::deed::{Deed, Words, perform};
use crate::desk::tickets::follow_up::follow_up;
use crate::error::{Problem, Result};

/// The day on which the requester is called back; `git desk remind` says when it has come
///
/// Examples:
///   git desk follow-up k7m3 fri -m "ask whether the new dock works"
///   git desk follow-up k7m3 2026-12-01
///   git desk follow-up k7m3 none
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The ticket
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub id: String,
    /// A day: `fri`, `tomorrow`, `2d`, `2026-12-01`; `none` for no call any more
    #[arg(value_name = "DATE")]
    pub date: Option<String>,
    #[command(flatten)]
    pub words: Words,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::to_be_called(ctx, &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let Some(date) = &self.date else {
            return Err(Problem::usage("when? a DATE is missing")
                .code("missing_date")
                .hint(format!("git desk follow-up {} fri", self.id))
                .hint("no call any more: none in place of the day")
                .into());
        };
        let day = match date.trim() {
            "none" | "@none" => None,
            date => Some(day(ctx, date)?),
        };
        let words = self.words.read()?;
        let ids = vec![ctx.find(&self.id)?];
        let said = words.clone();
        Ok(Deed::each("follow-up", words, ids, move |room, id| follow_up(room, id, day, &said)))
    }
}
