//! Events as git objects: a parentless commit of event files, under a reference that is never overwritten. So many
//! hosts push at once without waiting for each other, and one intake folds all of them into the branch.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use git2::{FileMode, ObjectType, Oid, Repository, RepositoryInitOptions};

use super::message::{Person, When, commit_bytes};
use super::repository::{Store, unreadable};
use crate::error::{Problem, Result};
use crate::platform;
use crate::process::{self, Patience};

/// Where producers put events: `refs/desk/inbox/<producer>/<event id>`.
pub const INBOX: &str = "refs/desk/inbox/";

/// Where producers say when their jobs last ran: `refs/desk/beat/<producer>`.
pub const BEATS: &str = "refs/desk/beat/";

/// Where that goes what nobody could read.
pub const FAILED: &str = "refs/desk/failed/";

/// Largest file that is read.
const LARGEST: usize = 1 << 20;

/// Files that are read of one reference, and bytes of the list of them.
const MOST: usize = 10_000;
const LONGEST: usize = 8 << 20;

/// Files and bytes that are read at once.
pub const FILES_AT_ONCE: usize = 2_000;
const BYTES_AT_ONCE: usize = 64 << 20;

/// How long is tried to take away references that others take away, too, and how long is waited between.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

/// No program holds a lock on a reference so long.
const STALE: Duration = Duration::from_secs(600);

/// Folders of parcels begin so, and one so old belongs to nobody who still pushes it.
const PARCEL: &str = "git-desk-parcel-";
const OLD: Duration = Duration::from_secs(36 * 3_600);

/// One reference of a producer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub reference: String,
    pub commit: Oid,
    pub producer: String,
}

/// A letter that could not be taken away, and why.
#[derive(Debug, Clone)]
pub struct Stays {
    pub letter: Letter,
    pub why: String,
}

/// Letters that are read a part at a time: what is in memory at once is bounded, whatever somebody pushed.
pub struct Reading<'s> {
    repo: &'s Repository,
    letters: std::vec::IntoIter<Letter>,
    /// The one that is being read, and the files of it that are left.
    open: Option<(Letter, std::vec::IntoIter<Result<Oid, String>>)>,
}

/// What was read at once.
#[derive(Debug, Default)]
pub struct Part {
    /// Each with what was read of it: the texts of its files in the order of their names, or why one cannot be read.
    pub letters: Vec<(Letter, Vec<Result<String, String>>)>,
    /// The last of the letters goes on in the next part.
    pub goes_on: bool,
}

/// A commit of files that belongs to nothing, for a push.
pub struct Parcel {
    folder: tempfile::TempDir,
    commit: Oid,
}

impl Parcel {
    /// Packs files. The same files give the same commit: a push that is repeated changes nothing.
    pub fn pack(who: &Person, at: When, subject: &str, files: &[(String, Vec<u8>)]) -> Result<Parcel> {
        tidy();
        let folder = tempfile::Builder::new().prefix(PARCEL).tempdir()?;
        let mut options = RepositoryInitOptions::new();
        let repo =
            Repository::init_opts(folder.path(), options.bare(true).external_template(false)).map_err(unreadable)?;
        let mut tree = repo.treebuilder(None).map_err(unreadable)?;
        for (name, bytes) in files {
            let blob = repo.blob(bytes).map_err(unreadable)?;
            tree.insert(name, blob, FileMode::Blob.into()).map_err(unreadable)?;
        }
        let tree = tree.write().map_err(unreadable)?;
        let bytes = commit_bytes(tree, &[], (who, at), (who, at), &format!("{subject}\n"));
        let commit = repo.odb().and_then(|odb| odb.write(ObjectType::Commit, &bytes)).map_err(unreadable)?;
        Ok(Parcel { folder, commit })
    }

    /// The first digits of its commit's id.
    pub fn short(&self) -> String {
        self.commit.to_string().chars().take(12).collect()
    }

