//! Where a producer keeps what it has to say, and what it remembers of its jobs.

use std::fs::DirEntry;
use std::path::{Path, PathBuf};

use super::spool::shared::own_folder;
use super::spool::short;
use crate::env::Env;
use crate::platform;

/// The folders of a user on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Events until they are delivered.
    pub spool: PathBuf,
    /// What is remembered of jobs: counts, results, locks.
    pub state: PathBuf,
    /// When jobs last ran, for whoever sweeps.
    pub beats: PathBuf,
}

impl Places {
    /// `$GIT_DESK_SPOOL`, else `$XDG_STATE_HOME/git-desk`, else for root `/var/spool/git-desk`, else
    /// `~/.local/state/git-desk`.
    ///
    /// Into a folder that everybody may write to (mode 1733) several users put their events; each keeps the state of
    /// its jobs apart.
    pub fn of(env: &Env) -> Places {
        if let Some(spool) = env.var("GIT_DESK_SPOOL").map(PathBuf::from) {
            return Places::around(spool.clone(), &spool);
        }
        if let Some(state) = env.var("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute()) {
            let base = state.join("git-desk");
            return Places::around(base.join("spool"), &base);
        }
        if platform::is_root() {
            let base = PathBuf::from("/var/spool/git-desk");
            return Places::around(base.clone(), &base);
        }
        let base = env.home().map_or_else(homeless, |home| home.join(".local/state/git-desk"));
        Places::around(base.join("spool"), &base)
    }

    fn around(spool: PathBuf, base: &Path) -> Places {
        let state = match platform::is_shared(&spool) {
            true => own_state(base),
            false => base.join("state"),
        };
        Places { beats: spool.join("beat"), spool, state }
    }

    /// Where events go when the spool takes none, the best first: `$XDG_RUNTIME_DIR`, `/run`, `/tmp`. Each spool has
    /// its own.
    pub fn fallbacks(&self, env: &Env) -> Vec<PathBuf> {
        let own = self.fallback(platform::user_number());
        beside(env).map(|folder| folder.join(&own)).collect()
    }

    /// Where other users put events that this spool did not take, as far as it is to be seen. They are nobody else's to
    /// take: the next event of each brings them along.
    pub fn of_others(&self, env: &Env) -> Vec<PathBuf> {
        let of_users = std::fs::read_dir("/run/user").into_iter().flatten().flatten().map(|entry| entry.path());
        let mut folders: Vec<PathBuf> = beside(env).chain(of_users).collect();
        folders.sort_unstable();
        folders.dedup();
        let entries = folders.iter().flat_map(std::fs::read_dir).flatten().flatten();
        let mut found: Vec<PathBuf> = entries.filter(|entry| self.is_of_another(entry)).map(|it| it.path()).collect();
        found.sort_unstable();
        found
    }

    /// A folder that bears its owner's number and is not ours.
    fn is_of_another(&self, entry: &DirEntry) -> bool {
        let Ok(data) = entry.metadata() else { return false };
        let user = platform::facts(&data).user;
        data.is_dir() && user != platform::user_number() && entry.file_name() == *self.fallback(user)
    }

    fn fallback(&self, user: u32) -> String {
        format!("git-desk-{user}-{}", short(&self.spool.to_string_lossy()))
    }
}

fn beside(env: &Env) -> impl Iterator<Item = PathBuf> {
    let runtime = env.var("XDG_RUNTIME_DIR").map(PathBuf::from);
    runtime.into_iter().chain(["/run", "/tmp"].map(PathBuf::from))
}

/// The first folder for a user's state, in a place where everybody may make folders, that nobody else has made.
fn own_state(base: &Path) -> PathBuf {
    let name = format!("state-{}", platform::user_number());
    own_folder(base, &name).unwrap_or_else(|| homeless().join("state"))
}

/// Of somebody without a home: a folder that is theirs alone, or none at all, where somebody else was there before.
fn homeless() -> PathBuf {
    let own = PathBuf::from(format!("/tmp/git-desk-{}", platform::user_number()));
    let made = platform::make_folder(&own, 0o700).is_ok() && platform::is_own_folder(&own);
    if made { own } else { PathBuf::from("/nonexistent/git-desk") }
}
