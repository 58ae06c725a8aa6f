//! `sweep`

use serde_json::{Value, json};

use super::rows::chosen_of;
use super::{Context, rows};
use crate::desk::machines::sweep::{Act, Report, Swept};
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::ui::format::Format;

/// What has come due: waiting tickets wake, resolved ones are closed, escalation rules fire
///
/// For cron or a timer, on one machine: all of it is one commit, and a second run at once makes
/// none. A ticket whose `wake` has come is active again; one that was resolved `close_after` ago is
/// closed; an `[[escalation]]` rule fires once for each ticket, clock, cycle and threshold, and
/// leaves a note that says so. What cannot be done is told, and keeps nothing else back.
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
        let report = ctx.desk()?.sweep()?;
        let objects: Vec<Value> = report.swept.iter().map(object).collect();
        match ctx.ui.format() {
            Format::Ids => report.swept.iter().try_for_each(|one| ctx.ui.line(one.id.as_str()))?,
            Format::Table if rows::is_table(ctx) => told(ctx, &report)?,
            format => {
                let chosen = chosen_of(ctx, "a change", ["schema"].into_iter().chain(COLUMNS.iter().copied()))?;
                match format {
                    Format::Json | Format::Jsonl => {
                        let objects: Vec<Value> = objects.into_iter().map(|object| ctx.chosen(object)).collect();
                        ctx.ui.json_list(&objects)?;
                    }
                    _ => {
                        let names = chosen.unwrap_or_else(|| COLUMNS.iter().map(|name| (*name).to_owned()).collect());
                        ctx.ui.rows(&names.iter().map(String::as_str).collect::<Vec<_>>(), &objects)?;
                    }
                }
            }
        }
        ctx.ui.finish()?;
        match report.swept.into_iter().find_map(|one| one.error.map(|error| (one.id, error))) {
            Some((id, error)) => Err(Problem { message: in_ticket(id.as_str(), error.message), ..error }.into()),
            None => Ok(()),
        }
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
