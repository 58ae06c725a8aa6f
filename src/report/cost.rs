//! `cost`: the time that was spent, and what it is worth.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::group::Group;
use super::life::Life;
use super::named::Named;
use super::{Column, Measure, Report, Sheet, Window, within};
use crate::model::count::counted;
use crate::model::entry::Work;

/// What an hour costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// Money per hour.
    pub hourly: f64,
    /// Empty: the desk's own, which agents' rates are in.
    pub currency: String,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Spent {
    minutes: u64,
    billable: u64,
    /// Money times 60: Σ minutes × rate.
    worth: f64,
    billable_worth: f64,
    /// Hundredths.
    materials: u64,
    billable_materials: u64,
}

impl Spent {
    fn add_time(&mut self, work: &Work, rate: Option<&Rate>) {
        let worth = rate.map_or(0.0, |rate| work.minutes as f64 * rate.hourly);
        self.minutes += work.minutes;
        self.worth += worth;
        if work.billable {
            self.billable += work.minutes;
            self.billable_worth += worth;
        }
    }

    fn add_materials(&mut self, work: &Work) {
        self.materials = self.materials.saturating_add(work.materials);
        if work.billable {
            self.billable_materials = self.billable_materials.saturating_add(work.materials);
        }
    }

    fn amount(&self) -> f64 {
        cents(self.worth, self.materials)
    }
}

/// A name and a currency; no currency where there is no rate.
type Key<'a> = (&'a str, Option<String>);

/// The minutes of `work` entries of the period, times their rate, and what was used up: Σ minutes × rate / 60 +
/// materials, rounded to cents once a row. A row for each name and currency, so that currencies are never added; time
/// without a rate has a row without money, and what was used up with it is in the desk's own. `rate` says what a piece of work costs per hour. Queue: as it was at that time; agent: who did the work.
pub fn cost(tickets: &[Named], asked: &Asked<'_>, rate: &dyn Fn(&Life, &Work) -> Option<Rate>) -> Report {
    let mut figures = json!({});
    let done = done(tickets, asked.window, rate);
    let totals = spent(&done, None);
    figures["total"] = totals.iter().map(|((_, currency), spent)| row(None, "", currency.as_deref(), spent)).collect();
    let mut sheets = vec![Sheet::of("total", "all together", columns(None), &figures["total"])];
    for group in asked.groups {
        let mut of_group: Vec<(Key<'_>, Spent)> = spent(&done, Some(*group)).into_iter().collect();
        of_group.sort_by(|a, b| b.1.minutes.cmp(&a.1.minutes).then_with(|| a.0.cmp(&b.0)));
        let rows: Value = of_group
            .iter()
            .map(|((name, currency), spent)| row(Some(*group), name, currency.as_deref(), spent))
            .collect();
        let title = format!("by {}", group.name());
        sheets.push(Sheet::of(group.plural(), &title, columns(Some(*group)), &rows).bars("work_seconds"));
        figures[group.plural()] = rows;
    }
    Report {
        name: "cost",
        heading: "the time that was spent, and what it is worth".to_owned(),
        sheets,
        sentence: Some(sentence(&totals)),
        figures,
        tickets: asked.basis(|| basis(&done)),
        ..Report::default()
    }
}

/// A row for each ticket and currency.
fn basis(done: &[Done<'_>]) -> Basis {
    let mut columns = vec![Column::plain("customer")];
    columns.extend(columns_of_figures());
    let mut basis = Basis::of(&columns);
    for of_ticket in done.chunk_by(|a, b| std::ptr::eq(a.named, b.named)) {
        for ((_, currency), spent) in spent(of_ticket, None) {
            let row = row(None, "", currency.as_deref(), &spent);
            let figures = columns_of_figures().map(|column| row[column.name].clone());
            let one = of_ticket[0].named;
            basis.add(one, std::iter::once(json!(one.told.life.field("customer"))).chain(figures));
        }
    }
    basis
}

/// Work of the period, and what an hour of it costs; all of a ticket together.
struct Done<'a> {
    named: &'a Named,
    work: &'a Work,
    rate: Option<Rate>,
}

fn done<'a>(tickets: &'a [Named], window: Window, rate: &dyn Fn(&Life, &Work) -> Option<Rate>) -> Vec<Done<'a>> {
    let of_ticket = |named: &'a Named| {
        let work = named.told.work.iter().filter(move |work| within(window, work.at));
        work.map(move |work| Done { named, work, rate: rate(&named.told.life, work) })
    };
    tickets.iter().flat_map(of_ticket).collect()
}

