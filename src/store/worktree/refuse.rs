//! What a person has in a worktree and the branch does not: reasons to write nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use git2::{AttrCheckFlags, AttrValue, ErrorCode, ObjectType, Oid, Repository, Status, StatusOptions};

use super::entries::Entries;
use super::{Change, Tree};
use crate::error::{Problem, Result};
use crate::store::repository::unreadable;

/// Refuses a file that git would convert on its way to the worktree: what we write there would not be what git expects.
pub(super) fn refuse_converted(repo: &Repository, change: &Change) -> Result<()> {
    let value = |name: &str| {
        let text = repo.get_attr(Path::new(&change.path), name, AttrCheckFlags::FILE_THEN_INDEX).ok().flatten();
        AttrValue::from_string(text)
    };
    let crlf = match value("eol") {
        AttrValue::String(eol) => eol == "crlf",
        AttrValue::True | AttrValue::False | AttrValue::Bytes(_) | AttrValue::Unspecified => {
            let by_setting = repo.config().and_then(|config| config.get_bool("core.autocrlf")).unwrap_or(false);
            by_setting && value("text") != AttrValue::False
        }
    };
    let is_set = |name: &&str| !matches!(value(name), AttrValue::False | AttrValue::Unspecified);
    let other = ["filter", "ident", "working-tree-encoding"].into_iter().find(is_set);
    let Some(what) = other.or(crlf.then_some("eol")) else { return Ok(()) };
    Err(Problem::refused(format!(
        "git's attribute `{what}` converts {} in this worktree; nothing was written",
        change.path
    ))
    .code("converted")
    .hint("the desk's own .gitattributes says what is needed: *.toml text eol=lf")
    .hint(format!("where this comes from: git check-attr -a {}", change.path))
    .into())
}

/// Refuses a link and another repository, which are not the desk's: git brings them itself.
pub(super) fn refuse_what_is_no_file(change: &Change) -> Result<()> {
    if change.is_of_files() {
        return Ok(());
    }
    Err(gits_own(format!("{} is no regular file", change.path)).into())
}

/// Of a file whose name is no UTF-8: not every system can have it in a worktree, and git alone knows what to do then.
pub(super) fn unnamed(path: &str) -> Problem {
    gits_own(format!("{path} has a name that is not UTF-8"))
}

fn gits_own(what: String) -> Problem {
    Problem::refused(format!("{what}; nothing was written"))
        .code("no_file")
        .hint("let git take it over, then go on: git merge @{upstream}     git desk sync")
}

/// What git says of the paths that are about to change, where libgit2 cannot read the index; `None` where it can.
pub(super) fn statuses(repo: &Repository, tree: &Tree, changes: &[Change]) -> Result<Option<Told>> {
    if !index_is_shared(repo, tree) {
        return Ok(None);
    }
    let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
    let mut told = Told::new();
    for paths in paths.chunks(PATHS) {
        told.extend(tree.status(paths)?);
    }
    Ok(Some(told))
}

/// Paths that git has something to say of.
pub(super) type Told = BTreeMap<String, Status>;

/// Paths in one command line of git.
const PATHS: usize = 500;

/// Whether the worktree has, or may get, a split or a sparse index, which libgit2 cannot read.
pub(super) fn index_is_shared(repo: &Repository, tree: &Tree) -> bool {
    let config = repo.config().and_then(|mut config| config.snapshot());
    let set = |name: &str| config.as_ref().is_ok_and(|config| config.get_bool(name).unwrap_or(false));
    let shared = fs::read_dir(&tree.git_dir).into_iter().flatten().flatten();
    let split = shared.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("sharedindex."));
    split || set("core.splitIndex") || set("index.sparse")
}

impl Tree {
    /// What `git status` says of paths and what is below them; those that are as they should be are left out.
    pub(super) fn status(&self, paths: &[&str]) -> Result<Told> {
        let words = ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--"];
        let said = self.git(None, &[&words[..], paths].concat(), &[])?;
        let mut told = Told::new();
        for line in said.split(|byte| *byte == 0) {
            let Some((kind, path)) = std::str::from_utf8(line).ok().and_then(|line| line.split_at_checked(3)) else {
                continue;
            };
            let status = match kind.as_bytes() {
                b"?? " => Status::WT_NEW,
                [b'U', ..] | [_, b'U', ..] | b"AA " | b"DD " => Status::CONFLICTED,
                // Intent to add, and a file that is away or other.
                [b' ', ..] => Status::WT_MODIFIED,
                [b'A', ..] => Status::INDEX_NEW,
                _ => Status::INDEX_MODIFIED,
            };
            told.insert(path.to_owned(), status);
        }
        Ok(told)
    }
}

impl Tree {
    /// Paths below a folder (empty: all) that differ from what is committed, or are not tracked.
    pub(super) fn changed_paths(&self, repo: &Repository, below: &str) -> Result<Vec<String>> {
        if index_is_shared(repo, self) {
            let below = if below.is_empty() { "." } else { below };
            return Ok(self.status(&[below])?.into_keys().collect());
        }
        let mut options = StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true).exclude_submodules(true);
        if !below.is_empty() {
            options.pathspec(below);
        }
        let statuses = repo.statuses(Some(&mut options)).map_err(unreadable)?;
        Ok(statuses.iter().filter_map(|entry| entry.path().ok().map(str::to_owned)).collect())
    }
}

/// The paths at which no file is to stay.
pub(super) fn going(changes: &[Change]) -> BTreeSet<&str> {
    changes.iter().filter(|change| change.new.is_none()).map(|change| change.path.as_str()).collect()
}

