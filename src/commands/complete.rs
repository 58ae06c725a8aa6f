//! What the shell offers: tickets with their titles, queues, agents. Silent when there is no desk.

use std::collections::HashSet;
use std::path::PathBuf;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::Context;
use super::Globals;
use crate::desk::{knowledge, registry};
use crate::env::Env;
use crate::report::kind::Kind;

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

/// Calendars, with their zones.
pub fn calendars() -> ArgValueCompleter {
    names(|ctx| {
        let (policy, _) = ctx.policy().ok()?;
        Some(policy.calendars.into_iter().map(|(name, calendar)| (name, calendar.timezone)).collect())
    })
}

/// Articles that are not retired, with their titles.
pub fn articles() -> ArgValueCompleter {
    names(|ctx| {
        let all = knowledge::articles(&ctx.desk().ok()?.store.snapshot().ok()?).ok()?;
        Some(all.into_iter().filter(|one| !one.is_retired()).map(|one| (one.name, one.title)).collect())
    })
}

/// Topics that have articles.
pub fn topics() -> ArgValueCompleter {
    names(|ctx| {
        let topics = ctx.desk().ok()?.store.snapshot().ok()?.names_in("kb").ok()?;
        Some(topics.into_iter().map(|topic| (topic, String::new())).collect())
    })
}

/// Customers that have a file, with their names.
pub fn customers() -> ArgValueCompleter {
    names(|ctx| ctx.desk().ok()?.customers().ok())
}

/// Services of the catalogue, with their titles.
pub fn services() -> ArgValueCompleter {
    names(|ctx| {
        let all = crate::desk::catalogue::services(&ctx.desk().ok()?.store.snapshot().ok()?).ok()?;
        Some(all.into_iter().map(|(name, service)| (name, service.title)).collect())
    })
}

/// Everybody who has asked for something before.
pub fn requesters() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &std::ffi::OsStr| {
        let typed = typed.to_string_lossy().into_owned();
        let known = context().and_then(|ctx| ctx.desk().ok()?.index().ok()?.requesters(&typed, 50).ok());
        known.unwrap_or_default().into_iter().filter(|name| is_plain(name)).map(CompletionCandidate::new).collect()
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

/// Desks by the names that they have here.
pub fn desks() -> ArgValueCompleter {
    names(|ctx| {
        let known = registry::all(ctx.env).into_iter();
        Some(known.map(|desk| (desk.name, desk.path.display().to_string())).collect())
    })
}

/// Active agents, and the words that stand for one: for who is to get a ticket.
pub fn takers() -> ArgValueCompleter {
    names(|ctx| {
        let (policy, _) = ctx.policy().ok()?;
        let agents =
            policy.agents.into_iter().filter(|(_, agent)| agent.active).map(|(name, agent)| (name, agent.name));
        let words = [
            ("me", "you"),
            ("none", "nobody"),
            ("oncall", "whoever is on call for the queue"),
            ("next", "the queue's members in turn"),
        ];
        Some(agents.chain(words.map(|(word, help)| (word.to_owned(), help.to_owned()))).collect())
    })
}

/// The reports, with what they say.
pub fn reports() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &std::ffi::OsStr| {
        let typed = typed.to_string_lossy().into_owned();
        let fits = Kind::ALL.iter().filter(|kind| kind.name().starts_with(&typed));
        fits.map(|kind| CompletionCandidate::new(kind.name()).help(Some(kind.about().into()))).collect()
    })
}

/// By what the report that is named on the line may be told apart; all such words where none is named yet.
pub fn told_apart_by() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &std::ffi::OsStr| {
        let typed = typed.to_string_lossy().into_owned();
        let line = Env::read().map(|env| env.arguments).unwrap_or_default();
        let named = line.iter().rev().find_map(|word| Kind::parse(word));
        let kinds = named.map_or(Kind::ALL.to_vec(), |kind| vec![kind]);
        let mut words: Vec<&str> = kinds.iter().flat_map(|kind| kind.by()).collect();
        let mut seen = HashSet::new();
        words.retain(|word| seen.insert(*word) && word.starts_with(&typed));
        words.into_iter().map(CompletionCandidate::new).collect()
    })
}

/// The queries with names, of `[views]`.
pub fn views() -> ArgValueCompleter {
    names(|ctx| {
        let (policy, _) = ctx.policy().ok()?;
        Some(policy.views.into_iter().collect())
    })
}

/// Whether a word is the same to every shell: a candidate stands in the line as it is, and the line is run.
fn is_plain(word: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '_' | '-' | '+' | '/' | ':' | ',');
    !word.starts_with('-') && word.chars().all(plain)
}

/// Names with what they stand for.
type Names = Vec<(String, String)>;

fn names(of: fn(&Context) -> Option<Names>) -> ArgValueCompleter {
    ArgValueCompleter::new(move |typed: &std::ffi::OsStr| {
        let typed = typed.to_string_lossy().into_owned();
        let all = context().and_then(|ctx| of(&ctx)).unwrap_or_default();
        let fits = all.into_iter().filter(|(name, _)| name.starts_with(&typed) && is_plain(name));
        let shown = |help: String| Some(crate::ui::visible::visible_line(&help).into());
        fits.map(|(name, help)| CompletionCandidate::new(name).help(shown(help))).collect()
    })
}

/// The desk that the line being typed names, else the usual one.
fn context() -> Option<Context> {
    let env = Env::read().ok()?;
    let globals = Globals { desk: typed(&env, "--desk").into_iter().collect(), ..Globals::default() };
    let globals = Globals { repo: typed(&env, "--repo").map(PathBuf::from), ..globals };
    Context::new(env, globals).ok()
}

/// The value that an option has on the line being typed.
fn typed(env: &Env, option: &str) -> Option<String> {
    let words = &env.arguments;
    let of = |at: usize, word: &String| match word.strip_prefix(option)? {
        "" => words.get(at + 1).cloned(),
        rest => rest.strip_prefix('=').map(str::to_owned),
    };
    words.iter().enumerate().find_map(|(at, word)| of(at, word)).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_run_is_no_candidate() {
        for word in [
            "$(touch x)",
            "`id`",
            "a;b",
            "a&b",
            "a|b",
            "a b",
            "a'b",
            "a\"b",
            "a\\b",
            "a>b",
            "~root",
            "-rf",
            "a*",
            "a\nb",
            "!1",
        ] {
            assert!(!is_plain(word), "{word}");
        }
        for word in ["bob@example.com", "J.de-Vries+x@acme.example", "müller", "vpn/rekey", "k7m3"] {
            assert!(is_plain(word), "{word}");
        }
    }
}
