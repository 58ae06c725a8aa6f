//! `split`: a second matter of a ticket becomes a ticket of its own. The first keeps all it has.

use super::Acted;
use super::open::Open;
use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::entry::Entry;
use crate::model::id::TicketId;
use crate::model::word::{EntryKind, LinkType};

#[derive(Debug, Clone)]
pub struct Split {
    pub title: String,
    pub body: String,
    /// Entries of the thread to copy: an id, its beginning or its end.
    pub entries: Vec<String>,
}

impl Split {
    /// Opens the new ticket, `related` to the first, and says in a note on the first where it went.
    ///
    /// Exit code 3 for an entry that is not there, 4 when several fit.
    pub fn apply(&self, room: &mut Room<'_, '_>, id: TicketId) -> Result<Acted> {
        let from = room.tx.ticket(id)?.ticket;
        let thread = room.tx.base().map_or(Ok(Vec::new()), |base| base.thread(id).map(|(thread, _)| thread))?;
        let mut chosen: Vec<&Entry> = Vec::new();
        for typed in &self.entries {
            let entry = find(&thread, id, typed)?;
            if !matches!(entry.kind, EntryKind::Comment | EntryKind::Note) {
                return Err(Problem::usage(format!(
                    "{} is a {}: comments and notes can be copied",
                    entry.id, entry.kind
                ))
                .code("not_copied")
                .hint("what was counted once must not count twice")
                .into());
            }
            if !chosen.iter().any(|one| one.id == entry.id) {
                chosen.push(entry);
            }
        }
        chosen.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
        let open = Open {
            title: self.title.clone(),
            body: self.body.clone(),
            kind: Some(from.kind),
            impact: from.impact,
            urgency: from.urgency,
            priority: Some(from.priority),
            priority_reason: from.priority_reason.clone(),
            // A queue that is retired takes nothing new.
            queue: room.policy.queues.get(&from.queue).filter(|queue| queue.active).map(|_| from.queue.clone()),
            requester: from.requester.clone(),
            customer: from.customer.clone(),
            channel: from.channel,
            service: from.service.clone(),
            category: from.category.clone(),
            asset: from.asset.clone(),
            location: from.location.clone(),
            environment: from.environment.clone(),
            links: vec![(LinkType::Related, id)],
            vouched: true,
            ..Open::default()
        };
        let mut acted = open.apply(room, None)?;
        let new = acted.id();
        for entry in &chosen {
            let copied = copy(room, id, entry, new)?;
            acted.entries.push(copied);
        }
        let mut words = format!("split off as {new}: {}", acted.after.title);
        if !chosen.is_empty() {
            let ids: Vec<&str> = chosen.iter().map(|entry| entry.id.as_str()).collect();
            words.push_str(&format!("\n\ncopied there: {}", ids.join(", ")));
        }
        let note = room.entry(id, EntryKind::Note, words)?.with("act", "split");
        room.tx.put_entry(id, &note);
        Ok(acted)
    }
}

/// The entry that somebody means by its id, the beginning or the end of it.
fn find<'t>(thread: &'t [Entry], id: TicketId, typed: &str) -> Result<&'t Entry> {
    let fits = |entry: &&Entry| {
        let full = entry.id.as_str();
        full == typed || typed.len() >= 4 && (full.starts_with(typed) || full.ends_with(typed))
    };
    let found: Vec<&Entry> = thread.iter().filter(fits).collect();
    let problem = match found.as_slice() {
        [one] => return Ok(*one),
        [] => Problem::not_found(format!("{id} has no entry {typed}")).code("no_entry"),
        several => Problem::ambiguous(format!("{typed} fits {} entries of {id}", several.len()))
            .code("ambiguous_entry")
            .candidates(several.iter().map(|entry| entry.id.as_str())),
    };
    Err(problem.hint(format!("their ids: git desk show {id} --json=thread")).into())
}

/// An entry again on another ticket: by whom and when as it was, its files with it.
fn copy(room: &mut Room<'_, '_>, from: TicketId, entry: &Entry, to: TicketId) -> Result<Entry> {
    let copied = Entry { id: room.tx.draw_entry_id(to, entry.at)?, ..entry.clone() };
    for file in &entry.files {
        let stored = file.split_once(' ').map_or(file.as_str(), |(stored, _)| stored);
        let path = format!("{}/files/{stored}", from.folder());
        let Some(base) = room.tx.base() else { continue };
        // A file that is gone is gone there too.
        if let Some((oid, mode)) = base.entry(&path)?
            && let Ok(bytes) = base.blob(oid, mode, &path, usize::MAX)?
        {
            room.tx.put(format!("{}/files/{stored}", to.folder()), bytes);
        }
    }
    room.tx.put_entry(to, &copied);
    Ok(copied)
}
