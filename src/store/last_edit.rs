//! When files were last changed, and by whom.

use std::collections::BTreeMap;

use git2::Oid;
use jiff::Timestamp;

use super::repository::Store;
use crate::error::{Problem, Result};
use crate::process;

/// The newest commit that changed a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastEdit {
    pub commit: String,
    /// The author's time.
    pub at: Timestamp,
    pub name: String,
    pub email: String,
}

impl Store {
    /// Of the files at or below a path, by their paths; both from the desk's root. Git's own walk has the filters of a
    /// commit-graph, which make it quick where history is long.
    pub fn last_edits(&self, tip: Oid, below: &str) -> Result<BTreeMap<String, LastEdit>> {
        let place = format!(":(top,literal){}{below}", self.root());
        let mut command = process::git(self.git_dir());
        command.args(["log", "--no-show-signature", "--no-renames", "--name-only", "-z", FORMAT]);
        command.arg(tip.to_string()).args(["--", &place]);
        let failed = |why: String| Problem::repository(format!("git log: {why}")).code("git_failed");
        let output = command.output().map_err(|error| failed(error.to_string()).hint("install git"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(failed(said.lines().next().unwrap_or("it failed").to_owned()).into());
        }
        Ok(read(&String::from_utf8_lossy(&output.stdout), self.root()))
    }
}

/// A commit begins with a byte that no name of a file of ours has.
const FORMAT: &str = "--format=%x01%H%x02%at%x02%an%x02%ae%x02";

fn read(log: &str, root: &str) -> BTreeMap<String, LastEdit> {
    let mut edits = BTreeMap::new();
    for commit in log.split('\u{1}') {
        let parts: Vec<&str> = commit.splitn(5, '\u{2}').collect();
        let [id, at, name, email, files] = parts.as_slice() else { continue };
        let Some(at) = at.parse().ok().and_then(|at| Timestamp::from_second(at).ok()) else { continue };
        let edit = LastEdit { commit: (*id).to_owned(), at, name: (*name).to_owned(), email: (*email).to_owned() };
        for file in files.split('\0').filter_map(|file| file.trim_start_matches('\n').strip_prefix(root)) {
            if !file.is_empty() {
                edits.entry(file.to_owned()).or_insert_with(|| edit.clone());
            }
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_commit_of_each_file_counts() {
        let log = "\u{1}c2\u{2}20\u{2}Bo\u{2}bo@x\u{2}\0\nd/kb/a/b.toml\0\u{1}c1\u{2}10\u{2}Ana\u{2}ana@x\u{2}\0\nd/kb/a/b.toml\0d/kb/a/c.toml\0";
        let edits = read(log, "d/");
        let of = |file: &str| (edits[file].commit.as_str(), edits[file].at.as_second(), edits[file].name.as_str());
        assert_eq!(of("kb/a/b.toml"), ("c2", 20, "Bo"));
        assert_eq!(of("kb/a/c.toml"), ("c1", 10, "Ana"));
        assert_eq!(edits.len(), 2);
    }
}
