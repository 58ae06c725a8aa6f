//! `service list`

use serde_json::Value;

use crate::commands::Context;
use crate::desk::catalogue::{damaged, services};
use crate::error::Result;
use crate::ui::format::Format;
use crate::view::catalogue::{COLUMNS, service};

pub fn list(ctx: &Context) -> Result<()> {
    let look = ctx.look()?;
    let snapshot = look.snapshot()?;
    let all = services(&snapshot)?;
    damaged(&snapshot)?.iter().for_each(|problem| ctx.ui.warning(&format!("damaged: {problem}")));
    if all.is_empty() {
        ctx.ui.status(
            "no services yet: each is a file, services/new-laptop.toml     what it says: git desk help service",
        );
    }
    if ctx.ui.format() == Format::Ids {
        return all.iter().try_for_each(|(name, _)| ctx.ui.line(name));
    }
    let rows: Vec<Value> = all.iter().map(|(name, one)| service(name, one)).collect();
    crate::commands::rows::done(
        ctx,
        "a service",
        COLUMNS,
        &["schema", "description", "impact", "urgency", "sla", "clock_start", "form"],
        &rows,
    )
}
