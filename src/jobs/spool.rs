//! The spool: events on the disk until they are delivered.
//!
//! A Maildir: an event is written in `tmp`, synced, and renamed into `new`, so that it is whole or not there; what was
//! delivered moves to `done`, what no desk takes to `failed`. There are no locks, so it may lie on NFS, and several users
//! may share one. Names begin with the time: their order is that of the events.

mod bound;
mod fallback;
pub mod shared;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::places::Places;
use crate::env::Env;
use crate::error::Problem;
use crate::platform;
use crate::view::event::Event;

pub use fallback::Kept;

/// A spool at one place.
#[derive(Debug, Clone)]
pub struct Spool {
    root: PathBuf,
    /// Where events are when that place took none; read by whoever delivers.
    others: Vec<PathBuf>,
}

/// An event that waits, or a file that is none.
#[derive(Debug)]
pub struct Waiting {
    pub path: PathBuf,
    pub event: Result<Event, String>,
}

/// How much waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    pub count: usize,
    /// The name of the oldest begins with its time.
    pub oldest: Option<String>,
}

/// Bytes that are kept free for the day when the disk is full.
const RESERVE: usize = 256 << 10;

/// How many delivered events are kept, to be looked at.
const DONE: usize = 200;

/// Largest file that is read as an event.
const LARGEST: u64 = 1 << 20;

impl Spool {
    pub fn of(env: &Env, places: &Places) -> Spool {
        Spool { root: places.spool.clone(), others: places.fallbacks(env) }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Keeps an event: in the spool, else wherever there is room for it.
    pub fn keep(&self, event: &Event) -> Kept {
        let mut event = event.clone();
        fallback::keep(self, &mut event)
    }

    /// The events that wait, oldest first, at most `limit` of them.
    pub fn waiting(&self, limit: usize) -> Vec<Waiting> {
        let mut paths = self.files();
        paths.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
        paths.truncate(limit);
        paths.into_iter().filter_map(read).collect()
    }

    pub fn backlog(&self) -> Backlog {
        let paths = self.files();
        let names = paths.iter().filter_map(|path| path.file_name()?.to_str());
        Backlog { count: paths.len(), oldest: names.min().map(str::to_owned) }
    }

    /// An event has been delivered. One that is gone already was delivered by somebody else, too.
    pub fn done(&self, waiting: &Waiting) -> io::Result<()> {
        // Where there is no shelf for it, it is not kept.
        if self.shelve(&waiting.path, "done").is_err() {
            return self.forget(waiting);
        }
        let shelf = self.root.join("done");
        let mut kept = files_in(&shelf);
        if kept.len() > DONE {
            kept.sort();
            kept.iter().take(kept.len() - DONE).for_each(|old| drop(fs::remove_file(old)));
        }
        Ok(())
    }

    /// An event has been delivered and leaves nothing here.
    pub fn forget(&self, waiting: &Waiting) -> io::Result<()> {
        gone_is_fine(fs::remove_file(&waiting.path))
    }

    /// No desk takes this event; beside it stands why.
    pub fn failed(&self, waiting: &Waiting, why: &str) -> io::Result<()> {
        self.shelve(&waiting.path, "failed")?;
        let Some(name) = waiting.path.file_name() else { return Ok(()) };
        fs::write(self.root.join("failed").join(name).with_extension("why"), format!("{why}\n"))
    }

    fn shelve(&self, path: &Path, shelf: &str) -> io::Result<()> {
        let folder = self.root.join(shelf);
        platform::make_folder(&folder, 0o700)?;
        let Some(name) = path.file_name() else { return Ok(()) };
        match fs::rename(path, folder.join(name)) {
            // Of another file system.
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                fs::copy(path, folder.join(name))?;
                gone_is_fine(fs::remove_file(path))
            }
            renamed => gone_is_fine(renamed),
        }
    }

    /// Makes the spool ready for whoever delivers from it. Exit code 7 where it is another user's to deliver.
    pub fn open(&self) -> Result<(), Problem> {
        let listed = fs::read_dir(&self.root);
        if listed.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied) {
            return Err(Problem::repository(format!("only the owner of {} can deliver from it", self.root.display()))
                .code("not_the_owner")
                .hint("whoever flushes must own it: chown USER FOLDER"));
        }
        shared::make_folders(&self.root);
        Ok(())
    }

    /// All files of events; in a spool for all they may lie beside the folder, too.
    fn files(&self) -> Vec<PathBuf> {
        let beside = if platform::is_shared(&self.root) { files_in(&self.root) } else { Vec::new() };
        let others = self.places().flat_map(|place| files_in(&place.join("new")));
        beside.into_iter().chain(others).collect()
    }

    fn places(&self) -> impl Iterator<Item = PathBuf> {
        let others = self.others.iter().filter(|place| platform::is_own_folder(place));
        std::iter::once(&self.root).chain(others).cloned()
    }
}

/// Takes a file of the spool for what it is.
fn read(path: PathBuf) -> Option<Waiting> {
    let event = match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => Err(error.to_string()),
        Ok(data) if !data.is_file() => Err("it is no regular file".to_owned()),
        Ok(data) if data.len() > LARGEST => {
            Err(format!("it has {} bytes; more than {LARGEST} are not read", data.len()))
        }
        Ok(_) => fs::read_to_string(&path).map_err(|error| error.to_string()).and_then(|text| Event::read(&text)),
    };
    Some(Waiting { path, event })
}

/// Files of events in a folder, in no order; none where it cannot be read.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
}

fn gone_is_fine(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// A short name for a key: events of one key have it in their file's name.
pub fn short(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Writes an event into a Maildir at `root`, synced before it has its name.
fn put(root: &Path, event: &mut Event) -> io::Result<PathBuf> {
    let (drafts, waiting) = shared::inbox(root)?;
    bound::make_room(&waiting, event);
    let name = format!("{}.{}.json", event.id, short(&event.key));
    let (draft, place) = (drafts.join(format!("{name}.part")), waiting.join(&name));
    let written = write_synced(&draft, event.to_line().as_bytes()).and_then(|()| fs::rename(&draft, &place));
    if let Err(error) = written {
        let _ = fs::remove_file(&draft);
        return Err(error);
    }
    // What a folder says of its files is the folder's own to sync; where it cannot be, it is the system's word.
    let _ = File::open(waiting).and_then(|folder| folder.sync_all());
    Ok(place)
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = platform::with_mode(options.write(true).create_new(true), 0o644).open(path)?;
    // Whoever delivers may be another user, whatever the umask; the folder is for nobody else to list.
    platform::make_readable(&file)?;
    file.write_all(bytes)?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// Makes the reserve, where there is none and there is room for it.
fn set_aside(root: &Path) {
    let reserve = root.join("reserve");
    // Of what another user set aside nobody else can free anything.
    if reserve.exists() || platform::is_shared(root) && !shared::is_ours(root) {
        return;
    }
    let draft = root.join("tmp").join(format!("reserve-{}", std::process::id()));
    let written = write_synced(&draft, &vec![0; RESERVE]).and_then(|()| fs::rename(&draft, &reserve));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
}

#[cfg(test)]
mod tests;
