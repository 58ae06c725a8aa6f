//! What a report is asked about, from what was typed.

use jiff::tz::TimeZone;

use super::Args;
use crate::commands::calendar::calendar_named;
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::model::near::nearest;
use crate::model::when;
use crate::report::Window;
use crate::report::group::Group;
use crate::report::kind::Kind;
use crate::report::period::Unit;
use crate::report::ruler::Ruler;

/// Most rows of a report by period.
const MOST_PERIODS: i64 = 5_000;

impl Args {
    /// The unit of what is told by period: months where nothing is said.
    pub fn unit(&self, kind: Kind) -> Result<Unit> {
        match self.by.as_deref() {
            Some(by) if kind == Kind::Flow => Unit::parse(by).ok_or_else(|| not_by(kind, by).into()),
            Some(_) | None => Ok(Unit::Month),
        }
    }

    /// By what a report groups: what is said, else the usual ones.
    pub fn groups(&self, kind: Kind) -> Result<Vec<Group>> {
        let (all, usual) = kind.groups();
        match self.by.as_deref() {
            Some(by) if kind != Kind::Flow => {
                let group = Group::parse(by).filter(|group| all.contains(group));
                Ok(vec![group.ok_or_else(|| not_by(kind, by))?])
            }
            Some(_) | None => Ok(all.iter().take(usual).copied().collect()),
        }
    }

    /// In what things are measured. Exit code 3 for a calendar that is none, 2 for a report that measures nothing of its
    /// own: clocks of service levels run by their own calendars.
    pub fn ruler<'l>(&'l self, kind: Kind, look: &'l Look<'_>) -> Result<Ruler<'l>> {
        let Some(name) = &self.calendar else { return Ok(Ruler::default()) };
        if !kind.measures() {
            let with: Vec<&str> = Kind::ALL.iter().filter(|kind| kind.measures()).map(|kind| kind.name()).collect();
            return Err(Problem::usage(format!("`{}` takes no `--calendar`", kind.name()))
                .hint(format!("these do: {}", with.join(", ")))
                .into());
        }
        calendar_named(look, name)?;
        Ok(Ruler { calendar: Some((name, look.levels().schedule(look, name))) })
    }

    /// Exit code 2 for what is no period, ends before it begins, has too many parts, or has not begun; calls that are still to come may be
    /// asked for.
    pub fn window(&self, kind: Kind, look: &Look<'_>, zone: &TimeZone) -> Result<Window> {
        let window = self.typed_window(look, zone)?;
        if let Some(since) = window.0.filter(|_| kind == Kind::Flow) {
            let span = window.1.unwrap_or(look.now.as_second()).saturating_sub(since);
            let unit = self.unit(kind)?;
            if span / unit.least_seconds() > MOST_PERIODS {
                return Err(Problem::usage(format!(
                    "that is more than {MOST_PERIODS} rows, one for each {}",
                    unit.name()
                ))
                .code("bad_period")
                .hint("git desk report flow --by year, or a later --since")
                .into());
            }
        }
        match window.0.filter(|since| *since > look.now.as_second() && kind != Kind::FollowUps) {
            Some(_) => Err(Problem::usage("that time has not begun").code("bad_period").into()),
            None => Ok(window),
        }
    }

    fn typed_window(&self, look: &Look<'_>, zone: &TimeZone) -> Result<Window> {
        let period = |text: &str| {
            when::period(text, look.now, zone).map(|(from, to)| (from.as_second(), to.as_second())).ok_or_else(|| {
                Problem::usage(format!("`{text}` is no period or time"))
                    .hint("like these: 2026-10, 2026-W47, 2026-Q4, 2026-10-01, last-month, this-quarter, yesterday")
            })
        };
        if let Some(text) = &self.period {
            let (from, to) = period(text)?;
            return Ok((Some(from), Some(to)));
        }
        // A moment where it is no period: `7d` ago, `fri 14:00`, `now`.
        let end = |text: &str| match when::past(text, look.now, zone).map(jiff::Timestamp::as_second) {
            Some(at) if when::period(text, look.now, zone).is_none() => Ok((at, at + 1)),
            Some(_) | None => period(text),
        };
        let since = self.since.as_deref().map(end).transpose()?.map(|(from, _)| from);
        let until = self.until.as_deref().map(end).transpose()?.map(|(_, to)| to);
        if let (Some(from), Some(to)) = (since, until)
            && from >= to
        {
            return Err(Problem::usage("`--since` is later than `--until`").code("bad_period").into());
        }
        Ok((since, until))
    }
}

/// A report that cannot be told apart by that.
fn not_by(kind: Kind, by: &str) -> Problem {
    let (report, known) = (kind.name(), kind.by());
    if known.is_empty() {
        return Problem::usage(format!("`{report}` is not told apart by anything: it takes no `--by`")).code("no_by");
    }
    let problem = Problem::usage(format!("`{report}` is told apart by {}, not by `{by}`", known.join(", ")));
    let problem = problem.code("no_by").candidates(known.iter().copied());
    match nearest(by, known.iter().copied()) {
        Some(near) => problem.hint(format!("git desk report {report} --by {near}")),
        None => problem,
    }
}