/// Whether all that a folder holds is going; one that holds nothing stays.
fn is_going(folder: &Path, path: &str, going: &BTreeSet<&str>) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    let mut entries = entries.flatten().peekable();
    entries.peek().is_some()
        && entries.all(|entry| {
            let Ok(name) = entry.file_name().into_string() else { return false };
            let below = format!("{path}/{name}");
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => is_going(&entry.path(), &below, going),
                Ok(_) => going.contains(below.as_str()),
                Err(_) => false,
            }
        })
}

/// Refuses a path that is not in the worktree as the branch has it.
pub(super) fn refuse_modified(
    repo: &Repository,
    tree: &Tree,
    change: &Change,
    told: Option<&Told>,
    going: &BTreeSet<&str>,
) -> Result<()> {
    let path = Path::new(&change.path);
    let target = tree.workdir.join(path);
    let mut folder = tree.workdir.clone();
    for part in path.parent().into_iter().flat_map(Path::components) {
        folder.push(part);
        if fs::symlink_metadata(&folder).is_ok_and(|data| !data.is_dir()) {
            let shown = folder.strip_prefix(&tree.workdir).unwrap_or(&folder).display().to_string();
            // It is looked at itself, and nothing is below it.
            if going.contains(shown.as_str()) {
                return Ok(());
            }
            return Err(Problem::refused(format!("{shown} is no folder"))
                .code("modified")
                .hint(format!("put it back: git restore {shown}"))
                .into());
        }
    }
    let there = fs::symlink_metadata(&target);
    if there.as_ref().is_ok_and(fs::Metadata::is_dir) && is_going(&target, &change.path, going) {
        return Ok(());
    }
    let there = there.is_ok();
    let status = match told {
        None => repo.status_file(path),
        Some(told) => match told.get(&change.path) {
            Some(status) => Ok(*status),
            None if change.old.is_some() => Ok(Status::CURRENT),
            None => Err(git2::Error::new(ErrorCode::NotFound, git2::ErrorClass::Index, "")),
        },
    };
    let is_old = || change.old.is_some_and(|old| Oid::hash_file(ObjectType::Blob, &target).is_ok_and(|id| id == old));
    let is_none = |error: &git2::Error| error.code() == ErrorCode::NotFound;
    let status_is_edit = status.as_ref().is_ok_and(|status| *status == Status::WT_MODIFIED);
    let status_is_silent = status.as_ref().is_ok_and(|status| *status == Status::CURRENT);
    let is_ignored = status.as_ref().is_ok_and(Status::is_ignored);
    // What git does not know it can neither commit by its name nor put back.
    let is_unknown = there && (is_ignored || status.as_ref().map_or_else(is_none, Status::is_wt_new));
    let state = match status {
        Ok(Status::CURRENT) if there && change.old.is_some() && !is_old() => {
            Some("has other bytes than git says (its line ends, or `git update-index --assume-unchanged`)")
        }
        Ok(Status::CURRENT) => None,
        // A sparse checkout keeps it out.
        Ok(_) if !there && Entries::open(tree, &tree.index())?.get(&change.path).is_some_and(|known| known.skipped) => {
            None
        }
        Ok(status) if status.intersects(Status::CONFLICTED) => Some("is in conflict"),
        Ok(status) if status.is_ignored() => Some("is ignored by git"),
        Ok(status) if status.is_wt_new() => Some("is there and not committed"),
        Ok(status) if status.is_index_new() || status.is_index_modified() || status.is_index_deleted() => {
            Some("has changes of yours that are staged and not committed")
        }
        Ok(_) => Some("has changes of yours that are not committed"),
        Err(error) if error.code() == ErrorCode::NotFound => {
            if there {
                Some("is there and is no file of the desk")
            } else if change.old.is_none() && repo.is_path_ignored(path).unwrap_or(false) {
                Some("would be ignored by git")
            } else {
                None
            }
        }
        Err(error) if error.code() == ErrorCode::Ambiguous => Some("is a folder"),
        Err(error) => return Err(unreadable(error)),
    };
    let Some(state) = state else { return Ok(()) };
    // An editor that writes CRLF: git sees a change, and has nothing to commit.
    let by_line_ends = || change.old.is_some_and(|old| is_but_for_line_ends(&target, old));
    let problem = Problem::refused(format!("{} {state}", change.path)).code("modified");
    if status_is_silent || status_is_edit && by_line_ends() {
        return Err(problem
            .hint(format!(
                "look at it again: git update-index --no-assume-unchanged --no-skip-worktree {}",
                change.path
            ))
            .hint(format!("as git has it: rm {0} && git checkout -- {0}", change.path))
            .into());
    }
    if is_unknown {
        let force = if is_ignored { "-f " } else { "" };
        return Err(problem
            .hint(format!("keep it: git add {force}{0} && git commit -m edit {0}", change.path))
            .hint(format!("or out of the way: mv {0} {0}.mine", change.path))
            .into());
    }
    Err(problem
        .hint(format!("keep it: git commit -m edit {}", change.path))
        .hint(format!("drop it: git restore {}", change.path))
        .into())
}

/// Whether a file is this blob, had it LF where it has CRLF.
fn is_but_for_line_ends(file: &Path, blob: Oid) -> bool {
    let Ok(bytes) = fs::read(file) else { return false };
    let plain: Vec<u8> = (0..bytes.len())
        .filter(|at| bytes[*at] != b'\r' || bytes.get(at + 1) != Some(&b'\n'))
        .map(|at| bytes[at])
        .collect();
    plain.len() < bytes.len() && Oid::hash_object(ObjectType::Blob, &plain).is_ok_and(|id| id == blob)
}
