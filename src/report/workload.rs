//! `workload`: who has how much, got how much, and did how much.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::group::Group;
use super::named::Named;
use super::{Column, Measure, Report, Sheet, Window, time, within};
use crate::model::count::counted;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Load {
    open: u64,
    new: u64,
    resolved: u64,
    minutes: u64,
}

/// A sheet for each group. Open: not solved at the end of the period, or now where that is still to come, by whose it was
/// then. New: opened within the period, by its first queue, the first agent who had it. Resolved: changes from unsolved to solved within the
/// period, cancelled ones left out, by whose it was then. Work: the minutes of `work` entries of the period; by agents
/// those that they did themselves, whosever the ticket was.
pub fn workload(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let (groups, window, at) = (asked.groups, asked.window, asked.moment());
    let loads: Vec<(Group, BTreeMap<&str, Load>)> =
        groups.iter().map(|group| (*group, of_group(tickets, *group, window, at))).collect();
    let mut figures = json!({"open_at": time(at)});
    let mut sheets = Vec::new();
    for (group, loads) in &loads {
        let rows = rows(*group, loads);
        let columns = ["open", "new", "resolved"].map(Column::plain);
        let columns = [Column::plain(group.name())].into_iter().chain(columns);
        let columns = columns.chain([Column::of("work_seconds", Measure::Seconds)]).collect();
        sheets.push(Sheet::of(group.plural(), &format!("by {}", group.name()), columns, &rows).bars("open"));
        figures[group.plural()] = rows;
    }
    let sum =
        |of: fn(&Load) -> u64| -> u64 { loads.iter().take(1).flat_map(|(_, loads)| loads.values()).map(of).sum() };
    let minutes = counted(sum(|load| load.minutes), "minute");
    let (open, new, resolved) = (sum(|load| load.open), sum(|load| load.new), sum(|load| load.resolved));
    Report {
        name: "workload",
        heading: "who has how much, got how much, and did how much".to_owned(),
        sheets,
        sentence: Some(format!("{open} open, {new} new, {resolved} resolved, {minutes} of work.")),
        figures,
        tickets: asked.basis(|| groups.first().map(|group| basis(tickets, *group, window, at)).unwrap_or_default()),
        ..Report::default()
    }
}

/// By the first of the groups.
fn basis(tickets: &[Named], group: Group, window: Window, at: i64) -> Basis {
    let mut basis = Basis::of_figures(&[Column::plain(group.name()), Column::of("work_seconds", Measure::Seconds)]);
    for one in tickets {
        let life = &one.told.life;
        let mut row = |figure: &str, whose: &str, seconds: Option<u64>| {
            basis.add(one, [json!(figure), json!(whose), json!(seconds)]);
        };
        let mut add = |figure: &str, whose: &str| row(figure, whose, None);
        if life.is_unsolved_at(at) {
            add("open", group.of(life, at));
        }
        if within(window, life.opened) {
            add("new", group.first(life));
        }
        life.done(window).for_each(|solved| add("resolved", group.of(life, solved)));
        for work in one.told.work.iter().filter(|work| within(window, work.at)) {
            let whose = if group == Group::Agent { work.by.as_str() } else { group.of(life, work.at) };
            row("work", whose, Some(work.minutes * 60));
        }
    }
    basis
}

fn of_group(tickets: &[Named], group: Group, window: Window, at: i64) -> BTreeMap<&str, Load> {
    let mut loads: BTreeMap<&str, Load> = BTreeMap::new();
    for told in tickets.iter().map(|named| &named.told) {
        let life = &told.life;
        if life.is_unsolved_at(at) {
            loads.entry(group.of(life, at)).or_default().open += 1;
        }
        if within(window, life.opened) {
            loads.entry(group.first(life)).or_default().new += 1;
        }
        for solved in life.done(window) {
            loads.entry(group.of(life, solved)).or_default().resolved += 1;
        }
        for work in told.work.iter().filter(|work| within(window, work.at)) {
            let whose = if group == Group::Agent { work.by.as_str() } else { group.of(life, work.at) };
            loads.entry(whose).or_default().minutes += work.minutes;
        }
    }
    loads
}

/// The most open first.
fn rows(group: Group, loads: &BTreeMap<&str, Load>) -> Value {
    let mut sorted: Vec<(&&str, &Load)> = loads.iter().collect();
    sorted.sort_by(|a, b| b.1.open.cmp(&a.1.open).then_with(|| a.0.cmp(b.0)));
    sorted
        .into_iter()
        .map(|(name, Load { open, new, resolved, minutes })| {
            json!({group.name(): name, "open": open, "new": new, "resolved": resolved, "work_seconds": minutes * 60})
        })
        .collect()
}
