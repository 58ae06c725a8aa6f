//! `assign`

use super::Context;
use super::deed::{Deed, Tickets, Words, perform};
use crate::desk::tickets::assign::{Provided, To, assign};
use crate::error::{Problem, Result};

/// Say whose a ticket is
///
/// Examples:
///   git desk assign k7m3 --to alice
///   git desk assign k7m3 w2xq --to me
///   git desk assign k7m3 --to none
///   git desk assign --where 'is:new queue:l1' --yes --to next
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(flatten)]
    pub tickets: Tickets,
    /// An agent's handle, or `me`, `none`, `oncall` (of the ticket's queue), `next` (its members in turn); `@` may stand
    /// in front
    #[arg(long, value_name = "WHO", add = super::complete::takers())]
    pub to: Option<String>,
    /// Only when nobody has it: exit 5 otherwise
    #[arg(long)]
    pub if_unassigned: bool,
    #[command(flatten)]
    pub words: Words,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        super::say::assigned(ctx, &acted);
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let Some(to) = &self.to else { return Err(to_whom(ctx, &self.tickets.ids)?.into()) };
        let to = To::parse(to);
        let provided = if self.if_unassigned { Provided::Unassigned } else { Provided::Always };
        let words = self.words.read()?;
        let ids = self.tickets.find(ctx, "assign")?;
        let said = words.clone();
        Ok(Deed::each("assign", words, ids, move |room, id| assign(room, id, &to, &provided, &said)))
    }
}

/// What to type when `--to` is missing: perhaps the last word was meant for it.
fn to_whom(ctx: &Context, words: &[String]) -> Result<Problem> {
    let (policy, _) = ctx.policy()?;
    let agents: Vec<&str> =
        policy.agents.iter().filter(|(_, agent)| agent.active).map(|(name, _)| name.as_str()).collect();
    let shown = agents.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    let more = if agents.len() > 5 { format!(" ({} more)", agents.len() - 5) } else { String::new() };
    let meant =
        words.split_last().filter(|(last, ids)| !ids.is_empty() && agents.contains(&last.trim_start_matches('@')));
    let problem = match (meant, words) {
        (Some((to, ids)), _) => Problem::usage("to whom? `--to` is missing").hint(format!(
            "git desk assign {} --to {}",
            ids.join(" "),
            to.trim_start_matches('@')
        )),
        (None, [.., last]) if words.len() > 1 => Problem::usage(format!("{last} is a ticket, not an agent; to whom?"))
            .hint(format!("git desk assign --to {} {}", agents.first().unwrap_or(&"me"), words.join(" "))),
        (None, _) => {
            Problem::usage("to whom? `--to` is missing").hint(format!("git desk assign {} --to me", words.join(" ")))
        }
    };
    Ok(problem.code("missing_to").hint(format!("agents: {shown}{more}")).candidates(agents))
}
