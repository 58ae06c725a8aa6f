//! Opening the index's file: bringing it up to date, replacing a bad one, doing without.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use tempfile::TempPath;

use super::{Index, Surroundings, build, follow, schema};
use crate::error::Result;
use crate::model::ticket::slug;
use crate::store::{Oid, Store};

/// How long another process may keep us from the file before we do without.
const PATIENCE: Duration = Duration::from_secs(2);

/// Pages of the log, of 4 KiB, from which on it is merged into the file.
const LOG_PAGES: i64 = 256;

/// Bytes of the log that are kept for use again.
const LOG_KEPT: i64 = 16 << 20;

/// The index of the branch's tip, which was `tip` a moment ago: from the repository's folder, else from the user's
/// cache, else in memory.
pub fn open<'s>(store: &'s Store, tip: Oid, around: &Surroundings<'_>) -> Result<Index<'s>> {
    let (own, cached) = places(store, around.cache.as_deref());
    if let Some(index) = kept(store, tip, &own, around)? {
        return Ok(index);
    }
    if let Some(db) = read_only(store, tip, &own) {
        return Ok(Index { db, store, commit: tip, _guard: None, _copy: None });
    }
    if let Some(path) = cached
        && let Some(index) = kept(store, tip, &path, around)?
    {
        return Ok(index);
    }
    Index::in_memory(store, tip, around)
}

/// Where the index is kept: in the repository's folder, in the user's cache.
fn places(store: &Store, cache: Option<&Path>) -> (PathBuf, Option<PathBuf>) {
    let name = format!("index-{}.sqlite", slug(&format!("{} {}", store.reference(), store.root())));
    let own = store.state_dir().join(&name);
    let cached = cache.map(|cache| cache.join(slug(&store.common_dir().to_string_lossy())).join(&name));
    (own, cached)
}

