//! `check`

use std::path::PathBuf;

use serde_json::Value;

use super::Context;
use crate::desk::check::{Edits, check};
use crate::error::{Problem, Result};
use crate::store::Snapshot;
use crate::ui::format::Format;
use crate::ui::visible::visible_line;
use crate::view::{FINDING_COLUMNS, Finding};

/// What is wrong with the desk's files; exit 1 when something is
///
/// Reads what is committed, with your uncommitted edits on top: text, types, names of desk.toml, links, the rules of
/// statuses. With files: those alone.
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
        let (snapshot, edits) = match &ctx.globals.at {
            Some(_) => (Snapshot::at(&desk.store, ctx.look()?.index.commit())?, Edits::new()),
            None => (desk.store.snapshot()?, desk.store.worktree_edits()?),
        };
        let only = if self.files.is_empty() { None } else { Some(self.paths(ctx)?) };
        let findings = check(&snapshot, &edits, only.as_deref())?;
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
    fn paths(&self, ctx: &Context) -> Result<Vec<String>> {
        let store = &ctx.desk()?.store;
        let top = store.workdir().and_then(|top| top.canonicalize().ok());
        self.files
            .iter()
            .map(|file| {
                let whole = ctx.env.cwd.join(file);
                let whole = whole.canonicalize().unwrap_or(whole);
                let path = top.as_ref().and_then(|top| whole.strip_prefix(top).ok()).unwrap_or(file);
                let path = path.to_string_lossy().into_owned();
                match path.strip_prefix(store.root()) {
                    Some(path) => Ok(path.to_owned()),
                    None => Err(Problem::not_found(format!("{path} is not of this desk")).code("no_file").into()),
                }
            })
            .collect()
    }
}

fn print(ctx: &Context, findings: &[Finding]) -> Result<()> {
    if ctx.ui.format() != Format::Table {
        let rows: Vec<Value> = findings.iter().map(Finding::to_json).collect();
        return ctx.ui.rows(FINDING_COLUMNS, &rows);
    }
    for finding in findings {
        let Finding { code, level, path, line, column, message, fix } = finding;
        let level = if *level == "warning" { " (warning)" } else { "" };
        ctx.ui.write(&visible_line(&format!("{path}:{line}:{column}  {code}  {message}{level}")))?;
        ctx.ui.write("\n")?;
        if let Some(fix) = fix {
            ctx.ui.write(&format!("  fix: {}\n", visible_line(fix)))?;
        }
    }
    Ok(())
}
