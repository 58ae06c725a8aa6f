//! `agent`

use serde_json::{Value, json};

use super::Context;
use super::args::word;
use crate::desk::policy::{self, NewAgent};
use crate::error::Result;
use crate::model::word::Role;

/// Agents: the people of the desk
///
/// Examples:
///   git desk agent list
///   git desk agent add bob --email bob@example.com --name "Bob Smith"
///   git desk agent retire bob
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
    /// They get no more tickets; those they have are listed
    Retire { handle: String },
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
                ctx.ui.line(&done.value)?;
                ctx.ui.status(&if done.commit.is_some() {
                    format!("agent {} is there", done.value)
                } else {
                    "already so".into()
                });
                Ok(())
            }
            Verb::Retire { handle } => {
                ctx.desk()?.write(|room| policy::retire(room, "agents", &handle))?;
                ctx.ui.line(&handle)?;
                super::say::retired(ctx, &format!("assignee:{handle}"), &handle)
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
