//! `recurring`: what comes back more than usual, and what should be a problem.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::asked::{Asked, DAY};
use super::basis::Basis;
use super::life::Life;
use super::named::{Named, Tickets};
use super::period::Period;
use super::problems::{is_problem, linked};
use super::{Column, Report, Sheet};
use crate::model::count::counted;

/// Periods before that say what is usual.
const BEFORE: i64 = 8;
/// Fewest tickets that are more than usual.
const FEWEST: u64 = 3;
/// Tickets of a group in 30 days that make it a candidate for a problem.
const CANDIDATE: usize = 5;
const MONTH: i64 = 30 * DAY;
/// Tickets that a proposed problem is linked with, the latest ones.
const LINKED: usize = 10;

/// What a ticket is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct About<'t> {
    pub service: &'t str,
    pub category: &'t str,
    pub asset: &'t str,
}

impl<'t> About<'t> {
    /// `None` for a ticket that says none of the three, and for a problem, which is no repetition of its incidents.
    fn of(life: &'t Life) -> Option<About<'t>> {
        let about =
            About { service: life.field("service"), category: life.field("category"), asset: life.field("asset") };
        let says = [about.service, about.category, about.asset].iter().any(|name| !name.is_empty());
        (says && !is_problem(life)).then_some(about)
    }

    /// `vpn, network/vpn, fw-rtm-01`
    pub fn name(&self) -> String {
        let parts = [self.service, self.category, self.asset].into_iter().filter(|name| !name.is_empty());
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// Groups of tickets by service, category and asset that came more often than usual: the count x of those opened within
/// the period is at least 3 and above m + 3·√max(m, 1), where m is the mean of the eight equal times before. The
/// greatest first; with x and m.
pub fn unusual<'t>(lives: &[&'t Life], period: &Period) -> Vec<(About<'t>, u64, f64)> {
    let span = period.to - period.from;
    let begin = period.from.saturating_sub(span.saturating_mul(BEFORE));
    let mut groups: BTreeMap<About<'_>, (u64, u64)> = BTreeMap::new();
    for life in lives.iter().filter(|life| (begin..period.to).contains(&life.opened)) {
        let Some(about) = About::of(life) else { continue };
        let counts = groups.entry(about).or_default();
        if period.holds(life.opened) {
            counts.0 += 1;
        } else {
            counts.1 += 1;
        }
    }
    let mean = |(about, (count, before)): (About<'t>, (u64, u64))| (about, count, before as f64 / BEFORE as f64);
    let is_unusual = |(_, count, mean): &(About<'_>, u64, f64)| {
        *count >= FEWEST && *count as f64 > mean + 3.0 * mean.max(1.0).sqrt()
    };
    let mut rows: Vec<_> = groups.into_iter().map(mean).filter(is_unusual).collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    rows
}

/// A group that should be a problem.
pub struct Candidate<'t> {
    pub about: About<'t>,
    /// Those of the last 30 days, the oldest first.
    pub tickets: Vec<&'t Named>,
}

impl Candidate<'_> {
    /// The words of the command that opens it as a problem; whoever prints them quotes them.
    pub fn command(&self) -> Vec<String> {
        let mut words: Vec<String> = ["git", "desk", "open", "--kind", "problem"].map(str::to_owned).to_vec();
        let About { service, category, asset } = self.about;
        for (name, value) in [("service", service), ("category", category), ("asset", asset)] {
            if !value.is_empty() {
                words.push(format!("--{name}={value}"));
            }
        }
        for one in self.tickets.iter().rev().take(LINKED) {
            words.push(format!("--link=related {}", one.id));
        }
        words.push("--".to_owned());
        words.push(format!(
            "{} comes back: {}",
            self.about.name(),
            counted(self.tickets.len(), "ticket") + " in 30 days"
        ));
        words
    }
}

/// Groups with five or more tickets opened in the 30 days before the end of the period, none of which is linked with a
/// problem that is open at that end. The most tickets first.
pub fn candidates<'t>(tickets: &'t Tickets, at: i64) -> Vec<Candidate<'t>> {
    let problems = linked(tickets);
    let open = problems.values().filter(|(problem, _)| problem.told.life.is_unsolved_at(at));
    let known: BTreeSet<&str> = open.flat_map(|(_, incidents)| incidents.iter().map(|one| one.id.as_str())).collect();
    let mut groups: BTreeMap<About<'_>, Vec<&Named>> = BTreeMap::new();
    for one in tickets.meant.iter().filter(|one| (at + 1 - MONTH..=at).contains(&one.told.life.opened)) {
        if let Some(about) = About::of(&one.told.life) {
            groups.entry(about).or_default().push(one);
        }
    }
    let is_candidate =
        |all: &Vec<&Named>| all.len() >= CANDIDATE && !all.iter().any(|one| known.contains(one.id.as_str()));
    let mut rows: Vec<Candidate<'_>> = groups
        .into_iter()
        .filter(|(_, all)| is_candidate(all))
        .map(|(about, tickets)| Candidate { about, tickets })
        .collect();
    rows.iter_mut().for_each(|row| row.tickets.sort_by_key(|one| (one.told.life.opened, &one.id)));
    rows.sort_by(|a, b| b.tickets.len().cmp(&a.tickets.len()).then_with(|| a.about.cmp(&b.about)));
    rows
}