fn spent<'a>(done: &[Done<'a>], group: Option<Group>) -> BTreeMap<Key<'a>, Spent> {
    let mut all: BTreeMap<Key<'a>, Spent> = BTreeMap::new();
    for Done { named, work, rate } in done {
        let name = match group {
            None => "",
            Some(Group::Agent) => work.by.as_str(),
            Some(group) => group.of(&named.told.life, work.at),
        };
        let currency = rate.as_ref().map(|rate| rate.currency.clone());
        if work.materials > 0 {
            let paid_in = currency.clone().unwrap_or_default();
            all.entry((name, Some(paid_in))).or_default().add_materials(work);
        }
        // A part alone took no time.
        if work.minutes > 0 {
            all.entry((name, currency)).or_default().add_time(work, rate.as_ref());
        }
    }
    all
}

fn row(group: Option<Group>, name: &str, currency: Option<&str>, spent: &Spent) -> Value {
    let money = |worth: f64, materials: u64| currency.map(|_| cents(worth, materials));
    let mut row = json!({"currency": currency, "work_seconds": spent.minutes * 60,
        "billable_seconds": spent.billable * 60, "materials": money(0.0, spent.materials),
        "amount": money(spent.worth, spent.materials),
        "billable_amount": money(spent.billable_worth, spent.billable_materials)});
    if let Some(group) = group {
        row[group.name()] = Value::from(name);
    }
    row
}

/// Minutes times rate and hundredths of materials as money, to the cent.
fn cents(worth: f64, materials: u64) -> f64 {
    (worth / 60.0 * 100.0 + materials as f64).round() / 100.0
}

fn columns(group: Option<Group>) -> Vec<Column> {
    let name = group.map(|group| Column::plain(group.name()));
    name.into_iter().chain(columns_of_figures()).collect()
}

fn columns_of_figures() -> [Column; 6] {
    [
        Column::of("currency", Measure::Currency),
        Column::of("work_seconds", Measure::Seconds),
        Column::of("billable_seconds", Measure::Seconds),
        Column::of("materials", Measure::Money),
        Column::of("amount", Measure::Money),
        Column::of("billable_amount", Measure::Money),
    ]
}

fn sentence(totals: &BTreeMap<Key<'_>, Spent>) -> String {
    let minutes = |count: u64| counted(count, "minute");
    let sum: u64 = totals.values().map(|spent| spent.minutes).sum();
    if totals.is_empty() {
        return "No work was noted in that time.".to_owned();
    }
    let worth = totals.iter().filter_map(|((_, currency), spent)| {
        let currency = currency.as_ref()?;
        Some(format!("{:.2} {currency}", spent.amount()).trim_end().to_owned())
    });
    let worth: Vec<String> = worth.collect();
    let unrated = totals.get(&("", None)).map_or(0, |spent| spent.minutes);
    let head = match worth.as_slice() {
        [] => format!("{} of work", minutes(sum)),
        worth => format!("{} of work, worth {}", minutes(sum), worth.join(" and ")),
    };
    match unrated {
        0 => format!("{head}."),
        _ if worth.is_empty() => {
            format!("{head}; none of it has a rate: `hourly_rate` of agents and contracts.")
        }
        unrated => format!("{head}; {} of it have no rate: `hourly_rate` of agents and contracts.", minutes(unrated)),
    }
}
