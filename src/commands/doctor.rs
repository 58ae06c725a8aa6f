//! `doctor`

use serde_json::{Value, json};

use super::Context;
use crate::desk::doctor::{State, examine};
use crate::error::{Problem, Result};
use crate::ui::format::Format;

/// What is wrong with this clone: history, locks, index, identity, damaged files
///
/// Examples:
///   git desk doctor
///   git desk doctor --fix
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Put right what can be without losing anything
    #[arg(long)]
    pub fix: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let signs = examine(ctx.desk()?, self.fix && !ctx.globals.dry_run)?;
        if ctx.ui.format() == Format::Table {
            for sign in &signs {
                ctx.ui.write(&format!(
                    "{:<8} {:<9} {}\n",
                    sign.state.as_str(),
                    sign.what,
                    ctx.ui.shown(&sign.message)
                ))?;
                if let Some(fix) = &sign.fix {
                    ctx.ui.write(&format!("{:18} {}\n", "", ctx.ui.shown(fix)))?;
                }
            }
        } else {
            let rows: Vec<Value> = signs
                .iter()
                .map(|sign| json!({"what": sign.what, "state": sign.state.as_str(), "message": sign.message, "fix": sign.fix}))
                .collect();
            ctx.ui.rows(&["what", "state", "message", "fix"], &rows)?;
        }
        if signs.iter().any(|sign| sign.state == State::Broken) {
            ctx.ui.finish()?;
            return Err(Problem::no("").code("broken").into());
        }
        Ok(())
    }
}
