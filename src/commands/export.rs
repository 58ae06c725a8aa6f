//! `export`

use std::collections::HashSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::NamedTempFile;

use super::Context;
use crate::desk::export::{database, history};
use crate::desk::look::{Detail, Look};
use crate::error::{Problem, Result};
use crate::index::{Found, Order};
use crate::model::id::TicketId;
use crate::ui::format::{cell, csv};
use crate::view::ticket::FIELDS;

/// Everything that the desk holds, for other programs and for another desk
///
/// jsonl is the history, a line for what each commit did to a ticket: `git desk import events`
/// makes the same tickets, threads, attachments and facts of it in an empty desk; where branches
/// were merged, the facts are those of one line of commits that ends alike. csv is a row for
/// each ticket as it stands: every field of `git desk schema ticket` but thread, service level and
/// attachments. sqlite is a database: tickets as they stand, their threads, and the facts of
/// history. The same desk gives the same bytes. A name that ends in .gz is compressed.
///
/// Policy is no part of the history: copy desk.toml, customers and articles into the other desk
/// first, or queues and agents are there as inactive ones.
///
/// Examples:
///   git desk export jsonl --out desk.jsonl.gz
///   git desk export jsonl customer:acme | jq 'select(.entry)'
///   git desk export csv --csv-safe --out tickets.csv
///   git desk export sqlite --out desk.db && sqlite3 desk.db 'select status, count(*) from tickets group by 1'
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// The history, a line for what each commit did to a ticket
    Jsonl(To),
    /// A row for each ticket as it stands
    Csv(To),
    /// A database: tickets, entries, facts, links, tags
    ///
    /// Times are texts, RFC 3339 in UTC, as SQLite's own functions read them. What is unset is null;
    /// lists and tables are JSON (json_each, json_extract).
    ///
    ///   tickets  a row for each ticket: id, handle, title, kind, status, resolution, solution, impact,
    ///            urgency, priority, priority_reason, queue, level, assignee, requester, customer,
    ///            channel, service, category, asset, location, environment, external_id, key,
    ///            group_key, waiting_on, wake, due, follow_up, opened, acknowledged, responded,
    ///            resolved, closed, updated, watchers, articles, fields, body, path
    ///   entries  the threads: ticket, id, kind, author, at, body, minutes (of work), score (of a
    ///            rating), files, more (every other field)
    ///   facts    history, oldest first: ticket, at, author, field, was, became, commit_id; field
    ///            'thread' is an entry, 'ticket' a file that was deleted; of texts their hash
    ///   links    ticket, type, target: each once, as it is stored
    ///   tags     ticket, tag
    ///   about    name, value: schema (desk.sqlite/1), desk, commit
    ///
    /// Attachments are not in it: `files` names them.
    ///
    /// Examples:
    ///   git desk export sqlite --out desk.db
    ///   git desk export sqlite --out july.db --at 2026-08-01 customer:acme
    #[command(verbatim_doc_comment)]
    Sqlite(ToFile),
}

#[derive(Debug, Clone, clap::Args)]
pub struct ToFile {
    /// Which tickets; without one all, of deleted ones the facts: see `git desk help query`
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// Where to
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Clone, clap::Args)]
pub struct To {
    /// Which tickets; without one all, deleted ones too: see `git desk help query`
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// Where to; without it stdout
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long)]
    pub force: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        if ctx.globals.output.is_some() || ctx.globals.json.is_some() || !ctx.globals.fields.is_empty() {
            return Err(Problem::usage("`export` has forms of its own: jsonl, csv, sqlite")
                .hint("some fields of some tickets: git desk list --fields id,title -o csv")
                .into());
        }
        ctx.desk()?.store.require_history()?;
        let look = ctx.look()?;
        match self.verb {
            Verb::Jsonl(to) => {
                let mut sink = Sink::open(&to)?;
                jsonl(ctx, &look, &to, &mut sink)?;
                sink.finish(ctx, &to)
            }
            Verb::Csv(to) => {
                let mut sink = Sink::open(&to)?;
                rows(ctx, &look, &to, &mut sink)?;
                sink.finish(ctx, &to)
            }
            Verb::Sqlite(to) => sqlite(ctx, &look, &to),
        }
    }
}

fn sqlite(ctx: &Context, look: &Look<'_>, to: &ToFile) -> Result<()> {
    let named = |ending: &str| to.out.extension().is_some_and(|extension| extension == ending);
    if to.out.as_os_str() == "-" || named("gz") {
        let what = if named("gz") { "a database is not compressed" } else { "a database is a file, and `-` is none" };
        return Err(Problem::usage(what).hint("git desk export sqlite --out desk.db").into());
    }
    let file = beside(&to.out, to.force)?;
    let found = found(ctx, look, &to.query)?;
    let only: Option<HashSet<TicketId>> =
        (!to.query.is_empty()).then(|| found.iter().map(|one| one.ticket.id).collect());
    let bar = ctx.ui.progress("exporting");
    let progress = |done, total| bar.at(done, total);
    database::write(look, (found, only.as_ref()), file.path(), &progress)?;
    drop(bar);
    keep(ctx, file, &to.out, to.force)
}

