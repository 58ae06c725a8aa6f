//! Desks by name: `[desk "acme"] path = …` in the user's git configuration. A repository's own configuration names none,
//! so a repository that somebody else made leads nobody elsewhere.

use std::path::{Path, PathBuf};

use crate::env::Env;
use crate::error::{Problem, Result};
use crate::model::near::nearest;
use crate::process;
use crate::store::settings::{global_sections, global_setting};

/// A desk that has a name here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    pub name: String,
    /// Its repository; `~/` stands for the user's home.
    pub path: PathBuf,
}

/// All of them, in the order of their names.
pub fn all(env: &Env) -> Vec<Registered> {
    let registered = |(name, path): (String, String)| Registered { name, path: expanded(env, &path) };
    global_sections(env, "desk", "path").into_iter().map(registered).collect()
}

/// The repository of a desk by its name. Exit code 3 names those that there are.
pub fn find(env: &Env, name: &str) -> Result<PathBuf> {
    let known = all(env);
    if let Some(found) = known.iter().find(|desk| desk.name == name) {
        return Ok(found.path.clone());
    }
    let names: Vec<&str> = known.iter().map(|desk| desk.name.as_str()).collect();
    let problem = Problem::not_found(format!("no desk has the name `{name}` here")).code("no_desk_name");
    let problem = match (nearest(name, names.iter().copied()), names.is_empty()) {
        (Some(near), _) => problem.hint(format!("did you mean `{near}`?     all of them: {}", names.join(", "))),
        (None, false) => problem.hint(format!("there are {}", names.join(", "))),
        (None, true) => problem,
    };
    let problem = problem.candidates(names);
    Err(problem
        .hint("give one a name: git config --global desk.NAME.path PATH     or join one: git desk join URL")
        .into())
}

/// What `GIT_DESK_REPO` and `desk.default` say: the name of a desk, else a path. A path that is spelt like a name needs
/// `./` in front, so that what is meant never depends on the folder that somebody is in.
pub fn named_or_path(env: &Env, said: &str) -> PathBuf {
    match all(env).into_iter().find(|desk| desk.name == said) {
        Some(desk) => desk.path,
        None => expanded(env, said),
    }
}

/// The desk that is used outside a desk's repository, as `git config desk.default` says it.
pub fn default(env: &Env) -> Option<String> {
    global_setting(env, "desk.default")
}

/// Gives a desk a name, in the user's git configuration. Exit code 7 when git cannot write it.
pub fn register(env: &Env, name: &str, path: &Path) -> Result<()> {
    let path = path.to_str().ok_or_else(|| Problem::usage(format!("{} is not UTF-8", path.display())))?;
    set(env, &format!("desk.{name}.path"), path)
}

/// Makes a desk the one that is used outside a desk's repository.
pub fn make_default(env: &Env, name: &str) -> Result<()> {
    set(env, "desk.default", name)
}

/// Refuses, with exit code 7, where the user's git configuration is no file: git would put one in the place of
/// `/dev/null`.
pub fn must_be_a_file(env: &Env) -> Result<()> {
    let named = env.var("GIT_CONFIG_GLOBAL").map(Path::new);
    match named.filter(|file| file.exists() && !file.is_file()) {
        None => Ok(()),
        Some(file) => Err(Problem::repository(format!("GIT_CONFIG_GLOBAL is {}, which is no file", file.display()))
            .code("config_failed")
            .hint("name a file that can be written, or none: unset GIT_CONFIG_GLOBAL")
            .into()),
    }
}

/// `git config --global NAME VALUE`. Exit code 7 when git refuses, or when there is [no file](must_be_a_file).
pub fn set(env: &Env, name: &str, value: &str) -> Result<()> {
    must_be_a_file(env)?;
    // Where it is called: a relative GIT_CONFIG_GLOBAL begins there.
    let output = process::git(&env.cwd).args(["config", "--global", name, value]).output();
    let output =
        output.map_err(|error| Problem::repository(format!("cannot start git: {error}")).hint("install git"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("it said nothing").trim_start_matches("error: ").to_owned();
    Err(Problem::repository(format!("git config --global {name}: {said}")).code("config_failed").into())
}

/// `~/` is the user's home, as in git's own paths.
fn expanded(env: &Env, path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), env.home()) {
        (Some(below), Some(home)) => home.join(below),
        _ => PathBuf::from(path),
    }
}
