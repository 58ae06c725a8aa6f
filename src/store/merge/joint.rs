//! Two commits made one: a tree that is not written yet, still to be looked at and changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use git2::{ErrorCode, ObjectType, Oid};

use super::base::{Base, Place};
use super::dates::Dates;
use super::file::{self, File, Form, Versions};
use super::policy;
use crate::error::{Problem, Result};
use crate::model::article;
use crate::model::field::FileKind;
use crate::model::id::TicketId;
use crate::model::merge::stamp::later;
use crate::model::merge::{Clash, Side, is_same_report};
use crate::store::document;
use crate::store::repository::{Store, unreadable};
use crate::store::snapshot::{Holds, Snapshot, holds, is_checked};

/// What the merged tree has at a path and the published one has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// Of a file, with its mode.
    Bytes(Vec<u8>, i32),
    Stored(Oid, i32),
    Gone,
}

/// A version of a file that could not be merged and is kept beside it: paths from the repository's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub path: String,
    pub kept_as: String,
    /// Whose version is kept so.
    pub side: Side,
    /// Lower case, no full stop.
    pub why: String,
}

/// The merge of what is here, *ours*, into what is published, *theirs*.
pub struct Joint<'s> {
    pub(super) store: &'s Store,
    pub(super) random: &'s dyn Fn() -> u64,
    pub(super) base: Base,
    pub ours: Snapshot<'s>,
    pub theirs: Snapshot<'s>,
    /// From the repository's root.
    pub(super) changes: BTreeMap<String, Change>,
    /// Files of ours whose names are no UTF-8, and which the published side has not touched.
    pub(super) unnamed: BTreeMap<Vec<u8>, Place>,
    /// What both sides meant otherwise, by path from the desk's root.
    pub clashes: BTreeMap<String, Vec<Clash>>,
    pub kept: Vec<Kept>,
    /// Tickets of ours that have a new id, because another has theirs.
    pub renamed: BTreeMap<TicketId, TicketId>,
    /// Tickets that either side has changed or added, under the ids that they have now.
    pub(super) touched: BTreeSet<TicketId>,
    /// Names of articles that either side has changed or added.
    pub articles: BTreeSet<String>,
}

/// A path in which both tips differ.
pub(super) struct Differing {
    /// From the repository's root.
    pub path: String,
    pub ours: Place,
    pub theirs: Place,
    pub base: Place,
}

