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

/// Periods of a sparkline, the one reported on included.
const PERIODS: i64 = 8;
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
    /// What is reported on, `[from, to)` in seconds since 1970: a week where nothing else was asked for.
    pub period: (i64, i64),
    /// Until when things are known.
    pub now: i64,
    /// The period was asked for by name: what is open is counted at its end, too.
    pub past: bool,
    pub zone: &'a TimeZone,
    /// The short name of a ticket.
    pub handle: &'a dyn Fn(&str) -> String,
}

/// A period against the one before: a day, week, month, quarter or year against the calendar's previous one, any other
/// span against the same time before it. What is open, how old, and whose is as of now; of a period that was asked for,
/// as of its end, so that all figures are of one moment.
pub fn summary(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let lives: Vec<Life> = tickets.iter().map(|named| named.told.life.clone()).collect();
    let (from, to) = asked.period;
    let unit = Period::unit(from, to, asked.zone);
    let of = |step| match unit {
        Some(unit) => Period::around(unit, from, step, asked.zone),
        None => Period::shifted(from, to, step, asked.zone),
    };
    let (before_period, period) = (of(-1), of(0));
    let flows: Vec<Flow> = (1 - PERIODS..=0).map(|step| Flow::in_period(&lives, &of(step))).collect();
    let [.., before, this] = flows.as_slice() else { unreachable!("there are eight periods") };
    let then = asked.past && period.to <= asked.now;
    let at = if then { period.to - 1 } else { asked.now };
    let open: Vec<&Named> = tickets.iter().filter(|named| named.told.life.is_unsolved_at(at)).collect();
    let words = Words::of(unit);
    let mut figures = json!({
        "desk": asked.desk,
        "unit": words.one,
        "flow": flow_rows(&flows, &words),
        "resolution_seconds": Spread::to_json(Spread::of(took(&lives, &period))),
        "open": open.len(),
        "open_at": Timestamp::from_second(at).map(|time| time.to_string()).ok(),
        "age": ages(&open, at),
        "oldest": oldest(&open, at, asked.handle),
        "recurring": recurring(&lives, &period),
        "workload": workload(&open, &lives, &period, at),
    });
    figures[words.one] = Value::from(period.name.as_str());
    Report {
        name: "summary",
        heading: format!(
            "{}     {}     against {}     calendar time",
            asked.desk,
            words.heading(&period, asked.zone),
            words.short(&before_period, asked.zone)
        ),
        sheets: sheets(&figures, &words, if then { "then" } else { "now" }),
        sentence: Some(sentence(this, before, &words)),
        figures,
    }
}

/// What a unit is called: its columns and the words of the page.
struct Words {
    unit: Option<Unit>,
    one: &'static str,
    many: &'static str,
}

impl Words {
    fn of(unit: Option<Unit>) -> Words {
        let (one, many) = match unit {
            Some(Unit::Day) => ("day", "days"),
            Some(Unit::Week) => ("week", "weeks"),
            Some(Unit::Month) => ("month", "months"),
            Some(Unit::Quarter) => ("quarter", "quarters"),
            Some(Unit::Year) => ("year", "years"),
            None => ("period", "periods"),
        };
        Words { unit, one, many }
    }

    /// `week 47: Mon 16 – Sun 22 Nov 2026`, `October 2026`
    fn heading(&self, period: &Period, zone: &TimeZone) -> String {
        match self.unit {
            Some(Unit::Week) => format!("week {}", days(period, zone)),
            Some(_) | None => self.short(period, zone),
        }
    }

    /// `week 46`, `September 2026`, `Q3 2026`
    fn short(&self, period: &Period, zone: &TimeZone) -> String {
        let day = |form: &str| {
            let time = Timestamp::from_second(period.from).unwrap_or_default();
            time.to_zoned_datetime(zone.clone()).strftime(form).to_string()
        };
        match self.unit {
            Some(Unit::Day) => day("%a %-d %b %Y"),
            Some(Unit::Week) => format!("week {}", number(period)),
            Some(Unit::Month) => day("%B %Y"),
            Some(Unit::Quarter) => {
                let (year, quarter) = period.name.split_once('-').unwrap_or((period.name.as_str(), ""));
                format!("{quarter} {year}")
            }
            Some(Unit::Year) | None => period.name.clone(),
        }
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

/// When a ticket was resolved within the period; what was cancelled was not.
fn resolved(life: &Life, period: &Period) -> impl Iterator<Item = i64> {
    life.resolved((Some(period.from), Some(period.to)))
}

fn flow_rows(flows: &[Flow], words: &Words) -> Vec<Value> {
    let row = |name: &str, of: fn(&Flow) -> u64| {
        let history: Vec<u64> = flows.iter().map(of).collect();
        let (this, before) = (history[history.len() - 1], history[history.len() - 2]);
        let change = this as i64 - before as i64;
        json!({"figure": name, words.one: this, "before": before, "change": change, words.many: history})
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

/// Groups by what a ticket is about (category, else service, else asset; with the customer), whose count x in the period
/// is at least 3 and above m + 3·√max(m, 1), where m is the mean of the eight equal times before.
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
fn sentence(this: &Flow, before: &Flow, words: &Words) -> String {
    let change = this.backlog_end as i64 - before.backlog_end as i64;
    let ago = format!("a {} ago", words.one);
    let head = match change {
        0 => format!("As many open as {ago}"),
        1.. => format!("{change} more open than {ago}"),
        _ => format!("{} fewer open than {ago}", -change),
    };
    format!(
        "{head}: {} opened and {} reopened, {} resolved and {} cancelled.",
        this.opened, this.reopened, this.resolved, this.cancelled
    )
}

/// `moment`: as of when things are open, `now` or `then`.
fn sheets(figures: &Value, words: &Words, moment: &str) -> Vec<Sheet> {
    let sheet =
        |key: &'static str, title: &str, columns: &[Column]| Sheet::of(key, title, columns.to_vec(), &figures[key]);
    let plain = Column::plain;
    let all_periods = Column::of(words.many, Measure::Weeks);
    let age = Column::of("age_seconds", Measure::Seconds);
    let was = if moment == "now" { "is" } else { "was" };
    let flow = [plain("figure"), plain(words.one), plain("before"), plain("change"), all_periods];
    let all = [
        sheet("flow", "flow", &flow).chart(words.one),
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
