//! What every write command has in common: which tickets, in what words, and what to print when it is done.

use std::io::Read;
use std::path::PathBuf;

use serde_json::Value;

use super::{Context, autosync};
use crate::desk::Room;
use crate::desk::tickets::comment::Upload;
use crate::desk::tickets::{Acted, message};
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::model::id::TicketId;
use crate::store::message::Message;

/// What a write command does once a transaction is open.
type Run = Box<dyn Fn(&mut Room<'_, '_>) -> Result<Vec<Acted>>>;

/// A write command, ready to be run in a transaction: alone or as a line of `batch`.
pub struct Deed {
    /// As typed: `close`.
    pub verb: &'static str,
    /// The words given with it, for the commit.
    pub words: String,
    /// Others may be doing the same in clones of theirs: where the desk syncs by itself, it holds at the hub or not at all.
    pub contested: bool,
    pub run: Run,
}

impl Deed {
    /// The same rule for each of several tickets, all or none.
    pub fn each(
        verb: &'static str,
        words: impl Into<String>,
        ids: Vec<TicketId>,
        rule: impl Fn(&mut Room<'_, '_>, TicketId) -> Result<Acted> + 'static,
    ) -> Deed {
        let run = move |room: &mut Room<'_, '_>| ids.iter().map(|id| rule(room, *id)).collect();
        Deed { verb, words: words.into(), contested: false, run: Box::new(run) }
    }
}

/// Which tickets a command is about.
#[derive(Debug, Clone, clap::Args)]
pub struct Tickets {
    /// Tickets: a full id, a handle (`k7m3`), a date and handle, or the number they had elsewhere
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub ids: Vec<String>,
    /// Every ticket that fits this query instead; needs `--yes`
    #[arg(long = "where", value_name = "QUERY", conflicts_with = "ids")]
    pub query: Option<String>,
    /// Yes, all that `--where` finds
    #[arg(long)]
    pub yes: bool,
}

impl Tickets {
    /// The ids. Exit code 2 when none is given, 3 or 4 when one is not found or not the only one.
    pub fn find(&self, ctx: &Context, verb: &str) -> Result<Vec<TicketId>> {
        if let Some(query) = &self.query {
            if query.trim().is_empty() {
                return Err(Problem::usage("`--where` is empty, which would mean every ticket there is")
                    .hint(format!("every open one: git desk {verb} --where is:open"))
                    .into());
            }
            return self.all(ctx, query, verb);
        }
        if self.ids.is_empty() {
            return Err(Problem::usage(format!("{verb} which ticket? an ID is missing"))
                .hint(format!("git desk {verb} k7m3"))
                .hint("what is open: git desk list")
                .into());
        }
        let mut ids = Vec::new();
        for typed in &self.ids {
            let id = ctx.find(typed)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    fn all(&self, ctx: &Context, query: &str, verb: &str) -> Result<Vec<TicketId>> {
        let ids = ctx.select_ids(query)?;
        if !self.yes && !ctx.globals.dry_run {
            let tickets = counted(ids.len(), "ticket");
            let question = format!("{verb} {tickets}?");
            if !ctx.env.may_ask() || ctx.globals.no_input {
                return Err(Problem::usage(format!("`--where` would {verb} {tickets}; `--yes` is missing"))
                    .hint(format!("look first: git desk list '{query}'"))
                    .into());
            }
            if !ctx.ui.ask_yes(&question)? {
                return Err(Problem::new(crate::error::Kind::Declined, "nothing was done").into());
            }
        }
        Ok(ids)
    }
}

/// Words for people: `-m TEXT` or `-F FILE`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Words {
    /// The words that go with it
    #[arg(short = 'm', long = "message", visible_aliases = ["reason", "solution"], value_name = "TEXT", allow_hyphen_values = true)]
    pub message: Option<String>,
    /// Read the words from a file, or from stdin with `-`
    #[arg(short = 'F', long = "file", value_name = "FILE", conflicts_with = "message")]
    pub file: Option<PathBuf>,
}

impl Words {
    pub fn read(&self) -> Result<String> {
        match (&self.message, &self.file) {
            (Some(text), _) => Ok(text.clone()),
            (None, Some(file)) => read_text(file),
            (None, None) => Ok(String::new()),
        }
    }
}

/// The text of a file, or of stdin for `-`. Bytes that are no UTF-8 become `�`: words of a job are never lost.
pub fn read_text(file: &PathBuf) -> Result<String> {
    Ok(String::from_utf8_lossy(&read_bytes(file)?).into_owned())
}

/// The bytes of a file, or of stdin for `-`. Exit code 3 when it cannot be read.
pub fn read_bytes(file: &PathBuf) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else if std::fs::metadata(file).is_ok_and(|data| data.is_dir()) {
        Err(std::io::ErrorKind::IsADirectory.into())
    } else {
        std::fs::File::open(file).and_then(|mut open| open.read_to_end(&mut bytes))
    };
    read.map_err(|error| Problem::not_found(format!("cannot read {}: {error}", file.display())).code("no_file"))?;
    Ok(bytes)
}

