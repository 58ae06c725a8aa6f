//! `approve`, `refuse`: the decision on a request. Only those whom its service names decide.

use super::Acted;
use crate::desk::Room;
use crate::desk::catalogue::intact;
use crate::desk::look::Look;
use crate::error::{Kind, Problem, Result};
use crate::model::approval::{Approval, is_approval};
use crate::model::catalogue::{MANAGER, Service};
use crate::model::entry::{APPROVED, Entry, REFUSED};
use crate::model::id::TicketId;
use crate::model::rules::Ending;
use crate::model::ticket::Ticket;
use crate::model::word::{EntryKind, Resolution, Status, WaitingOn};

/// Grants what a request asks for. The last of those who must approve lets the work begin: a request that waited for
/// approval is active then.
///
/// Who has approved already has done so. Exit code 5 where nothing is to be approved or the ticket has ended, 9 for
/// somebody whom the service does not name.
pub fn approve(room: &mut Room<'_, '_>, id: TicketId, words: &str) -> Result<Acted> {
    room.act(id, |room, draft| {
        let (service, mut thread) = (room.to_be_approved(&draft.ticket)?, room.thread(id)?);
        let left = {
            let approval = room.approval(&service, &draft.ticket);
            room.must_decide(&approval, id)?;
            if !approval.has_approved(&room.actor.name, &thread) {
                still_open(&draft.ticket, "approved")?;
                let entry = room.entry(id, EntryKind::Approval, words.trim_end())?.with("decision", APPROVED);
                thread.push(entry.clone());
                draft.entries.push(entry);
            }
            approval.open(&thread)
        };
        // Two may have approved at once, in clones of their own, each as the last but one.
        let waits = draft.ticket.status == Status::Waiting && draft.ticket.waiting_on == Some(WaitingOn::Approval);
        if left.is_empty() && waits {
            let _ = room.rule(id, |around| draft.ticket.resume(around))?;
        }
        Ok(())
    })
}

/// Denies what a request asks for: one refusal ends it, as `rejected`, and the reason is what the requester reads.
///
/// Exit codes as for [`approve`]; 2 without a reason.
pub fn refuse(room: &mut Room<'_, '_>, id: TicketId, reason: &str) -> Result<Acted> {
    let reason = reason.trim_end();
    if reason.trim().is_empty() {
        return Err(Problem::usage(format!("why is {id} refused? the reason is missing"))
            .code("missing_reason")
            .hint(format!("git desk refuse {id} --reason \"why\""))
            .into());
    }
    room.act(id, |room, draft| {
        let (service, thread) = (room.to_be_approved(&draft.ticket)?, room.thread(id)?);
        room.must_decide(&room.approval(&service, &draft.ticket), id)?;
        let is_rejected = draft.ticket.status.is_done() && draft.ticket.resolution == Resolution::Rejected.as_str();
        let own = |entry: &&Entry| entry.kind == EntryKind::Approval && entry.by == room.actor.name;
        if is_rejected && thread.iter().rfind(own).is_some_and(|last| !is_approval(last)) {
            return Ok(());
        }
        still_open(&draft.ticket, "refused")?;
        let ending = Ending { resolution: Resolution::Rejected.as_str(), solution: reason, duplicate_of: None };
        let _ = room.rule(id, |around| draft.ticket.resolve(&ending, around))?;
        draft.entries.push(room.entry(id, EntryKind::Approval, reason)?.with("decision", REFUSED));
        Ok(())
    })
}

fn still_open(ticket: &Ticket, done: &str) -> Result<()> {
    if ticket.status.is_open() {
        return Ok(());
    }
    Err(Problem::refused(format!(
        "{} is {} as {}; what has ended is not {done}",
        ticket.id, ticket.status, ticket.resolution
    ))
    .code("ended")
    .hint(format!("git desk reopen {} -m \"why\"", ticket.id))
    .into())
}

