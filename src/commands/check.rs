//! `check`

mod fixing;
mod output;

use std::path::PathBuf;

use super::Context;
use super::paths::{folder_of_desk, of_desk};
use super::revisions::left;
use crate::desk::Desk;
use crate::desk::check::{Asked, Scope, check, unsettled};
use crate::error::{Problem, Result};
use crate::store::Snapshot;
use crate::store::edits::{Edits, Staged};
use crate::view::Finding;
use output::Format;

/// What is wrong with the desk's files; exit 1 when something is
///
/// Reads what is committed, with your uncommitted edits on top: text, types, names, links, the rules
/// of statuses, secrets, sizes, form, and what `[[require]]` asks for. With files: those alone, and of
/// a folder all below it.
///
/// With --base what is committed is compared with the commit where it left REV: only files that have
/// changed are read and reported on, and history counts, too: a thread only grows, and `[[permit]]` of
/// REV says who may do what; where it asks for `signed`, that there is a signature, and whose it is the
/// server's hook alone verifies. That is the check for a pull request; it works on the detached commit
/// that a forge checks out. With --staged: what the next `git commit` would change.
///
/// Every finding has a code that keeps its meaning: `git desk help check-codes`. --fix puts right what
/// is certain, and says what it did: in the worktree, to be committed by you, else in a commit.
///
/// --format github prints annotations, of which GitHub shows ten errors and ten warnings a step; those
/// on changed lines come first, and all of them are in the summary of the step.
///
/// Examples:
///   git desk check
///   git desk check tickets/2026/11/24/261124-k7m3x9pd.toml
///   git desk check kb services
///   git desk check --base origin/main --format github
///   git desk check --staged
///   git desk check --fix --dry-run
///   git desk check --json | jq -r '.[].message'
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "PATH")]
    pub files: Vec<PathBuf>,
    /// What has changed since this revision was left
    #[arg(long, value_name = "REV", conflicts_with_all = ["files", "staged", "all"])]
    pub base: Option<String>,
    /// What is staged
    #[arg(long, conflicts_with_all = ["files", "all", "fix"])]
    pub staged: bool,
    /// Every file of the desk; the default without files
    #[arg(long, conflicts_with = "files")]
    pub all: bool,
    /// human, github, gitlab, sarif, checkstyle, junit, json, markdown
    #[arg(long, value_name = "FORMAT", value_parser = output::format)]
    pub format: Option<Format>,
    /// What makes it fail: error or warning
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = ["error", "warning"])]
    pub fail_level: String,
    /// Put right what is certain: canonical form, line ends, hidden characters, executable bits, .gitattributes
    #[arg(long)]
    pub fix: bool,
}

/// What is read, before anything is judged.
struct Sight<'d> {
    snapshot: Snapshot<'d>,
    edits: Edits,
    /// Files of a merge that is not settled.
    unmerged: Vec<String>,
    base: Option<Snapshot<'d>>,
    paths: Option<Vec<String>>,
    now: jiff::Timestamp,
    by: String,
    cache: Option<PathBuf>,
}

impl<'d> Sight<'d> {
    fn asked<'a>(&'a self, edits: &'a Edits) -> Asked<'a, 'd> {
        let scope = match (&self.base, &self.paths) {
            (Some(base), _) => Scope::Since(base),
            (None, Some(paths)) => Scope::Paths(paths),
            (None, None) => Scope::Whole,
        };
        Asked { snapshot: &self.snapshot, edits, scope, now: self.now, by: &self.by, cache: self.cache.as_deref() }
    }
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let desk = ctx.desk_to_read()?;
        let sight = self.sight(ctx, desk)?;
        let mut findings = check(&sight.asked(&sight.edits))?;
        unsettled(desk.store.root(), &sight.unmerged, &mut findings);
        if self.fix {
            findings = fixing::fix(ctx, desk, &sight, findings)?;
        }
        let fails = |finding: &Finding| finding.is_error() || self.fail_level == "warning";
        output::print(ctx, self.format, &findings, &fails)?;
        if findings.iter().any(fails) {
            ctx.ui.finish()?;
            return Err(Problem::no("").code("findings").into());
        }
        if findings.is_empty() {
            ctx.ui.status("everything is in order");
        }
        Ok(())
    }

    fn sight<'d>(&self, ctx: &Context, desk: &'d Desk<'_>) -> Result<Sight<'d>> {
        let store = &desk.store;
        let (snapshot, now) = match &ctx.globals.at {
            Some(at) => {
                let look = desk.look(Some(at))?;
                (Snapshot::at(store, look.index.commit())?, look.now)
            }
            None => (store.snapshot()?, ctx.env.now),
        };
        let Staged { edits, unmerged } = match (&ctx.globals.at, &self.base, self.staged) {
            (Some(_), ..) | (None, Some(_), _) => Staged::default(),
            (None, None, true) => {
                let index = ctx.env.var("GIT_INDEX_FILE").map(|file| ctx.env.cwd.join(file));
                store.staged_edits(snapshot.commit(), index.as_deref())?
            }
            (None, None, false) => Staged { edits: store.worktree_edits()?, unmerged: Vec::new() },
        };
        let base = match &self.base {
            Some(revision) => Some(Snapshot::at(store, left(store, snapshot.commit(), revision)?)?),
            None if self.staged => Some(Snapshot::at(store, snapshot.commit())?),
            None => None,
        };
        let paths = if self.files.is_empty() { None } else { self.paths(ctx, &snapshot, &edits)? };
        let by = desk.person(&snapshot.rules()?)?.name;
        Ok(Sight { snapshot, edits, unmerged, base, paths, now, by, cache: desk.cache() })
    }

    /// The files as paths from the desk's root, folders with a `/` behind them; `None` where one of them is the whole desk.
    fn paths(&self, ctx: &Context, snapshot: &Snapshot<'_>, edits: &Edits) -> Result<Option<Vec<String>>> {
        let known = |path: &str| match edits.get(path) {
            Some(edit) => Ok(edit.is_some()),
            None => Ok(snapshot.entry(path)?.is_some_and(|(_, mode)| mode != FOLDER)),
        };
        let has_edits = |folder: &str| edits.iter().any(|(path, edit)| edit.is_some() && path.starts_with(folder));
        let is_folder = |path: &str| {
            let is = snapshot.entry(path.trim_end_matches('/'))?.is_some_and(|(_, mode)| mode == FOLDER);
            Ok(is || has_edits(path))
        };
        let mut paths = Vec::new();
        for file in &self.files {
            match folder_of_desk(ctx, file, is_folder)? {
                Some(folder) if folder.is_empty() => return Ok(None),
                Some(folder) => paths.push(folder),
                None => paths.push(of_desk(ctx, file, known)?),
            }
        }
        Ok(Some(paths))
    }
}

/// The mode of a folder in git's trees.
const FOLDER: i32 = 0o040_000;
