//! `run`

mod mail;
pub mod misuse;
mod over;

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use super::Context;
use super::labels::Labels;
use super::producing::{Producing, duration, key};
use crate::error::{Kind, Problem, Result};
use crate::jobs::account::command_line;
use crate::jobs::hold::Hold;
use crate::jobs::spool::short;
use crate::jobs::wrap::{self, End, Job};
use crate::platform;
use crate::view::event::Recovery;
use mail::Mail;
use over::Run;

/// Run a job: a ticket when it fails, resolved when it works again
///
/// Nothing of the job changes: its output passes byte for byte, it gets the signals, and its exit
/// code is ours (128 and the number of a signal, 124 after `--timeout`, 126 not executable, 127 not
/// found). When it fails there is a ticket, or one more failure on the open one; the first success
/// after failures resolves what no person has touched. The desk is told of failures 1, 2, 4, 8 …,
/// once a day, and at once when it fails differently; every one is counted.
///
/// What cannot be delivered within three seconds waits in the spool for the next `git desk flush`.
/// Secrets are taken out of the output before it is kept.
///
/// Examples:
///   git desk run --name nightly-backup --queue infra -- /usr/local/bin/backup.sh
///   git desk run --timeout 4h --lock skip --mail changes -- backup.sh
///   git desk run --name pg -- bash -o pipefail -c 'pg_dump app | gzip > /backup/app.gz'
///   15 2 * * *  git-desk run --name certbot --expect-every 26h --mail never -- certbot renew -q
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// What the job is called; else its program
    #[arg(long, value_name = "NAME", overrides_with = "name")]
    pub name: Option<String>,
    /// What its failures are told apart by: {host}, {user} and {name} are put in; without a name, {name} is the
    /// program's and some digits of the command line
    #[arg(long, value_name = "KEY", value_parser = key, default_value = KEY, overrides_with = "key")]
    pub key: String,
    /// Hand its events to this hub instead of a desk here: see `git desk help flush`
    #[arg(long, value_name = "URL", overrides_with = "hub")]
    pub hub: Option<String>,
    /// Ask it to end after so long, all of its group of processes
    #[arg(long, value_name = "DURATION", value_parser = duration, overrides_with = "timeout")]
    pub timeout: Option<Duration>,
    /// Kill it so long after that
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s", overrides_with = "kill_after")]
    pub kill_after: Duration,
    /// When it still runs: skip (exit 0), fail (exit 75), wait=DURATION
    #[arg(long, value_name = "HOW", value_parser = hold, overrides_with = "lock")]
    pub lock: Option<Hold>,
    /// Exit codes that are success, beside 0
    #[arg(long, value_name = "CODE,…", value_delimiter = ',')]
    pub ok: Vec<i32>,
    /// Tell nobody before so many failures in a row
    #[arg(long, value_name = "N", default_value_t = 1, overrides_with = "after_failures")]
    pub after_failures: u64,
    /// A word on stderr is a failure, too
    #[arg(long)]
    pub fail_on_stderr: bool,
    /// A ticket when it has not run for so long: `git desk sweep` looks
    #[arg(long, value_name = "DURATION", value_parser = duration, overrides_with = "expect_every")]
    pub expect_every: Option<Duration>,
    /// Keep none of its output
    #[arg(long)]
    pub no_output: bool,
    /// The words are a line for sh, which of a pipeline tells the last part alone: `a | b` works well while a fails.
    /// With `bash -o pipefail -c 'a | b'` as the job each part counts
    #[arg(long)]
    pub sh: bool,
    /// What a recovery does: auto resolves what no person touched, never, always
    #[arg(long, value_name = "WHEN", value_parser = recovery, default_value = "auto", overrides_with = "resolve")]
    pub resolve: Recovery,
    /// What comes out of us: pass (the job's output), changes (words, when there is news), never
    #[arg(long, value_name = "WHAT", value_parser = mail::parse, default_value = "pass", overrides_with = "mail")]
    pub mail: Mail,
    #[command(flatten)]
    pub labels: Labels,
    /// The job and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub words: Vec<OsString>,
}

/// What failures are told apart by, where nobody says.
const KEY: &str = "run/{host}/{user}/{name}";

