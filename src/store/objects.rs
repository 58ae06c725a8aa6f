//! Writing objects as loose files, durably.
//!
//! libgit2's own writer syncs one object after the other and ignores the umask; here all objects of a commit are
//! written side by side, each synced before its rename, so that a name never becomes durable before its data.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use git2::{ObjectType, Odb, Oid};

use super::repository::{Store, unreadable};
use crate::error::{Problem, Result};
use crate::platform;

/// An object that is to be written, with the id that follows from its bytes.
#[derive(Debug, Clone)]
pub struct Object {
    pub id: Oid,
    kind: ObjectType,
    bytes: Vec<u8>,
}

impl Object {
    pub fn new(kind: ObjectType, bytes: Vec<u8>) -> Result<Object> {
        Ok(Object { id: Oid::hash_object(kind, &bytes)?, kind, bytes })
    }
}

/// Writes all objects, and syncs them to the disk when `durable`. Nothing points at them yet: after an error the
/// repository is as it was, but for objects that nobody reaches.
pub fn write(store: &Store, objects: &[Object], durable: bool) -> Result<()> {
    let root = store.common_dir().join("objects");
    // Two files of one content are one object: it must not be written twice at once. One that is there already is
    // written again all the same: nobody can tell whether it is on the disk, or about to be pruned by a `git gc`.
    let mut seen = BTreeSet::new();
    let objects: Vec<&Object> = objects.iter().filter(|object| seen.insert(object.id)).collect();
    let writers = if durable { objects.len().min(WRITERS) } else { 1 };
    let written = side_by_side(&objects, writers, &|object| write_loose(&root, object, durable));
    let mut folders: BTreeSet<PathBuf> = written.map_err(|error| cannot_store(&root, &error))?.into_iter().collect();
    if durable {
        folders.insert(root.clone());
        let folders: Vec<PathBuf> = folders.into_iter().collect();
        side_by_side(&folders, WRITERS, &|folder| sync_folder(folder)).map_err(|error| cannot_store(&root, &error))?;
    }
    Ok(())
}

/// Threads that wait for the disk at once.
const WRITERS: usize = 8;

/// Does the same to each thing, on several threads; where no thread is to be had, on this one.
fn side_by_side<T: Sync, R: Send>(
    things: &[T],
    threads: usize,
    each: &(impl Fn(&T) -> io::Result<R> + Sync),
) -> io::Result<Vec<R>> {
    let size = things.len().div_ceil(threads.max(1)).max(1);
    std::thread::scope(|scope| {
        let part = |part: &[T]| part.iter().map(each).collect::<io::Result<Vec<R>>>();
        let mut parts = things.chunks(size);
        let own = parts.next().unwrap_or_default();
        let others: Vec<_> = parts
            .map(|things| (things, std::thread::Builder::new().spawn_scoped(scope, move || part(things))))
            .collect();
        let mut done = part(own)?;
        for (things, thread) in others {
            done.extend(match thread {
                Ok(thread) => thread.join().unwrap_or_else(|_| Err(io::Error::other("a writer died")))?,
                Err(_) => part(things)?,
            });
        }
        Ok(done)
    })
}

/// Reads every object back through a handle that has nothing cached, and hashes it anew.
pub fn read_back(store: &Store, objects: &[Object]) -> Result<()> {
    let odb = Odb::new().map_err(unreadable)?;
    let folder = store.common_dir().join("objects");
    odb.add_disk_alternate(&folder.to_string_lossy()).map_err(unreadable)?;
    let wrong = |object: &Object, why: &str| {
        Problem::repository(format!("object {} was written and cannot be read back: {why}", object.id))
            .code("write_failed")
    };
    for object in objects {
        let read = odb.read(object.id).map_err(|error| wrong(object, error.message()))?;
        if Oid::hash_object(object.kind, read.data())? != object.id {
            return Err(wrong(object, "its bytes are others").into());
        }
    }
    Ok(())
}

/// A folder that a `git gc` has emptied and removed meanwhile has its objects in a pack; reading back shows it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder) {
        Ok(folder) => folder.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// A `git gc` beside us removes folders that are empty for a moment: then once more.
fn write_loose(root: &Path, object: &Object, durable: bool) -> io::Result<PathBuf> {
    for _ in 0..64 {
        match try_write_loose(root, object, durable) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && root.is_dir() => {}
            tried => return tried,
        }
    }
    try_write_loose(root, object, durable)
}

fn try_write_loose(root: &Path, object: &Object, durable: bool) -> io::Result<PathBuf> {
    let name = object.id.to_string();
    let folder = root.join(&name[..2]);
    let target = folder.join(&name[2..]);
    match fs::create_dir(&folder) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let temporary = folder.join(format!("tmp_obj_{}_{}", &name[2..12], std::process::id()));
    let result = write_temporary(&temporary, object, durable).and_then(|()| fs::rename(&temporary, &target));
    if let Err(error) = result {
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    Ok(folder)
}

fn write_temporary(path: &Path, object: &Object, durable: bool) -> io::Result<()> {
    // What is left here is of a process with our number that died: nobody else uses this name.
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    let file = platform::with_mode(options.write(true).create_new(true), 0o444).open(path)?;
    let mut encoder = ZlibEncoder::new(file, Compression::fast());
    write!(encoder, "{} {}\0", object.kind.str(), object.bytes.len())?;
    encoder.write_all(&object.bytes)?;
    let file = encoder.finish()?;
    if durable { file.sync_all() } else { Ok(()) }
}

fn cannot_store(root: &Path, error: &io::Error) -> Problem {
    Problem::repository(format!("nothing was saved: cannot write to {}: {error}", root.display())).code("write_failed")
}
