//! Opening the index's file: bringing it up to date, replacing a bad one, doing without.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{Index, Surroundings, build, schema};
use crate::error::Result;
use crate::model::ticket::slug;
use crate::store::{Oid, Store};

/// How long another process may keep us from the file before we do without.
const PATIENCE: Duration = Duration::from_secs(2);

/// The index of `tip`: from the repository's folder, else from the user's cache, else in memory.
pub fn open<'s>(store: &'s Store, tip: Oid, around: &Surroundings<'_>) -> Result<Index<'s>> {
    let name = format!("index-{}.sqlite", slug(&format!("{} {}", store.reference(), store.root())));
    let own = store.state_dir().join(&name);
    if let Some(index) = kept(store, tip, &own, around)? {
        return Ok(index);
    }
    if let Some(db) = read_only(store, tip, &own) {
        return Ok(Index { db, store, commit: tip, _guard: None });
    }
    if let Some(cache) = &around.cache {
        let path = cache.join(slug(&store.common_dir().to_string_lossy())).join(&name);
        if let Some(index) = kept(store, tip, &path, around)? {
            return Ok(index);
        }
    }
    Index::in_memory(store, tip, around)
}

/// The index in this file, brought to `tip`; `None` when the file cannot be used.
fn kept<'s>(store: &'s Store, tip: Oid, path: &Path, around: &Surroundings<'_>) -> Result<Option<Index<'s>>> {
    let Some(folder) = path.parent() else { return Ok(None) };
    if fs::create_dir_all(folder).is_err() {
        return Ok(None);
    }
    let Some(guard) = guard(path, Kind::Shared) else { return Ok(None) };
    match current(store, tip, path, around) {
        Ok(Some(db)) => return Ok(Some(Index { db, store, commit: tip, _guard: Some(guard) })),
        Ok(None) => {}
        Err(error) if is_busy(&error) => return Ok(None),
        // Whatever else is wrong with the file, a new one is right.
        Err(error) if error.downcast_ref::<rusqlite::Error>().is_some() => log::debug!("index: {error:#}"),
        Err(error) => return Err(error),
    }
    drop(guard);
    let Some(guard) = guard_new(path) else { return Ok(None) };
    if let Ok(Some(db)) = current(store, tip, path, around) {
        // Somebody else has built it meanwhile.
        return Ok(Some(Index { db, store, commit: tip, _guard: Some(guard) }));
    }
    let built = rebuild(store, tip, path, around);
    match built {
        Ok(db) => Ok(Some(Index { db, store, commit: tip, _guard: Some(guard) })),
        Err(error) if is_of_the_file(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_busy(error: &anyhow::Error) -> bool {
    let code = error.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
    matches!(code, Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked))
}

/// A full disk, a read-only one, a file that vanished: reasons to do without a file.
fn is_of_the_file(error: &anyhow::Error) -> bool {
    error.downcast_ref::<rusqlite::Error>().is_some() || error.downcast_ref::<std::io::Error>().is_some()
}

/// The file's index, with what is new applied; `None` when it must be built anew.
fn current(store: &Store, tip: Oid, path: &Path, around: &Surroundings<'_>) -> Result<Option<Connection>> {
    if !path.exists() {
        return Ok(None);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags)?;
    settle(&db)?;
    match schema::tip_of(&db, store)? {
        Some(old) if old == tip => Ok(Some(db)),
        Some(old) => {
            let change = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            // Another process may have done it while we waited.
            let now = schema::tip_of(&change, store)?;
            let done = now == Some(tip)
                || (now.is_some() && build::follow(&change, store, now.unwrap_or(old), tip, around.progress)?);
            if !done {
                return Ok(None);
            }
            change.commit()?;
            Ok(Some(db))
        }
        None => Ok(None),
    }
}

fn settle(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(PATIENCE)?;
    // The next process needs the log as much as the file: merging it at every exit would cost a sync each.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    db.pragma_update(None, "synchronous", "normal")
}

fn read_only(store: &Store, tip: Oid, path: &Path) -> Option<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).ok()?;
    (schema::tip_of(&db, store).ok()? == Some(tip)).then_some(db)
}

/// Builds a new file beside the old one and puts it in its place.
fn rebuild(store: &Store, tip: Oid, path: &Path, around: &Surroundings<'_>) -> Result<Connection> {
    let temporary = path.with_extension(format!("new-{}", std::process::id()));
    let _ = fs::remove_file(&temporary);
    let built = build_file(store, tip, &temporary, around);
    if let Err(error) = built {
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    for left in ["-wal", "-shm"] {
        let _ = fs::remove_file(with_suffix(path, left));
    }
    fs::rename(&temporary, path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    settle(&db)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    Ok(db)
}

fn build_file(store: &Store, tip: Oid, path: &Path, around: &Surroundings<'_>) -> Result<()> {
    let mut db = Connection::open(path)?;
    db.execute_batch("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -65536;")?;
    let change = db.transaction()?;
    schema::create(&change)?;
    build::whole(&change, store, tip, around.progress)?;
    change.commit()?;
    drop(db);
    Ok(File::open(path)?.sync_all()?)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Shared,
    Exclusive,
}

/// A lock beside the file: shared by whoever uses it, held alone by whoever replaces it.
fn guard(path: &Path, kind: Kind) -> Option<File> {
    let options = || {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        options
    };
    let file = options().open(with_suffix(path, ".lock")).ok()?;
    let until = Instant::now() + PATIENCE;
    loop {
        let tried = if kind == Kind::Shared { file.try_lock_shared() } else { file.try_lock() };
        match tried {
            Ok(()) => return Some(file),
            Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => return None,
        }
    }
}

fn guard_new(path: &Path) -> Option<File> {
    guard(path, Kind::Exclusive)
}
