//! `config`

use serde_json::{Value, json};

use super::Context;
use crate::config::{Origin, PREFERENCES};
use crate::desk::registry;
use crate::error::{Problem, Result};
use crate::model::near::nearest;

/// Preferences: what is set, and where
///
/// Flag > environment > `git config desk.NAME` > the user's config.toml >
/// /etc/git-desk/config.toml > built-in. Policy is not here: queues, agents, views, rotas and rules
/// stand in the tracked desk.toml alone. What is a person's own (default, output, errors, pager,
/// editor) is not read from a repository's configuration.
///
/// Desks that have a name are listed, too: `git desk help desks` says how they get one.
///
/// Examples:
///   git desk config list --show-origin
///   git desk config get pager
///   git config --global desk.acme.path ~/desks/acme.git
///   git config --global desk.default acme
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
                let preferences = PREFERENCES.iter().map(|preference| {
                    let setting = ctx.preference(preference);
                    json!({"name": setting.name, "value": setting.value, "origin": setting.origin.to_string(),
                           "help": preference.help})
                });
                let desks = registry::all(ctx.env).into_iter().map(|desk| {
                    json!({"name": format!("{}.path", desk.name), "value": desk.path.display().to_string(),
                           "origin": Origin::Git.to_string(), "help": "where the desk of that name is"})
                });
                let rows: Vec<Value> = preferences.chain(desks).collect();
                let columns: &[&str] = if show_origin { &["name", "value", "origin"] } else { &["name", "value"] };
                ctx.ui.rows(columns, &rows)
            }
            Verb::Get { name } => {
                let plain = name.strip_prefix("desk.").unwrap_or(&name);
                if let Some(desk) = plain.strip_suffix(".path") {
                    return ctx.ui.line(&registry::find(ctx.env, desk)?.display().to_string());
                }
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
