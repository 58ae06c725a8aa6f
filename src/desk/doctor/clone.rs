//! The clone itself: whether all of history is here, locks that were left over, settings, clock, who else writes.

use std::path::PathBuf;
use std::time::SystemTime;

use super::Sign;
use crate::env::Env;
use crate::error::Result;
use crate::model::count::lasted;
use crate::store::Store;

pub fn history(store: &Store) -> Sign {
    if store.is_shallow() {
        let message = "this clone is shallow: log and reports need all of it";
        return Sign::broken("history", message, "git fetch --unshallow");
    }
    match store.is_partial() {
        true => Sign::odd(
            "history",
            "this clone leaves objects out until they are needed, and git-desk fetches none",
            "git fetch --refetch --no-filter     and then git config --unset remote.origin.partialclonefilter",
        ),
        false => Sign::fine("history", "all of it is here"),
    }
}

/// Lock files that a killed program left.
pub fn locks(store: &Store, env: &Env, fix: bool) -> Sign {
    let mut names = vec![store.common_dir().join(format!("{}.lock", store.reference()))];
    names.extend(store.index_locks());
    names.extend(store.locks_below(&["refs/desk", "refs/remotes"]));
    let old: Vec<PathBuf> = names.into_iter().filter(|path| is_old(path, env)).collect();
    if old.is_empty() {
        return Sign::fine("locks", "none is left over");
    }
    let named = old.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
    if fix && old.iter().all(|path| std::fs::remove_file(path).is_ok()) {
        return Sign::mended("locks", format!("removed {named}"));
    }
    Sign::broken(
        "locks",
        format!("there for long, and perhaps of a program that was killed: {named}"),
        "git desk doctor --fix",
    )
}

/// Ten minutes: no program holds one of a reference that long. An index is locked while somebody writes the message of a
/// commit: a day.
fn is_old(path: &PathBuf, env: &Env) -> bool {
    let long = if path.ends_with("index.lock") { 86_400 } else { 600 };
    let changed = std::fs::metadata(path).and_then(|data| data.modified()).ok();
    let since = changed.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    since.is_some_and(|since| env.now.as_second() - since.as_secs().cast_signed() > long)
}

pub fn settings(store: &Store) -> Sign {
    let prune = store.setting("gc.pruneExpire").unwrap_or_default();
    if prune == "now" || prune == "all" {
        let message = format!("gc.pruneExpire is {prune}: git gc beside writers then loses objects");
        return Sign::broken("settings", message, "git config --unset gc.pruneExpire");
    }
    match store.is_durable() {
        true => Sign::fine("settings", "writes wait for the disk"),
        false => Sign::odd(
            "settings",
            "desk.durability is none: a power cut may lose what was acknowledged",
            "git config --unset desk.durability",
        ),
    }
}

/// Seconds by which clocks of several machines may differ.
const SKEW: i64 = 300;

/// A commit that has not been yet: this clock is wrong, or that of whoever wrote it.
pub fn clock(store: &Store, env: &Env) -> Result<Sign> {
    let ahead = match store.tip()? {
        Some(tip) => store.commit_time(tip)? - env.now.as_second(),
        None => 0,
    };
    Ok(match ahead {
        ..=SKEW => Sign::fine("clock", "no commit is from the future"),
        ahead => Sign::odd(
            "clock",
            format!("the newest commit is {} in the future: one of the clocks is wrong", lasted(ahead)),
            "who wrote it: git log -1 --format=fuller     this machine: timedatectl",
        ),
    })
}

/// Who shares a repository with others must be trusted by each of them; git asks each for it.
pub fn sharing(store: &Store) -> Option<Sign> {
    let path = store.workdir().unwrap_or(store.common_dir()).display().to_string();
    let path = path.trim_end_matches('/');
    store.is_shared().then(|| Sign {
        fix: Some(format!("each of the others, once: git config --global --add safe.directory {path}")),
        ..Sign::fine("sharing", "several users write here")
    })
}
