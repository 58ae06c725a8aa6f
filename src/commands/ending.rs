//! What `resolve` and `close` share.

use super::Context;
use super::deed::{Deed, Tickets, Words};
use crate::desk::Room;
use crate::desk::tickets::Acted;
use crate::desk::tickets::finish::Finish;
use crate::error::Result;

#[derive(Debug, Clone, clap::Args)]
pub struct Ending {
    #[command(flatten)]
    pub tickets: Tickets,
    /// How it ended: fixed, workaround, answered, known-error, duplicate, wontfix, rejected, cancelled, no-fault
    #[arg(long, value_name = "WORD")]
    pub resolution: Option<String>,
    /// It repeats this ticket
    #[arg(long, value_name = "ID")]
    pub duplicate_of: Option<String>,
    /// The article that solved it
    #[arg(long, value_name = "NAME", add = super::complete::articles())]
    pub article: Vec<String>,
    /// A last word to the requester
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub reply: Option<String>,
    /// Of a problem: its open incidents are resolved with it, as it ended, and get the reply, too
    #[arg(long, conflicts_with = "duplicate_of")]
    pub cascade: bool,
    #[command(flatten)]
    pub words: Words,
}

impl Ending {
    pub fn deed(self, ctx: &Context, verb: &'static str) -> Result<Deed> {
        let solution = self.words.read()?;
        let act = Finish {
            close: verb == "close",
            resolution: self.resolution.unwrap_or_default(),
            solution: solution.trim_end().to_owned(),
            duplicate_of: self.duplicate_of.as_deref().map(|typed| ctx.find(typed)).transpose()?,
            articles: self.article,
            reply: self.reply.unwrap_or_default(),
            cascade: self.cascade,
        };
        let ids = self.tickets.find(ctx, verb)?;
        let run = move |room: &mut Room<'_, '_>| {
            let mut done: Vec<Acted> = Vec::new();
            for id in &ids {
                // What a problem took with it is not ended once more for being named as well.
                if !done.iter().any(|acted| acted.id() == *id) {
                    done.extend(act.apply_with_incidents(room, *id)?);
                }
            }
            Ok(done)
        };
        Ok(Deed { verb, words: solution, contested: false, run: Box::new(run) })
    }
}
