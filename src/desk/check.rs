//! What is wrong with a desk's files: text, types, references, the rules of statuses, the desk's own rules.
//!
//! One version of the desk is judged, all of it or the files that differ from another version; what one file has to do with
//! others is looked up in the whole tree either way.

mod approvals;
mod articles;
mod beside;
mod census;
mod changes;
mod contracts;
pub mod fix;
mod history;
mod inspect;
mod policy;
mod reading;
pub mod settings;
mod text;
mod thread;
mod tickets;
mod typed;

use std::path::Path;

use jiff::Timestamp;

use crate::error::Result;
use crate::model::policy::Policy;
use crate::model::query::Context;
use crate::store::edits::Edits;
use crate::store::lines::Touched;
use crate::store::policy::Read;
use crate::store::snapshot::Damaged;
use crate::store::{Snapshot, document};
use crate::view::Finding;
use census::Census;
use changes::Changes;

/// What is to be judged.
#[derive(Clone, Copy)]
pub struct Asked<'a, 's> {
    pub snapshot: &'a Snapshot<'s>,
    /// Files that are not as the snapshot has them.
    pub edits: &'a Edits,
    pub scope: Scope<'a, 's>,
    pub now: Timestamp,
    /// Handle or address of whoever made the edits.
    pub by: &'a str,
    /// Where an index may be kept, beside the repository.
    pub cache: Option<&'a Path>,
}

/// Which files are reported on.
#[derive(Clone, Copy)]
pub enum Scope<'a, 's> {
    /// All of them. Ways of statuses are asked of what is edited.
    Whole,
    /// These, from the desk's root; with a `/` behind it, all below a folder.
    Paths(&'a [String]),
    /// Those that differ from this version, and what has happened to tickets since: nothing of a thread is taken away,
    /// nobody does what only others may.
    Since(&'a Snapshot<'s>),
}

/// What is wrong, in the order of paths and lines.
pub fn check(asked: &Asked<'_, '_>) -> Result<Vec<Finding>> {
    let mut work = Check {
        asked: *asked,
        root: asked.snapshot.store().root(),
        changes: Changes::of(asked)?,
        findings: Vec::new(),
        census: Census::default(),
        judges_names: true,
    };
    let policy = work.policy()?;
    work.customers(&policy)?;
    work.catalogue(&policy)?;
    let items = work.items()?;
    let read = work.read(&items, &policy)?;
    work.take_census(&read)?;
    for one in read {
        work.judge(one, &policy)?;
    }
    if let Scope::Since(base) = asked.scope {
        work.history(base)?;
        work.names_gone(base, &policy)?;
        work.contracts(base, &policy)?;
    }
    work.settings()?;
    work.done()
}

/// Adds what is to be said of files of a merge that is not settled: their versions are no words of the desk yet.
pub fn unsettled(root: &str, paths: &[String], findings: &mut Vec<Finding>) {
    findings.extend(paths.iter().map(|path| {
        let shown = format!("{root}{path}");
        let fix = format!("settle it, then: {}", typed::git(&["add"], &[&shown]));
        Finding::error("DSK002", shown, (1, 1), "a merge of it is not settled").fix(fix)
    }));
    findings.sort_by(|a, b| (&a.path, a.line, a.column, a.code).cmp(&(&b.path, b.line, b.column, b.code)));
}

struct Check<'a, 's> {
    asked: Asked<'a, 's>,
    root: &'s str,
    /// Files that are not as they were.
    changes: Changes,
    findings: Vec<Finding>,
    census: Census,
    /// Whether `desk.toml` can be read, so that what names it can be judged.
    judges_names: bool,
}

impl<'s> Check<'_, 's> {
    /// Whether a file is reported on.
    fn is_asked(&self, path: &str) -> bool {
        match self.asked.scope {
            Scope::Whole => true,
            Scope::Paths(paths) => paths.iter().any(|asked| asked == path || is_below(path, asked)),
            Scope::Since(_) => self.changes.has(path),
        }
    }

