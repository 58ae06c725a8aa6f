//! Many commits at once: streamed into `git fast-import` on a reference of our own, then one swap of the branch.
//!
//! Until the swap nothing is visible; a killed import leaves a reference that the next one removes.

use std::io::{BufWriter, Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::time::Duration;

use git2::Oid;

use super::lock::Lock;
use super::message::{Message, Person, When};
use super::repository::{Store, unreadable};
use crate::error::{Problem, Result};
use crate::process;

/// A stream of commits on top of the branch's tip. Holds the desk's lock until it is finished or dropped.
pub struct Bulk<'s> {
    store: &'s Store,
    lock: Lock,
    lock_timeout: Duration,
    tip: Option<Oid>,
    child: Child,
    /// `None` once the stream is closed.
    out: Option<BufWriter<ChildStdin>>,
    count: u64,
}

/// Where the commits are before the branch moves.
const STAGING: &str = "refs/desk/import";

/// Commits between two checkpoints of fast-import's memory.
const BUFFER: usize = 1 << 18;

impl<'s> Bulk<'s> {
    /// Takes the lock and starts `git fast-import`.
    pub fn begin(store: &'s Store, lock_timeout: Duration) -> Result<Bulk<'s>> {
        let lock = Lock::take(store, lock_timeout)?;
        store.recover_worktrees(lock.until())?;
        let tip = store.tip()?;
        remove_staging(store)?;
        let mut command = process::git(store.git_dir());
        // A small import would be unpacked to loose objects, which git does not sync.
        command.args(["-c", "fastimport.unpackLimit=1"]);
        if store.is_durable() {
            command.args(["-c", "core.fsync=all"]);
        }
        command.args(["fast-import", "--quiet", "--force", "--done"]);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| Problem::repository(format!("cannot start git fast-import: {error}")))?;
        let out = child.stdin.take().map(|stdin| BufWriter::with_capacity(BUFFER, stdin));
        Ok(Bulk { store, lock, lock_timeout, tip, child, out, count: 0 })
    }

    /// The commit that the stream is put on.
    pub fn tip(&self) -> Option<Oid> {
        self.tip
    }

    /// One more commit that writes `files` and removes `gone` (paths from the desk's root).
    pub fn commit(
        &mut self,
        author: &Person,
        when: When,
        message: &Message,
        files: &[(String, Vec<u8>)],
        gone: &[String],
    ) -> Result<()> {
        let written = self.write_commit(author, when, message, files, gone);
        if let Err(error) = written {
            return Err(self.failed(&error));
        }
        self.count += 1;
        Ok(())
    }

    fn write_commit(
        &mut self,
        author: &Person,
        when: When,
        message: &Message,
        files: &[(String, Vec<u8>)],
        gone: &[String],
    ) -> std::io::Result<()> {
        let Some(out) = &mut self.out else { return Err(std::io::ErrorKind::BrokenPipe.into()) };
        let stamp = format!("{} <{}> {} {}", author.name, author.email, when.at.as_second(), when.zone());
        write!(out, "commit {STAGING}\nauthor {stamp}\ncommitter {stamp}\n")?;
        data(out, message.text().as_bytes())?;
        if let (0, Some(tip)) = (self.count, self.tip) {
            writeln!(out, "from {tip}")?;
        }
        for (path, bytes) in files {
            writeln!(out, "M 100644 inline {}{path}", self.store.root())?;
            data(out, bytes)?;
        }
        for path in gone {
            writeln!(out, "D {}{path}", self.store.root())?;
        }
        Ok(())
    }

    /// Ends the stream and moves the branch; the new tip, or `None` when there was no commit.
    pub fn finish(mut self) -> Result<Option<Oid>> {
        let ended = self.out.take().map_or(Ok(()), |mut out| out.write_all(b"done\n").and_then(|()| out.flush()));
        if let Err(error) = ended {
            return Err(self.failed(&error));
        }
        let status = self.child.wait()?;
        if !status.success() {
            return Err(self.failed(&std::io::Error::other(status.to_string())));
        }
        if self.count == 0 {
            return Ok(None);
        }
        let fresh = self.store.reopen()?;
        let new = fresh.repo().refname_to_id(STAGING).map_err(unreadable)?;
        self.lock.renew(self.lock_timeout);
        let moved = fresh.publish_written(&mut self.lock, self.tip, new, "desk: import");
        remove_staging(self.store)?;
        if !moved? {
            return Err(Problem::refused("the desk changed while importing; nothing was written")
                .hint("run the same command again")
                .into());
        }
        Ok(Some(new))
    }

    fn failed(&mut self, error: &std::io::Error) -> anyhow::Error {
        self.out = None;
        let _ = self.child.wait();
        let mut said = String::new();
        if let Some(stderr) = &mut self.child.stderr {
            let _ = stderr.take(4096).read_to_string(&mut said);
        }
        let said = said.lines().next().map_or_else(|| error.to_string(), str::to_owned);
        Problem::repository(format!("nothing was imported: git fast-import: {said}")).code("write_failed").into()
    }
}

impl Drop for Bulk<'_> {
    fn drop(&mut self) {
        // An import that is given up: end the program, so that it does not wait for us.
        if self.out.take().is_some() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn data(out: &mut impl Write, bytes: &[u8]) -> std::io::Result<()> {
    writeln!(out, "data {}", bytes.len())?;
    out.write_all(bytes)?;
    out.write_all(b"\n")
}

fn remove_staging(store: &Store) -> Result<()> {
    if store.repo().refname_to_id(STAGING).is_ok() {
        let done = process::git(store.git_dir()).args(["update-ref", "-d", STAGING]).status();
        done.map_err(|error| Problem::repository(format!("cannot start git update-ref: {error}")))?;
    }
    Ok(())
}
