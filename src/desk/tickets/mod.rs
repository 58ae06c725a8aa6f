//! What people do with tickets: one file per act.
//!
//! Every act has the same shape: read the ticket in the transaction, change it by a rule of the model, add entries,
//! save. [`Room::act`] is that shape; an act is what it is given.

pub mod approve;
pub mod assign;
pub mod comment;
pub mod escalate;
pub mod finish;
pub mod follow_up;
pub mod join;
pub mod link;
pub mod merge;
pub mod open;
pub mod rate;
pub mod repeats;
pub mod route;
pub mod set;
pub mod split;
pub mod turn;
pub mod wait;
pub mod watch;
pub mod work;

use std::cell::RefCell;

use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::entry::Entry;
use crate::model::field::FileKind;
use crate::model::id::{EntryId, TicketId};
use crate::model::rules::{Around, By, Effect, Neighbour, Refusal};
use crate::model::ticket::Ticket;
use crate::model::word::EntryKind;
use crate::store::document;
use crate::store::message::Message;

/// What came of an act on one ticket.
#[derive(Debug, Clone)]
pub struct Acted {
    /// As it was; `None` when the act opened it.
    pub before: Option<Ticket>,
    pub after: Ticket,
    /// Whether anything was written: `false` is "already so".
    pub changed: bool,
    /// Entries added to the thread.
    pub entries: Vec<Entry>,
    /// What the person should know although it went well.
    pub warnings: Vec<String>,
}

impl Acted {
    pub fn id(&self) -> TicketId {
        self.after.id
    }

    /// Whether the act made a new ticket.
    pub fn created(&self) -> bool {
        self.before.is_none()
    }
}

/// A ticket being changed. Dropped, it leaves nothing.
pub struct Draft {
    pub ticket: Ticket,
    pub entries: Vec<Entry>,
    pub warnings: Vec<String>,
    /// Files that come with the entries: stored name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Room<'_, '_> {
    /// Reads a ticket, lets `rule` change it, and writes what changed.
    ///
    /// Exit code 3 when there is no such ticket, 6 when its file is damaged; what the rule refuses passes through.
    pub fn act(&mut self, id: TicketId, rule: impl FnOnce(&Room<'_, '_>, &mut Draft) -> Result<()>) -> Result<Acted> {
        let file = self.tx.ticket(id)?;
        let mut draft =
            Draft { ticket: file.ticket.clone(), entries: Vec::new(), warnings: Vec::new(), files: Vec::new() };
        rule(self, &mut draft)?;
        self.unique(Some(&file.ticket), &draft.ticket)?;
        let edited = draft.ticket != file.ticket;
        if edited {
            valid(&draft.ticket)?;
        }
        let changed = edited || !draft.entries.is_empty();
        self.tx.save(&file, &draft.ticket)?;
        for entry in &draft.entries {
            self.tx.put_entry(id, entry);
        }
        for (name, bytes) in draft.files {
            self.tx.put(format!("{}/files/{name}", id.folder()), bytes);
        }
        let Draft { ticket: after, entries, warnings, .. } = draft;
        if after.assignee != file.ticket.assignee && !after.assignee.is_empty() {
            self.gave(&after.queue, &after.assignee);
        }
        Ok(Acted { before: Some(file.ticket), after, changed, entries, warnings })
    }

    /// Tickets as they are, for an operation that had been done before.
    pub fn as_they_are(&self, ids: &[TicketId]) -> Result<Vec<Acted>> {
        let whole = |id: &TicketId| {
            let ticket = self.tx.ticket(*id)?.ticket;
            let before = Some(ticket.clone());
            Ok(Acted { before, after: ticket, changed: false, entries: Vec::new(), warnings: Vec::new() })
        };
        ids.iter().map(whole).collect()
    }

