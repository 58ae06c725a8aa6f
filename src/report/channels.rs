//! `channels`: how tickets come in, and how each way does.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::group::Group;
use super::hours;
use super::named::Named;
use super::quality::at_first_contact;
use super::{Column, Measure, Report, Sheet, Spread, Window, percent, time, within};

#[derive(Default)]
struct Way {
    opened: u64,
    /// Seconds from when it was reported to the first answer.
    answers: Vec<i64>,
    /// Seconds from when it was reported to each time it was resolved.
    solutions: Vec<i64>,
    /// Tickets that were resolved, and those of them that were at first contact.
    solved: u64,
    at_once: u64,
}

/// Opened: within the period. First response: of tickets opened within the period that had one. Resolved, and how long it
/// took: changes from unsolved to solved within the period, to cancelled and duplicate left out. First contact: of the tickets that
/// were so resolved, those with exactly one public word of an agent, or a solution alone, and not reopened within a week.
/// In calendar time or in working time of a calendar; medians by nearest rank. Beside it, at which hour of which weekday tickets were opened within the
/// period, in the desk's time zone.
pub fn channels(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let group = asked.groups.first().copied().unwrap_or(Group::Channel);
    let (window, ruler) = (asked.window, asked.ruler);
    let mut ways: BTreeMap<&str, Way> = BTreeMap::new();
    for told in tickets.iter().map(|named| &named.told) {
        let life = &told.life;
        if within(window, life.opened) {
            let way = ways.entry(group.first(life)).or_default();
            way.opened += 1;
            way.answers.extend(told.responded.map(|at| ruler.between(life.opened, at)));
        }
        let solved: Vec<i64> = life.done(window).collect();
        let Some(last) = solved.last() else { continue };
        let way = ways.entry(group.of(life, *last)).or_default();
        way.solutions.extend(solved.iter().map(|at| ruler.between(life.opened, *at)));
        way.solved += 1;
        way.at_once += u64::from(at_first_contact(told, window));
    }
    let opened: u64 = ways.values().map(|way| way.opened).sum();
    let most =
        ways.iter().filter(|(_, way)| way.opened > 0).max_by_key(|(name, way)| (way.opened, std::cmp::Reverse(**name)));
    let sentence = match most {
        Some((name, way)) => {
            let name = if name.is_empty() { "none" } else { *name };
            format!("{opened} opened; most by {}: {name}, {} of them.", group.name(), way.opened)
        }
        None => "Nothing was opened in that time.".to_owned(),
    };
    let mut sorted: Vec<(&str, Way)> = ways.into_iter().collect();
    sorted.sort_by(|a, b| b.1.opened.cmp(&a.1.opened).then_with(|| a.0.cmp(b.0)));
    let rows: Value = sorted.into_iter().map(|(name, way)| row(group, name, way)).collect();
    let columns = vec![
        Column::plain(group.name()),
        Column::plain("opened"),
        Column::of("resolved", Measure::N),
        Column::of("respond_median_seconds", ruler.measure()),
        Column::of("resolve_median_seconds", ruler.measure()),
        Column::of("first_contact_percent", Measure::Percent),
    ];
    let opened_at = tickets.iter().map(|named| named.told.life.opened).filter(|at| within(window, *at));
    let hours = hours::rows(opened_at, asked.zone);
    let sheets = [
        Sheet::of(group.plural(), &format!("by {}", group.name()), columns, &rows).bars("opened"),
        hours::sheet("when they come", &hours),
    ];
    Report {
        name: "channels",
        heading: format!("what came in and how it went, by {}, in {}", group.name(), ruler.words()),
        sheets: sheets.into_iter().map(|sheet| sheet.only_if(opened > 0 || rows != json!([]))).collect(),
        sentence: Some(sentence),
        tickets: asked.basis(|| basis(tickets, group, window)),
        figures: json!({group.plural(): rows, "hours": hours, "calendar": ruler.to_json()}),
        ..Report::default()
    }
}

fn basis(tickets: &[Named], group: Group, window: Window) -> Basis {
    let columns = [Column::plain(group.name()), Column::of("at", Measure::Time)];
    let mut basis = Basis::of_figures(&columns);
    for one in tickets {
        let life = &one.told.life;
        let mut add = |figure: &str, way: &str, at: i64| basis.add(one, [json!(figure), json!(way), json!(time(at))]);
        if within(window, life.opened) {
            add("opened", group.first(life), life.opened);
        }
        life.done(window).for_each(|at| add("resolved", group.of(life, at), at));
    }
    basis
}

fn row(group: Group, name: &str, way: Way) -> Value {
    let median = |values: Vec<i64>| Spread::of(values).map(|spread| spread.median);
    json!({
        group.name(): name,
        "opened": way.opened,
        "resolved": way.solutions.len(),
        "responded": way.answers.len(),
        "respond_median_seconds": median(way.answers),
        "resolve_median_seconds": median(way.solutions),
        "first_contact_tickets": way.at_once,
        "first_contact_percent": percent(way.at_once, way.solved),
    })
}