fn jsonl(ctx: &Context, look: &Look<'_>, to: &To, sink: &mut Sink) -> Result<()> {
    let only = match to.query.is_empty() {
        true => None,
        false => Some(found(ctx, look, &to.query)?.into_iter().map(|one| one.ticket.id).collect::<HashSet<_>>()),
    };
    let bar = ctx.ui.progress("exporting");
    let mut lines = 0;
    let told = history::tell(look, only.as_ref(), |line| {
        lines += 1;
        bar.at(lines, 0);
        sink.line(ctx, &serde_json::to_string(line)?, "\n")
    })?;
    drop(bar);
    if let Some(first) = told.missing.first() {
        let count = told.missing.len();
        ctx.ui.warning(&format!("{count} attachments are listed and cannot be read; the first is {first}"));
    }
    Ok(())
}

/// The columns of the rows: what a ticket says of itself, without what has a form of its own.
fn columns() -> impl Iterator<Item = &'static str> {
    let left_out = ["schema", "sla", "thread", "attachments", "suggested_articles", "occurrences"];
    FIELDS.iter().copied().filter(move |name| !left_out.contains(name))
}

fn rows(ctx: &Context, look: &Look<'_>, to: &To, sink: &mut Sink) -> Result<()> {
    let names: Vec<&str> = columns().collect();
    sink.line(ctx, &names.join(","), "\r\n")?;
    let bar = ctx.ui.progress("exporting");
    let all = found(ctx, look, &to.query)?;
    let total = all.len() as u64;
    for (done, one) in (1..).zip(all) {
        bar.at(done, total);
        let object = look.object(&look.complete(one, Detail::Brief)?);
        let cells = names.iter().map(|name| csv(&cell(&object[*name]), ctx.ui.style.csv_safe));
        sink.line(ctx, &cells.collect::<Vec<_>>().join(","), "\r\n")?;
    }
    Ok(())
}

/// The tickets that are meant, by id; whatever their status.
fn found(ctx: &Context, look: &Look<'_>, query: &[String]) -> Result<Vec<Found>> {
    let asked = ctx.desk()?.query_context(&look.policy, look.now)?;
    let query = look.query(&query.join(" "), &asked)?;
    look.select(&query, &asked, (Order::Id, false), None)
}

/// Where an export goes. A file is there when it is whole, or not at all.
enum Sink {
    Stdout,
    Plain(BufWriter<NamedTempFile>),
    Packed(Box<GzEncoder<BufWriter<NamedTempFile>>>),
}

impl Sink {
    fn open(to: &To) -> Result<Sink> {
        let Some(path) = to.out.as_deref().filter(|path| path.as_os_str() != "-") else { return Ok(Sink::Stdout) };
        let file = beside(path, to.force)?;
        let file = BufWriter::with_capacity(1 << 16, file);
        Ok(match path.extension().is_some_and(|extension| extension == "gz") {
            // Without a name and a time in its head: the same desk, the same bytes.
            true => Sink::Packed(Box::new(GzEncoder::new(file, Compression::default()))),
            false => Sink::Plain(file),
        })
    }

    fn line(&mut self, ctx: &Context, text: &str, end: &str) -> Result<()> {
        let out: &mut dyn Write = match self {
            Sink::Stdout => return ctx.ui.text(&format!("{text}{end}")),
            Sink::Plain(file) => file,
            Sink::Packed(file) => file.as_mut(),
        };
        Ok(out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes())).map_err(full)?)
    }

    fn finish(self, ctx: &Context, to: &To) -> Result<()> {
        let file = match self {
            Sink::Stdout => return Ok(()),
            Sink::Plain(file) => file,
            Sink::Packed(file) => file.finish().map_err(full)?,
        };
        let file = file.into_inner().map_err(|error| full(error.into_error()))?;
        keep(ctx, file, &to.out.clone().unwrap_or_default(), to.force)
    }
}

/// A file without a name yet beside the one that is to be. Exit code 5 where that is there.
fn beside(path: &Path, force: bool) -> Result<NamedTempFile> {
    let there = path.symlink_metadata();
    if there.as_ref().is_ok_and(|data| !data.is_file()) {
        return Err(Problem::refused(format!("{} is no file that could be written anew", path.display()))
            .code("no_file")
            .hint("name a file: --out desk.jsonl.gz")
            .into());
    }
    if there.is_ok() && !force {
        return Err(Problem::refused(format!("{} is there already", path.display()))
            .code("file_exists")
            .hint("to write over it: --force")
            .into());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(NamedTempFile::new_in(folder)
        .map_err(|error| Problem::not_found(format!("cannot write in {}: {error}", folder.display())))?)
}

/// Gives a file that is whole its name.
fn keep(ctx: &Context, file: NamedTempFile, path: &Path, force: bool) -> Result<()> {
    if ctx.globals.dry_run {
        ctx.ui.status(&format!("would write {}", ctx.ui.shown(&path.display().to_string())));
        return Ok(());
    }
    file.as_file().sync_all().map_err(full)?;
    let kept = match force {
        true => file.persist(path),
        false => file.persist_noclobber(path),
    };
    kept.map_err(|error| full(error.error))?;
    ctx.ui.status(&format!("written: {}", ctx.ui.shown(&path.display().to_string())));
    Ok(())
}

fn full(error: std::io::Error) -> Problem {
    Problem::repository(format!("the export could not be written: {error}")).code("write_failed")
}
