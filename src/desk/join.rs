//! `join`: a desk that others have, as a bare clone of one's own, at hand by its name.
//!
//! The clone is made under a name of its own and moved to its place once it is known to hold a desk; it gets its name in
//! the user's configuration last. Whatever ends the command before leaves no half of it behind.

mod clone;

use std::path::{Path, PathBuf};

use crate::desk::registry::{self, Registered};
use crate::env::Env;
use crate::error::{Kind, Problem, Result};
use crate::model::name::is_name;
use crate::model::ticket::slug;
use crate::process;
use crate::store::address::Address;
use crate::store::{Place, Store};

/// What is to be joined.
#[derive(Debug, Clone)]
pub struct Join {
    pub url: String,
    /// Where the clone goes, absolute; `None` is the user's data folder.
    pub folder: Option<PathBuf>,
    /// `None` is the last part of the URL.
    pub name: Option<String>,
    /// The branch of the desk; `None` is the remote's `HEAD`.
    pub branch: Option<String>,
    /// Whether git may ask for a password.
    pub may_ask: bool,
    /// Look, and make nothing.
    pub dry_run: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    pub name: String,
    pub folder: PathBuf,
    /// The URL without a password.
    pub url: String,
    /// There was nothing to do.
    pub already: bool,
    /// It is what is used outside a desk's folder.
    pub is_default: bool,
}

/// Clones the desk, gives it its name, and makes it the default where there is none. `progress` is told how many objects
/// have come, of how many.
///
/// Exit code 2 for a URL or a name that cannot be, 5 where another desk has the name or the folder is not empty, 7 when
/// the remote holds no desk or the user's git configuration is no file, 8 when it is out of reach, 9 when it refuses.
pub fn join(env: &Env, join: &Join, progress: &dyn Fn(u64, u64)) -> Result<Joined> {
    let address = Address::parse(&join.url, &env.cwd)?;
    // Before anything is cloned: a desk without a name could not be found again.
    registry::must_be_a_file(env)?;
    let known = registry::all(env);
    let asked = join.name.as_deref().map(checked_name).transpose()?;
    if let Some(found) = known.iter().find(|desk| is_clone_of(env, &desk.path, &address)) {
        return again(env, join, &address, found, asked.as_deref());
    }
    let name = asked.map_or_else(|| name_of(&address), Ok)?;
    // A name that leads nowhere any more is free.
    if let Some(other) = known.iter().find(|desk| desk.name == name && desk.path.exists()) {
        return Err(taken(other).into());
    }
    let folder = match &join.folder {
        Some(folder) => folder.clone(),
        None => data_folder(env)?.join(format!("{name}.git")),
    };
    let joined = |already| Joined {
        is_default: registry::default(env).is_none_or(|default| default == name),
        name: name.clone(),
        folder: folder.clone(),
        url: address.shown(),
        already,
    };
    let there = is_clone_of(env, &folder, &address);
    if !there && folder.read_dir().is_ok_and(|mut files| files.next().is_some()) {
        return Err(Problem::refused(format!("{} is not empty", folder.display()))
            .code("folder_taken")
            .hint("another place: git desk join URL DIR")
            .into());
    }
    let outcome = joined(there);
    if join.dry_run {
        return Ok(outcome);
    }
    if !there {
        make(env, join, &address, &folder, progress)?;
    }
    registry::register(env, &name, &folder)?;
    if registry::default(env).is_none() {
        registry::make_default(env, &name)?;
    }
    Ok(outcome)
}

/// The desk has a name already; a second one may be given to it.
fn again(env: &Env, join: &Join, address: &Address, found: &Registered, asked: Option<&str>) -> Result<Joined> {
    let name = asked.unwrap_or(&found.name);
    let other = registry::all(env).into_iter().find(|desk| desk.name == name && desk.path != found.path);
    if let Some(other) = other {
        return Err(taken(&other).into());
    }
    if name != found.name && !join.dry_run {
        registry::register(env, name, &found.path)?;
    }
    Ok(Joined {
        name: name.to_owned(),
        folder: found.path.clone(),
        url: address.shown(),
        already: true,
        is_default: registry::default(env).is_some_and(|default| default == name),
    })
}

fn taken(other: &Registered) -> Problem {
    Problem::refused(format!("another desk has the name `{}` here: {}", other.name, other.path.display()))
        .code("name_taken")
        .hint("another name: git desk join URL --name NAME")
}

fn checked_name(name: &str) -> Result<String> {
    if is_name(name) {
        return Ok(name.to_owned());
    }
    let problem = Problem::usage(format!("`{name}` is no name for a desk: a to z, 0 to 9 and - between them"));
    Err(match slug(name) {
        near if is_name(&near) => problem.hint(format!("git desk join URL --name {near}")),
        _ => problem,
    }
    .into())
}

