//! How large a spool may become. Of each key the first event and the newest stay as long as there is room, then one of
//! each, then the newest of all. What goes is counted: in the next event of its key, else in an event of its own.
//!
//! No folder is listed for that each time: whoever puts an event there appends to a file of sizes, and only when its
//! length says that the spool may be full is looked how full it is. What left the spool meanwhile is not taken off, so
//! the file may say too much, which costs a look, and never too little.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Spool, files_in, read, shared, short};
use crate::model::count::counted;
use crate::platform;
use crate::view::event::{Ask, Event, SCHEMA};

/// What the events that wait take of the disk at most, in bytes.
pub const ROOM: u64 = 64 << 20;

/// The part of it that each user has for their own in a spool that is everybody's, where only its owner sees all.
const SHARE: u64 = 4;

/// The part that is made free at once, so that it is long until the next look.
const AIR: u64 = 8;

/// What a disk gives to a file is a multiple of this, whatever is in it.
const BLOCK: u64 = 4 << 10;

/// So many go at once at most, so that nobody waits long for a spool that has grown beyond all bounds.
const AT_ONCE: usize = 5_000;

/// So many keys are named where events of theirs were left out.
const NAMED: usize = 10;

/// The bound of one folder of events.
pub struct Bound<'s> {
    spool: &'s Spool,
    /// Where events wait.
    folder: PathBuf,
    /// Where is noted what was put there.
    notes: PathBuf,
    /// Only what we put there ourselves is ours to see and to take away.
    own_only: bool,
}

/// An event on the disk.
struct Lying {
    path: PathBuf,
    /// Of the disk.
    blocks: u64,
    key: String,
}

/// How much an event matters when there is no room for all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Between the first of its key and the newest.
    Between,
    /// The first of its key, where there is a newer one.
    First,
    Newest,
    /// It tells what was left out.
    Stays,
}

/// What had to go of keys of which no event is at hand.
#[derive(Default)]
struct Lost {
    events: u64,
    keys: BTreeSet<String>,
    named: Vec<String>,
    last: Option<Event>,
}

