//! `summary`: one page for a lead.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::flow::Flow;
use super::life::Life;
use super::period::{Period, Unit};
use super::quality::Told;
use super::{Column, Measure, Report, Sheet, Spread};

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

/// What a summary is asked about.
pub struct Asked<'a> {
    pub desk: &'a str,
    /// A moment of the week that is reported on.
    pub week: i64,
    /// Until when things are known.
    pub now: i64,
    /// The week was asked for by name: what is open is counted at its end, too.
    pub past: bool,
    pub zone: &'a TimeZone,
    /// The short name of a ticket.
    pub handle: &'a dyn Fn(&str) -> String,
}

/// A week against the one before. What is open, how old, and whose is as of now; of a week that was asked for, as of
/// its end, so that all figures are of one moment.
pub fn summary(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let lives: Vec<Life> = tickets.iter().map(|named| named.told.life.clone()).collect();
    let weeks: Vec<Period> =
        (1 - WEEKS..=0).map(|step| Period::around(Unit::Week, asked.week, step, asked.zone)).collect();
    let flows: Vec<Flow> = weeks.iter().map(|week| Flow::in_period(&lives, week)).collect();
    let [.., before_week, week] = weeks.as_slice() else { unreachable!("there are eight weeks") };
    let [.., before, this] = flows.as_slice() else { unreachable!("there are eight weeks") };
    let then = asked.past && week.to <= asked.now;
    let at = if then { week.to - 1 } else { asked.now };
    let open: Vec<&Named> = tickets.iter().filter(|named| named.told.life.is_unsolved_at(at)).collect();
    let figures = json!({
        "desk": asked.desk,
        "week": week.name,
        "flow": flow_rows(&flows),
        "resolution_seconds": Spread::to_json(Spread::of(took(&lives, week))),
        "open": open.len(),
        "open_at": Timestamp::from_second(at).map(|time| time.to_string()).ok(),
        "age": ages(&open, at),
        "oldest": oldest(&open, at, asked.handle),
        "recurring": recurring(&lives, week),
        "workload": workload(&open, &lives, week, at),
    });
    Report {
        name: "summary",
        heading: format!(
            "{}     week {}     against week {}     calendar time",
            asked.desk,
            days(week, asked.zone),
            number(before_week)
        ),
        sheets: sheets(&figures, if then { "then" } else { "now" }),
        sentence: Some(sentence(this, before)),
        figures,
    }
}

/// `47: Mon 16 – Sun 22 Nov 2026`
fn days(week: &Period, zone: &TimeZone) -> String {
    let day = |second: i64, form: &str| {
        let time = Timestamp::from_second(second).unwrap_or_default();
        time.to_zoned_datetime(zone.clone()).strftime(form).to_string()
    };
    let (first, last) = (week.from, week.to - 1);
    let from = if day(first, "%b %Y") == day(last, "%b %Y") { "%a %-d" } else { "%a %-d %b" };
    format!("{}: {} – {}", number(week), day(first, from), day(last, "%a %-d %b %Y"))
}

/// The number of a week within its year.
fn number(week: &Period) -> &str {
    week.name.split_once("-W").map_or(week.name.as_str(), |(_, number)| number)
}

/// How long those took that were resolved within the week.
fn took(lives: &[Life], week: &Period) -> Vec<i64> {
    let of = |life: &Life| resolved(life, week).map(|at| (at - life.opened).max(0)).collect::<Vec<_>>();
    lives.iter().flat_map(of).collect()
}

/// When a ticket was resolved within the week; what was cancelled was not.
fn resolved(life: &Life, week: &Period) -> impl Iterator<Item = i64> {
    let within = life.solved.iter().filter(|(at, resolution)| week.holds(*at) && !Life::is_cancellation(resolution));
    within.map(|(at, _)| *at)
}

fn flow_rows(flows: &[Flow]) -> Vec<Value> {
    let row = |name: &str, of: fn(&Flow) -> u64| {
        let history: Vec<u64> = flows.iter().map(of).collect();
        let (week, before) = (history[history.len() - 1], history[history.len() - 2]);
        json!({"figure": name, "week": week, "before": before, "change": week as i64 - before as i64, "weeks": history})
    };
    vec![
        row("opened", |flow| flow.opened),
        row("resolved", |flow| flow.resolved),
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

fn oldest(open: &[&Named], now: i64, handle: &dyn Fn(&str) -> String) -> Vec<Value> {
    let mut sorted: Vec<&&Named> = open.iter().collect();
    sorted.sort_by_key(|one| (one.told.life.opened, &one.id));
    let row = |one: &&&Named| {
        json!({"id": one.id, "handle": handle(&one.id), "title": one.title,
               "age_seconds": (now - one.told.life.opened).max(0)})
    };
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

fn workload(open: &[&Named], lives: &[Life], week: &Period, at: i64) -> Vec<Value> {
    let mut queues: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for one in open {
        queues.entry(one.told.life.queue_at(at).to_owned()).or_default().0 += 1;
    }
    for life in lives {
        for solved in resolved(life, week) {
            queues.entry(life.queue_at(solved).to_owned()).or_default().1 += 1;
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
    format!(
        "{head}: {} opened and {} reopened, {} resolved and {} cancelled.",
        this.opened, this.reopened, this.resolved, this.cancelled
    )
}

/// `moment`: as of when things are open, `now` or `then`.
fn sheets(figures: &Value, moment: &str) -> Vec<Sheet> {
    let sheet =
        |key: &'static str, title: &str, columns: &[Column]| Sheet::of(key, title, columns.to_vec(), &figures[key]);
    let plain = Column::plain;
    let weeks = Column::of("weeks", Measure::Weeks);
    let age = Column::of("age_seconds", Measure::Seconds);
    let was = if moment == "now" { "is" } else { "was" };
    let flow = [plain("figure"), plain("week"), plain("before"), plain("change"), weeks];
    let all = [
        sheet("flow", "flow", &flow).chart("week"),
        Sheet::spreads("resolution_seconds", "resolution time", "of", &[("resolved", &figures["resolution_seconds"])]),
        sheet("age", &format!("age of what {was} open {moment}"), &[plain("age"), plain("tickets")]).chart("tickets"),
        sheet("oldest", &format!("oldest {moment}"), &[plain("id"), plain("title"), age]).chart("age_seconds"),
        sheet("recurring", "comes back more than usual", &[plain("group"), plain("tickets"), plain("usually")])
            .chart("tickets"),
        sheet("workload", &format!("workload {moment}"), &[plain("queue"), plain("open"), plain("resolved")])
            .chart("open"),
    ];
    all.into_iter().filter(|sheet| !sheet.rows.is_empty() && (sheet.key != "age" || figures["open"] != 0)).collect()
}
