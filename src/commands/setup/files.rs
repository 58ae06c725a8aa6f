//! Files that are written beside a desk: each whole or not at all, and left alone where it is so already.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::commands::Context;
use crate::error::{Problem, Result};
use crate::platform;

/// A file that is written or taken away.
pub struct File {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
    /// What was done: written, unchanged, removed, absent.
    pub state: &'static str,
}

impl File {
    pub fn new(path: PathBuf, bytes: Vec<u8>) -> File {
        File { path, bytes, state: "" }
    }

    /// Whether something else stands there.
    pub fn is_another(&self) -> bool {
        self.path.symlink_metadata().is_ok() && !self.is_so()
    }

    fn is_so(&self) -> bool {
        std::fs::read(&self.path).is_ok_and(|there| there == self.bytes)
    }

    /// Writes it; in a dry run only says so.
    pub fn write(&mut self, dry_run: bool) -> Result<()> {
        self.state = if self.is_so() { "unchanged" } else { "written" };
        if dry_run || self.state == "unchanged" {
            return Ok(());
        }
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let put = || -> std::io::Result<()> {
            std::fs::create_dir_all(folder)?;
            let mut part = tempfile::Builder::new().prefix(".git-desk-").tempfile_in(folder)?;
            part.write_all(&self.bytes)?;
            // As any file of a user's: temporary ones are theirs alone.
            platform::make_readable(part.as_file())?;
            part.persist(&self.path)?;
            Ok(())
        };
        put().map_err(|error| failed("written", &self.path, &error).into())
    }

    /// Takes it away; in a dry run only says so.
    pub fn remove(&mut self, dry_run: bool) -> Result<()> {
        self.state = if self.path.symlink_metadata().is_ok() { "removed" } else { "absent" };
        if dry_run || self.state == "absent" {
            return Ok(());
        }
        std::fs::remove_file(&self.path).map_err(|error| failed("removed", &self.path, &error).into())
    }
}

/// Writes all of them. Exit code 5 where none was to be written and `--strict` asks for a change.
pub fn put(ctx: &Context, files: &mut [File]) -> Result<()> {
    files.iter_mut().try_for_each(|file| file.write(ctx.globals.dry_run))?;
    must_change(ctx, files)
}

/// Exit code 5 where nothing was to be done and `--strict` asks for a change.
pub fn must_change(ctx: &Context, files: &[File]) -> Result<()> {
    match changed(files) {
        0 if ctx.globals.strict => Err(Problem::refused("everything is so already").code("nothing_to_do").into()),
        _ => Ok(()),
    }
}

pub fn changed(files: &[File]) -> usize {
    files.iter().filter(|file| matches!(file.state, "written" | "removed")).count()
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> Problem {
    Problem::refused(format!("{} cannot be {what}: {error}", path.display())).code("no_file")
}
