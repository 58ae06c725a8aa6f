//! `customer list`

use std::collections::BTreeMap;

use serde_json::Value;

use crate::commands::{Context, rows};
use crate::desk::customers::{all_damage, customers};
use crate::desk::look::Look;
use crate::desk::zone_of;
use crate::error::Result;
use crate::index::Order;
use crate::model::customer::{Contract, Customer};
use crate::model::query::Context as Asker;
use crate::ui::format::Format;
use crate::view::catalogue::{CUSTOMER_COLUMNS, customer};

pub fn list(ctx: &Context) -> Result<()> {
    let look = ctx.look()?;
    let snapshot = look.snapshot()?;
    let all = customers(&snapshot)?;
    for damaged in all_damage(&snapshot)? {
        ctx.ui.warning(&damaged.told());
    }
    if all.is_empty() {
        ctx.ui.status("no customers: each is a file, customers/acme.toml     what it says: git desk help customer");
    }
    if ctx.ui.format() == Format::Ids {
        return all.iter().try_for_each(|(name, _)| ctx.ui.line(name));
    }
    let open = open_tickets(&look, "is:open")?;
    let today = look.now.to_zoned_datetime(zone_of(&look.policy)).date();
    let row = |(name, one): &(String, Customer)| {
        let contract = Contract::valid_on(&one.contracts, today).map(|contract| &**contract);
        customer(name, one, contract, open.get(name).copied().unwrap_or_default())
    };
    let rows: Vec<Value> = all.iter().map(row).collect();
    rows::done(ctx, "a customer", CUSTOMER_COLUMNS, &["schema", "contacts", "contracts"], &rows)
}

/// How many tickets that a query means each customer has.
pub fn open_tickets(look: &Look<'_>, query: &str) -> Result<BTreeMap<String, usize>> {
    let asker = Asker { now: look.now, zone: zone_of(&look.policy), me: Vec::new(), oncall: Vec::new() };
    let query = look.query(query, &asker)?;
    let mut counts = BTreeMap::new();
    for found in look.select(&query, &asker, (Order::Id, false), None)? {
        *counts.entry(found.ticket.customer).or_default() += 1;
    }
    Ok(counts)
}