    /// `git push` to a reference; `force` moves one that is there. What git says is given back when it fails.
    pub fn push(
        &self,
        url: &str,
        schemes: &str,
        reference: &str,
        force: bool,
        patience: Patience,
    ) -> Result<(), String> {
        let mut command = process::git(self.folder.path());
        command.env("GIT_ALLOW_PROTOCOL", schemes).env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
        let force = if force { "+" } else { "" };
        command.args(["push", "--quiet", "--", url]).arg(format!("{force}{}:{reference}", self.commit));
        let output = process::converse(&mut command, b"", patience).map_err(|error| format!("git push: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().find(|line| line.starts_with("fatal: ") || line.starts_with("error: "));
        Err(line.or(said.lines().next()).unwrap_or("git push failed").trim().to_owned())
    }
}

/// Takes away parcels of ours that were killed on their way.
fn tidy() {
    for entry in std::fs::read_dir(tempfile::env::temp_dir()).into_iter().flatten().flatten() {
        let is_parcel = entry.file_name().to_str().is_some_and(|name| name.starts_with(PARCEL));
        if is_parcel && platform::is_own_folder(&entry.path()) && is_older(&entry.path(), OLD) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn is_older(path: &Path, than: Duration) -> bool {
    let changed = std::fs::symlink_metadata(path).and_then(|data| data.modified());
    changed.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > than))
}

impl Store {
    /// What producers have put below a prefix, in the order of the references' last parts: that of the events' times.
    pub fn letters(&self, prefix: &str) -> Result<Vec<Letter>> {
        let mut letters: Vec<Letter> = Vec::new();
        let references = self.repo().references_glob(&format!("{prefix}*")).map_err(unreadable)?;
        for reference in references.flatten() {
            if let (Ok(name), Some(commit)) = (reference.name(), reference.target()) {
                let producer = name[prefix.len()..].split('/').next().unwrap_or_default().to_owned();
                letters.push(Letter { reference: name.to_owned(), commit, producer });
            }
        }
        let order = |letter: &Letter| {
            let last = letter.reference.rsplit('/').next().unwrap_or_default().to_owned();
            (last, letter.reference.clone())
        };
        letters.sort_by_cached_key(order);
        Ok(letters)
    }

    /// Begins to read letters.
    pub fn read_letters(&self, letters: Vec<Letter>) -> Reading<'_> {
        Reading { repo: self.repo(), letters: letters.into_iter(), open: None }
    }

    /// Takes references away, each only while it is what was read; those of `failed` are kept aside. What somebody holds
    /// the lock of stays, and is given back.
    pub fn remove_letters(&self, letters: &[Letter], failed: &[Letter]) -> Result<Vec<Stays>> {
        let until = Instant::now() + PATIENCE;
        loop {
            let Err(_) = self.remove(letters, failed) else { return Ok(Vec::new()) };
            self.locks_below(&["refs/desk"]).iter().filter(|lock| is_older(lock, STALE)).for_each(|lock| {
                log::warn!("{}: nobody holds a lock that long: removed", lock.display());
                let _ = std::fs::remove_file(lock);
            });
            if Instant::now() >= until {
                break;
            }
            // Somebody else takes them away, too.
            std::thread::sleep(PAUSE);
        }
        let locked = |letter: &Letter| {
            let names = [letter.reference.clone(), aside(letter)];
            names.iter().map(|name| self.lock_of(name)).find(|lock| lock.exists())
        };
        let (held, free): (Vec<&Letter>, Vec<&Letter>) = letters.iter().partition(|letter| locked(letter).is_some());
        let lock =
            |letter: &Letter| locked(letter).map_or_else(String::new, |lock| format!("{} is there", lock.display()));
        let mut stay: Vec<Stays> =
            held.iter().map(|letter| Stays { letter: (*letter).clone(), why: lock(letter) }).collect();
        let free: Vec<Letter> = free.into_iter().cloned().collect();
        let failed: Vec<Letter> = failed.iter().filter(|letter| locked(letter).is_none()).cloned().collect();
        if let Err(error) = self.remove(&free, &failed) {
            let why = error.to_string();
            stay.extend(free.into_iter().map(|letter| Stays { letter, why: why.clone() }));
        }
        Ok(stay)
    }

    fn remove(&self, letters: &[Letter], failed: &[Letter]) -> Result<()> {
        // Each once.
        let kept: BTreeMap<String, Oid> = failed.iter().map(|letter| (aside(letter), letter.commit)).collect();
        let kept = kept.iter().map(|(name, commit)| format!("update {name} {commit}\n"));
        let there = letters.iter().filter(|letter| self.is_there(letter));
        let gone = there.map(|letter| format!("delete {} {}\n", letter.reference, letter.commit));
        let lines: String = kept.chain(gone).collect();
        if lines.is_empty() { Ok(()) } else { update_refs(self.git_dir(), &lines) }
    }

    /// The lock files that keep references below these from being changed, whoever left them.
    pub fn locks_below(&self, references: &[&str]) -> Vec<PathBuf> {
        let mut found = vec![self.lock_of("packed-refs")];
        let mut folders: Vec<PathBuf> = references.iter().map(|name| self.common_dir().join(name)).collect();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    Ok(_) | Err(_) => found.push(entry.path()),
                }
            }
        }
        found.retain(|path| path.extension().is_some_and(|extension| extension == "lock") && path.is_file());
        found
    }

    fn lock_of(&self, name: &str) -> PathBuf {
        self.common_dir().join(format!("{name}.lock"))
    }

    fn is_there(&self, letter: &Letter) -> bool {
        self.repo().refname_to_id(&letter.reference).is_ok_and(|commit| commit == letter.commit)
    }
}

