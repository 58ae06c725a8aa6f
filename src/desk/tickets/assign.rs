//! `assign`, `take`: whose ticket it is.

use super::Acted;
use super::open::known_agent;
use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::id::TicketId;

/// Who is to have a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    Me,
    Nobody,
    /// Whoever is on call for the ticket's queue.
    OnCall,
    /// The members of the ticket's queue in turn.
    Next,
    Agent(String),
}

impl To {
    /// Words that stand for somebody and so are no handles.
    pub const WORDS: &[&str] = &["me", "none", "oncall", "next"];

    /// Reads one of the words or a handle, with or without `@`.
    pub fn parse(word: &str) -> To {
        match word.strip_prefix('@').unwrap_or(word) {
            "me" => To::Me,
            "none" | "" => To::Nobody,
            "oncall" => To::OnCall,
            "next" => To::Next,
            handle => To::Agent(handle.to_owned()),
        }
    }

    /// The agent that is meant for a ticket of a queue that `holder` has; empty is nobody.
    ///
    /// Exit code 3 for an unknown agent, 5 when nobody is on call or next.
    pub fn handle(&self, room: &Room<'_, '_>, queue: &str, holder: &str) -> Result<String> {
        match self {
            To::OnCall => room.on_call(queue),
            To::Next => room.next_in_turn(queue, holder),
            To::Nobody => Ok(String::new()),
            To::Agent(handle) => known_agent(&room.policy, handle),
            To::Me if room.actor.is_agent => Ok(room.actor.name.clone()),
            To::Me => Err(Problem::not_found(format!("you ({}) are no agent of this desk", room.actor.name))
                .code("no_agent")
                .hint(format!("git desk agent add HANDLE --email {}", room.actor.person.email))
                .into()),
        }
    }
}

/// What must be so before a ticket changes hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provided {
    Always,
    /// Nobody has it.
    Unassigned,
    /// Nobody has it, or this agent.
    From(String),
}

/// Gives a ticket to an agent, or to nobody. Exit code 3 for an unknown agent, 5 when it is not as `provided`, and where
/// nobody is on call or next.
pub fn assign(room: &mut Room<'_, '_>, id: TicketId, to: &To, provided: &Provided, words: &str) -> Result<Acted> {
    room.act(id, |room, draft| {
        let has = draft.ticket.assignee.clone();
        let handle = to.handle(room, &draft.ticket.queue, &has)?;
        let free = match provided {
            Provided::Always => true,
            Provided::Unassigned => has.is_empty() || has == handle,
            Provided::From(agent) => has.is_empty() || has == *agent || has == handle,
        };
        if !free {
            return Err(Problem::refused(format!("{id} went to {has}{}", since(room, id)))
                .code("taken")
                .hint(format!("take it from them: git desk take {id} --from {has}"))
                .into());
        }
        let effect = room.rule(id, |around| draft.ticket.assign(&handle, room.by(), around))?;
        room.keep_words(draft, effect, "assign", words)
    })
}

/// ` 40 s ago`: how long somebody has had it; nothing where that cannot be told.
fn since(room: &Room<'_, '_>, id: TicketId) -> String {
    let log = room.index().ok().flatten().and_then(|index| index.log_of(id).ok()).unwrap_or_default();
    let last = log.iter().rev().find(|change| change.facts.iter().any(|fact| fact.field == "assignee"));
    let Some(seconds) = last.map(|change| room.now.as_second() - change.at.as_second()) else { return String::new() };
    match seconds {
        ..0 => String::new(),
        0..60 => format!(" {seconds} s ago"),
        60..3_600 => format!(" {} min ago", seconds / 60),
        3_600..86_400 => format!(" {} h ago", seconds / 3_600),
        _ => format!(" {} d ago", seconds / 86_400),
    }
}
