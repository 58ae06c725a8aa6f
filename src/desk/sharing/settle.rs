//! What only shows when the tickets of both sides are seen together: an id, a key or a number taken twice, tickets that
//! lead round in a circle. The older ticket stays.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use crate::desk::tickets::merge::inherit;
use crate::error::Result;
use crate::model::entry::Entry;
use crate::model::id::TicketId;
use crate::model::link::Link;
use crate::model::merge::conflicts::Lost;
use crate::model::merge::{Clash, Side};
use crate::model::ticket::Ticket;
use crate::model::word::{EntryKind, LinkType, Resolution, Status};
use crate::store::merge::SHOWN;
use crate::store::merge::joint::{Joint, Kept};
use crate::store::snapshot::{Holds, holds};

/// What was settled, and how.
#[derive(Debug, Clone, Default)]
pub struct Settled {
    pub conflicted: Vec<TicketId>,
    pub renamed: Vec<(TicketId, TicketId)>,
    pub closed: Vec<(TicketId, TicketId)>,
    /// One sentence each, lower case, no full stop.
    pub notes: Vec<String>,
    /// What lost, by ticket.
    lost: Vec<String>,
    /// How many tickets either side had changed.
    pub tickets: usize,
    /// How many articles either side had changed.
    pub articles: usize,
}

impl Settled {
    /// Whether nobody has to look at anything.
    pub fn is_peaceful(&self) -> bool {
        self.lines().is_empty()
    }

    /// Everything that somebody should know, a line each.
    pub fn lines(&self) -> Vec<String> {
        let renamed = self.renamed.iter().map(|(old, new)| format!("{old} is another ticket there; ours is {new} now"));
        let closed = self.closed.iter().map(|(one, other)| format!("{one} is closed as a duplicate of {other}"));
        self.lost.iter().cloned().chain(renamed).chain(closed).chain(self.notes.iter().cloned()).collect()
    }
}

/// Settles what the merge of single files leaves open, in the name of whoever merges.
pub fn settle(joint: &mut Joint<'_>, by: &str, now: Timestamp) -> Result<Settled> {
    let mut work = Work { joint, by, now, settled: Settled::default(), conflicted: BTreeSet::new() };
    work.follow_renamed()?;
    work.break_circles()?;
    work.close_repeats()?;
    work.tell()?;
    let Work { mut settled, conflicted, .. } = work;
    settled.conflicted = conflicted.into_iter().collect();
    Ok(settled)
}

struct Work<'a, 's> {
    joint: &'a mut Joint<'s>,
    by: &'a str,
    now: Timestamp,
    settled: Settled,
    conflicted: BTreeSet<TicketId>,
}

impl Work<'_, '_> {
    fn touched(&self) -> Result<Vec<Ticket>> {
        let mut tickets = Vec::new();
        for id in self.joint.touched() {
            tickets.extend(self.joint.ticket(id)?.map(|file| file.ticket));
        }
        Ok(tickets)
    }

    /// Changes a merged ticket; one that is not there is left alone.
    fn change(&mut self, id: TicketId, change: impl FnOnce(&mut Ticket)) -> Result<()> {
        let Some(file) = self.joint.ticket(id)? else { return Ok(()) };
        let mut after = file.ticket.clone();
        change(&mut after);
        if after != file.ticket {
            self.joint.save(&file, &after)?;
        }
        Ok(())
    }

    fn note(&mut self, id: TicketId, words: &str) {
        let (by, now) = (self.by.to_owned(), self.now);
        self.joint.say(id, now, |entry| Entry::new(entry, EntryKind::Note, by, now, words).with("act", "merge"));
    }

    /// Our links to a ticket of ours that has a new id lead there.
    fn follow_renamed(&mut self) -> Result<()> {
        let renamed = self.joint.renamed.clone();
        if renamed.is_empty() {
            return Ok(());
        }
        let ours: Vec<TicketId> = self.joint.touched().collect();
        for id in ours {
            let was = renamed.iter().find(|(_, new)| **new == id).map_or(id, |(old, _)| *old);
            let Some(Ok(mine)) = self.joint.ours.ticket(was)? else { continue };
            let published = match self.joint.theirs.ticket(id)? {
                Some(Ok(file)) => file.ticket.links,
                Some(Err(_)) | None => Vec::new(),
            };
            let moved: Vec<Link> = mine.ticket.links.into_iter().filter(|link| !published.contains(link)).collect();
            self.change(id, |ticket| {
                for link in ticket.links.iter_mut().filter(|link| moved.contains(link)) {
                    link.to = renamed.get(&link.to).copied().unwrap_or(link.to);
                }
                ticket.links.sort_unstable();
            })?;
        }
        for (old, new) in &renamed {
            self.note(*new, &format!("This was {old} before it was published; another ticket has that id."));
        }
        self.settled.renamed = renamed.into_iter().collect();
        Ok(())
    }

