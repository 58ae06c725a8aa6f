//! `flush`

use std::time::{Duration, Instant};

use serde_json::Value;

use super::producing::{Producing, SiteRules, duration};
use super::{Context, delivered};
use crate::desk::machines::hub::Hub;
use crate::error::{Problem, Result};
use crate::jobs::beat;
use crate::jobs::places::Places;
use crate::model::count::counted;
use crate::ui::format::Format;

/// Deliver what waits in the spool: to the desk, or to a hub without a clone
///
/// Jobs and monitors put their events into the spool and try to deliver them at once; what they
/// could not deliver goes with this. Into the desk here it is one commit. To a hub it goes in one of
/// two ways: `ssh://USER@HOST` runs the forced command `git-desk receive` there, with no right to
/// anything else; any other address that git pushes to gets `refs/desk/inbox/HOST/…`, which
/// `git desk intake` folds into its branch. Each event is applied once, however often it is tried.
///
/// Events of a ticket of which a file is damaged, or is being edited in a worktree, wait until that
/// has been mended or committed; it is told which file, and all others are applied.
///
/// Examples:
///   */1 * * * *  git-desk --repo /srv/desk/ops.git flush -q
///   git desk flush --hub ssh://ops@hub
///   git config --global desk.hub ssh://ops@hub
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Hand the events to this hub; else `GIT_DESK_HUB`, `git config desk.hub`, else the desk here
    #[arg(long, value_name = "URL")]
    pub hub: Option<String>,

    /// How long a hub may take for everything; what it has not taken then waits for the next
    #[arg(long, value_name = "DUR", default_value = "2m", value_parser = duration)]
    pub timeout: Duration,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let deadline = Instant::now() + self.timeout.min(LONGEST);
        let producing = Producing::new(ctx, self.hub.as_deref());
        producing.spool.open()?;
        match producing.hub() {
            Some(hub) => to_hub(ctx, &producing, &Hub::parse(hub, &ctx.env.cwd)?, deadline),
            None => {
                let flushed = ctx.desk()?.flush(&producing.spool)?;
                remember(ctx)?;
                delivered::print(ctx, &flushed)
            }
        }
    }
}

/// Longest time that is waited.
const LONGEST: Duration = Duration::from_secs(86_400);

/// The site's rules are kept for the next job, which must not need a repository.
pub fn remember(ctx: &Context) -> Result<()> {
    let policy = ctx.desk()?.store.snapshot()?.rules()?;
    let rules = SiteRules { patterns: policy.redact.patterns, env: policy.redact.env };
    rules.write(&Places::of(ctx.env));
    Ok(())
}

fn to_hub(ctx: &Context, producing: &Producing<'_>, hub: &Hub, deadline: Instant) -> Result<()> {
    if ctx.globals.dry_run {
        return Err(Problem::usage("`--dry-run` cannot be asked of a hub").into());
    }
    let handed = hub.flush(ctx.env, &producing.spool, deadline)?;
    let beats = beat::due(&producing.places);
    if !beats.is_empty() {
        hub.beat(ctx.env, &producing.spool, &beats, deadline)?;
        beat::note_sent(&producing.places, &beats);
    }
    let answered = handed.answer.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let applied: Vec<Value> = answered.filter(|line| line.get("schema").is_some()).collect();
    let known = |id: &String| applied.iter().any(|line| line.get("event").and_then(Value::as_str) == Some(id));
    let taken: Vec<Value> = handed.events.iter().filter(|id| !known(id)).map(|id| delivered::taken(id)).collect();
    match ctx.ui.format() {
        Format::Json | Format::Jsonl => ctx.ui.json_list(&[applied, taken].concat())?,
        Format::Table | Format::Tsv | Format::Csv | Format::Markdown | Format::Html | Format::Ids => {
            ctx.ui.status(&format!("{} taken by {}", counted(handed.events.len(), "event"), hub.shown()));
        }
    }
    match handed.failed.first() {
        None => Ok(()),
        Some((path, why)) => Err(Problem::invalid(format!("{path} is no event: {why}")).code("bad_event").into()),
    }
}
