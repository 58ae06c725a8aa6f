//! `quality`: how long it took, what came back, what was handed around.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::life::Life;
use super::named::{Named, Told};
use super::{Column, Measure, Report, Sheet, Spread, within};

/// Within which a ticket that was solved at first contact must not come back, in seconds.
const FIRST_CONTACT: i64 = 7 * 86_400;

/// Tickets that were solved at some time within the period; of them all figures.
///
/// Resolution time is from when it was reported to the last time it was solved (full) or the first; negative ones count
/// as 0. A reassignment goes from a set value to another. Time in status leaves out the state a ticket is in now, and is
/// calendar time always.
pub fn quality(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let (window, ruler) = (asked.window, asked.ruler);
    let all = window == (None, None);
    let is_chosen = |one: &Told| all || one.life.solved.iter().any(|(at, _)| within(window, *at));
    let chosen: Vec<&Told> = tickets.iter().map(|named| &named.told).filter(|one| is_chosen(one)).collect();
    let took = |pick: fn(&Life) -> Option<i64>| -> Vec<i64> {
        chosen.iter().filter_map(|one| Some(ruler.between(one.life.opened, pick(&one.life)?))).collect()
    };
    let full = Spread::of(took(|life| life.solved.last().map(|(at, _)| *at)));
    let first = Spread::of(took(|life| life.solved.first().map(|(at, _)| *at)));
    let events: u64 =
        chosen.iter().map(|one| one.life.reopened.iter().filter(|at| within(window, **at)).count() as u64).sum();
    let count = |test: &dyn Fn(&Told) -> bool| chosen.iter().filter(|one| test(one)).count();
    let solved = count(&|one| !one.life.solved.is_empty());
    let reopened = count(&|one| one.life.reopened.iter().any(|at| within(window, *at)));
    let ping_pong = count(&|one| one.life.ping_pong);
    let escalated = count(&|one| one.escalated);
    let first_contact = count(&|one| at_first_contact(one));
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
        "calendar": ruler.to_json(),
        "resolution_seconds_full": Spread::to_json(full),
        "resolution_seconds_first": Spread::to_json(first),
        "reopen": {"events": events, "tickets": reopened},
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
        sheets: sheets(&figures, solved, ruler.measure()),
        sentence: Some(format!(
            "{}; {reopened} came back, {} changed hands, {ping_pong} went back and forth.",
            if solved == 1 { "1 ticket was solved".to_owned() } else { format!("{solved} tickets were solved") },
            figures["reassignments"]["tickets_with_any"]
        )),
        figures,
        tickets: basis(tickets.iter().filter(|one| is_chosen(&one.told)), asked),
        ..Report::default()
    }
}

fn basis<'t>(chosen: impl Iterator<Item = &'t Named>, asked: &Asked<'_>) -> Basis {
    let (window, ruler) = (asked.window, asked.ruler);
    let mut basis = Basis::of(&[
        Column::of("resolution_seconds", ruler.measure()),
        Column::plain("reopened"),
        Column::plain("reassignments"),
        Column::plain("ping_pong"),
        Column::plain("escalated"),
        Column::plain("first_contact"),
    ]);
    for one in chosen {
        let life = &one.told.life;
        let took = life.solved.last().map(|(at, _)| ruler.between(life.opened, *at));
        let reopened = life.reopened.iter().filter(|at| within(window, **at)).count();
        let first = at_first_contact(&one.told);
        let row = [json!(took), json!(reopened), json!(life.reassignments), json!(life.ping_pong)];
        basis.add(one, row.into_iter().chain([json!(one.told.escalated), json!(first)]));
    }
    basis
}

/// Solved with exactly one public word of an agent, or with a solution alone, and not reopened within a week.
pub fn at_first_contact(one: &Told) -> bool {
    let Some((solved, _)) = one.life.solved.first() else { return false };
    let silent = one.answers == 0 && !one.life.field("solution").is_empty();
    let back = one.life.reopened.first().is_some_and(|at| at - solved <= FIRST_CONTACT);
    (one.answers == 1 || silent) && !back
}

fn sheets(figures: &Value, solved: usize, unit: Measure) -> Vec<Sheet> {
    let all =
        vec![times(figures, unit), shares(figures, solved), seconds(figures, "status"), seconds(figures, "waiting_on")];
    all.into_iter().filter(|sheet| !sheet.rows.is_empty()).collect()
}

fn times(figures: &Value, unit: Measure) -> Sheet {
    let kinds =
        [("last solved", &figures["resolution_seconds_full"]), ("first solved", &figures["resolution_seconds_first"])];
    Sheet::spreads("resolution_seconds", "resolution time", ("until", unit), &kinds)
}

fn shares(figures: &Value, solved: usize) -> Sheet {
    let row = |name: &str, count: &Value| {
        let share = match (count.as_f64(), solved) {
            (Some(count), 1..) => json!(format!("{:.1} %", 100.0 * count / solved as f64)),
            // A share of nothing is not available, never 100 %.
            _ => json!("n/a"),
        };
        vec![json!(name), count.clone(), share]
    };
    let rows = vec![
        row("solved at first contact", &figures["first_contact_tickets"]),
        row("reopened", &figures["reopen"]["tickets"]),
        row("reassigned", &figures["reassignments"]["tickets_with_any"]),
        row("queue came back (ping-pong)", &figures["ping_pong_tickets"]),
        row("escalated", &figures["escalated_tickets"]),
    ];
    let columns = vec![Column::plain("figure"), Column::plain("tickets"), Column::of("share", Measure::Share)];
    let sheet = Sheet::new("of_solved", &format!("of the {solved} that were solved"), columns, rows).bars("tickets");
    Sheet { n: Some(solved), ..sheet }
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
