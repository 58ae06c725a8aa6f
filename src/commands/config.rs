//! `config`

use serde_json::{Value, json};

use super::Context;
use crate::config::PREFERENCES;
use crate::error::{Problem, Result};
use crate::model::near::nearest;

/// Preferences: what is set, and where
///
/// Flag > environment > `git config desk.NAME` > the user's config.toml >
/// /etc/git-desk/config.toml > built-in. Policy is not here: queues, agents, views, rotas and rules
/// stand in the tracked desk.toml alone.
///
/// Examples:
///   git desk config list --show-origin
///   git desk config get pager
///   git config --global desk.default ~/helpdesk
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// Every preference with its value
    List {
        /// And where it comes from
        #[arg(long)]
        show_origin: bool,
    },
    /// The value of one
    Get { name: String },
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        match self.verb.unwrap_or(Verb::List { show_origin: false }) {
            Verb::List { show_origin } => {
                let rows: Vec<Value> = PREFERENCES
                    .iter()
                    .map(|preference| {
                        let setting = ctx.preference(preference);
                        json!({"name": setting.name, "value": setting.value, "origin": setting.origin.to_string(),
                               "help": preference.help})
                    })
                    .collect();
                let columns: &[&str] = if show_origin { &["name", "value", "origin"] } else { &["name", "value"] };
                ctx.ui.rows(columns, &rows)
            }
            Verb::Get { name } => {
                let plain = name.strip_prefix("desk.").unwrap_or(&name);
                match PREFERENCES.iter().find(|preference| preference.name.eq_ignore_ascii_case(plain)) {
                    Some(preference) => ctx.ui.line(&ctx.preference(preference).value),
                    None => {
                        let problem = Problem::not_found(format!("no preference `{name}`")).code("no_preference");
                        Err(match nearest(plain, PREFERENCES.iter().map(|preference| preference.name)) {
                            Some(near) => problem.hint(format!("git desk config get {near}")),
                            None => problem.hint("all of them: git desk config list"),
                        }
                        .into())
                    }
                }
            }
        }
    }
}
