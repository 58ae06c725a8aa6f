//! Opening the repository that holds a desk, and saying clearly why one cannot be opened.

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use git2::{ErrorClass, ErrorCode, ObjectType, Oid, Repository, RepositoryOpenFlags};

use super::snapshot::Snapshot;
use super::{share, switches};
use crate::env::Env;
use crate::error::{Problem, Result};

/// Where to look for a desk: what flags, environment and configuration say, before anything is opened.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// A repository named by flag or variable; `None` is the one around `cwd`.
    pub repository: Option<PathBuf>,
    /// A branch named by flag or variable; `None` is `desk.ref`, else `HEAD`.
    pub reference: Option<String>,
    pub cwd: PathBuf,
    /// `git -c name=value` pairs handed down in the environment, which libgit2 does not read.
    pub overrides: Vec<(String, String)>,
    /// Preferences without their `desk.` that hold where git's configuration says nothing.
    pub fallbacks: Vec<(String, String)>,
    /// `GIT_DIR`.
    pub git_dir: Option<PathBuf>,
    /// Whether git's variables are heeded: `GIT_CONFIG_GLOBAL`, and in a hook the objects in quarantine.
    pub from_env: bool,
    /// Whether a detached `HEAD` will do, to read the commit that is checked out: what a forge's runner has.
    pub detached: bool,
}

/// What stands for the branch where `HEAD` is detached.
const DETACHED: &str = "HEAD";

/// Variables of a hook, which speak of the repository that runs it.
const OF_A_HOOK: &[&str] =
    &["GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE"];

impl Place {
    /// The repository around the current folder.
    pub fn around(env: &Env) -> Place {
        Place {
            repository: None,
            reference: None,
            cwd: env.cwd.clone(),
            overrides: env.git_overrides(),
            fallbacks: Vec::new(),
            git_dir: env.var("GIT_DIR").map(PathBuf::from),
            from_env: true,
            detached: false,
        }
    }

    /// A repository by its path. What a hook's variables say is of another one, and not heeded.
    pub fn named(env: &Env, path: impl Into<PathBuf>) -> Place {
        let from_env = !OF_A_HOOK.iter().any(|name| env.var(name).is_some());
        Place { repository: Some(path.into()), from_env, ..Place::around(env) }
    }
}

/// A repository with the branch and the folder in it where the desk is.
pub struct Store {
    repo: Repository,
    config: OnceCell<Option<git2::Config>>,
    /// Full name of the branch, `refs/heads/main`.
    reference: String,
    /// Folder of the desk in the tree: empty, or `helpdesk/`.
    root: String,
    overrides: Vec<(String, String)>,
    fallbacks: Vec<(String, String)>,
    from_env: bool,
}

impl Store {
    /// Opens the repository of `place` and finds the desk in it.
    ///
    /// Exit code 7 when there is no repository, it cannot be read, it holds no desk, or `HEAD` is detached.
    pub fn open(place: &Place) -> Result<Store> {
        let mut store = Store::unplaced(place)?;
        store.root = store.find_root(place)?;
        Ok(store)
    }

    /// Opens the repository without asking that it holds a desk: for `init`. `desk.root` is heeded.
    pub fn open_undecided(place: &Place) -> Result<Store> {
        let mut store = Store::unplaced(place)?;
        store.root = store.configured_root().unwrap_or_default();
        Ok(store)
    }

    fn unplaced(place: &Place) -> Result<Store> {
        switches::set(true);
        let repo = open_repository(place)?;
        let mut store = Store {
            repo,
            config: OnceCell::new(),
            reference: String::new(),
            root: String::new(),
            overrides: place.overrides.clone(),
            fallbacks: place.fallbacks.clone(),
            from_env: place.from_env,
        };
        share::widen_mask(&store.shared());
        if !store.is_durable() {
            // The ref database looks at the switch when it is opened, which is at the first ref.
            switches::set(false);
        }
        store.reference = store.find_reference(place)?;
        Ok(store)
    }

    /// A second handle on the same desk, for another thread or to read back what was written.
    pub fn reopen(&self) -> Result<Store> {
        let repo = open_again(self.repo.path(), self.from_env)?;
        let (overrides, fallbacks) = (self.overrides.clone(), self.fallbacks.clone());
        let (reference, root) = (self.reference.clone(), self.root.clone());
        Ok(Store { repo, config: OnceCell::new(), reference, root, overrides, fallbacks, from_env: self.from_env })
    }

