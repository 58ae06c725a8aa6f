//! `open`: a new ticket, or a repeat of one that is open already.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::assign::To;
use super::comment::{Upload, overflow, store_name};
use super::link::link;
use super::repeats::Counter;
use super::route::Said;
use super::{Acted, valid};
use crate::desk::Room;
use crate::desk::customers::Caller;
use crate::desk::named::{CUSTOMER, SERVICE};
use crate::error::{Problem, Result};
use crate::model::entry::Entry;
use crate::model::id::TicketId;
use crate::model::near::nearest;
use crate::model::policy::Policy;
use crate::model::ticket::{Ticket, slug};
use crate::model::word::{Channel, EntryKind, Kind, Level, LinkType, Priority, Status};

/// What a report says; everything but the title may be left out.
#[derive(Debug, Clone, Default)]
pub struct Open {
    pub title: String,
    pub body: String,
    pub kind: Option<Kind>,
    pub impact: Option<Level>,
    pub urgency: Option<Level>,
    pub priority: Option<Priority>,
    pub priority_reason: String,
    pub queue: Option<String>,
    /// A handle, or a word that [`To`] reads.
    pub assignee: String,
    pub requester: String,
    pub customer: String,
    pub channel: Option<Channel>,
    pub service: String,
    pub category: String,
    pub asset: String,
    pub location: String,
    pub environment: String,
    pub external_id: String,
    pub tags: Vec<String>,
    pub watchers: Vec<String>,
    pub articles: Vec<String>,
    pub fields: BTreeMap<String, Value>,
    pub links: Vec<(LinkType, TicketId)>,
    /// Deduplication key: with an open ticket of that key, a repeat is counted there.
    pub key: String,
    pub group: String,
    pub due: Option<Timestamp>,
    pub follow_up: Option<Date>,
    /// When the problem was reported, if not now.
    pub opened: Option<Timestamp>,
    pub uploads: Vec<Upload>,
    /// It comes from a ticket that is there, so its requester is not asked for again.
    pub vouched: bool,
}

/// Longest title, in characters.
pub const TITLE: usize = 200;

impl Open {
    /// Opens the ticket, or counts a repeat on the open ticket `same` that has the same key.
    ///
    /// Exit code 2 for an empty title, 3 for an unknown queue or agent.
    pub fn apply(&self, room: &mut Room<'_, '_>, same: Option<TicketId>) -> Result<Acted> {
        match same {
            Some(id) => self.repeat(room, id),
            None => self.create(room),
        }
    }

    fn create(&self, room: &mut Room<'_, '_>) -> Result<Acted> {
        let (title, body) = headline(&self.title, &self.body)?;
        let id = room.tx.draw_id(room.now)?;
        let mut ticket = self.ticket(room, id, title, body)?;
        let judged = self.priority.is_some() || self.impact.is_some() && self.urgency.is_some();
        room.route(
            &mut ticket,
            Said { queue: self.queue.is_some(), priority: judged, assignee: !self.assignee.is_empty() },
        );
        room.hold(&mut ticket)?;
        room.unique(None, &ticket)?;
        let warnings = against_the_matrix(&room.policy, &ticket).into_iter().collect();
        let mut entries = Vec::new();
        let mut uploads = self.uploads.clone();
        uploads.extend(overflow(&mut ticket.body, "report.txt"));
        if !uploads.is_empty() {
            let mut entry = room.entry(id, EntryKind::Comment, "")?;
            for upload in &uploads {
                let stored = store_name(room, upload)?;
                entry.files.push(format!("{stored} {}", upload.name));
                room.tx.put(format!("{}/files/{stored}", id.folder()), upload.bytes.clone());
            }
            room.tx.put_entry(id, &entry);
            entries.push(entry);
        }
        valid(&ticket)?;
        room.tx.add_ticket(&ticket);
        for (kind, to) in &self.links {
            let linked = link(room, id, *kind, *to)?;
            if linked.id() == id {
                ticket = linked.after;
            }
        }
        if !ticket.assignee.is_empty() {
            room.gave(&ticket.queue, &ticket.assignee);
        }
        Ok(Acted { before: None, after: ticket, changed: true, entries, warnings })
    }

