//! `early-faults`: one model, version or asset that fails at several customers within a week.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::asked::{Asked, DAY};
use super::basis::Basis;
use super::life::Life;
use super::named::Named;
use super::{Column, Measure, Report, Sheet};
use crate::model::count::counted;
use crate::model::word::Kind;

/// Within which the incidents must come, in seconds.
const SPAN: i64 = 7 * DAY;
/// Fewest incidents, and fewest customers.
const INCIDENTS: usize = 3;
const CUSTOMERS: usize = 2;

/// What may be at fault: what it is, and its name.
type Thing = (&'static str, String);

/// Three or more incidents, opened within seven days of each other and within the period, on one thing, from two or more
/// customers. A thing is the ticket's `asset`; its `fields.model`; and its `fields.version`, with the model in front
/// where there is one. Of several such weeks of one thing the one with the most incidents counts, then the earliest.
/// Tickets without a customer count as incidents, not as a customer. Without a period: the last 30 days.
pub fn early_faults(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let (from, to) = asked.span();
    let mut of_thing: BTreeMap<Thing, Vec<&Named>> = BTreeMap::new();
    for one in tickets.iter().filter(|one| (from..to).contains(&one.told.life.opened)) {
        for thing in things(&one.told.life) {
            of_thing.entry(thing).or_default().push(one);
        }
    }
    let mut faults: Vec<(Thing, Vec<&Named>)> =
        of_thing.into_iter().filter_map(|(thing, all)| Some((thing, worst_week(all)?))).collect();
    faults.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    let rows: Value = faults.iter().map(|(thing, week)| row(thing, week)).collect();
    let columns = vec![
        Column::plain("kind"),
        Column::plain("name"),
        Column::plain("tickets"),
        Column::plain("customers"),
        Column::of("first", Measure::Time),
        Column::of("last", Measure::Time),
    ];
    let sheet = Sheet::of("faults", "fails at several customers", columns, &rows).bars("tickets");
    Report {
        name: "early-faults",
        heading: format!("what fails at several customers within a week, {}", asked.days()),
        sheets: vec![sheet],
        tickets: asked.basis(|| basis(&faults)),
        sentence: Some(match faults.len() {
            0 => "Nothing failed at several customers in that time.".to_owned(),
            some => format!("{} failed at several customers within a week.", counted(some, "thing")),
        }),
        figures: json!({"faults": rows}),
        ..Report::default()
    }
}

fn things(life: &Life) -> Vec<Thing> {
    if !["", Kind::Incident.as_str()].contains(&life.field("kind")) {
        return Vec::new();
    }
    let (model, version) = (life.field("fields.model"), life.field("fields.version"));
    let of_model = if version.is_empty() { String::new() } else { format!("{model} {version}").trim().to_owned() };
    let all = [("asset", life.field("asset").to_owned()), ("model", model.to_owned()), ("version", of_model)];
    all.into_iter().filter(|(_, name)| !name.is_empty()).collect()
}

/// The incidents of the seven days that have the most of them, of those that have enough from enough customers.
fn worst_week(mut all: Vec<&Named>) -> Option<Vec<&Named>> {
    all.sort_by_key(|one| (one.told.life.opened, &one.id));
    let weeks = all.iter().enumerate().map(|(first, one)| {
        let end = one.told.life.opened.saturating_add(SPAN);
        let last = all.partition_point(|other| other.told.life.opened < end);
        &all[first..last]
    });
    let enough = weeks.filter(|week| week.len() >= INCIDENTS && customers(week) >= CUSTOMERS);
    // The first of several as long: `max_by_key` would take the last.
    enough.reduce(|best, week| if week.len() > best.len() { week } else { best }).map(<[&Named]>::to_vec)
}

fn customers(week: &[&Named]) -> usize {
    let names = week.iter().map(|one| one.told.life.field("customer")).filter(|name| !name.is_empty());
    names.collect::<BTreeSet<_>>().len()
}

fn row((kind, name): &Thing, week: &[&Named]) -> Value {
    let time = |one: Option<&&Named>| one.and_then(|one| super::time(one.told.life.opened));
    json!({"kind": kind, "name": name, "tickets": week.len(), "customers": customers(week),
           "first": time(week.first()), "last": time(week.last())})
}

fn basis(faults: &[(Thing, Vec<&Named>)]) -> Basis {
    let mut basis = Basis::of(&["kind", "name", "customer", "queue"].map(Column::plain));
    for ((kind, name), week) in faults {
        for one in week {
            let life = &one.told.life;
            basis.add(one, [json!(kind), json!(name), json!(life.field("customer")), json!(life.queue_at(i64::MAX))]);
        }
    }
    basis
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(opened: i64, customer: &str) -> Named {
        let mut one = Named { id: format!("{opened:09}"), ..Named::default() };
        one.told.life.opened = opened;
        one.told.life.fields.insert("customer", customer.to_owned());
        one
    }

    #[test]
    fn a_week_needs_three_incidents_and_two_customers() {
        let week = |all: &[(i64, &str)]| {
            let all: Vec<Named> = all.iter().map(|(at, customer)| incident(*at, customer)).collect();
            worst_week(all.iter().collect()).map(|week| week.len())
        };
        assert_eq!(week(&[(0, "a"), (1, "b"), (SPAN - 1, "a")]), Some(3));
        assert_eq!(week(&[(0, "a"), (1, "b"), (SPAN, "a")]), None, "the last is a week after the first");
        assert_eq!(week(&[(0, "a"), (1, "a"), (2, "a"), (3, "")]), None, "one customer");
        let later = [(SPAN + 1, "b"), (SPAN + 2, "a"), (SPAN + 3, "a"), (SPAN + 4, "b")];
        let two = [&[(0, "a"), (1, "b"), (2, "a")][..], &later].concat();
        assert_eq!(week(&two), Some(4), "of two weeks that with more");
    }
}
