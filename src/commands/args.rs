//! Arguments that several commands read the same way.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::Context;
use crate::desk::tickets::set::{Assignment, scalar, split_list};
use crate::env::zone_named;
use crate::error::{Problem, Result};
use crate::model::calendar::Schedule;
use crate::model::field::{FileKind, Shape};
use crate::model::when;
use crate::model::word::LinkType;

/// A parser of one of the fixed words; the spellings complete in the shell.
pub fn word<T>(parse: fn(&str) -> Option<T>, all: &'static [T]) -> impl TypedValueParser<Value = T>
where
    T: std::fmt::Display + Clone + Send + Sync + 'static,
{
    let spellings: Vec<String> = all.iter().map(ToString::to_string).collect();
    PossibleValuesParser::new(spellings).try_map(move |text| parse(&text).ok_or_else(|| format!("no word: {text}")))
}

/// `NAME=VALUE` of `--field`.
pub fn field(text: &str) -> Result<(String, Value), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), scalar(value))),
        Some(_) | None => Err("NAME=VALUE is needed".to_owned()),
    }
}

/// `"TYPE ID"` of `--link`.
pub fn link(text: &str) -> Result<(LinkType, String), String> {
    let words = || format!("\"TYPE ID\" is needed; TYPE is one of {}", LinkType::spellings().join(", "));
    let (kind, id) = text.trim().split_once(' ').ok_or_else(words)?;
    Ok((LinkType::parse(kind).ok_or_else(words)?, id.trim().to_owned()))
}

/// Words given by repeating an option or with commas: sorted, each once.
pub fn name_list(words: &[String]) -> Vec<String> {
    split_list(&words.join(","))
}

/// A time as people type it; `coming` reads `fri` as the next one. A day alone is its end for promises.
pub fn time(ctx: &Context, text: &str, coming: bool) -> Result<Timestamp> {
    let zone = ctx.env.zone.clone();
    let read = if coming { when::coming(text, ctx.env.now, &zone) } else { when::past(text, ctx.env.now, &zone) };
    Ok(read.ok_or_else(|| {
        Problem::usage(format!("`{text}` is no time"))
            .hint("like these: 2026-12-01, 14:30, tomorrow, fri, 2d, 2026-12-01T09:00:00Z")
    })?)
}

/// A promise: a time, or a day and then the end of that working day, by the desk's calendar.
pub fn promise(ctx: &Context, text: &str) -> Result<Timestamp> {
    let (policy, _) = ctx.policy()?;
    let zone = zone_named(&policy.desk.timezone).unwrap_or(TimeZone::UTC);
    let day = when::coming_day(text, ctx.env.now, &zone);
    let calendar = policy.calendars.get(&policy.desk.calendar).or_else(|| policy.calendars.values().next());
    let end = |day: Date| Schedule::new(calendar?.clone()).end_of_working_day(day);
    match day.and_then(end).and_then(|end| Timestamp::from_second(end).ok()) {
        Some(end) => Ok(end),
        None => time(ctx, text, true),
    }
}

/// When something begins again: a time, or a day and then its first moment.
pub fn awakening(ctx: &Context, text: &str) -> Result<Timestamp> {
    let zone = &ctx.env.zone;
    let morning = when::coming_day(text, ctx.env.now, zone).and_then(|day| zone.to_timestamp(day.at(0, 0, 0, 0)).ok());
    morning.map_or_else(|| time(ctx, text, true), Ok)
}

/// A day to come: `fri`, `tomorrow`, `2026-12-01`, or the day of a time.
pub fn day(ctx: &Context, text: &str) -> Result<Date> {
    let zone = &ctx.env.zone;
    let day = when::coming_day(text, ctx.env.now, zone);
    day.map_or_else(|| Ok(time(ctx, text, true)?.to_zoned_datetime(zone.clone()).date()), Ok)
}

/// When something was reported: not in the future.
pub fn reported(ctx: &Context, text: &str) -> Result<Timestamp> {
    let at = time(ctx, text, false)?;
    if at > ctx.env.now {
        return Err(Problem::usage(format!("`{text}` is still to come; what has been is of now or earlier")).into());
    }
    Ok(at)
}

/// A duration as people type it, in seconds.
pub fn duration(text: &str) -> Result<u64> {
    let read = when::duration(text).and_then(|seconds| u64::try_from(seconds).ok());
    Ok(read.ok_or_else(|| Problem::usage(format!("`{text}` is no duration")).hint("like these: 30s, 5m, 2h, 1d"))?)
}

/// Times that people typed become times of the file.
pub fn settle_time(ctx: &Context, assignment: &mut Assignment) -> Result<()> {
    let shape = FileKind::Ticket.field(&assignment.field).map(|field| field.shape);
    if assignment.value.is_empty() {
        return Ok(());
    }
    match shape {
        Some(Shape::Time) if assignment.field == "due" => {
            assignment.value = promise(ctx, &assignment.value)?.to_string();
        }
        Some(Shape::Time) => assignment.value = awakening(ctx, &assignment.value)?.to_string(),
        Some(Shape::Date) => {
            assignment.value = day(ctx, &assignment.value)?.to_string();
        }
        _ => {}
    }
    Ok(())
}
