//! Putting commits that nobody else has on another commit than they were made on.

use git2::{ObjectType, Oid};

use crate::error::{Problem, Result};
use crate::store::lock::Lock;
use crate::store::message::{Person, When, commit_bytes};
use crate::store::objects::{self, Object};
use crate::store::repository::{Store, unreadable};
use crate::store::transaction::Terms;

impl Store {
    /// Moves the branch from `tip` to `base` with copies of `commits` on top: same author, same words. Merges among them
    /// have nothing of their own and are left out. How many there are now.
    ///
    /// Exit code 5 when one does not fit there, or the branch has moved meanwhile; then it stays where it was.
    pub fn replant(&self, tip: Oid, base: Oid, commits: &[Oid], terms: &Terms) -> Result<usize> {
        let mut lock = Lock::take(self, terms.lock_timeout)?;
        self.recover_worktrees(lock.until())?;
        self.mend(&mut lock)?;
        let (mut onto, mut count) = (base, 0);
        for commit in commits {
            if let Some(copy) = self.copy_onto(*commit, onto, terms)? {
                (onto, count) = (copy, count + 1);
            }
        }
        if !self.publish_written(&mut lock, Some(tip), onto, "desk: follow the remote back")? {
            return Err(Problem::refused("somebody else wrote meanwhile; nothing was changed")
                .code("moved")
                .hint("again: git desk sync --accept-rewind")
                .into());
        }
        Ok(count)
    }

    /// `None` where nothing of it is left to do.
    fn copy_onto(&self, commit: Oid, onto: Oid, terms: &Terms) -> Result<Option<Oid>> {
        let repo = self.repo();
        let found = repo.find_commit(commit).map_err(unreadable)?;
        if found.parent_count() != 1 {
            return Ok(None);
        }
        let before = found.parent(0).and_then(|parent| parent.tree()).map_err(unreadable)?;
        let here = repo.find_commit(onto).and_then(|onto| onto.tree()).map_err(unreadable)?;
        let after = found.tree().map_err(unreadable)?;
        let mut merged = repo.merge_trees(&before, &here, &after, None).map_err(unreadable)?;
        if merged.has_conflicts() {
            return Err(self.does_not_fit(commit, onto)?.into());
        }
        let tree = merged.write_tree_to(repo).map_err(unreadable)?;
        if tree == here.id() {
            return Ok(None);
        }
        let author = found.author();
        let person =
            Person::new(&String::from_utf8_lossy(author.name_bytes()), &String::from_utf8_lossy(author.email_bytes()));
        let when = author.when();
        let at = jiff::Timestamp::from_second(when.seconds()).unwrap_or(terms.at.at);
        let at = When { at, offset_minutes: when.offset_minutes() };
        let message = String::from_utf8_lossy(found.message_bytes()).into_owned();
        let mut bytes = commit_bytes(tree, &[onto], (&person, at), (&terms.committer, terms.now), &message);
        if let Some(signer) = &terms.signer {
            bytes = signer.sign(&bytes, &terms.committer)?;
        }
        let copy = Object::new(ObjectType::Commit, bytes)?;
        let id = copy.id;
        objects::write(self, &[copy], self.is_durable())?;
        Ok(Some(id))
    }

    fn does_not_fit(&self, commit: Oid, onto: Oid) -> Result<Problem> {
        let short = |id: Oid| id.to_string()[..8].to_owned();
        let words = format!("{} ({})", short(commit), self.subject(commit)?);
        Ok(Problem::refused(format!("{words} was never shared and does not fit on what is there now"))
            .code("does_not_fit")
            .hint(format!(
                "take it back first: git desk undo {}     or without what is yours: git update-ref {} {onto}",
                short(commit),
                self.reference()
            )))
    }
}
