//! Approvals of requests: who must have approved, and who decided without being asked to.
//!
//! Who decides is said by the service as it was in the version before, where it was there: whoever is kept from approving
//! would else name themselves first.

use super::history::step::{Step, Touch};
use super::{Check, Scope};
use crate::desk::catalogue::{intact, read as read_service};
use crate::error::Result;
use crate::model::approval::{Approval, is_approval};
use crate::model::catalogue::{self, Service};
use crate::model::entry::Entry;
use crate::model::id::TicketId;
use crate::model::name::is_name;
use crate::model::policy::Policy;
use crate::model::ticket::Ticket;
use crate::model::word::EntryKind;
use crate::store::snapshot::{Holds, holds, read_entry};
use crate::store::transaction::entry_path;
use crate::store::{Snapshot, document};
use crate::view::Finding;

impl Check<'_, '_> {
    /// Who has yet to approve a ticket as it is now; where its service cannot be read, whoever that names.
    pub(super) fn asked_of(&self, ticket: &Ticket, policy: &Policy) -> Vec<String> {
        let whoever = |_| vec![format!("whoever {} names, which cannot be read", catalogue::path(&ticket.service))];
        self.approvers_left(ticket, policy).unwrap_or_else(whoever)
    }

    fn approvers_left(&self, ticket: &Ticket, policy: &Policy) -> Result<Vec<String>> {
        let Some(service) = self.service_of(ticket)?.filter(|service| !service.approval.is_empty()) else {
            return Ok(Vec::new());
        };
        let approval = Approval { policy, names: &service.approval, requester: &ticket.requester };
        Ok(approval.open(&self.thread(ticket.id)?))
    }

    fn service_of(&self, ticket: &Ticket) -> Result<Option<Service>> {
        // A ticket may say anything; only a name is a path.
        if !is_name(&ticket.service) {
            return Ok(None);
        }
        if let Scope::Since(base) = self.asked.scope
            && let Ok(Some(service)) = intact(base, &ticket.service)
        {
            return Ok(Some(service));
        }
        let path = catalogue::path(&ticket.service);
        self.bytes(&path)?.map(|read| read_service(&path, read)).transpose()
    }

    /// A thread as it is now, in the order of its times.
    fn thread(&self, id: TicketId) -> Result<Vec<Entry>> {
        let (mut thread, _) = self.asked.snapshot.thread(id)?;
        let below = format!("{}/", id.folder());
        let edited = self.asked.edits.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
        for (path, edited) in edited {
            let Holds::Entry(_, entry) = holds(path) else { continue };
            thread.retain(|one| one.id != entry);
            let bytes = edited.as_ref().map(|edited| &edited.bytes);
            thread.extend(bytes.and_then(|bytes| read_entry(entry, path, bytes).ok()));
        }
        thread.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        Ok(thread)
    }

    /// New decisions of those who do not decide, and decisions that are put into somebody else's mouth.
    pub(super) fn decided(&mut self, step: &Step, base: &Snapshot<'_>, policy: &Policy) -> Result<()> {
        let by = policy.handle_for(&step.email);
        for Touch { id, before, after, added } in &step.tickets {
            let decisions: Vec<&Entry> = added.iter().filter(|entry| entry.kind == EntryKind::Approval).collect();
            let Some(ticket) = before.as_ref().or(after.as_ref()).filter(|_| !decisions.is_empty()) else { continue };
            let known = intact(base, &ticket.service).ok().flatten();
            // Of one that cannot be read nobody knows whom it asks; its damage is told where it is looked at.
            let Ok(Some(service)) = known.map_or_else(|| self.service_of(ticket), |service| Ok(Some(service))) else {
                continue;
            };
            // Where nobody is asked, nobody is kept from saying so.
            let approval = Approval { policy, names: &service.approval, requester: &ticket.requester };
            let decisions = decisions.into_iter().filter(|_| !service.approval.is_empty());
            for entry in decisions {
                let is_theirs = policy.is_same(&entry.by, by);
                let is_early = entry.at < ticket.opened;
                if is_theirs && approval.may().contains(&by) && !is_early {
                    continue;
                }
                let commit = &step.id.to_string()[..10];
                let what = if is_approval(entry) { "approve" } else { "refuse" };
                let message = match is_theirs {
                    true if approval.may().contains(&by) => {
                        format!("{by} dated a decision on {id} before it was opened (commit {commit})")
                    }
                    true => {
                        format!("{by} may not {what} {id} (commit {commit}): that is for {}", approval.names.join(", "))
                    }
                    false => format!("{by} wrote a decision of {} on {id} (commit {commit})", entry.by),
                };
                self.undecided(*id, entry, message)?;
            }
        }
        Ok(())
    }

    fn undecided(&mut self, id: TicketId, entry: &Entry, message: String) -> Result<()> {
        let path = entry_path(id, &entry.id);
        let at = match self.bytes(&path)? {
            Some(Ok(bytes)) => document::locate(&bytes, "by").unwrap_or((1, 1)),
            Some(Err(_)) | None => (1, 1),
        };
        let shown = self.shown(&path);
        self.findings.push(Finding::error("DSK804", shown, at, message));
        Ok(())
    }
}
