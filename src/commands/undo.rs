//! `undo`

use serde_json::json;

use super::Context;
use crate::desk::undo::{Undone, undo};
use crate::error::{Problem, Result};
use crate::model::id::TicketId;

/// Take back one commit by a new one; your last act when none is named
///
/// A ticket that the commit opened is closed as `cancelled`; an article, a service or a
/// customer that it added goes. Nothing is removed from history.
///
/// Examples:
///   git desk undo
///   git desk undo 3f2a91c
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "COMMIT")]
    pub commit: Option<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let desk = ctx.desk()?;
        let commit = match &self.commit {
            Some(revision) => desk.store.resolve(revision)?,
            None => {
                let (policy, _) = desk.policy()?;
                let me = desk.person(&policy)?;
                desk.store.last_act_of(&me.person.email)?.ok_or_else(|| {
                    Problem::refused(format!("no act of yours ({}) to take back", me.person.email))
                        .hint("name a commit: git desk undo COMMIT     which there are: git desk log")
                })?
            }
        };
        let done = desk.write(|room| match room.done_before()? {
            Some(tickets) => Ok(Undone { commit, subject: desk.store.subject(commit)?, tickets }),
            None => undo(room, commit),
        })?;
        if ctx.wants_json() {
            let tickets: Vec<&str> = done.value.tickets.iter().map(TicketId::as_str).collect();
            return ctx.ui.json(&json!({"undone": done.value.commit.to_string(), "subject": done.value.subject,
                "tickets": tickets, "commit": done.commit.map(|commit| commit.to_string())}));
        }
        for id in &done.value.tickets {
            ctx.ui.line(id.as_str())?;
        }
        ctx.ui.status(&format!("took back: {}", done.value.subject));
        Ok(())
    }
}
