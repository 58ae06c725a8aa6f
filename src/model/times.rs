//! Moments of a ticket's life that follow from its history.

use jiff::Timestamp;
use serde_json::Value;

use super::entry::Entry;
use super::fact::Fact;
use super::policy::Policy;
use super::ticket::Ticket;
use super::word::{Channel, EntryKind, Status};

/// `None` is "not yet", or "no history at hand".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// First act by an agent other than opening it, or first assignee set by a person.
    pub acknowledged: Option<Timestamp>,
    /// First public word or solution by a person other than the requester.
    pub responded: Option<Timestamp>,
    /// Last change from unsolved to solved, while it is solved.
    pub resolved: Option<Timestamp>,
    /// Last change to closed, while it is closed.
    pub closed: Option<Timestamp>,
    /// Last fact or entry.
    pub updated: Option<Timestamp>,
}

/// What one commit did to one ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    pub at: Timestamp,
    /// The author's address.
    pub email: String,
    pub facts: Vec<Fact>,
}

impl Times {
    /// From a ticket's acts, oldest first, and its thread.
    pub fn of(ticket: &Ticket, acts: &[Act], thread: &[Entry], policy: &Policy) -> Times {
        let mut times = Times { updated: acts.last().map(|act| act.at), ..Times::default() };
        let mut solved = false;
        for (number, act) in acts.iter().enumerate() {
            let agent = policy.agent_by_email(&act.email).is_some();
            let assigned = act.facts.iter().any(|fact| fact.field == "assignee" && !fact.to.is_null());
            if times.acknowledged.is_none() && ((agent && number > 0) || (assigned && is_person(&act.email))) {
                times.acknowledged = Some(act.at);
            }
            if times.responded.is_none()
                && is_person(&act.email)
                && act.facts.iter().any(|fact| fact.field == "solution" && !fact.to.is_null())
                && !is_requester(ticket, &act.email, policy)
            {
                times.responded = Some(act.at);
            }
            for status in act.facts.iter().filter(|fact| fact.field == "status") {
                let to = status.to.as_str().and_then(Status::parse);
                let solves = to.is_some_and(Status::is_done);
                if solves && !solved {
                    times.resolved = Some(act.at);
                }
                times.closed = (to == Some(Status::Closed)).then_some(act.at);
                if !solves {
                    times.resolved = None;
                }
                solved = solves;
            }
        }
        times.responded = match ticket.channel {
            Some(Channel::Monitor) => None,
            Some(Channel::Phone | Channel::WalkIn) if answered_at_once(ticket, acts, policy) => Some(ticket.opened),
            _ => earlier(times.responded, first_answer(ticket, thread, policy)),
        };
        times
    }
}

/// A machine commits as `machine@HOST`.
fn is_person(email: &str) -> bool {
    !email.starts_with("machine@")
}

fn is_requester(ticket: &Ticket, email: &str, policy: &Policy) -> bool {
    policy.is_same(&ticket.requester, email)
}

/// An agent who opens a ticket for a caller at the phone or the counter answers by it.
fn answered_at_once(ticket: &Ticket, acts: &[Act], policy: &Policy) -> bool {
    acts.first()
        .is_some_and(|act| policy.agent_by_email(&act.email).is_some() && !is_requester(ticket, &act.email, policy))
}

fn first_answer(ticket: &Ticket, thread: &[Entry], policy: &Policy) -> Option<Timestamp> {
    let answers = thread.iter().filter(|entry| {
        let said = entry.kind == EntryKind::Comment && !entry.is_automatic() && is_person(&entry.by);
        said && !is_requester(ticket, &entry.by, policy)
    });
    answers.map(|entry| entry.at).min()
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl Act {
    /// The facts as one JSON array, each as `[field, from, to]`.
    pub fn facts_json(facts: &[Fact]) -> String {
        Value::Array(facts.iter().map(Fact::to_json).collect()).to_string()
    }

    /// Reads [`facts_json`](Act::facts_json) back; `None` for anything else.
    pub fn facts_of(json: &str) -> Option<Vec<Fact>> {
        let facts: Vec<(String, Value, Value)> = serde_json::from_str(json).ok()?;
        Some(facts.into_iter().map(|(field, from, to)| Fact { field, from, to }).collect())
    }
}
