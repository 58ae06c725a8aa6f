//! What is to be proposed: a command line within another, and what follows from its words.

use std::ffi::OsString;

use sha2::{Digest, Sha256};

use crate::commands::{Cli, Command, Context, Globals};
use crate::desk::sharing::propose::Branch;
use crate::error::{Problem, Result};
use crate::model::id::{Handle, TicketId};
use crate::ui::format::shell_word;

/// The write command, and the options of every command that it was given. Exit code 2 for one that cannot be proposed.
pub fn read(ctx: &Context, words: &[String]) -> Result<(Command, Globals)> {
    let line: Vec<OsString> =
        ["git-desk"].into_iter().map(OsString::from).chain(words.iter().map(OsString::from)).collect();
    let unknown = |error: anyhow::Error| match (error.downcast::<Problem>(), words.first()) {
        (Ok(problem), Some(verb)) => match crate::commands::nearest(verb).filter(|near| near != verb) {
            Some(near) => problem.hint(format!("git desk propose -- {near} …")).into(),
            None => problem.hint(format!("git desk help {}", shell_word(verb))).into(),
        },
        (Ok(problem), None) => problem.into(),
        (Err(error), _) => error,
    };
    let Cli { command, globals } = crate::commands::read(line).map_err(unknown)?;
    let verb = words.first().map_or("", String::as_str);
    let Some(command) = command.filter(Command::is_proposable) else {
        return Err(Problem::usage(format!(
            "`{verb}` is no command whose work is one commit, so it cannot be proposed"
        ))
        .code("not_proposable")
        .hint("those that can: acts on tickets, edit, undo, batch, fmt, queue, agent")
        .into());
    };
    if globals.repo.is_some() || globals.reference.is_some() || globals.at.is_some() || !globals.desk.is_empty() {
        return Err(Problem::usage("`--repo`, `--desk`, `--ref` and `--at` stand in front of `propose`")
            .hint("git desk --desk NAME propose -- COMMAND …")
            .into());
    }
    let ours = ctx.globals.clone();
    let wishes = Globals {
        output: None,
        json: None,
        fields: Vec::new(),
        color: ours.color,
        no_input: globals.no_input || ours.no_input,
        quiet: globals.quiet || ours.quiet,
        strict: globals.strict || ours.strict,
        commit_message: globals.commit_message.clone().or(ours.commit_message),
        op_id: globals.op_id.clone().or(ours.op_id),
        if_rev: globals.if_rev.clone().or(ours.if_rev),
        lock_timeout: globals.lock_timeout.clone().or(ours.lock_timeout),
        dry_run: false,
        ..globals
    };
    Ok((command, wishes))
}

/// Acts of which a ticket has one at a time: other words take the place of the ones before.
const SINGLE: &[&str] = &[
    "take",
    "assign",
    "escalate",
    "wait",
    "resume",
    "resolve",
    "close",
    "reopen",
    "merge",
    "rate",
    "follow-up",
    "edit",
];

/// `desk/close-261124-k7m3x9pd` where one ticket is named, else with digits that the same words give again.
pub fn default_branch(inner: &Context, command: &Command, words: &[String]) -> String {
    let verb = command.name().replace('_', "-");
    let plain = words.iter().skip(1).filter(|word| Handle::parse(word).is_some());
    let mut tickets: Vec<TicketId> = plain.filter_map(|word| inner.find(word).ok()).collect();
    tickets.dedup();
    let digits: String =
        Sha256::digest(words.join("\0").as_bytes()).iter().take(3).map(|b| format!("{b:02x}")).collect();
    match tickets.as_slice() {
        [id] if SINGLE.contains(&verb.as_str()) => format!("desk/{verb}-{id}"),
        [id] => format!("desk/{verb}-{id}-{digits}"),
        _ => format!("desk/{verb}-{digits}"),
    }
}

/// What ids that are drawn come from: the same words for the same branch draw the same.
pub fn seed(branch: &Branch, at: jiff::Timestamp, words: &[String]) -> String {
    format!("{}\0{}\0{}", branch.name, at.as_second(), words.join("\0"))
}
