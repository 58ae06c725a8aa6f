//! The targets that this machine is given, by its person's own configuration.

use std::collections::BTreeMap;

use toml::Value;

use crate::error::Problem;
use crate::model::near::nearest;
use crate::net::target::Target;

/// By name; with what is wrong with those that cannot be used.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    all: BTreeMap<String, Result<Target, Problem>>,
}

impl Targets {
    /// Reads `[targets.NAME]` tables, the strongest first.
    pub fn read<'t>(tables: impl IntoIterator<Item = (&'t String, &'t Value)>) -> Targets {
        let mut all = BTreeMap::new();
        for (name, table) in tables {
            all.entry(name.clone()).or_insert_with(|| Target::read(name, table));
        }
        Targets { all }
    }

    pub fn get(&self, name: &str) -> Option<Result<&Target, &Problem>> {
        self.all.get(name).map(Result::as_ref)
    }

    /// Exit code 3 for a name that is none, 6 for a target that cannot be used.
    pub fn find(&self, name: &str) -> Result<&Target, Problem> {
        match self.get(name) {
            Some(found) => found.map_err(Clone::clone),
            None => Err(self.unknown(name)),
        }
    }

    /// Says how to configure it.
    fn unknown(&self, name: &str) -> Problem {
        let problem = Problem::not_found(format!("target `{name}` is not configured here")).code("no_target");
        let problem = match nearest(name, self.all.keys().map(String::as_str)) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")).candidates([near]),
            None => problem,
        };
        problem.hint(how_to(name))
    }
}

/// What to write, and where.
pub fn how_to(name: &str) -> String {
    // A name that a person would have to quote is quoted.
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    let name = if plain && !name.is_empty() { name.to_owned() } else { Value::from(name).to_string() };
    format!("~/.config/git-desk/config.toml: [targets.{name}] with kind = \"slack\" and url = \"https://…\"")
}
