//! Files of a worktree, written and removed without following links.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use crate::error::{Problem, Result};
use crate::platform;

/// Left behind by a killed process, these are ours to remove: there is one writer at a time.
pub(super) const TEMPORARY: &str = ".git-desk-new";

/// Writes a file below `top`, one that may be run if it is a program, without following links: a temporary file in the same folder, then a rename.
pub(super) fn write_file(top: &Path, path: &str, bytes: &[u8], program: bool) -> Result<()> {
    let target = top.join(path);
    let Some(folder) = target.parent() else { return Ok(()) };
    make_folders(top, path)?;
    let temporary = folder.join(TEMPORARY);
    let _ = fs::remove_file(&temporary);
    let mut options = OpenOptions::new();
    let options = platform::with_mode(options.write(true).create_new(true), if program { 0o777 } else { 0o666 });
    let written = options.open(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        fs::rename(&temporary, &target)
    });
    if let Err(error) = written {
        let _ = fs::remove_file(&temporary);
        return Err(Problem::repository(format!("cannot write {}: {error}", target.display())).into());
    }
    Ok(())
}

/// The folders on the way to a file; each must be a folder and no link to one.
fn make_folders(top: &Path, path: &str) -> Result<()> {
    let mut folder = top.to_owned();
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in parts {
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Ok(data) if data.is_dir() => {}
            Ok(_) => {
                return Err(Problem::refused(format!("{} is no folder", folder.display())).code("modified").into());
            }
            Err(_) => match fs::create_dir(&folder) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Err(Problem::repository(format!("cannot make {}: {error}", folder.display())).into());
                }
            },
        }
    }
    Ok(())
}

/// Removes a file, and the folders that are empty then.
pub(super) fn remove_file(top: &Path, path: &str) -> Result<()> {
    let target = top.join(path);
    fs::remove_file(&target)?;
    let mut folder = target.parent();
    while let Some(empty) = folder.filter(|folder| *folder != top) {
        if fs::remove_dir(empty).is_err() {
            break;
        }
        folder = empty.parent();
    }
    Ok(())
}

pub(super) fn write_synced(path: &Path, text: &str, durable: bool) -> Result<()> {
    let temporary = path.with_extension("new");
    let written = fs::File::create(&temporary).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        if durable {
            file.sync_data()?;
        }
        fs::rename(&temporary, path)
    });
    written.map_err(|error| {
        Problem::repository(format!("cannot write {}: {error}", path.display())).code("read_only").into()
    })
}
