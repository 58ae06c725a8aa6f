//! `log`

use std::collections::HashSet;

use serde_json::Value;

use super::Context;
use crate::desk::look::Look;
use crate::error::{Kind, Problem, Result};
use crate::index::Logged;
use crate::model::fact::Fact;
use crate::model::id::{Handle, TicketId};
use crate::store::Oid;
use crate::store::remote::Remote;
use crate::ui::format::{Format, cell};
use crate::ui::time;
use crate::view::{self, FACT_COLUMNS};

/// Who changed what, when, from and to: of one ticket or of the desk, oldest first
///
/// History comes from the files of each commit, so edits by hand, merges and reverts are in it.
///
/// Examples:
///   git desk log k7m3
///   git desk log -5
///   git desk log --unpublished
///   git desk log k7m3 -o jsonl | jq 'select(.field=="status")'
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub id: Option<String>,
    /// Only the last N facts; `-5` is the same as `-n 5`
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
    /// Only what is not shared yet with the desk's remote, as far as that is known without asking it
    #[arg(long)]
    pub unpublished: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        ctx.desk()?.store.require_history()?;
        let look = ctx.look()?;
        let waiting = self.unpublished.then(|| ctx.desk()?.unpublished()).transpose()?;
        let mut changes = match (&self.id, &waiting) {
            (Some(typed), _) => look.index.log_of(find(&look, typed, ctx.ui.stdout_terminal)?)?,
            (None, Some((_, commits))) => look.index.log_of_commits(commits)?,
            // Each commit among them has a fact at least.
            (None, None) => look.index.log(self.limit)?,
        };
        if let Some((_, commits)) = &waiting {
            let commits: HashSet<String> = commits.iter().map(Oid::to_string).collect();
            changes.retain(|change| commits.contains(&change.commit));
        }
        keep_last(&mut changes, self.limit);
        if ctx.ui.format() == Format::Table && ctx.chosen_fields().is_none() {
            return match waiting {
                Some((remote, commits)) => {
                    rows(ctx, &look, &changes, self.id.is_none())?;
                    ctx.ui.finish()?;
                    ctx.ui.status(&waits(&remote, commits.len()));
                    Ok(())
                }
                None => lines(ctx, &look, &changes, self.id.is_none()),
            };
        }
        let rows: Vec<Value> =
            changes.iter().flat_map(|change| facts(&look, change)).map(|row| ctx.chosen(row)).collect();
        let chosen = ctx.chosen_fields();
        let columns: Vec<&str> = match &chosen {
            Some(fields) => fields.iter().map(String::as_str).collect(),
            None => FACT_COLUMNS.to_vec(),
        };
        ctx.ui.rows(&columns, &rows)
    }
}

/// The ticket that is meant; one that was deleted has a history still.
fn find(look: &Look<'_>, typed: &str, prefer_open: bool) -> Result<TicketId> {
    look.find(typed, prefer_open).or_else(|error| {
        let gone = Handle::parse(typed).map(|handle| look.index.resolve_gone(&handle)).transpose()?;
        match gone.as_deref() {
            Some([one]) if is_not_found(&error) => Ok(*one),
            _ => Err(error),
        }
    })
}

fn is_not_found(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Problem>().is_some_and(|problem| problem.kind == Kind::NotFound)
}

/// Keeps the last facts, however they are spread over commits.
fn keep_last(changes: &mut Vec<Logged>, limit: Option<usize>) {
    let Some(limit) = limit else { return };
    let all: usize = changes.iter().map(|change| change.facts.len()).sum();
    let mut skip = all.saturating_sub(limit);
    for change in changes.iter_mut() {
        let gone = skip.min(change.facts.len());
        change.facts.drain(..gone);
        skip -= gone;
    }
    changes.retain(|change| !change.facts.is_empty());
}

/// `desk.fact/1` of each fact.
pub fn facts(look: &Look<'_>, change: &Logged) -> Vec<Value> {
    let by = look.policy.handle_for(&change.email);
    let at = change.at.to_string();
    let ticket = change.ticket.to_string();
    change.facts.iter().map(|fact| view::fact(fact, &at, by, &change.commit, &ticket)).collect()
}

fn lines(ctx: &Context, look: &Look<'_>, changes: &[Logged], named: bool) -> Result<()> {
    if changes.is_empty() {
        ctx.ui.status("nothing has happened yet");
    }
    rows(ctx, look, changes, named)
}

/// `3 commits wait for origin/main     share them: git desk sync`
fn waits(remote: &Remote, commits: usize) -> String {
    let shown = remote.shown();
    match commits {
        0 => format!("nothing waits for {shown}"),
        1 => format!("1 commit waits for {shown}     share it: git desk sync"),
        many => format!("{many} commits wait for {shown}     share them: git desk sync"),
    }
}

fn rows(ctx: &Context, look: &Look<'_>, changes: &[Logged], named: bool) -> Result<()> {
    for change in changes {
        let at = time::moment(change.at, look.now, &ctx.env.zone);
        let who = ctx.ui.shown(look.policy.handle_for(&change.email));
        let handle = if named { format!("{:<8} ", look.index.handle(change.ticket)?) } else { String::new() };
        let short = &change.commit[..8.min(change.commit.len())];
        let head = format!("{at:<12} {handle}{who:<12} {short}");
        let below = " ".repeat(head.chars().count());
        for (number, fact) in change.facts.iter().enumerate() {
            let head = if number == 0 { &head } else { &below };
            ctx.ui.write(&format!("{head}  {}\n", words(ctx, fact)))?;
        }
    }
    Ok(())
}

/// `status       new → active`
fn words(ctx: &Context, fact: &Fact) -> String {
    let shown = |value: &Value| match cell(value) {
        none if none.is_empty() => ctx.ui.nobody().to_owned(),
        text => ctx.ui.shown(&text),
    };
    let arrow = ctx.ui.plain("→");
    format!("{:<12} {} {arrow} {}", ctx.ui.shown(&fact.field), shown(&fact.from), shown(&fact.to))
}
