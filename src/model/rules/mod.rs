//! What may happen to a ticket: the ways between statuses, and what each act changes besides.
//!
//! Every act is a method of [`Ticket`] that either does all of it and says whether anything changed, or refuses and
//! leaves the ticket as it was. Acts take what they must know as values: the policy, the present, the other tickets.

pub mod desk;
mod guard;
mod hand;
mod refusal;
mod status;
mod validate;

use super::field::FileKind;
use super::id::TicketId;
use super::link::Link;
use super::merge::conflicts::field_of;
use super::merge::unit::{Unit, changed};
use super::policy::Policy;
use super::ticket::Ticket;
use super::word::{LinkType, Resolution, Status};

pub use hand::{Escalated, EscalationKind, Upward};
pub use refusal::Refusal;
pub use status::{Answer, Ending};
pub use validate::{Flaw, transition, validate};

/// Whether an act changed anything. What was so already is done, and exit 0; with `--strict` it is exit 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Effect {
    Changed,
    AlreadySo,
}

impl Effect {
    pub fn changed(self) -> bool {
        self == Effect::Changed
    }
}

/// Who acts. A person who acts on a new ticket makes it active; a route or a machine does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Person,
    Machine,
}

/// What a rule must know of another ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    pub status: Status,
    /// Its links; that to the ticket it repeats only while it is ended as a duplicate.
    pub links: Vec<Link>,
}

impl Neighbour {
    pub fn of(ticket: &Ticket) -> Neighbour {
        // A reopened duplicate repeats nothing any more, though its link tells what it once repeated.
        let counts = |link: &&Link| link.kind != LinkType::DuplicateOf || ticket.is_duplicate();
        Neighbour { status: ticket.status, links: ticket.links.iter().filter(counts).copied().collect() }
    }
}

/// What stands around a ticket when something happens to it.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    pub policy: &'a Policy,
    /// The other tickets; `None` for one that does not exist.
    pub ticket: &'a dyn Fn(&TicketId) -> Option<Neighbour>,
    /// Who has yet to approve the ticket, as it is to be; nobody where it needs no approval. Asked only when it matters.
    pub approvers: &'a dyn Fn(&Ticket) -> Vec<String>,
}

impl<'a> Around<'a> {
    pub fn new(policy: &'a Policy, ticket: &'a dyn Fn(&TicketId) -> Option<Neighbour>) -> Around<'a> {
        Around { policy, ticket, approvers: &|_| Vec::new() }
    }
}

impl Ticket {
    /// The target of its `duplicate-of` link, whatever its status.
    pub fn duplicate_of(&self) -> Option<TicketId> {
        self.links.iter().find(|link| link.kind == LinkType::DuplicateOf).map(|link| link.to)
    }

    /// Whether it ended as a duplicate.
    pub fn is_duplicate(&self) -> bool {
        self.status.is_done() && self.resolution == Resolution::Duplicate.as_str()
    }

    /// Any change of fields under the rules of statuses, which does not make a new ticket active: tags, links.
    pub fn edit(&mut self, around: &Around<'_>, change: impl FnOnce(&mut Ticket)) -> Result<Effect, Refusal> {
        self.act(around, Way::Plain, change)
    }

    /// As [`edit`](Ticket::edit), for `set`: a person who changes a new ticket makes it active.
    pub fn set(&mut self, by: By, around: &Around<'_>, change: impl FnOnce(&mut Ticket)) -> Result<Effect, Refusal> {
        let before = self.clone();
        self.act(around, Way::Plain, |ticket| {
            change(ticket);
            if *ticket != before {
                ticket.touch(by);
            }
        })
    }

    fn touch(&mut self, by: By) {
        if self.status == Status::New && by == By::Person {
            self.status = Status::Active;
        }
    }

    /// Makes the change on a copy, tidies what it leaves behind, and takes the copy when no guard refuses.
    fn act(&mut self, around: &Around<'_>, way: Way, change: impl FnOnce(&mut Ticket)) -> Result<Effect, Refusal> {
        let mut after = self.clone();
        change(&mut after);
        after.tidy(self);
        if after == *self {
            return Ok(Effect::AlreadySo);
        }
        guard::check(self, &after, around, way)?;
        *self = after;
        Ok(Effect::Changed)
    }

    /// Leaving `waiting` clears whom and until when; leaving `resolved` or `closed` clears the resolution and keeps the
    /// solution. A field that was set is no longer in conflict.
    fn tidy(&mut self, before: &Ticket) {
        if before.status == Status::Waiting && self.status != Status::Waiting {
            self.waiting_on = None;
            self.wake = None;
        }
        if before.status.is_done() && self.status.is_open() {
            self.resolution.clear();
        }
        if !self.conflicts.is_empty() {
            for name in changed(FileKind::Ticket, &before.record(), &self.record()) {
                self.settle(&name);
            }
            let (now, then) = (self.record(), before.record());
            now.changes(&then).iter().for_each(|change| self.settle(change.key));
        }
    }

    /// A field is as somebody wants it: what it might have been, had a merge gone the other way, is forgotten. With the
    /// status goes what belongs to it, which no command sets alone.
    pub fn settle(&mut self, field: &str) {
        let of_status = |field: &str| Unit::of(field) == Some(Unit::Status);
        self.conflicts.retain(|key, _| {
            let about = field_of(key);
            about != field && !(of_status(about) && of_status(field))
        });
    }
}

/// How a status may change: only `reopen` leads out of `closed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Plain,
    Reopen,
}

#[cfg(test)]
mod tests;
