//! The branch of a proposal, and whose work is there already.

use super::{Ground, branch_name, full};
use crate::error::{Problem, Result};
use crate::store::{Oid, Snapshot};

/// The branch of a proposal, as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Without `refs/heads/`.
    pub name: String,
    pub(super) here: Option<Oid>,
    /// Where is pushed to.
    pub(super) there: Option<Oid>,
    /// The proposal that is made anew: its commit, where there is one that has not come into the base.
    pub(super) known: Option<Oid>,
    /// When it was first made, in seconds since 1970, as long as nobody has touched what it changes.
    pub since: Option<i64>,
}

impl Ground<'_, '_> {
    /// The branch that the proposal gets, and what is there already.
    ///
    /// Exit code 2 for a name that cannot be, 5 when the branch is the base, is checked out, or has commits that are not
    /// of a proposal, or a proposal of somebody else: nobody's work is put aside.
    pub fn branch(&self, name: &str) -> Result<Branch> {
        let name = branch_name(name)?;
        let (store, reference) = (&self.desk.store, full(&name));
        let another = "another name: git desk propose --branch NAME -- …";
        if name == self.base || reference == store.reference() {
            return Err(Problem::refused(format!("`{name}` is the branch that is proposed to"))
                .code("same_branch")
                .hint(another)
                .into());
        }
        if store.is_checked_out(&reference) {
            return Err(Problem::refused(format!("`{name}` is checked out, and would be moved"))
                .code("checked_out")
                .hint(format!("leave it: git switch {}", self.base))
                .hint(another)
                .into());
        }
        let here = store.commit_of(&reference)?;
        let there = match &self.remote {
            Some(remote) => self.ask(Some(&remote.where_pushed()), &name)?,
            None => None,
        };
        let mut known = None;
        let places = [(self.remote(), there), (None, here)];
        for (place, commit) in places.into_iter().filter_map(|(place, commit)| Some((place, commit?))) {
            if store.reaches(self.tip, commit)? {
                continue;
            }
            if let Some(what) = self.foreign(commit)? {
                let place = place.unwrap_or("this repository");
                return Err(Problem::refused(format!("`{name}` of {place} has {what}"))
                    .code("foreign_branch")
                    .hint(another)
                    .hint(format!("what they are: git log {}..{commit}", self.tip))
                    .into());
            }
            known = known.or(Some(commit));
        }
        let since = match known {
            Some(commit) if self.is_untouched_since(commit)? => Some(store.author_time(commit)?),
            Some(_) | None => None,
        };
        Ok(Branch { name, here, there, known, since })
    }

    /// What makes a branch somebody else's; `None` where it is a proposal of whoever proposes now.
    fn foreign(&self, commit: Oid) -> Result<Option<String>> {
        let store = &self.desk.store;
        if !store.is_act_on(commit, self.tip)? {
            return Ok(Some("commits that `propose` did not make".to_owned()));
        }
        let (policy, author) = (self.policy()?, store.author_email(commit)?);
        let me = self.desk.person(&policy)?.person.email;
        let theirs = !policy.is_same(&author, &me);
        Ok(theirs.then(|| format!("a proposal of {}", policy.handle_for(&author))))
    }

    /// Whether what a proposal changes is in the base as it was when it was made. Else something has happened since, or
    /// it has come in by another commit, and what is done now is done now.
    fn is_untouched_since(&self, proposal: Oid) -> Result<bool> {
        let store = &self.desk.store;
        let Some(parent) = store.first_parent(proposal)? else { return Ok(false) };
        let (then, now) = (Snapshot::at(store, parent)?, Snapshot::at(store, self.tip)?);
        for file in store.changed_files(proposal)?.files {
            if then.entry(&file.path)? != now.entry(&file.path)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
