//! Which acts a change of a ticket amounts to, whoever wrote it and however: by a command, or by hand.

use std::collections::BTreeSet;

use super::entry::{APPROVED, Entry};
use super::policy::Policy;
use super::ticket::Ticket;
use super::word::{EntryKind, Status, words};

words! {
    /// What is done to a ticket, mostly by the name of the command; `policy` is a change of `desk.toml`, or of who approves.
    Act {
        Open = "open",
        Take = "take",
        Assign = "assign",
        Escalate = "escalate",
        Comment = "comment",
        Note = "note",
        Wait = "wait",
        Resume = "resume",
        Resolve = "resolve",
        Close = "close",
        Reopen = "reopen",
        Set = "set",
        FollowUp = "follow-up",
        Tag = "tag",
        Link = "link",
        Watch = "watch",
        Work = "work",
        Rate = "rate",
        Approve = "approve",
        Refuse = "refuse",
        Attach = "attach",
        Delete = "delete",
        Policy = "policy",
    }
}

/// What happened to a ticket between two versions.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// `None`: there was no such ticket, or it could not be read.
    pub before: Option<&'a Ticket>,
    pub after: Option<&'a Ticket>,
    /// Entries that its thread got.
    pub added: &'a [Entry],
    /// Handle or address of whoever did it.
    pub by: &'a str,
}

impl Change<'_> {
    /// The acts of it, each once. What came with a new ticket is part of opening it, but for what ends it and for a
    /// decision on it.
    pub fn acts(&self, policy: &Policy) -> BTreeSet<Act> {
        let mut acts: BTreeSet<Act> = self.added.iter().filter_map(of_entry).collect();
        match (self.before, self.after) {
            (None, Some(after)) => {
                acts.retain(|act| matches!(act, Act::Approve | Act::Refuse));
                acts.insert(Act::Open);
                acts.extend(of_status(Status::New, after.status).filter(|_| after.status.is_done()));
            }
            (Some(_), None) => acts = BTreeSet::from([Act::Delete]),
            (Some(before), Some(after)) => self.fields(before, after, policy, &mut acts),
            (None, None) => {}
        }
        acts
    }

    fn fields(&self, before: &Ticket, after: &Ticket, policy: &Policy, acts: &mut BTreeSet<Act>) {
        acts.extend(of_status(before.status, after.status));
        let went_up = is_above(policy, &before.queue, &after.queue);
        if went_up {
            acts.insert(Act::Escalate);
        }
        let (now, then) = (after.record(), before.record());
        for change in now.changes(&then) {
            let act = match change.key {
                "status" => continue,
                // What lost a merge, and is settled by setting the field.
                "conflicts" => continue,
                "queue" if went_up => continue,
                // Who had it before it went up has it no longer.
                "assignee" if went_up && after.assignee.is_empty() => continue,
                "assignee" if policy.is_same(&after.assignee, self.by) => Act::Take,
                "assignee" => Act::Assign,
                "tags" => Act::Tag,
                "links" => Act::Link,
                "watchers" => Act::Watch,
                "follow_up" => Act::FollowUp,
                // Part of the act that changed the status.
                "resolution" | "solution" | "waiting_on" | "wake" if before.status != after.status => continue,
                _ => Act::Set,
            };
            acts.insert(act);
        }
    }
}

fn of_entry(entry: &Entry) -> Option<Act> {
    Some(match entry.kind {
        EntryKind::Comment => Act::Comment,
        // The words that came with another act.
        EntryKind::Note if !entry.extra.text("act").is_empty() => return None,
        EntryKind::Note => Act::Note,
        EntryKind::Escalation => Act::Escalate,
        EntryKind::Occurrence => return None,
        EntryKind::Work => Act::Work,
        EntryKind::Rating => Act::Rate,
        EntryKind::Approval if entry.extra.text("decision") == APPROVED => Act::Approve,
        EntryKind::Approval => Act::Refuse,
    })
}

