//! `import`

use std::collections::HashMap;
use std::io::Read;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::Context;
use super::deed::read_text;
use crate::desk::import::map::Map;
use crate::desk::import::misfits::Misfit;
use crate::desk::import::newcomers::Newcomer;
use crate::desk::import::ours::SOURCE;
use crate::desk::import::{Plan, Summary, events};
use crate::error::{Problem, Result};

/// Bring a history from another system: every change becomes a commit of its own time and author
///
/// The log is JSON Lines, plain or gzip: {"ticket", "at", "actor", "changes": {field: value},
/// "entry": {kind, body}}, in the order in which things happened. The map (TOML) says how their
/// words become ours; ready ones are in examples/import. A log that `git desk export jsonl` wrote
/// needs no map: it gives the same ids, threads and facts. Running it again continues where it
/// stopped.
///
/// Examples:
///   git desk import events log.jsonl.gz --map servicenow.toml --dry-run
///   git desk import events log.jsonl.gz --map servicenow.toml --sample 5
///   git desk import events log.jsonl.gz --map servicenow.toml
///   git desk import events desk.jsonl.gz
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// An audit log, one event a line
    Events {
        /// JSON Lines, plain or gzip; `-` is stdin
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// How their words become ours; not needed for a log of `export jsonl`
        #[arg(long, value_name = "MAP.toml")]
        map: Option<PathBuf>,
        /// Write nothing; show so many tickets as they would be
        #[arg(long, value_name = "N")]
        sample: Option<usize>,
    },
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let Verb::Events { file, map, sample } = self.verb;
        let map = map.map(|map| Map::parse(&map.display().to_string(), &read_text(&map)?)).transpose()?;
        let name = file.display().to_string();
        let source: Box<dyn Read> = if name == "-" {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(
                std::fs::File::open(&file)
                    .map_err(|error| Problem::not_found(format!("cannot read {name}: {error}")).code("no_file"))?,
            )
        };
        let desk = ctx.desk()?;
        let applied = applied(ctx, map.as_ref().map_or(SOURCE, |map| &map.source))?;
        let bar = ctx.ui.progress("importing");
        let progress = |events: u64| bar.at(events, 0);
        let plan =
            Plan { map: map.as_ref(), name: &name, dry_run: ctx.globals.dry_run, sample, progress: &progress, applied };
        let summary = events(desk, source, plan)?;
        drop(bar);
        match sample {
            Some(_) => samples(ctx, &summary),
            None => print(ctx, &summary),
        }
    }
}

/// The highest event of each ticket of the source that earlier runs applied.
fn applied(ctx: &Context, source: &str) -> Result<HashMap<String, u64>> {
    let prefix = format!("{source}/");
    let mut applied: HashMap<String, u64> = HashMap::new();
    for op in ctx.desk()?.index()?.operations(&prefix)? {
        let rest = op.strip_prefix(&prefix).unwrap_or_default();
        if let Some((ticket, number)) = rest.rsplit_once('/')
            && let Ok(number) = number.parse::<u64>()
        {
            let last = applied.entry(ticket.to_owned()).or_default();
            *last = number.max(*last);
        }
    }
    Ok(applied)
}

fn samples(ctx: &Context, summary: &Summary) -> Result<()> {
    for (path, text) in &summary.samples {
        if ctx.wants_json() {
            ctx.ui.json(&json!({"path": path, "text": text}))?;
        } else {
            ctx.ui.text(&format!("# {path}\n{text}\n"))?;
        }
    }
    Ok(())
}

fn print(ctx: &Context, summary: &Summary) -> Result<()> {
    if ctx.wants_json() {
        return ctx.ui.json(&object(ctx, summary));
    }
    let would = if ctx.globals.dry_run { "would be" } else { "made" };
    let counts = [
        ("read", vec![counted(summary.tickets as u64, "ticket"), counted(summary.events, "event")]),
        (would, vec![counted(summary.commits, "commit"), counted(summary.entries, "message")]),
        ("refused", if summary.refused > 0 { vec![counted(summary.refused, "ticket")] } else { Vec::new() }),
    ];
    for (what, words) in counts.iter().filter(|(_, words)| !words.is_empty()) {
        ctx.ui.line(&format!("{what:<10}{}", words.join(", ")))?;
    }
    table(ctx, "not understood", summary.misfits.iter().map(misfit_row).collect())?;
    table(ctx, "new here", summary.newcomers.iter().map(newcomer_row).collect())?;
    ctx.ui.finish()?;
    if ctx.globals.dry_run {
        ctx.ui.status("nothing was written; look at some: --sample 5");
    }
    Ok(())
}

fn object(ctx: &Context, summary: &Summary) -> Value {
    let misfit =
        |one: &Misfit| json!({"what": one.what, "times": one.times, "first": one.first, "outcome": one.outcome});
    let newcomer = |one: &Newcomer| json!({"kind": one.kind, "name": one.name, "title": one.words, "times": one.times, "first": one.first});
    json!({"tickets": summary.tickets, "events": summary.events, "commits": summary.commits,
        "entries": summary.entries, "refused": summary.refused, "dry_run": ctx.globals.dry_run,
        "not_understood": summary.misfits.iter().map(misfit).collect::<Vec<_>>(),
        "new": summary.newcomers.iter().map(newcomer).collect::<Vec<_>>(),
        "commit": summary.tip.map(|tip| tip.to_string())})
}

fn misfit_row(one: &Misfit) -> [String; 4] {
    [one.what.clone(), grouped(one.times), one.first.clone(), format!("→ {}", one.outcome)]
}

fn newcomer_row(one: &Newcomer) -> [String; 4] {
    let outcome = format!("→ new {} {}, inactive", one.kind, one.name);
    [format!("{} \"{}\"", one.kind, one.words), grouped(one.times), one.first.clone(), outcome]
}

/// Rows under their heads, each column as wide as its widest cell; nothing where there is no row.
fn table(ctx: &Context, title: &str, rows: Vec<[String; 4]>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let head = [title, "times", "first seen", "as it stands"].map(str::to_owned);
    let all: Vec<[String; 4]> = std::iter::once(head).chain(rows).collect();
    let wide = |at: usize| all.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let (what, times, first) = (wide(0), wide(1), wide(2));
    ctx.ui.write("\n")?;
    all.iter().try_for_each(|row| {
        ctx.ui.line(&format!("{:<what$}  {:>times$}   {:<first$}   {}", row[0], row[1], row[2], ctx.ui.plain(&row[3])))
    })
}

fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{} {noun}s", grouped(count)) }
}

/// `214,381`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
