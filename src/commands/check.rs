//! `check`

use std::path::PathBuf;

use serde_json::Value;

use super::Context;
use super::paths::of_desk;
use crate::desk::check::{Edits, check};
use crate::error::{Problem, Result};
use crate::store::Snapshot;
use crate::ui::format::Format;
use crate::view::{FINDING_COLUMNS, Finding};

/// What is wrong with the desk's files; exit 1 when something is
///
/// Reads what is committed, with your uncommitted edits on top: text, types, names of desk.toml,
/// links, the rules of statuses, customers, files of holidays. With files: those alone.
///
/// Examples:
///   git desk check
///   git desk check tickets/2026/11/24/261124-k7m3x9pd.toml
///   git desk check --json | jq -r '.[].message'
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Every file of the desk; the default without files
    #[arg(long, conflicts_with = "files")]
    pub all: bool,
    /// What makes it fail: error or warning
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = ["error", "warning"])]
    pub fail_level: String,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let desk = ctx.desk()?;
        let (snapshot, edits, now) = match &ctx.globals.at {
            Some(_) => {
                let look = ctx.look()?;
                (Snapshot::at(&desk.store, look.index.commit())?, Edits::new(), look.now)
            }
            None => (desk.store.snapshot()?, desk.store.worktree_edits()?, ctx.env.now),
        };
        let only = if self.files.is_empty() { None } else { Some(self.paths(ctx, &snapshot, &edits)?) };
        let findings = check(&snapshot, &edits, only.as_deref(), now)?;
        print(ctx, &findings)?;
        let failing = findings.iter().any(|finding| finding.level == "error" || self.fail_level == "warning");
        if failing {
            ctx.ui.finish()?;
            return Err(Problem::no("").code("findings").into());
        }
        if findings.is_empty() {
            ctx.ui.status("everything is in order");
        }
        Ok(())
    }

    /// The files as paths from the desk's root.
    fn paths(&self, ctx: &Context, snapshot: &Snapshot<'_>, edits: &Edits) -> Result<Vec<String>> {
        let known = |path: &str| match edits.get(path) {
            Some(edit) => Ok(edit.is_some()),
            None => Ok(snapshot.entry(path)?.is_some_and(|(_, mode)| mode != FOLDER)),
        };
        self.files.iter().map(|file| of_desk(ctx, file, known)).collect()
    }
}

/// The mode of a folder in git's trees.
const FOLDER: i32 = 0o040_000;

fn print(ctx: &Context, findings: &[Finding]) -> Result<()> {
    if ctx.ui.format() != Format::Table {
        let rows: Vec<Value> = findings.iter().map(Finding::to_json).collect();
        return ctx.ui.rows(FINDING_COLUMNS, &rows);
    }
    for finding in findings {
        let Finding { code, level, path, line, column, message, fix } = finding;
        let level = if *level == "warning" { " (warning)" } else { "" };
        let place = ctx.ui.shown(&format!("{path}:{line}:{column}"));
        ctx.ui.write(&format!("{place}  {code}  {}{level}\n", ctx.ui.shown(message)))?;
        if let Some(fix) = fix {
            ctx.ui.write(&format!("  fix: {}\n", ctx.ui.shown(fix)))?;
        }
    }
    Ok(())
}