    /// Of open tickets one has a key, and of all tickets one has a number elsewhere. Exit code 5 names the other.
    pub fn unique(&self, before: Option<&Ticket>, after: &Ticket) -> Result<()> {
        let opens = |ticket: &Ticket| ticket.status.is_open();
        let claims_key = !after.key.is_empty() && opens(after);
        let claims_key = claims_key && before.is_none_or(|before| before.key != after.key || !opens(before));
        if claims_key && let Some(other) = self.other_with_key(after)? {
            return Err(Problem::refused(format!("{other} is open with the key \"{}\"", after.key))
                .code("key_taken")
                .hint(format!("git desk show {other}"))
                .into());
        }
        let claims_number = !after.external_id.is_empty();
        let claims_number = claims_number && before.is_none_or(|before| before.external_id != after.external_id);
        if claims_number
            && let Some(index) = self.index()?
            && let Some(other) = index.by_external_id(&after.external_id)?.filter(|other| *other != after.id)
        {
            return Err(Problem::refused(format!("{other} is \"{}\" already", after.external_id))
                .code("number_taken")
                .hint(format!("git desk show {other}"))
                .into());
        }
        Ok(())
    }

    fn other_with_key(&self, ticket: &Ticket) -> Result<Option<TicketId>> {
        Ok(self.open_with_key(&ticket.key)?.filter(|other| *other != ticket.id))
    }

    /// The open ticket with a key, in the desk or opened a moment ago in the same commit.
    pub fn open_with_key(&self, key: &str) -> Result<Option<TicketId>> {
        let known = self.index()?.map_or(Ok(None), |index| index.open_with_key(key))?;
        let has_it = |ticket: &Ticket| ticket.key == key && ticket.status.is_open();
        let known = known.filter(|id| self.tx.ticket(*id).is_ok_and(|file| has_it(&file.ticket)));
        Ok(known.or_else(|| self.tx.written(has_it)))
    }

    /// An entry by whoever acts, at the time of the act.
    pub fn entry(&self, ticket: TicketId, kind: EntryKind, body: impl Into<String>) -> Result<Entry> {
        let id = self.tx.draw_entry_id(ticket, self.now)?;
        Ok(Entry::new(id, kind, self.actor.name.clone(), self.now, body))
    }

    /// A ticket's thread as the transaction has it by now, in the order of the entries' ids, which is mostly that of their
    /// times; what cannot be read is left out.
    pub fn thread(&self, id: TicketId) -> Result<Vec<Entry>> {
        let names = self.tx.names_in(&id.folder())?;
        let ids = names.iter().filter_map(|name| EntryId::parse(name.strip_suffix(".toml")?));
        Ok(ids.filter_map(|entry| self.tx.entry(id, &entry).ok().flatten()).collect())
    }

