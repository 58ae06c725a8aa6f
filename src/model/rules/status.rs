//! Acts that change the status: resolve, close, reopen, wait, resume, and what the requester's answer does.

use jiff::Timestamp;

use super::{Around, Effect, Refusal, Way};
use crate::model::id::TicketId;
use crate::model::link::Link;
use crate::model::ticket::Ticket;
use crate::model::word::{LinkType, Resolution, Status, WaitingOn};

/// How a ticket ends. What is empty stays as it is on the ticket.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ending<'a> {
    pub resolution: &'a str,
    pub solution: &'a str,
    /// Makes the resolution `duplicate` where none is given.
    pub duplicate_of: Option<TicketId>,
}

impl Ending<'_> {
    fn apply(&self, ticket: &mut Ticket) {
        if let Some(to) = self.duplicate_of {
            ticket.links.retain(|link| link.kind != LinkType::DuplicateOf);
            ticket.links.push(Link { kind: LinkType::DuplicateOf, to });
            ticket.links.sort_unstable();
            Resolution::Duplicate.as_str().clone_into(&mut ticket.resolution);
        }
        if !self.resolution.is_empty() {
            self.resolution.clone_into(&mut ticket.resolution);
        }
        if !self.solution.is_empty() {
            self.solution.clone_into(&mut ticket.solution);
            ticket.settle("solution");
        }
    }
}

/// What an answer of the requester did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Answer {
    /// Nothing: it is being worked, waits for somebody else, or repeats another ticket.
    Nothing,
    /// It waited for them.
    Resumed,
    Reopened,
    /// Too late to reopen: a new ticket that `follows` this one takes the answer.
    FollowUp,
}

impl Ticket {
    /// Solved; the requester may object. On a closed ticket that ended so it is already so.
    pub fn resolve(&mut self, ending: &Ending<'_>, around: &Around<'_>) -> Result<Effect, Refusal> {
        if self.status == Status::Closed {
            return self.ended_so(ending, around);
        }
        self.end(Status::Resolved, ending, around)
    }

    /// Final. A resolved ticket keeps its resolution unless another one is given.
    pub fn close(&mut self, ending: &Ending<'_>, around: &Around<'_>) -> Result<Effect, Refusal> {
        if self.status == Status::Closed {
            return self.ended_so(ending, around);
        }
        self.end(Status::Closed, ending, around)
    }

    fn end(&mut self, status: Status, ending: &Ending<'_>, around: &Around<'_>) -> Result<Effect, Refusal> {
        self.act(around, Way::Plain, |ticket| {
            ticket.status = status;
            ticket.settle("status");
            ending.apply(ticket);
        })
    }

    fn ended_so(&mut self, ending: &Ending<'_>, around: &Around<'_>) -> Result<Effect, Refusal> {
        let mut other = self.clone();
        ending.apply(&mut other);
        if other.resolution == self.resolution && other.duplicate_of() == self.duplicate_of() {
            return self.stay(around);
        }
        Err(Refusal::EndedOtherwise { resolution: self.resolution.clone() })
    }

    /// The status is what it is to be; a merge may have left a doubt.
    fn stay(&mut self, around: &Around<'_>) -> Result<Effect, Refusal> {
        self.act(around, Way::Plain, |ticket| ticket.settle("status"))
    }

    /// Back to active. A closed ticket only until `until`, the end of the desk's window after `closed`; without
    /// either (no history at hand) the window is not asked.
    pub fn reopen(
        &mut self,
        now: Timestamp,
        closed: Option<Timestamp>,
        until: Option<Timestamp>,
        around: &Around<'_>,
    ) -> Result<Effect, Refusal> {
        if self.status.is_open() {
            return self.stay(around);
        }
        if self.status == Status::Closed
            && let (Some(closed), Some(until)) = (closed, until)
            && now > until
        {
            return Err(Refusal::TooLateToReopen { closed, until });
        }
        self.act(around, Way::Reopen, |ticket| ticket.status = Status::Active)
    }

    /// It is somebody else's turn. Waiting for the same again keeps the time to wake unless a new one is given.
    pub fn wait(
        &mut self,
        on: WaitingOn,
        until: Option<Timestamp>,
        now: Timestamp,
        around: &Around<'_>,
    ) -> Result<Effect, Refusal> {
        if self.status.is_done() {
            return Err(Refusal::Ended { status: self.status });
        }
        if let Some(wake) = until.filter(|wake| *wake <= now) {
            return Err(Refusal::WakePassed { wake });
        }
        self.act(around, Way::Plain, |ticket| {
            let same = ticket.status == Status::Waiting && ticket.waiting_on == Some(on);
            ticket.wake = until.or(ticket.wake.filter(|_| same));
            ticket.status = Status::Waiting;
            ticket.waiting_on = Some(on);
            ticket.settle("status");
        })
    }

    /// Waiting is over. A ticket that does not wait is so already.
    pub fn resume(&mut self, around: &Around<'_>) -> Result<Effect, Refusal> {
        match self.status {
            Status::New | Status::Active => self.stay(around),
            Status::Resolved | Status::Closed => Err(Refusal::Ended { status: self.status }),
            Status::Waiting => self.act(around, Way::Plain, |ticket| ticket.status = Status::Active),
        }
    }

    /// Resumes when the time to wake has come.
    pub fn wake_up(&mut self, now: Timestamp, around: &Around<'_>) -> Result<Effect, Refusal> {
        match self.wake {
            Some(wake) if self.status == Status::Waiting && wake <= now => self.resume(around),
            Some(_) | None => Ok(Effect::AlreadySo),
        }
    }

    /// What a word of the requester does, by whatever route; the caller leaves out automatic replies.
    pub fn answer(
        &mut self,
        now: Timestamp,
        closed: Option<Timestamp>,
        until: Option<Timestamp>,
        around: &Around<'_>,
    ) -> Result<Answer, Refusal> {
        if self.status == Status::Waiting && self.waiting_on == Some(WaitingOn::Requester) {
            return self.resume(around).map(|_| Answer::Resumed);
        }
        if self.status.is_open() || self.is_duplicate() {
            return Ok(Answer::Nothing);
        }
        match self.reopen(now, closed, until, around) {
            Ok(_) => Ok(Answer::Reopened),
            Err(Refusal::TooLateToReopen { .. }) => Ok(Answer::FollowUp),
            Err(other) => Err(other),
        }
    }
}
