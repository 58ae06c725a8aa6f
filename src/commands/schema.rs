//! `schema`

use serde_json::Value;

use super::Context;
use crate::error::{Problem, Result};
use crate::model::near::nearest;
use crate::view::schema;

/// The JSON Schema of what `--json` prints; without a name, which there are
///
/// Examples:
///   git desk schema
///   git desk schema ticket
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// ticket, fact, finding, report, day, error, event, sync, history
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let Some(name) = self.name else {
            return match ctx.wants_json() {
                true => ctx.ui.json_list(&schema::NAMES.iter().map(|name| Value::from(*name)).collect::<Vec<_>>()),
                false => schema::NAMES.iter().try_for_each(|name| ctx.ui.line(name)),
            };
        };
        match schema::of(&name) {
            Some(schema) => ctx.ui.json(&schema),
            None => {
                let problem = Problem::not_found(format!("no schema `{name}`; there are {}", schema::NAMES.join(", ")));
                Err(match nearest(&name, schema::NAMES.iter().copied()) {
                    Some(near) => problem.hint(format!("git desk schema {near}")),
                    None => problem,
                }
                .code("no_schema")
                .into())
            }
        }
    }
}
