//! How the desk stands to its remote, for the last line of a list and the first of a day; on a terminal alone, and the
//! remote is not asked.

use super::Context;
use crate::desk::sharing::step::Step;
use crate::model::count::counted;
use crate::ui::time::age;

/// `in step with origin 4m ago`, `3 commits not shared`; nothing where no remote is known.
pub fn words(ctx: &Context) -> Option<String> {
    of(ctx, |remote| format!("in step with {remote}"))
}

/// The same without the remote's name: `in step 4m ago`.
pub fn short(ctx: &Context) -> Option<String> {
    of(ctx, |_| "in step".to_owned())
}

fn of(ctx: &Context, in_step: impl Fn(&str) -> String) -> Option<String> {
    if !ctx.ui.talks() || ctx.globals.at.is_some() {
        return None;
    }
    Some(match ctx.desk().ok()?.step()? {
        Step::Same { remote, since } => {
            let ago = since.map(|since| format!(" {} ago", age(ctx.env.now.as_second() - since)));
            format!("{}{}", in_step(&remote), ago.unwrap_or_default())
        }
        Step::Ahead(commits) => format!("{} not shared", counted(commits, "commit")),
        Step::Behind(commits) => format!("{} to take over: git desk sync", counted(commits, "commit")),
    })
}