/// Where a reference is kept that nobody could read: below a name that stands in nobody's way.
fn aside(letter: &Letter) -> String {
    format!("{FAILED}{}/{}", letter.producer, letter.commit)
}

/// One transaction of git: all references or none.
pub(super) fn update_refs(git_dir: &Path, lines: &str) -> Result<()> {
    let mut command = process::git(git_dir);
    command.args(["update-ref", "--no-deref", "--stdin"]);
    let failed = |why| Problem::repository(format!("git update-ref: {why}")).code("write_failed");
    Ok(process::done(&mut command, lines.as_bytes()).map_err(failed)?)
}

impl Reading<'_> {
    /// The next files; `None` when all have been read.
    pub fn take(&mut self) -> Option<Part> {
        let (mut part, mut files, mut bytes) = (Part::default(), 0, 0);
        while let Some((letter, mut left)) = self.open.take().or_else(|| self.next()) {
            let mut texts = Vec::new();
            while files < FILES_AT_ONCE
                && bytes < BYTES_AT_ONCE
                && let Some(file) = left.next()
            {
                let text = file.and_then(|blob| read_text(self.repo, blob));
                bytes += text.as_ref().map_or(0, String::len);
                files += 1;
                texts.push(text);
            }
            part.goes_on = !left.as_slice().is_empty();
            part.letters.push((letter.clone(), texts));
            if part.goes_on {
                self.open = Some((letter, left));
            }
            if files >= FILES_AT_ONCE || bytes >= BYTES_AT_ONCE || part.letters.len() >= FILES_AT_ONCE {
                break;
            }
        }
        (!part.letters.is_empty()).then_some(part)
    }

    fn next(&mut self) -> Option<(Letter, std::vec::IntoIter<Result<Oid, String>>)> {
        let letter = self.letters.next()?;
        let files = files_of(self.repo, letter.commit).unwrap_or_else(|why| vec![Err(why)]);
        Some((letter, files.into_iter()))
    }
}

