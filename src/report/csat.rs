//! `csat`: how satisfied people were.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::group::Group;
use super::named::{Named, Told};
use super::{Column, Measure, Report, Sheet, Window, percent, within};
use crate::model::count::counted;
use crate::model::entry::Rating;

/// From this score on somebody is satisfied.
const SATISFIED: u8 = 4;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Scores {
    n: u64,
    sum: u64,
    satisfied: u64,
    /// Tickets that were resolved, and those of them that somebody rated.
    resolved: u64,
    answered: u64,
}

impl Scores {
    fn add(&mut self, score: u8) {
        self.n += 1;
        self.sum += u64::from(score);
        self.satisfied += u64::from(score >= SATISFIED);
    }

    fn to_json(&self) -> Value {
        let mean = (self.n > 0).then(|| (self.sum as f64 / self.n as f64 * 100.0).round() / 100.0);
        json!({"n": self.n, "mean": mean, "satisfied": self.satisfied,
               "satisfied_percent": percent(self.satisfied, self.n), "resolved": self.resolved,
               "answered": self.answered, "answered_percent": percent(self.answered, self.resolved)})
    }
}

/// Scores from 1 to 5, given within the period; of several on a ticket the last counts. Satisfied: 4 and 5. Answered: of
/// the tickets resolved within the period, those that were rated at any time. Queue and agent are those at the time of
/// the rating, for what was resolved those at the time of that.
pub fn csat(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let (groups, window) = (asked.groups, asked.window);
    let all = of_group(tickets, None, window).remove("").unwrap_or_default();
    let mut figures = all.to_json();
    let n = usize::try_from(all.n).unwrap_or(usize::MAX);
    let mut sheets = vec![Sheet::of("all", "all together", columns(None), &json!([figures]))];
    for group in groups {
        let rows: Value = of_group(tickets, Some(*group), window)
            .into_iter()
            .map(|(name, scores)| {
                let mut row = scores.to_json();
                row[group.name()] = Value::from(name);
                row
            })
            .collect();
        sheets.push(
            Sheet::of(group.plural(), &format!("by {}", group.name()), columns(Some(*group)), &rows).bars("mean"),
        );
        figures[group.plural()] = rows;
    }
    let ratings = counted(n, "rating");
    Report {
        name: "csat",
        heading: "how satisfied people were, from 1 to 5".to_owned(),
        sheets,
        sentence: Some(match n {
            0 => "Nobody rated anything in that time.".to_owned(),
            _ => format!("{ratings}, {} of them 4 or 5.", all.satisfied),
        }),
        figures,
        tickets: asked.basis(|| basis(tickets, window)),
        ..Report::default()
    }
}

/// What was rated or resolved within the period, with the last score of the period.
fn basis(tickets: &[Named], window: Window) -> Basis {
    let mut basis = Basis::of_figures(&["score", "queue", "agent"].map(Column::plain));
    for one in tickets {
        let life = &one.told.life;
        let rating = last_rating(&one.told, window);
        let (figure, at) = match (rating, life.done(window).last()) {
            (Some(rating), _) => ("rated", rating.at),
            (None, Some(at)) if one.told.ratings.is_empty() => ("not rated", at),
            (None, Some(at)) => ("rated at another time", at),
            (None, None) => continue,
        };
        let score = rating.map(|rating| rating.score);
        basis.add(one, [json!(figure), json!(score), json!(life.queue_at(at)), json!(life.agent_at(at))]);
    }
    basis
}

fn last_rating(told: &Told, window: Window) -> Option<&Rating> {
    told.ratings.iter().filter(|rating| within(window, rating.at)).max_by_key(|rating| rating.at)
}

fn of_group(tickets: &[Named], group: Option<Group>, window: Window) -> BTreeMap<&str, Scores> {
    let mut all: BTreeMap<&str, Scores> = BTreeMap::new();
    for told in tickets.iter().map(|named| &named.told) {
        let name = |at: i64| group.map_or("", |group| group.of(&told.life, at));
        if let Some(rating) = last_rating(told, window) {
            all.entry(name(rating.at)).or_default().add(rating.score);
        }
        if let Some(at) = told.life.done(window).last() {
            let scores = all.entry(name(at)).or_default();
            scores.resolved += 1;
            scores.answered += u64::from(!told.ratings.is_empty());
        }
    }
    all
}

fn columns(group: Option<Group>) -> Vec<Column> {
    let name = group.map(|group| Column::plain(group.name()));
    let figures = [
        Column::of("n", Measure::N),
        Column::plain("mean"),
        Column::of("satisfied_percent", Measure::Percent),
        Column::plain("resolved"),
        Column::of("answered_percent", Measure::Percent),
    ];
    name.into_iter().chain(figures).collect()
}
