//! Who changed what between two commits.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use crate::error::Result;
use crate::model::fact::Fact;
use crate::model::field::{FileKind, Shape};
use crate::model::id::TicketId;
use crate::model::policy::Policy;
use crate::store::history::{CommitRow, Reader};
use crate::store::{Oid, Store};

/// Handles or addresses, each once, whoever came first first.
type Names = Vec<String>;

/// Who changed what, as far as it is asked.
#[derive(Debug, Default)]
pub struct Authors {
    parts: HashMap<(TicketId, String), Names>,
    /// Of anything in a ticket's file.
    files: HashMap<TicketId, Names>,
    /// Of a merge, or of a file that could not be read before: what is theirs in it is not told.
    settled: HashMap<TicketId, Names>,
    paths: HashMap<String, Names>,
}

impl Authors {
    /// From the commits that `after` has and `before` has not; of these tickets, and of files by these paths.
    pub fn of(
        store: &Store,
        policy: &Policy,
        (before, after): (Oid, Oid),
        tickets: &HashSet<TicketId>,
        paths: &HashSet<&str>,
    ) -> Result<Authors> {
        let mut authors = Authors::default();
        if tickets.is_empty() && paths.is_empty() {
            return Ok(authors);
        }
        let reader = store.handle().open()?;
        for row in store.commits(after, Some(before))? {
            // What came before it is not in this clone, so all that there is would be its own.
            if row.parents.is_empty() && store.is_shallow() {
                continue;
            }
            let who = policy.handle_for(&row.email);
            for one in reader.touched(&row)?.iter().filter(|one| tickets.contains(&one.ticket)) {
                if one.settle.is_some() {
                    add(&mut authors.settled, one.ticket, who);
                }
                for fact in &one.facts {
                    add(&mut authors.parts, (one.ticket, part(fact)), who);
                    if fact.field != "thread" {
                        add(&mut authors.files, one.ticket, who);
                    }
                }
            }
            if !paths.is_empty() {
                for path in changed(store, &reader, &row, paths)? {
                    add(&mut authors.paths, path, who);
                }
            }
        }
        Ok(authors)
    }

    /// Of a field, an element of a list, an entry.
    pub fn of_fact(&self, ticket: TicketId, fact: &Fact) -> Names {
        self.parts.get(&(ticket, part(fact))).or(self.settled.get(&ticket)).cloned().unwrap_or_default()
    }

    /// Of anything in a ticket's file.
    pub fn of_ticket(&self, ticket: TicketId) -> Names {
        self.files.get(&ticket).or(self.settled.get(&ticket)).cloned().unwrap_or_default()
    }

    pub fn of_path(&self, path: &str) -> Names {
        self.paths.get(path).cloned().unwrap_or_default()
    }
}

fn add<K: Eq + Hash>(names: &mut HashMap<K, Names>, key: K, who: &str) {
    let names = names.entry(key).or_default();
    if !names.iter().any(|name| name == who) {
        names.push(who.to_owned());
    }
}

/// What of a ticket a fact is about.
fn part(fact: &Fact) -> String {
    let is_list = FileKind::Ticket.field(&fact.field).is_some_and(|field| field.shape == Shape::List);
    let value = fact.to.as_str().or(fact.from.as_str()).unwrap_or_default();
    if is_list || fact.field == "thread" { format!("{} {value}", fact.field) } else { fact.field.clone() }
}

/// Which of these paths a commit changed; at a merge, those that it has as no parent has them.
fn changed(store: &Store, reader: &Reader, row: &CommitRow, paths: &HashSet<&str>) -> Result<Vec<String>> {
    let after = reader.desk_tree(row.id)?;
    let against = |parent: Option<Oid>| -> Result<Vec<String>> {
        let differing = store.differing(parent, after)?.into_iter().map(|file| file.path);
        Ok(differing.filter(|path| paths.contains(path.as_str())).collect())
    };
    let Some((first, others)) = row.parents.split_first() else { return against(None) };
    let mut changed = against(reader.desk_tree(*first)?)?;
    for parent in others {
        let other: HashSet<String> = against(reader.desk_tree(*parent)?)?.into_iter().collect();
        changed.retain(|path| other.contains(path));
    }
    Ok(changed)
}
