//! Which desk is meant: by flag, environment, the folder somebody is in, or their preferences; and what to type where it
//! is none.

use std::path::PathBuf;

use super::Context;
use super::context::settle;
use crate::config::PREFERENCES;
use crate::desk::registry::{self, Registered};
use crate::error::{Kind, Problem, Result};
use crate::store::repository::{BEGIN, NO_DESK};
use crate::store::settings::global_setting;
use crate::store::{Place, Store};

impl Context {
    /// Opens the desk of `--desk` or `--repo`, else of `GIT_DESK_REPO`, else around this folder, else of `desk.default`.
    pub(super) fn open_store(&self) -> Result<Store> {
        self.open_store_of(false)
    }

    /// The same; with `detached`, a detached HEAD will do.
    pub(super) fn open_store_of(&self, detached: bool) -> Result<Store> {
        let reference = self.globals.reference.clone().or_else(|| self.env.var("GIT_DESK_REF").map(str::to_owned));
        let with = |place: Place| {
            let (reference, fallbacks) = (reference.clone(), self.of_files());
            Store::open(&Place { reference, fallbacks, detached, ..place })
        };
        let open = |path: PathBuf| with(Place::named(self.env, path));
        match self.globals.desk.as_slice() {
            [] => {}
            [name] => return open(registry::find(self.env, name)?).map_err(|error| by_name(error, name)),
            several => {
                return Err(Problem::usage(format!("one desk can be meant here, not {}", several.len()))
                    .code("one_desk")
                    .hint(format!("git desk --desk {}", several[0]))
                    .into());
            }
        }
        if let Some(path) = &self.globals.repo {
            return open(path.clone());
        }
        if let Some(said) = self.env.var("GIT_DESK_REPO") {
            return open(registry::named_or_path(self.env, said));
        }
        match with(Place::around(self.env)) {
            Err(error) if is_no_desk(&error) => match self.default_desk() {
                Some(said) => open(registry::named_or_path(self.env, &said)).map_err(|error| by_default(error, &said)),
                None => Err(self.with_names(error)),
            },
            opened => opened,
        }
    }

    /// The bare repository that is named or around us and holds nothing yet: a server before the first push.
    pub(super) fn awaiting(&self) -> Option<Store> {
        if !self.globals.desk.is_empty() || self.globals.repo.is_none() && self.env.var("GIT_DESK_REPO").is_some() {
            return None;
        }
        let around = || Place::around(self.env);
        let place = self.globals.repo.as_ref().map_or_else(around, |path| Place::named(self.env, path.clone()));
        let store = Store::open_undecided(&place).ok()?;
        (store.is_bare() && store.tip().is_ok_and(|tip| tip.is_none())).then_some(store)
    }

    /// What git's configuration or a file of preferences says is used where no desk is around.
    fn default_desk(&self) -> Option<String> {
        let preference = PREFERENCES.iter().find(|preference| preference.name == "default")?;
        let global = |name: &str| global_setting(self.env, name);
        let said = settle(self.env, &self.globals, &self.files, preference, &global).value;
        Some(said).filter(|said| !said.is_empty())
    }

    /// Where there is no desk, those that have a name here can be used.
    fn with_names(&self, error: anyhow::Error) -> anyhow::Error {
        let known = registry::all(self.env);
        let Some(Registered { name, .. }) = known.first() else { return error };
        let by_name = format!("use one by name: git desk --desk {name} list");
        let hints = vec![format!("{by_name}     always: git config --global desk.default {name}"), BEGIN.to_owned()];
        let candidates = known.iter().map(|desk| desk.name.clone()).collect();
        changed(error, |problem| Problem { hints, candidates, ..problem })
    }
}

/// A desk that has a name, and is not where the name leads.
fn by_name(error: anyhow::Error, name: &str) -> anyhow::Error {
    changed(error, |problem| {
        let why = problem.message.trim_start_matches(NO_DESK);
        let hints = match problem.code {
            "no_desk" => vec![
                format!("where it is now: git config --global desk.{name}.path PATH"),
                format!("to forget it: git config --global --remove-section desk.{name}"),
            ],
            _ => problem.hints,
        };
        Problem { message: format!("desk {name}: {why}"), hints, ..problem }
    })
}

/// `desk.default` leads to no desk.
fn by_default(error: anyhow::Error, said: &str) -> anyhow::Error {
    changed(error, |problem| {
        if problem.code != "no_desk" {
            return problem;
        }
        let why = match said.contains('/') {
            true => problem.message.trim_start_matches(NO_DESK),
            false => "no desk has that name here",
        };
        let message = format!("{NO_DESK}desk.default is {said}, and {why}");
        let other = "another: git config --global desk.default NAME     none: git config --global --unset desk.default";
        Problem { message, hints: vec![other.to_owned(), BEGIN.to_owned()], ..problem }
    })
}

/// A problem in other words; any other error as it is.
fn changed(error: anyhow::Error, words: impl FnOnce(Problem) -> Problem) -> anyhow::Error {
    match error.downcast::<Problem>() {
        Ok(problem) => words(problem).into(),
        Err(error) => error,
    }
}

fn is_no_desk(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Problem>().is_some_and(|problem| problem.kind == Kind::Repository && problem.code == "no_desk")
}
