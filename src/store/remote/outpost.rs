//! Fetch and push, by the user's git in a git folder of its own.
//!
//! A repository that somebody else made must name no program, and git has more settings that do than anybody can
//! override one by one: `core.sshCommand`, `core.gitProxy`, `core.askPass`, `core.alternateRefsCommand`,
//! `credential.helper`, `remote.*.uploadpack`, `remote.*.vcs`, hooks. So git is given a folder that has the desk's objects
//! and two references, but of the repository's configuration only what is on a list; what the user and the system say
//! stays in force. What may hold a password is handed over in git's environment and never stands in a file.
//!
//! The folders lie in the desk's own.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use git2::{Config, ConfigLevel, Oid};

use super::words::{self, Pushed, objects};
use super::{Remote, Store};
use crate::env::Env;
use crate::process::{self, Patience};
use crate::store::address::{Address, SCHEMES};
use crate::store::scratch::Scratch;
use crate::store::settings::global_setting;

/// Told how many objects have come or gone, of how many.
pub type Progress<'a> = &'a dyn Fn(u64, u64);

/// How somebody wants the network used.
#[derive(Debug, Clone, Copy)]
pub struct Errand {
    /// How long the other side may say nothing.
    pub silence: Duration,
    /// The most that one fetch or push may take.
    pub at_most: Duration,
    /// Whether git and ssh may ask somebody at the terminal.
    pub may_ask: bool,
}

/// Why a fetch or a push did not go well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The branch there is not where it was.
    Raced,
    /// Nobody answered for so many seconds.
    Silent(u64),
    /// Out of reach, in git's words.
    Away(String),
    /// It wants somebody else.
    Denied(String),
    /// A hook or a setting there is against what was pushed; in its words.
    Refused(String, Vec<String>),
}

/// Where the branch of the other side is kept in the folder.
const FETCHED: &str = "refs/desk/fetched";

/// How long somebody has to type a password.
const TYPING: Duration = Duration::from_secs(60);

impl Store {
    /// Brings the objects of the remote's branch here and says where it is; `None` when there is no such branch. No
    /// reference moves.
    pub fn fetch(
        &self,
        env: &Env,
        remote: &Remote,
        errand: Errand,
        progress: Progress<'_>,
    ) -> Result<Option<Oid>, Trouble> {
        let outpost = Outpost::new(self, remote).map_err(broken)?;
        let mut command = outpost.git(self, env, &remote.url, errand);
        command.args(["fetch", "--progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"]);
        command.args(["--no-auto-maintenance", "--refmap=", "--end-of-options", remote.url.url()]);
        command.arg(format!("+{}:{FETCHED}", remote.branch));
        let output = outpost.run(&mut command, &remote.url, errand, progress)?;
        let lines = words::lines(&output.stderr);
        if !output.status.success() {
            let said = lines.join("\n");
            return if words::is_unborn(&said) { Ok(None) } else { Err(failed(&lines, &remote.url, errand)) };
        }
        let tip = fs::read_to_string(outpost.folder.path().join(FETCHED)).map_err(broken)?;
        tip.trim().parse().map(Some).map_err(|_| Trouble::Away("it has a branch that cannot be read".to_owned()))
    }

    /// Moves the remote's branch from the commit where it is known to be, `None` where it is not there, to another.
    ///
    /// [`Trouble::Raced`] also where the new one does not hold the old one: what is published is never taken back.
    pub fn push(
        &self,
        env: &Env,
        remote: &Remote,
        (old, new): (Option<Oid>, Oid),
        errand: Errand,
        progress: Progress<'_>,
    ) -> Result<(), Trouble> {
        if let Some(old) = old
            && !self.reaches(new, old).map_err(broken)?
        {
            return Err(Trouble::Raced);
        }
        self.push_with(env, remote, (old, new), (errand, progress), &[]).map(|_| ())
    }

