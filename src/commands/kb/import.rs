//! `kb import`

use std::path::PathBuf;

use serde_json::json;

use crate::commands::Context;
use crate::commands::deed::read_text;
use crate::desk::knowledge::import::{Imported, import, read};
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::store::message::Message;

/// Articles of another system: JSON Lines, one commit
///
/// Each line is an article: {"slug": "vpn/reset-token", "title", "body", …} with the keys of
/// `git desk schema article`. What is there is changed in what a line says of it, and in
/// nothing else, so that the same file again changes nothing. What is retired here is left
/// as it is. Lines that cannot be read are named and left out; then the exit code is 6.
///
/// Examples:
///   git desk kb import articles.jsonl --dry-run
///   jq -c '{slug: ("wiki/" + .id), title, body: .text}' wiki.jsonl | git desk kb import -
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// JSON Lines; `-` is stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Refused lines that are told one by one.
const TOLD: usize = 20;

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let lines = read(&read_text(&self.file)?);
        let done = ctx.desk()?.write(|room| {
            if room.done_before()?.is_some() {
                return Ok(Imported::default());
            }
            let imported = import(room, &lines)?;
            if ctx.globals.strict && imported.added.is_empty() && imported.changed.is_empty() {
                return Err(Problem::refused("`kb import` would change nothing").code("already_so").into());
            }
            let count = counted(imported.added.len() + imported.changed.len(), "article");
            let mut message = Message::new(format!("kb import {count}")).trailer("Desk-Act", "kb");
            message.body = imported.added.iter().chain(&imported.changed).cloned().collect::<Vec<_>>().join("\n");
            room.tx.describe(message);
            Ok(imported)
        })?;
        let commit = done.commit.map(|commit| commit.to_string());
        if let Some(commit) = &commit {
            ctx.ui.stored(format!("the articles are stored, in commit {commit}"));
        }
        self.print(ctx, &done.value, commit)
    }

    fn print(&self, ctx: &Context, imported: &Imported, commit: Option<String>) -> Result<()> {
        let name = self.file.display();
        if ctx.wants_json() {
            let refused: Vec<_> = imported
                .refused
                .iter()
                .map(|(line, problem)| json!({"line": line, "error": problem.message}))
                .collect();
            ctx.ui.json(&ctx.chosen(json!({"added": imported.added, "changed": imported.changed,
                "unchanged": imported.unchanged, "retired": imported.retired, "refused": refused, "ignored": imported.ignored, "renamed": imported.renamed.iter().map(|(from, to)| json!({"from": from, "to": to})).collect::<Vec<_>>(),
                "dry_run": ctx.globals.dry_run, "commit": commit})))?;
        } else {
            let would = if ctx.globals.dry_run { "would add" } else { "added" };
            let counts = [
                (would, imported.added.len()),
                ("changed", imported.changed.len()),
                ("unchanged", imported.unchanged),
                ("left", imported.retired.len()),
                ("refused", imported.refused.len()),
            ];
            for (what, count) in counts.iter().filter(|(what, count)| *count > 0 || *what == would) {
                ctx.ui.line(&format!("{what:<10}{}", counted(*count, "article")))?;
            }
        }
        ctx.ui.finish()?;
        for (from, to) in &imported.renamed {
            ctx.ui.warning(&format!("{name}: {from} can be no name here; it is {to}"));
        }
        for (key, count) in &imported.ignored {
            ctx.ui
                .warning(&format!("{name}: `{key}` is no key of an article; left out of {}", counted(*count, "line")));
        }
        for article in &imported.retired {
            ctx.ui.warning(&format!("{name}: {article} is retired here, left as it is"));
        }
        for (line, problem) in imported.refused.iter().take(TOLD) {
            ctx.ui.warning(&format!("{name}:{line}: {problem}"));
        }
        match imported.refused.len() {
            0 => Ok(()),
            count => Err(Problem::invalid(format!("{name}: {} refused", counted(count, "line"))).into()),
        }
    }
}