/// Files to attach, read. Exit code 3 when one cannot be.
pub fn read_uploads(files: &[PathBuf]) -> Result<Vec<Upload>> {
    files
        .iter()
        .map(|file| {
            let name = match file.as_os_str() == "-" {
                true => "stdin".to_owned(),
                false => file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            };
            // A pipe or device would be waited for without end.
            if file.as_os_str() != "-" && std::fs::metadata(file).is_ok_and(|data| !data.is_file()) {
                return Err(Problem::usage(format!("{} is no file that can be attached", file.display())).into());
            }
            Ok(Upload { name, bytes: read_bytes(file)? })
        })
        .collect()
}

/// Runs a deed as one commit and prints what came of it: the full id of each ticket, or the tickets as JSON.
pub fn perform(ctx: &Context, deed: &Deed) -> Result<Vec<Acted>> {
    let desk = ctx.desk()?;
    let act = |room: &mut Room<'_, '_>| {
        if let Some(ids) = room.done_before()? {
            return room.as_they_are(&ids);
        }
        let acted = (deed.run)(room)?;
        if ctx.globals.strict && acted.iter().all(|acted| !acted.changed) {
            return Err(already_so(deed.verb, &acted).into());
        }
        let told = acted.iter().map(|acted| acted.id().to_string()).collect();
        room.tx.describe(Message { told, ..message(deed.verb, &acted, &deed.words) });
        Ok(acted)
    };
    let done = if deed.contested { autosync::contest(ctx, act)? } else { desk.write(act)? };
    for warning in done.value.iter().flat_map(|acted| &acted.warnings) {
        ctx.ui.warning(warning);
    }
    if ctx.globals.dry_run {
        for path in &done.paths {
            ctx.ui.status(&format!("would write {path}"));
        }
    }
    if let Some(commit) = done.commit {
        let ids: Vec<&str> = done.value.iter().map(|acted| acted.after.id.as_str()).collect();
        ctx.ui.stored(format!("{} is stored, in commit {commit}", ids.join(", ")));
    }
    print(ctx, &done.value, done.commit.map(|commit| commit.to_string()))?;
    Ok(done.value)
}

fn already_so(verb: &str, acted: &[Acted]) -> Problem {
    let ids: Vec<String> = acted.iter().map(|acted| acted.id().to_string()).collect();
    Problem::refused(format!("`{verb}` would change nothing: {} is so already", ids.join(", "))).code("already_so")
}

fn print(ctx: &Context, acted: &[Acted], commit: Option<String>) -> Result<()> {
    if !ctx.wants_json() {
        for one in acted {
            ctx.ui.line(one.id().as_str())?;
        }
        return Ok(());
    }
    let look = ctx.desk()?.look(None)?;
    let json = |one: &Acted| ctx.acted_json(&look, one, commit.as_deref());
    let objects: Vec<Value> = acted.iter().map(json).collect::<Result<_>>()?;
    match <[Value; 1]>::try_from(objects) {
        Ok([one]) => ctx.ui.json(&one),
        Err(several) => ctx.ui.json_list(&several),
    }
}