    fn ticket(&self, room: &Room<'_, '_>, id: TicketId, title: String, body: String) -> Result<Ticket> {
        room.known_articles(&self.articles)?;
        // What stands in a ticket that is there was let in before.
        if !self.vouched {
            room.must_have(&CUSTOMER, &self.customer)?;
            room.must_have(&SERVICE, &self.service)?;
        }
        let policy = &room.policy;
        let queue = match &self.queue {
            Some(queue) => known_queue(policy, queue)?,
            None => policy.desk.default_queue.clone(),
        };
        let priority = match (self.priority, self.impact, self.urgency) {
            (Some(priority), _, _) => priority,
            (None, Some(impact), Some(urgency)) => policy.priority(impact, urgency),
            (None, _, _) => Priority::P3,
        };
        let assignee = To::parse(&self.assignee).handle(room, &queue, "")?;
        // Whom a machine names has not acted yet.
        let status = if assignee.is_empty() || room.machine { Status::New } else { Status::Active };
        let requester = if self.requester.is_empty() { room.actor.name.clone() } else { self.requester.clone() };
        let customer = self.customer(room, &requester)?;
        Ok(Ticket {
            status,
            kind: self.kind.unwrap_or(Kind::Incident),
            impact: self.impact,
            urgency: self.urgency,
            priority,
            priority_reason: self.priority_reason.clone(),
            queue,
            assignee,
            requester,
            customer,
            channel: Some(self.channel.unwrap_or(Channel::Cli)),
            service: self.service.clone(),
            category: self.category.clone(),
            asset: self.asset.clone(),
            location: self.location.clone(),
            environment: self.environment.clone(),
            external_id: self.external_id.clone(),
            tags: self.tags.clone(),
            watchers: self.watchers.clone(),
            articles: self.articles.clone(),
            fields: self.fields.clone(),
            key: self.key.clone(),
            group: self.group.clone(),
            due: self.due,
            follow_up: self.follow_up,
            body,
            ..Ticket::new(id, title, self.opened.unwrap_or(room.now))
        })
    }

    /// Whose customer's people the requester is of. Exit code 5 where a person asks for somebody whom the desk does not
    /// work for; what goes back to a ticket that is there has been let in before.
    fn customer(&self, room: &Room<'_, '_>, requester: &str) -> Result<String> {
        let caller = room.caller(requester, &self.customer)?;
        if !room.machine && !self.vouched {
            room.admit(requester, &caller)?;
        }
        Ok(match caller {
            Caller::Of(customer) if self.customer.is_empty() => customer,
            Caller::Of(_) | Caller::Agent | Caller::Retired(_) | Caller::Unknown => self.customer.clone(),
        })
    }

    /// The open ticket that has this one's key, in the desk or opened a moment ago in the same commit.
    ///
    /// Exit code 7 when the index cannot be had.
    pub fn same(&self, room: &Room<'_, '_>) -> Result<Option<TicketId>> {
        if self.key.is_empty() {
            return Ok(None);
        }
        room.open_with_key(&self.key)
    }

    /// The failure again: one entry for each who reports it on a host, so that nobody writes the same file as another.
    fn repeat(&self, room: &mut Room<'_, '_>, id: TicketId) -> Result<Acted> {
        let host = room.env.host.clone();
        let producer = Some(slug(&host)).filter(|name| !name.is_empty()).unwrap_or_else(|| "host".to_owned());
        let (now, by) = (room.now, room.actor.name.clone());
        let counter = Counter { producer: &producer, by: &by, user: "", is_host: false };
        let entry_id = counter.entry(room, id)?;
        let before = room.tx.entry(id, &entry_id)?;
        let opened = room.tx.ticket(id)?.ticket.opened;
        // The failure that opened the ticket counts as the first.
        let (count, first) = match &before {
            Some(entry) => (entry.number("count").unwrap_or(1), entry.extra.text("first").to_owned()),
            None => (1, opened.to_string()),
        };
        let mut files = before.map_or_else(Vec::new, |entry| entry.files);
        let mut stored = Vec::new();
        let mut body = self.body.clone();
        for upload in self.uploads.iter().cloned().chain(overflow(&mut body, "report.txt")) {
            let name = store_name(room, &upload)?;
            files.push(format!("{name} {}", upload.name));
            stored.push((name, upload.bytes));
        }
        room.act(id, |_, draft| {
            let mut entry = Entry::new(entry_id, EntryKind::Occurrence, by, now, body)
                .with("host", host)
                .with("count", count + 1)
                .with("first", first)
                .with("last", now.to_string());
            entry.files = files;
            draft.entries.push(entry);
            draft.files = stored;
            Ok(())
        })
    }
}

