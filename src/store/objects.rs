//! Writing objects as loose files, durably.
//!
//! libgit2's own writer syncs one object after the other and ignores the umask; here all objects of a commit are
//! written side by side, each synced before its rename, so that a name never becomes durable before its data.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use git2::{ObjectType, Oid};

use super::repository::{Store, unreadable};
use crate::error::{Problem, Result};

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
    let odb = store.repo().odb().map_err(unreadable)?;
    // Two files of one content are one object: it must not be written twice at once.
    let mut seen = BTreeSet::new();
    let missing: Vec<&Object> = objects
        .iter()
        .filter(|object| seen.insert(object.id) && !odb.exists_ext(object.id, git2::OdbLookupFlags::NO_REFRESH))
        .collect();
    let written: Result<Vec<PathBuf>, io::Error> = if durable && missing.len() > 1 {
        std::thread::scope(|scope| {
            let work: Vec<_> =
                missing.iter().map(|object| scope.spawn(|| write_loose(&root, object, durable))).collect();
            work.into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("writer died"))))
                .collect()
        })
    } else {
        missing.iter().map(|object| write_loose(&root, object, durable)).collect()
    };
    let folders = written.map_err(|error| cannot_store(&root, &error))?;
    if durable {
        sync_folders(&root, folders).map_err(|error| cannot_store(&root, &error))?;
    }
    Ok(())
}

/// Reads every object back through a handle that has nothing cached. The hash of each is checked on the way.
pub fn read_back(store: &Store, objects: &[Object]) -> Result<()> {
    let fresh = store.reopen()?;
    let odb = fresh.repo().odb().map_err(unreadable)?;
    for object in objects {
        odb.read(object.id).map_err(|error| {
            Problem::repository(format!(
                "object {} was written and cannot be read back: {}",
                object.id,
                error.message()
            ))
            .code("write_failed")
        })?;
    }
    Ok(())
}

fn write_loose(root: &Path, object: &Object, durable: bool) -> io::Result<PathBuf> {
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
    let file = OpenOptions::new().write(true).create_new(true).mode(0o444).open(path)?;
    let mut encoder = ZlibEncoder::new(file, Compression::fast());
    write!(encoder, "{} {}\0", object.kind.str(), object.bytes.len())?;
    encoder.write_all(&object.bytes)?;
    let file = encoder.finish()?;
    if durable { file.sync_all() } else { Ok(()) }
}

fn sync_folders(root: &Path, folders: Vec<PathBuf>) -> io::Result<()> {
    let mut folders: BTreeSet<PathBuf> = folders.into_iter().collect();
    folders.insert(root.to_owned());
    std::thread::scope(|scope| {
        let work: Vec<_> = folders.iter().map(|folder| scope.spawn(move || File::open(folder)?.sync_all())).collect();
        work.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("writer died"))))
    })
}

fn cannot_store(root: &Path, error: &io::Error) -> Problem {
    Problem::repository(format!("nothing was saved: cannot write to {}: {error}", root.display())).code("write_failed")
}
