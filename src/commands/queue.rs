//! `queue`

use serde_json::{Value, json};

use super::Context;
use super::roster::{Entry, retire};
use crate::desk::policy::{self, NewQueue};
use crate::error::Result;

/// Queues: who works on what
///
/// Examples:
///   git desk queue list
///   git desk queue add web --title "Web team" --next l2 --member alice
///   git desk queue retire l3 --hand-over-to l2
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// The desk's queues
    List,
    /// A new queue
    Add {
        name: String,
        #[arg(long)]
        title: Option<String>,
        /// The queue that escalation goes to
        #[arg(long)]
        next: Option<String>,
        #[arg(long, default_value_t = 1)]
        level: u32,
        #[arg(long)]
        lead: Option<String>,
        #[arg(long, value_delimiter = ',')]
        member: Vec<String>,
    },
    /// No new tickets; what is open in it is handed over or listed
    Retire {
        #[arg(add = super::complete::queues())]
        name: String,
        /// The queue that gets its open tickets, in the same commit
        #[arg(long, value_name = "QUEUE", add = super::complete::queues())]
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
            Verb::Add { name, title, next, level, lead, member } => {
                let queue = NewQueue { name, title, next, level, lead, members: member };
                let done = ctx.desk()?.write(|room| policy::add_queue(room, &queue))?;
                Entry { noun: "queue", name: &queue.name }.added(ctx, done.commit.is_some())
            }
            Verb::Retire { name, hand_over_to } => {
                let done = retire(ctx, |room| policy::retire_queue(room, &name, hand_over_to.as_deref()))?;
                Entry { noun: "queue", name: &name }.retired(ctx, &done)
            }
        }
    }
}

fn list(ctx: &Context) -> Result<()> {
    let (policy, _) = ctx.policy()?;
    let rows: Vec<Value> = policy
        .queues
        .iter()
        .map(|(name, queue)| {
            json!({"name": name, "title": queue.title, "level": queue.level, "next": queue.next, "lead": queue.lead,
                   "members": queue.members, "active": queue.active})
        })
        .collect();
    ctx.ui.rows(&["name", "title", "level", "next", "lead", "members", "active"], &rows)
}
