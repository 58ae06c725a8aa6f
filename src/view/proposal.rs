//! `desk.proposal/1`: a write command as a pull request.

use serde_json::{Value, json};

use crate::model::id::TicketId;
use crate::model::word::words;

words! {
    /// What came of it.
    State {
        /// A pull request that was not there.
        Created = "created",
        /// The one that was there, with another commit or other words.
        Updated = "updated",
        /// The one that was there says it already.
        Unchanged = "unchanged",
        /// A branch at the remote, and no pull request was asked for.
        Pushed = "pushed",
        /// A branch here: there is no remote.
        Local = "local",
        /// The command changes nothing, so there is nothing to propose.
        Nothing = "nothing",
        /// What would be, on a dry run.
        Would = "would",
    }
}

/// One thing that is other than it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `None` for what is no ticket's.
    pub ticket: Option<TicketId>,
    /// The ticket's title, or a path.
    pub title: String,
    /// A field, `opened`, or a kind of entry.
    pub what: String,
    pub from: String,
    pub to: String,
}

impl Change {
    pub fn to_json(&self) -> Value {
        json!({"ticket": self.ticket.map(|id| id.to_string()), "title": self.title, "change": self.what,
               "from": self.from, "to": self.to})
    }
}

/// The keys of a change as columns.
pub const CHANGE_COLUMNS: &[&str] = &["ticket", "title", "change", "from", "to"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub state: State,
    /// The pull request's page.
    pub url: Option<String>,
    pub number: Option<u64>,
    /// Branches, without `refs/heads/`.
    pub branch: String,
    pub base: String,
    pub commit: Option<String>,
    /// As git's configuration names it.
    pub remote: Option<String>,
    pub forge: Option<&'static str>,
    pub title: String,
    pub body: String,
    pub draft: bool,
    /// Names on the forge of those who were asked to review.
    pub reviewers: Vec<String>,
    pub changes: Vec<Change>,
}

impl Proposal {
    pub fn to_json(&self) -> Value {
        let mut tickets: Vec<String> =
            self.changes.iter().filter_map(|change| change.ticket).map(|id| id.to_string()).collect();
        tickets.sort();
        tickets.dedup();
        let changes: Vec<Value> = self.changes.iter().map(Change::to_json).collect();
        json!({"schema": "desk.proposal/1", "state": self.state.as_str(), "url": self.url, "number": self.number,
               "branch": self.branch, "base": self.base, "commit": self.commit, "remote": self.remote,
               "forge": self.forge, "title": self.title, "body": self.body, "draft": self.draft,
               "reviewers": self.reviewers, "tickets": tickets, "changes": changes})
    }
}
