//! What is wrong with this clone, and what can be put right.

mod clone;
mod machines;
mod teams;

use crate::desk::Desk;
use crate::desk::actor::Actor;
use crate::error::Result;
use crate::model::count::counted;
use crate::model::policy::{FILE, Severity};

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Fine,
    /// It works, but somebody should know.
    Odd,
    Broken,
    Mended,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Fine => "ok",
            State::Odd => "warning",
            State::Broken => "error",
            State::Mended => "fixed",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct Sign {
    pub what: &'static str,
    pub state: State,
    pub message: String,
    /// What to type.
    pub fix: Option<String>,
}

impl Sign {
    fn fine(what: &'static str, message: impl Into<String>) -> Sign {
        Sign { what, state: State::Fine, message: message.into(), fix: None }
    }

    fn odd(what: &'static str, message: impl Into<String>, fix: &str) -> Sign {
        Sign { what, state: State::Odd, message: message.into(), fix: Some(fix.to_owned()) }
    }

    fn mended(what: &'static str, message: impl Into<String>) -> Sign {
        Sign { what, state: State::Mended, message: message.into(), fix: None }
    }

    fn broken(what: &'static str, message: impl Into<String>, fix: &str) -> Sign {
        Sign { what, state: State::Broken, message: message.into(), fix: Some(fix.to_owned()) }
    }
}

/// Tickets beyond which a worktree makes writes slow, because git's index names every file.
const WORKTREE: u64 = 100_000;

/// Looks at everything; with `fix` puts right what can be without losing anything.
pub fn examine(desk: &Desk<'_>, fix: bool) -> Result<Vec<Sign>> {
    let store = &desk.store;
    let mut signs = vec![clone::history(store), clone::locks(store, desk.env, fix), clone::settings(store)];
    signs.push(clone::clock(store, desk.env)?);
    signs.extend(clone::sharing(store));
    let (policy, mut remarks) = store.snapshot()?.policy()?;
    remarks.extend(policy.outlook(desk.env.now));
    let errors = remarks.iter().filter(|remark| remark.severity == Severity::Error).count();
    let only_there = remarks.iter().all(|remark| remark.file == FILE);
    let check = if only_there { "git desk check desk.toml" } else { "git desk check" };
    signs.push(match (errors, remarks.len()) {
        (0, 0) => Sign::fine("policy", "desk.toml is in order"),
        (0, warnings) => Sign::odd("policy", format!("desk.toml: {}", counted(warnings, "warning")), check),
        (errors, _) => Sign::broken("policy", format!("desk.toml: {}", counted(errors, "error")), check),
    });
    let actor = Actor::person(desk.env, store, &policy)?;
    let who = format!("you are {} <{}>", actor.person.name, actor.person.email);
    signs.push(match actor.is_agent {
        true => Sign::fine("identity", format!("{who}, agent {}", actor.name)),
        false => Sign::odd(
            "identity",
            format!("{who}, who is no agent of this desk"),
            &format!("git desk agent add --email {}", actor.person.email),
        ),
    });
    signs.extend(index(desk, fix)?);
    signs.extend([teams::reverted(desk), teams::drivers(store)?, teams::squashes(store)?, teams::conflicts(desk)?]);
    signs.extend(teams::remote(desk)?);
    signs.extend([machines::spool(desk.env), machines::inbox(store)?]);
    Ok(signs)
}

fn index(desk: &Desk<'_>, fix: bool) -> Result<Vec<Sign>> {
    let index = desk.index()?;
    let mut signs = Vec::new();
    if index.is_sound() {
        signs.push(Sign::fine("index", format!("in step with {}", &index.commit().to_string()[..12])));
    } else if fix {
        index.discard()?;
        desk.index()?;
        signs.push(Sign::mended("index", "built anew"));
    } else {
        signs.push(Sign::broken("index", "its file is damaged", "git desk doctor --fix"));
    }
    let index = desk.index()?;
    let damaged = index.damaged()?;
    signs.push(match damaged.first() {
        None => Sign::fine("files", "every ticket can be read"),
        Some(first) => Sign::broken(
            "files",
            format!("{} cannot be read: {}:{}: {}", damaged.len(), first.path, first.line, first.message),
            "git desk check",
        ),
    });
    let (tickets, open) = index.count()?;
    signs.push(match !desk.store.is_bare() && tickets > WORKTREE {
        true => Sign::odd(
            "size",
            format!("{tickets} tickets in a worktree: every write must rewrite git's index"),
            "work in a bare clone: git clone --bare",
        ),
        false => Sign::fine("size", format!("{}, {open} open", counted(tickets, "ticket"))),
    });
    Ok(signs)
}
