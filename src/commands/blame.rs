//! `blame`

use serde_json::{Value, json};

use super::Context;
use crate::error::Result;
use crate::model::fact::Fact;

/// Every field of a ticket, with who set it and when
///
/// Examples:
///   git desk blame k7m3
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub id: String,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        ctx.desk()?.store.require_history()?;
        let look = ctx.look()?;
        let id = look.find(&self.id, ctx.ui.stdout_terminal)?;
        let mut fields: Vec<(String, Value)> = Vec::new();
        for change in look.index.log_of(id)? {
            for fact in change.facts.iter().filter(|fact| fact.field != "thread") {
                // An element of a list has a line of its own.
                let key = key(fact);
                fields.retain(|(have, _)| *have != key);
                if !fact.to.is_null() {
                    let by = look.policy.handle_for(&change.email);
                    let row = json!({"field": fact.field, "value": fact.to, "by": by, "at": change.at.to_string(),
                        "commit": change.commit});
                    fields.push((key, row));
                }
            }
        }
        let rows: Vec<Value> = fields.into_iter().map(|(_, row)| row).collect();
        ctx.ui.rows(&["field", "value", "by", "at", "commit"], &rows)
    }
}

fn key(fact: &Fact) -> String {
    match fact.field.as_str() {
        "tags" | "links" | "watchers" | "articles" => {
            let element = if fact.to.is_null() { &fact.from } else { &fact.to };
            format!("{} {element}", fact.field)
        }
        field => field.to_owned(),
    }
}