impl Room<'_, '_> {
    /// The service of a ticket as the desk has it by now. Exit code 6 where its file is damaged.
    pub(super) fn service_of(&self, ticket: &Ticket) -> Result<Option<Service>> {
        match self.tx.base() {
            Some(base) if !ticket.service.is_empty() => intact(base, &ticket.service),
            Some(_) | None => Ok(None),
        }
    }

    /// The service whose approvers decide on a ticket. Exit code 5 where nobody has to.
    fn to_be_approved(&self, ticket: &Ticket) -> Result<Service> {
        let service = self.service_of(ticket)?.filter(|service| !service.approval.is_empty());
        service.ok_or_else(|| {
            let why = match ticket.service.as_str() {
                "" => "it is of no service".to_owned(),
                name => format!("its service `{name}` names nobody who approves"),
            };
            let problem = Problem::refused(format!("{} needs no approval: {why}", ticket.id));
            problem.code("no_approval").hint("git desk service list").into()
        })
    }

    pub(super) fn approval<'a>(&'a self, service: &'a Service, ticket: &'a Ticket) -> Approval<'a> {
        Approval { policy: &self.policy, names: &service.approval, requester: &ticket.requester }
    }

    /// Refuses, with exit code 9, whoever acts and does not decide.
    fn must_decide(&self, approval: &Approval<'_>, id: TicketId) -> Result<()> {
        let may = approval.may();
        if may.contains(&self.actor.name.as_str()) {
            return Ok(());
        }
        let who = if may.is_empty() { "nobody who works here now".to_owned() } else { may.join(", ") };
        let problem = Problem::new(Kind::Denied, format!("{} does not decide on {id}: {who} may", self.actor.name))
            .code("not_approver")
            .candidates(may);
        Err(match approval.names.iter().any(|name| name == MANAGER) {
            true => problem.hint("for the requester's manager stands any lead or admin, but not for themselves"),
            false => problem,
        }
        .into())
    }

    /// What sets a ticket going that others have yet to approve leaves it waiting for them. Where its service cannot be
    /// read it goes on, and what would end it fails.
    pub(super) fn hold(&self, ticket: &mut Ticket) -> Result<()> {
        if ticket.status.is_open() && !self.approvers_left(ticket).unwrap_or_default().is_empty() {
            let _ = self.rule(ticket.id, |around| ticket.wait(WaitingOn::Approval, None, self.now, around))?;
        }
        Ok(())
    }

    /// Whether a ticket waits for approvals that have all been given, or that nobody is asked for any more.
    pub fn is_released(&self, ticket: &Ticket) -> Result<bool> {
        if ticket.waiting_on != Some(WaitingOn::Approval) {
            return Ok(false);
        }
        Ok(match self.service_of(ticket)? {
            Some(service) if !service.approval.is_empty() => self.approvers_left(ticket)?.is_empty(),
            // Anybody may let a ticket wait for an approval that the desk does not know of.
            Some(_) => self.thread(ticket.id)?.iter().any(|entry| entry.kind == EntryKind::Approval),
            None => false,
        })
    }

    /// Who has yet to approve a ticket; nobody where its service asks nobody.
    pub fn approvers_left(&self, ticket: &Ticket) -> Result<Vec<String>> {
        match self.service_of(ticket)?.filter(|service| !service.approval.is_empty()) {
            Some(service) => Ok(self.approval(&service, ticket).open(&self.thread(ticket.id)?)),
            None => Ok(Vec::new()),
        }
    }
}

impl Look<'_> {
    /// As [`Room::approvers_left`], of the desk as it is looked at.
    pub fn approvers_left(&self, ticket: &Ticket) -> Result<Vec<String>> {
        let Some(service) = intact(&self.snapshot()?, &ticket.service)? else { return Ok(Vec::new()) };
        let approval = Approval { policy: &self.policy, names: &service.approval, requester: &ticket.requester };
        Ok(approval.open(&self.thread(ticket.id)))
    }
}
