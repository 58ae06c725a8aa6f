//! Reading the files that are asked about, on several threads.

use rayon::prelude::*;

use super::inspect::{Inspected, Place, inspect};
use super::{Check, Scope};
use crate::error::Result;
use crate::model::policy::Policy;
use crate::store::Oid;
use crate::store::edits::Edited;
use crate::store::history::Reader;
use crate::store::snapshot::{
    CHECKED, FOLDER, Holds, NO_TEXT, REGULAR, SUBMODULE, SYMLINK, holds, is_beside, is_checked,
};

/// A file that is read: its path from the desk's root, and its blob where no edit takes the place of it.
pub(super) struct Item {
    path: String,
    blob: Option<(Oid, i32)>,
}

/// Files that one thread reads at a time.
const PART: usize = 64;

/// Files from which on libgit2 is told to keep nothing of them.
const MANY: usize = 4_096;

impl Check<'_, '_> {
    /// The files to read.
    pub(super) fn items(&self) -> Result<Vec<Item>> {
        match self.asked.scope {
            Scope::Whole => self.all(),
            // A folder is what of all the files lies in it.
            Scope::Paths(paths) if paths.iter().any(|path| path.ends_with('/')) => {
                let all = self.all()?;
                Ok(all.into_iter().filter(|item| self.is_asked(&item.path)).collect())
            }
            Scope::Paths(paths) => self.named(paths.iter().map(String::as_str)),
            Scope::Since(_) => self.named(self.changes.present()),
        }
    }

    fn named<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        for path in paths.filter(|path| is_checked(path) || is_beside(path)) {
            let blob = match self.asked.edits.get(path) {
                Some(None) => continue,
                Some(Some(_)) => None,
                None => match self.asked.snapshot.entry(path)? {
                    Some(blob) => Some(blob),
                    // Its name is told as well as text can tell it, and leads nowhere.
                    None if path.contains(NO_TEXT) => None,
                    None => continue,
                },
            };
            if !is_checked(path) && !blob.is_some_and(|(_, mode)| leads_away(path, mode)) {
                continue;
            }
            items.push(Item { path: path.to_owned(), blob });
        }
        Ok(items)
    }

    fn all(&self) -> Result<Vec<Item>> {
        let edits = self.asked.edits;
        let mut items: Vec<Item> = edits
            .iter()
            .filter(|(_, edited)| edited.is_some())
            .map(|(path, _)| Item { path: path.clone(), blob: None })
            .collect();
        let mut add = |path: &str, oid: Oid, mode: i32| {
            if (is_checked(path) || leads_away(path, mode)) && !edits.contains_key(path) {
                items.push(Item { path: path.to_owned(), blob: Some((oid, mode)) });
            }
        };
        if let Some((oid, mode)) = self.asked.snapshot.entry("desk.toml")? {
            add("desk.toml", oid, mode);
        }
        for folder in CHECKED.iter().map(|folder| folder.trim_end_matches('/')).chain(["tickets"]) {
            match self.asked.snapshot.entry(folder)? {
                Some((_, FOLDER)) => self.asked.snapshot.walk(folder, &mut add)?,
                Some((oid, mode)) => add(folder, oid, mode),
                None => {}
            }
        }
        items.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(items)
    }

    /// What each file says, in the order of the items.
    pub(super) fn read(&self, items: &[Item], policy: &Policy) -> Result<Vec<Inspected>> {
        let store = self.asked.snapshot.store();
        if items.len() > MANY {
            store.expect_much();
        }
        let (handle, edits) = (store.handle(), self.asked.edits);
        // What was there before has been seen, or is nothing that can be taken back.
        let searches = matches!(self.asked.scope, Scope::Since(_));
        let place = Place::new(self.root, policy, searches);
        let read = |part: &[Item]| -> Result<Vec<Inspected>> {
            let reader = handle.open()?;
            part.iter().map(|item| read(&reader, item, edits.get(&item.path), &place)).collect()
        };
        let parts: Vec<Vec<Inspected>> = items.par_chunks(PART).map(read).collect::<Result<_>>()?;
        Ok(parts.into_iter().flatten().collect())
    }
}

fn read(reader: &Reader, item: &Item, edited: Option<&Option<Edited>>, place: &Place<'_>) -> Result<Inspected> {
    if let Some(Some(edited)) = edited {
        return Ok(inspect(place, &item.path, edited.mode, edited.bytes.len(), || Some(edited.bytes.clone())));
    }
    let Some((oid, mode)) = item.blob else { return Ok(inspect(place, &item.path, REGULAR, 0, || None)) };
    if !matches!(mode, SYMLINK | 0o100_000..=0o107_777) {
        return Ok(inspect(place, &item.path, mode, 0, || None));
    }
    // A blob that is too large is none.
    let bytes = if inspect_reads(&item.path, mode, place) { reader.blob(oid)? } else { None };
    let size = bytes.as_ref().map_or_else(|| reader.size(oid), |bytes| Ok(bytes.len()))?;
    Ok(inspect(place, &item.path, mode, size, || bytes))
}

/// Whether something beside the tickets stands where a folder could: a link, or a repository.
fn leads_away(path: &str, mode: i32) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    is_beside(path) && (mode == SUBMODULE || mode == SYMLINK && !name.contains('.'))
}

/// Whether the bytes of a file matter: of a link they do not, of an attachment where they are searched.
fn inspect_reads(path: &str, mode: i32, place: &Place<'_>) -> bool {
    mode != SYMLINK && (place.searches || !matches!(holds(path), Holds::Attachment(_)))
}
