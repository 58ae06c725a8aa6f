//! Putting commits that nobody else has on another commit than they were made on.

use git2::{ObjectType, Oid};

use crate::error::{Problem, Result};
use crate::model::id::TicketId;
use crate::store::history::operations_in;
use crate::store::lock::Lock;
use crate::store::merge::joint::Joint;
use crate::store::message::{Message, Person, When, commit_bytes};
use crate::store::objects::{self, Object};
use crate::store::repository::{Store, unreadable};
use crate::store::transaction::{Terms, seal};
use crate::store::tree;

impl Store {
    /// Moves the branch from `tip` to `there`, where what is published went back to from `seen`, with what was never
    /// shared on top.
    ///
    /// What that comes to is decided by a merge, which `settle` looks at and may change. Where copies of the commits one
    /// by one come to the same, they are put there: same author, same words. Else it is one commit, with the names of
    /// their operations.
    ///
    /// Exit code 5 when something does not fit there, or the branch has moved meanwhile, 6 when the result would be
    /// invalid; then the branch stays where it was.
    pub fn replant<T>(
        &self,
        (tip, seen, there): (Oid, Oid, Oid),
        terms: &Terms,
        random: &dyn Fn() -> u64,
        settle: impl FnOnce(&mut Joint<'_>) -> Result<(Message, T)>,
    ) -> Result<Replanted<T>> {
        let mut lock = Lock::take(self, terms.lock_timeout)?;
        self.recover_worktrees(lock.until())?;
        self.mend(&mut lock)?;
        let unshared = self.commits_beyond(tip, &[seen, there])?;
        let mut replanted = Replanted { commits: 0, settled: None };
        let mut onto = there;
        if !unshared.is_empty() {
            let mut joint = Joint::since(self, seen, (tip, there), random)?;
            if let Some(ticket) = joint.returning()? {
                return Err(self.does_not_fit(ticket, there).into());
            }
            let (message, value) = settle(&mut joint)?;
            joint.validate()?;
            let planned = tree::plan_leaves(self, Some(self.tree_of(there)?), joint.leaves())?;
            replanted.settled = Some(value);
            if planned.tree == self.tree_of(there)? {
                log::debug!("what was never shared is there already");
            } else if let Some((tip, commits)) = self.copies(&unshared, (there, planned.tree), terms)? {
                (onto, replanted.commits) = (tip, commits);
            } else {
                let operations = self.operations_of(&unshared)?;
                let message = operations.into_iter().fold(message, |message, told| message.trailer("Desk-Op", told));
                let objects = seal(planned, &[there], &message, terms)?;
                objects::write(self, &objects, self.is_durable())?;
                objects::read_back(self, &objects)?;
                (onto, replanted.commits) = (objects.last().map_or(there, |commit| commit.id), 1);
            }
        }
        if !self.publish_written(&mut lock, Some(tip), onto, "desk: follow the remote back")? {
            return Err(Problem::refused("somebody else wrote meanwhile; nothing was changed")
                .code("moved")
                .hint("again: git desk sync --accept-rewind")
                .into());
        }
        Ok(replanted)
    }

    fn tree_of(&self, commit: Oid) -> Result<Oid> {
        Ok(self.repo().find_commit(commit).map_err(unreadable)?.tree_id())
    }

    /// The last of copies of commits on another one, and how many they are; `None` where they do not come to `wanted`.
    /// Merges among them have nothing of their own.
    fn copies(&self, commits: &[Oid], (base, wanted): (Oid, Oid), terms: &Terms) -> Result<Option<(Oid, usize)>> {
        let (mut onto, mut count) = (base, 0);
        for commit in commits {
            match self.copy_onto(*commit, onto, terms)? {
                Copied::AsNew(copy) => (onto, count) = (copy, count + 1),
                Copied::Nothing => {}
                Copied::DoesNotFit => return Ok(None),
            }
        }
        Ok((self.tree_of(onto)? == wanted).then_some((onto, count)))
    }

    /// What operations there are among commits: each with the tickets that its result names.
    pub fn operations_of(&self, commits: &[Oid]) -> Result<Vec<String>> {
        let mut operations = Vec::new();
        for commit in commits {
            let commit = self.repo().find_commit(*commit).map_err(unreadable)?;
            operations.extend(operations_in(&String::from_utf8_lossy(commit.message_bytes())));
        }
        Ok(operations)
    }

    fn copy_onto(&self, commit: Oid, onto: Oid, terms: &Terms) -> Result<Copied> {
        let repo = self.repo();
        let found = repo.find_commit(commit).map_err(unreadable)?;
        if found.parent_count() != 1 {
            return Ok(Copied::Nothing);
        }
        let before = found.parent(0).and_then(|parent| parent.tree()).map_err(unreadable)?;
        let here = repo.find_commit(onto).and_then(|onto| onto.tree()).map_err(unreadable)?;
        let after = found.tree().map_err(unreadable)?;
        let mut merged = repo.merge_trees(&before, &here, &after, None).map_err(unreadable)?;
        if merged.has_conflicts() {
            return Ok(Copied::DoesNotFit);
        }
        let tree = merged.write_tree_to(repo).map_err(unreadable)?;
        if tree == here.id() {
            return Ok(Copied::Nothing);
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
        Ok(Copied::AsNew(id))
    }

    fn does_not_fit(&self, ticket: TicketId, there: Oid) -> Problem {
        let (root, file, folder) = (self.root(), ticket.path(), ticket.folder());
        Problem::refused(format!("what was done with {ticket} was never shared and does not fit on what is there now"))
            .code("does_not_fit")
            .hint("the ticket is not there any more, nothing was changed")
            .hint(format!("let it go: git rm -r --ignore-unmatch {root}{file} {root}{folder} && git commit -m gone"))
            .hint(format!("without all that is yours: git update-ref {} {there}", self.reference()))
    }
}

/// What came of following a remote back.
pub struct Replanted<T> {
    /// Commits on top of what is there.
    pub commits: usize,
    /// What was settled; `None` where nothing was to be put on top.
    pub settled: Option<T>,
}

/// What came of copying a commit.
enum Copied {
    AsNew(Oid),
    /// Nothing of it is left to do.
    Nothing,
    DoesNotFit,
}