    /// Runs a rule of the model with what stands around the ticket.
    pub fn rule<T>(&self, id: TicketId, rule: impl FnOnce(&Around<'_>) -> Result<T, Refusal>) -> Result<T> {
        let neighbour = |id: &TicketId| self.tx.ticket(*id).ok().map(|file| Neighbour::of(&file.ticket));
        // Whom a service asks that cannot be read nobody knows: then the act fails.
        let unread = RefCell::new(None);
        let approvers = |ticket: &Ticket| {
            self.approvers_left(ticket).unwrap_or_else(|problem| {
                *unread.borrow_mut() = Some(problem);
                Vec::new()
            })
        };
        let around = Around { approvers: &approvers, ..Around::new(&self.policy, &neighbour) };
        let done = rule(&around).map_err(|refusal| refused(id, &refusal).into());
        match unread.take() {
            Some(problem) => Err(problem),
            None => done,
        }
    }

    /// Whether a person or a machine acts, as the rules ask.
    pub fn by(&self) -> By {
        if self.machine { By::Machine } else { By::Person }
    }

    /// Keeps the words given with an act in a note. With an act that changed nothing they are not kept, since whoever
    /// repeats a command says nothing new; but that is told.
    pub fn keep_words(&self, draft: &mut Draft, effect: Effect, act: &str, words: &str) -> Result<()> {
        let id = draft.ticket.id;
        match (words.trim().is_empty(), effect) {
            (true, Effect::Changed | Effect::AlreadySo) => {}
            (false, Effect::Changed) => {
                draft.entries.push(self.entry(id, EntryKind::Note, words.trim_end())?.with("act", act));
            }
            (false, Effect::AlreadySo) => draft.warnings.push(format!(
                "{id} is so already, and the words given with `{act}` were not kept: git desk note {id} -m \"…\""
            )),
        }
        Ok(())
    }
}

/// Longest deduplication key, in characters.
const KEY: usize = 255;

/// Refuses, with exit code 2, a value that no file of a ticket may have: several lines in one, a key that is too long.
pub fn valid(ticket: &Ticket) -> Result<()> {
    if ticket.key.chars().count() > KEY {
        return Err(Problem::usage(format!("`key` has more than {KEY} characters"))
            .hint("a long one can be shortened: --key \"$(printf %s \"$LONG\" | sha256sum | cut -c1-16)\"")
            .into());
    }
    let text = document::canonical(FileKind::Ticket, &ticket.record());
    let (message, fix) = match document::parse(FileKind::Ticket, text.as_bytes()) {
        Err(mistake) => (mistake.message, mistake.fix),
        Ok(record) => match Ticket::read(ticket.id, &record).map_err(|faults| faults.into_iter().next()) {
            Ok(_) | Err(None) => return Ok(()),
            Err(Some(fault)) => (fault.message, fault.fix),
        },
    };
    Err(fix.into_iter().fold(Problem::usage(message), Problem::hint).into())
}

/// The words of a commit for what was done to one or several tickets.
pub fn message(act: &str, done: &[Acted], words: &str) -> Message {
    let changed: Vec<&Acted> = done.iter().filter(|acted| acted.changed).collect();
    let mut message = match changed.as_slice() {
        [one] => Message::new(format!("{act} {}: {}", one.id(), one.after.title)),
        several => {
            let mut message = Message::new(format!("{act} {} tickets", several.len()));
            message.body = several.iter().map(|acted| acted.id().to_string()).collect::<Vec<_>>().join("\n");
            message
        }
    };
    if message.body.is_empty() {
        message.body = words.trim().to_owned();
    }
    if let [one] = changed.as_slice() {
        message = message.trailer("Desk-Ticket", one.id().as_str());
    }
    message.trailer("Desk-Act", act)
}

/// A rule's refusal as people and scripts see it.
fn refused(id: TicketId, refusal: &Refusal) -> Problem {
    let message = format!("{id}: {refusal}");
    let problem = match refusal {
        Refusal::UnknownQueue { .. } | Refusal::UnknownAgent { .. } | Refusal::UnknownTarget { .. } => {
            Problem::not_found(message)
        }
        Refusal::NoResolution
        | Refusal::UnknownResolution { .. }
        | Refusal::WaitingForNobody
        | Refusal::DuplicateOfNothing
        | Refusal::WakePassed { .. } => Problem::usage(message),
        Refusal::NotThatWay { .. }
        | Refusal::Ended { .. }
        | Refusal::EndedOtherwise { .. }
        | Refusal::TooLateToReopen { .. }
        | Refusal::DuplicateOfMissing { .. }
        | Refusal::DuplicateCircle { .. }
        | Refusal::LinkCircle { .. }
        | Refusal::LinkToItself
        | Refusal::LinkToMissing { .. }
        | Refusal::Blocked { .. }
        | Refusal::ApprovalOpen { .. }
        | Refusal::RetiredQueue { .. }
        | Refusal::RetiredAgent { .. }
        | Refusal::LastLevel { .. }
        | Refusal::FirstLevel { .. }
        | Refusal::NoLead { .. } => Problem::refused(message),
    };
    let problem = match refusal {
        Refusal::LastLevel { .. } => problem.code("last_level"),
        _ => problem,
    };
    match refusal.hint(id.as_str()) {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}