impl<'s> Bound<'s> {
    pub fn of(spool: &'s Spool, root: &Path, folder: &Path) -> Bound<'s> {
        let is_shared = platform::is_shared(root);
        Bound {
            spool,
            folder: folder.to_owned(),
            notes: if is_shared { spool.state.clone() } else { root.to_owned() },
            own_only: is_shared && !shared::is_ours(root),
        }
    }

    /// Makes room for an event where there is none; what had to go of its own key is said in it. The event that tells of
    /// the others, where some had to go, is written by `write`.
    pub fn make_room(&self, event: &mut Event, write: impl FnOnce(&Event) -> io::Result<()>) {
        let needed = blocks(event.to_line().len() as u64);
        let noted = fs::metadata(self.sizes()).map(|data| data.len());
        if noted.is_ok_and(|noted| noted + needed <= self.most()) {
            return;
        }
        self.shrink(Some(event), needed, write);
    }

    /// Looks how full it is, and makes room where it is too full; `event` is about to come.
    pub fn shrink(&self, event: Option<&mut Event>, needed: u64, write: impl FnOnce(&Event) -> io::Result<()>) {
        let lying = self.lying();
        let mut taken: u64 = lying.iter().map(|one| one.blocks).sum();
        if taken + needed > self.most() {
            taken = self.drop_some(&lying, event, taken, needed, write);
        }
        if self.own_only {
            let names = lying.iter().filter(|one| one.path.exists()).filter_map(|one| one.path.file_name()?.to_str());
            let names: String = names.map(|name| format!("{name}\n")).collect();
            self.note(fs::write(self.names(), names));
        }
        let made = platform::make_folder(&self.notes, 0o700);
        let noted = made.and_then(|()| fs::write(self.sizes(), vec![b'.'; usize::try_from(taken).unwrap_or(0)]));
        if noted.is_err() {
            // One that was cut says too little.
            let _ = fs::remove_file(self.sizes());
        }
        self.note(noted);
    }

    /// Notes what was put there.
    pub fn add(&self, name: &str, size: u64) {
        let append = |path: PathBuf, bytes: &[u8]| {
            let mut options = OpenOptions::new();
            platform::with_mode(options.append(true).create(true), 0o600).open(path)?.write_all(bytes)
        };
        self.note(append(self.sizes(), &vec![b'.'; usize::try_from(blocks(size)).unwrap_or(1)]));
        if self.own_only {
            self.note(append(self.names(), format!("{name}\n").as_bytes()));
        }
    }

    /// How much of the disk is left after some had to go.
    fn drop_some(
        &self,
        lying: &[Lying],
        mut event: Option<&mut Event>,
        mut taken: u64,
        needed: u64,
        write: impl FnOnce(&Event) -> io::Result<()>,
    ) -> u64 {
        let own = event.as_ref().map(|event| short(&event.key));
        let goal = (self.most() - self.most() / AIR).saturating_sub(needed);
        let mut lost = Lost::default();
        for one in self.in_order(lying, own.as_deref()).into_iter().take(AT_ONCE) {
            if taken <= goal {
                break;
            }
            let told = read(one.path.clone()).and_then(|(waiting, _)| waiting.event.ok());
            if fs::remove_file(&one.path).is_err() {
                continue;
            }
            taken = taken.saturating_sub(one.blocks);
            let count = 1 + told.as_ref().map_or(0, |told| told.left_out);
            match &mut event {
                Some(event) if own.as_ref() == Some(&one.key) => event.left_out += count,
                Some(_) | None => lost.add(one, count, told),
            }
        }
        taken + self.tell(lying, lost, write)
    }

    /// The first to go first.
    fn in_order<'l>(&self, lying: &'l [Lying], own: Option<&str>) -> Vec<&'l Lying> {
        let mut of_each: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, one) in lying.iter().enumerate() {
            of_each.entry(&one.key).or_default().push(at);
        }
        let telling = short(&self.key());
        let rank = |at: usize| {
            let key = lying[at].key.as_str();
            let places = of_each.get(key).map_or(&[][..], Vec::as_slice);
            // The newest of its key is the event that is about to come.
            let is_last = own != Some(key) && places.last() == Some(&at);
            match () {
                () if key == telling => Rank::Stays,
                () if is_last => Rank::Newest,
                () if places.first() == Some(&at) => Rank::First,
                () => Rank::Between,
            }
        };
        let mut ranked: Vec<(Rank, usize)> = (0..lying.len()).map(|at| (rank(at), at)).collect();
        ranked.retain(|(rank, _)| *rank != Rank::Stays);
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, at)| &lying[at]).collect()
    }

    /// Puts one event in the place of all that had to go; how many blocks it takes.
    fn tell(&self, lying: &[Lying], lost: Lost, write: impl FnOnce(&Event) -> io::Result<()>) -> u64 {
        if lost.events == 0 {
            return 0;
        }
        let telling = short(&self.key());
        let earlier: Vec<&Lying> = lying.iter().filter(|one| one.key == telling).collect();
        let before = earlier.last().and_then(|one| read(one.path.clone())?.0.event.ok());
        let event = self.event(&lost, before);
        if let Err(error) = write(&event) {
            // Said at least to whoever looks after the machine.
            self.note(platform::system_log(&format!("{}: {error}", event.title)));
            return 0;
        }
        earlier.iter().for_each(|one| drop(fs::remove_file(&one.path)));
        blocks(event.to_line().len() as u64)
    }

    fn event(&self, lost: &Lost, before: Option<Event>) -> Event {
        let (host, user) = (&self.spool.host, &self.spool.user);
        let last = lost.last.clone().unwrap_or_default();
        let (count, first) = before.map_or((0, None), |before| (before.count, before.first));
        let events = counted(lost.events + count, "event");
        let keys = counted(lost.keys.len(), "key");
        let named: String = lost.named.iter().map(|key| format!("  {key}\n")).collect();
        let more = lost.keys.len().saturating_sub(lost.named.len());
        let more = if more == 0 { String::new() } else { format!("  and {more} more\n") };
        Event {
            schema: SCHEMA.to_owned(),
            id: format!("{}.9Z-{}", last.at.strftime("%Y%m%dT%H%M%S"), short(&format!("{} is left out", last.id))),
            at: last.at,
            ask: Ask::Trigger,
            key: self.key(),
            host: host.clone(),
            user: user.clone(),
            asset: host.clone(),
            title: format!("{events} left out on {host}: the spool was full"),
            body: format!(
                "{events} had to go from {}, the last of {keys}:\n\n{named}{more}\nEither nothing delivers them (git \
                 desk flush), or something tells far too much.\n",
                self.folder.display()
            ),
            count: lost.events + count,
            first: first.or(Some(last.at)),
            ..Event::default()
        }
    }

    /// Of the event that tells what was left out.
    fn key(&self) -> String {
        super::fitting(&format!("spool-full/{}/{}", self.spool.host, self.spool.user))
    }

    /// What lies there, oldest first.
    fn lying(&self) -> Vec<Lying> {
        let mut paths = match self.own_only {
            true => self.named(),
            false => files_in(&self.folder),
        };
        paths.sort_unstable();
        paths.dedup();
        let lying = |path: PathBuf| {
            let blocks = blocks(fs::symlink_metadata(&path).ok()?.len());
            Some(Lying { blocks, key: short_of(&path), path })
        };
        paths.into_iter().filter_map(lying).collect()
    }

    /// What we put there.
    fn named(&self) -> Vec<PathBuf> {
        let names = fs::read_to_string(self.names()).unwrap_or_default();
        names.lines().filter(|name| name.ends_with(".json")).map(|name| self.folder.join(name)).collect()
    }

    /// In blocks.
    fn most(&self) -> u64 {
        let bytes = if self.own_only { self.spool.room / SHARE } else { self.spool.room };
        bytes / BLOCK
    }

    /// A byte for each block that was put there since somebody looked.
    fn sizes(&self) -> PathBuf {
        self.notes.join("sizes")
    }

    /// The names of the files that we put there.
    fn names(&self) -> PathBuf {
        self.notes.join("names")
    }

    /// Without notes it is looked more often.
    fn note(&self, done: io::Result<()>) {
        if let Err(error) = done {
            log::debug!("{}: {error}", self.notes.display());
        }
    }
}

impl Lost {
    fn add(&mut self, one: &Lying, count: u64, told: Option<Event>) {
        self.events += count;
        if self.keys.insert(one.key.clone()) && self.named.len() < NAMED {
            self.named.extend(told.as_ref().map(|told| told.key.clone()));
        }
        self.last = told.or(self.last.take());
    }
}

fn blocks(bytes: u64) -> u64 {
    bytes.div_ceil(BLOCK).max(1)
}

/// The key's part of `<id>.<key>.json`.
fn short_of(path: &Path) -> String {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    stem.rsplit('.').next().unwrap_or_default().to_owned()
}
