//! `path`

use super::Context;
use crate::error::Result;

/// The file of a ticket, from the top of the repository
///
/// Examples:
///   $EDITOR "$(git desk path k7m3)"
///   git log -p -- "$(git desk path k7m3)"
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "ID", required = true, add = super::complete::tickets())]
    pub ids: Vec<String>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let desk = ctx.desk()?;
        for typed in &self.ids {
            let id = ctx.find(typed)?;
            let path = format!("{}{}", desk.store.root(), id.path());
            match ctx.wants_json() {
                true => ctx.ui.json(&serde_json::json!({"id": id.as_str(), "path": path}))?,
                false => ctx.ui.line(&path)?,
            }
        }
        Ok(())
    }
}
