//! `init`: a new desk, in a repository of its own or in a folder of another.

use std::path::{Path, PathBuf};

use crate::desk::attributes::completed;
use crate::desk::{Desk, Options, Room};
use crate::env::Env;
use crate::error::{Problem, Result};
use crate::model::policy::template::{self, Filling, Template};
use crate::process;
use crate::store::message::{Message, Person};
use crate::store::{Place, Store};

/// What a new desk is to be.
#[derive(Debug, Clone, Default)]
pub struct Init {
    /// Where, absolute.
    pub folder: PathBuf,
    pub bare: bool,
    /// Everybody in the folder's group may write.
    pub shared: bool,
    /// The branch for a desk in a folder of another repository; `None` is the one checked out.
    pub branch: Option<String>,
    /// What kind of desk; `None` is the classic helpdesk.
    pub template: Option<Template>,
    /// Look, and make nothing.
    pub dry_run: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Made {
    /// The repository's folder.
    pub folder: PathBuf,
    /// There was a desk already; nothing was done.
    pub already: bool,
    /// The folder of the desk in a repository that holds other things too.
    pub root: String,
}

/// Makes the repository where there is none, and commits `desk.toml` and `.gitattributes`, and the sample customers that a template has.
///
/// Exit code 7 when git refuses or the folder cannot be written.
pub fn init(env: &Env, init: &Init) -> Result<Made> {
    let place = Place::named(env, &init.folder);
    if let Some(inside) = surrounding(env, &init.folder)? {
        return in_folder_of(env, init, &inside);
    }
    if Store::open(&place).is_ok() {
        return Ok(Made { folder: init.folder.clone(), already: true, root: String::new() });
    }
    if init.dry_run {
        return Ok(Made { folder: init.folder.clone(), already: false, root: String::new() });
    }
    make_repository(env, init)?;
    let store = Store::open_undecided(&place)?;
    first_commit(env, store, &name_of(&init.folder), init.template)?;
    Ok(Made { folder: init.folder.clone(), already: false, root: String::new() })
}

/// The repository that the folder is a part of without being its top, when it has commits.
fn surrounding(env: &Env, folder: &Path) -> Result<Option<(PathBuf, String)>> {
    let mut existing = folder;
    while !existing.is_dir() {
        let Some(parent) = existing.parent() else { return Ok(None) };
        existing = parent;
    }
    let place = Place::named(env, existing);
    let store = match Store::open_undecided(&place) {
        Ok(store) => store,
        // No repository around is what most people have; any other trouble with one is not to be built upon.
        Err(error) if error.downcast_ref::<Problem>().is_some_and(|problem| problem.code == "no_desk") => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let Some(top) = store.workdir().and_then(|top| top.canonicalize().ok()) else { return Ok(None) };
    let below = existing.canonicalize()?.join(folder.strip_prefix(existing).unwrap_or(Path::new("")));
    let inside = below.strip_prefix(&top).ok().and_then(Path::to_str).unwrap_or_default().to_owned();
    Ok((!inside.is_empty() && store.tip()?.is_some()).then_some((top, inside)))
}

/// A desk in a folder of a code repository: it needs to know its branch, whatever is checked out later.
fn in_folder_of(env: &Env, init: &Init, (top, inside): &(PathBuf, String)) -> Result<Made> {
    let mut place = Place { reference: init.branch.clone(), ..Place::named(env, top) };
    place.overrides.push(("desk.root".to_owned(), inside.clone()));
    let store = Store::open_undecided(&place)?;
    let made = Made { folder: top.clone(), already: false, root: format!("{inside}/") };
    if store.snapshot()?.exists("desk.toml")? {
        return Ok(Made { already: true, ..made });
    }
    if let Ok(other) = Store::open(&Place::named(env, top)) {
        let folder = if other.root().is_empty() { "at its top".to_owned() } else { format!("in {}", other.root()) };
        return Err(Problem::refused(format!("{} has a desk already, {folder}", top.display()))
            .code("desk_exists")
            .hint("a second desk is a repository of its own: git desk init ../another")
            .into());
    }
    if init.dry_run {
        return Ok(made);
    }
    let branch = store.reference().trim_start_matches("refs/heads/").to_owned();
    first_commit(env, store, &name_of(Path::new(inside)), init.template)?;
    for (name, value) in [("desk.root", inside.as_str()), ("desk.ref", branch.as_str())] {
        let done = process::git(top).args(["config", name, value]).status();
        if !done.is_ok_and(|status| status.success()) {
            return Err(Problem::repository(format!("the desk is made, but `git config {name} {value}` failed")).into());
        }
    }
    Ok(made)
}

/// `git init`, with the formats that can be read here whatever git's defaults are.
fn make_repository(env: &Env, init: &Init) -> Result<()> {
    let branch = crate::store::settings::default_branch(env);
    // Another user's folder, which `sudo` leaves one in, is not entered where it does not have to be.
    let from = if init.folder.is_absolute() { "/" } else { "." };
    let mut command = process::git(Path::new(from));
    command.env("GIT_DEFAULT_REF_FORMAT", "files").env("GIT_DEFAULT_HASH", "sha1");
    command.args(["init", "--quiet", "-b", &branch]);
    if init.bare {
        command.arg("--bare");
    }
    if init.shared {
        command.arg("--shared=group");
    }
    let output = command.arg("--").arg(&init.folder).output();
    let output =
        output.map_err(|error| Problem::repository(format!("cannot start git: {error}")).hint("install git"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("it said nothing").trim_start_matches("fatal: ").to_owned();
    Err(Problem::repository(format!("git init: {said}")).code("init_failed").into())
}

fn first_commit(env: &Env, store: Store, name: &str, template: Option<Template>) -> Result<()> {
    let template = template.unwrap_or(Template::Helpdesk);
    let desk = Desk::new(env, store, Options::default());
    desk.write(|room| {
        let Person { name: agent, email } = room.actor.person.clone();
        let handle = room.policy.new_handle(&email);
        let zone = env.zone.iana_name().unwrap_or("UTC");
        let filling = Filling { name, zone, handle: &handle, agent: &agent, email: &email };
        room.tx.put("desk.toml", template::policy(template, filling));
        let day = room.now.to_zoned_datetime(env.zone.clone()).date().to_string();
        for (customer, text) in template::customers(template, &day) {
            room.tx.put(format!("customers/{customer}.toml"), text);
        }
        room.tx.put(".gitattributes", with_attributes(room)?);
        room.tx.describe(Message::new(format!("init desk {name}")));
        Ok(())
    })?;
    Ok(())
}

/// The attributes that are there, and ours behind them where they are missing.
pub fn with_attributes(room: &Room<'_, '_>) -> Result<String> {
    let there = match room.tx.file(".gitattributes")? {
        Some(Ok(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
        Some(Err(_)) | None => String::new(),
    };
    Ok(completed(&there))
}

/// The desk's name: the folder's, without `.git`.
fn name_of(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = name.strip_suffix(".git").unwrap_or(&name);
    if name.is_empty() { "helpdesk".to_owned() } else { name.to_owned() }
}