impl<'s> Joint<'s> {
    /// Merges two commits file by file.
    ///
    /// Exit code 5 when they have no commit in common, and for what no rule of ours can merge: files outside of the
    /// desk that clash, links and folders in place of files. 7 where a clone is too shallow to know what they have in
    /// common.
    pub fn of(store: &'s Store, ours: Oid, theirs: Oid, random: &'s dyn Fn() -> u64) -> Result<Joint<'s>> {
        Joint::on(store, Base::of(store, ours, theirs)?, (ours, theirs), random)
    }

    /// As [`of`](Joint::of), where what is published was at `seen` before and went back to `theirs`: ours is what was
    /// done here since it parted from `seen`.
    pub fn since(
        store: &'s Store,
        seen: Oid,
        (ours, theirs): (Oid, Oid),
        random: &'s dyn Fn() -> u64,
    ) -> Result<Joint<'s>> {
        Joint::on(store, Base::of(store, ours, seen)?, (ours, theirs), random)
    }

    fn on(store: &'s Store, base: Base, (ours, theirs): (Oid, Oid), random: &'s dyn Fn() -> u64) -> Result<Joint<'s>> {
        let mut joint = Joint {
            store,
            random,
            base,
            ours: Snapshot::at(store, ours)?,
            theirs: Snapshot::at(store, theirs)?,
            changes: BTreeMap::new(),
            unnamed: BTreeMap::new(),
            clashes: BTreeMap::new(),
            kept: Vec::new(),
            renamed: BTreeMap::new(),
            touched: BTreeSet::new(),
            articles: BTreeSet::new(),
        };
        let differing = joint.differing(ours, theirs)?;
        joint.find_doubles(&differing)?;
        let disputed: Vec<&str> =
            differing.iter().filter(|one| one.is_disputed()).map(|one| one.path.as_str()).collect();
        let dates = Dates::of(store, &joint.base, ours, theirs, &disputed)?;
        for one in &differing {
            joint.take(one, &dates)?;
        }
        joint.keep_threads_whole(&differing)?;
        joint.part_files_from_folders()?;
        Ok(joint)
    }

    /// The paths in which both tips differ, in byte order.
    fn differing(&mut self, ours: Oid, theirs: Oid) -> Result<Vec<Differing>> {
        let repo = self.store.repo();
        let tree = |commit: Oid| repo.find_commit(commit).and_then(|commit| commit.tree()).map_err(unreadable);
        let (ours, theirs) = (tree(ours)?, tree(theirs)?);
        let diff = repo.diff_tree_to_tree(Some(&ours), Some(&theirs), None).map_err(unreadable)?;
        let place = |tree: &git2::Tree<'_>, path: &Path| match tree.get_path(path) {
            // A folder there is no file.
            Ok(entry) if entry.kind() == Some(ObjectType::Tree) => Ok(None),
            Ok(entry) => Ok(Some((entry.id(), entry.filemode()))),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(unreadable(error)),
        };
        let mut differing: BTreeMap<String, Differing> = BTreeMap::new();
        for delta in diff.deltas() {
            let Some(path) = delta.new_file().path().or(delta.old_file().path()) else { continue };
            let is_folder = theirs.get_path(path).is_ok_and(|entry| entry.kind() == Some(ObjectType::Tree));
            let (ours, theirs) = (place(&ours, path)?, place(&theirs, path)?);
            let form = path.to_str().map_or(Form::Whole, |path| self.form(path));
            let base = self.base.place(self.store, path, form)?;
            match path.to_str() {
                Some(path) => {
                    let path = path.to_owned();
                    differing.insert(path.clone(), Differing { path, ours, theirs, base });
                }
                // What is published stays as it is, whatever it is called.
                None if base == ours => {}
                None if base == theirs && !is_folder => {
                    self.unnamed.insert(name_of(&delta), ours);
                }
                None => return Err(unmergeable(&path.to_string_lossy(), "has a name that is no UTF-8").into()),
            }
        }
        Ok(differing.into_values().collect())
    }

    pub(super) fn inside<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.store.root())
    }

    fn form(&self, path: &str) -> Form {
        self.inside(path).map_or(Form::Lines, Form::of)
    }

    /// Finds the tickets that were added on both sides under one id and are not the same: ours get new ids.
    fn find_doubles(&mut self, differing: &[Differing]) -> Result<()> {
        for one in differing {
            let Some(Holds::Ticket(id)) = self.inside(&one.path).map(holds) else { continue };
            let (None, Some(ours), Some(theirs)) = (one.base, one.ours, one.theirs) else { continue };
            let record = |place: (Oid, i32)| -> Result<_> {
                let bytes = self.read(&one.path, place)?;
                Ok(bytes.and_then(|bytes| document::parse(FileKind::Ticket, &bytes).ok()))
            };
            if let (Some(ours), Some(theirs)) = (record(ours)?, record(theirs)?)
                && !is_same_report(&ours, &theirs)
            {
                let opened = ours.text("opened").parse().unwrap_or(jiff::Timestamp::UNIX_EPOCH);
                let new = self.draw_id(id, opened)?;
                self.renamed.insert(id, new);
            }
        }
        Ok(())
    }

    /// An id that is free on both sides. It keeps the date of the old one.
    fn draw_id(&self, old: TicketId, opened: jiff::Timestamp) -> Result<TicketId> {
        let day = old.as_str().get(..6).unwrap_or_default();
        loop {
            let drawn = TicketId::draw(opened, (self.random)());
            let id = TicketId::parse(&format!("{day}{}", &drawn.as_str()[6..])).unwrap_or(drawn);
            let free = !self.ours.exists(&id.path())? && !self.theirs.exists(&id.path())?;
            if free && !self.renamed.values().any(|taken| *taken == id) {
                return Ok(id);
            }
        }
    }

    /// The bytes of a file; `None` for one that is too large to be read, or no regular file.
    fn read(&self, path: &str, (id, mode): (Oid, i32)) -> Result<Option<Vec<u8>>> {
        Ok(self.theirs.blob(id, mode, path, document::MAX_SIZE)?.ok())
    }

    /// Decides what stands at a path.
    fn take(&mut self, one: &Differing, dates: &Dates) -> Result<()> {
        let inside = self.inside(&one.path).map(str::to_owned);
        if let Some(Holds::Ticket(id) | Holds::Entry(id, _) | Holds::Attachment(id)) = inside.as_deref().map(holds) {
            if let Some(new) = self.renamed.get(&id).copied() {
                self.touched.extend([id, new]);
                return self.move_to(one, id, new);
            }
            self.touched.insert(id);
        }
        self.articles.extend(inside.as_deref().and_then(article::name_of).map(str::to_owned));
        if self.keep_policy_whole(one)? {
            return Ok(());
        }
        match (one.ours, one.theirs) {
            // Only the published side changed it.
            (ours, _) if ours == one.base => Ok(()),
            (ours, theirs) if theirs == one.base => self.take_ours(one, ours),
            // Beside the desk's files only people know what was meant.
            (None, _) | (_, None) if inside.is_none() => {
                Err(unmergeable(&one.path, "is gone on one side and changed on the other, and is no file of the desk")
                    .into())
            }
            // Gone on one side, changed on the other: the change wins.
            (None, _) => Ok(()),
            (ours, None) => self.take_ours(one, ours),
            (Some(ours), Some(theirs)) => self.merge_file(one, inside.as_deref(), ours, theirs, dates),
        }
    }

    /// A policy by which nobody may write does not take the place of one by which everybody may: that is kept beside.
    fn keep_policy_whole(&mut self, one: &Differing) -> Result<bool> {
        let Some(inside) = self.inside(&one.path).filter(|path| holds(path) == Holds::Policy).map(str::to_owned) else {
            return Ok(false);
        };
        let (Some(ours), Some(theirs)) = (one.ours, one.theirs) else { return Ok(false) };
        let changed = match (one.ours == one.base, one.theirs == one.base) {
            (true, false) => Side::Theirs,
            (false, true) => Side::Ours,
            (true, true) | (false, false) => return Ok(false),
        };
        let fault = |side: Side| -> Result<Option<String>> {
            let bytes = self.read(&one.path, side.of(ours, theirs))?;
            Ok(bytes.map_or_else(|| Some("it is too large".to_owned()), |bytes| policy::fault(&bytes)))
        };
        let (Some(why), None) = (fault(changed)?, fault(changed.other())?) else { return Ok(false) };
        self.keep_both(&inside, changed.other(), (ours, theirs), &why);
        Ok(true)
    }

    pub(super) fn take_ours(&mut self, one: &Differing, ours: Place) -> Result<()> {
        let change = match ours {
            None => Change::Gone,
            Some((id, mode)) => {
                let of_desk = self.inside(&one.path).is_some_and(is_checked);
                if of_desk && !is_regular(mode) {
                    return Err(unmergeable(&one.path, "is no regular file").into());
                }
                Change::Stored(id, mode)
            }
        };
        self.changes.insert(one.path.clone(), change);
        Ok(())
    }

    /// What is ours of a ticket that has a new id goes with it.
    fn move_to(&mut self, one: &Differing, old: TicketId, new: TicketId) -> Result<()> {
        let Some((id, mode)) = one.ours.filter(|_| one.ours != one.base) else { return Ok(()) };
        if !is_regular(mode) {
            return Err(unmergeable(&one.path, "is no regular file").into());
        }
        let Some(inside) = self.inside(&one.path) else { return Ok(()) };
        let rest = inside.strip_prefix(&old.folder()).unwrap_or(".toml");
        let path = format!("{}{}{rest}", self.store.root(), new.folder());
        self.changes.insert(path, Change::Stored(id, mode));
        Ok(())
    }

    /// Merges a file that both sides have and changed.
    fn merge_file(
        &mut self,
        one: &Differing,
        inside: Option<&str>,
        ours: (Oid, i32),
        theirs: (Oid, i32),
        dates: &Dates,
    ) -> Result<()> {
        if !is_regular(ours.1) || !is_regular(theirs.1) {
            return Err(unmergeable(&one.path, "is no regular file on one side").into());
        }
        let mode = if one.base.is_some_and(|(_, mode)| mode == ours.1) { theirs.1 } else { ours.1 };
        if ours.0 == theirs.0 {
            self.changes.insert(one.path.clone(), Change::Stored(ours.0, mode));
            return Ok(());
        }
        let form = self.form(&one.path);
        let (our, their) = (self.read(&one.path, ours)?, self.read(&one.path, theirs)?);
        let base = self.base.bytes(self.store, one.base)?;
        let (our_dates, their_dates) = (dates.ours(&one.path), dates.theirs(&one.path));
        let judge = |name: &str| later(name, our_dates, their_dates);
        let merged = match (our, their) {
            (Some(our), Some(their)) => {
                let versions = Versions { base: base.as_deref(), ours: &our, theirs: &their };
                let form = if one.base.is_none() && is_word(inside) { Form::Whole } else { form };
                match (file::merge(form, versions, &judge), inside) {
                    (merged, Some(inside)) if holds(inside) == Holds::Policy => {
                        let (merged, why) = policy::settle(versions, merged);
                        if let Some(why) = why {
                            self.keep(inside, Side::Ours, (ours, theirs), &why);
                        }
                        merged
                    }
                    (merged, Some(inside)) if one.base.is_none() => match (article::name_of(inside), merged) {
                        (Some(name), File::One { clashes, .. }) if are_two(&clashes) => {
                            return self.keep_as_another(name, ours);
                        }
                        (_, merged) => merged,
                    },
                    (merged, _) => merged,
                }
            }
            // What can be read stands, whoever came later.
            (our, their) => File::Two {
                stands: match (our, their) {
                    (Some(_), None) => Side::Ours,
                    (None, Some(_)) => Side::Theirs,
                    (Some(_), Some(_)) | (None, None) => judge("").unwrap_or(Side::Theirs),
                },
                why: "it is too large to be merged".to_owned(),
            },
        };
        match (merged, inside) {
            (File::One { bytes, clashes }, _) if bytes.len() <= document::MAX_SIZE => {
                if let (false, Some(inside)) = (clashes.is_empty(), inside) {
                    self.keep_losers(inside, &clashes, (ours, theirs));
                    self.clashes.insert(inside.to_owned(), clashes);
                }
                self.changes.insert(one.path.clone(), Change::Bytes(bytes, mode));
                Ok(())
            }
            (File::One { .. }, Some(inside)) => {
                self.keep_both(inside, Side::Theirs, (ours, theirs), "merged it would be too large");
                Ok(())
            }
            (File::Two { stands, why }, Some(inside)) => {
                self.keep_both(inside, stands, (ours, theirs), &why);
                Ok(())
            }
            // Beside the desk's files there is somebody's work, which only they can merge.
            (File::One { .. } | File::Two { .. }, None) => {
                Err(unmergeable(&one.path, "is changed on both sides, and is no file of the desk").into())
            }
        }
    }
}

