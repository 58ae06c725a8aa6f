//! `problems`: open problems with their incidents, and known errors.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::life::Life;
use super::named::{Named, Tickets};
use super::ruler::Ruler;
use super::{Column, Measure, Report, Sheet, time};
use crate::model::count::counted;
use crate::model::word::{Kind, LinkType, Resolution};

/// Problems by id with the tickets that are linked with them, whichever of the two says so; problems that nothing is
/// linked with are there, too. A duplicate, and a ticket that follows another, is no incident of a problem.
pub fn linked(tickets: &Tickets) -> BTreeMap<&str, (&Named, Vec<&Named>)> {
    let all: HashMap<&str, &Named> = tickets.all().map(|one| (one.id.as_str(), one)).collect();
    let mut problems: BTreeMap<&str, (&Named, Vec<&Named>)> = BTreeMap::new();
    for problem in tickets.all().filter(|one| is_problem(&one.told.life)) {
        problems.insert(&problem.id, (problem, Vec::new()));
    }
    for one in tickets.all() {
        for other in one.told.life.links.iter().filter_map(|link| all.get(target(link)?)) {
            for (problem, incident) in [(one, *other), (*other, one)] {
                if let Some((_, incidents)) = problems.get_mut(problem.id.as_str()) {
                    incidents.push(incident);
                }
            }
        }
    }
    for (_, incidents) in problems.values_mut() {
        incidents.retain(|one| !is_problem(&one.told.life));
        incidents.sort_by_key(|one| (one.told.life.opened, &one.id));
        incidents.dedup_by_key(|one| &one.id);
    }
    problems
}

pub fn is_problem(life: &Life) -> bool {
    life.field("kind") == Kind::Problem.as_str()
}

/// The ticket that a link leads to, where the link makes an incident one of a problem.
fn target(link: &str) -> Option<&str> {
    let (kind, id) = link.split_once(' ')?;
    LinkType::parse(kind)?.ties_to_problem().then_some(id)
}

/// Tickets of kind `problem`. Open: not solved at the end of the period, or now; with how many tickets are linked with
/// each (see [`linked`]), how many of those are open at that moment, and its workaround: what `workaround` says, which is
/// given its id. Known errors: problems whose resolution is `known-error` and that are solved at that moment. Links,
/// kind and resolution are those at the end of what is known. Tickets that are not reported on are counted where a problem
/// has them, and never named.
pub fn problems(tickets: &Tickets, asked: &Asked<'_>, workaround: &dyn Fn(&Named) -> String) -> Report {
    let at = asked.moment();
    let linked = linked(tickets);
    let meant = || tickets.meant.iter().filter_map(|one| linked.get(one.id.as_str()));
    let mut open: Vec<&(&Named, Vec<&Named>)> = meant().filter(|(one, _)| one.told.life.is_unsolved_at(at)).collect();
    open.sort_by_key(|(one, incidents)| (std::cmp::Reverse(incidents.len()), one.told.life.opened, &one.id));
    let mut known: Vec<&(&Named, Vec<&Named>)> =
        meant().filter(|(one, _)| is_known_error(&one.told.life, at)).collect();
    known.sort_by_key(|(one, _)| (one.told.life.opened, &one.id));
    let row = |(one, incidents): &&(&Named, Vec<&Named>)| {
        let life = &one.told.life;
        let unsolved = incidents.iter().filter(|one| one.told.life.is_unsolved_at(at)).count();
        json!({"id": one.id, "handle": (asked.handle)(&one.id), "title": one.title, "priority": life.field("priority"),
               "agent": life.agent_at(at), "age_seconds": (at - life.opened).max(0), "incidents": incidents.len(),
               "open_incidents": unsolved, "workaround": workaround(one)})
    };
    let figures = json!({
        "open_at": time(at),
        "open": open.iter().map(row).collect::<Vec<_>>(),
        "known_errors": known.iter().map(row).collect::<Vec<_>>(),
    });
    let incidents: usize = open.iter().map(|(_, incidents)| incidents.len()).sum();
    let without = figures["open"].as_array().into_iter().flatten().filter(|row| row["workaround"] == "").count();
    Report {
        name: "problems",
        heading: format!("open problems and known errors, as of {}", asked.day(at)),
        sheets: sheets(&figures),
        tickets: asked.basis(|| basis(tickets, &open, &known)),
        sentence: Some(format!(
            "{} open with {}, {without} without a workaround; {}.",
            counted(open.len(), "problem"),
            counted(incidents, "ticket"),
            counted(known.len(), "known error")
        )),
        figures,
        ..Report::default()
    }
}

/// How long a ticket was unsolved until a moment, by a ruler: what its requester lost. Waiting counts, for them it did not
/// work then either; of a ticket that came back, the time between does not.
pub fn lost(life: &Life, ruler: Ruler<'_>, at: i64) -> i64 {
    let span = |(from, to): &(i64, Option<i64>)| ruler.between(*from, to.unwrap_or(at).min(at));
    life.unsolved.iter().map(span).fold(0, i64::saturating_add)
}

/// Whether a problem had ended as one at a moment, and is so still.
pub fn is_known_error(life: &Life, at: i64) -> bool {
    life.field("resolution") == Resolution::KnownError.as_str()
        && life.solved.last().is_some_and(|(solved, _)| *solved <= at)
        && !life.is_unsolved_at(at)
}

fn sheets(figures: &Value) -> Vec<Sheet> {
    let plain = Column::plain;
    let columns = vec![
        plain("id"),
        plain("title"),
        plain("priority"),
        plain("agent"),
        Column::of("age_seconds", Measure::Seconds),
        plain("incidents"),
        plain("open_incidents"),
        plain("workaround"),
    ];
    let sheet = |key: &'static str, title: &str| Sheet::of(key, title, columns.clone(), &figures[key]);
    vec![sheet("open", "open problems"), sheet("known_errors", "known errors")]
}

fn basis(tickets: &Tickets, open: &[&(&Named, Vec<&Named>)], known: &[&(&Named, Vec<&Named>)]) -> Basis {
    let meant: HashSet<&str> = tickets.meant.iter().map(|one| one.id.as_str()).collect();
    let mut basis = Basis::of_figures(&["problem", "queue"].map(Column::plain));
    for (figure, all) in [("problem", open), ("known error", known)] {
        for (problem, incidents) in all {
            let mut row = |figure: &str, one: &Named| {
                basis.add(one, [json!(figure), json!(problem.id), json!(one.told.life.queue_at(i64::MAX))]);
            };
            row(figure, problem);
            let named = incidents.iter().filter(|one| meant.contains(one.id.as_str()));
            named.for_each(|one| row("incident", one));
        }
    }
    basis
}