/// What to tell of a priority that impact and urgency do not give, and nobody said why.
pub fn against_the_matrix(policy: &Policy, ticket: &Ticket) -> Option<String> {
    let (impact, urgency) = (ticket.impact?, ticket.urgency?);
    let by_matrix = policy.priority(impact, urgency);
    let silent = by_matrix != ticket.priority && ticket.priority_reason.is_empty();
    silent.then(|| {
        format!(
            "impact {impact} and urgency {urgency} give {by_matrix}; {} wants a reason: `priority_reason`",
            ticket.priority
        )
    })
}

/// Title and body: of several lines or more than 200 characters, the first line, cut, is the title, and the whole
/// goes in front of the body, so that `open "$(cmd 2>&1)"` loses nothing.
pub fn headline(title: &str, body: &str) -> Result<(String, String)> {
    let whole = title.trim();
    let first = whole.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if first.is_empty() {
        return Err(Problem::usage("a title is needed, and this one is empty")
            .hint("git desk open \"Printer HP-4 prints blank pages\"")
            .into());
    }
    let title: String = first.chars().take(TITLE).collect();
    if whole.lines().count() <= 1 && title.len() == first.len() {
        return Ok((title, body.trim_end().to_owned()));
    }
    let body = if body.trim().is_empty() { whole.to_owned() } else { format!("{whole}\n\n{}", body.trim_end()) };
    Ok((title, body))
}

/// A queue by name. Exit code 3 names the nearest, for a person's word.
pub fn known_queue(policy: &Policy, name: &str) -> Result<String> {
    let active = || policy.queues.iter().filter(|(_, queue)| queue.active).map(|(name, _)| name.as_str());
    if active().any(|known| known == name) {
        return Ok(name.to_owned());
    }
    let have: Vec<&str> = active().collect();
    let what = match policy.queues.get(name) {
        Some(_) => format!("queue `{name}` is retired"),
        None => format!("no queue `{name}`"),
    };
    let message = format!("{what}; this desk has {}", have.join(", "));
    let mut problem = Problem::not_found(message).code("no_queue").candidates(have);
    if let Some(near) = nearest(name, active()) {
        problem = problem.hint(format!("did you mean `{near}`?"));
    }
    Err(problem.hint(format!("git desk queue add {}", shown_name(name))).into())
}

/// An agent by handle. Exit code 3 names the nearest, for a person's word.
pub fn known_agent(policy: &Policy, name: &str) -> Result<String> {
    let plain = name.strip_prefix('@').unwrap_or(name);
    let active = || policy.agents.iter().filter(|(_, agent)| agent.active).map(|(name, _)| name.as_str());
    if active().any(|known| known == plain) {
        return Ok(plain.to_owned());
    }
    if let Some((handle, agent)) = policy.agent_by_email(plain)
        && agent.active
    {
        return Ok(handle.to_owned());
    }
    let have: Vec<&str> = active().collect();
    let shown = have.iter().take(8).copied().collect::<Vec<_>>().join(", ");
    let mut problem =
        Problem::not_found(format!("no agent `{plain}`; this desk has {shown}")).code("no_agent").candidates(have);
    if let Some(near) = nearest(plain, active()) {
        problem = problem.hint(format!("did you mean `{near}`?"));
    }
    let retired = policy.agents.contains_key(plain);
    let hint = if retired {
        format!("{plain} is retired")
    } else {
        format!("git desk agent add {} --email MAIL", shown_name(plain))
    };
    Err(problem.hint(hint).into())
}

/// What may stand in a command to copy: the name when it is one, else a placeholder.
fn shown_name(name: &str) -> &str {
    if slug(name) == name && !name.is_empty() { name } else { "NAME" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_of_many_lines_loses_nothing() {
        let (title, body) = headline("disk full\nline 2\n", "more").unwrap();
        assert_eq!((title.as_str(), body.as_str()), ("disk full", "disk full\nline 2\n\nmore"));
    }

    #[test]
    fn a_long_title_is_cut_and_kept() {
        let long = "x".repeat(300);
        let (title, body) = headline(&long, "").unwrap();
        assert_eq!((title.len(), body), (200, long));
    }

    #[test]
    fn a_short_title_stays_as_it_is() {
        assert_eq!(headline("  a -b `c` $(d)  ", "").unwrap(), ("a -b `c` $(d)".to_owned(), String::new()));
    }

    #[test]
    fn an_empty_title_is_a_mistake_of_usage() {
        assert!(headline(" \n ", "body").is_err());
    }
}