/// The files of a letter; the last says so where there are more than are read.
fn files_of(repo: &Repository, commit: Oid) -> Result<Vec<Result<Oid, String>>, String> {
    let words = |error: git2::Error| error.message().to_owned();
    let tree = repo.find_commit(commit).map_err(words)?.tree_id();
    let (size, _) = repo.odb().and_then(|odb| odb.read_header(tree)).map_err(words)?;
    if size > LONGEST {
        return Err(format!("its list of files has {size} bytes; more than {LONGEST} are not read"));
    }
    let tree = repo.find_tree(tree).map_err(words)?;
    let file = |entry: git2::TreeEntry<'_>| {
        let regular = entry.kind() == Some(ObjectType::Blob) && entry.filemode() != i32::from(FileMode::Link);
        if regular { Ok(entry.id()) } else { Err("it holds what is no regular file".to_owned()) }
    };
    let mut files: Vec<Result<Oid, String>> = tree.iter().take(MOST).map(file).collect();
    if tree.len() > MOST {
        files.push(Err(format!("it holds {} files; more than {MOST} are not read", tree.len())));
    }
    Ok(files)
}

fn read_text(repo: &Repository, blob: Oid) -> Result<String, String> {
    let words = |error: git2::Error| error.message().to_owned();
    let odb = repo.odb().map_err(words)?;
    let (size, _) = odb.read_header(blob).map_err(words)?;
    if size > LARGEST {
        return Err(format!("a file has {size} bytes; more than {LARGEST} are not read"));
    }
    String::from_utf8(odb.read(blob).map_err(words)?.data().to_vec()).map_err(|_| "a file is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many files each part has of a letter with these, and what is wrong with any of them.
    fn parts(files: &[(String, Vec<u8>)]) -> (Vec<usize>, Vec<String>) {
        let who = Person::new("git-desk", "machine@web1");
        let at = When { at: jiff::Timestamp::UNIX_EPOCH, offset_minutes: 0 };
        let parcel = Parcel::pack(&who, at, "events", files).unwrap();
        let repo = Repository::open_bare(parcel.folder.path()).unwrap();
        let letter = Letter { reference: "r".to_owned(), commit: parcel.commit, producer: "web1".to_owned() };
        let mut reading = Reading { repo: &repo, letters: vec![letter.clone()].into_iter(), open: None };
        let (mut counts, mut wrong) = (Vec::new(), Vec::new());
        let mut goes_on = true;
        while let Some(part) = reading.take() {
            assert!(goes_on && part.letters.iter().all(|(read, _)| *read == letter));
            goes_on = part.goes_on;
            let texts: Vec<Result<String, String>> = part.letters.into_iter().flat_map(|(_, texts)| texts).collect();
            counts.push(texts.len());
            wrong.extend(texts.into_iter().filter_map(Result::err));
        }
        assert!(!goes_on);
        (counts, wrong)
    }

    fn files(count: usize, size: usize) -> Vec<(String, Vec<u8>)> {
        (0..count).map(|at| (format!("{at:06}.json"), vec![b'x'; size])).collect()
    }

    #[test]
    fn a_large_letter_is_read_a_part_at_a_time_and_whole() {
        assert_eq!(parts(&files(3, 10)), (vec![3], vec![]));
        assert_eq!(parts(&files(70, LARGEST)), (vec![64, 6], vec![]));
        assert_eq!(parts(&files(2 * FILES_AT_ONCE, 1)), (vec![FILES_AT_ONCE; 2], vec![]));
    }

    #[test]
    fn what_is_not_read_of_a_letter_is_said() {
        let why = |text: &str| vec![text.to_owned()];
        assert_eq!(
            parts(&files(1, LARGEST + 1)),
            (vec![1], why("a file has 1048577 bytes; more than 1048576 are not read"))
        );
        let (counts, wrong) = parts(&files(MOST + 5, 1));
        assert_eq!(
            (counts.iter().sum::<usize>(), wrong),
            (MOST + 1, why("it holds 10005 files; more than 10000 are not read"))
        );
    }
}
