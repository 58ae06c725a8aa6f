//! Events as git objects: a parentless commit of event files, under a reference that is never overwritten. So many
//! hosts push at once without waiting for each other, and one intake folds all of them into the branch.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use git2::{FileMode, ObjectType, Oid, Repository, RepositoryInitOptions};

use super::message::{Person, When, commit_bytes};
use super::repository::{Store, unreadable};
use crate::error::{Problem, Result};
use crate::process::{self, Patience};

/// Where producers put events: `refs/desk/inbox/<producer>/<event id>`.
pub const INBOX: &str = "refs/desk/inbox/";

/// Where producers say when their jobs last ran: `refs/desk/beat/<producer>`.
pub const BEATS: &str = "refs/desk/beat/";

/// Where that goes what nobody could read.
const FAILED: &str = "refs/desk/failed/";

/// Largest file that is read.
const LARGEST: usize = 1 << 20;

/// Files that are read of one reference.
const MOST: usize = 10_000;

/// How often references are taken away that others take away, too, and how long is waited between.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// One reference of a producer and what it holds.
#[derive(Debug)]
pub struct Letter {
    pub reference: String,
    pub commit: Oid,
    pub producer: String,
    /// The texts of its files in the order of their names, or why one cannot be read.
    pub files: Vec<Result<String, String>>,
}

/// A commit of files that belongs to nothing, for a push.
pub struct Parcel {
    folder: tempfile::TempDir,
    commit: Oid,
}

impl Parcel {
    /// Packs files. The same files give the same commit: a push that is repeated changes nothing.
    pub fn pack(who: &Person, at: When, subject: &str, files: &[(String, Vec<u8>)]) -> Result<Parcel> {
        let folder = tempfile::Builder::new().prefix("git-desk-").tempdir()?;
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

impl Store {
    /// What producers have put below a prefix, in the order of the references' last parts: that of the events' times.
    pub fn letters(&self, prefix: &str, limit: usize) -> Result<Vec<Letter>> {
        let mut names: Vec<(String, Oid)> = Vec::new();
        let references = self.repo().references_glob(&format!("{prefix}*")).map_err(unreadable)?;
        for reference in references.flatten() {
            if let (Ok(name), Some(commit)) = (reference.name(), reference.target()) {
                names.push((name.to_owned(), commit));
            }
        }
        let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
        names.sort_by(|a, b| (last(&a.0), &a.0).cmp(&(last(&b.0), &b.0)));
        names.truncate(limit);
        let letter = |(reference, commit): (String, Oid)| {
            let producer = reference[prefix.len()..].split('/').next().unwrap_or_default().to_owned();
            let files = read_files(self.repo(), commit).unwrap_or_else(|error| vec![Err(error.message().to_owned())]);
            Letter { reference, commit, producer, files }
        };
        Ok(names.into_iter().map(letter).collect())
    }

    /// Takes references away, each only while it is what was read; those of `failed` are kept aside.
    pub fn remove_letters(&self, letters: &[Letter], failed: &[&Letter]) -> Result<()> {
        // Each once, below names that stand in nobody's way.
        let aside =
            failed.iter().map(|letter| (format!("{FAILED}{}/{}", letter.producer, letter.commit), letter.commit));
        let aside: BTreeMap<String, Oid> = aside.collect();
        let aside: String = aside.iter().map(|(name, commit)| format!("update {name} {commit}\n")).collect();
        let mut tries = 0;
        loop {
            let there = letters.iter().filter(|letter| self.is_there(letter));
            let lines: String =
                there.map(|letter| format!("delete {} {}\n", letter.reference, letter.commit)).collect();
            if lines.is_empty() && aside.is_empty() {
                return Ok(());
            }
            tries += 1;
            match update_refs(self.git_dir(), &format!("{aside}{lines}")) {
                // Somebody else takes them away, too.
                Err(_) if tries < TRIES => std::thread::sleep(PAUSE),
                done => return done,
            }
        }
    }

    fn is_there(&self, letter: &Letter) -> bool {
        self.repo().refname_to_id(&letter.reference).is_ok_and(|commit| commit == letter.commit)
    }
}

/// One transaction of git: all references or none.
pub(super) fn update_refs(git_dir: &Path, lines: &str) -> Result<()> {
    let failed = |why: String| Problem::repository(format!("git update-ref: {why}")).code("write_failed");
    let mut command = process::git(git_dir);
    command.args(["update-ref", "--no-deref", "--stdin"]);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| failed(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // What it did not read it complains of.
        let _ = stdin.write_all(lines.as_bytes());
    }
    let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    match output.status.success() {
        true => Ok(()),
        false => {
            Err(failed(String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned()).into())
        }
    }
}

fn read_files(repo: &Repository, commit: Oid) -> Result<Vec<Result<String, String>>, git2::Error> {
    let tree = repo.find_commit(commit)?.tree()?;
    let odb = repo.odb()?;
    let mut files = Vec::new();
    for entry in tree.iter().take(MOST) {
        if entry.kind() != Some(ObjectType::Blob) || entry.filemode() == i32::from(FileMode::Link) {
            files.push(Err("it holds what is no regular file".to_owned()));
            continue;
        }
        let (size, _) = odb.read_header(entry.id())?;
        files.push(if size > LARGEST {
            Err(format!("a file has {size} bytes; more than {LARGEST} are not read"))
        } else {
            String::from_utf8(odb.read(entry.id())?.data().to_vec()).map_err(|_| "a file is not UTF-8".to_owned())
        });
    }
    Ok(files)
}
