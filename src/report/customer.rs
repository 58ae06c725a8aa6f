//! `customer`: what one customer was promised and got. For an outsourced desk: nothing in it is of anybody else.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::breaches::{self, missed, promise};
use super::judged::{Kept, Verdict, verdicts};
use super::named::Named;
use super::period::{Period, Unit};
use super::{Column, Headline, Measure, Report, Sheet, sla, time, within};
use crate::model::clock::is_excluded;
use crate::model::count::counted;
use crate::model::customer::{Contract, Customer};
use crate::model::policy::Clock;
use crate::model::word::Priority;

/// Of the tickets of one customer, in a period; without one the last 30 days:
///
/// what came, was solved and is open at the end; of each contract that was valid in it, or that a ticket of it was
/// opened under, which promises were kept ([`verdicts`]); every promise that was missed; what is left out of the figures
/// because of how it ended; working time in which tickets waited, by reason, of those solved in the period; hours by
/// whole month, also where the period has but a part of it: billable work, what the contract of the month's first day
/// includes (of a month that begins without one, the first that begins in it), and what is more, at its rate.
pub fn customer(name: &str, customer: &Customer, tickets: &[Named], asked: &Asked<'_>) -> Report {
    let (from, to) = asked.span();
    let window = (Some(from), Some(to));
    let at = asked.moment();
    let own: Vec<&Named> = tickets.iter().filter(|one| one.told.life.field("customer") == name).collect();
    let lives = || own.iter().map(|one| &one.told.life);
    let opened = lives().filter(|life| within(window, life.opened)).count();
    let resolved = lives().map(|life| life.done(window).count()).sum::<usize>();
    let open = lives().filter(|life| life.is_unsolved_at(at)).count();
    let verdicts: Vec<Verdict<'_>> = verdicts(own.iter().copied(), window).collect();
    let missed = missed(&verdicts);
    let figures = json!({
        "customer": name, "name": customer.name, "as_of": time(at),
        "opened": opened, "resolved": resolved, "open": open,
        "contracts": contracts(customer, &own, &verdicts, asked),
        "promises": promises(&verdicts),
        "breaches": missed.iter().map(|verdict| promise(verdict, asked.handle)).collect::<Vec<_>>(),
        "excluded": excluded(&own, window),
        "paused": paused(&own, window),
        "hours": hours(customer, &own, asked),
    });
    let shown = if customer.name.is_empty() { name } else { customer.name.as_str() };
    Report {
        name: "customer",
        heading: format!("{shown}, {}, in working time", asked.days()),
        headlines: [
            ("opened", opened),
            ("resolved", resolved),
            ("open at the end", open),
            ("promises missed", missed.len()),
        ]
        .map(|(name, count)| Headline {
            name: name.to_owned(),
            value: json!(count),
            unit: Measure::Plain,
            change: None,
        })
        .to_vec(),
        sheets: sheets(&figures),
        tickets: asked.basis(|| basis(&own, window, at)),
        sentence: Some(format!(
            "{opened} opened, {resolved} resolved, {open} open at the end; {} of {} missed.",
            missed.len(),
            counted(verdicts.len(), "promise")
        )),
        figures,
    }
}

/// Where the level of a ticket stands: what tells contracts apart, and them from the rules of the desk.
type Place = (String, usize);

fn place(verdict: &Verdict<'_>) -> Place {
    (verdict.judged.level.file.clone(), verdict.judged.level.line)
}

/// The first day on which a contract does not hold any more.
fn ends(customer: &Customer, contract: &Contract) -> Option<Date> {
    let later = customer.contracts.iter().filter_map(|other| other.valid_from);
    later.filter(|from| Some(*from) > contract.valid_from).min()
}

