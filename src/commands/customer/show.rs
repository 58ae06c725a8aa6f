//! `customer show`

use jiff::civil::Date;
use serde_json::Value;

use super::list::open_tickets;
use crate::commands::clocks::word;
use crate::commands::{Context, about, rows};
use crate::desk::customers::known;
use crate::desk::figures;
use crate::desk::look::Look;
use crate::desk::zone_of;
use crate::error::Result;
use crate::model::count::counted;
use crate::model::customer::{Contract, Customer};
use crate::model::policy::Clock;
use crate::model::when;
use crate::report::asked::Asked;
use crate::report::customer;
use crate::report::period::Unit;
use crate::report::ruler::Ruler;
use crate::ui::format::Format;
use crate::ui::time;
use crate::view;

pub fn show(ctx: &Context, name: &str) -> Result<()> {
    let look = ctx.look()?;
    let one = known(&look.snapshot()?, name)?;
    let today = look.now.to_zoned_datetime(zone_of(&look.policy)).date();
    let contract = Contract::valid_on(&one.contracts, today).map(|contract| &**contract);
    let open = open_tickets(&look, &format!("is:open customer:\"{name}\""))?.remove(name).unwrap_or_default();
    let hours = hours(ctx, &look, name, &one)?;
    let mut object = view::catalogue::customer(name, &one, contract, open);
    object["hours"] = hours.clone();
    match ctx.ui.format() {
        Format::Table => Page { ctx, one: &one, contract, today }.print(name, open, &hours),
        Format::Json | Format::Jsonl => {
            rows::chosen_keys(ctx, "a customer", &object)?;
            ctx.ui.json(&ctx.chosen(object))
        }
        Format::Ids => ctx.ui.line(name),
        Format::Tsv | Format::Csv | Format::Markdown | Format::Html => about::pairs(ctx, &object),
    }
}

/// The hours of this month, as `report customer` reckons them; null where there is nothing to tell, or history is cut
/// off.
fn hours(ctx: &Context, look: &Look<'_>, name: &str, one: &Customer) -> Result<Value> {
    if look.index.store().is_shallow() {
        return Ok(Value::Null);
    }
    let zone = zone_of(&look.policy);
    let month = when::period("this-month", look.now, &zone).map(|(from, to)| (from.as_second(), to.as_second()));
    let asked = Asked {
        desk: &look.policy.desk.name,
        window: (month.map(|(from, _)| from), month.map(|(_, to)| to)),
        now: look.now.as_second(),
        zone: &zone,
        unit: Unit::Month,
        ruler: Ruler::default(),
        groups: &[],
        opened: false,
        handle: &str::to_owned,
    };
    let query = format!("customer:\"{name}\"");
    let tickets = figures::tickets(ctx.desk()?, look, Some(&query), false, None)?;
    let mut report = customer::customer(name, one, &tickets.meant, &asked);
    Ok(report.figures["hours"].get_mut(0).map_or(Value::Null, Value::take))
}

struct Page<'a> {
    ctx: &'a Context,
    one: &'a Customer,
    contract: Option<&'a Contract>,
    today: Date,
}

impl Page<'_> {
    fn print(&self, name: &str, open: usize, hours: &Value) -> Result<()> {
        let ui = &self.ctx.ui;
        let title = if self.one.name.is_empty() { name } else { &self.one.name };
        let retired = if self.one.active { "" } else { "  (retired: its people open nothing)" };
        let mut out = format!("{}  {name}{retired}\n\n", ui.shown(title));
        out.push_str(&self.line("domains", &self.one.domains.join(", ")));
        out.push_str(&self.line("contacts", &self.one.contacts.join("\n")));
        out.push_str(&self.line("open", &counted(open, "ticket")));
        for contract in &self.one.contracts {
            out.push_str(&self.line("contract", &self.terms(contract)));
        }
        if let Some(contract) = self.contract.filter(|contract| !contract.targets.is_empty()) {
            for (priority, targets) in &contract.targets {
                let promise = |clock: &Clock| Some(format!("{} {}", word(*clock), targets.of(*clock)?));
                let all: Vec<String> = Clock::ALL.iter().filter_map(promise).collect();
                let kept = targets.promise.map(|share| format!(", {share} % kept")).unwrap_or_default();
                out.push_str(&self.line(priority.as_str(), &format!("{}{kept}", all.join(", "))));
            }
        }
        out.push_str(&self.line("this month", &worked(hours)));
        ui.write(&out)?;
        ui.status(&format!("\n  next       git desk list customer:{name}     git desk customer report {name}"));
        Ok(())
    }

    fn line(&self, label: &str, value: &str) -> String {
        about::labelled(self.ctx, label, value)
    }

    /// `acme gold, from 2026-01-01, 20 h a month, 95 EUR an hour, holds today`
    fn terms(&self, contract: &Contract) -> String {
        let mut words = vec![if contract.name.is_empty() { "without a name" } else { &contract.name }.to_owned()];
        words.extend(contract.valid_from.map(|day| format!("from {day}")));
        words.extend(contract.included_hours.map(|hours| format!("{hours} h a month")));
        words.extend(contract.hourly_rate.map(|rate| format!("{rate} {} an hour", contract.currency)));
        let holds = self.contract.is_some_and(|now| std::ptr::eq(now, contract));
        words.extend(holds.then(|| "holds today".to_owned()));
        words.extend(contract.valid_from.filter(|from| *from > self.today).map(|_| "to come".to_owned()));
        words.join(", ")
    }
}

/// `12h 30m of 20h`
fn worked(hours: &Value) -> String {
    let seconds = |name: &str| hours[name].as_i64();
    let Some(work) = seconds("work_seconds") else { return String::new() };
    let of =
        seconds("included_seconds").map(|included| format!(" of {}", time::minutes(included / 60))).unwrap_or_default();
    let over = seconds("over_seconds").filter(|over| *over > 0 && !of.is_empty());
    let over = over.map(|over| format!(", {} more than that", time::minutes(over / 60))).unwrap_or_default();
    format!("{}{of}{over}", time::minutes(work / 60))
}
