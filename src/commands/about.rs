//! What pages about one thing share: a service, a customer.

use serde_json::Value;

use super::Context;
use crate::error::Result;
use crate::ui::format::{cell, tsv};
use crate::ui::wrap::wrap;

/// Every key of an object that says something, with its value, a line each.
pub fn pairs(ctx: &Context, object: &Value) -> Result<()> {
    for (key, value) in object.as_object().into_iter().flatten() {
        let text = cell(value);
        if !text.is_empty() && text != "[]" {
            ctx.ui.line(&format!("{key}\t{}", tsv(&text)))?;
        }
    }
    Ok(())
}

/// What stands before the lines of a page about one thing.
pub const INDENT: &str = "    ";

/// A label with its value on such a page, wrapped below where that begins; nothing where it is empty.
pub fn labelled(ctx: &Context, label: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    let column = INDENT.len() + 12;
    let lines = wrap(&ctx.ui.shown_text(value), ctx.ui.width.saturating_sub(column).max(20));
    format!("{INDENT}{label:<12}{}\n", lines.join(&format!("\n{}", " ".repeat(column))))
}
