//! What about the repository keeps a desk from working well in it.

use super::{Check, Scope};
use crate::desk::attributes;
use crate::error::Result;
use crate::store::snapshot::ATTRIBUTES;
use crate::store::{Oid, document};
use crate::view::Finding;

/// Commits of the first-parent chain that are looked at for acts that were squashed.
const RECENT: usize = 100;

impl Check<'_, '_> {
    pub(super) fn settings(&mut self) -> Result<()> {
        self.attributes()?;
        if matches!(self.asked.scope, Scope::Paths(_)) {
            return Ok(());
        }
        if self.asked.snapshot.store().is_shallow() {
            let message = "this clone is shallow: what came before some commit cannot be told";
            let fix = "git fetch --unshallow; in GitHub Actions: actions/checkout with fetch-depth: 0";
            self.findings.push(Finding::warning("DSK901", "", (1, 1), message).fix(fix));
        }
        self.squashed()
    }

    fn attributes(&mut self) -> Result<()> {
        // A desk's change that leaves them alone has nothing to do with what they lack.
        if matches!(self.asked.scope, Scope::Since(_) | Scope::Paths(_)) && !self.is_asked(ATTRIBUTES) {
            return Ok(());
        }
        let there = match self.bytes(ATTRIBUTES)? {
            Some(Ok(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            Some(Err(_)) | None => String::new(),
        };
        let at = document::position(&there, there.trim_end().len());
        for line in attributes::missing(&there) {
            let message = format!("lacks the line `{line}`, by which plain git merges the desk's files well");
            let shown = self.shown(ATTRIBUTES);
            self.findings.push(Finding::warning("DSK902", shown, (at.0, 1), message).fix("git desk check --fix"));
        }
        Ok(())
    }

    /// Commits into which a forge has squashed several acts: history knows only what came of them together.
    fn squashed(&mut self) -> Result<()> {
        let store = self.asked.snapshot.store();
        let mut commits: Vec<Oid> = Vec::new();
        match self.asked.scope {
            Scope::Since(base) => {
                let rows = store.commits(self.asked.snapshot.commit(), Some(base.commit()))?;
                commits.extend(rows.into_iter().filter(|row| row.parents.len() == 1).map(|row| row.id));
            }
            Scope::Whole | Scope::Paths(_) => {
                let mut at = Some(self.asked.snapshot.commit());
                while let Some(commit) = at.filter(|_| commits.len() < RECENT) {
                    commits.push(commit);
                    at = store.first_parent(commit)?;
                }
            }
        }
        for commit in commits {
            if is_squashed(&store.message(commit)?) {
                let commit = &commit.to_string()[..10];
                let message =
                    format!("commit {commit} holds several acts that were squashed: who did what when is lost");
                let fix = "merge pull requests of tickets by a merge commit or a rebase";
                self.findings.push(Finding::warning("DSK903", "", (1, 1), message).fix(fix));
            }
        }
        Ok(())
    }
}

/// A message made of several: each of ours ends with one line that names its act.
fn is_squashed(message: &str) -> bool {
    message.lines().filter(|line| line.trim_start().starts_with("Desk-Act: ")).count() > 1
}