/// The index in this file, brought to the branch's tip; `None` when the file cannot be used.
fn kept<'s>(store: &'s Store, tip: Oid, path: &Path, around: &Surroundings<'_>) -> Result<Option<Index<'s>>> {
    let Some(folder) = path.parent() else { return Ok(None) };
    if fs::create_dir_all(folder).is_err() {
        return Ok(None);
    }
    let Some(guard) = guard(path, Kind::Shared) else { return Ok(None) };
    let index = |(db, commit), guard| Index { db, store, commit, _guard: Some(guard), _copy: None };
    match current(store, tip, path, around) {
        Ok(Some(current)) => return Ok(Some(index(current, guard))),
        Ok(None) => {}
        Err(error) if is_busy(&error) => return Ok(None),
        // Whatever else is wrong with the file, a new one is right.
        Err(error) if error.downcast_ref::<rusqlite::Error>().is_some() => log::debug!("index: {error:#}"),
        Err(error) => return Err(error),
    }
    drop(guard);
    let Some(guard) = guard_new(path) else { return Ok(None) };
    if let Ok(Some(current)) = current(store, tip, path, around) {
        // Somebody else has built it meanwhile.
        return Ok(Some(index(current, guard)));
    }
    match rebuild(store, tip, path, around) {
        Ok(db) => Ok(Some(index((db, tip), guard))),
        Err(error) if is_of_the_file(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_busy(error: &anyhow::Error) -> bool {
    let code = error.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
    matches!(code, Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked))
}

/// A full disk, a read-only one, a file that vanished: reasons to do without a file.
pub fn is_of_the_file(error: &anyhow::Error) -> bool {
    error.downcast_ref::<rusqlite::Error>().is_some() || error.downcast_ref::<std::io::Error>().is_some()
}

/// The file's index and the commit it mirrors, which is the branch's tip; `None` when it must be built anew.
fn current(store: &Store, tip: Oid, path: &Path, around: &Surroundings<'_>) -> Result<Option<(Connection, Oid)>> {
    if !path.exists() {
        return Ok(None);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = connect(path, flags)?;
    settle(&db)?;
    if let Some(tip) = held(&db, store, Some(tip))? {
        return Ok(Some((db, tip)));
    }
    if !advance(&mut db, store, tip, around)? {
        return Ok(None);
    }
    shorten_log(&db, path)?;
    // Should others have brought it further by now, that is the tip.
    let tip = held(&db, store, None)?;
    Ok(tip.map(|tip| (db, tip)))
}

/// Begins to read: what others do to the file from now on is not seen. The commit that is mirrored; `None`, and nothing
/// begun, when it is not the `wanted` one.
fn held(db: &Connection, store: &Store, wanted: Option<Oid>) -> Result<Option<Oid>> {
    // Without the log, readers would keep writers from the file.
    let logged = db.query_row("pragma journal_mode", [], |row| Ok(row.get_ref(0)?.as_str()? == "wal"))?;
    if logged {
        db.execute_batch("begin")?;
    }
    let tip = schema::mirrored(db, store)?.map(|mirrored| mirrored.tip);
    let tip = tip.filter(|tip| wanted.is_none_or(|wanted| *tip == wanted));
    if logged && tip.is_none() {
        db.execute_batch("rollback")?;
    }
    Ok(tip)
}

/// Merges a long log into the file, unless somebody reads: every process that comes later would read all of it first.
fn shorten_log(db: &Connection, path: &Path) -> Result<()> {
    let longest = u64::try_from(LOG_PAGES * 4_096).unwrap_or(u64::MAX);
    if fs::metadata(with_suffix(path, "-wal")).is_ok_and(|log| log.len() > longest) {
        db.busy_timeout(Duration::ZERO)?;
        if let Err(error) = db.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())) {
            log::debug!("index: the log stays: {error}");
        }
        db.busy_timeout(PATIENCE)?;
    }
    Ok(())
}

/// Brings the file to the branch's tip; `false`, and nothing done, when it must be built anew.
fn advance(db: &mut Connection, store: &Store, tip: Oid, around: &Surroundings<'_>) -> Result<bool> {
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // While we waited, the branch may have moved on and another process may have followed it.
    let tip = store.tip()?.unwrap_or(tip);
    let done = follow::bring(&change, store, tip, around.progress)?;
    if done {
        change.commit()?;
    }
    Ok(done)
}

/// Copies the file of one reference's index for another one that has none; SQLite does, so that it is whole.
pub fn lend(store: &Store, to: &Store, around: &Surroundings<'_>) -> Result<()> {
    let (place, _) = places(to, None);
    if place.exists() {
        return Ok(());
    }
    let Some(index) = Index::open(store, around)? else { return Ok(()) };
    let Some(path) = index.db.path().map(PathBuf::from).filter(|path| path.is_file()) else { return Ok(()) };
    let temporary = place.with_extension(format!("new-{}", std::process::id()));
    let _ = fs::remove_file(&temporary);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    connect(&path, flags)?.execute("vacuum into ?", [temporary.to_string_lossy()])?;
    let db = connect(&temporary, OpenFlags::default())?;
    db.pragma_update(None, "journal_mode", "wal")?;
    schema::rename(&db, to)?;
    drop(db);
    to.share_file(&temporary)?;
    Ok(fs::rename(&temporary, &place)?)
}

/// A copy of an index's file of which nobody knows, to be brought to another commit; `None` for one in memory.
pub fn copied(db: &Connection) -> Result<Option<(Connection, TempPath)>> {
    let Some(path) = db.path().map(PathBuf::from).filter(|path| path.is_file()) else { return Ok(None) };
    let copy = tempfile::Builder::new().prefix("git-desk-index-").tempfile()?.into_temp_path();
    // While somebody reads, nothing that he sees is changed in the file: the log only grows, and what is merged from it
    // is in it still. So both together are whole, though of a later commit perhaps.
    let reading = db.is_autocommit();
    if reading {
        db.execute_batch("begin; select count(*) from header")?;
    }
    let log = with_suffix(&copy, "-wal");
    let done = fs::copy(&path, &copy).and_then(|_| match with_suffix(&path, "-wal") {
        from if from.is_file() => fs::copy(from, &log).map(|_| ()),
        _ => Ok(()),
    });
    if reading {
        db.execute_batch("rollback")?;
    }
    done?;
    let copied = connect(&copy, OpenFlags::default()).and_then(|db| {
        db.execute_batch(
            "pragma locking_mode = exclusive; pragma synchronous = off; pragma journal_mode = off;
             pragma temp_store = memory; pragma cache_size = -65536;",
        )?;
        Ok(db)
    });
    // It is open: without a name it is gone however we end. Where open files cannot be removed it goes with `copy`.
    for path in [&log, copy.as_ref() as &Path] {
        let _ = fs::remove_file(path);
    }
    Ok(Some((copied?, copy)))
}

/// Removes the files that are kept for this desk, damaged ones too, so that they are built anew.
pub fn discard(store: &Store, cache: Option<&Path>) {
    let (own, cached) = places(store, cache);
    for path in [Some(own), cached].into_iter().flatten().filter(|path| path.exists()) {
        // Whoever has it open keeps what he has; so it is removed even when somebody reads on and on.
        let _guard = guard(&path, Kind::Exclusive);
        for path in [with_suffix(&path, "-wal"), with_suffix(&path, "-shm"), path] {
            let _ = fs::remove_file(path);
        }
    }
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(path, flags)?;
    schema::settle(&db)?;
    Ok(db)
}

fn settle(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(PATIENCE)?;
    // The next process needs the log as much as the file: merging it at every exit would cost a sync each.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // Whoever comes first reads the whole log to know what is in it.
    db.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    // Renumbering half of history makes a long log once.
    db.pragma_update(None, "journal_size_limit", LOG_KEPT)?;
    db.pragma_update(None, "synchronous", "normal")
}

fn read_only(store: &Store, tip: Oid, path: &Path) -> Option<Connection> {
    let db = connect(path, READ_ONLY).ok()?;
    held(&db, store, Some(tip)).ok()??;
    Some(db)
}

const READ_ONLY: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// The index as its file is, of whatever commit that is, or that of another branch; `None` where there is none, or none
/// that can be read at once.
pub fn as_it_is<'s>(store: &'s Store, cache: Option<&Path>) -> Option<Index<'s>> {
    let (own, cached) = places(store, cache);
    let kept: Vec<PathBuf> = [Some(own), cached].into_iter().flatten().collect();
    let others = kept.iter().filter_map(|path| path.parent()).flat_map(files_in);
    kept.iter().cloned().chain(others).filter(|path| path.is_file()).find_map(|path| {
        let guard = guard(&path, Kind::Shared)?;
        let db = connect(&path, READ_ONLY).ok()?;
        db.execute_batch("begin").ok()?;
        let commit = schema::mirrored_anywhere(&db, store).ok()??.tip;
        Some(Index { db, store, commit, _guard: Some(guard), _copy: None })
    })
}

/// The indexes in a folder, the one that was written last first.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let is_index = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("index-") && name.ends_with(".sqlite")
    };
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files.filter(is_index).collect();
    files.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).and_then(|data| data.modified()).ok()));
    files
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
    let db = connect(path, flags)?;
    settle(&db)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    held(&db, store, Some(tip))?;
    Ok(db)
}

fn build_file(store: &Store, tip: Oid, path: &Path, around: &Surroundings<'_>) -> Result<()> {
    let mut db = connect(path, OpenFlags::default())?;
    db.execute_batch("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -65536;")?;
    let change = db.transaction()?;
    schema::create(&change)?;
    build::whole(&change, store, tip, around.progress)?;
    change.commit()?;
    drop(db);
    store.share_file(path)?;
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
