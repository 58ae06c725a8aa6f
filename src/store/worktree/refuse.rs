//! What a person has in a worktree and the branch does not: reasons to write nothing.

use std::fs;
use std::path::Path;

use git2::{AttrCheckFlags, AttrValue, ErrorCode, Repository, Status};

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

pub(super) fn refuse_modified(repo: &Repository, tree: &Tree, change: &Change) -> Result<()> {
    let path = Path::new(&change.path);
    let target = tree.workdir.join(path);
    let mut folder = tree.workdir.clone();
    for part in path.parent().into_iter().flat_map(Path::components) {
        folder.push(part);
        if fs::symlink_metadata(&folder).is_ok_and(|data| !data.is_dir()) {
            let shown = folder.strip_prefix(&tree.workdir).unwrap_or(&folder).display().to_string();
            return Err(Problem::refused(format!("{shown} is no folder; nothing was written"))
                .code("modified")
                .hint(format!("put it back: git restore {shown}"))
                .into());
        }
    }
    let state = match repo.status_file(path) {
        Ok(Status::CURRENT) => None,
        Ok(status) if status.intersects(Status::CONFLICTED) => Some("is in conflict"),
        Ok(status) if status.is_ignored() => Some("is ignored by git"),
        Ok(status) if status.is_wt_new() => Some("is there and not committed"),
        Ok(status) if status.is_index_new() || status.is_index_modified() || status.is_index_deleted() => {
            Some("has changes of yours that are staged and not committed")
        }
        Ok(_) => Some("has changes of yours that are not committed"),
        Err(error) if error.code() == ErrorCode::NotFound => {
            let there = fs::symlink_metadata(&target).is_ok();
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
    Err(Problem::refused(format!("{} {state}; nothing was written", change.path))
        .code("modified")
        .hint(format!("keep it: git commit -m edit {}", change.path))
        .hint(format!("drop it: git restore {}", change.path))
        .into())
}
