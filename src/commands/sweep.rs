//! `sweep`

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::rows::is_silent;
use super::{Context, rows};
use crate::desk::machines::sweep::{Act, Report, Swept};
use crate::error::{Problem, Result};
use crate::jobs::beat::{self, Beat};
use crate::jobs::places::Places;
use crate::model::count::counted;
use crate::platform::make_folder;
use crate::ui::format::Format;

/// What has come due: tickets wake and are closed, escalation rules fire, jobs that did not run
///
/// For cron or a timer, on one machine: all of it is one commit, and a second run at once makes
/// none. A ticket whose `wake` has come is active again; one that was resolved `close_after` ago is
/// closed; the ticket above those of a storm is resolved once none of them is open, unless a person
/// has it; an `[[escalation]]` rule fires once for each ticket, clock, cycle and threshold, and
/// leaves a note that says so. A job with `run --expect-every` or an `[[expect]]` rule that has not
/// run in time gets a ticket, which is resolved when it runs again. What cannot be done is told, and
/// keeps nothing else back.
///
/// Examples:
///   git desk sweep --dry-run
///   */5 * * * *  git -C /srv/desk.git desk sweep -q
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {}

/// The columns of TSV and CSV; frozen.
const COLUMNS: &[&str] = &["act", "id", "words", "title", "error"];

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        ctx.desk()?.store.require_history()?;
        let places = Places::of(ctx.env);
        let beats = [beat::all(&places.beats), ctx.desk()?.pushed_beats()?].concat();
        let since = expected_since(ctx, &places, &beats)?;
        let beats: Vec<Beat> = beats.into_iter().map(|beat| of_its_time(beat, &since)).collect();
        let report = ctx.desk()?.sweep(&beats, &since)?;
        if is_silent(ctx) {
            return refused(report.swept);
        }
        let objects: Vec<Value> = report.swept.iter().map(object).collect();
        match ctx.ui.format() {
            Format::Ids => report.swept.iter().try_for_each(|one| ctx.ui.line(one.id.as_str()))?,
            Format::Table if rows::is_table(ctx) => told(ctx, &report)?,
            _ => rows::done(ctx, "a change", COLUMNS, &["schema"], &objects)?,
        }
        ctx.ui.finish()?;
        refused(report.swept)
    }
}

/// What could not be done is told whatever was asked for.
fn refused(swept: Vec<Swept>) -> Result<()> {
    match swept.into_iter().find_map(|one| one.error.map(|error| (one.id, error))) {
        Some((id, error)) => Err(Problem { message: in_ticket(id.as_str(), error.message), ..error }.into()),
        None => Ok(()),
    }
}

/// When each `[[expect]]` rule was first seen by a sweep here: a job that never ran is due after that. So is when each sign
/// of life was seen first that is of the future.
fn expected_since(ctx: &Context, places: &Places, beats: &[Beat]) -> Result<BTreeMap<String, Timestamp>> {
    let (policy, _) = ctx.policy()?;
    let path = places.state.join("expect.seen");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let before: BTreeMap<String, Timestamp> = serde_json::from_str(&text).unwrap_or_default();
    let ahead = beats.iter().filter(|beat| beat.at > ctx.env.now).map(ahead);
    let keys = policy.expect.iter().map(|rule| rule.key.clone()).chain(ahead);
    let since: BTreeMap<String, Timestamp> =
        keys.map(|key| (before.get(&key).copied().unwrap_or(ctx.env.now), key)).map(|(at, key)| (key, at)).collect();
    if since != before && !ctx.globals.dry_run {
        let written =
            make_folder(&places.state, 0o700).and_then(|()| std::fs::write(&path, serde_json::to_string(&since)?));
        written.map_err(|error| Problem::repository(format!("cannot write {}: {error}", path.display())))?;
    }
    Ok(since)
}

/// What a sign of life is called that is of the future.
fn ahead(beat: &Beat) -> String {
    format!("{} {}", beat.at, beat.key)
}

/// A sign of a clock that is ahead is of when it was first seen: else it would be one for ever.
fn of_its_time(beat: Beat, since: &BTreeMap<String, Timestamp>) -> Beat {
    match since.get(&ahead(&beat)) {
        Some(seen) => beat.until(*seen),
        None => beat,
    }
}

fn in_ticket(id: &str, message: String) -> String {
    if message.contains(id) { message } else { format!("{id}: {message}") }
}

/// `desk.swept/1`
fn object(one: &Swept) -> Value {
    json!({"schema": "desk.swept/1", "act": one.act.as_str(), "id": one.id.as_str(), "title": one.title,
        "words": one.words, "error": one.error.as_ref().map(|error| error.message.as_str())})
}

fn told(ctx: &Context, report: &Report) -> Result<()> {
    for one in &report.swept {
        let what = match (&one.error, one.act) {
            (Some(_), _) => "not done",
            (None, Act::Wake) => "woken",
            (None, Act::Close) => "closed",
            (None, Act::Notify) => "noted",
            (None, Act::Escalate) => "escalated",
            (None, Act::Raise) => "raised",
            (None, Act::Miss) => "opened",
            (None, Act::Over | Act::Return) => "resolved",
        };
        let words = one.error.as_ref().map_or(one.words.as_str(), |error| error.message.as_str());
        let line = format!("{what:<10} {}  {}  {words}", one.id, one.title);
        ctx.ui.write(&format!("{}\n", ctx.ui.shown(&line)))?;
    }
    ctx.ui.finish()?;
    if report.swept.is_empty() {
        ctx.ui.status("nothing has come due");
    }
    if report.calls > 0 {
        ctx.ui.status(&format!("{} to make: git desk remind --all", counted(report.calls, "call")));
    }
    if report.stale > 0 {
        ctx.ui.status(&format!(
            "{} without a word for two weeks: git desk list is:stale",
            counted(report.stale, "ticket")
        ));
    }
    Ok(())
}