    /// Tickets that repeat, block or contain each other round in a circle, as both sides said a part of it.
    fn break_circles(&mut self) -> Result<()> {
        for id in self.joint.touched().collect::<Vec<_>>() {
            for kind in [LinkType::DuplicateOf, LinkType::Parent, LinkType::BlockedBy] {
                while let Some(circle) = self.circle(id, kind)? {
                    let broken = match kind {
                        LinkType::DuplicateOf => self.keep_oldest(&circle)?,
                        _ => self.drop_our_link(&circle, kind)?,
                    };
                    if !broken {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// A way along links of one kind that comes back to `start`: the tickets on it, `start` first.
    fn circle(&self, start: TicketId, kind: LinkType) -> Result<Option<Vec<TicketId>>> {
        let mut ways = vec![vec![start]];
        let mut seen = BTreeSet::new();
        while let Some(way) = ways.pop() {
            let Some(at) = way.last().copied() else { continue };
            let Some(file) = self.joint.ticket(at)? else { continue };
            // A reopened duplicate repeats nothing any more.
            if kind == LinkType::DuplicateOf && !file.ticket.is_duplicate() {
                continue;
            }
            for next in file.ticket.links.iter().filter(|link| link.kind == kind).map(|link| link.to) {
                if next == start && way.len() > 1 {
                    return Ok(Some(way));
                }
                if next != start && seen.insert(next) {
                    ways.push(way.iter().copied().chain([next]).collect());
                }
            }
        }
        Ok(None)
    }

    /// Of tickets that all repeat each other the oldest is as it was before it was closed.
    fn keep_oldest(&mut self, circle: &[TicketId]) -> Result<bool> {
        let mut tickets = Vec::new();
        for id in circle {
            tickets.extend(self.joint.ticket(*id)?.map(|file| file.ticket));
        }
        let Some(oldest) = tickets.into_iter().min_by_key(age) else { return Ok(false) };
        let before = self.joint.ticket_before(oldest.id)?.filter(|before| before.status.is_open());
        self.change(oldest.id, |ticket| {
            let mut lost = losses(ticket);
            lost.add("status", Value::from(ticket.status.as_str()));
            lost.add("resolution", Value::from(ticket.resolution.as_str()));
            for link in ticket.links.iter().filter(|link| link.kind == LinkType::DuplicateOf) {
                lost.add("links", Value::from(link.to_string()));
            }
            ticket.links.retain(|link| link.kind != LinkType::DuplicateOf);
            ticket.status = before.as_ref().map_or(Status::Active, |before| before.status);
            ticket.waiting_on = before.as_ref().and_then(|before| before.waiting_on);
            ticket.wake = before.as_ref().and_then(|before| before.wake);
            ticket.resolution.clear();
            keep(ticket, &lost);
        })?;
        self.note(oldest.id, "This stays open: each side had closed it or the other as the duplicate.");
        self.conflicted.insert(oldest.id);
        let ids: Vec<&str> = circle.iter().map(TicketId::as_str).collect();
        self.settled.notes.push(format!("{} repeated each other; {} stays", ids.join(" and "), oldest.id));
        Ok(true)
    }

    /// Takes out the link that only we have, from the youngest ticket with one.
    fn drop_our_link(&mut self, circle: &[TicketId], kind: LinkType) -> Result<bool> {
        let mut links = Vec::new();
        for (at, id) in circle.iter().enumerate() {
            let link = Link { kind, to: circle[(at + 1) % circle.len()] };
            let published = match self.joint.theirs.ticket(*id)? {
                Some(Ok(file)) => file.ticket.links.contains(&link),
                Some(Err(_)) | None => false,
            };
            if let (false, Some(file)) = (published, self.joint.ticket(*id)?) {
                links.push((age(&file.ticket), link));
            }
        }
        let Some(((_, id), link)) = links.into_iter().max() else { return Ok(false) };
        self.change(id, |ticket| {
            let mut lost = losses(ticket);
            lost.add("links", Value::from(link.to_string()));
            ticket.links.retain(|one| *one != link);
            keep(ticket, &lost);
        })?;
        self.conflicted.insert(id);
        self.settled.notes.push(format!("the link \"{link}\" of {id} would lead round in a circle; it is not kept"));
        Ok(true)
    }

    /// One key is open once, one number is of one ticket: the younger is a duplicate of the older.
    fn close_repeats(&mut self) -> Result<()> {
        let mut tickets = self.touched()?;
        tickets.sort_by_key(age);
        let (mut keys, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for ticket in tickets {
            let id = ticket.id;
            if !ticket.key.is_empty() && ticket.status.is_open() {
                match keys.get(&ticket.key).copied() {
                    Some(first) => {
                        self.close(&ticket, first, &format!("Both were open with the key {}.", ticket.key))?
                    }
                    None => drop(keys.insert(ticket.key.clone(), id)),
                }
            }
            if !ticket.external_id.is_empty() {
                match numbers.get(&ticket.external_id).copied() {
                    Some(first) => {
                        self.change(id, |ticket| ticket.external_id.clear())?;
                        self.close(&ticket, first, &format!("Both had the number {}.", ticket.external_id))?;
                    }
                    None => drop(numbers.insert(ticket.external_id.clone(), id)),
                }
            }
        }
        Ok(())
    }

    /// Closes a ticket as a duplicate; its thread stays. One that has ended keeps its ending.
    fn close(&mut self, ticket: &Ticket, first: TicketId, words: &str) -> Result<()> {
        let id = ticket.id;
        let link = |kind| Link { kind, to: first };
        self.change(id, |ticket| {
            if ticket.status.is_done() {
                ticket.links.push(link(LinkType::Related));
            } else {
                ticket.links.retain(|link| link.kind != LinkType::DuplicateOf);
                ticket.links.push(link(LinkType::DuplicateOf));
                ticket.status = Status::Closed;
                Resolution::Duplicate.as_str().clone_into(&mut ticket.resolution);
                ticket.waiting_on = None;
                ticket.wake = None;
            }
            ticket.links.sort_unstable();
            ticket.links.dedup();
        })?;
        self.change(first, |stays| inherit(stays, ticket))?;
        self.note(id, words);
        if ticket.status.is_open() && !self.settled.closed.contains(&(id, first)) {
            self.settled.closed.push((id, first));
        }
        Ok(())
    }

    /// Says what lost and what is kept where.
    fn tell(&mut self) -> Result<()> {
        self.settled.tickets = self.joint.touched().count();
        self.settled.articles = self.joint.articles.len();
        for (path, clashes) in self.joint.clashes.clone() {
            match holds(&path) {
                Holds::Ticket(id) => {
                    let has = self.joint.ticket(id)?.is_some_and(|file| !file.ticket.conflicts.is_empty());
                    if has {
                        self.conflicted.insert(id);
                        self.settled.lost.push(format!("{id}: {}", lost_of(&clashes)));
                    }
                }
                Holds::Policy | Holds::Entry(..) | Holds::Attachment(_) | Holds::Other => {
                    self.settled.notes.push(format!("{path}: {}", lost_of(&clashes)));
                }
            }
        }
        let kept = self.joint.kept.iter().map(said);
        self.settled.notes.extend(kept);
        self.tell_of_lost_queues()
    }

    /// Says which tickets one side put into a queue that the other dropped.
    fn tell_of_lost_queues(&mut self) -> Result<()> {
        let policy = self.joint.policy()?;
        let stray: Vec<Ticket> =
            self.touched()?.into_iter().filter(|one| !policy.queues.contains_key(&one.queue)).collect();
        for ticket in stray.iter().filter(|ticket| !ticket.queue.is_empty()) {
            let queue = &ticket.queue;
            if self.joint.ours.rules()?.queues.contains_key(queue)
                || self.joint.theirs.rules()?.queues.contains_key(queue)
            {
                let id = ticket.id;
                self.settled.notes.push(format!(
                    "{id} is in the queue {queue}, which one side dropped; to another: git desk set {id} queue=NAME"
                ));
            }
        }
        Ok(())
    }
}

fn said(kept: &Kept) -> String {
    let whose = kept.side.of("ours", "theirs");
    let stands = match kept.side {
        Side::Ours => "theirs",
        Side::Theirs => "ours",
    };
    format!("{}: {}; {stands} stands, {whose} is kept as {}", kept.path, kept.why, kept.kept_as)
}

/// `assignee "ben" and queue "l2" lost`, each field with what it might have been.
fn lost_of(clashes: &[Clash]) -> String {
    let values = clashes.iter().flat_map(|clash| &clash.lost);
    let words: Vec<String> = values.map(|(field, value)| format!("{field} {}", cut(&value.to_string()))).collect();
    format!("{} lost", words.join(", "))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Whoever was reported first; of one second the smaller id.
fn age(ticket: &Ticket) -> (Timestamp, TicketId) {
    (ticket.opened, ticket.id)
}

fn losses(ticket: &Ticket) -> Lost {
    let table = ticket.conflicts.clone().into_iter().collect();
    Lost::read(Some(&Value::Object(table)))
}

fn keep(ticket: &mut Ticket, lost: &Lost) {
    let table = lost.table();
    let table = table.as_object().into_iter().flatten();
    ticket.conflicts = table.map(|(key, value)| (key.clone(), value.clone())).collect();
}