/// See [`unusual`] and [`candidates`]. Without a period: the last 30 days.
pub fn recurring(tickets: &Tickets, asked: &Asked<'_>) -> Report {
    let period = asked.period(0);
    let lives: Vec<&Life> = tickets.meant.iter().map(|one| &one.told.life).collect();
    let unusual = unusual(&lives, &period);
    let candidates = candidates(tickets, asked.moment());
    let object = |about: &About<'_>, count: usize| {
        json!({"group": about.name(), "service": about.service, "category": about.category, "asset": about.asset,
               "tickets": count})
    };
    let more: Value = unusual.iter().map(|(about, count, mean)| row(about, *count, *mean)).collect();
    let should: Value = candidates.iter().map(|one| object(&one.about, one.tickets.len())).collect();
    let figures = json!({"recurring": more, "candidates": should});
    let columns = ["group", "tickets", "usually"].map(Column::plain);
    let sheets = [
        Sheet::of("recurring", "comes back more than usual", columns.to_vec(), &figures["recurring"]),
        Sheet::of(
            "candidates",
            "should be a problem: 5 or more in 30 days",
            columns[..2].to_vec(),
            &figures["candidates"],
        ),
    ];
    Report {
        name: "recurring",
        heading: format!("what comes back, {}, against the 8 times before", asked.days()),
        sheets: sheets.into_iter().map(|sheet| sheet.bars("tickets")).collect(),
        tickets: asked.basis(|| basis(&tickets.meant, &unusual, &period, &candidates)),
        sentence: Some(format!(
            "{} back more often than usual; {} should be a problem.{}",
            match unusual.len() {
                1 => "1 group comes".to_owned(),
                some => format!("{some} groups come"),
            },
            match candidates.len() {
                0 => "none".to_owned(),
                some => some.to_string(),
            },
            young(&lives, &period),
        )),
        figures,
        ..Report::default()
    }
}

/// A word on a history that does not reach back to all that is compared with.
fn young(lives: &[&Life], period: &Period) -> String {
    let begin = period.from.saturating_sub((period.to - period.from).saturating_mul(BEFORE));
    let known = lives.iter().map(|life| life.opened).min().map(|first| (period.from - first).max(0));
    match known.filter(|known| *known < period.from - begin) {
        Some(known) => {
            format!(" What is usual rests on {} before, not on 8 times as long.", counted(known / DAY, "day"))
        }
        None => String::new(),
    }
}

/// A group, how often it came and how often it usually does, to a tenth.
fn row(about: &About<'_>, count: u64, mean: f64) -> Value {
    json!({"group": about.name(), "service": about.service, "category": about.category, "asset": about.asset,
           "tickets": count, "usually": (mean * 10.0).round() / 10.0})
}

fn basis(meant: &[Named], unusual: &[(About<'_>, u64, f64)], period: &Period, candidates: &[Candidate<'_>]) -> Basis {
    let mut basis = Basis::of_figures(&[Column::plain("group")]);
    for (about, ..) in unusual {
        let of_group =
            |one: &&Named| period.holds(one.told.life.opened) && About::of(&one.told.life).as_ref() == Some(about);
        for one in meant.iter().filter(of_group) {
            basis.add(one, [json!("recurring"), json!(about.name())]);
        }
    }
    for candidate in candidates {
        for one in &candidate.tickets {
            basis.add(one, [json!("candidate"), json!(candidate.about.name())]);
        }
    }
    basis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_more_often_than_three_deviations_is_unusual() {
        let life = |opened: i64| {
            let mut life = Life { opened, ..Life::default() };
            life.fields.insert("category", "mail".to_owned());
            life
        };
        // Eight times of 100 seconds with four tickets each, then some.
        let count = |now: i64| {
            let before = (0..8).flat_map(|step| (0..4).map(move |at| life(step * 100 + at)));
            let all: Vec<Life> = before.chain((0..now).map(|at| life(800 + at))).collect();
            let period = Period { name: String::new(), from: 800, to: 900 };
            unusual(&all.iter().collect::<Vec<_>>(), &period).first().map(|(_, count, mean)| (*count, *mean))
        };
        assert_eq!(count(10), None, "4 + 3·√4 is 10, which must be exceeded");
        assert_eq!(count(11), Some((11, 4.0)));
    }

    #[test]
    fn three_are_few_and_more_than_none() {
        let life = |opened: i64, asset: &str| {
            let mut life = Life { opened, ..Life::default() };
            life.fields.insert("asset", asset.to_owned());
            life
        };
        let all: Vec<Life> =
            (0..4).map(|at| life(800 + at, "db1")).chain((0..3).map(|at| life(800 + at, "db2"))).collect();
        let period = Period { name: String::new(), from: 800, to: 900 };
        let all = all.iter().collect::<Vec<_>>();
        let names: Vec<String> = unusual(&all, &period).iter().map(|(about, ..)| about.name()).collect();
        assert_eq!(names, ["db1"], "0 + 3·√1 is 3, which must be exceeded");
    }
}
