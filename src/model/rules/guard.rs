//! The guards: what must hold for a change of a ticket, and what must hold for a ticket as it stands.

use std::collections::HashSet;

use super::{Around, Refusal, Way};
use crate::model::catalogue::MANAGER;
use crate::model::id::TicketId;
use crate::model::near::nearest;
use crate::model::policy::Policy;
use crate::model::ticket::Ticket;
use crate::model::word::{LinkType, Resolution, Status};

/// Refuses a change that breaks a rule. Only rules about what changes are asked, so that a ticket that was broken
/// before can still be worked.
pub(super) fn check(before: &Ticket, after: &Ticket, around: &Around<'_>, way: Way) -> Result<(), Refusal> {
    if !allowed(before.status, after.status, way) {
        return Err(Refusal::NotThatWay { from: before.status, to: after.status });
    }
    if after.queue != before.queue {
        queue(&after.queue, around.policy)?;
    }
    if after.assignee != before.assignee {
        agent(&after.assignee, around.policy)?;
    }
    let unit = |ticket: &Ticket| (ticket.status, ticket.waiting_on, ticket.resolution.clone(), ticket.duplicate_of());
    if unit(before) != unit(after) {
        standing(after, around)?;
    }
    links(before, after, around)?;
    earned(before, after, around)
}

/// A new link leads to another ticket that exists, and not back to where it began.
fn links(before: &Ticket, after: &Ticket, around: &Around<'_>) -> Result<(), Refusal> {
    for link in after.links.iter().filter(|link| !before.links.contains(link)) {
        if link.to == after.id {
            return Err(Refusal::LinkToItself);
        }
        if (around.ticket)(&link.to).is_none() {
            return Err(Refusal::LinkToMissing { target: link.to });
        }
        no_circle(after.id, link.kind, link.to, around)?;
    }
    Ok(())
}

/// Kinds of links that put one ticket before, above or in place of another: following them must come to an end.
pub(super) const ORDERING: [LinkType; 3] = [LinkType::Parent, LinkType::BlockedBy, LinkType::DuplicateOf];

/// Follows links of one kind from `to`; refuses when they come back to `from`.
pub(super) fn no_circle(from: TicketId, kind: LinkType, to: TicketId, around: &Around<'_>) -> Result<(), Refusal> {
    if !ORDERING.contains(&kind) {
        return Ok(());
    }
    let mut ways = vec![vec![from, to]];
    let mut seen = HashSet::from([to]);
    while let Some(way) = ways.pop() {
        let Some(at) = way.last().copied() else { continue };
        if at == from {
            return Err(match kind {
                LinkType::DuplicateOf => Refusal::DuplicateCircle { through: way },
                _ => Refusal::LinkCircle { kind, through: way },
            });
        }
        let links = (around.ticket)(&at).map(|neighbour| neighbour.links).unwrap_or_default();
        for next in links.iter().filter(|link| link.kind == kind).map(|link| link.to) {
            if next == from || seen.insert(next) {
                ways.push(way.iter().copied().chain([next]).collect());
            }
        }
    }
    Ok(())
}

/// The ways of the data model. Never back to new.
fn allowed(from: Status, to: Status, way: Way) -> bool {
    match (from, to) {
        (Status::New, _) => true,
        (_, Status::New) => false,
        (Status::Active | Status::Waiting, Status::Active | Status::Waiting | Status::Resolved | Status::Closed) => {
            true
        }
        (Status::Resolved, Status::Active | Status::Resolved | Status::Closed) | (Status::Closed, Status::Closed) => {
            true
        }
        (Status::Closed, Status::Active) => way == Way::Reopen,
        (Status::Resolved, Status::Waiting) | (Status::Closed, Status::Waiting | Status::Resolved) => false,
    }
}

/// What a ticket's own status demands.
pub(super) fn standing(ticket: &Ticket, around: &Around<'_>) -> Result<(), Refusal> {
    match ticket.status {
        Status::New | Status::Active => Ok(()),
        Status::Waiting if ticket.waiting_on.is_none() => Err(Refusal::WaitingForNobody),
        Status::Waiting => Ok(()),
        Status::Resolved | Status::Closed => {
            resolution(&ticket.resolution, around.policy)?;
            if ticket.is_duplicate() { duplicate(ticket, around) } else { Ok(()) }
        }
    }
}

fn resolution(word: &str, policy: &Policy) -> Result<(), Refusal> {
    if word.is_empty() {
        return Err(Refusal::NoResolution);
    }
    if policy.is_resolution(word) {
        return Ok(());
    }
    Err(Refusal::UnknownResolution {
        given: word.to_owned(),
        nearest: nearest(word, policy.resolutions()).map(str::to_owned),
        known: policy.resolutions().map(str::to_owned).collect(),
    })
}

