//! Git's configuration outside of any repository: what the machine and the user say, and no repository that somebody
//! else made.

use std::collections::BTreeSet;
use std::path::PathBuf;

use git2::{Config, ConfigLevel};

use crate::env::Env;

/// The name of a new repository's branch: `init.defaultBranch`, else `main`.
pub fn default_branch(env: &Env) -> String {
    global_setting(env, "init.defaultBranch").unwrap_or_else(|| "main".to_owned())
}

/// A value of git's configuration outside of any repository, `git -c` included; unset and empty are `None`.
pub fn global_setting(env: &Env, name: &str) -> Option<String> {
    let overridden = env.git_overrides().into_iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name));
    let value = match overridden {
        Some((_, value)) => Some(value),
        None => files(env)?.snapshot().ok()?.get_string(name).ok(),
    };
    value.filter(|value| !value.is_empty())
}

/// The subsections of a section that have a key, with its value: of `[desk "acme"] path = …` the pair of `acme` and the
/// path. In the order of the names, which keep their case; values that are empty are left out.
pub fn global_sections(env: &Env, section: &str, key: &str) -> Vec<(String, String)> {
    let within = |name: &str| {
        // Git writes section and key in lower case; only the subsection is as somebody typed it.
        let begins = name.get(..section.len()).is_some_and(|start| start.eq_ignore_ascii_case(section));
        let (middle, last) = name.get(section.len() + 1..).filter(|_| begins)?.rsplit_once('.')?;
        (!middle.is_empty() && last.eq_ignore_ascii_case(key)).then(|| middle.to_owned())
    };
    let mut names: BTreeSet<String> = env.git_overrides().iter().filter_map(|(name, _)| within(name)).collect();
    if let Some(mut entries) = files(env).as_ref().and_then(|config| config.entries(None).ok()) {
        while let Some(Ok(entry)) = entries.next() {
            names.extend(entry.name().ok().and_then(within));
        }
    }
    let valued = |name: String| global_setting(env, &format!("{section}.{name}.{key}")).map(|value| (name, value));
    names.into_iter().filter_map(valued).collect()
}

/// The files are those that git reads: `GIT_CONFIG_SYSTEM` and `GIT_CONFIG_GLOBAL` name others, `GIT_CONFIG_NOSYSTEM`
/// leaves one out.
fn files(env: &Env) -> Option<Config> {
    let system = match env.var("GIT_CONFIG_NOSYSTEM") {
        Some(_) => None,
        None => env.var("GIT_CONFIG_SYSTEM").map(PathBuf::from).or_else(|| Config::find_system().ok()),
    };
    let own = match env.var("GIT_CONFIG_GLOBAL") {
        Some(path) => [None, Some(PathBuf::from(path))],
        None => [Config::find_xdg().ok(), Config::find_global().ok()],
    };
    let levels = [ConfigLevel::System, ConfigLevel::XDG, ConfigLevel::Global];
    let mut config = Config::new().ok()?;
    for (file, level) in [system].into_iter().chain(own).zip(levels) {
        // One that cannot be read says nothing.
        let _ = file.map(|file| config.add_file(&file, level, false));
    }
    Some(config)
}
