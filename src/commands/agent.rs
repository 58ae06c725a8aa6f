//! `agent`

use serde_json::{Value, json};

use super::Context;
use super::args::word;
use super::roster::{Entry, retire};
use crate::desk::policy::{self, NewAgent};
use crate::desk::tickets::assign::To;
use crate::error::Result;
use crate::model::word::Role;

/// Agents: the people of the desk
///
/// Examples:
///   git desk agent list
///   git desk agent add bob --email bob@example.com --name "Bob Smith"
///   git desk agent retire bob
///   git desk agent retire bob --hand-over-to next
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// The desk's agents
    List,
    /// A new agent
    Add {
        /// A handle; made from the address when not given
        handle: Option<String>,
        #[arg(long, required = true, value_delimiter = ',')]
        email: Vec<String>,
        #[arg(long)]
        name: Option<String>,
        /// admin, lead, agent
        #[arg(long, default_value = "agent", value_parser = word(Role::parse, Role::ALL))]
        role: Role,
    },
    /// They get no more tickets; the open ones they have are handed over or listed
    Retire {
        #[arg(add = super::complete::agents())]
        handle: String,
        /// Who gets their open tickets, in the same commit: an agent, `me`, `none`, `oncall` or `next`
        #[arg(long, value_name = "WHO", add = super::complete::takers())]
        hand_over_to: Option<String>,
    },
}

impl Args {
    pub fn writes(&self) -> bool {
        !matches!(self.verb, Verb::List)
    }

    pub fn run(self, ctx: &mut Context) -> Result<()> {
        match self.verb {
            Verb::List => list(ctx),
            Verb::Add { handle, email, name, role } => {
                let agent = NewAgent { handle, emails: email, name, role };
                let done = ctx.desk()?.write(|room| policy::add_agent(room, &agent))?;
                Entry { noun: "agent", name: &done.value }.added(ctx, done.commit.is_some())
            }
            Verb::Retire { handle, hand_over_to } => {
                let to = hand_over_to.as_deref().map(To::parse);
                let done = retire(ctx, |room| policy::retire_agent(room, &handle, to.as_ref()))?;
                Entry { noun: "agent", name: &handle }.retired(ctx, &done)
            }
        }
    }
}

fn list(ctx: &Context) -> Result<()> {
    let (policy, _) = ctx.policy()?;
    let rows: Vec<Value> = policy
        .agents
        .iter()
        .map(|(handle, agent)| {
            json!({"handle": handle, "name": agent.name, "emails": agent.emails, "role": agent.role.as_str(),
                   "active": agent.active})
        })
        .collect();
    ctx.ui.rows(&["handle", "name", "emails", "role", "active"], &rows)
}
