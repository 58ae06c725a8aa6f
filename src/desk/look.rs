//! The desk as of one moment: finding tickets by what people type, and tickets with all that belongs to them.

use std::cell::OnceCell;
use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::Value;

use crate::desk::Desk;
use crate::desk::levels::{Clocks, Levels};
use crate::error::{Problem, Result};
use crate::index::{Asked, Found, Index, Order};
use crate::model::entry::Entry;
use crate::model::id::{Handle, TicketId};
use crate::model::policy::Policy;
use crate::model::query::{Context, Query};
use crate::model::text::tokens;
use crate::model::ticket::Ticket;
use crate::model::times::Times;
use crate::model::word::{EntryKind, LinkType};
use crate::store::Snapshot;
use crate::store::snapshot::{Attachment, Damaged};
use crate::view::ticket::{File, Linked, Shown};

/// The desk as it is, or as it was.
pub struct Look<'d> {
    pub index: Index<'d>,
    /// The present, or the moment asked about.
    pub now: Timestamp,
    pub policy: Policy,
    /// What is promised, once somebody asks.
    levels: OnceCell<Levels>,
}

/// How much of a ticket is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Without thread and attachments, which cost reading.
    Brief,
    Whole,
}

/// A ticket with everything that belongs to it.
pub struct Whole {
    pub found: Found,
    /// Empty until they are asked for, and where nothing is promised.
    pub clocks: Clocks,
    pub handle: String,
    pub links: Vec<Linked>,
    pub thread: Vec<Entry>,
    /// Entries of the tickets that were merged into it, and which ticket each is of; in the order of their times.
    pub merged: Vec<(TicketId, Entry)>,
    pub damaged: Vec<Damaged>,
    pub attachments: Vec<File>,
    pub path: String,
}

impl Whole {
    /// Time spent on it and on what was merged into it, in minutes.
    pub fn minutes(&self) -> i64 {
        let entries = self.thread.iter().chain(self.merged.iter().map(|(_, entry)| entry));
        let work = entries.filter(|entry| entry.kind == EntryKind::Work).filter_map(|entry| entry.number("minutes"));
        work.fold(0, i64::saturating_add)
    }
}

impl<'d> Look<'d> {
    pub fn new(index: Index<'d>, now: Timestamp, policy: Policy) -> Look<'d> {
        Look { index, now, policy, levels: OnceCell::new() }
    }
}

impl Look<'_> {
    /// The tickets that a query means, in order; stops after `limit`.
    pub fn select(
        &self,
        query: &Query,
        context: &Context,
        order: (Order, bool),
        limit: Option<usize>,
    ) -> Result<Vec<Found>> {
        let runs = |found: &Found| Ok(self.clocks_of(found)?.runs);
        self.index.select(query, &Asked { context, policy: &self.policy, runs: &runs }, order, limit)
    }

    /// What is said on a ticket; nothing where that cannot be read.
    pub fn thread(&self, id: TicketId) -> Vec<Entry> {
        self.snapshot().and_then(|snapshot| snapshot.thread(id)).map(|(entries, _)| entries).unwrap_or_default()
    }

    pub fn levels(&self) -> &Levels {
        self.levels.get_or_init(|| Levels::new(&self.policy, self.now))
    }

    /// The clocks of these tickets, in their order.
    pub fn clocks(&self, tickets: &[Found]) -> Result<Vec<Clocks>> {
        self.levels().clocks(self, tickets)
    }

    pub fn clocks_of(&self, found: &Found) -> Result<Clocks> {
        Ok(self.clocks(std::slice::from_ref(found))?.pop().unwrap_or_default())
    }

