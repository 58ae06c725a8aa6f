//! Queues and agents that an import names and `desk.toml` lacks: added as inactive, and counted.

use std::collections::{BTreeMap, BTreeSet};

use crate::store::document::{self, policy_edit};

/// A queue or an agent that is new to the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// `queue` or `agent`.
    pub kind: &'static str,
    pub name: String,
    /// Their word for it.
    pub words: String,
    pub times: u64,
    /// The first ticket that names it.
    pub first: String,
}

/// The names that `desk.toml` has, and those that were added to it.
pub struct Newcomers {
    /// The text of `desk.toml`.
    pub policy: Vec<u8>,
    pub queues: BTreeSet<String>,
    pub agents: BTreeSet<String>,
    met: BTreeMap<(&'static str, String), Newcomer>,
}

impl Newcomers {
    pub fn new(policy: Vec<u8>, queues: BTreeSet<String>, agents: BTreeSet<String>) -> Newcomers {
        Newcomers { policy, queues, agents, met: BTreeMap::new() }
    }

    /// Takes note of what a field of a ticket names; whether `desk.toml` has more than before.
    pub fn meet(&mut self, field: &str, name: &str, ticket: &str, words: impl FnOnce() -> Option<String>) -> bool {
        let (kind, table, label, have) = match field {
            "queue" => ("queue", "queues", "title", &mut self.queues),
            "assignee" => ("agent", "agents", "name", &mut self.agents),
            _ => return false,
        };
        if let Some(newcomer) = self.met.get_mut(&(kind, name.to_owned())) {
            newcomer.times += 1;
        }
        if !have.insert(name.to_owned()) {
            return false;
        }
        let words = words().unwrap_or_else(|| name.to_owned());
        let lines = format!("{label} = {}\nactive = false\n", document::basic_string(&words));
        self.policy = policy_edit::append_table(&self.policy, &format!("{table}.{name}"), table, &lines);
        let newcomer = Newcomer { kind, name: name.to_owned(), words, times: 1, first: ticket.to_owned() };
        self.met.insert((kind, name.to_owned()), newcomer);
        true
    }

    /// Queues, then agents, the most frequent first.
    pub fn all(&self) -> Vec<Newcomer> {
        let mut all: Vec<Newcomer> = self.met.values().cloned().collect();
        all.sort_by(|a, b| (b.kind, b.times).cmp(&(a.kind, a.times)).then_with(|| a.name.cmp(&b.name)));
        all
    }
}
