//! `escalate`: up to the next queue, to whom is named, or to the lead.

use super::Acted;
use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::id::TicketId;
use crate::model::rules::{Effect, Upward};
use crate::model::word::{EntryKind, Priority};

/// Where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where {
    /// To the queue's `next`.
    Next,
    /// To a queue or an agent.
    To(String),
    /// Queue and assignee stay; the lead watches.
    Lead,
    /// Back to the queue that escalates to this one.
    Down,
}

#[derive(Debug, Clone)]
pub struct Escalate {
    pub to: Where,
    /// Why; an escalation without a reason is refused.
    pub reason: String,
    pub priority: Option<Priority>,
}

impl Escalate {
    /// Exit code 2 without a reason, 3 for an unknown queue or agent, 5 from the last level.
    pub fn apply(&self, room: &mut Room<'_, '_>, id: TicketId) -> Result<Acted> {
        if self.reason.trim().is_empty() {
            return Err(no_reason(id).into());
        }
        room.act(id, |room, draft| {
            let raised = self.priority.is_some_and(|priority| priority != draft.ticket.priority);
            if let Some(priority) = self.priority {
                draft.ticket.priority = priority;
            }
            let upward = match &self.to {
                Where::Next => Upward::Next,
                Where::To(name) => Upward::To(name.strip_prefix('@').unwrap_or(name)),
                Where::Lead => Upward::Lead,
                Where::Down => {
                    let effect = room.rule(id, |around| draft.ticket.lower(room.by(), around))?;
                    let effect = if raised { Effect::Changed } else { effect };
                    return room.keep_words(draft, effect, "escalate", &self.reason);
                }
            };
            let done = room.rule(id, |around| draft.ticket.escalate(upward, room.by(), around));
            let done = done.map_err(|error| self.with_ways_out(room, id, error))?;
            if done.effect.changed() || raised {
                let entry = room
                    .entry(id, EntryKind::Escalation, self.reason.trim_end())?
                    .with("from", done.from)
                    .with("to", done.to)
                    .with("level", done.level)
                    .with("type", done.kind.as_str());
                draft.entries.push(entry);
            }
            Ok(())
        })
    }
}

impl Escalate {
    /// Above the last queue: to tell its lead, or that it is somebody else's turn.
    fn with_ways_out(&self, room: &Room<'_, '_>, id: TicketId, error: anyhow::Error) -> anyhow::Error {
        let problem = match error.downcast::<Problem>() {
            Ok(problem) if problem.code == "last_level" => problem,
            Ok(problem) => return problem.into(),
            Err(error) => return error,
        };
        let queue = room.tx.ticket(id).map(|file| file.ticket.queue).unwrap_or_default();
        let lead = room.policy.queues.get(&queue).map(|queue| queue.lead.as_str()).filter(|lead| !lead.is_empty());
        let lead = lead.map_or_else(String::new, |lead| format!(" ({lead})"));
        let words = self.reason.trim().replace('"', "'");
        Problem { hints: Vec::new(), ..problem }
            .hint(format!("tell its lead{lead}: git desk escalate {id} --lead -m \"{words}\""))
            .hint(format!("it is the vendor's turn: git desk wait {id} --on vendor --until fri"))
            .into()
    }
}

fn no_reason(id: TicketId) -> Problem {
    Problem::usage(format!("why does {id} go up? `--reason` is missing"))
        .code("missing_reason")
        .hint(format!("git desk escalate {id} -m \"what the next level must know\""))
}