    /// Whether any file below a folder is.
    fn is_asked_below(&self, folder: &str) -> bool {
        match self.asked.scope {
            Scope::Whole => true,
            Scope::Paths(paths) => paths.iter().any(|path| path.starts_with(folder) || is_below(folder, path)),
            Scope::Since(_) => self.changes.has_below(folder),
        }
    }

    fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    /// An edited file, `Some(None)` where it is gone; `None` where the commit says what it is.
    fn edited(&self, path: &str) -> Option<Read> {
        Some(self.asked.edits.get(path)?.as_ref().map(|edited| match edited.bytes.len() {
            ..=document::MAX_SIZE => Ok(edited.bytes.clone()),
            size => {
                let message = format!("has {size} bytes; more than {} are not read", document::MAX_SIZE);
                Err(Damaged::whole(self.shown(path), message))
            }
        }))
    }

    /// A file as it is now.
    fn bytes(&self, path: &str) -> Result<Read> {
        self.edited(path).map_or_else(|| self.asked.snapshot.file(path, document::MAX_SIZE), Ok)
    }

    /// Whether there is such a file, or such a folder.
    fn exists(&self, path: &str) -> Result<bool> {
        match self.asked.edits.get(path) {
            Some(edited) => Ok(edited.is_some()),
            None => self.asked.snapshot.exists(path),
        }
    }

    /// The version before: of `--base`, else of what was edited.
    fn before(&self) -> &Snapshot<'s> {
        match self.asked.scope {
            Scope::Since(base) => base,
            Scope::Whole | Scope::Paths(_) => self.asked.snapshot,
        }
    }

    /// For the queries of rules, at the desk's own time.
    fn context(&self, policy: &Policy) -> Context {
        let zone = crate::desk::zone_of(policy);
        Context { now: self.asked.now, zone, me: vec![self.asked.by.to_owned()], oncall: Vec::new() }
    }

    /// The findings on files that were asked about, those on changed lines marked. A reference that nobody can follow
    /// matters on a line that is new even when the ticket has ended.
    fn done(mut self) -> Result<Vec<Finding>> {
        let mut findings = std::mem::take(&mut self.findings);
        findings.retain(|finding| match finding.path.strip_prefix(self.root) {
            Some(path) => finding.path.is_empty() || self.is_asked(path) || is_of_history(finding.code),
            None => true,
        });
        findings.sort_by(|a, b| (&a.path, a.line, a.column, a.code).cmp(&(&b.path, b.line, b.column, b.code)));
        if let Scope::Since(base) = self.asked.scope {
            let mut last: Option<(String, Touched)> = None;
            for finding in findings.iter_mut().filter(|finding| !finding.path.is_empty()) {
                if last.as_ref().is_none_or(|(path, _)| *path != finding.path) {
                    last = Some((finding.path.clone(), self.touched(base, &finding.path)?));
                }
                finding.touched = last.as_ref().is_some_and(|(_, lines)| lines.has(finding.line));
                if finding.touched && is_reference(finding.code) {
                    finding.level = "error";
                }
            }
        }
        Ok(findings)
    }

    fn touched(&self, base: &Snapshot<'_>, path: &str) -> Result<Touched> {
        let Some(path) = path.strip_prefix(self.root) else { return Ok(Touched::all()) };
        match (base.file(path, document::MAX_SIZE)?, self.bytes(path)?) {
            (Some(Ok(before)), Some(Ok(after))) => Touched::between(&before, &after),
            (Some(Err(_)) | None, _) | (_, Some(Err(_)) | None) => Ok(Touched::all()),
        }
    }
}

/// Whether a path lies in what is named, where that is a folder.
fn is_below(path: &str, folder: &str) -> bool {
    folder.ends_with('/') && path.starts_with(folder)
}

/// Of the codes about what somebody did. They hold where nothing of it is left, too: who does what only others may and
/// takes it back has done it.
fn is_of_history(code: &str) -> bool {
    code.starts_with("DSK80") || matches!(code, "DSK414" | "DSK415" | "DSK416" | "DSK418")
}

/// Of the codes about what a file names.
fn is_reference(code: &str) -> bool {
    code.starts_with("DSK3")
}
