//! `response`: how long until tickets were seen to and answered.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::group::Group;
use super::named::Named;
use super::ruler::Ruler;
use super::{Column, Report, Sheet, Spread, within};
use crate::model::count::counted;

#[derive(Default)]
struct Waits {
    opened: u64,
    /// Seconds from when it was reported.
    acknowledged: Vec<i64>,
    responded: Vec<i64>,
}

impl Waits {
    fn add(&mut self, one: &Named, ruler: Ruler<'_>) {
        self.opened += 1;
        self.acknowledged.extend(since_opened(one, one.told.acknowledged, ruler));
        self.responded.extend(since_opened(one, one.told.responded, ruler));
    }

    fn to_json(&self) -> Value {
        json!({"opened": self.opened,
               "acknowledge_seconds": Spread::to_json(Spread::of(self.acknowledged.clone())),
               "respond_seconds": Spread::to_json(Spread::of(self.responded.clone()))})
    }
}

/// Of tickets opened within the period, in calendar time or in working time of a calendar: from when a ticket was reported to the first act by an agent
/// other than opening it, or the first agent that a person gave it to (acknowledge); and to the first public word or
/// solution by somebody else than the requester (respond), at once where an agent opened it for a caller, never for what
/// a monitor reports. What has not been seen to or answered yet is in no mean, and counted beside. Priority, customer
/// and channel are those at the end, queue and agent the first ones.
pub fn response(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let group = asked.groups.first().copied().unwrap_or(Group::Priority);
    let opened = || tickets.iter().filter(|one| within(asked.window, one.told.life.opened));
    let mut all = Waits::default();
    let mut of_group: BTreeMap<&str, Waits> = BTreeMap::new();
    for one in opened() {
        all.add(one, asked.ruler);
        of_group.entry(group.first(&one.told.life)).or_default().add(one, asked.ruler);
    }
    let mut figures = all.to_json();
    figures["calendar"] = asked.ruler.to_json();
    let rows: Vec<(String, Value)> =
        of_group.iter().map(|(name, waits)| ((*name).to_owned(), waits.to_json())).collect();
    let sheet = |key: &'static str, title: &str| {
        let kinds =
            std::iter::once(("all", &figures[key])).chain(rows.iter().map(|(name, row)| (name.as_str(), &row[key])));
        Sheet::spreads(key, title, (group.name(), asked.ruler.measure()), &kinds.collect::<Vec<_>>())
    };
    let sheets = vec![sheet("acknowledge_seconds", "until acknowledged"), sheet("respond_seconds", "until answered")];
    let unseen = all.opened - all.acknowledged.len() as u64;
    let unanswered = all.opened - all.responded.len() as u64;
    figures[group.plural()] = rows.iter().map(|(name, row)| with_name(group, name, row)).collect();
    Report {
        name: "response",
        heading: format!(
            "how long until tickets were seen to and answered, by {}, in {}",
            group.name(),
            asked.ruler.words()
        ),
        sheets,
        tickets: asked.basis(|| basis(opened(), group, asked.ruler)),
        sentence: Some(format!(
            "{} opened; {unseen} not seen to by anybody yet, {unanswered} without an answer.",
            counted(all.opened, "ticket")
        )),
        figures,
        ..Report::default()
    }
}

fn since_opened(one: &Named, at: Option<i64>, ruler: Ruler<'_>) -> Option<i64> {
    at.map(|at| ruler.between(one.told.life.opened, at))
}

fn with_name(group: Group, name: &str, row: &Value) -> Value {
    let mut row = row.clone();
    row[group.name()] = json!(name);
    row
}

fn basis<'t>(opened: impl Iterator<Item = &'t Named>, group: Group, ruler: Ruler<'_>) -> Basis {
    let mut basis = Basis::of(&[
        Column::plain(group.name()),
        Column::of("acknowledge_seconds", ruler.measure()),
        Column::of("respond_seconds", ruler.measure()),
    ]);
    for one in opened {
        let told = &one.told;
        let waits = [told.acknowledged, told.responded].map(|at| json!(since_opened(one, at, ruler)));
        basis.add(one, std::iter::once(json!(group.first(&told.life))).chain(waits));
    }
    basis
}
