//! `join`

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::json;

use super::Context;
use crate::desk::actor::Actor;
use crate::desk::join::{Join, Joined, join};
use crate::desk::{Desk, Options, registry};
use crate::error::{Problem, Result};
use crate::model::count::grouped;
use crate::store::message::Person;
use crate::store::settings::global_setting;
use crate::store::{Place, Store};

/// Get a desk that others have: clones it, gives it a name, builds its index; prints where it is
///
/// The clone is bare and lies in your data folder ($XDG_DATA_HOME/git-desk, else
/// ~/.local/share/git-desk) unless DIR says otherwise. Its name works from anywhere, as in
/// `git desk --desk acme list`; the first desk that you join becomes desk.default. `git fetch`
/// in it brings what others did into refs/remotes/origin. Nothing of the remote is run.
///
/// Examples:
///   git desk join ssh://hub.example.com/srv/acme.git
///   git desk join git@forge.example:acme/helpdesk.git --name acme
///   git desk join ../hub.git /srv/desks/acme.git
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Whatever git clones from: https, ssh, HOST:PATH, file, a path
    #[arg(value_name = "URL", allow_hyphen_values = true)]
    pub url: String,
    /// Where the clone goes
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// What it is called here; else the last part of the URL
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let begun = Instant::now();
        let receiving = ctx.ui.progress("receiving");
        let wanted = Join {
            url: self.url,
            folder: self.dir.map(|dir| tidy(&ctx.env.cwd.join(dir))),
            name: self.name,
            branch: ctx.globals.reference.clone(),
            may_ask: ctx.ui.may_ask(),
            dry_run: ctx.globals.dry_run,
        };
        let joined = join(ctx.env, &wanted, &|done, total| receiving.at(done, total))?;
        drop(receiving);
        if joined.already && ctx.globals.strict {
            return Err(Problem::refused(format!("{} is joined already", joined.name)).code("nothing_to_do").into());
        }
        if ctx.globals.dry_run && !joined.already {
            return would_be(ctx, &joined);
        }
        let received = begun.elapsed();
        if !is_known(ctx) && !ctx.globals.dry_run {
            ask_who(ctx)?;
        }
        let begun = Instant::now();
        let place = Place { reference: wanted.branch, ..Place::named(ctx.env, &joined.folder) };
        let mut desk = Desk::new(ctx.env, Store::open(&place)?, Options::default());
        let reading = ctx.ui.progress("reading history");
        desk.progress = Box::new(move |done, total| reading.at(done, total));
        let (tickets, open) = desk.index()?.count()?;
        let actor = desk.person(&desk.policy()?.0)?;
        if !joined.already && !is_known(ctx) {
            warn_of_stranger(ctx, &actor.person);
        }
        let seconds = (received + begun.elapsed()).as_secs_f64();
        let told = Told { tickets, open, bytes: size(&joined.folder), seconds, actor };
        report(ctx, &joined, &told)
    }
}

/// The path without `..` where the folder around it is there.
fn tidy(path: &Path) -> PathBuf {
    let parent = path.parent().and_then(|parent| parent.canonicalize().ok());
    match (parent, path.file_name()) {
        (Some(parent), Some(name)) => parent.join(name),
        (_, _) => path.components().collect(),
    }
}

/// How it went.
struct Told {
    tickets: u64,
    open: u64,
    /// Of the clone with its index.
    bytes: u64,
    seconds: f64,
    actor: Actor,
}

fn would_be(ctx: &Context, joined: &Joined) -> Result<()> {
    if ctx.wants_json() {
        return ctx.ui.json(&json!({"name": joined.name, "path": joined.folder.display().to_string(),
            "url": joined.url, "already": false, "default": joined.is_default, "dry_run": true}));
    }
    ctx.ui.line(&joined.folder.display().to_string())?;
    ctx.ui.status(&format!("{} would be joined as {}; nothing was done", joined.url, joined.name));
    Ok(())
}

fn report(ctx: &Context, joined: &Joined, told: &Told) -> Result<()> {
    let Told { tickets, open, bytes, seconds, actor } = told;
    let folder = joined.folder.display().to_string();
    if ctx.wants_json() {
        let agent = actor.is_agent.then_some(&actor.name);
        return ctx.ui.json(&json!({"name": joined.name, "path": folder, "url": joined.url, "already": joined.already,
            "default": joined.is_default, "tickets": tickets, "open": open, "bytes": bytes,
            "seconds": (seconds * 10.0).round() / 10.0, "agent": agent, "dry_run": false}));
    }
    ctx.ui.line(&folder)?;
    ctx.ui.finish()?;
    let (name, noun) = (&joined.name, if *tickets == 1 { "ticket" } else { "tickets" });
    let head = if joined.already { format!("{name} is joined already") } else { format!("joined {name}") };
    let took = if joined.already { String::new() } else { format!(", {seconds:.1} s") };
    ctx.ui.status(&format!(
        "{head}: {} {noun}, {} open, {}{took}",
        grouped(*tickets),
        grouped(*open),
        shown_size(*bytes)
    ));
    if !actor.is_agent {
        let address = &actor.person.email;
        ctx.ui.status(&format!(
            "you are {address}, who is no agent there: its lead types git desk agent add --email {address}"
        ));
    }
    let by_name = if joined.is_default { String::new() } else { format!("--desk {name} ") };
    ctx.ui.status(&format!("next           git desk {by_name}list"));
    if !joined.already {
        ctx.ui.status("shell          git desk setup shell          completion and man pages");
    }
    Ok(())
}

/// Whether git, or somebody, has said who writes here.
fn is_known(ctx: &Context) -> bool {
    let said = |name: &str, variable: &str| ctx.env.var(variable).is_some() || global_setting(ctx.env, name).is_some();
    said("desk.user", "GIT_DESK_USER")
        || (said("user.name", "GIT_AUTHOR_NAME")
            && (said("user.email", "GIT_AUTHOR_EMAIL") || ctx.env.var("EMAIL").is_some()))
}

/// Asks once who writes here, where git does not know; the answer is git's for everything.
fn ask_who(ctx: &Context) -> Result<()> {
    let Some(name) = ctx.ui.ask_words("Your name?    ")? else { return Ok(()) };
    let Some(email) = ctx.ui.ask_words("Your address? ")? else { return Ok(()) };
    let person = Person::new(&name, &email);
    if !person.email.contains('@') {
        ctx.ui.warning(&format!("`{email}` is no mail address"));
        return Ok(());
    }
    registry::set(ctx.env, "user.name", &person.name)?;
    registry::set(ctx.env, "user.email", &person.email)
}

/// Says what people are called whom git does not know.
fn warn_of_stranger(ctx: &Context, person: &Person) {
    let Person { name, email } = person;
    ctx.ui.warning(&format!("git does not know who you are; what you write will be by {name} <{email}>"));
    ctx.ui.hint("git config --global user.name \"Ana Agent\"     git config --global user.email ana@example.com");
}

/// Bytes of all files in a folder.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = folder.read_dir() else { return 0 };
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => size(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}

/// `12.3 MiB`
pub fn shown_size(bytes: u64) -> String {
    let mut size = bytes as f64;
    let mut unit = "bytes";
    for larger in ["KiB", "MiB", "GiB", "TiB"] {
        if size < 1024.0 {
            break;
        }
        (size, unit) = (size / 1024.0, larger);
    }
    if unit == "bytes" { format!("{bytes} bytes") } else { format!("{size:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!([0, 1_023, 1_024, 12_900_000].map(shown_size), ["0 bytes", "1023 bytes", "1.0 KiB", "12.3 MiB"]);
    }
}