    /// The same desk on another reference, by its full name.
    pub fn on(&self, reference: &str) -> Result<Store> {
        Ok(Store { reference: reference.to_owned(), ..self.reopen()? })
    }

    /// The same desk in another folder of the tree: empty, or with a `/` behind it.
    pub fn rooted(&self, root: String) -> Result<Store> {
        Ok(Store { root, ..self.reopen()? })
    }

    pub(super) fn heeds_env(&self) -> bool {
        self.from_env
    }

    pub(super) fn repo(&self) -> &Repository {
        &self.repo
    }

    /// Full name of the desk's branch.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// Whether this is a commit to be read, and no branch to be written.
    pub fn is_detached(&self) -> bool {
        self.reference == DETACHED
    }

    /// Folder of the desk in the tree, with a `/` behind it, or empty.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The git folder of this worktree.
    pub fn git_dir(&self) -> &Path {
        self.repo.path()
    }

    /// The git folder that all worktrees share.
    pub fn common_dir(&self) -> &Path {
        self.repo.commondir()
    }

    /// Our own files in the shared git folder: lock, index, intent.
    pub fn state_dir(&self) -> PathBuf {
        self.common_dir().join("desk")
    }

    /// The folder of the worktree, `None` in a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.repo.workdir()
    }

    pub fn is_bare(&self) -> bool {
        self.repo.is_bare()
    }

    /// Whether history before some commit is missing here.
    pub fn is_shallow(&self) -> bool {
        self.repo.is_shallow()
    }

    /// Whether objects are left out until they are needed (gitformat-partial-clone).
    pub fn is_partial(&self) -> bool {
        let of_a_remote = || {
            let remotes = self.repo.remotes().ok()?;
            let mut names = remotes.iter().flatten().flatten();
            names.find(|name| self.setting_is_true(&format!("remote.{name}.promisor"))).map(str::to_owned)
        };
        self.git_setting("extensions.partialClone").is_some() || of_a_remote().is_some()
    }

    /// Whether several users write here.
    pub fn is_shared(&self) -> bool {
        share::lets_others_in(&self.shared())
    }

    /// The lock files of git's index in each worktree.
    pub fn index_locks(&self) -> Vec<PathBuf> {
        let linked = std::fs::read_dir(self.common_dir().join("worktrees"));
        let linked = linked.into_iter().flatten().flatten().map(|entry| entry.path());
        let main = (!self.is_bare()).then(|| self.git_dir().to_owned());
        main.into_iter().chain(linked).map(|folder| folder.join("index.lock")).collect()
    }

    /// A value of git's configuration (`desk.*`, `user.*`), `git -c` included, then of the fallbacks; unset and empty
    /// are `None`.
    pub fn setting(&self, name: &str) -> Option<String> {
        let fallback = || {
            let name = name.strip_prefix("desk.")?;
            self.fallbacks.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        self.git_setting(name).or_else(fallback).filter(|value| !value.is_empty())
    }

    /// Git's configuration as it was when it was first asked for: each look of libgit2 at its files costs as much as
    /// reading an object.
    fn config(&self) -> Option<&git2::Config> {
        let read = || self.repo.config().and_then(|mut config| config.snapshot()).ok();
        self.config.get_or_init(read).as_ref()
    }

    /// As [`setting`](Store::setting), of git's configuration alone.
    pub fn git_setting(&self, name: &str) -> Option<String> {
        let overridden = self.overrides.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name));
        let value = match overridden {
            Some((_, value)) => Some(value.clone()),
            None => self.config()?.get_string(name).ok(),
        };
        value.filter(|value| !value.is_empty())
    }

    /// A value of git's configuration that is a path, `~/` as git has it: in the home of the user.
    pub fn git_path(&self, name: &str, home: Option<&Path>) -> Option<PathBuf> {
        let written = self.git_setting(name)?;
        match written.strip_prefix("~/").zip(home) {
            Some((rest, home)) => Some(home.join(rest)),
            None if written.starts_with('~') => self.config()?.get_path(name).ok(),
            None => Some(PathBuf::from(written)),
        }
    }

    /// Who else writes here: git's `core.sharedRepository`, empty when nobody does.
    fn shared(&self) -> String {
        self.git_setting("core.sharedRepository").unwrap_or_default()
    }

    /// Lets those who share the repository write a file that a library has made.
    pub fn share_file(&self, path: &Path) -> std::io::Result<()> {
        share::widen_file(path, &self.shared())
    }

    /// Whether a value of git's configuration is true; as with git, a name without a value is.
    pub fn setting_is_true(&self, name: &str) -> bool {
        let overridden = self.overrides.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name));
        match overridden {
            Some((_, value)) => git2::Config::parse_bool(value.as_str()).unwrap_or(false),
            None => self.config().is_some_and(|config| config.get_bool(name).unwrap_or(false)),
        }
    }

    /// The commit the branch points at; `None` while it is unborn.
    pub fn tip(&self) -> Result<Option<Oid>> {
        match self.repo.find_reference(&self.reference) {
            Ok(found) => Ok(Some(found.peel(ObjectType::Commit).map_err(unreadable)?.id())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// The desk as it is at the branch's tip.
    pub fn snapshot(&self) -> Result<Snapshot<'_>> {
        let tip = self.tip()?.ok_or_else(|| self.no_desk())?;
        Snapshot::at(self, tip)
    }

    /// The commit that a revision in git's spelling names (`v2026.09`, `HEAD~20`, an id). Exit code 3 when there is none.
    pub fn resolve(&self, revision: &str) -> Result<Oid> {
        let found = self.repo.revparse_single(revision).and_then(|object| object.peel_to_commit());
        Ok(found.map_err(|_| Problem::not_found(format!("no commit `{revision}`")))?.id())
    }

    /// Committer's time of a commit, in seconds since 1970.
    pub fn commit_time(&self, commit: Oid) -> Result<i64> {
        Ok(self.repo.find_commit(commit).map_err(unreadable)?.committer().when().seconds())
    }

    /// The first line of a commit's message.
    pub fn subject(&self, commit: Oid) -> Result<String> {
        let commit = self.repo.find_commit(commit).map_err(unreadable)?;
        Ok(String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned())
    }

    /// Whether an object is here, and is a commit.
    pub fn is_commit(&self, id: Oid) -> bool {
        self.repo.find_commit(id).is_ok()
    }

    /// The first parent, `None` for a root.
    pub fn first_parent(&self, commit: Oid) -> Result<Option<Oid>> {
        Ok(self.repo.find_commit(commit).map_err(unreadable)?.parent_ids().next())
    }

    /// Whether `ancestor` is reachable from `commit` (a commit reaches itself).
    pub fn reaches(&self, commit: Oid, ancestor: Oid) -> Result<bool> {
        Ok(commit == ancestor || self.repo.graph_descendant_of(commit, ancestor).map_err(unreadable)?)
    }

    fn find_reference(&self, place: &Place) -> Result<String> {
        if let Some(named) = place.reference.clone().or_else(|| self.setting("desk.ref")) {
            let full = if named.starts_with("refs/") { named } else { format!("refs/heads/{named}") };
            if !git2::Reference::is_valid_name(&full) {
                return Err(Problem::usage(format!("`{full}` is no name of a branch")).into());
            }
            return Ok(full);
        }
        let head = self.repo.find_reference("HEAD").map_err(unreadable)?;
        match head.symbolic_target() {
            // What git leaves there for programs that do not know reftable.
            Ok(Some("refs/heads/.invalid")) => Err(reftable(self.repo.path()).into()),
            Ok(Some(target)) => Ok(target.to_owned()),
            Ok(None) if place.detached => Ok(DETACHED.to_owned()),
            Ok(None) | Err(_) => Err(Problem::repository("HEAD is detached, so there is no branch to work on")
                .code("detached_head")
                .hint("go to a branch: git switch main")
                .hint("or name the desk's: git config desk.ref main")
                .into()),
        }
    }

    pub(super) fn configured_root(&self) -> Option<String> {
        let root = self.setting("desk.root")?;
        let root = root.trim_matches('/');
        Some(if root.is_empty() || root == "." { String::new() } else { format!("{root}/") })
    }

    /// `desk.root` where it is set; else `/desk.toml`, else the one folder that has a `desk.toml`.
    fn find_root(&self, place: &Place) -> Result<String> {
        let Some(tip) = self.tip()? else {
            if place.reference.is_some() {
                let branch = self.reference.trim_start_matches("refs/heads/");
                return Err(Problem::repository(format!("no branch `{branch}`")).code("no_branch").into());
            }
            return Err(self.no_desk().into());
        };
        self.root_at(tip)?.ok_or_else(|| self.no_desk().into())
    }

    fn no_desk(&self) -> Problem {
        let place = self.workdir().unwrap_or(self.repo.path()).display().to_string();
        no_desk(&format!("{} is a git repository without desk.toml", place.trim_end_matches('/')))
    }
}

/// How that error begins.
pub const NO_DESK: &str = "no desk here: ";

/// Ways to a first desk.
pub const BEGIN: &str = "begin one: git desk init     join one: git desk join URL";

/// The error of every command that needs a desk where there is none.
pub fn no_desk(why: &str) -> Problem {
    Problem::repository(format!("{NO_DESK}{why}"))
        .code("no_desk")
        .hint("use one elsewhere: git desk --repo PATH list     always: git config --global desk.default PATH")
        .hint(BEGIN)
}

/// A git folder that has been opened before, again.
pub(super) fn open_again(git_dir: &Path, from_env: bool) -> Result<Repository> {
    let nowhere: &[&OsStr] = &[];
    let mut flags = RepositoryOpenFlags::NO_SEARCH;
    flags.set(RepositoryOpenFlags::FROM_ENV, from_env);
    Repository::open_ext(git_dir, flags, nowhere).map_err(unreadable)
}

fn open_repository(place: &Place) -> Result<Repository> {
    let nowhere: &[&OsStr] = &[];
    let shown = place.repository.as_ref().map_or_else(|| place.cwd.clone(), |path| place.cwd.join(path));
    let mut flags = RepositoryOpenFlags::empty();
    flags.set(RepositoryOpenFlags::FROM_ENV, place.from_env);
    // Without a path, `GIT_DIR` may name it.
    let opened = match &place.repository {
        None if place.from_env && place.git_dir.is_some() => Repository::open_from_env(),
        _ => Repository::open_ext(&shown, flags, nowhere),
    };
    opened.map_err(|error| explain(&error, &shown).into())
}

/// Says which of the known shapes git2 could not open, with its remedy.
fn explain(error: &git2::Error, path: &Path) -> Problem {
    let shown = path.display();
    let message = error.message().to_ascii_lowercase();
    if error.code() == ErrorCode::NotFound {
        return no_desk(&format!("{shown} is not in a git repository"));
    }
    if error.code() == ErrorCode::Owner {
        return Problem::repository(format!("{shown} belongs to another user, and git trusts only its owner's"))
            .code("foreign_owner")
            .hint(format!("if you trust it: git config --global --add safe.directory {shown}"));
    }
    if message.contains("refstorage") || message.contains("reftable") {
        return reftable(path);
    }
    if message.contains("objectformat") || message.contains("object format") || message.contains("sha256") {
        return Problem::repository(format!("{shown} uses sha256 object names, which cannot be read yet"))
            .code("sha256")
            .hint("a desk needs a repository with sha1 names: git init --object-format=sha1");
    }
    if error.class() == ErrorClass::Repository && message.contains("extension") {
        let what = error.message();
        return Problem::repository(format!("{shown} uses an extension of git that is not known here: {what}"))
            .code("unknown_extension");
    }
    Problem::repository(format!("{shown} cannot be opened: {}", error.message())).code("unreadable")
}

fn reftable(path: &Path) -> Problem {
    Problem::repository(format!("{} keeps its refs as reftable, which cannot be read yet", path.display()))
        .code("reftable")
        .hint("git refs migrate --ref-format=files")
}

/// An object or ref of an opened repository that cannot be read.
pub(super) fn unreadable(error: git2::Error) -> anyhow::Error {
    Problem::repository(format!("the repository cannot be read: {}", error.message()))
        .code("unreadable")
        .hint("what is wrong with it: git fsck     a clone that left objects out: git fetch --refetch")
        .into()
}
