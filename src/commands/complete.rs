//! What the shell offers: tickets with their titles, queues, agents. Silent when there is no desk.

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::Context;
use super::Globals;
use crate::env::Env;

/// Open tickets by handle, with their titles.
pub fn tickets() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &std::ffi::OsStr| {
        let typed = typed.to_string_lossy().into_owned();
        let Some(ctx) = context() else { return Vec::new() };
        let found = ctx.complete(&typed).unwrap_or_default();
        let candidate = |(handle, title): (String, String)| {
            CompletionCandidate::new(handle).help(Some(crate::ui::visible::visible_line(&title).into()))
        };
        found.into_iter().map(candidate).collect()
    })
}

/// Active queues.
pub fn queues() -> ArgValueCompleter {
    names(|ctx| {
        let (policy, _) = ctx.policy().ok()?;
        Some(
            policy
                .queues
                .into_iter()
                .filter(|(_, queue)| queue.active)
                .map(|(name, queue)| (name, queue.title))
                .collect(),
        )
    })
}

/// Everybody who has asked for something before.
pub fn requesters() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &std::ffi::OsStr| {
        let typed = typed.to_string_lossy().into_owned();
        let known = context().and_then(|ctx| ctx.desk().ok()?.index().ok()?.requesters(&typed, 50).ok());
        // What could end a word of the shell, or turn the screen, is no candidate.
        let harmless = |name: &String| name.chars().all(|c| c.is_ascii_graphic() || c.is_alphanumeric());
        known.unwrap_or_default().into_iter().filter(harmless).map(CompletionCandidate::new).collect()
    })
}

/// Templates of tickets, with their titles.
pub fn templates() -> ArgValueCompleter {
    names(|ctx| {
        let (policy, _) = ctx.policy().ok()?;
        Some(policy.templates.into_iter().map(|(name, preset)| (name, preset.title)).collect())
    })
}

/// Active agents, and `me`.
pub fn agents() -> ArgValueCompleter {
    names(|ctx| {
        let (policy, _) = ctx.policy().ok()?;
        let agents =
            policy.agents.into_iter().filter(|(_, agent)| agent.active).map(|(name, agent)| (name, agent.name));
        Some(agents.chain([("me".to_owned(), "you".to_owned())]).collect())
    })
}

/// Names with what they stand for.
type Names = Vec<(String, String)>;

fn names(of: fn(&Context) -> Option<Names>) -> ArgValueCompleter {
    ArgValueCompleter::new(move |typed: &std::ffi::OsStr| {
        let typed = typed.to_string_lossy().into_owned();
        let all = context().and_then(|ctx| of(&ctx)).unwrap_or_default();
        let fits = all.into_iter().filter(|(name, _)| name.starts_with(&typed));
        fits.map(|(name, help)| CompletionCandidate::new(name).help(Some(help.into()))).collect()
    })
}

fn context() -> Option<Context> {
    Context::new(Env::read().ok()?, Globals::default()).ok()
}