impl Differing {
    /// Whether both sides have it, changed otherwise.
    fn is_disputed(&self) -> bool {
        self.ours.is_some() && self.theirs.is_some() && self.ours != self.base && self.theirs != self.base
    }
}

fn name_of(delta: &git2::DiffDelta<'_>) -> Vec<u8> {
    delta.new_file().path_bytes().or(delta.old_file().path_bytes()).unwrap_or_default().to_vec()
}

/// Whether an article that both sides added is two: what one says is not what the other says.
fn are_two(clashes: &[Clash]) -> bool {
    clashes.iter().any(|clash| matches!(clash.unit.as_str(), "title" | "cause" | "body"))
}

/// Whether a path is a word of a thread that somebody said once, not a count that goes on.
pub(super) fn is_word(path: Option<&str>) -> bool {
    match path.map(holds) {
        Some(Holds::Entry(_, entry)) => entry.as_str().starts_with(|c: char| c.is_ascii_digit()),
        Some(Holds::Policy | Holds::Ticket(_) | Holds::Attachment(_) | Holds::Other) | None => false,
    }
}

pub(super) fn is_regular(mode: i32) -> bool {
    matches!(mode, 0o100_644 | 0o100_755 | 0o100_664)
}

pub(super) fn unmergeable(path: &str, why: &str) -> Problem {
    Problem::refused(format!("{path} {why}; nothing was changed"))
        .code("unmergeable")
        .hint("merge it by hand: git merge, then once more")
}
