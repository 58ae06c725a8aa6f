//! A whole repository in one file: git's bundle, with every branch, tag and reference of the desk.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;
use git2::Oid;

use super::inbox::update_refs;
use super::repository::{Store, unreadable};
use crate::error::{Problem, Result};
use crate::process;

/// Where references stand that show git one object in the place of another. None is heeded or kept.
pub const REPLACED: &str = "refs/replace/";

/// Names of references to what they point at.
pub type References = BTreeMap<String, Oid>;

impl Store {
    /// Every reference of the repository; symbolic ones are left out, as they say nothing of their own, and so are those
    /// that replace objects.
    pub fn references(&self) -> Result<References> {
        let references = self.repo().references().map_err(unreadable)?;
        let named = references.flatten().filter_map(|one| Some((one.name().ok()?.to_owned(), one.target()?)));
        Ok(named.filter(|(name, _)| !name.starts_with(REPLACED)).collect())
    }

    /// The branch that is checked out, by its full name; `None` where that is a commit and no branch.
    pub fn head(&self) -> Option<String> {
        let head = self.repo().find_reference("HEAD").ok()?;
        head.symbolic_target().ok().flatten().map(str::to_owned)
    }

    /// Makes a branch, by its full name, the one that is checked out. For a bare repository.
    pub fn set_head(&self, branch: &str) -> Result<()> {
        let mut command = process::git(self.git_dir());
        command.args(["symbolic-ref", "HEAD", branch]);
        ran(&mut command, "symbolic-ref")
    }

    /// Packs everything that a reference leads to. Exit code 7 when git cannot, or where history is cut off.
    pub fn bundle(&self, file: &Path) -> Result<()> {
        if self.is_shallow() {
            return Err(Problem::repository("this clone is shallow: a backup of it would lack what came before")
                .code("shallow")
                .hint("git fetch --unshallow")
                .into());
        }
        let mut command = process::git(self.git_dir());
        command.args(["bundle", "create", "--quiet"]).arg(file).arg(format!("--exclude={REPLACED}*")).arg("--all");
        ran(&mut command, "bundle")
    }

    /// Looks whether every object is there that a reference leads to. That each is what its name says git has seen when
    /// it took them in.
    pub fn verify(&self) -> Result<()> {
        let mut command = process::git(self.git_dir());
        command.args(["fsck", "--connectivity-only", "--no-dangling", "--no-progress"]);
        ran(&mut command, "fsck")
    }
}

/// Makes a bare repository of a bundle. Its references are those of the bundle; it has no remote.
pub fn unbundle(bundle: &Path, folder: &Path) -> Result<()> {
    // Not in the folder that somebody is in: its repository's configuration could name a program.
    let mut command = process::git(Path::new("/"));
    command.env("GIT_ALLOW_PROTOCOL", "file");
    command.args(["clone", "--quiet", "--mirror", "--template=", "--"]).arg(bundle).arg(folder);
    ran(&mut command, "clone")?;
    let mut command = process::git(folder);
    command.args(["config", "--remove-section", "remote.origin"]);
    ran(&mut command, "config")?;
    // Whoever made the bundle could otherwise show another desk than the one that is in it.
    let mut command = process::git(folder);
    command.args(["for-each-ref", "--format=delete %(refname)", REPLACED]);
    let output = command.stdin(Stdio::null()).output().context("cannot run git for-each-ref")?;
    match String::from_utf8_lossy(&output.stdout) {
        lines if lines.is_empty() => Ok(()),
        lines => update_refs(folder, &lines),
    }
}

fn ran(command: &mut Command, what: &str) -> Result<()> {
    let failed = |why| Problem::repository(format!("git {what}: {why}")).code("git_failed");
    Ok(process::done(command, b"").map_err(failed)?)
}
