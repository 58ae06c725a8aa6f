//! What cron or systemd is to do for a desk, or for a producer of a hub, on this machine: the same for both.

use std::path::{Path, PathBuf};

use super::quote::{for_shell, in_single_quotes};
use crate::commands::Context;
use crate::desk::machines::hub::Hub;
use crate::error::{Problem, Result};
use crate::jobs::places::Places;
use crate::platform;
use crate::process;
use crate::store::inbox::INBOX;

/// One thing that is done again and again.
pub struct Job {
    /// The command, `flush`.
    pub name: &'static str,
    /// What it does, in words that go on from `git-desk: `.
    pub why: &'static str,
    /// Minutes between one and the next.
    pub every: u32,
    /// How long it may take at most, as systemd writes it.
    pub limit: &'static str,
    /// The program and its arguments.
    pub words: Vec<String>,
}

/// This machine as far as they need it.
pub struct Machine {
    pub program: String,
    /// Variables of ours that say where the spool is.
    pub variables: Vec<(String, String)>,
    pub places: Places,
    pub jobs: Vec<Job>,
    /// What `git-desk` is to be told before a command, and after it: of the desk, or of the hub.
    before: Vec<String>,
    after: Vec<String>,
    /// The desk's folders.
    pub folders: Vec<PathBuf>,
}

/// Where the spool is, of the variables that say so.
const OF_THE_SPOOL: &[&str] = &["GIT_DESK_SPOOL", "XDG_STATE_HOME"];

impl Machine {
    /// A machine that hands its events to a hub, or that holds the desk. Exit code 7 where there is no desk.
    pub fn of(ctx: &Context, hub: Option<&str>) -> Result<Machine> {
        let mut machine = Machine {
            program: program(ctx)?,
            variables: variables(ctx)?,
            places: Places::of(ctx.env),
            jobs: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
            folders: Vec::new(),
        };
        match hub {
            Some(hub) => machine.at_hub(ctx, hub)?,
            None => machine.at_desk(ctx)?,
        }
        Ok(machine)
    }

    fn at_hub(&mut self, ctx: &Context, hub: &str) -> Result<()> {
        let url = match Hub::parse(hub, &ctx.env.cwd)? {
            Hub::Command { .. } => hub.to_owned(),
            Hub::Inbox(address) => address.url().to_owned(),
        };
        self.after = vec!["--hub".to_owned(), url];
        self.add("flush", "hand what waits in the spool to the hub", 1, "5min");
        Ok(())
    }

    fn at_desk(&mut self, ctx: &Context) -> Result<()> {
        let desk = ctx.desk()?;
        let store = &desk.store;
        let place = store.workdir().unwrap_or(store.common_dir());
        self.folders = vec![place.to_owned()];
        if !store.common_dir().starts_with(place) {
            self.folders.push(store.common_dir().to_owned());
        }
        self.before = vec!["--repo".to_owned(), text(place)?];
        let reference = ctx.globals.reference.as_deref().or_else(|| ctx.env.var("GIT_DESK_REF"));
        if let Some(reference) = reference {
            self.before.extend(["--ref".to_owned(), reference.to_owned()]);
        }
        self.add("flush", "deliver what jobs and monitors left in the spool", 1, "5min");
        if store.is_bare() || !store.letters(INBOX)?.is_empty() {
            self.add("intake", "fold what producers pushed to the inbox into the branch", 1, "5min");
        }
        self.add("sweep", "wake, close and escalate what has come due", 10, "10min");
        if !ctx.policy()?.0.notify.is_empty() {
            self.add("notify", "tell chat and paging services what [[notify]] rules ask for", 1, "5min");
        }
        Ok(())
    }

    fn add(&mut self, name: &'static str, why: &'static str, every: u32, limit: &'static str) {
        let words = self.words(&[name], &["-q"]);
        self.jobs.push(Job { name, why, every, limit, words });
    }

    /// `git-desk` for this desk or hub.
    pub fn words(&self, command: &[&str], options: &[&str]) -> Vec<String> {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        [vec![self.program.clone()], self.before.clone(), own(command), own(options), self.after.clone()].concat()
    }

    /// A command for a shell, with what it must know of the spool in front.
    pub fn line(&self, words: &[String]) -> String {
        let set = self.variables.iter().map(|(name, value)| format!("{name}={}", for_shell(value)));
        set.chain(words.iter().map(|word| for_shell(word))).collect::<Vec<_>>().join(" ")
    }

    /// The number of the user who owns the desk; of a host without one, ours.
    fn owner(&self) -> u32 {
        let data = self.folders.first().and_then(|folder| std::fs::metadata(folder).ok());
        data.map_or_else(platform::user_number, |data| platform::facts(&data).user)
    }

    /// Who owns it.
    pub fn user(&self) -> Login {
        Login::of(&self.owner().to_string())
    }

    /// Whether we do.
    pub fn is_ours(&self) -> bool {
        self.owner() == platform::user_number()
    }
}

/// The place of the desk that was named or found, as text.
pub fn text(path: &Path) -> Result<String> {
    let named = path.to_str().filter(|path| !path.chars().any(char::is_control));
    let Some(named) = named else {
        let shown = path.display();
        return Err(Problem::usage(format!("{shown} cannot be written in a line: it has control characters")).into());
    };
    Ok(if named.len() > 1 { named.trim_end_matches('/') } else { named }.to_owned())
}

/// Our own file.
pub fn program(ctx: &Context) -> Result<String> {
    let Some(program) = &ctx.env.program else {
        return Err(Problem::usage("cannot tell where git-desk is").into());
    };
    text(program)
}

/// What must be told of the spool to whoever does not have our environment.
pub fn variables(ctx: &Context) -> Result<Vec<(String, String)>> {
    let said = OF_THE_SPOOL.iter().find_map(|name| Some((*name, ctx.env.var(name)?)));
    let Some((name, value)) = said else { return Ok(Vec::new()) };
    Ok(vec![(name.to_owned(), text(&ctx.env.cwd.join(value))?)])
}

/// `NAME='value' …` for whoever reads a line in a shell of theirs that we do not know.
pub fn through_env(variables: &[(String, String)]) -> String {
    let set: Vec<String> =
        variables.iter().map(|(name, value)| format!("{name}={}", in_single_quotes(value))).collect();
    if set.is_empty() { String::new() } else { format!("env {} ", set.join(" ")) }
}

/// A user as the system knows them.
pub struct Login {
    pub name: String,
    pub home: Option<PathBuf>,
}

impl Login {
    /// By name or number; where the system does not know them, as it was said.
    pub fn of(who: &str) -> Login {
        let entry = process::asked("getent", &["passwd", who]);
        let fields: Vec<&str> = entry.trim_end().split(':').collect();
        let name = fields.first().copied().filter(|name| !name.is_empty()).unwrap_or(who).to_owned();
        let home = fields.get(5).map(PathBuf::from).filter(|home| home.is_absolute());
        Login { name, home }
    }
}

/// A user's name, as it may stand in a file of the system's.
pub fn login(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '$');
    match !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        true => Ok(text.to_owned()),
        false => Err("that is no user's name".to_owned()),
    }
}
