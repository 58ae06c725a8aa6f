//! `summary`: one page for a lead.

mod words;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ageing::{ages, oldest, open_at};
use super::asked::{Asked, DAY};
use super::basis::Basis;
use super::chart::{Chart, Periods};
use super::flow::{self, Flow};
use super::group::Group;
use super::judged::is_late;
use super::life::Life;
use super::named::Named;
use super::period::{Period, Unit};
use super::recurring::{About, unusual};
use super::ruler::Ruler;
use super::sla;
use super::{Column, Headline, Measure, Report, Sheet, Spread, hours, pareto, time};
use words::{Words, sentence};

/// Periods of a sparkline, the one reported on included.
const PERIODS: i64 = 8;
/// Most rows of a short list.
const TOP: usize = 10;
const OLDEST: usize = 5;

/// A period against the one before: a day, week, month, quarter or year against the calendar's previous one, any other
/// span against the same time before it. All figures are of one moment: what is open, how old, whose and late is as of
/// the period's end, or now where that is still to come. Without a period: the last week that is over; with a beginning alone, from then up to now; with an end alone, the week of that.
pub fn summary(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let lives: Vec<&Life> = tickets.iter().map(|named| &named.told.life).collect();
    let (from, to) = span(asked);
    let asked = &Asked { window: (asked.window.0, Some(to)), ..*asked };
    let unit = Period::unit(from, to, asked.zone);
    let of = |step| Period::like(from, to, step, asked.zone);
    let (before_period, period) = (of(-1), of(0));
    let periods: Vec<Period> = (1 - PERIODS..=0).map(of).collect();
    let flows = Flow::of_periods(lives.iter().copied(), &periods);
    let [.., before, this] = flows.as_slice() else { unreachable!("there are eight periods") };
    let then = period.to <= asked.now;
    let at = asked.moment();
    let open = open_at(tickets, at);
    let words = Words::of(unit);
    let took = Spread::of(took(&lives, &period, asked.ruler));
    let opened = lives.iter().map(|life| life.opened).filter(|opened| period.holds(*opened));
    let mut figures = json!({
        "desk": asked.desk,
        "unit": words.one,
        "calendar": asked.ruler.to_json(),
        "periods": periods.iter().map(|period| period.name.as_str()).collect::<Vec<_>>(),
        "flow": flow_rows(&flows, &words),
        "resolution_seconds": Spread::to_json(took),
        "open": open.len(),
        "open_at": time(at),
        "age": ages(&open, at),
        "oldest": oldest(&open, at, OLDEST, asked.handle),
        "categories": pareto::rows(&lives, Group::Category, &before_period, &period),
        "hours": hours::rows(opened, asked.zone),
        "recurring": recurring(&lives, &period),
        "workload": workload(&open, &lives, &period, at),
        "promises": sla::by_clock(tickets, (Some(period.from), Some(period.to))),
    });
    let (months, kept) = sla::months(tickets, asked);
    figures["months"] = Value::from(months);
    figures[words.one] = Value::from(period.name.as_str());
    let rows: Vec<(Period, Flow)> = periods.into_iter().zip(flows.iter().cloned()).collect();
    Report {
        name: "summary",
        heading: format!(
            "{}     {}     against {}     {}",
            asked.desk,
            words.heading(&period, asked.zone),
            words.short(&before_period, asked.zone),
            asked.ruler.words()
        ),
        headlines: headlines(this, before, took, asked.ruler.measure()),
        sheets: sheets(&figures, &words, if then { "then" } else { "now" }, (flow::drawn(&rows), kept), asked.ruler),
        tickets: asked.basis(|| basis(tickets, &period, &open, at)),
        sentence: Some(sentence(this, before, &words)),
        figures,
    }
}

/// The moment as of which clocks stand: the end of what is reported on, or now where that is still to come.
pub fn clock_moment(asked: &Asked<'_>) -> i64 {
    (span(asked).1 - 1).min(asked.now)
}

/// What is reported on, `[from, to)`.
fn span(asked: &Asked<'_>) -> (i64, i64) {
    let week = |at: i64| {
        let week = Period::around(Unit::Week, at, 0, asked.zone);
        (week.from, week.to)
    };
    match asked.window {
        (Some(since), Some(until)) if since < until => (since, until),
        (Some(since), _) => (since, asked.now.max(since) + 1),
        (None, Some(until)) => week(until - 1),
        (None, None) => week(asked.now - 7 * DAY),
    }
}

fn headlines(this: &Flow, before: &Flow, took: Option<Spread>, unit: Measure) -> Vec<Headline> {
    let count = |name: &str, of: fn(&Flow) -> u64| Headline {
        name: name.to_owned(),
        value: json!(of(this)),
        unit: Measure::Plain,
        change: Some(of(this) as i64 - of(before) as i64),
    };
    let median = took.map(|took| Headline {
        name: "to resolve, half of them within".to_owned(),
        value: json!(took.median),
        unit,
        change: None,
    });
    let counts = [
        count("opened", |flow| flow.opened),
        count("resolved", |flow| flow.resolved),
        count("reopened", |flow| flow.reopened),
        count("open at the end", |flow| flow.backlog_end),
    ];
    counts.into_iter().chain(median).collect()
}

