//! When each side set what it changed: from the commits that the other has not.

use std::collections::{BTreeMap, BTreeSet};

use git2::{ErrorCode, Oid, Sort};

use super::base::Base;
use super::file::Form;
use crate::error::Result;
use crate::model::field::FileKind;
use crate::model::merge::stamp::{Stamp, Stamps};
use crate::model::merge::unit::changed;
use crate::model::record::Record;
use crate::store::document;
use crate::store::history::Reader;
use crate::store::repository::{Store, unreadable};

/// The stamps of both sides, for the files that both changed.
pub(super) struct Dates {
    ours: Dated,
    theirs: Dated,
}

struct Dated {
    /// By path from the repository's root.
    files: BTreeMap<String, Stamps>,
    /// Of the tip, for whatever is not known more closely.
    tip: Stamps,
}

impl Dates {
    /// Reads the commits of both sides. `disputed` are paths from the repository's root.
    pub fn of(store: &Store, base: &Base, ours: Oid, theirs: Oid, disputed: &[&str]) -> Result<Dates> {
        let side = |tip: Oid, other: Oid| Walk { store, tip, disputed }.dated(other, base);
        Ok(Dates { ours: side(ours, theirs)?, theirs: side(theirs, ours)? })
    }

    pub fn ours(&self, path: &str) -> &Stamps {
        self.ours.of(path)
    }

    pub fn theirs(&self, path: &str) -> &Stamps {
        self.theirs.of(path)
    }
}

impl Dated {
    fn of(&self, path: &str) -> &Stamps {
        self.files.get(path).unwrap_or(&self.tip)
    }
}

struct Walk<'a> {
    store: &'a Store,
    tip: Oid,
    disputed: &'a [&'a str],
}

impl Walk<'_> {
    fn dated(&self, other: Oid, base: &Base) -> Result<Dated> {
        let mut dated = Dated { files: BTreeMap::new(), tip: Stamps::of(self.stamp(self.tip)?) };
        if self.disputed.is_empty() {
            return Ok(dated);
        }
        let reader = self.store.handle().open()?;
        let mut walk = self.store.repo().revwalk().map_err(unreadable)?;
        walk.set_sorting(Sort::TOPOLOGICAL).map_err(unreadable)?;
        walk.push(self.tip).map_err(unreadable)?;
        walk.hide(other).map_err(unreadable)?;
        for hidden in base.commits() {
            walk.hide(*hidden).map_err(unreadable)?;
        }
        for commit in walk {
            self.commit(commit.map_err(unreadable)?, &reader, &mut dated.files)?;
        }
        Ok(dated)
    }

    fn stamp(&self, commit: Oid) -> Result<Stamp> {
        let found = self.store.repo().find_commit(commit).map_err(unreadable)?;
        Ok(Stamp { at: found.author().when().seconds(), commit: commit.to_string() })
    }

    /// Notes what a commit set of the disputed files: what is otherwise than in all of its parents.
    fn commit(&self, commit: Oid, reader: &Reader, files: &mut BTreeMap<String, Stamps>) -> Result<()> {
        let parents: Vec<Oid> = self.store.repo().find_commit(commit).map_err(unreadable)?.parent_ids().collect();
        let stamp = self.stamp(commit)?;
        for path in self.candidates(commit, &parents, reader)? {
            let after = self.blob(commit, path)?;
            let before = parents.iter().map(|parent| self.blob(*parent, path)).collect::<Result<Vec<_>>>()?;
            if before.contains(&after) {
                continue;
            }
            let names = self.set(path, after, &before, reader)?;
            let stamps = files.entry(path.to_owned()).or_default();
            names.iter().for_each(|name| stamps.note(name, &stamp));
            stamps.note_last(&stamp);
        }
        Ok(())
    }

    /// The disputed files that a commit may have changed.
    fn candidates(&self, commit: Oid, parents: &[Oid], reader: &Reader) -> Result<Vec<&str>> {
        let before = parents.first().map(|parent| reader.desk_tree(*parent)).transpose()?.flatten();
        let differing = reader.compare(before, reader.desk_tree(commit)?)?;
        let changed: BTreeSet<&str> = differing.iter().map(|file| file.path.as_str()).collect();
        let of_tickets = |inside: &str| inside.starts_with("tickets/") || inside == "desk.toml";
        let may = |path: &&str| match path.strip_prefix(self.store.root()) {
            // What is compared for history is tickets and policy alone.
            Some(inside) if of_tickets(inside) => changed.contains(inside),
            Some(_) | None => true,
        };
        Ok(self.disputed.iter().copied().filter(may).collect())
    }

    fn blob(&self, commit: Oid, path: &str) -> Result<Option<Oid>> {
        let tree = self.store.repo().find_commit(commit).and_then(|commit| commit.tree()).map_err(unreadable)?;
        match tree.get_path(path.as_ref()) {
            Ok(entry) => Ok(Some(entry.id())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// The units that a commit set to what they still are at the side's tip.
    fn set(&self, path: &str, after: Option<Oid>, before: &[Option<Oid>], reader: &Reader) -> Result<BTreeSet<String>> {
        let inside = path.strip_prefix(self.store.root()).unwrap_or(path);
        let Form::Fields(kind) = Form::of(inside) else { return Ok(BTreeSet::new()) };
        let read = |blob: Option<Oid>| record(reader, kind, blob);
        let (after, tip) = (read(after)?, read(self.blob(self.tip, path)?)?);
        let mut names: Option<BTreeSet<String>> = None;
        // Of a first commit everything is new.
        let before = if before.is_empty() { &[None] } else { before };
        for parent in before {
            let differs: BTreeSet<String> = changed(kind, &read(*parent)?, &after).into_iter().collect();
            names = Some(match names {
                Some(names) => names.intersection(&differs).cloned().collect(),
                None => differs,
            });
        }
        let gone = changed(kind, &after, &tip);
        Ok(names.unwrap_or_default().into_iter().filter(|name| !gone.contains(name)).collect())
    }
}

fn record(reader: &Reader, kind: FileKind, blob: Option<Oid>) -> Result<Record> {
    let bytes = blob.map_or(Ok(None), |blob| reader.blob(blob))?;
    Ok(bytes.and_then(|bytes| document::parse(kind, &bytes).ok()).unwrap_or_default())
}
