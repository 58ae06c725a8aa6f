//! What we remember of our own writes beside a worktree: the last commits, and the index as we left it.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use git2::Oid;

use super::files::write_synced;
use super::index::IndexState;
use super::{Change, PLAIN, Tree};
use crate::error::Result;
use crate::store::repository::Store;

/// Commits that the journal remembers.
const JOURNAL: usize = 512;
/// Changes of one commit that it remembers; those of one with more are read from the commit.
const CHANGES: usize = 16;

/// One of our commits: from where to where, when by the machine's clock, and what it changed.
pub(super) struct Written {
    pub old: Option<Oid>,
    pub new: Oid,
    pub at: i64,
    /// `None` when there are too many to remember.
    changes: Option<Vec<Change>>,
}

impl Written {
    /// As a line: the zero id for nothing, tabs between, a path behind both of its blobs.
    fn line(&self) -> String {
        let text = |id: Option<Oid>| id.unwrap_or(Oid::ZERO_SHA1).to_string();
        let changes = self.changes.as_deref().unwrap_or_default();
        let changes =
            changes.iter().map(|change| format!("\t{} {} {}", text(change.old), text(change.new), change.path));
        let count = self.changes.as_ref().map_or_else(|| "?".to_owned(), |changes| changes.len().to_string());
        format!("{}\t{}\t{}\t{count}{}\n", text(self.old), self.new, self.at, changes.collect::<String>())
    }

    fn parse(line: &str) -> Option<Written> {
        let id = |word: &str| word.parse().ok().map(|id: Oid| (!id.is_zero()).then_some(id));
        let mut words = line.split('\t');
        let (old, new, at) = (id(words.next()?)?, id(words.next()?)??, words.next()?.parse().ok()?);
        let count: Option<usize> = words.next()?.parse().ok();
        let change = |word: &str| {
            let mut parts = word.splitn(3, ' ');
            let (old, new) = (id(parts.next()?)?, id(parts.next()?)?);
            Some(Change { old, new, path: parts.next()?.to_owned(), modes: (PLAIN, PLAIN) })
        };
        let changes: Vec<Change> = words.filter_map(change).collect();
        Some(Written { old, new, at, changes: count.filter(|count| *count == changes.len()).map(|_| changes) })
    }
}

impl Store {
    fn journal(&self) -> PathBuf {
        self.state_file("journal")
    }

    /// Remembers one of our commits, before the branch moves to it.
    pub(super) fn note_in_journal(&self, old: Option<Oid>, new: Oid, changes: &[Change]) -> Result<()> {
        let text = fs::read_to_string(self.journal()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let kept = &lines[lines.len().saturating_sub(JOURNAL)..];
        let is_plain = |change: &Change| change.mode() == PLAIN && !change.path.contains(['\t', '\n']);
        let plain = changes.len() <= CHANGES && changes.iter().all(is_plain);
        let changes = plain.then(|| changes.to_vec());
        let line = Written { old, new, at: self.machine_time(), changes }.line();
        let text: String = kept.iter().map(|line| format!("{line}\n")).chain([line]).collect();
        write_synced(&self.journal(), &text, false)
    }

    /// Seconds by the machine's clock, as git takes them: the present of `GIT_DESK_NOW` says nothing of races.
    fn machine_time(&self) -> i64 {
        let touched = fs::metadata(self.intent()).and_then(|data| data.modified()).unwrap_or(UNIX_EPOCH);
        let since = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        i64::try_from(since(touched)).unwrap_or_default()
    }

    /// Our last commits, the oldest first.
    pub(super) fn written(&self) -> Vec<Written> {
        let text = fs::read_to_string(self.journal()).unwrap_or_default();
        text.lines().filter_map(Written::parse).collect()
    }

    /// What one of our commits changed.
    pub(super) fn changes_of<'w>(&self, written: &'w Written) -> Result<Cow<'w, [Change]>> {
        match &written.changes {
            Some(changes) => Ok(Cow::Borrowed(changes)),
            None => self.changes_between(written.old, written.new).map(Cow::Owned),
        }
    }

    fn seen_file(&self, tree: &Tree) -> PathBuf {
        let name = tree.git_dir.strip_prefix(self.common_dir().join("worktrees")).ok().and_then(Path::to_str);
        self.state_file(&format!("seen-{}", name.unwrap_or_default()))
    }

    pub(super) fn seen(&self, tree: &Tree) -> Option<IndexState> {
        IndexState::parse(&fs::read_to_string(self.seen_file(tree)).ok()?)
    }

    pub(super) fn note_seen(&self, tree: &Tree, state: &IndexState) {
        // Where it cannot be noted, it is looked at again.
        let _ = write_synced(&self.seen_file(tree), &state.text(), false);
    }

    /// Notes that the index of a worktree is as we want it.
    pub(super) fn index_is_well(&self, tree: &Tree) {
        if let Some(state) = IndexState::of(tree) {
            self.note_seen(tree, &state);
        }
    }
}