fn of_status(before: Status, after: Status) -> Option<Act> {
    match (before, after) {
        (before, after) if before == after => None,
        (_, Status::Resolved) => Some(Act::Resolve),
        (_, Status::Closed) => Some(Act::Close),
        (Status::Resolved | Status::Closed, _) => Some(Act::Reopen),
        (_, Status::Waiting) => Some(Act::Wait),
        (Status::Waiting, _) => Some(Act::Resume),
        // Somebody has touched it: the act is what they did.
        (Status::New, _) => None,
        (Status::Active, _) => Some(Act::Set),
    }
}

/// Whether escalation leads from one queue to the other.
pub fn is_above(policy: &Policy, from: &str, to: &str) -> bool {
    let above = std::iter::successors(policy.next(from), |queue| policy.next(queue));
    from != to && above.take(policy.queues.len()).any(|queue| queue == to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::{EntryId, TicketId};
    use jiff::Timestamp;

    fn policy() -> Policy {
        let text = "[desk]\nschema = 1\n[queues.l1]\nnext = \"l2\"\n[queues.l2]\nnext = \"l3\"\n[queues.l3]\n";
        Policy::parse(text).0
    }

    fn ticket() -> Ticket {
        let mut ticket = Ticket::new(TicketId::parse("261124-k7m3x9pd").unwrap(), "t", Timestamp::UNIX_EPOCH);
        ticket.queue = "l1".into();
        ticket.assignee = "ana".into();
        ticket
    }

    fn acts(change: impl FnOnce(&mut Ticket)) -> Vec<&'static str> {
        let (before, mut after) = (ticket(), ticket());
        change(&mut after);
        let change = Change { before: Some(&before), after: Some(&after), added: &[], by: "ben" };
        change.acts(&policy()).iter().map(|act| act.as_str()).collect()
    }

    #[test]
    fn a_change_by_hand_is_the_act_that_would_have_made_it() {
        assert_eq!(acts(|_| {}), [""; 0]);
        assert_eq!(acts(|ticket| ticket.conflicts = [("queue".to_owned(), "l2".into())].into()), [""; 0]);
        assert_eq!(acts(|ticket| ticket.assignee = "ben".into()), ["take"]);
        assert_eq!(acts(|ticket| ticket.assignee = "eva".into()), ["assign"]);
        assert_eq!(
            acts(|ticket| {
                ticket.queue = "l3".into();
                ticket.assignee.clear();
                ticket.status = Status::Active;
            }),
            ["escalate"]
        );
        assert_eq!(
            acts(|ticket| {
                ticket.status = Status::Closed;
                ticket.resolution = "fixed".into();
                ticket.category = "net".into();
            }),
            ["close", "set"]
        );
    }

    #[test]
    fn a_new_ticket_is_opened_whatever_it_holds() {
        let after = ticket();
        let change = Change { before: None, after: Some(&after), added: &[], by: "ben" };
        assert_eq!(change.acts(&policy()), BTreeSet::from([Act::Open]));
    }

    #[test]
    fn a_ticket_that_is_born_ended_or_decided_is_opened_and_that() {
        let (mut after, at) = (ticket(), Timestamp::UNIX_EPOCH);
        after.status = Status::Closed;
        let entry = |kind, word: &str| Entry::new(EntryId::draw(at, 1), kind, "ben", at, "").with("decision", word);
        let added = [entry(EntryKind::Approval, APPROVED), entry(EntryKind::Comment, "")];
        let change = Change { before: None, after: Some(&after), added: &added, by: "ben" };
        assert_eq!(change.acts(&policy()), BTreeSet::from([Act::Open, Act::Close, Act::Approve]));
        after.status = Status::Waiting;
        let change = Change { before: None, after: Some(&after), added: &[], by: "ben" };
        assert_eq!(change.acts(&policy()), BTreeSet::from([Act::Open]));
    }
}