fn hold(text: &str) -> Result<Hold, String> {
    Hold::parse(text, |text| duration(text).ok()).ok_or_else(|| "one of skip, fail, wait=DURATION".to_owned())
}

fn recovery(text: &str) -> Result<Recovery, String> {
    match text {
        "auto" => Ok(Recovery::Auto),
        "never" => Ok(Recovery::Never),
        "always" => Ok(Recovery::Always),
        _ => Err("one of auto, never, always".to_owned()),
    }
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        if ctx.globals.dry_run {
            let problem = Problem::new(Kind::Misuse, "a job cannot be tried without running it, so it was NOT started");
            return Err(problem.hint("leave `--dry-run` out").into());
        }
        let producing = Producing::new(ctx, self.hub.as_deref());
        if self.mail == Mail::Pass {
            self.labels.warn(&ctx.ui);
        }
        let (name, told_apart) = names_of(self.name.as_deref(), &self.words, &producing);
        let key = producing.key(&key_of(&self.key, ctx, &told_apart));
        let held = match self.lock {
            Some(hold) => match hold.take(&producing.state, &key) {
                Ok(Some(held)) => Some(held),
                Ok(None) if hold == Hold::Skip => return Ok(()),
                Ok(None) => {
                    return Err(Problem::new(Kind::Busy, format!("{name} still runs; it was not started again")).into());
                }
                // Without a place for locks the job runs all the same.
                Err(error) => {
                    log::debug!("lock: {error}");
                    None
                }
            },
            None => None,
        };
        let started = ctx.env.clock_second();
        let ran = wrap::run(&self.job());
        let ended = ctx.env.clock_second();
        let code = ran.end.code();
        // Mail that tells of news tells this, too; who wants none has the ticket.
        if let Some(trouble) = ran.trouble.as_ref().filter(|_| self.mail == Mail::Pass) {
            ctx.ui.warning(&format!("cannot run {}: {trouble}", self.words[0].to_string_lossy()));
        }
        // What a person at the terminal stops is no failure.
        let stopped = matches!(ran.end, End::Signal(platform::INTERRUPT) | End::Code(130));
        if !(stopped && platform::has_terminal()) {
            let run = Run { args: &self, producing: &producing, name, key, started, ended };
            run.tell(ran);
        }
        drop(held);
        match u8::try_from(code).unwrap_or(1) {
            0 => Ok(()),
            code => Err(Problem::new(Kind::Job(code), "").into()),
        }
    }

    fn job(&self) -> Job {
        let words = match self.sh {
            true => ["sh".into(), "-c".into(), self.words.join(" ".as_ref())].into(),
            false => self.words.clone(),
        };
        Job {
            words,
            timeout: self.timeout,
            kill_after: self.kill_after,
            capture: !self.no_output || self.fail_on_stderr,
            pass: self.mail == Mail::Pass,
            on_terminal: platform::has_terminal(),
        }
    }
}

/// What a job is called, in one line and without secrets, and its name in the usual key: where nobody named it, its
/// command line tells it from others of the same program.
fn names_of(given: Option<&str>, words: &[OsString], producing: &Producing<'_>) -> (String, String) {
    if let Some(name) = given.map(|name| producing.key(name)).filter(|name| !name.is_empty()) {
        return (name.clone(), name);
    }
    let name = producing.key(&program_name(words));
    let told_apart = format!("{name}-{}", &short(&producing.safe(&command_line(words)))[..8]);
    (name, told_apart)
}

/// The name of the program, without folders, and without what a line for the shell sets in front of it.
fn program_name(words: &[OsString]) -> String {
    let first = words.first().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let sets = |word: &&str| word.split_once('=').is_some_and(|(name, _)| name.chars().all(plain));
    let first = first.split_whitespace().find(|word| !sets(word)).unwrap_or("job");
    let name = Path::new(first).file_name().map(|name| name.to_string_lossy().into_owned());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "job".to_owned())
}

fn key_of(pattern: &str, ctx: &Context, name: &str) -> String {
    pattern.replace("{host}", &ctx.env.host).replace("{user}", &ctx.env.login).replace("{name}", name)
}
