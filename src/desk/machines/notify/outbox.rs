//! Notices that wait to be sent: a folder with a file each, and what was accepted or given up lately.
//!
//! A file names its target and holds no secret of it. It is there before anything is sent, and goes only once the
//! service has accepted the notice: whoever is killed in between sends it again, under the same id, by which services
//! that look at ids know the repeat.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::files;
use crate::error::Result;
use crate::net::notice::Notice;

/// How long what was accepted or given up is remembered.
const MEMORY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A notice on its way to one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    pub target: String,
    pub created: Timestamp,
    /// Its place among those that were made with it.
    pub place: usize,
    pub tries: u32,
    /// When to try next.
    pub next: Timestamp,
    /// The service asked to be left alone until `next`.
    pub asked: bool,
    /// Why the last try failed.
    pub error: Option<String>,
    pub notice: Notice,
}

impl Waiting {
    pub fn new(target: &str, notice: Notice, created: Timestamp) -> Waiting {
        let (target, next) = (target.to_owned(), created);
        Waiting { target, created, place: 0, tries: 0, next, asked: false, error: None, notice }
    }
}

/// What lies in it.
#[derive(Debug, Default)]
pub struct Contents {
    /// In the order in which they were made.
    pub waiting: Vec<Waiting>,
    /// Files that cannot be read; they stay where they are.
    pub unreadable: Vec<PathBuf>,
}

pub struct Outbox {
    folder: PathBuf,
}

impl Outbox {
    pub fn at(folder: PathBuf) -> Outbox {
        Outbox { folder }
    }

    /// Makes the folders.
    pub fn prepare(&self) -> Result<()> {
        files::folder(&self.failed())
    }

    fn failed(&self) -> PathBuf {
        self.folder.join("failed")
    }

    fn file(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    fn accepted(&self) -> PathBuf {
        self.folder.join("accepted")
    }

    pub fn waiting(&self) -> Contents {
        contents(&self.folder)
    }

    /// What was given up lately.
    pub fn given_up(&self) -> Contents {
        contents(&self.failed())
    }

    /// Puts new notices in, those left out that wait already or were accepted lately; the ones that were put in. They
    /// are on the disk when this returns.
    pub fn add(&self, mut notices: Vec<Waiting>) -> Result<Vec<Waiting>> {
        // In this order: what is accepted is noted first and taken out then.
        notices.retain(|one| !self.file(&one.notice.id).exists());
        let accepted = self.accepted_ids();
        notices.retain(|one| !accepted.contains(&one.notice.id));
        for (place, one) in notices.iter_mut().enumerate() {
            one.place = place;
            self.keep(one)?;
            files::remove(&self.failed().join(format!("{}.json", one.notice.id)))?;
        }
        if !notices.is_empty() {
            files::settle(&self.folder)?;
        }
        Ok(notices)
    }

    /// Writes down how it stands with a notice.
    pub fn keep(&self, one: &Waiting) -> Result<()> {
        files::write(&self.file(&one.notice.id), &serde_json::to_string(one)?)
    }

    /// The service has it. That is noted first: then it is not sent again even when the file stays.
    pub fn accept(&self, id: &str, now: Timestamp) -> Result<()> {
        let path = self.accepted();
        let line = format!("{id} {now}\n");
        let file = OpenOptions::new().create(true).append(true).open(&path);
        file.and_then(|mut file| file.write_all(line.as_bytes())).map_err(|error| files::cannot(&path, &error))?;
        // Whoever was killed while it gave up may have left it there, too.
        files::remove(&self.failed().join(format!("{id}.json")))?;
        self.forget(id)
    }

    /// There is nothing to be sent any more.
    pub fn forget(&self, id: &str) -> Result<()> {
        // A process that was killed may have left an unfinished one.
        files::remove(&self.file(id).with_extension(files::UNFINISHED))?;
        files::remove(&self.file(id))
    }

    /// Nobody tries it any more; it is kept for people to look at.
    pub fn give_up(&self, one: &Waiting) -> Result<()> {
        let id = &one.notice.id;
        files::write(&self.failed().join(format!("{id}.json")), &serde_json::to_string(one)?)?;
        self.forget(id)
    }

    /// What was accepted lately.
    pub fn accepted_ids(&self) -> BTreeSet<String> {
        lines(&self.accepted()).into_iter().map(|(id, _)| id).collect()
    }

    /// Drops the memory of what is long past. For whoever sends.
    pub fn tidy(&self, now: Timestamp) -> Result<()> {
        let Ok(since) = now.checked_sub(MEMORY) else { return Ok(()) };
        let path = self.accepted();
        let all = lines(&path);
        let (before, kept): (usize, Vec<_>) = (all.len(), all.into_iter().filter(|(_, at)| *at >= since).collect());
        if kept.len() < before {
            files::write(&path, &kept.iter().map(|(id, at)| format!("{id} {at}\n")).collect::<String>())?;
        }
        for one in self.given_up().waiting.iter().filter(|one| one.created < since) {
            files::remove(&self.failed().join(format!("{}.json", one.notice.id)))?;
        }
        Ok(())
    }
}

/// Ids and when they were accepted; a line that was cut off is passed over.
fn lines(path: &Path) -> Vec<(String, Timestamp)> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let read = |line: &str| {
        let (id, at) = line.split_once(' ')?;
        Some((id.to_owned(), at.parse().ok()?))
    };
    text.lines().filter_map(read).collect()
}

fn contents(folder: &Path) -> Contents {
    let mut contents = Contents::default();
    for path in entries(folder).into_iter().filter(|path| has_ending(path, "json")) {
        match files::read(&path) {
            // Whoever sends has just taken it out.
            Ok(None) => {}
            Ok(Some(text)) => match serde_json::from_str(&text) {
                Ok(waiting) => contents.waiting.push(waiting),
                Err(_) => contents.unreadable.push(path),
            },
            Err(_) => contents.unreadable.push(path),
        }
    }
    contents.waiting.sort_by(|a, b| (a.created, a.place, &a.notice.id).cmp(&(b.created, b.place, &b.notice.id)));
    contents
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|extension| extension == OsStr::new(ending))
}
