//! What we remember of our own writes beside a worktree: the last commits, and the index as we left it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use git2::Oid;

use super::Tree;
use super::files::write_synced;
use super::index::IndexState;
use crate::error::Result;
use crate::store::repository::Store;

/// Commits that the journal remembers.
const JOURNAL: usize = 1_024;
/// One of our commits: from where to where, and when by the machine's clock.
pub(super) struct Written {
    pub old: Option<Oid>,
    pub new: Oid,
    pub at: i64,
}

impl Store {
    fn journal(&self) -> PathBuf {
        self.state_file("journal")
    }

    /// Remembers one of our commits, before the branch moves to it.
    pub(super) fn note_in_journal(&self, old: Option<Oid>, new: Oid) -> Result<()> {
        let text = fs::read_to_string(self.journal()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let kept = &lines[lines.len().saturating_sub(JOURNAL)..];
        let line = format!("{} {new} {}\n", old.unwrap_or(Oid::ZERO_SHA1), self.machine_time());
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
        let lines = text.lines().filter_map(|line| {
            let mut words = line.split(' ');
            let old: Oid = words.next()?.parse().ok()?;
            let new: Oid = words.next()?.parse().ok()?;
            Some(Written { old: (!old.is_zero()).then_some(old), new, at: words.next()?.parse().ok()? })
        });
        lines.collect()
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
