//! A month with its hours and holidays, as weeks for people and as days for programs.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde_json::{Value, json};

use super::Asked;
use crate::commands::rows::{chosen_keys, chosen_of};
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::model::policy::Hours;
use crate::model::when;
use crate::ui::format::Format;
use crate::ui::time;

const COLUMNS: &[&str] = &["date", "weekday", "hours", "working_seconds", "note"];
const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// One day of it.
struct Day {
    date: Date,
    hours: Vec<Hours>,
    seconds: i64,
    /// Why it is not as its weekday is.
    note: Option<String>,
}

pub fn show(asked: &Asked<'_>, month: &str) -> Result<()> {
    let days = days(asked, month)?;
    let (ui, ctx) = (&asked.ctx.ui, asked.ctx);
    match ui.format() {
        Format::Table => page(asked, &days),
        Format::Ids => Err(Problem::usage("a calendar has days, not tickets, so it has no ids").into()),
        Format::Json | Format::Jsonl => {
            let rows: Vec<Value> = days.iter().map(Day::to_json).collect();
            let working: i64 = days.iter().map(|day| day.seconds).sum();
            let object = json!({"schema": "desk.calendar/1", "calendar": asked.name,
                "timezone": asked.schedule.calendar().timezone, "working_seconds": working, "days": rows});
            chosen_keys(ctx, "a calendar", &object)?;
            ui.json(&ctx.chosen(object))
        }
        Format::Tsv | Format::Csv | Format::Markdown | Format::Html => {
            let chosen = chosen_of(ctx, "a day", COLUMNS.iter().copied())?;
            let names = chosen.unwrap_or_else(|| COLUMNS.iter().map(|name| (*name).to_owned()).collect());
            let columns: Vec<&str> = names.iter().map(String::as_str).collect();
            ui.rows(&columns, &days.iter().map(Day::to_json).collect::<Vec<_>>())
        }
    }
}

fn days(asked: &Asked<'_>, month: &str) -> Result<Vec<Day>> {
    let bounds = when::period(month, asked.look.now, asked.zone());
    let Some((first, end)) = bounds else {
        return Err(Problem::usage(format!("`{month}` is no month")).hint("like these: 2026-12, this-month").into());
    };
    let date = |time: jiff::Timestamp| asked.zone().to_datetime(time).date();
    let (first, end) = (date(first), date(end));
    if (end - first).get_days() > 31 {
        return Err(Problem::usage(format!("`{month}` is more than a month")).hint("--month 2026-12").into());
    }
    let dates = std::iter::successors(Some(first), |day| day.tomorrow().ok()).take_while(|day| *day < end);
    Ok(dates.map(|date| Day::of(asked, date)).collect())
}

impl Day {
    fn of(asked: &Asked<'_>, date: Date) -> Day {
        let calendar = asked.schedule.calendar();
        let hours = calendar.hours_on(date).to_vec();
        let usual = &calendar.hours[date.weekday().to_monday_zero_offset() as usize];
        let note = match calendar.exceptions.contains_key(&date) {
            true => Some("exception".to_owned()),
            false => calendar.holiday(date).map(|name| if name.is_empty() { "holiday" } else { name }.to_owned()),
        };
        let midnight = |day: Date| asked.zone().to_timestamp(day.at(0, 0, 0, 0)).map_or(0, |time| time.as_second());
        let next = date.checked_add(1.day()).unwrap_or(date);
        let seconds = asked.schedule.elapsed(midnight(date), midnight(next), &[]);
        Day { date, note: note.filter(|note| &hours != usual || note != "exception"), hours, seconds }
    }

    fn to_json(&self) -> Value {
        json!({"date": self.date.to_string(), "weekday": name(self.date), "hours": spans(&self.hours),
            "working_seconds": self.seconds, "note": self.note})
    }
}

fn name(date: Date) -> &'static str {
    NAMES[date.weekday().to_monday_zero_offset() as usize]
}

fn spans(hours: &[Hours]) -> Vec<String> {
    hours.iter().map(ToString::to_string).collect()
}

/// `24` works, `25x` is closed although its weekday works, `24*` has other hours, `·` is a day off.
fn page(asked: &Asked<'_>, days: &[Day]) -> Result<()> {
    let (ui, calendar) = (&asked.ctx.ui, asked.schedule.calendar());
    let Some(first) = days.first() else { return Ok(()) };
    let head = first.date.strftime("%B %Y").to_string();
    let mut out = format!("{head:<24}{}, {}\n\n", ui.shown(asked.name), ui.shown(&calendar.timezone));
    out.push_str(&format!(" {}\n", NAMES.join("  ")));
    let offset = first.date.weekday().to_monday_zero_offset();
    let mut line = "     ".repeat(usize::try_from(offset).unwrap_or(0));
    for day in days {
        let mark = match (&day.note, day.hours.is_empty()) {
            (Some(_), true) => "x",
            (Some(_), false) => "*",
            (None, true) => "·",
            (None, false) => " ",
        };
        line.push_str(&format!(" {:>2}{mark} ", day.date.day()));
        if day.date.weekday() == Weekday::Sunday {
            out.push_str(&format!("{}\n", line.trim_end()));
            line.clear();
        }
    }
    if !line.trim().is_empty() {
        out.push_str(&format!("{}\n", line.trim_end()));
    }
    out.push('\n');
    out.push_str(&usual(&calendar.hours));
    for day in days.iter().filter(|day| day.note.is_some()) {
        let hours = if day.hours.is_empty() { "closed".to_owned() } else { spans(&day.hours).join(" ") };
        let (name, note) = (day.date.strftime("%a %-d").to_string(), ui.shown(day.note.as_deref().unwrap_or_default()));
        out.push_str(&format!("{name:<10}{hours}  {note}\n"));
    }
    let working = days.iter().filter(|day| day.seconds > 0).count();
    let seconds: i64 = days.iter().map(|day| day.seconds).sum();
    out.push_str(&format!("\n{}, {}\n", counted(working, "working day"), time::working(seconds)));
    ui.write(&ui.plain(&out))
}

/// The hours of the week, days that are alike together.
fn usual(week: &[Vec<Hours>; 7]) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < week.len() {
        let alike = week[at..].iter().take_while(|hours| **hours == week[at]).count();
        let names = match alike {
            1 => NAMES[at].to_owned(),
            _ => format!("{}–{}", NAMES[at], NAMES[at + alike - 1]),
        };
        if !week[at].is_empty() {
            out.push_str(&format!("{names:<10}{}\n", spans(&week[at]).join(" ")));
        }
        at += alike;
    }
    out
}
