//! Paths that others have put into a tree: git's own folder, or a way out of the worktree, is never one.

use git2::Oid;

use crate::error::{Problem, Result};
use crate::store::repository::{Store, unreadable};

impl Store {
    /// Refuses, with exit code 6, a commit with files by which git itself could be turned: nothing of it is taken over,
    /// and so nothing of it is passed on. Only what is new since `from` is looked at.
    pub fn refuse_hostile_paths(&self, from: Oid, to: Oid) -> Result<()> {
        let Some(path) = self.hostile_path(Some(from), to)? else { return Ok(()) };
        Err(Problem::invalid(format!("the remote has a file that no git may have: {path}"))
            .code("hostile_path")
            .hint("nothing was taken over; who put it there: git log @{upstream} --stat")
            .into())
    }

    /// The first file of a commit, of those that are new since `from`, by which git itself could be turned.
    pub fn hostile_path(&self, from: Option<Oid>, to: Oid) -> Result<Option<String>> {
        let tree = |commit: Oid| self.repo().find_commit(commit).and_then(|commit| commit.tree()).map_err(unreadable);
        let before = from.map(tree).transpose()?;
        let diff = self.repo().diff_tree_to_tree(before.as_ref(), Some(&tree(to)?), None).map_err(unreadable)?;
        let mut paths = diff.deltas().map(|delta| delta.new_file().path_bytes().unwrap_or_default().to_vec());
        let hostile = paths.find(|path| path.split(|byte| *byte == b'/').any(is_hostile));
        Ok(hostile.map(|path| String::from_utf8_lossy(&path).into_owned()))
    }
}

/// `.`, `..` and every name that some file system takes for `.git`: HFS+ passes over characters without width, NTFS over
/// dots and blanks at the end, streams, and it has short names (git's `path.c` and `utf8.c`, CVE-2014-9390).
fn is_hostile(name: &[u8]) -> bool {
    let text = String::from_utf8_lossy(name);
    let seen: String = text.chars().filter(|c| !is_passed_over(*c)).collect::<String>().to_lowercase();
    let seen = seen.split(':').next().unwrap_or_default();
    let bare = seen.trim_end_matches(['.', ' ']);
    let is_git = bare == ".git" || bare.strip_prefix("git~").is_some_and(|number| number.parse::<u32>().is_ok());
    name.is_empty() || matches!(name, b"." | b"..") || name.contains(&b'\\') || is_git
}

/// What HFS+ does not see in a name.
fn is_passed_over(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_some_file_system_takes_for_gits_folder_is_hostile() {
        for bad in [
            ".git",
            ".GIT",
            "git~1",
            "GIT~12",
            ".git.",
            ".git ",
            ".git::$INDEX_ALLOCATION",
            ".g\u{200c}it",
            "..",
            ".",
            "",
            "a\\b",
        ] {
            assert!(is_hostile(bad.as_bytes()), "{bad}");
        }
        for good in [".gitattributes", ".gitignore", "git", "git~", "digit~1", "desk.toml", "...", "a.git", "caf\u{e9}"]
        {
            assert!(!is_hostile(good.as_bytes()), "{good}");
        }
    }
}
