//! Preferences in layers: each value with the place it comes from. Pure; the layers are handed in.
//!
//! Flag > environment > `git config desk.*` > the user's `config.toml` > the system's > built-in. Policy is not here:
//! that is the tracked `desk.toml` alone.

use std::fmt;

/// Where a value was said, the strongest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    Flag,
    Environment(String),
    Git,
    File(String),
    BuiltIn,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag => f.write_str("flag"),
            Origin::Environment(name) => write!(f, "environment {name}"),
            Origin::Git => f.write_str("git config"),
            Origin::File(path) => write!(f, "file {path}"),
            Origin::BuiltIn => f.write_str("built-in"),
        }
    }
}

/// A preference: its name without `desk.`, the variable that sets it, its built-in value, and what it is for.
#[derive(Debug, Clone, Copy)]
pub struct Preference {
    pub name: &'static str,
    pub variable: Option<&'static str>,
    pub default: &'static str,
    pub help: &'static str,
}

impl Preference {
    /// Whether it is the person's alone: a repository, which somebody else may have made, has no say in it.
    pub fn is_personal(&self) -> bool {
        matches!(self.name, "default" | "hub" | "output" | "errors" | "pager" | "editor")
    }
}

const fn preference(
    name: &'static str,
    variable: Option<&'static str>,
    default: &'static str,
    help: &'static str,
) -> Preference {
    Preference { name, variable, default, help }
}

/// Every preference there is.
pub const PREFERENCES: &[Preference] = &[
    preference("default", Some("GIT_DESK_REPO"), "", "the desk used outside a desk's repository: a name or a path"),
    preference("hub", Some("GIT_DESK_HUB"), "", "where jobs and monitors hand their events to, instead of a desk here"),
    preference("ref", Some("GIT_DESK_REF"), "", "the branch the desk is on; empty is HEAD"),
    preference("root", None, "", "the folder of the desk in its repository; empty is where desk.toml is found"),
    preference("user", Some("GIT_DESK_USER"), "", "who acts: an agent's handle or `Name <mail>`"),
    preference(
        "output",
        Some("GIT_DESK_OUTPUT"),
        "",
        "table, tsv, json, jsonl, csv, markdown, ids; empty is by terminal",
    ),
    preference("errors", Some("GIT_DESK_ERRORS"), "", "json: errors as one JSON object"),
    preference("pager", Some("GIT_DESK_PAGER"), "less -FRX", "shows long results on a terminal"),
    preference("editor", Some("GIT_DESK_EDITOR"), "", "opens tickets and long texts"),
    preference("autosync", None, "off", "write: sync after writes; both: also before reads"),
    preference("remote", None, "", "the remote that the desk is shared through; empty is that of the branch"),
    preference(
        "durability",
        None,
        "full",
        "none: do not wait for the disk; for tests and imports that end in one sync",
    ),
    preference("lockTimeout", None, "30s", "how long a write waits for its turn"),
    preference("remote", None, "", "the remote that others have the desk from; empty is the branch's, else origin"),
    preference("forge", None, "", "github, gitlab, gitea, forgejo: where the remote's address does not tell"),
    preference("forge-api", None, "", "the forge's REST interface, https; empty is the usual place on its host"),
];

/// What a layer says of a preference, and where it says so when that is finer than the layer.
pub type Said = Option<(String, Option<Origin>)>;

/// One layer: where it stands, and what it says for a name.
pub struct Layer<'a> {
    pub origin: Origin,
    pub values: &'a dyn Fn(&Preference) -> Said,
}

/// A value with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub name: &'static str,
    pub value: String,
    pub origin: Origin,
}

/// The strongest layer that says something of `preference`, else the built-in value.
pub fn settle(preference: &Preference, layers: &[Layer<'_>]) -> Setting {
    let said = layers.iter().find_map(|layer| {
        let (value, origin) = (layer.values)(preference)?;
        Some((value, origin.unwrap_or_else(|| layer.origin.clone())))
    });
    let (value, origin) = said.unwrap_or_else(|| (preference.default.to_owned(), Origin::BuiltIn));
    Setting { name: preference.name, value, origin }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_layer_wins_and_is_named() {
        let strong =
            |p: &Preference| (p.name == "ref").then(|| ("a".to_owned(), Some(Origin::Environment("X".into()))));
        let weak = |p: &Preference| (p.name != "pager").then(|| ("b".to_owned(), None));
        let layers = [Layer { origin: Origin::Flag, values: &strong }, Layer { origin: Origin::Git, values: &weak }];
        let said = |name: &str| {
            let found = PREFERENCES.iter().find(|p| p.name == name).map(|p| settle(p, &layers));
            found.map(|s| (s.value, s.origin.to_string()))
        };
        assert_eq!(said("ref"), Some(("a".into(), "environment X".into())));
        assert_eq!(said("root"), Some(("b".into(), "git config".into())));
        assert_eq!(said("pager"), Some(("less -FRX".into(), "built-in".into())));
    }
}
