//! `take`

use super::Context;
use super::deed::{Deed, Tickets, perform};
use crate::desk::tickets::assign::{Provided, To, assign};
use crate::error::{Problem, Result};

/// Make a ticket yours; exit 5 when somebody was faster
///
/// Examples:
///   git desk take k7m3
///   git desk take k7m3 --from bob
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    pub tickets: Tickets,
    /// Take it from this agent
    #[arg(long, value_name = "WHO", add = super::complete::agents())]
    pub from: Option<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?).map_err(|error| with_what_is_free(ctx, error))?;
        super::say::assigned(ctx, &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let provided = match &self.from {
            Some(agent) => Provided::From(agent.trim_start_matches('@').to_owned()),
            None => Provided::Unassigned,
        };
        let ids = self.tickets.find(ctx, "take")?;
        let deed = Deed::each("take", "", ids, move |room, id| assign(room, id, &To::Me, &provided, ""));
        Ok(Deed { contested: true, ..deed })
    }
}

/// Beside who has it: what nobody has, in the queues of whoever asks.
fn with_what_is_free(ctx: &Context, error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Problem>() {
        Ok(problem) if problem.code == "taken" => match free(ctx) {
            Ok(handles) if !handles.is_empty() => {
                let hint = format!("free in your queues: {}", handles.join(", "));
                let hints = [hint].into_iter().chain(problem.hints).collect();
                Problem { hints, ..problem }.into()
            }
            Ok(_) | Err(_) => problem.into(),
        },
        Ok(problem) => problem.into(),
        Err(error) => error,
    }
}

fn free(ctx: &Context) -> Result<Vec<String>> {
    let look = ctx.desk()?.look(None)?;
    let me = ctx.desk()?.person(&look.policy)?.name;
    let mine =
        look.policy.queues.iter().filter(|(_, queue)| queue.members.contains(&me)).map(|(name, _)| name.as_str());
    let queues = mine.collect::<Vec<_>>().join(",");
    if queues.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ctx.select_ids(&format!("is:open is:unassigned queue:{queues}"))?;
    ids.iter().take(3).map(|id| look.index.handle(*id)).collect()
}
