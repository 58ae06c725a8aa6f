//! What the remote had when it was last asked, and how ours differs from that. The network is not used.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use git2::{Oid, Sort};

use super::Remote;
use crate::error::Result;
use crate::store::inbox::update_refs;
use crate::store::repository::{Store, unreadable};

/// Where the tips are kept that a remote had and has no more, and what was here then.
const LOST: &str = "refs/desk/lost/";

/// How long a lock file of a reference stands still before it counts as left behind: nobody but us moves what is below
/// `refs/desk/seen`, and that in a moment; git may be at its own for as long as a hook of a person's takes.
const OURS: Duration = Duration::from_secs(1);
const THEIRS: Duration = Duration::from_secs(60);

/// Whether a file has not been touched for that long, by the clock of the disk. Waits for it, if it is not long.
fn is_still(file: &Path, long: Duration) -> bool {
    let touched = || fs::metadata(file).and_then(|data| data.modified()).ok();
    let Some(first) = touched() else { return false };
    let age = SystemTime::now().duration_since(first).unwrap_or_default();
    if age < long && long <= OURS {
        std::thread::sleep(long - age);
        return touched() == Some(first);
    }
    age >= long
}

impl Store {
    /// The remote's tip as it was last seen; `None` when it never was.
    ///
    /// A plain `git fetch` moves git's own memory of it, but not ours: so a remote that was rewound is noticed all the
    /// same. What a plain `git pull` or `git push` has brought together with ours was seen, too.
    pub fn last_seen(&self, remote: &Remote) -> Result<Option<Oid>> {
        let (seen, known) = (self.commit_of(&remote.seen())?, self.commit_of(&remote.tracking())?);
        let (Some(seen), Some(known)) = (seen, known) else { return Ok(seen.or(known)) };
        let is_further = seen != known && self.reaches(known, seen)?;
        let is_ours = is_further && self.tip()?.map_or(Ok(false), |tip| self.reaches(tip, known))?;
        Ok(Some(if is_ours { known } else { seen }))
    }

    /// The newest that is known of the remote's tip, whoever asked it.
    pub fn last_known(&self, remote: &Remote) -> Result<Option<Oid>> {
        Ok(self.commit_of(&remote.tracking())?.or(self.commit_of(&remote.seen())?))
    }

    /// The commit of a reference; `None` when there is none, or not the commit.
    pub fn commit_of(&self, reference: &str) -> Result<Option<Oid>> {
        match self.repo().refname_to_id(reference) {
            Ok(id) => Ok(self.repo().find_commit(id).is_ok().then_some(id)),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// Notes where the remote's branch is, as git does: it may be refused yet.
    pub fn heard(&self, remote: &Remote, tip: Oid) {
        self.note_tip(&remote.tracking(), tip, THEIRS);
    }

    /// Remembers where the remote's branch is, now that all of it is here to stay.
    pub fn saw(&self, remote: &Remote, tip: Oid) {
        self.heard(remote, tip);
        self.note_tip(&remote.seen(), tip, OURS);
    }

    /// Sets a reference that is a note of ours. What was to be noted has happened: where it cannot be, that is told, and
    /// the next sync asks the remote anyway. A lock file that has not been touched for so long is what a killed git left.
    fn note_tip(&self, name: &str, tip: Oid, stale: Duration) {
        if self.repo().refname_to_id(name).is_ok_and(|known| known == tip) {
            return;
        }
        let lines = format!("update {name} {tip}\n");
        let lock = self.common_dir().join(format!("{name}.lock"));
        let mut noted = update_refs(self.git_dir(), &lines);
        if noted.is_err() {
            if is_still(&lock, stale) {
                let _ = fs::remove_file(&lock);
            }
            noted = update_refs(self.git_dir(), &lines);
        }
        if let Err(error) = noted {
            log::warn!("{error:#}");
        }
    }

    /// Keeps a commit that no branch has any more, and gives the name under which it is found.
    pub fn keep_lost(&self, commit: Oid) -> Result<String> {
        let name = format!("{LOST}{}", &commit.to_string()[..12]);
        update_refs(self.git_dir(), &format!("update {name} {commit}\n"))?;
        Ok(name)
    }

    /// Takes back what [`keep_lost`](Store::keep_lost) kept: the branch has it yet.
    pub fn forget_lost(&self, names: &[String]) {
        let lines: String = names.iter().map(|name| format!("delete {name}\n")).collect();
        if let Err(error) = update_refs(self.git_dir(), &lines) {
            log::debug!("{error:#}");
        }
    }

    /// The commits that one has and the others have not, oldest first.
    pub fn commits_beyond(&self, tip: Oid, others: &[Oid]) -> Result<Vec<Oid>> {
        let mut walk = self.repo().revwalk().map_err(unreadable)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE).map_err(unreadable)?;
        walk.push(tip).map_err(unreadable)?;
        others.iter().try_for_each(|other| walk.hide(*other)).map_err(unreadable)?;
        walk.collect::<Result<_, _>>().map_err(unreadable)
    }

    /// Where two histories parted; `None` when they have nothing in common.
    pub fn meeting_point(&self, one: Oid, other: Oid) -> Result<Option<Oid>> {
        match self.repo().merge_base(one, other) {
            Ok(base) => Ok(Some(base)),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// Whether there is a desk in a commit, where ours is.
    pub fn has_desk(&self, commit: Oid) -> bool {
        let tree = self.repo().find_commit(commit).and_then(|commit| commit.tree());
        tree.is_ok_and(|tree| tree.get_path(Path::new(&format!("{}desk.toml", self.root()))).is_ok())
    }

    /// The address of a commit's author.
    pub fn author_email(&self, commit: Oid) -> Result<String> {
        let commit = self.repo().find_commit(commit).map_err(unreadable)?;
        Ok(String::from_utf8_lossy(commit.author().email_bytes()).into_owned())
    }

    /// Notes when ours was last the same as theirs, in seconds since 1970.
    pub fn note_in_step(&self, remote: &Remote, at: i64) {
        // A note for people; where it cannot be written, nothing is said.
        let _ = fs::create_dir_all(self.state_dir());
        let _ = fs::write(self.in_step(remote), format!("{at}\n"));
    }

    /// When ours was last the same as theirs, in seconds since 1970.
    pub fn last_in_step(&self, remote: &Remote) -> Option<i64> {
        fs::read_to_string(self.in_step(remote)).ok()?.trim().parse().ok()
    }

    fn in_step(&self, remote: &Remote) -> std::path::PathBuf {
        self.state_file(&format!("in-step-{}", remote.name.replace('%', "%25").replace('/', "%2f")))
    }
}