    /// As [`push`](Store::push), with options for the other side (`git push -o`), one line each; what it says.
    pub fn push_with(
        &self,
        env: &Env,
        remote: &Remote,
        (old, new): (Option<Oid>, Oid),
        (errand, progress): (Errand, Progress<'_>),
        options: &[String],
    ) -> Result<Vec<String>, Trouble> {
        let outpost = Outpost::new(self, remote).map_err(broken)?;
        let mut command = outpost.git(self, env, &remote.push_url, errand);
        command.args(["push", "--porcelain", "--progress", "--no-follow-tags", "--recurse-submodules=no"]);
        let lease = old.map_or_else(String::new, |old| old.to_string());
        command.arg(format!("--force-with-lease={}:{lease}", remote.branch));
        command.args(options.iter().map(|option| format!("--push-option={option}")));
        command.args(["--end-of-options", remote.push_url.url()]).arg(format!("{new}:{}", remote.branch));
        let output = outpost.run(&mut command, &remote.push_url, errand, progress)?;
        let lines = words::lines(&output.stderr);
        let theirs = lines.iter().filter_map(|line| line.strip_prefix("remote: ")).map(|line| line.trim().to_owned());
        let theirs = theirs.filter(|line| !line.is_empty()).collect();
        match words::pushed(&String::from_utf8_lossy(&output.stdout)) {
            Some(Pushed::Taken) if output.status.success() => Ok(theirs),
            Some(Pushed::Raced) => Err(Trouble::Raced),
            Some(Pushed::Refused(reason)) => Err(Trouble::Refused(reason, theirs)),
            Some(Pushed::Taken) | None => Err(failed(&lines, &remote.push_url, errand)),
        }
    }
}

/// What could not be done on this machine.
fn broken(error: impl std::fmt::Display) -> Trouble {
    Trouble::Away(error.to_string())
}

fn failed(lines: &[String], address: &Address, errand: Errand) -> Trouble {
    let said = lines.join("\n");
    let why = words::why(lines).replace(address.url(), &address.shown());
    let nothing_there = ["does not appear to be a git repository", "does not exist"];
    let why =
        if nothing_there.iter().any(|words| why.ends_with(words)) { "no repository is there".to_owned() } else { why };
    if words::is_denial(&said) {
        Trouble::Denied(why)
    } else if words::is_silence(&said) {
        Trouble::Silent(errand.silence.as_secs())
    } else {
        Trouble::Away(why)
    }
}

/// A git folder for one errand.
struct Outpost {
    folder: Scratch,
    objects: PathBuf,
    /// What of the repository's configuration goes by the environment, in its order.
    settings: Vec<(String, String)>,
    durable: bool,
}

impl Outpost {
    fn new(store: &Store, remote: &Remote) -> Result<Outpost, anyhow::Error> {
        let place = store.state_dir().join("outposts");
        fs::create_dir_all(&place)?;
        let folder = Scratch::new(&place, "to-")?;
        let path = folder.path();
        fs::create_dir_all(path.join("refs/desk"))?;
        fs::write(path.join("HEAD"), "ref: refs/heads/none\n")?;
        // What is here need not come again: ours, and what was there when it was last asked.
        let known = [("ours", store.tip()?), ("seen", store.last_seen(remote)?)];
        for (name, tip) in known {
            tip.map_or(Ok(()), |tip| fs::write(path.join("refs/desk").join(name), format!("{tip}\n")))?;
        }
        let common = store.common_dir();
        match fs::copy(common.join("shallow"), path.join("shallow")) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            Ok(_) | Err(_) => {}
        }
        let settings = settings(store, remote, path)?;
        let objects = common.join("objects");
        Ok(Outpost { folder, objects, settings, durable: store.is_durable() })
    }

    fn git(&self, store: &Store, env: &Env, address: &Address, errand: Errand) -> Command {
        let mut command = process::git(store.place());
        command.env("GIT_DIR", self.folder.path()).env("GIT_OBJECT_DIRECTORY", &self.objects);
        command.env("GIT_ALLOW_PROTOCOL", SCHEMES.join(":")).env("LC_ALL", "C");
        self.hand_over(&mut command, env);
        if !errand.may_ask {
            command.env("GIT_TERMINAL_PROMPT", "0");
        }
        if let (true, Some(ssh)) = (address.way() == "ssh", ssh(env, errand)) {
            command.env("GIT_SSH_COMMAND", ssh);
        }
        if self.durable {
            // Loose objects, too, which git leaves to the disk's own time.
            command.args(["-c", "core.fsync=committed"]);
        }
        command
    }

