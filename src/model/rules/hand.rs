//! Acts that hand a ticket on: assign, escalate, and back down.

use super::{Around, By, Effect, Refusal, Way, guard};
use crate::model::near::nearest;
use crate::model::policy::Policy;
use crate::model::ticket::Ticket;
use crate::model::word::Status;

/// Where an escalation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upward<'a> {
    /// To the queue's `next`.
    Next,
    /// To a queue, or to an agent: then to the first queue upward that has them as a member.
    To(&'a str),
    /// Hierarchical: queue and assignee stay, the queue's lead watches from now on.
    Lead,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EscalationKind {
    Functional,
    Hierarchical,
}

impl EscalationKind {
    pub fn as_str(self) -> &'static str {
        match self {
            EscalationKind::Functional => "functional",
            EscalationKind::Hierarchical => "hierarchical",
        }
    }
}

/// What an escalation did, for the entry that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Escalated {
    pub effect: Effect,
    /// The queue it was in.
    pub from: String,
    /// The queue it is in now; of a hierarchical one the lead.
    pub to: String,
    /// Of the queue it is in now.
    pub level: u32,
    pub kind: EscalationKind,
}

impl Ticket {
    /// To an agent, or to nobody with `""`. A closed ticket is nobody's work any more.
    pub fn assign(&mut self, to: &str, by: By, around: &Around<'_>) -> Result<Effect, Refusal> {
        if self.status == Status::Closed {
            return Err(Refusal::Ended { status: self.status });
        }
        self.act(around, Way::Plain, |ticket| {
            to.clone_into(&mut ticket.assignee);
            ticket.settle("assignee");
            if !to.is_empty() {
                ticket.touch(by);
            }
        })
    }

    /// Up one level, or to whom is said. Who had it has it no longer, unless an agent is named.
    pub fn escalate(&mut self, to: Upward<'_>, by: By, around: &Around<'_>) -> Result<Escalated, Refusal> {
        if self.status.is_done() {
            return Err(Refusal::Ended { status: self.status });
        }
        let policy = around.policy;
        let (queue, assignee) = match to {
            Upward::Lead => return self.call_lead(by, around),
            Upward::Next => (self.upward(policy)?.to_owned(), ""),
            Upward::To(name) if policy.queues.contains_key(name) => (name.to_owned(), ""),
            Upward::To(name) if policy.agents.contains_key(name) => (self.queue_of(name, policy), name),
            Upward::To(name) => return Err(unknown(name, policy)),
        };
        if queue == self.queue && assignee.is_empty() {
            return Ok(self.escalated(Effect::AlreadySo, queue, EscalationKind::Functional, around));
        }
        guard::queue(&queue, policy)?;
        let from = self.queue.clone();
        let effect = self.hand_to(&queue, assignee, by, around)?;
        Ok(Escalated { from, ..self.escalated(effect, queue, EscalationKind::Functional, around) })
    }

    /// Back to the queue that escalates to this one: a reassignment, no escalation.
    pub fn lower(&mut self, by: By, around: &Around<'_>) -> Result<Effect, Refusal> {
        if self.status.is_done() {
            return Err(Refusal::Ended { status: self.status });
        }
        let below = around.policy.queues.iter().find(|(_, queue)| queue.active && queue.next == self.queue);
        let Some((below, _)) = below.filter(|_| !self.queue.is_empty()) else {
            return Err(Refusal::FirstLevel { queue: self.queue.clone() });
        };
        self.hand_to(below, "", by, around)
    }

    fn hand_to(&mut self, queue: &str, assignee: &str, by: By, around: &Around<'_>) -> Result<Effect, Refusal> {
        self.act(around, Way::Plain, |ticket| {
            queue.clone_into(&mut ticket.queue);
            assignee.clone_into(&mut ticket.assignee);
            ["queue", "assignee"].iter().for_each(|field| ticket.settle(field));
            ticket.touch(by);
        })
    }

    fn upward<'p>(&self, policy: &'p Policy) -> Result<&'p str, Refusal> {
        policy.next(&self.queue).ok_or_else(|| Refusal::LastLevel { queue: self.queue.clone() })
    }

    /// The first queue above this one that has `agent` as a member; else this one.
    fn queue_of(&self, agent: &str, policy: &Policy) -> String {
        let above = std::iter::successors(policy.next(&self.queue), |queue| policy.next(queue));
        let member = |queue: &&str| {
            policy.queues.get(*queue).is_some_and(|queue| queue.members.iter().any(|member| member == agent))
        };
        // A circle of queues, which the policy's own check tells of, must not hold us.
        above.take(policy.queues.len()).find(member).unwrap_or(&self.queue).to_owned()
    }

    fn call_lead(&mut self, by: By, around: &Around<'_>) -> Result<Escalated, Refusal> {
        let lead = around.policy.queues.get(&self.queue).map_or("", |queue| queue.lead.as_str());
        if lead.is_empty() {
            return Err(Refusal::NoLead { queue: self.queue.clone() });
        }
        guard::agent(lead, around.policy)?;
        let effect = self.act(around, Way::Plain, |ticket| {
            if !ticket.watchers.iter().any(|watcher| watcher == lead) {
                ticket.watchers.push(lead.to_owned());
                ticket.watchers.sort_unstable();
            }
            ticket.touch(by);
        })?;
        Ok(self.escalated(effect, lead.to_owned(), EscalationKind::Hierarchical, around))
    }

    fn escalated(&self, effect: Effect, to: String, kind: EscalationKind, around: &Around<'_>) -> Escalated {
        let level = around.policy.level(&self.queue).unwrap_or(1);
        Escalated { effect, from: self.queue.clone(), to, level, kind }
    }
}

fn unknown(name: &str, policy: &Policy) -> Refusal {
    let known = policy.queues.keys().chain(policy.agents.keys()).map(String::as_str);
    Refusal::UnknownTarget { given: name.to_owned(), nearest: nearest(name, known).map(str::to_owned) }
}
