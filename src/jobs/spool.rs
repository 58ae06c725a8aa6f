//! The spool: events on the disk until they are delivered.
//!
//! A Maildir: an event is written in `tmp`, synced, and renamed into `new`, so that it is whole or not there; what was
//! delivered moves to `done`, what no desk takes to `failed`. There are no locks, so it may lie on NFS, and several users
//! may share one. Names begin with the time: their order is that of the events.

mod bound;
mod fallback;
pub mod shared;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::places::Places;
use crate::env::Env;
use crate::error::Problem;
use crate::platform;
use crate::view::event::Event;

use bound::Bound;
pub use fallback::Kept;

/// A spool at one place.
#[derive(Debug, Clone)]
pub struct Spool {
    root: PathBuf,
    /// Where events are when that place took none; read by whoever delivers.
    others: Vec<PathBuf>,
    /// A folder of our own, for what is remembered of a spool that is everybody's.
    state: PathBuf,
    /// Who puts events there.
    host: String,
    user: String,
    /// Bytes of the disk for the events that wait.
    room: u64,
}

/// An event that waits, or a file that is none.
#[derive(Debug)]
pub struct Waiting {
    pub path: PathBuf,
    /// The number of the user whose file it is.
    pub owner: u32,
    pub event: Result<Event, String>,
}

/// Those that wait, taken a part at a time: what is in memory at once is bounded, whatever somebody put there.
pub struct Queue {
    paths: std::vec::IntoIter<PathBuf>,
}

impl Queue {
    pub fn is_empty(&self) -> bool {
        self.paths.as_slice().is_empty()
    }

    /// The next ones, at most `limit` of them and only so many bytes.
    pub fn take(&mut self, limit: usize) -> Vec<Waiting> {
        let (mut part, mut size) = (Vec::new(), 0);
        while part.len() < limit && size < AT_ONCE {
            let Some(path) = self.paths.next() else { break };
            let Some((one, bytes)) = read(path) else { continue };
            part.push(one);
            size += bytes;
        }
        part
    }
}

/// How much waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    pub count: usize,
    /// The name of the oldest begins with its time.
    pub oldest: Option<String>,
}

impl Backlog {
    /// Seconds for which the oldest has waited; `None` where none waits, or its name says no time.
    pub fn age(&self, now: Timestamp) -> Option<i64> {
        let time = DateTime::strptime("%Y%m%dT%H%M%S", self.oldest.as_deref()?.get(..15)?).ok()?;
        Some(now.as_second() - TimeZone::UTC.to_timestamp(time).ok()?.as_second())
    }
}

/// Bytes that are kept free for the day when the disk is full.
const RESERVE: usize = 256 << 10;

/// How many delivered events are kept, to be looked at.
const DONE: usize = 200;

/// Largest file that is read as an event.
const LARGEST: u64 = 1 << 20;

/// Texts of so many bytes are not cut.
const SHORT: usize = 4 << 10;

/// Longest key, in characters.
const KEY: usize = 255;

/// Bytes of events that are read at once.
const AT_ONCE: u64 = 32 << 20;

/// A draft so old belongs to nobody who still writes: killed, or a machine that went down.
const OLD: Duration = Duration::from_secs(36 * 3_600);

