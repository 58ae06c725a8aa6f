//! `desk.proposal/1`: a write command as a pull request.

use serde_json::{Value, json};

use super::change::Change;
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
