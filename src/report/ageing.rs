//! `ageing`: how old open tickets are, which nobody has, which have long been waiting.

use serde_json::{Value, json};

use super::asked::{Asked, DAY};
use super::basis::Basis;
use super::named::Named;
use super::{Column, Measure, Report, Sheet, time};

/// Ages in days, each up to the next; the last has no end.
pub const AGES: &[(&str, i64)] =
    &[("< 1 day", 1), ("1–3 days", 3), ("3–7 days", 7), ("7–30 days", 30), ("> 30 days", i64::MAX)];

/// Rows of a list of tickets.
const TOP: usize = 10;
/// From which time on a ticket has been waiting for long, in seconds.
const LONG: i64 = 7 * DAY;

/// Of the tickets that are open at a moment: how many there are of each age, since when they were reported; of these,
/// how many nobody has and how many have been waiting for more than seven days, with no turn to another status between.
/// The oldest ten of all, the oldest ten that nobody has, the ten that have been waiting for longest.
pub fn ageing(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let at = asked.moment();
    let open = open_at(tickets, at);
    let free: Vec<&Named> = open.iter().copied().filter(|one| one.told.life.agent_at(at).is_empty()).collect();
    let mut waiting: Vec<(i64, &str, &Named)> = open.iter().filter_map(|one| long_waiting(one, at)).collect();
    waiting.sort_by_key(|(since, _, one)| (*since, &one.id));
    let figures = json!({
        "open": open.len(),
        "open_at": time(at),
        "unassigned": free.len(),
        "waiting": waiting.len(),
        "age": ages(&open, at),
        "oldest": oldest(&open, at, TOP, asked.handle),
        "oldest_unassigned": oldest(&free, at, TOP, asked.handle),
        "longest_waiting": waiting.iter().take(TOP).map(|(since, on, one)| {
            json!({"id": one.id, "handle": (asked.handle)(&one.id), "title": one.title, "waiting_on": on,
                   "waiting_seconds": at - since})
        }).collect::<Vec<_>>(),
    });
    Report {
        name: "ageing",
        heading: format!("how old what is open is, as of {}", asked.day(at)),
        sheets: sheets(&figures),
        tickets: asked.basis(|| basis(&open, at)),
        sentence: Some(format!(
            "{} open; {} without an agent, {} waiting for more than 7 days.",
            open.len(),
            free.len(),
            waiting.len()
        )),
        figures,
        ..Report::default()
    }
}

/// What is open at a moment, the oldest first.
pub fn open_at(tickets: &[Named], at: i64) -> Vec<&Named> {
    let mut open: Vec<&Named> = tickets.iter().filter(|one| one.told.life.is_unsolved_at(at)).collect();
    open.sort_by_key(|one| (one.told.life.opened, &one.id));
    open
}

fn long_waiting(one: &Named, at: i64) -> Option<(i64, &str, &Named)> {
    let (since, on) = one.told.life.waiting_at(at).filter(|(since, _)| at - since > LONG)?;
    Some((since, on, one))
}

fn age(one: &Named, at: i64) -> i64 {
    (at - one.told.life.opened).max(0)
}

/// The age that so many seconds are of.
fn name_of(age: i64) -> &'static str {
    let fits = AGES.iter().find(|(_, days)| age < days.saturating_mul(DAY));
    fits.or(AGES.last()).map_or("", |(name, _)| name)
}

/// A row for each age, also where there is no ticket of it.
pub fn ages(open: &[&Named], at: i64) -> Vec<Value> {
    let row = |(name, _): &(&str, i64)| {
        let of: Vec<&&Named> = open.iter().filter(|one| name_of(age(one, at)) == *name).collect();
        let free = of.iter().filter(|one| one.told.life.agent_at(at).is_empty()).count();
        let waiting = of.iter().filter(|one| long_waiting(one, at).is_some()).count();
        json!({"age": name, "tickets": of.len(), "unassigned": free, "waiting": waiting})
    };
    AGES.iter().map(row).collect()
}

/// The first `most` of tickets that are sorted by age.
pub fn oldest(open: &[&Named], at: i64, most: usize, handle: &dyn Fn(&str) -> String) -> Vec<Value> {
    let row = |one: &&Named| {
        json!({"id": one.id, "handle": handle(&one.id), "title": one.title, "queue": one.told.life.queue_at(at),
               "agent": one.told.life.agent_at(at), "age_seconds": age(one, at)})
    };
    open.iter().take(most).map(row).collect()
}

fn sheets(figures: &Value) -> Vec<Sheet> {
    let plain = Column::plain;
    let age = Column::of("age_seconds", Measure::Seconds);
    let (id, title, queue, agent) = (plain("id"), plain("title"), plain("queue"), plain("agent"));
    let all = [
        Sheet::of(
            "age",
            "age of what is open",
            vec![plain("age"), plain("tickets"), plain("unassigned"), plain("waiting")],
            &figures["age"],
        )
        .bars("tickets"),
        Sheet::of("oldest", "oldest", vec![id, title, queue, agent, age], &figures["oldest"]),
        Sheet::of(
            "oldest_unassigned",
            "oldest that nobody has",
            vec![id, title, queue, age],
            &figures["oldest_unassigned"],
        ),
        Sheet::of(
            "longest_waiting",
            "waiting for more than 7 days, the longest",
            vec![id, title, plain("waiting_on"), Column::of("waiting_seconds", Measure::Seconds)],
            &figures["longest_waiting"],
        ),
    ];
    all.into_iter().map(|sheet| sheet.only_if(figures["open"] != 0)).collect()
}

fn basis(open: &[&Named], at: i64) -> Basis {
    let mut basis = Basis::of_figures(&[
        Column::plain("queue"),
        Column::plain("agent"),
        Column::of("age_seconds", Measure::Seconds),
        Column::plain("waiting_on"),
        Column::of("waiting_seconds", Measure::Seconds),
    ]);
    for one in open {
        let life = &one.told.life;
        let (since, on) = life.waiting_at(at).map_or((None, ""), |(since, on)| (Some(at - since), on));
        let name = name_of(age(one, at));
        let row = [json!(name), json!(life.queue_at(at)), json!(life.agent_at(at)), json!(age(one, at)), json!(on)];
        basis.add(one, row.into_iter().chain([json!(since)]));
    }
    basis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_ends_where_the_next_begins() {
        let names: Vec<&str> = [0, DAY - 1, DAY, 3 * DAY, 7 * DAY - 1, 30 * DAY, i64::MAX].map(name_of).to_vec();
        assert_eq!(names, ["< 1 day", "< 1 day", "1–3 days", "3–7 days", "3–7 days", "> 30 days", "> 30 days"]);
    }
}
