//! `notify`

use std::time::Duration;

use serde_json::{Value, json};

use super::{Context, rows};
use crate::desk::machines::notify::{Report, State, Targets, Told, Wish};
use crate::error::{Problem, Result};
use crate::ui::format::Format;

/// Tell chat and paging services what `[[notify]]` rules ask for
///
/// For cron or a post-receive hook, on one machine; no write ever waits for it. A rule in desk.toml
/// says `on` which occasions (opened, assigned, escalated, resolved, reopened, breached, at-risk,
/// comment), which tickets `match` (as they are now), and `to` which target. Targets, whose addresses
/// are secrets, stand in ~/.config/git-desk/config.toml or /etc/git-desk/config.toml, never in the
/// repository: `[targets.NAME]` with `kind` and what that service needs. A rule whose target is not
/// configured on this machine is named, and tells nobody.
///
/// The first run begins at the present; each later one where the last ended. Each occasion is told a
/// target once, however many rules ask for it. What cannot be delivered waits in an outbox beside the
/// index and is tried again by later runs, after 5 s, 10 s and so on up to an hour, or when the
/// service says, for three days. Exit code 8: something waits after a failed try, or was given up.
/// Only a run that is killed between a service's answer and the note of it sends again, with the same
/// id. Notes, and what happened more than a week before it came here, are not told; a clock is told
/// only while it runs.
///
/// Examples:
///   git desk notify --test chat
///   git desk notify --dry-run
///   * * * * *  git -C /srv/desk.git desk notify -q
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// What happened since this revision, however old; what was accepted lately is not sent again
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// How long sending may take in all
    #[arg(long, value_name = "DURATION", default_value = "60s")]
    pub timeout: String,
    /// Send a notice that says it is a test, and nothing else
    #[arg(long, value_name = "TARGET", conflicts_with = "since")]
    pub test: Option<String>,
    /// List what waits and what was given up; send nothing
    #[arg(long, conflicts_with_all = ["since", "test"])]
    pub outbox: bool,
}

/// The columns of TSV and CSV; frozen.
const COLUMNS: &[&str] = &["state", "occasion", "target", "id", "title", "tries", "error"];

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let timeout = Duration::from_secs(super::args::duration(&self.timeout)?);
        if timeout.is_zero() {
            return Err(Problem::usage("`--timeout` leaves no time").hint("like these: 30s, 5m").into());
        }
        let wish = Wish { since: self.since.clone(), targets: targets(ctx), timeout };
        let report = match &self.test {
            _ if self.outbox => ctx.desk()?.outbox()?,
            Some(name) => ctx.desk()?.test_target(name, &wish)?,
            None => ctx.desk()?.notify(&wish)?,
        };
        self.print(ctx, &report)?;
        ctx.ui.finish()?;
        for warning in report.warnings.iter().filter(|warning| warning.pressing || !ctx.ui.style.quiet) {
            ctx.ui.warning(&warning.message);
            ctx.ui.hint(&warning.hint);
        }
        let mut problems = report.problems.into_iter();
        let first = problems.next();
        problems.for_each(|problem| ctx.ui.warning(&problem.message));
        first.map_or(Ok(()), |problem| Err(problem.into()))
    }

    fn print(&self, ctx: &Context, report: &Report) -> Result<()> {
        match ctx.ui.format() {
            _ if rows::is_silent(ctx) && !self.outbox => Ok(()),
            Format::Ids => report.told.iter().try_for_each(|one| ctx.ui.line(&one.id)),
            Format::Table if rows::is_table(ctx) => self.table(ctx, report),
            _ => {
                let objects: Vec<Value> = report.told.iter().map(object).collect();
                rows::done(ctx, "a notice", COLUMNS, &["schema"], &objects)
            }
        }
    }

    fn table(&self, ctx: &Context, report: &Report) -> Result<()> {
        for one in &report.told {
            let Told { state, occasion, target, id, title, error, .. } = one;
            let state = if *state == State::Would { "to send" } else { state.as_str() };
            let error = error.as_ref().map_or_else(String::new, |error| format!("  {error}"));
            let line = format!("{state:<8} {occasion:<9} {target}  {id}  {title}{error}");
            ctx.ui.write(&format!("{}\n", ctx.ui.shown(&line)))?;
        }
        ctx.ui.finish()?;
        if report.busy {
            ctx.ui.status("another git desk notify is sending; it takes along what is new");
        } else if report.told.is_empty() {
            ctx.ui.status(if self.outbox { "nothing waits" } else { "nothing is to be told" });
        }
        Ok(())
    }
}

/// `desk.notified/1`
fn object(one: &Told) -> Value {
    json!({"schema": "desk.notified/1", "state": one.state.as_str(), "occasion": one.occasion.as_str(),
        "target": one.target, "id": one.id, "title": one.title, "tries": one.tries, "error": one.error})
}

/// `[targets.NAME]` of the user's file, then of the system's.
fn targets(ctx: &Context) -> Targets {
    let tables = ctx.files.iter().filter_map(|(_, file)| file.get("targets")?.as_table());
    Targets::read(tables.flatten())
}