impl Spool {
    pub fn of(env: &Env, places: &Places) -> Spool {
        Spool {
            root: places.spool.clone(),
            others: places.fallbacks(env),
            state: places.state.clone(),
            host: env.host.clone(),
            user: env.login.clone(),
            room: bound::ROOM,
        }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Keeps an event: in the spool, else wherever there is room for it.
    pub fn keep(&self, event: &Event) -> Kept {
        let mut event = event.clone();
        fit(&mut event);
        let kept = fallback::keep(self, &mut event);
        if matches!(kept, Kept::Spool(_)) {
            self.gather();
        }
        kept
    }

    /// Brings along what lies elsewhere because the spool did not take it, some at a time; how many came.
    pub fn gather(&self) -> usize {
        fallback::gather(self)
    }

    /// The events that wait now, oldest first.
    pub fn waiting(&self) -> Queue {
        let mut paths = self.files();
        paths.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
        Queue { paths: paths.into_iter() }
    }

    pub fn backlog(&self) -> Backlog {
        let paths = self.files();
        let names = paths.iter().filter_map(|path| path.file_name()?.to_str());
        Backlog { count: paths.len(), oldest: names.min().map(str::to_owned) }
    }

    /// How many events could not be used.
    pub fn refused(&self) -> usize {
        self.shelves("failed").map(|shelf| files_in(&shelf).len()).sum()
    }

    /// Whether several users put events there: then whose file one is says who speaks.
    pub fn is_shared(&self) -> bool {
        platform::is_shared(&self.root)
    }

    /// Whether a user may speak for all others: whoever has the spool may change its files anyway.
    pub fn is_trusted(&self, user: u32) -> bool {
        user == 0 || shared::owner(&self.root) == Some(user)
    }

    /// An event has been delivered. One that is gone already was delivered by somebody else, too.
    pub fn done(&self, waiting: &Waiting) -> io::Result<()> {
        // Where there is no shelf for it, it is not kept.
        self.shelve(&waiting.path, "done").map(drop).or_else(|_| self.forget(waiting))
    }

    /// Takes away what nobody needs any more: all but the newest that were delivered, and drafts that nobody finished.
    pub fn tidy(&self) {
        let mut kept: Vec<PathBuf> = self.shelves("done").flat_map(|shelf| files_in(&shelf)).collect();
        kept.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
        kept.iter().take(kept.len().saturating_sub(DONE)).for_each(|old| drop(fs::remove_file(old)));
        for entry in fs::read_dir(self.root.join("tmp")).into_iter().flatten().flatten() {
            let age = entry.metadata().and_then(|data| data.modified()).ok().and_then(|time| time.elapsed().ok());
            if age.is_some_and(|age| age > OLD) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// An event has been delivered and leaves nothing here.
    pub fn forget(&self, waiting: &Waiting) -> io::Result<()> {
        gone_is_fine(fs::remove_file(&waiting.path))
    }

    /// No desk takes this event; beside it stands why.
    pub fn failed(&self, waiting: &Waiting, why: &str) -> io::Result<()> {
        let shelf = self.shelve(&waiting.path, "failed")?;
        let Some(name) = waiting.path.file_name() else { return Ok(()) };
        let line: String = why.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        fs::write(shelf.join(name).with_extension("why"), format!("{line}\n"))
    }

    /// Puts a file aside; where.
    fn shelve(&self, path: &Path, shelf: &str) -> io::Result<PathBuf> {
        let folder = shared::own_folder(&self.root, shelf).ok_or(io::ErrorKind::PermissionDenied)?;
        let Some(name) = path.file_name() else { return Ok(folder) };
        match fs::rename(path, folder.join(name)) {
            // Of another file system.
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                fs::copy(path, folder.join(name))?;
                gone_is_fine(fs::remove_file(path))?;
            }
            renamed => gone_is_fine(renamed)?,
        }
        Ok(folder)
    }

    /// The folders of ours that are called so, or so and a number.
    fn shelves(&self, shelf: &str) -> impl Iterator<Item = PathBuf> {
        shared::names(&self.root, shelf).filter(|folder| platform::is_own_folder(folder))
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
        if platform::is_shared(&self.root) && shared::is_ours(&self.root) {
            // Each user knows only what they put there themselves.
            self.shrink();
        }
        Ok(())
    }

    fn shrink(&self) {
        let Ok((drafts, waiting)) = shared::inbox(&self.root) else { return };
        let write = |event: &Event| write(&drafts, &waiting, event).map(|_| ());
        Bound::of(self, &self.root, &waiting).shrink(None, 0, write);
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

/// Takes a file of the spool for what it is; how many bytes were read. `None` when somebody else has taken it.
fn read(path: PathBuf) -> Option<(Waiting, u64)> {
    let data = fs::symlink_metadata(&path);
    let owner = data.as_ref().map_or(0, |data| platform::facts(data).user);
    let (event, size) = match data {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => (Err(error.to_string()), 0),
        Ok(data) if !data.is_file() => (Err("it is no regular file".to_owned()), 0),
        Ok(data) if data.len() > LARGEST => {
            (Err(format!("it has {} bytes; more than {LARGEST} are not read", data.len())), 0)
        }
        Ok(data) => {
            (read_text(&path).map_err(|error| error.to_string()).and_then(|text| Event::read(&text)), data.len())
        }
    };
    Some((Waiting { path, owner, event }, size))
}

/// The folder may be everybody's: what was a file a moment ago may be a link or a pipe now.
fn read_text(path: &Path) -> io::Result<String> {
    let file = platform::open_plain(path)?;
    let mut text = String::new();
    file.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
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

/// `<id>.<key>.json`. An id comes from wherever the event does: it is no path, and hides nothing.
fn file_name(event: &Event) -> String {
    let (id, key) = (&event.id, short(&event.key));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if id.chars().all(plain) && !id.starts_with('.') {
        return format!("{id}.{key}.json");
    }
    let plain: String = id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    format!("{plain}-{}.{key}.json", short(id))
}

/// A key as events have it: one line of 1 to 255 characters. Of a longer one the rest is told by its short name.
pub fn fitting(key: &str) -> String {
    let plain: String = key.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain = plain.trim();
    if plain.chars().count() <= KEY {
        return plain.to_owned();
    }
    let short = short(key);
    plain.chars().take(KEY - 1 - short.len()).chain(['~']).chain(short.chars()).collect()
}

/// Cuts the longest texts of an event until a file of the spool holds it.
fn fit(event: &mut Event) {
    while event.to_line().len() as u64 >= LARGEST {
        let Some(longest) = event.texts().max_by_key(|text| text.len()).filter(|text| text.len() > SHORT) else {
            return;
        };
        *longest = without_middle(longest);
    }
}

/// The first and the last quarter of a text.
fn without_middle(text: &str) -> String {
    let boundary = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (from, to) = (boundary(text.len() / 4), boundary(text.len() / 4 * 3));
    format!("{}\n… {} bytes left out …\n{}", &text[..from], to - from, &text[to..])
}

/// Puts an event into the Maildir at `root`, where room is made for it.
fn put(spool: &Spool, root: &Path, event: &mut Event) -> io::Result<PathBuf> {
    let (drafts, waiting) = shared::inbox(root)?;
    let bound = Bound::of(spool, root, &waiting);
    bound.make_room(event, |event| write(&drafts, &waiting, event).map(|_| ()));
    let place = write(&drafts, &waiting, event)?;
    bound.add(&file_name(event), event.to_line().len() as u64);
    Ok(place)
}

/// Writes an event, synced before it has its name.
fn write(drafts: &Path, waiting: &Path, event: &Event) -> io::Result<PathBuf> {
    let name = file_name(event);
    // One that was killed may have left its draft of this very event.
    let draft = drafts.join(format!("{name}.{}.part", std::process::id()));
    let place = waiting.join(&name);
    let _ = fs::remove_file(&draft);
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
