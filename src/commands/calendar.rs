//! `calendar`

mod month;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Context;
use super::rows::chosen_keys;
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::model::calendar::{Pause, Schedule};
use crate::model::near::nearest;
use crate::model::policy::Span;
use crate::model::when;
use crate::ui::format::Format;
use crate::ui::time;

/// Working time: when a target is due, how much of it is used, and the days of a month
///
/// A target is working time (`45m`, `4h`, `1h 30m`), working days at the same wall time (`5bd`), or
/// the end of a working day (`5bd end`). A time without a zone is one of the calendar's. Off a
/// terminal `due` prints the time in UTC, `elapsed` whole seconds. A target that is never used up,
/// as in a pause without an end, is exit code 1.
///
/// Examples:
///   git desk calendar due office --start '2026-11-27 15:00' --target 4h
///   git desk calendar due office --start 2026-11-24T10:00:00Z --target 5bd --pause '2026-11-25 09:00..2026-11-25 12:00'
///   git desk calendar elapsed office --start 2026-11-20 --end '2026-11-24 10:30'
///   git desk calendar show office --month 2026-12
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// When a target is used up
    Due {
        /// The calendar, as in `[calendars.NAME]`
        #[arg(value_name = "NAME", add = super::complete::calendars())]
        name: String,
        /// When it begins
        #[arg(long, value_name = "TIME")]
        start: String,
        /// 45m, 4h, `1h 30m`, 5bd, `5bd end`
        #[arg(long, value_name = "SPAN", allow_hyphen_values = true)]
        target: String,
        /// A span that does not count; without an end it goes on
        #[arg(long, value_name = "FROM..TO")]
        pause: Vec<String>,
    },
    /// How much working time passed
    Elapsed {
        /// The calendar, as in `[calendars.NAME]`
        #[arg(value_name = "NAME", add = super::complete::calendars())]
        name: String,
        /// When it begins
        #[arg(long, value_name = "TIME")]
        start: String,
        /// When it ends; a day is included
        #[arg(long, value_name = "TIME")]
        end: String,
        /// A span that does not count; without an end it goes on
        #[arg(long, value_name = "FROM..TO")]
        pause: Vec<String>,
    },
    /// A month with its hours and holidays
    Show {
        /// The calendar; the desk's where none is named
        #[arg(value_name = "NAME", add = super::complete::calendars())]
        name: Option<String>,
        /// 2026-12, this-month, last-month
        #[arg(long, value_name = "MONTH", default_value = "this-month")]
        month: String,
    },
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let look = ctx.look()?;
        match &self.verb {
            Verb::Due { name, start, target, pause } => {
                let at = Asked::new(ctx, &look, name)?;
                at.due(at.start(start)?, target, &at.pauses(pause)?)
            }
            Verb::Elapsed { name, start, end, pause } => {
                let at = Asked::new(ctx, &look, name)?;
                at.elapsed(at.start(start)?, at.end(end)?, &at.pauses(pause)?)
            }
            Verb::Show { name, month } => {
                let name = name.as_deref().unwrap_or(&look.policy.desk.calendar);
                if name.is_empty() {
                    return Err(Problem::not_found("this desk has no calendar of its own; name one")
                        .code("no_calendar")
                        .hint("in desk.toml: [desk] calendar = \"office\"")
                        .into());
                }
                month::show(&Asked::new(ctx, &look, name)?, month)
            }
        }
    }
}

/// A calendar that is asked something.
struct Asked<'a> {
    ctx: &'a Context,
    look: &'a Look<'a>,
    name: &'a str,
    schedule: &'a Schedule,
}