    pub fn snapshot(&self) -> Result<Snapshot<'_>> {
        Snapshot::at(self.index.store(), self.index.commit())
    }

    /// The ticket that somebody means by a full id, a handle or its number in another system.
    ///
    /// Exit code 3 when there is none, 4 when several fit; with `prefer_open` an open one wins over closed ones.
    pub fn find(&self, typed: &str, prefer_open: bool) -> Result<TicketId> {
        if let Some(id) = self.index.by_external_id(typed.trim())? {
            return Ok(id);
        }
        let Some(handle) = Handle::parse(typed) else { return Err(self.nothing(typed, None)?.into()) };
        let ids = self.index.resolve(&handle)?;
        match ids.as_slice() {
            [one] => Ok(*one),
            [] => Err(self.nothing(typed, Some(&handle))?.into()),
            several => self.choose(typed, several, prefer_open),
        }
    }

    fn choose(&self, typed: &str, ids: &[TicketId], prefer_open: bool) -> Result<TicketId> {
        let mut tickets = Vec::new();
        for id in ids {
            tickets.push((*id, self.index.ticket(*id)?.map(|found| found.ticket)));
        }
        let open: Vec<TicketId> = tickets
            .iter()
            .filter(|(_, ticket)| ticket.as_ref().is_some_and(|ticket| ticket.status.is_open()))
            .map(|(id, _)| *id)
            .collect();
        if let ([one], true) = (open.as_slice(), prefer_open) {
            return Ok(*one);
        }
        let mut problem = Problem::ambiguous(format!("{typed} fits {} tickets", ids.len())).code("ambiguous_id");
        for (id, ticket) in tickets.iter().take(10) {
            let handle = self.index.handle(*id)?;
            let (status, title) =
                ticket.as_ref().map_or(("damaged", ""), |ticket| (ticket.status.as_str(), ticket.title.as_str()));
            problem = problem.hint(format!("{handle:<8}  {}  {status:<8}  {title}", &id.as_str()[..6]));
        }
        Err(problem.candidates(ids.iter().map(|id| id.to_string())).into())
    }

    /// No such ticket; those that are one character off are named.
    fn nothing(&self, typed: &str, handle: Option<&Handle>) -> Result<Problem> {
        let problem = Problem::not_found(format!("no ticket {typed}")).code("no_ticket");
        let Some(handle) = handle.filter(|handle| handle.prefix.len() >= 4) else {
            return Ok(problem.hint("what is open: git desk list     by words: git desk search WORDS"));
        };
        let mut near = Vec::new();
        for at in 0..handle.prefix.len() {
            for other in "0123456789abcdefghjkmnpqrstvwxyz".chars() {
                let prefix = handle.prefix.chars().enumerate();
                let prefix: String = prefix.map(|(place, c)| if place == at { other } else { c }).collect();
                near.extend(self.index.resolve(&Handle { date: handle.date.clone(), prefix })?);
            }
        }
        near.truncate(3);
        let mut shown = Vec::new();
        for id in &near {
            if let Some(found) = self.index.ticket(*id)? {
                shown.push(format!("{} ({}, {})", self.index.handle(*id)?, found.ticket.status, found.ticket.title));
            }
        }
        Ok(match shown.is_empty() {
            true => problem.hint("what is open: git desk list     by words: git desk search WORDS"),
            false => problem.hint(format!("one character off: {}", shown.join(", "))),
        }
        .candidates(near.iter().map(|id| id.to_string())))
    }

    /// A query as people type it. Exit code 2 points at what is wrong.
    pub fn query(&self, text: &str, context: &Context) -> Result<Query> {
        read_query(text, context)
    }

    /// Tickets by words, the best first, of those that `keep` says yes to.
    pub fn search(&self, text: &str, limit: Option<usize>, keep: impl Fn(TicketId) -> bool) -> Result<Vec<Found>> {
        self.index.search(&tokens(text), limit, keep)
    }

    /// Open tickets that may be of the same trouble as this one, the most alike first.
    pub fn similar(&self, ticket: &Ticket, limit: usize) -> Result<Vec<Found>> {
        self.index.similar(ticket, limit)
    }

    /// A ticket with all that belongs to it. Exit code 3 when there is none, 6 when its file is damaged.
    pub fn whole(&self, id: TicketId) -> Result<Whole> {
        let found = self.ticket(id)?;
        let clocks = self.clocks_of(&found)?;
        Ok(Whole { clocks, ..self.complete(found, Detail::Whole)? })
    }

    /// A ticket by itself. Exit code 3 when there is none, 6 when its file is damaged.
    pub fn ticket(&self, id: TicketId) -> Result<Found> {
        match self.index.ticket(id)? {
            Some(found) => Ok(found),
            None => match self.snapshot()?.ticket(id)? {
                Some(Err(damaged)) => Err(Problem::from(damaged).into()),
                Some(Ok(_)) | None => Err(Problem::not_found(format!("no ticket {id}")).code("no_ticket").into()),
            },
        }
    }

    /// What belongs to a ticket that was found.
    pub fn complete(&self, found: Found, detail: Detail) -> Result<Whole> {
        let id = found.ticket.id;
        let snapshot = self.snapshot()?;
        let (mut thread, mut damaged, mut attachments) = (Vec::new(), Vec::new(), Vec::new());
        let mut merged = Vec::new();
        if detail == Detail::Whole {
            (thread, damaged) = snapshot.thread(id)?;
            attachments = snapshot.attachments(id)?;
            for other in self.merged_into(id)? {
                let (entries, broken) = snapshot.thread(other)?;
                merged.extend(entries.into_iter().map(|entry| (other, entry)));
                damaged.extend(broken);
            }
            merged.sort_by_key(|(_, entry)| entry.at);
        }
        let named = |file: Attachment| {
            let name = original_name(&thread, &file.name);
            File { name, size: file.size, path: file.path }
        };
        let attachments = attachments.into_iter().map(named).collect();
        Ok(Whole {
            clocks: Clocks::default(),
            handle: self.index.handle(id)?,
            links: self.links(&found)?,
            thread,
            merged,
            damaged,
            attachments,
            path: format!("{}{}", self.index.store().root(), id.path()),
            found,
        })
    }

    /// The tickets that ended as duplicates of this one, and those that ended as duplicates of them.
    fn merged_into(&self, id: TicketId) -> Result<Vec<TicketId>> {
        let mut all = vec![id];
        let mut at = 0;
        while let Some(one) = all.get(at).copied() {
            for (other, kind) in self.index.links_to(one)? {
                let repeats = kind == LinkType::DuplicateOf
                    && !all.contains(&other)
                    && self.index.ticket(other)?.is_some_and(|found| found.ticket.is_duplicate());
                if repeats {
                    all.push(other);
                }
            }
            at += 1;
        }
        Ok(all.split_off(1))
    }

    fn links(&self, found: &Found) -> Result<Vec<Linked>> {
        let own = found.ticket.links.iter().map(|link| (link.kind.as_str(), link.to));
        let others = self.index.links_to(found.ticket.id)?;
        let others = others.iter().map(|(from, kind)| (kind.seen_from_there(), *from));
        own.chain(others)
            .map(|(kind, id)| {
                let other = self.index.ticket(id)?.map(|found| found.ticket);
                let status = other.as_ref().map(|ticket| ticket.status.as_str());
                let title = other.map(|ticket| ticket.title);
                Ok(Linked { kind: kind.to_owned(), id: id.to_string(), title, status })
            })
            .collect()
    }

    /// `desk.ticket/1` of a ticket.
    pub fn object(&self, whole: &Whole) -> Value {
        Shown {
            ticket: &whole.found.ticket,
            // A history that is cut off tells wrong times, which are worse than none.
            times: if self.index.store().is_shallow() { Times::default() } else { whole.found.times },
            runs: &whole.clocks.runs,
            handle: &whole.handle,
            level: self.policy.level(&whole.found.ticket.queue),
            links: &whole.links,
            thread: &whole.thread,
            merged: &whole.merged,
            attachments: &whole.attachments,
            path: &whole.path,
            commit: &self.index.commit().to_string(),
        }
        .to_json()
    }
}

/// The name that an attachment had; entries list it as `<stored> <original>`.
fn original_name(thread: &[Entry], stored: &str) -> String {
    let files = thread.iter().flat_map(|entry| &entry.files);
    let mut named = files.filter_map(|file| file.split_once(' ')).filter(|(name, _)| *name == stored);
    named.next().map_or(stored, |(_, original)| original).to_owned()
}

impl Desk<'_> {
    /// The tickets that a query means. Exit code 2 points at what is wrong with it.
    pub fn meant(&self, look: &Look<'_>, text: &str) -> Result<HashSet<TicketId>> {
        let context = self.query_context(&look.policy, look.now)?;
        let query = look.query(text, &context)?;
        let found = look.select(&query, &context, (Order::Id, false), None)?;
        Ok(found.into_iter().map(|one| one.ticket.id).collect())
    }
}

/// A query as people type it. Exit code 2 points at what is wrong.
pub fn read_query(text: &str, context: &Context) -> Result<Query> {
    Query::parse(text, context.now, &context.zone).map_err(|error| {
        let [line, carets] = error.lines();
        let problem = Problem::usage(error.message.clone()).code("bad_query").hint(format!("{line}\n{carets}"));
        problem.candidates(error.nearest).into()
    })
}
