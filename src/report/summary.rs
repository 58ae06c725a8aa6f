//! `summary`: one page for a lead.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::flow::Flow;
use super::life::Life;
use super::period::{Period, Unit};
use super::quality::Told;
use super::{Report, Sheet, Spread};

/// Weeks of a sparkline, the one reported on included.
const WEEKS: i64 = 8;
/// Most rows of a short list.
const TOP: usize = 10;

/// Ages in days, each up to the next; the last has no end.
const AGES: &[(&str, i64)] =
    &[("< 1 day", 1), ("1–3 days", 3), ("3–7 days", 7), ("7–30 days", 30), ("> 30 days", i64::MAX)];

/// A ticket's id, title and life.
pub struct Named {
    pub id: String,
    pub title: String,
    pub told: Told,
}

/// The week around `at` against the one before; what is open is as of `now`.
pub fn summary(desk: &str, tickets: &[Named], at: i64, now: i64, zone: &TimeZone) -> Report {
    let lives: Vec<Life> = tickets.iter().map(|named| named.told.life.clone()).collect();
    let weeks: Vec<Period> = (1 - WEEKS..=0).map(|step| Period::around(Unit::Week, at, step, zone)).collect();
    let flows: Vec<Flow> = weeks.iter().map(|week| Flow::in_period(&lives, week)).collect();
    let week = &weeks[weeks.len() - 1];
    let (this, before) = (&flows[flows.len() - 1], &flows[flows.len() - 2]);
    let rows = flow_rows(&flows);
    let solved: Vec<i64> = lives
        .iter()
        .flat_map(|life| life.solved.iter().filter(|(at, _)| week.holds(*at)).map(|(at, _)| (at - life.opened).max(0)))
        .collect();
    let took = Spread::of(solved);
    let open: Vec<&Named> = tickets.iter().filter(|named| named.told.life.is_unsolved_at(now)).collect();
    let figures = json!({
        "desk": desk,
        "week": week.name,
        "flow": rows,
        "resolution_seconds": Spread::to_json(took),
        "open": open.len(),
        "age": ages(&open, now),
        "oldest": oldest(&open, now),
        "recurring": recurring(&lives, week),
        "workload": workload(&open, &lives, week),
    });
    Report {
        name: "summary",
        heading: format!("{desk}     week {}     against the week before", week.name),
        sheets: sheets(&figures),
        sentence: Some(sentence(this, before)),
        figures,
    }
}

fn flow_rows(flows: &[Flow]) -> Vec<Value> {
    let row = |name: &str, of: fn(&Flow) -> u64| {
        let history: Vec<u64> = flows.iter().map(of).collect();
        let (week, before) = (history[history.len() - 1], history[history.len() - 2]);
        json!({"figure": name, "week": week, "before": before, "change": week as i64 - before as i64, "weeks": history})
    };
    vec![
        row("opened", |flow| flow.opened),
        row("resolved", |flow| flow.resolved - flow.cancelled),
        row("reopened", |flow| flow.reopened),
        row("cancelled", |flow| flow.cancelled),
        row("open at the end", |flow| flow.backlog_end),
    ]
}

fn ages(open: &[&Named], now: i64) -> Vec<Value> {
    let mut from = 0;
    let mut rows = Vec::new();
    for (name, days) in AGES {
        let to = days.saturating_mul(86_400);
        let count = open.iter().filter(|one| (from..to).contains(&(now - one.told.life.opened).max(0))).count();
        rows.push(json!({"age": name, "tickets": count}));
        from = to;
    }
    rows
}

fn oldest(open: &[&Named], now: i64) -> Vec<Value> {
    let mut sorted: Vec<&&Named> = open.iter().collect();
    sorted.sort_by_key(|one| (one.told.life.opened, &one.id));
    let row =
        |one: &&&Named| json!({"id": one.id, "title": one.title, "age_seconds": (now - one.told.life.opened).max(0)});
    sorted.iter().take(5).map(row).collect()
}

/// Groups by what a ticket is about (category, else service, else asset; with the customer), whose count x in the week
/// is at least 3 and above m + 3·√max(m, 1), where m is the mean of the eight weeks before.
fn recurring(lives: &[Life], week: &Period) -> Vec<Value> {
    let span = week.to - week.from;
    let mut groups: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for life in lives {
        let Some(topic) = ["category", "service", "asset"].iter().map(|name| life.field(name)).find(|v| !v.is_empty())
        else {
            continue;
        };
        let name = match life.field("customer") {
            "" => topic.to_owned(),
            customer => format!("{topic} at {customer}"),
        };
        let counts = groups.entry(name).or_default();
        if week.holds(life.opened) {
            counts.0 += 1;
        } else if (week.from - 8 * span..week.from).contains(&life.opened) {
            counts.1 += 1;
        }
    }
    let mut rows: Vec<(String, u64, f64)> = groups
        .into_iter()
        .map(|(name, (count, before))| (name, count, before as f64 / 8.0))
        .filter(|(_, count, mean)| *count >= 3 && *count as f64 > mean + 3.0 * mean.max(1.0).sqrt())
        .collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let row = |(name, count, mean): (String, u64, f64)| json!({"group": name, "tickets": count, "usually": (mean * 10.0).round() / 10.0});
    rows.into_iter().take(TOP).map(row).collect()
}

fn workload(open: &[&Named], lives: &[Life], week: &Period) -> Vec<Value> {
    let mut queues: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for one in open {
        queues.entry(one.told.life.field("queue").to_owned()).or_default().0 += 1;
    }
    for life in lives {
        let solved = life.solved.iter().filter(|(at, _)| week.holds(*at)).count() as u64;
        if solved > 0 {
            queues.entry(life.field("queue").to_owned()).or_default().1 += solved;
        }
    }
    let mut rows: Vec<(String, (u64, u64))> = queues.into_iter().collect();
    rows.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
    let row =
        |(queue, (open, resolved)): (String, (u64, u64))| json!({"queue": queue, "open": open, "resolved": resolved});
    rows.into_iter().take(TOP).map(row).collect()
}

/// How the number of open tickets came about, in words.
fn sentence(this: &Flow, before: &Flow) -> String {
    let change = this.backlog_end as i64 - before.backlog_end as i64;
    let head = match change {
        0 => "As many open as a week ago".to_owned(),
        1.. => format!("{change} more open than a week ago"),
        _ => format!("{} fewer open than a week ago", -change),
    };
    let resolved = this.resolved - this.cancelled;
    format!(
        "{head}: {} opened and {} reopened, {resolved} resolved and {} cancelled.",
        this.opened, this.reopened, this.cancelled
    )
}

fn sheets(figures: &Value) -> Vec<Sheet> {
    let sheet = |title: &str, key: &str, columns: Vec<&'static str>| {
        let rows = figures[key].as_array().cloned().unwrap_or_default();
        let rows = rows.iter().map(|row| columns.iter().map(|column| row[*column].clone()).collect()).collect();
        Sheet { title: title.to_owned(), columns, rows }
    };
    let all = vec![
        sheet("flow", "flow", vec!["figure", "week", "before", "change", "weeks"]),
        sheet("age of what is open", "age", vec!["age", "tickets"]),
        sheet("oldest", "oldest", vec!["id", "title", "age_seconds"]),
        sheet("comes back more than usual", "recurring", vec!["group", "tickets", "usually"]),
        sheet("workload", "workload", vec!["queue", "open", "resolved"]),
    ];
    all.into_iter().filter(|sheet| !sheet.rows.is_empty()).collect()
}