fn contracts(customer: &Customer, own: &[&Named], verdicts: &[Verdict<'_>], asked: &Asked<'_>) -> Vec<Value> {
    let (from, to) = asked.span();
    let (first, last) = (asked.day(from), asked.day(to - 1));
    let used: BTreeSet<usize> = own
        .iter()
        .filter_map(|one| one.told.judged.as_ref())
        .filter(|judged| judged.level.file != "desk.toml")
        .map(|judged| judged.level.line)
        .collect();
    let row = |contract: &Contract| {
        let end = ends(customer, contract);
        let holds = contract.valid_from.is_none_or(|from| from <= last) && end.is_none_or(|end| end > first);
        let own_verdicts: Vec<&Verdict<'_>> = verdicts.iter().filter(|verdict| is_of(verdict, contract)).collect();
        if !holds && own_verdicts.is_empty() && !used.contains(&contract.line) {
            return None;
        }
        let mut kept = Kept::default();
        own_verdicts.iter().for_each(|verdict| kept.add(verdict));
        let mut row = kept.to_json();
        row["contract"] = json!(contract.name);
        row["valid_from"] = json!(contract.valid_from.map(|day| day.to_string()));
        row["valid_until"] = json!(end.and_then(|day| day.yesterday().ok()).map(|day| day.to_string()));
        row["calendar"] = json!(contract.calendar);
        row["line"] = json!(contract.line);
        Some(row)
    };
    customer.contracts.iter().filter_map(|contract| row(contract)).collect()
}

/// Whether a clock ran by a contract: rules of the desk stand in another file.
fn is_of(verdict: &Verdict<'_>, contract: &Contract) -> bool {
    let level = &verdict.judged.level;
    level.file != "desk.toml" && level.line == contract.line
}

fn promises(verdicts: &[Verdict<'_>]) -> Vec<Value> {
    let mut kept: BTreeMap<(Place, Priority, Clock), (String, Kept)> = BTreeMap::new();
    for verdict in verdicts {
        let key = (place(verdict), verdict.run.priority, verdict.run.clock);
        let entry = kept.entry(key).or_insert_with(|| (verdict.judged.level.name.clone(), Kept::default()));
        entry.1.add(verdict);
    }
    let row = |((_, priority, clock), (name, kept)): ((Place, Priority, Clock), (String, Kept))| {
        let mut row = kept.to_json();
        row["level"] = json!(name);
        row["priority"] = json!(priority.as_str());
        row["clock"] = json!(clock.as_str());
        row
    };
    kept.into_iter().map(row).collect()
}

/// Tickets that ended in the period in a way that takes them out of the figures.
fn excluded(own: &[&Named], window: super::Window) -> Vec<Value> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for life in own.iter().map(|one| &one.told.life) {
        for (_, resolution) in life.solved.iter().filter(|(at, how)| within(window, *at) && is_excluded(how)) {
            *counts.entry(resolution).or_default() += 1;
        }
    }
    counts.into_iter().map(|(resolution, count)| json!({"resolution": resolution, "tickets": count})).collect()
}

/// Of the tickets that were solved in the period.
fn paused(own: &[&Named], window: super::Window) -> Vec<Value> {
    let mut sums: BTreeMap<&str, (u64, i64)> = BTreeMap::new();
    let solved = own.iter().filter(|one| one.told.life.done(window).next().is_some());
    for (on, seconds) in solved.filter_map(|one| one.told.judged.as_ref()).flat_map(|judged| &judged.paused) {
        let sum = sums.entry(on.as_str()).or_default();
        *sum = (sum.0 + 1, sum.1 + seconds);
    }
    let row = |(on, (tickets, seconds))| json!({"waiting_on": on, "tickets": tickets, "working_seconds": seconds});
    sums.into_iter().map(row).collect()
}

/// The first day of the first contract that begins within these days.
fn begins_within(customer: &Customer, first: Date, last: Date) -> Option<Date> {
    let begins = customer.contracts.iter().filter_map(|contract| contract.valid_from);
    begins.filter(|day| (first..=last).contains(day)).min()
}

fn hours(customer: &Customer, own: &[&Named], asked: &Asked<'_>) -> Vec<Value> {
    let (from, to) = asked.span();
    let work = || own.iter().flat_map(|one| &one.told.work).filter(|work| work.billable);
    let row = |period: Period| {
        let window = (Some(period.from), Some(period.to));
        let minutes: u64 = work().filter(|work| within(window, work.at)).map(|work| work.minutes).sum();
        let (first, last) = (asked.day(period.from), asked.day(period.to - 1));
        let on = |day| Contract::valid_on(&customer.contracts, day);
        let contract = on(first).or_else(|| on(begins_within(customer, first, last)?));
        let included = contract.and_then(|contract| contract.included_hours);
        let used = minutes as f64 * 60.0;
        let over = (used - included.unwrap_or(0.0) * 3_600.0).max(0.0);
        let rate = contract.and_then(|contract| contract.hourly_rate);
        let amount = rate.map(|rate| (over / 3_600.0 * rate * 100.0).round() / 100.0);
        json!({"month": period.name, "work_seconds": minutes * 60,
            "included_seconds": included.map(|hours| (hours * 3_600.0).round() as i64),
            "over_seconds": over.round() as i64, "amount": amount,
            "currency": contract.filter(|_| rate.is_some()).map(|contract| contract.currency.clone())})
    };
    let rows = Period::all(Unit::Month, from, to - 1, asked.zone).into_iter().map(row);
    let rows: Vec<Value> = rows.collect();
    // Where no hour was noted and none is included there is nothing to tell.
    let says = |row: &Value| row["work_seconds"] != 0 || !row["included_seconds"].is_null();
    if rows.iter().any(says) { rows } else { Vec::new() }
}

fn sheets(figures: &Value) -> Vec<Sheet> {
    let plain = Column::plain;
    let seconds = |name| Column::of(name, Measure::Working);
    let mut of_contracts = vec![plain("contract")];
    of_contracts.extend(["valid_from", "valid_until"].map(|name| Column::of(name, Measure::Time)));
    of_contracts.extend(sla::columns(&["calendar"]));
    let hours = vec![
        plain("month"),
        seconds("work_seconds"),
        seconds("included_seconds"),
        seconds("over_seconds"),
        Column::of("amount", Measure::Money),
        Column::of("currency", Measure::Currency),
    ];
    vec![
        Sheet::of("contracts", "contracts", of_contracts, &figures["contracts"]),
        Sheet::of("promises", "kept promises", sla::columns(&["level", "priority", "clock"]), &figures["promises"]),
        Sheet::of("breaches", "missed, the latest by most first", breaches::columns(&[]), &figures["breaches"]),
        Sheet::of(
            "excluded",
            "left out of the figures",
            vec![plain("resolution"), plain("tickets")],
            &figures["excluded"],
        ),
        Sheet::of(
            "paused",
            "waiting, of what was resolved",
            vec![plain("waiting_on"), plain("tickets"), seconds("working_seconds")],
            &figures["paused"],
        )
        .bars("working_seconds"),
        Sheet::of("hours", "hours", hours, &figures["hours"]),
    ]
}

/// Each ticket for each of: opened, resolved, open at the end.
fn basis(own: &[&Named], window: super::Window, at: i64) -> Basis {
    let mut basis = Basis::of_figures(&[Column::plain("priority"), Column::of("at", Measure::Time)]);
    for one in own {
        let life = &one.told.life;
        let priority = life.field("priority");
        if within(window, life.opened) {
            basis.add(one, [json!("opened"), json!(priority), json!(time(life.opened))]);
        }
        for solved in life.done(window) {
            basis.add(one, [json!("resolved"), json!(priority), json!(time(solved))]);
        }
        if life.is_unsolved_at(at) {
            basis.add(one, [json!("open"), json!(priority), json!(time(at))]);
        }
    }
    basis
}
