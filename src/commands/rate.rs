//! `rate`

use super::Context;
use super::deed::{Deed, perform};
use crate::desk::tickets::rate::rate;
use crate::error::{Problem, Result};

/// Say how well a ticket was solved, from 1 (badly) to 5 (very well)
///
/// For tickets that are resolved or closed. The requester rates; an agent does so on their behalf,
/// and the entry names both. Who rates again adds an entry; the latest counts.
///
/// Examples:
///   git desk rate k7m3 5
///   git desk rate k7m3 2 "took a week"
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The ticket
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub id: String,
    /// 1, 2, 3, 4 or 5
    #[arg(value_name = "SCORE", allow_negative_numbers = true)]
    pub score: String,
    /// Why
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::status(ctx, "is rated", &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let score = self.score.parse::<i64>().ok().filter(|score| (1..=5).contains(score));
        let Some(score) = score else {
            return Err(Problem::usage(format!("`{}` is no score from 1 to 5", self.score))
                .code("bad_score")
                .hint(format!("git desk rate {} 5", self.id))
                .into());
        };
        let id = ctx.find(&self.id)?;
        let words = self.text.unwrap_or_default();
        Ok(Deed::each("rate", "", vec![id], move |room, id| rate(room, id, score, &words)))
    }
}
