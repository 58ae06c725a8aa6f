//! The folder that a site is written to: one that is empty, or that holds a site of ours. Nothing outside it is touched,
//! whatever links lie in it, and nothing in it that we did not write.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use crate::error::{Problem, Result};
use crate::ui::site;

/// The file that says that a site is ours, and which files are of it, a line each.
const MARKER: &str = ".git-desk-portal";
const HEAD: &str = "git-desk portal 1";

pub struct Folder {
    path: PathBuf,
    /// What we wrote before.
    ours: BTreeSet<String>,
    /// Files of the same names that are not ours may be written over.
    force: bool,
}

/// What came of it, as paths below the folder.
pub struct Written {
    pub files: Vec<String>,
    /// Files that were not there or not the same.
    pub changed: Vec<String>,
    pub removed: Vec<String>,
}

impl Folder {
    /// Exit code 5 where the folder holds other things and is not `force`d, or is none.
    pub fn open(path: &Path, force: bool) -> Result<Folder> {
        let Ok(data) = fs::metadata(path) else {
            let gone = path.symlink_metadata().is_ok();
            if gone {
                return Err(refused(format!("{} is a link that leads nowhere", path.display())).into());
            }
            // As it will be called once it is there.
            let above = path.parent().and_then(|above| fs::canonicalize(above).ok()).zip(path.file_name());
            let path = above.map_or_else(|| path.to_owned(), |(above, name)| above.join(name));
            return Ok(Folder { path, ours: BTreeSet::new(), force });
        };
        if !data.is_dir() {
            return Err(refused(format!("{} is no folder", path.display())).into());
        }
        let path = fs::canonicalize(path).map_err(|error| unreadable(path, &error))?;
        let ours = marked(&path)?;
        let is_empty = fs::read_dir(&path).map_err(|error| unreadable(&path, &error))?.next().is_none();
        if ours.is_none() && !is_empty && !force {
            return Err(refused(format!("{} holds other things than a portal", path.display()))
                .hint("name an empty folder, or one that is not there yet")
                .hint("to write among them: --force")
                .into());
        }
        Ok(Folder { path, ours: ours.unwrap_or_default(), force })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes what differs and removes what is gone; with `dry`, only says so. All is looked at before anything is
    /// touched: exit code 5 where a link or a file of somebody else is in the way.
    pub fn write(&self, files: &[site::File], dry: bool, progress: &dyn Fn(u64, u64)) -> Result<Written> {
        let mut changed = Vec::new();
        for (path, text) in files {
            if self.differs(path, text)? {
                changed.push((path, text));
            }
        }
        let new: BTreeSet<String> = files.iter().map(|(path, _)| path.clone()).collect();
        let mut removed = Vec::new();
        for path in self.ours.difference(&new) {
            if self.is_file(path)? {
                removed.push(path.clone());
            }
        }
        if !dry {
            // Until all is done, both are ours: what is interrupted can be done again.
            self.mark(self.ours.union(&new))?;
            let total = changed.len() as u64;
            for (done, (path, text)) in (1..).zip(&changed) {
                self.put(path, text.as_bytes()).map_err(|error| self.unwritable(path, &error))?;
                progress(done, total);
            }
            for path in &removed {
                fs::remove_file(self.path.join(path)).map_err(|error| self.unwritable(path, &error))?;
                self.remove_empty(path);
            }
            self.mark(new.iter())?;
        }
        let changed = changed.into_iter().map(|(path, _)| path.clone()).collect();
        Ok(Written { files: new.into_iter().collect(), changed, removed })
    }

    /// Whether a file must be written. Exit code 5 where something of somebody else is there.
    fn differs(&self, path: &str, text: &str) -> Result<bool> {
        if !self.is_file(path)? {
            return Ok(true);
        }
        let same = fs::read(self.path.join(path)).is_ok_and(|bytes| bytes == text.as_bytes());
        if !same && !self.ours.contains(path) && !self.force {
            return Err(refused(format!("{} is there already and not of a portal", self.path.join(path).display()))
                .hint("to write over it: --force")
                .into());
        }
        Ok(!same)
    }

    /// Whether a plain file is there, reached through plain folders. Exit code 5 where a link or anything else stands in
    /// its way.
    fn is_file(&self, path: &str) -> Result<bool> {
        let mut at = self.path.clone();
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            at.push(part);
            let Ok(data) = at.symlink_metadata() else { return Ok(false) };
            let fits = if parts.peek().is_some() { data.is_dir() } else { data.is_file() };
            if !fits {
                return Err(refused(format!("{} is in the way: a link, or of another kind", at.display())).into());
            }
        }
        Ok(true)
    }