impl<'a> Asked<'a> {
    /// Exit code 3 for a name that is none.
    fn new(ctx: &'a Context, look: &'a Look<'a>, name: &'a str) -> Result<Asked<'a>> {
        calendar_named(look, name)?;
        Ok(Asked { ctx, look, name, schedule: look.levels().schedule(look, name) })
    }

    fn zone(&self) -> &TimeZone {
        self.schedule.zone()
    }

    /// `[from, to)` of a time or a period.
    fn times(&self, text: &str) -> Result<(i64, i64)> {
        let (now, zone) = (self.look.now, self.zone());
        if let Some(time) = when::past(text, now, zone).filter(|_| text.contains(':') || text == "now") {
            return Ok((time.as_second(), time.as_second()));
        }
        let period = when::period(text, now, zone).map(|(from, to)| (from.as_second(), to.as_second()));
        Ok(period.ok_or_else(|| {
            Problem::usage(format!("`{text}` is no time"))
                .hint("like these: 2026-11-24T10:00:00Z, '2026-11-24 10:00', 2026-11-24, yesterday, now")
        })?)
    }

    fn start(&self, text: &str) -> Result<i64> {
        Ok(self.times(text)?.0)
    }

    fn end(&self, text: &str) -> Result<i64> {
        Ok(self.times(text)?.1)
    }

    fn pauses(&self, texts: &[String]) -> Result<Vec<Pause>> {
        let read = |text: &String| {
            let Some((from, to)) = text.split_once("..") else {
                return Err(Problem::usage(format!("`{text}` is no span: it lacks the two dots"))
                    .hint("--pause '2026-11-24 10:00..2026-11-24 12:00'")
                    .into());
            };
            let start = self.start(from)?;
            let early = !to.is_empty() && self.start(to)? < start;
            let pause = Pause { from: start, to: if to.is_empty() { None } else { Some(self.end(to)?) } };
            match early {
                true => Err(Problem::usage(format!("the pause `{text}` ends before it begins")).into()),
                false => Ok(pause),
            }
        };
        texts.iter().map(read).collect()
    }

    fn due(&self, start: i64, text: &str, pauses: &[Pause]) -> Result<()> {
        let hint = "like these: 45m, 4h, '1h 30m', 5bd, '5bd end'";
        if text.trim_start().starts_with('-') {
            return Err(Problem::usage(format!("a target cannot be negative: `{text}`")).hint(hint).into());
        }
        let Some(target) = Span::parse(text) else {
            return Err(Problem::usage(format!("`{text}` is no length of time")).hint(hint).into());
        };
        let due = self.schedule.due(start, target, pauses);
        let Some(due) = due.and_then(|due| Timestamp::from_second(due).ok()) else {
            return Err(Problem::no(format!("{target} of `{}` is never used up", self.name)).code("never").into());
        };
        let seconds = self.schedule.seconds(start, target);
        self.answer(
            json!({"schema": "desk.due/1", "calendar": self.name, "start": time_of(start), "target": target.to_string(),
                "target_seconds": seconds, "pauses": of_pauses(pauses), "due": due.to_string()}),
            "due",
            &format!("{}  {}", time::full(due, self.zone()), self.schedule.calendar().timezone),
        )
    }

    fn elapsed(&self, start: i64, end: i64, pauses: &[Pause]) -> Result<()> {
        if end < start {
            self.ctx.ui.warning("`--end` is earlier than `--start`: no time passed");
        }
        let elapsed = self.schedule.elapsed(start, end, pauses);
        self.answer(
            json!({"schema": "desk.elapsed/1", "calendar": self.name, "start": time_of(start), "end": time_of(end),
                "pauses": of_pauses(pauses), "elapsed_seconds": elapsed}),
            "elapsed_seconds",
            &time::working(elapsed),
        )
    }

    /// The object for programs, one of its values off a terminal, words on one.
    fn answer(&self, object: Value, key: &str, words: &str) -> Result<()> {
        let ui = &self.ctx.ui;
        let chosen = chosen_keys(self.ctx, "this answer", &object)?;
        match ui.format() {
            Format::Json | Format::Jsonl => ui.json(&self.ctx.chosen(object)),
            Format::Table => ui.line(words),
            Format::Tsv | Format::Ids => ui.line(&crate::ui::format::cell(&object[key])),
            Format::Csv | Format::Markdown | Format::Html => {
                let usual = ["calendar", "start", "end", "target", "due", "elapsed_seconds"];
                let usual = usual.into_iter().filter(|name| object.get(*name).is_some());
                let names = chosen.unwrap_or_else(|| usual.map(str::to_owned).collect());
                let columns: Vec<&str> = names.iter().map(String::as_str).collect();
                ui.rows(&columns, std::slice::from_ref(&object))
            }
        }
    }
}

fn time_of(second: i64) -> Value {
    Timestamp::from_second(second).map_or(Value::Null, |time| json!(time.to_string()))
}

fn of_pauses(pauses: &[Pause]) -> Value {
    pauses
        .iter()
        .map(|pause| json!({"from": time_of(pause.from), "to": pause.to.map_or(Value::Null, time_of)}))
        .collect()
}

/// Exit code 3 for a name that is none.
pub fn calendar_named(look: &Look<'_>, name: &str) -> Result<()> {
    let calendars = &look.policy.calendars;
    if !calendars.contains_key(name) {
        let known: Vec<&str> = calendars.keys().map(String::as_str).collect();
        let problem = Problem::not_found(format!("no calendar `{name}`")).code("no_calendar");
        let problem = problem.candidates(known.iter().copied());
        return Err(match nearest(name, known.iter().copied()) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None if known.is_empty() => problem.hint("desk.toml has none: [calendars.office]"),
            None => problem.hint(format!("there are {}", known.join(", "))),
        }
        .into());
    }
    Ok(())
}
