//! `desk.autosync`: commands share what they did, and look at what others did, without being told.
//!
//! What is stored here is stored, whatever the remote does; machines are never held up by it.

use super::sync::{errand, warn};
use super::{Command, Context};
use crate::desk::Room;
use crate::desk::sharing::contest::NOT_HERE;
use crate::desk::sharing::merge::Clashes;
use crate::desk::sharing::sync::{Way, Wish};
use crate::error::{Kind, Problem, Result};
use crate::process;
use crate::store::transaction::Done;

/// What a command does with the remote beside its own work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    Nothing,
    /// Looks at what others did first.
    Before,
    /// Shares what it did.
    After,
    /// The same, by a process of its own that nobody waits for.
    Later,
}

/// When a desk syncs by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Autosync {
    Off,
    Write,
    Both,
}

impl Sharing {
    /// Exit code 2 for a `desk.autosync` that is none.
    pub fn of(command: &Command, ctx: &Context) -> Result<Sharing> {
        let wanted = match command {
            Command::Sync(_)
            | Command::Init(_)
            | Command::Demo(_)
            | Command::Join(_)
            | Command::Run(_)
            | Command::Event(_) => Sharing::Nothing,
            Command::Flush(_) | Command::Intake(_) | Command::Receive(_) | Command::Sweep(_) | Command::Notify(_) => {
                Sharing::Later
            }
            Command::List(_)
            | Command::Show(_)
            | Command::Search(_)
            | Command::Remind(_)
            | Command::Log(_)
            | Command::Blame(_)
            | Command::Report(_)
            | Command::Sla(_)
            | Command::Customer(_)
            | Command::Export(_) => Sharing::Before,
            Command::Kb(args) if !args.writes() => Sharing::Before,
            Command::Service(args) if !args.writes() => Sharing::Before,
            other if other.writes() => Sharing::After,
            _ => Sharing::Nothing,
        };
        Sharing::where_asked(wanted, ctx)
    }

    /// Of `git desk` alone.
    pub fn of_a_look(ctx: &Context) -> Result<Sharing> {
        Sharing::where_asked(Sharing::Before, ctx)
    }

    fn where_asked(wanted: Sharing, ctx: &Context) -> Result<Sharing> {
        let globals = &ctx.globals;
        if wanted == Sharing::Nothing || globals.dry_run || globals.at.is_some() || globals.desk.len() > 1 {
            return Ok(Sharing::Nothing);
        }
        Ok(match (wanted, Autosync::of(ctx)?) {
            (_, Autosync::Off) | (Sharing::Before, Autosync::Write) => Sharing::Nothing,
            (wanted, Autosync::Write | Autosync::Both) => wanted,
        })
    }

    /// Takes over what others did; a remote that is away only makes what is seen older.
    pub fn before(self, ctx: &Context) {
        if self != Sharing::Before {
            return;
        }
        let synced = ctx.desk().and_then(|desk| desk.sync(&wish(ctx, Way::FetchOnly), &|_, _| {}));
        match synced {
            Ok(synced) => warn(ctx, &synced),
            Err(error) => ctx.ui.warning(&format!("this may be out of date: {error}")),
        }
    }

    /// Shares what is not shared yet. Exit code 8 when that cannot be: it is stored here.
    pub fn after(self, ctx: &Context) -> Result<()> {
        if let Some(problem) = ctx.unshared.take() {
            ctx.ui.finish()?;
            return Err(stored(problem).into());
        }
        match self {
            Sharing::Nothing | Sharing::Before => Ok(()),
            Sharing::After | Sharing::Later if !is_anything_new(ctx) => Ok(()),
            Sharing::After => {
                ctx.ui.finish()?;
                match ctx.desk()?.sync(&wish(ctx, Way::Both), &|_, _| {}) {
                    Ok(synced) => {
                        warn(ctx, &synced);
                        Ok(())
                    }
                    Err(error) => Err(stored(error.downcast::<Problem>()?).into()),
                }
            }
            Sharing::Later => {
                ctx.ui.finish()?;
                later(ctx);
                Ok(())
            }
        }
    }
}

impl Autosync {
    /// A folder without a desk has none.
    fn of(ctx: &Context) -> Result<Autosync> {
        let Ok(desk) = ctx.desk() else { return Ok(Autosync::Off) };
        let wanted = match desk.store.setting("desk.autosync").as_deref() {
            None | Some("off" | "false") => Autosync::Off,
            Some("write") => Autosync::Write,
            Some("both" | "true") => Autosync::Both,
            Some(other) => {
                return Err(Problem::usage(format!("`desk.autosync` is \"{other}\"; it can be off, write or both"))
                    .hint("git config desk.autosync write")
                    .into());
            }
        };
        Ok(if wanted == Autosync::Off || desk.store.has_remote() { wanted } else { Autosync::Off })
    }
}

/// Runs an act that others may be doing, too: with the hub where the desk syncs by itself, else here.
pub fn contest<T>(ctx: &Context, act: impl FnMut(&mut Room<'_, '_>) -> Result<T>) -> Result<Done<T>> {
    let desk = ctx.desk()?;
    if Sharing::where_asked(Sharing::After, ctx)? == Sharing::Nothing {
        return desk.write(act);
    }
    let (done, problem) = desk.contest(&wish(ctx, Way::Both), &|synced| warn(ctx, synced), act)?;
    *ctx.unshared.borrow_mut() = problem;
    Ok(done)
}

fn wish(ctx: &Context, way: Way) -> Wish {
    Wish { remote: None, way, clashes: Clashes::Settle, accept_rewind: false, errand: errand(ctx, None) }
}

/// Whether something is here that the remote is not known to have.
fn is_anything_new(ctx: &Context) -> bool {
    let unpublished = ctx.desk().and_then(|desk| desk.unpublished());
    unpublished.is_ok_and(|(_, commits)| !commits.is_empty())
}

/// What was done is done: only the remote is missing.
fn stored(problem: Problem) -> Problem {
    let says_so = problem.message.contains("safe here") || problem.code == NOT_HERE;
    let message = match says_so {
        true => problem.message,
        false => {
            // It is of the sync alone that this is said.
            let why = ["; nothing was written", "; nothing was changed"]
                .iter()
                .fold(problem.message.as_str(), |why, end| why.strip_suffix(end).unwrap_or(why));
            format!("saved here, but not shared: {why}")
        }
    };
    Problem { kind: Kind::Remote, message, ..problem }
}

/// A sync that nobody waits for; what it cannot share goes with the next.
fn later(ctx: &Context) {
    let Some(program) = &ctx.env.program else { return };
    let mut command = process::ourselves(program);
    command.args(ctx.globals.place()).args(["--no-input", "--quiet", "sync"]);
    if let Err(error) = process::leave(command.env_remove("GIT_DESK_OP_ID")) {
        log::debug!("cannot start git-desk sync: {error}");
    }
}
