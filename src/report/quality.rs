//! `quality`: how long it took, what came back, what was handed around.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asked::{Asked, DAY};
use super::basis::Basis;
use super::life::Life;
use super::named::{Named, Told};
use super::{Column, Measure, Report, Sheet, Spread, Window, percent, within};

/// Within which a ticket that was solved at first contact must not come back, in seconds.
const FIRST_CONTACT: i64 = 7 * DAY;

/// Of the tickets that were solved at some time within the period; without a period of all.
///
/// Resolution time is from when it was reported to the last time it was solved up to the end of the period (full) or the
/// first; negative ones count as 0. Came back: every change from solved to unsolved within the period, whenever it was
/// solved, in percent of the changes to solved. Solved at first contact: of those whose work was brought to an end.
/// Escalated: of those that were reported within the period. A reassignment goes from a set value to another. Time in
/// status leaves out the state a ticket is in now, and is calendar time always.
pub fn quality(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let (window, ruler) = (asked.window, asked.ruler);
    let all = window == (None, None);
    let is_chosen = |one: &Told| all || one.life.solved.iter().any(|(at, _)| within(window, *at));
    let chosen: Vec<&Told> = tickets.iter().map(|named| &named.told).filter(|one| is_chosen(one)).collect();
    let took = |pick: &dyn Fn(&Life) -> Option<i64>| -> Vec<i64> {
        chosen.iter().filter_map(|one| Some(ruler.between(one.life.opened, pick(&one.life)?))).collect()
    };
    let full = Spread::of(took(&|life| last_solved(life, window)));
    let first = Spread::of(took(&|life| life.solved.first().map(|(at, _)| *at)));
    let count = |test: &dyn Fn(&Told) -> bool| chosen.iter().filter(|one| test(one)).count();
    let of_all = |test: &dyn Fn(&Told) -> bool| tickets.iter().filter(|one| test(&one.told)).count();
    let solved = count(&|one| !one.life.solved.is_empty());
    let done = count(&|one| one.life.done(window).next().is_some());
    let opened = of_all(&|one| within(window, one.life.opened));
    let resolutions: usize =
        chosen.iter().map(|one| one.life.solved.iter().filter(|(at, _)| within(window, *at)).count()).sum();
    let events: usize = tickets.iter().map(|one| times_reopened(&one.told.life, window)).sum();
    let reopened = of_all(&|one| times_reopened(&one.life, window) > 0);
    let ping_pong = count(&|one| one.life.ping_pong);
    let escalated = of_all(&|one| one.escalated && within(window, one.life.opened));
    let first_contact = count(&|one| at_first_contact(one, window));
    let moved: Vec<u64> = chosen.iter().map(|one| one.life.reassignments).collect();
    let mut in_status: BTreeMap<&str, i64> = BTreeMap::new();
    let mut waiting_on: BTreeMap<&str, i64> = BTreeMap::new();
    for one in &chosen {
        one.life.in_status.iter().for_each(|(status, seconds)| *in_status.entry(status).or_default() += seconds);
        one.life.waiting_on.iter().for_each(|(on, seconds)| *waiting_on.entry(on).or_default() += seconds);
    }
    let figures = json!({
        "tickets": chosen.len(),
        "solved": solved,
        "done": done,
        "opened": opened,
        "resolutions": resolutions,
        "calendar": ruler.to_json(),
        "resolution_seconds_full": Spread::to_json(full),
        "resolution_seconds_first": Spread::to_json(first),
        "reopen": {"events": events, "tickets": reopened},
        "reopen_percent": percent(events as u64, resolutions as u64),
        "ping_pong_tickets": ping_pong,
        "reassignments": {"tickets_with_any": moved.iter().filter(|count| **count > 0).count(),
            "sum": moved.iter().sum::<u64>(), "max": moved.iter().max().copied().unwrap_or(0)},
        "first_contact_tickets": first_contact,
        "escalated_tickets": escalated,
        "seconds_in_status": in_status,
        "seconds_waiting_on": waiting_on,
    });
    Report {
        name: "quality",
        heading: format!("how well it went, in {}", ruler.words()),
        sheets: sheets(&figures, ruler.measure()),
        sentence: Some(format!(
            "{}; {reopened} came back, {} changed hands, {ping_pong} went back and forth.",
            if solved == 1 { "1 ticket was solved".to_owned() } else { format!("{solved} tickets were solved") },
            figures["reassignments"]["tickets_with_any"]
        )),
        figures,
        tickets: asked.basis(|| basis(tickets, &is_chosen, asked)),
        ..Report::default()
    }
}

