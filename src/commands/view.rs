//! Queries by the name that they have in `[views]` of desk.toml.

use super::Context;
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::model::near::nearest;
use crate::model::query::Context as Asked;

/// A view, alone or with more words of a query.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct View {
    /// A query with a name, from `[views]` of desk.toml
    #[arg(long, value_name = "NAME", add = super::complete::views())]
    pub view: Option<String>,
}

impl View {
    /// The view and the words together, both to be met; `""` for neither. Exit code 3 for an unknown view, 2 for words
    /// that are no query, its own words or those of the view.
    pub fn text(&self, look: &Look<'_>, asked: &Asked, words: &str) -> Result<String> {
        let Some(name) = &self.view else { return Ok(words.to_owned()) };
        let Some(view) = look.policy.views.get(name) else { return Err(unknown(name, look).into()) };
        look.query(view, asked).map_err(|error| of_view(name, look, error))?;
        Ok(match words.trim() {
            "" => view.clone(),
            words if view.trim().is_empty() => words.to_owned(),
            // By themselves first: a bracket in them must not close ours.
            words => {
                look.query(words, asked)?;
                format!("({view}) ({words})")
            }
        })
    }

    /// The query of a command that may be asked without one; `None` where neither view nor words are given.
    pub fn query(&self, ctx: &Context, look: &Look<'_>, words: Option<&str>) -> Result<Option<String>> {
        if self.view.is_none() {
            return Ok(words.map(str::to_owned));
        }
        let asked = ctx.desk()?.query_context(&look.policy, look.now)?;
        self.text(look, &asked, words.unwrap_or_default()).map(Some)
    }
}

fn unknown(name: &str, look: &Look<'_>) -> Problem {
    let known: Vec<&str> = look.policy.views.keys().map(String::as_str).collect();
    let have = match known.as_slice() {
        [] => "; this desk has none".to_owned(),
        several => format!("; this desk has {}", several.join(", ")),
    };
    let mut problem = Problem::not_found(format!("no view `{name}`{have}")).code("no_view");
    if let Some(near) = nearest(name, known.iter().copied()) {
        problem = problem.hint(format!("did you mean `{near}`?"));
    }
    problem.candidates(known).hint("a view is a line in [views] of desk.toml: mine = \"assignee:@me\"")
}

/// What is wrong with the words of a view, which whoever asks did not write.
fn of_view(name: &str, look: &Look<'_>, error: anyhow::Error) -> anyhow::Error {
    let line = look.policy.line(&format!("views.{name}")).map_or(String::new(), |line| format!(":{line}"));
    match error.downcast::<Problem>() {
        Ok(problem) => {
            let message = format!("view `{name}` (desk.toml{line}): {}", problem.message);
            Problem { message, ..problem }.into()
        }
        Err(error) => error,
    }
}

/// A query that must be met beside what a command finds by itself.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Only {
    /// Only tickets that fit this query
    #[arg(long = "where", value_name = "QUERY")]
    pub query: Option<String>,
    #[command(flatten)]
    pub view: View,
}

impl Only {
    pub fn is_given(&self) -> bool {
        self.query.is_some() || self.view.view.is_some()
    }

    /// The query; `None` where none is given.
    pub fn text(&self, ctx: &Context, look: &Look<'_>) -> Result<Option<String>> {
        self.view.query(ctx, look, self.query.as_deref())
    }
}
