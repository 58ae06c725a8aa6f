//! `flush`

use std::time::{Duration, Instant};

use serde_json::Value;

use super::producing::{Producing, duration};
use super::{Context, delivered};
use crate::desk::machines::hub::Hub;
use crate::error::{Problem, Result};
use crate::jobs::beat;
use crate::jobs::places::Places;
use crate::jobs::redact::site::{self, SiteRules};
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
/// What the desk's `[redact]` calls a secret is remembered here, and from then on taken out before an
/// event is kept; a hub answers with its own over ssh, and an inbox has no answer.
///
/// The spool takes 64 MiB of the disk at most: of each key the first event and the newest stay while
/// there is room, and what had to go is counted in an event that stays.
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
        if !ctx.globals.quiet {
            tell_of_others(ctx, &producing);
        }
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

/// Events of others that only they can bring along.
fn tell_of_others(ctx: &Context, producing: &Producing<'_>) {
    for folder in producing.places.of_others(ctx.env) {
        let folder = ctx.ui.shown(&folder.display().to_string());
        ctx.ui.warning(&format!("events of another user wait in {folder}: they come along with that user's next job"));
    }
}

/// The site's rules are kept for the next job, which must not need a repository.
fn remember(ctx: &Context) -> Result<()> {
    keep(ctx, rules(ctx)?);
    Ok(())
}

/// What the desk here says of secrets.
pub fn rules(ctx: &Context) -> Result<SiteRules> {
    let policy = ctx.desk()?.store.snapshot()?.rules()?;
    Ok(SiteRules { patterns: policy.redact.patterns, env: policy.redact.env })
}

fn keep(ctx: &Context, rules: SiteRules) {
    let (rules, remarks) = rules.taken();
    let places = Places::of(ctx.env);
    if rules != SiteRules::read(&places) {
        remarks.iter().for_each(|remark| ctx.ui.warning(&ctx.ui.shown(remark)));
        rules.write(&places);
    }
}

fn to_hub(ctx: &Context, producing: &Producing<'_>, hub: &Hub, deadline: Instant) -> Result<()> {
    if ctx.globals.dry_run {
        return Err(Problem::usage("`--dry-run` cannot be asked of a hub").into());
    }
    let handed = hub.flush(ctx.env, &producing.spool, deadline)?;
    let beats = beat::due(&producing.places, ctx.env.now);
    if !beats.is_empty() {
        hub.beat(ctx.env, &producing.spool, &beats, deadline)?;
        beat::note_sent(&producing.places, &beats);
    }
    let answered = handed.answer.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let answered = answered.filter(|line| line.get("schema").is_some());
    let (rules, applied): (Vec<Value>, Vec<Value>) = answered.partition(|line| line["schema"] == site::SCHEMA);
    let rules = rules.into_iter().filter_map(|line| serde_json::from_value(line).ok());
    rules.for_each(|rules| keep(ctx, rules));
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