/// When it was last solved up to the end of a window.
fn last_solved(life: &Life, (_, until): Window) -> Option<i64> {
    life.solved.iter().rev().map(|(at, _)| *at).find(|at| within((None, until), *at))
}

fn times_reopened(life: &Life, window: Window) -> usize {
    life.reopened.iter().filter(|at| within(window, **at)).count()
}

/// Those that any figure counts.
fn basis(tickets: &[Named], is_chosen: &dyn Fn(&Told) -> bool, asked: &Asked<'_>) -> Basis {
    let (window, ruler) = (asked.window, asked.ruler);
    let counts = |one: &&Named| {
        let opened = one.told.escalated && within(window, one.told.life.opened);
        is_chosen(&one.told) || opened || times_reopened(&one.told.life, window) > 0
    };
    let mut basis = Basis::of(&[
        Column::of("resolution_seconds", ruler.measure()),
        Column::plain("reopened"),
        Column::plain("reassignments"),
        Column::plain("ping_pong"),
        Column::plain("escalated"),
        Column::plain("first_contact"),
    ]);
    for one in tickets.iter().filter(counts) {
        let life = &one.told.life;
        let took = last_solved(life, window).map(|at| ruler.between(life.opened, at));
        let reopened = times_reopened(life, window);
        let first = at_first_contact(&one.told, window);
        // What a ticket counts in: one that came back, and was solved at another time, counts in nothing else.
        let chosen = is_chosen(&one.told);
        let moved = if chosen { life.reassignments } else { 0 };
        let escalated = one.told.escalated && within(window, life.opened);
        let row = [json!(took.filter(|_| chosen)), json!(reopened), json!(moved), json!(chosen && life.ping_pong)];
        basis.add(one, row.into_iter().chain([json!(escalated), json!(first)]));
    }
    basis
}

/// Brought to an end within a window, with exactly one public word of an agent, or with a solution alone, and not
/// reopened within a week.
pub fn at_first_contact(one: &Told, window: Window) -> bool {
    let Some(done) = one.life.done(window).next() else { return false };
    let silent = one.answers == 0 && !one.life.field("solution").is_empty();
    let back = one.life.reopened.iter().any(|at| (done..=done + FIRST_CONTACT).contains(at));
    (one.answers == 1 || silent) && !back
}

fn sheets(figures: &Value, unit: Measure) -> Vec<Sheet> {
    vec![times(figures, unit), shares(figures), seconds(figures, "status"), seconds(figures, "waiting_on")]
}

fn times(figures: &Value, unit: Measure) -> Sheet {
    let kinds =
        [("last solved", &figures["resolution_seconds_full"]), ("first solved", &figures["resolution_seconds_first"])];
    Sheet::spreads("resolution_seconds", "resolution time", ("until", unit), &kinds)
}

/// Each count with what it is a share of.
fn shares(figures: &Value) -> Sheet {
    let row = |name: &str, count: &Value, of: &str| {
        let n = &figures[of];
        // A share of nothing is not available, never 100 %.
        let share = count.as_u64().zip(n.as_u64()).and_then(|(count, n)| percent(count, n));
        vec![json!(name), count.clone(), n.clone(), json!(share)]
    };
    let rows = vec![
        row("solved at first contact", &figures["first_contact_tickets"], "done"),
        row("reopened", &figures["reopen"]["events"], "resolutions"),
        row("reassigned", &figures["reassignments"]["tickets_with_any"], "tickets"),
        row("queue came back (ping-pong)", &figures["ping_pong_tickets"], "tickets"),
        row("escalated", &figures["escalated_tickets"], "opened"),
    ];
    let columns = vec![
        Column::plain("figure"),
        Column::plain("count"),
        Column::of("of", Measure::N),
        Column::of("percent", Measure::Percent),
    ];
    Sheet::new("shares", "what came back and changed hands", columns, rows).bars("percent")
}

/// Time in each status, or waiting on each.
fn seconds(figures: &Value, what: &'static str) -> Sheet {
    let (key, title) = match what {
        "status" => ("seconds_in_status", "time in status"),
        _ => ("seconds_waiting_on", "time waiting"),
    };
    let all = figures[key].as_object().cloned().unwrap_or_default();
    let rows = all.into_iter().map(|(name, seconds)| vec![json!(name), seconds]).collect();
    let columns = vec![Column::plain(what), Column::of("seconds", Measure::Seconds)];
    Sheet::new(key, title, columns, rows).bars("seconds")
}