/// The last part of the URL, as a name.
fn name_of(address: &Address) -> Result<String> {
    let name = slug(&address.last_part());
    match is_name(&name) {
        true => Ok(name),
        false => Err(Problem::usage(format!("no name can be made of {}", address.shown()))
            .hint("git desk join URL --name NAME")
            .into()),
    }
}

/// Where the clones of a user are.
fn data_folder(env: &Env) -> Result<PathBuf> {
    let data = env.var("XDG_DATA_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let data = data.or_else(|| Some(env.home()?.join(".local/share")));
    let data = data.ok_or_else(|| {
        Problem::usage("neither XDG_DATA_HOME nor HOME is set; where shall the clone be?").hint("git desk join URL DIR")
    })?;
    Ok(data.join("git-desk"))
}

/// Whether a folder is a repository whose `origin` is that address.
fn is_clone_of(env: &Env, folder: &Path, address: &Address) -> bool {
    let store = folder.is_dir().then(|| Store::open(&Place::named(env, folder)).ok()).flatten();
    store.and_then(|store| store.setting("remote.origin.url")).is_some_and(|url| url == address.url())
}

/// Clones beside the place where it is to be, and moves it there when it is known to be a desk.
fn make(env: &Env, join: &Join, address: &Address, folder: &Path, progress: &dyn Fn(u64, u64)) -> Result<()> {
    let parent = folder.parent().unwrap_or(folder);
    let cannot = |error: std::io::Error| {
        Problem::repository(format!("cannot make {}: {error}", folder.display()))
            .code("no_folder")
            .hint("another place: git desk join URL DIR")
    };
    std::fs::create_dir_all(parent).map_err(cannot)?;
    let own = folder.file_name().unwrap_or_default().to_string_lossy();
    let part = Part(parent.join(format!(".{own}.{:08x}", env.random() as u32)));
    clone::clone(address, &part.0, join, progress)?;
    follow(&part.0)?;
    let place = Place { reference: join.branch.clone(), ..Place::named(env, &part.0) };
    let store = Store::open(&place).map_err(|error| no_desk_there(error, address, &part.0))?;
    remember_branch(&store, join, &part.0)?;
    note_that_it_is_the_same(env, &store)?;
    drop(store);
    // An empty folder may stand there; anything else makes this fail.
    std::fs::rename(&part.0, folder).map_err(cannot)?;
    Ok(())
}

/// A clone on its way: gone when it is not moved to its place.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // Once it has been moved there is nothing to remove.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Later fetches bring what others have into `refs/remotes/origin`, and never over what is here.
fn follow(clone: &Path) -> Result<()> {
    config(clone, &["config", "--replace-all", "remote.origin.fetch", clone::FETCH])
}

/// `git status` and `git push` know where the branch belongs; a branch that was asked for is the desk's from now on.
fn remember_branch(store: &Store, join: &Join, clone: &Path) -> Result<()> {
    let branch = store.reference().trim_start_matches("refs/heads/").to_owned();
    config(clone, &["config", &format!("branch.{branch}.remote"), "origin"])?;
    config(clone, &["config", &format!("branch.{branch}.merge"), store.reference()])?;
    match join.branch {
        Some(_) => config(clone, &["config", "desk.ref", &branch]),
        None => Ok(()),
    }
}

/// What was cloned is what was there.
fn note_that_it_is_the_same(env: &Env, store: &Store) -> Result<()> {
    let (remote, tip) = (store.remote(None)?, store.snapshot()?.commit());
    store.saw(&remote, tip);
    store.note_in_step(&remote, env.now.as_second());
    Ok(())
}

fn config(clone: &Path, words: &[&str]) -> Result<()> {
    let failed = |why| Problem::repository(format!("git {}: {why}", words.join(" "))).code("config_failed");
    Ok(process::done(process::git(clone).args(words), b"").map_err(failed)?)
}

/// The clone went well, but there is no desk in it, or none that can be read.
fn no_desk_there(error: anyhow::Error, address: &Address, clone: &Path) -> anyhow::Error {
    let Ok(problem) = error.downcast::<Problem>() else {
        return Problem::new(Kind::Repository, format!("{} cannot be read as a desk", address.shown())).into();
    };
    let hidden = clone.display().to_string();
    let message = match problem.code {
        "no_desk" => format!("{} holds no desk: there is no desk.toml on its branch", address.shown()),
        _ => problem.message.replace(&format!("{hidden}/"), &address.shown()).replace(&hidden, &address.shown()),
    };
    let hints = match problem.code {
        "no_desk" => vec![
            "it is on another branch: git desk join URL --ref NAME".to_owned(),
            "begin one in a clone of it: git desk init".to_owned(),
        ],
        _ => problem.hints,
    };
    Problem { message, hints, ..problem }.into()
}