/// The ticket it repeats exists, and following from duplicate to duplicate comes to an end.
fn duplicate(ticket: &Ticket, around: &Around<'_>) -> Result<(), Refusal> {
    let target = ticket.duplicate_of().ok_or(Refusal::DuplicateOfNothing)?;
    if target != ticket.id && (around.ticket)(&target).is_none() {
        return Err(Refusal::DuplicateOfMissing { target });
    }
    no_circle(ticket.id, LinkType::DuplicateOf, target, around)
}

/// Work is not done while something blocks it or somebody has to approve it, nor does it become the work of a service
/// whose approvers have not been heard. An ending without work may come any time.
pub(super) fn earned(before: &Ticket, after: &Ticket, around: &Around<'_>) -> Result<(), Refusal> {
    stays_asked(before, after, around)?;
    match (is_work_done(before), is_work_done(after)) {
        (_, false) => Ok(()),
        (true, true) if before.service == after.service => Ok(()),
        (true, true) => approved(after, around),
        (false, true) => unhindered(after, around),
    }
}

/// Who has yet to approve a request is not got rid of by a change of its service, nor does a lead approve their own by a
/// change of its requester.
fn stays_asked(before: &Ticket, after: &Ticket, around: &Around<'_>) -> Result<(), Refusal> {
    let (is_moved, is_anothers) =
        (before.service != after.service, !around.policy.is_same(&before.requester, &after.requester));
    let ends = before.status.is_open() && after.status.is_done() && !is_work_done(after);
    if before.service.is_empty() || !(is_moved || is_anothers) || ends || is_work_done(before) {
        return Ok(());
    }
    let by = (around.approvers)(before);
    let is_kept = if is_moved { by.is_empty() } else { !by.iter().any(|name| name == MANAGER) };
    if is_kept { Ok(()) } else { Err(Refusal::ApprovalOpen { by }) }
}

fn is_work_done(ticket: &Ticket) -> bool {
    ticket.status.is_done() && !ends_without_work(&ticket.resolution)
}

fn approved(ticket: &Ticket, around: &Around<'_>) -> Result<(), Refusal> {
    let by = (around.approvers)(ticket);
    if by.is_empty() { Ok(()) } else { Err(Refusal::ApprovalOpen { by }) }
}

fn unhindered(after: &Ticket, around: &Around<'_>) -> Result<(), Refusal> {
    approved(after, around)?;
    let open = |id: &TicketId| (around.ticket)(id).is_some_and(|neighbour| neighbour.status.is_open());
    let blockers = after.links.iter().filter(|link| link.kind == LinkType::BlockedBy).map(|link| link.to);
    let by: Vec<TicketId> = blockers.filter(open).collect();
    if by.is_empty() { Ok(()) } else { Err(Refusal::Blocked { by }) }
}

fn ends_without_work(resolution: &str) -> bool {
    match Resolution::parse(resolution) {
        Some(Resolution::Duplicate | Resolution::Wontfix | Resolution::Rejected | Resolution::Cancelled) => true,
        Some(
            Resolution::Fixed
            | Resolution::Workaround
            | Resolution::Answered
            | Resolution::KnownError
            | Resolution::NoFault,
        )
        | None => false,
    }
}

/// A queue that takes tickets; empty is no queue.
pub(super) fn queue(name: &str, policy: &Policy) -> Result<(), Refusal> {
    match policy.queues.get(name) {
        _ if name.is_empty() => Ok(()),
        Some(queue) if queue.active => Ok(()),
        Some(_) => Err(Refusal::RetiredQueue { name: name.to_owned() }),
        None => Err(Refusal::UnknownQueue {
            given: name.to_owned(),
            nearest: nearest(name, policy.queues.keys().map(String::as_str)).map(str::to_owned),
        }),
    }
}

/// An agent who takes tickets; empty is nobody.
pub(super) fn agent(name: &str, policy: &Policy) -> Result<(), Refusal> {
    match policy.agents.get(name) {
        _ if name.is_empty() => Ok(()),
        Some(agent) if agent.active => Ok(()),
        Some(_) => Err(Refusal::RetiredAgent { name: name.to_owned() }),
        None => Err(Refusal::UnknownAgent {
            given: name.to_owned(),
            nearest: nearest(name, policy.agents.keys().map(String::as_str)).map(str::to_owned),
        }),
    }
}