/// What came and went within the period, and what is open.
fn basis(tickets: &[Named], period: &Period, open: &[&Named], at: i64) -> Basis {
    let mut basis = flow::basis(tickets, (Some(period.from), Some(period.to)));
    for one in open {
        basis.add(one, [json!("open"), json!(time(one.told.life.opened)), json!(one.told.life.queue_at(at))]);
    }
    basis
}

/// How long those took that were done within the week.
fn took(lives: &[&Life], week: &Period, ruler: Ruler<'_>) -> Vec<i64> {
    let of = |life: &&Life| done(life, week).map(|at| ruler.between(life.opened, at)).collect::<Vec<_>>();
    lives.iter().flat_map(of).collect()
}

/// When a ticket was brought to an end within the period; a cancelled one or a duplicate was no work of its own.
fn done(life: &Life, period: &Period) -> impl Iterator<Item = i64> {
    life.done((Some(period.from), Some(period.to)))
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

/// See [`recurring::unusual`](super::recurring::unusual).
fn recurring(lives: &[&Life], period: &Period) -> Vec<Value> {
    let row = |(about, count, mean): &(About<'_>, u64, f64)| json!({"group": about.name(), "tickets": count, "usually": (mean * 10.0).round() / 10.0});
    unusual(lives, period).iter().take(TOP).map(row).collect()
}

/// Open, and late, are as of a moment; resolved is within the period.
fn workload(open: &[&Named], lives: &[&Life], week: &Period, at: i64) -> Vec<Value> {
    let mut queues: BTreeMap<String, (u64, u64, u64)> = BTreeMap::new();
    for one in open {
        let counts = queues.entry(one.told.life.queue_at(at).to_owned()).or_default();
        counts.0 += 1;
        counts.2 += u64::from(is_late(one));
    }
    for life in lives {
        for solved in done(life, week) {
            queues.entry(life.queue_at(solved).to_owned()).or_default().1 += 1;
        }
    }
    let mut rows: Vec<(String, (u64, u64, u64))> = queues.into_iter().collect();
    rows.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
    let row =
        |(queue, (open, resolved, late))| json!({"queue": queue, "open": open, "resolved": resolved, "late": late});
    rows.into_iter().take(TOP).map(row).collect()
}

/// The chart has them all, the table as many as there is room for on one page.
fn categories(rows: &Value) -> Sheet {
    let mut sheet = pareto::sheet(Group::Category, rows);
    if sheet.rows.len() > pareto::DRAWN {
        sheet.title = format!("{}: the first {} of {}", sheet.title, pareto::DRAWN, sheet.rows.len());
        sheet.rows.truncate(pareto::DRAWN);
    }
    sheet
}

/// `moment`: as of when things are open, `now` or `then`.
fn sheets(
    figures: &Value,
    words: &Words,
    moment: &str,
    (drawn, kept): (Periods, Periods),
    ruler: Ruler<'_>,
) -> Vec<Sheet> {
    let sheet =
        |key: &'static str, title: &str, columns: &[Column]| Sheet::of(key, title, columns.to_vec(), &figures[key]);
    let plain = Column::plain;
    let all_periods = Column::of(words.many, Measure::Weeks);
    let age = Column::of("age_seconds", Measure::Seconds);
    let was = if moment == "now" { "is" } else { "was" };
    let flow = [plain("figure"), plain(words.one), plain("before"), plain("change"), all_periods];
    let all = [
        sheet("flow", "flow and what is left", &flow).drawn(Chart::Periods(drawn)),
        Sheet::spreads(
            "resolution_seconds",
            "resolution time",
            ("of", ruler.measure()),
            &[("resolved", &figures["resolution_seconds"])],
        ),
        Sheet::of("promises", "kept promises, in working time", sla::columns(&["clock"]), &figures["promises"])
            .bars("kept_percent"),
        sla::month_sheet(figures, kept),
        sheet("age", &format!("age of what {was} open {moment}"), &[plain("age"), plain("tickets")]).bars("tickets"),
        sheet("oldest", &format!("oldest {moment}"), &[plain("id"), plain("title"), age]),
        categories(&figures["categories"]),
        hours::sheet("when they come", &figures["hours"]),
        sheet("recurring", "comes back more than usual", &[plain("group"), plain("tickets"), plain("usually")])
            .bars("tickets"),
        sheet(
            "workload",
            &format!("workload {moment}"),
            &[plain("queue"), plain("open"), plain("resolved"), plain("late")],
        )
        .bars("open"),
    ];
    let says = |sheet: &Sheet| match sheet.key {
        "age" => figures["open"] != 0,
        "hours" => figures["categories"] != json!([]),
        "months" => figures["months"].as_array().into_iter().flatten().any(|month| month["n"] != 0),
        _ => true,
    };
    all.into_iter()
        .map(|sheet| {
            let says = says(&sheet);
            sheet.only_if(says)
        })
        .collect()
}