    /// Puts the settings before those that the environment has already, which have the last word (git-config(1),
    /// `GIT_CONFIG_COUNT`).
    fn hand_over(&self, command: &mut Command, env: &Env) {
        let theirs = env.var("GIT_CONFIG_COUNT").and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
        let var = |name: String| env.var(&name).unwrap_or_default().to_owned();
        let theirs = (0..theirs).map(|at| (var(format!("GIT_CONFIG_KEY_{at}")), var(format!("GIT_CONFIG_VALUE_{at}"))));
        let all: Vec<(String, String)> = self.settings.iter().cloned().chain(theirs).collect();
        for (at, (name, value)) in all.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{at}"), name).env(format!("GIT_CONFIG_VALUE_{at}"), value);
        }
        if !all.is_empty() {
            command.env("GIT_CONFIG_COUNT", all.len().to_string());
        }
    }

    fn run(
        &self,
        command: &mut Command,
        address: &Address,
        errand: Errand,
        progress: Progress<'_>,
    ) -> Result<Output, Trouble> {
        let asks = errand.may_ask && !matches!(address.way(), "file" | "git");
        let limit = if asks { errand.silence.max(TYPING) } else { errand.silence };
        let mut line = Vec::new();
        let mut hear = |part: &[u8]| {
            for byte in part {
                match byte {
                    b'\r' | b'\n' => {
                        if let Some((done, total)) = objects(&String::from_utf8_lossy(&line)) {
                            progress(done, total);
                        }
                        line.clear();
                    }
                    byte if line.len() < 4096 => line.push(*byte),
                    _ => {}
                }
            }
        };
        let patience = Patience { limit, may_ask: errand.may_ask };
        let output = process::attend(command, patience, errand.at_most, &mut hear);
        output.map_err(|error| match error.kind() {
            ErrorKind::TimedOut => Trouble::Silent(limit.as_secs()),
            ErrorKind::NotFound => Trouble::Away("git is not installed".to_owned()),
            _ => Trouble::Away(error.to_string()),
        })
    }
}

/// The ssh that the user's own configuration names, told not to wait for ever; `None` leaves it to git.
///
/// A command that is not plainly `ssh` may know other options.
fn ssh(env: &Env, errand: Errand) -> Option<String> {
    let named = env.var("GIT_SSH_COMMAND").map(str::to_owned).or_else(|| global_setting(env, "core.sshCommand"));
    if named.is_none() && env.var("GIT_SSH").is_some() {
        return None;
    }
    let named = named.unwrap_or_else(|| "ssh".to_owned());
    let program = named.split_whitespace().next().unwrap_or_default();
    if Path::new(program).file_name().is_none_or(|name| name != "ssh") {
        return Some(named);
    }
    let batch = if errand.may_ask { "" } else { " -o BatchMode=yes" };
    Some(format!("{named} -o ConnectTimeout={}{batch}", errand.silence.as_secs().max(1)))
}

/// The settings of the repository that name no program and that the network needs: those that git reads before it knows
/// what it is about to do are written to the folder, the others are given back.
fn settings(store: &Store, remote: &Remote, folder: &Path) -> Result<Vec<(String, String)>, anyhow::Error> {
    let path = folder.join("config");
    fs::write(&path, "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")?;
    let (mut own, mut handed) = (Config::open(&path)?, Vec::new());
    if let Ok(local) = store.repo().config()?.open_level(ConfigLevel::Local) {
        let mut entries = local.entries(None)?;
        while let Some(entry) = entries.next() {
            let entry = entry?;
            if let (Ok(name), Ok(value)) = (entry.name(), entry.value())
                && passes(name)
            {
                match name.starts_with("core.") {
                    true => own.set_str(name, value)?,
                    // Several values of one name, as `http.extraHeader` has them, stay several.
                    false => handed.push((name.to_owned(), value.to_owned())),
                }
            }
        }
    }
    if !remote.proxy.is_empty() {
        handed.push(("http.proxy".to_owned(), remote.proxy.clone()));
    }
    Ok(handed)
}

/// Whether a setting may be said by any repository: it says how to speak to the other side, and names neither a program
/// nor a file to be written.
fn passes(name: &str) -> bool {
    let (section, key) = (name.split('.').next().unwrap_or_default(), name.rsplit('.').next().unwrap_or_default());
    match section {
        "http" => !matches!(key, "savecookies" | "cookiefile"),
        "credential" => matches!(key, "username" | "usehttppath"),
        "core" => matches!(key, "sharedrepository" | "compression"),
        "transfer" | "fetch" => key == "fsckobjects",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_setting_that_names_a_program_passes() {
        for good in
            ["http.https://forge.example/.extraheader", "http.proxy", "credential.username", "core.sharedrepository"]
        {
            assert!(passes(good), "{good}");
        }
        for bad in [
            "core.sshcommand",
            "core.gitproxy",
            "core.askpass",
            "core.fsmonitor",
            "core.hookspath",
            "core.alternaterefscommand",
            "credential.helper",
            "credential.https://forge.example.helper",
            "remote.origin.uploadpack",
            "remote.origin.vcs",
            "http.savecookies",
            "gpg.program",
            "include.path",
        ] {
            assert!(!passes(bad), "{bad}");
        }
    }
}