    /// Writes beside and renames, so that a page is there whole, and a link in its place is replaced and not followed.
    fn put(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let target = self.path.join(path);
        let folder = target.parent().unwrap_or(&self.path);
        fs::create_dir_all(folder)?;
        let beside = folder.join(".git-desk-portal.new");
        if beside.symlink_metadata().is_ok() {
            fs::remove_file(&beside)?;
        }
        let mut file: File = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        file.write_all(bytes)?;
        drop(file);
        fs::rename(&beside, &target)
    }

    fn mark<'a>(&self, files: impl Iterator<Item = &'a String>) -> Result<()> {
        let lines: String = files.map(|path| format!("{path}\n")).collect();
        let text = format!("{HEAD}\n{lines}");
        // Not written anew where nothing is new, as any other file.
        if fs::read(self.path.join(MARKER)).is_ok_and(|bytes| bytes == text.as_bytes()) {
            return Ok(());
        }
        Ok(self.put(MARKER, text.as_bytes()).map_err(|error| self.unwritable(MARKER, &error))?)
    }

    /// Removes the folders that a file leaves empty.
    fn remove_empty(&self, path: &str) {
        let mut folder = Path::new(path).parent();
        while let Some(inner) = folder.filter(|inner| !inner.as_os_str().is_empty()) {
            // One that is not empty stays.
            if fs::remove_dir(self.path.join(inner)).is_err() {
                return;
            }
            folder = inner.parent();
        }
    }

    fn unwritable(&self, path: &str, error: &io::Error) -> Problem {
        Problem::repository(format!("cannot write {}: {error}", self.path.join(path).display())).code("write_failed")
    }
}

/// Refuses, with exit code 5, what lies in a folder of git: `inner`, or any that is called so.
pub fn is_free(path: &Path, inner: &Path) -> Result<()> {
    // What is not there yet lies where the nearest folder above it lies.
    let above = path.ancestors().find_map(|above| Some((fs::canonicalize(above).ok()?, above)));
    let (real, rest) =
        above.map_or((PathBuf::new(), path), |(real, above)| (real, path.strip_prefix(above).unwrap_or(path)));
    let inner = fs::canonicalize(inner).unwrap_or_else(|_| inner.to_owned());
    let is_git = |part: Component<'_>| part.as_os_str().eq_ignore_ascii_case(".git");
    if real.starts_with(inner) || real.components().chain(rest.components()).any(is_git) {
        return Err(refused(format!("{} is git's own", path.display())).hint("name a folder outside .git").into());
    }
    Ok(())
}

/// What the marker lists; `None` where there is none of ours.
fn marked(folder: &Path) -> Result<Option<BTreeSet<String>>> {
    let path = folder.join(MARKER);
    if !path.symlink_metadata().is_ok_and(|data| data.is_file()) {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
    let Some(rest) = text.strip_prefix(HEAD) else { return Ok(None) };
    Ok(Some(rest.lines().filter(|line| is_ours(line)).map(str::to_owned).collect()))
}

/// Whether a path may be one that we wrote: whatever the marker says, nothing else is removed.
fn is_ours(path: &str) -> bool {
    let of_ours = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    !path.is_empty()
        && path.split('/').all(|part| part.chars().all(of_ours) && !part.starts_with('.') && !part.is_empty())
}

fn refused(message: String) -> Problem {
    Problem::refused(message).code("not_a_portal")
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::repository(format!("cannot read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_of_a_portal_is_removed() {
        assert!(is_ours("kb/vpn/reset-token.html") && is_ours("index.html"));
        for path in ["../x.html", "kb/../../x", "/etc/passwd", ".git/config", "kb//x", "", "KB/x", "a\\b", "x/.hidden"]
        {
            assert!(!is_ours(path), "{path}");
        }
    }
}
