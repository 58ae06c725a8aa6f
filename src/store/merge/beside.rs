//! What cannot be one file stands beside the other, and what one side deleted and the other went on with is whole.

use std::collections::BTreeSet;
use std::path::Path;

use git2::{ErrorCode, ObjectType, Oid, TreeWalkMode, TreeWalkResult};

use super::base::Place;
use super::file;
use super::joint::{Change, Differing, Joint, Kept, is_regular, is_word, unmergeable};
use crate::error::Result;
use crate::model::article;
use crate::model::id::EntryId;
use crate::model::merge::{Clash, Side};
use crate::model::name::free_name;
use crate::store::repository::unreadable;
use crate::store::snapshot::{Holds, Snapshot, holds};
use crate::store::transaction::entry_path;

/// Characters of a losing value that a message shows whole; a longer one is kept in a file.
pub const SHOWN: usize = 60;

impl Joint<'_> {
    /// Lets one side stand and keeps the other beside it. A word of the thread becomes two words.
    pub(super) fn keep_both(&mut self, inside: &str, stands: Side, both: ((Oid, i32), (Oid, i32)), why: &str) {
        let stands = if is_word(Some(inside)) { Side::Theirs } else { stands };
        if stands == Side::Ours {
            let path = format!("{}{inside}", self.store.root());
            self.changes.insert(path, Change::Stored(both.0.0, both.0.1));
        }
        self.keep(inside, stands.other(), both, why);
    }

    /// Keeps a side's version beside the file that stands.
    pub(super) fn keep(&mut self, inside: &str, side: Side, (ours, theirs): ((Oid, i32), (Oid, i32)), why: &str) {
        let (kept, mode) = side.of(ours, theirs);
        let kept_as = match holds(inside) {
            Holds::Entry(ticket, entry) if is_word(Some(inside)) && entry.as_str().len() > 7 => {
                let mark: String = kept.to_string().chars().take(6).collect();
                let time = entry.as_str().rsplit_once('-').map_or(entry.as_str(), |(time, _)| time);
                let other = EntryId::parse(&format!("{time}-{mark}"));
                other.map_or_else(|| file::kept_as(inside, kept), |other| entry_path(ticket, &other))
            }
            _ => file::kept_as(inside, kept),
        };
        let root = self.store.root();
        let (path, kept_as) = (format!("{root}{inside}"), format!("{root}{kept_as}"));
        if self.kept.iter().any(|known| known.kept_as == kept_as) {
            return;
        }
        self.changes.insert(kept_as.clone(), Change::Stored(kept, mode));
        self.kept.push(Kept { path, kept_as, side, why: why.to_owned() });
    }

    /// Of an article that both wrote under one name the published one stands; ours becomes another, under a free name.
    pub(super) fn keep_as_another(&mut self, name: &str, (id, mode): (Oid, i32)) -> Result<()> {
        let Some((topic, slug)) = name.split_once('/') else { return Ok(()) };
        let path = |slug: &str| article::path(&format!("{topic}/{slug}"));
        let taken = |slug: &str| {
            let known = |side: &Snapshot<'_>| side.exists(&path(slug)).unwrap_or(true);
            let pending = self.changes.contains_key(&format!("{}{}", self.store.root(), path(slug)));
            pending || known(&self.ours) || known(&self.theirs)
        };
        let free = free_name(slug, taken);
        let root = self.store.root();
        let (path, kept_as) = (format!("{root}{}", path(slug)), format!("{root}{}", path(&free)));
        self.changes.insert(kept_as.clone(), Change::Stored(id, mode));
        self.kept.push(Kept { path, kept_as, side: Side::Ours, why: "both wrote one of this name".to_owned() });
        Ok(())
    }

    /// Keeps the versions that lost more than a message can show; a ticket keeps what it lost itself.
    pub(super) fn keep_losers(&mut self, inside: &str, clashes: &[Clash], both: ((Oid, i32), (Oid, i32))) {
        if matches!(holds(inside), Holds::Ticket(_)) {
            return;
        }
        let is_long = |clash: &&Clash| clash.lost.iter().any(|(_, value)| value.to_string().chars().count() > SHOWN);
        let losers: Vec<Side> =
            clashes.iter().filter(is_long).map(|clash| clash.winner.unwrap_or(Side::Ours).other()).collect();
        for side in [Side::Ours, Side::Theirs].into_iter().filter(|side| losers.contains(side)) {
            self.keep(inside, side, both, "both changed the same text");
        }
    }

    /// A ticket that one side deleted stays whole where the other has changed it or said something in its thread: the
    /// change wins.
    pub(super) fn keep_threads_whole(&mut self, differing: &[Differing]) -> Result<()> {
        for one in differing {
            let Some(Holds::Ticket(id)) = self.inside(&one.path).map(holds) else { continue };
            let gone = |side: Place, other: Place| side.is_none() && other.is_some() && one.base.is_some();
            let by = match (gone(one.ours, one.theirs), gone(one.theirs, one.ours)) {
                (true, _) => Side::Ours,
                (_, true) => Side::Theirs,
                (false, false) => continue,
            };
            let folder = format!("{}{}/", self.store.root(), id.folder());
            let of_ticket = |other: &&Differing| other.path == one.path || other.path.starts_with(&folder);
            let whole: Vec<&Differing> = differing.iter().filter(of_ticket).collect();
            let (deleted, kept) = (
                |other: &Differing| by.of(other.ours, other.theirs),
                |other: &Differing| by.other().of(other.ours, other.theirs),
            );
            if whole.iter().all(|other| kept(other) == other.base) {
                continue;
            }
            for other in whole.into_iter().filter(|other| deleted(other).is_none() && kept(other).is_some()) {
                match by {
                    Side::Ours => drop(self.changes.remove(&other.path)),
                    Side::Theirs => self.take_ours(other, other.ours)?,
                }
            }
        }
        Ok(())
    }

    /// Where one side has a file and the other a folder of its name, the folder stays and the file is kept beside it.
    pub(super) fn part_files_from_folders(&mut self) -> Result<()> {
        let (mut files, mut above) = (BTreeSet::new(), BTreeSet::new());
        for (path, _) in self.changes.iter().filter(|(_, change)| **change != Change::Gone) {
            above.extend(path.match_indices('/').map(|(at, _)| &path[..at]));
            if self.has_files_below(path)? {
                files.insert(path.clone());
            }
        }
        for (path, _) in self.unnamed.iter().filter(|(_, place)| place.is_some()) {
            let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
            above.extend(ends.filter_map(|(at, _)| std::str::from_utf8(&path[..at]).ok()));
        }
        for folder in above {
            if self.is_file(folder)? {
                files.insert(folder.to_owned());
            }
        }
        files.into_iter().try_for_each(|path| self.move_aside(path))
    }

    /// Whether the merged tree is to have a file at a path.
    fn is_file(&self, path: &str) -> Result<bool> {
        Ok(match self.changes.get(path) {
            Some(Change::Gone) => false,
            Some(Change::Bytes(..) | Change::Stored(..)) => true,
            None => matches!(self.published(path)?, Some((_, _, kind)) if kind != ObjectType::Tree),
        })
    }

    /// Whether the published folder at a path, if it is one, keeps any of its files.
    fn has_files_below(&self, path: &str) -> Result<bool> {
        let Some((id, _, ObjectType::Tree)) = self.published(path)? else { return Ok(false) };
        let folder = self.store.repo().find_tree(id).map_err(unreadable)?;
        let mut stays = false;
        let walked = folder.walk(TreeWalkMode::PreOrder, |above, entry| {
            let name = String::from_utf8_lossy(entry.name_bytes());
            let path = format!("{path}/{}{name}", String::from_utf8_lossy(above.as_bytes()));
            stays |= entry.kind() != Some(ObjectType::Tree) && self.changes.get(&path) != Some(&Change::Gone);
            if stays { TreeWalkResult::Abort } else { TreeWalkResult::Ok }
        });
        match walked {
            Err(error) if !stays => Err(unreadable(error)),
            Ok(()) | Err(_) => Ok(stays),
        }
    }

    /// What the published tree has at a path, with its mode.
    fn published(&self, path: &str) -> Result<Option<(Oid, i32, ObjectType)>> {
        let commit = self.store.repo().find_commit(self.theirs.commit()).map_err(unreadable)?;
        match commit.tree().and_then(|tree| tree.get_path(Path::new(path))) {
            Ok(entry) => Ok(entry.kind().map(|kind| (entry.id(), entry.filemode(), kind))),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    fn move_aside(&mut self, path: String) -> Result<()> {
        const WHY: &str = "is a file on one side and a folder on the other";
        let (side, change) = match self.changes.remove(&path) {
            Some(change) => (Side::Ours, change),
            None => {
                self.changes.insert(path.clone(), Change::Gone);
                match self.published(&path)? {
                    Some((id, mode, _)) => (Side::Theirs, Change::Stored(id, mode)),
                    None => return Ok(()),
                }
            }
        };
        let blob = match &change {
            Change::Stored(id, mode) if is_regular(*mode) => *id,
            Change::Bytes(bytes, _) => Oid::hash_object(ObjectType::Blob, bytes).map_err(unreadable)?,
            Change::Stored(..) | Change::Gone => return Err(unmergeable(&path, WHY).into()),
        };
        let Some(inside) = self.inside(&path) else { return Err(unmergeable(&path, WHY).into()) };
        let kept_as = format!("{}{}", self.store.root(), file::kept_as(inside, blob));
        self.changes.insert(kept_as.clone(), change);
        self.kept.push(Kept { path, kept_as, side, why: WHY.to_owned() });
        Ok(())
    }
}
