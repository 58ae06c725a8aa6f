//! `import`

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Context;
use super::deed::read_text;
use super::join::shown_size;
use crate::desk::import::map::Map;
use crate::desk::import::misfits::Misfit;
use crate::desk::import::newcomers::Newcomer;
use crate::desk::import::{Form, Plan, Summary, events, rows};
use crate::error::{Problem, Result};
use crate::model::count::{self, grouped};
use crate::model::policy::desk::parse_size;

/// Bring tickets from another system: each thing that happened becomes a commit of its own time and author
///
/// `jsonl` and `csv` take one row a ticket. Its columns of time say what happened (opened, taken,
/// answered, resolved, closed), lists inside it are the conversation. `events` takes an audit log:
/// JSON Lines of {"ticket", "at", "actor", "changes": {field: value}, "entry": {kind, body}} in the
/// order in which things happened; a log that `git desk export jsonl` wrote needs no map and gives
/// the same ids, threads and facts. Any of them may be gzip.
///
/// The map (TOML) says how their words become ours. examples/import has ready ones for ServiceNow,
/// OTRS and Znuny, Zammad, GLPI, Jira, RT and GitHub, and says how to get the export. Running it
/// again makes no commit twice: it brings what is new.
///
/// Examples:
///   git desk import jsonl tickets.jsonl --map zammad.toml --dry-run
///   git desk import jsonl tickets.jsonl --map zammad.toml --sample 5
///   git desk import csv incident.csv --map servicenow-incident.toml
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
    /// One ticket a line, with its conversation inside it
    Jsonl(Rows),
    /// One ticket a row, under a head of columns
    Csv(Rows),
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

#[derive(Debug, Clone, clap::Args)]
pub struct Rows {
    /// Plain or gzip; `-` is stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How their words become ours
    #[arg(long, value_name = "MAP.toml")]
    pub map: PathBuf,
    /// Write nothing; show so many tickets as they would be
    #[arg(long, value_name = "N")]
    pub sample: Option<usize>,
    /// Largest attachment, as in "25 MiB"; without it that of desk.toml. Larger ones are named in the message
    #[arg(long, value_name = "SIZE")]
    pub max_file: Option<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let (form, rows) = match self.verb {
            Verb::Jsonl(rows) => (Some(Form::Jsonl), rows),
            Verb::Csv(rows) => (Some(Form::Csv), rows),
            Verb::Events { file, map: Some(map), sample } => (None, Rows { file, map, sample, max_file: None }),
            Verb::Events { file, map: None, sample } => return bring(ctx, &file, None, sample, (None, None)),
        };
        let map = Map::parse(&rows.map.display().to_string(), &read_text(&rows.map)?)?;
        let max_file = rows.max_file.as_deref().map(size).transpose()?;
        bring(ctx, &rows.file, Some(&map), rows.sample, (form, max_file))
    }
}

fn bring(
    ctx: &mut Context,
    file: &Path,
    map: Option<&Map>,
    sample: Option<usize>,
    (form, max_file): (Option<Form>, Option<u64>),
) -> Result<()> {
    let name = file.display().to_string();
    let source: Box<dyn Read> = if name == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(
            std::fs::File::open(file)
                .map_err(|error| Problem::not_found(format!("cannot read {name}: {error}")).code("no_file"))?,
        )
    };
    let desk = ctx.desk()?;
    let bar = ctx.ui.progress("importing");
    let progress = |events: u64| bar.at(events, 0);
    let dry_run = ctx.globals.dry_run;
    let plan = Plan { map, name: &name, dry_run, sample, max_file, progress: &progress };
    let summary = match form {
        None => events(desk, source, plan)?,
        Some(form) => rows(desk, source, plan, form)?,
    };
    drop(bar);
    match sample {
        Some(_) => samples(ctx, &summary),
        None => print(ctx, &summary),
    }
}

fn size(text: &str) -> Result<u64> {
    let wrong = || Problem::usage(format!("\"{text}\" is no size")).hint("--max-file \"25 MiB\"").into();
    parse_size(text).ok_or_else(wrong)
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
    let mut read = vec![counted(summary.tickets as u64, "ticket"), counted(summary.events, "event")];
    if summary.files.count > 0 {
        read.push(format!("{} ({})", counted(summary.files.count, "file"), shown_size(summary.files.bytes)));
    }
    let counts = [
        ("read", read),
        (would, vec![counted(summary.commits, "commit"), counted(summary.entries, "message")]),
        ("refused", if summary.refused > 0 { vec![counted(summary.refused, "ticket")] } else { Vec::new() }),
    ];
    for (what, words) in counts.iter().filter(|(_, words)| !words.is_empty()) {
        ctx.ui.line(&format!("{what:<10}{}", words.join(", ")))?;
    }
    table(ctx, "not understood", summary.misfits.iter().map(misfit_row).collect())?;
    table(ctx, "new here", summary.newcomers.iter().map(newcomer_row).collect())?;
    if summary.files.left_out > 0 {
        let (count, most) = (counted(summary.files.left_out, "file"), shown_size(summary.max_file));
        ctx.ui
            .line(&format!("\nfiles     {count} over {most}: left out, named in the message (--max-file to change)"))?;
    }
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
        "entries": summary.entries, "files": summary.files.count, "files_bytes": summary.files.bytes,
        "files_left_out": summary.files.left_out, "refused": summary.refused, "dry_run": ctx.globals.dry_run,
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

/// Most rows of a table for people; each row that cannot be read may have one of its own.
const MOST: usize = 50;

/// Rows under their heads, each column as wide as its widest cell; nothing where there is no row.
fn table(ctx: &Context, title: &str, rows: Vec<[String; 4]>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let head = [title, "times", "first seen", "as it stands"].map(str::to_owned);
    let more = rows.len().saturating_sub(MOST);
    let all: Vec<[String; 4]> = std::iter::once(head).chain(rows.into_iter().take(MOST)).collect();
    let wide = |at: usize| all.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let (what, times, first) = (wide(0), wide(1), wide(2));
    ctx.ui.write("\n")?;
    all.iter().try_for_each(|row| {
        ctx.ui.line(&format!("{:<what$}  {:>times$}   {:<first$}   {}", row[0], row[1], row[2], ctx.ui.plain(&row[3])))
    })?;
    if more > 0 {
        ctx.ui.line(&format!("{} {} more: --json has all", ctx.ui.plain("…"), grouped(more as u64)))?;
    }
    Ok(())
}

fn counted(number: u64, noun: &str) -> String {
    count::counted(grouped(number), noun)
}
