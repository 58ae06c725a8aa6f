//! `run`

mod mail;
pub mod misuse;

use std::cell::{OnceCell, RefCell};
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::Context;
use super::labels::Labels;
use super::producing::{Producing, duration, key};
use crate::error::{Kind, Problem, Result};
use crate::jobs::account::{Account, Output, command_line};
use crate::jobs::beat::{self, Beat};
use crate::jobs::capture::{Capture, Kept as Captured};
use crate::jobs::courier::{Tried, Trouble};
use crate::jobs::hold::Hold;
use crate::jobs::spool::{Kept, short};
use crate::jobs::tally::{News, Outcome, Tally, What, kind_of};
use crate::jobs::wrap::{self, End, Job, Ran};
use crate::platform;
use crate::view::event::{Ask, Event, Recovery};
use mail::{Letter, Mail};

/// Run a job: a ticket when it fails, resolved when it works again
///
/// Nothing of the job changes: its output passes byte for byte, it gets the signals, and its exit
/// code is ours (128 and the number of a signal, 124 after `--timeout`, 126 not executable, 127 not
/// found). When it fails there is a ticket, or one more failure on the open one; the first success
/// after failures resolves what no person has touched. The desk is told of failures 1, 2, 4, 8 … and
/// at once when it fails differently; every one is counted.
///
/// What cannot be delivered within three seconds waits in the spool for the next `git desk flush`.
/// Secrets are taken out of the output before it is kept.
///
/// Examples:
///   git desk run --name nightly-backup --queue infra -- /usr/local/bin/backup.sh
///   git desk run --timeout 4h --lock skip --mail changes -- backup.sh
///   git desk run --sh -- 'pg_dump app | gzip > /backup/app.gz'
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
    /// The words are a line for the shell
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
        let name = producing.safe(&self.name.clone().unwrap_or_else(|| program_name(&self.words)));
        let key = producing.key(&key_of(&self.key, ctx, &self.told_apart(&producing, &name)));
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

    /// The name in the usual key. Where nobody named the job, its command line tells it from others of the same program.
    fn told_apart(&self, producing: &Producing<'_>, name: &str) -> String {
        match self.name {
            Some(_) => name.to_owned(),
            None => format!("{name}-{}", &short(&producing.safe(&command_line(&self.words)))[..8]),
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

/// The output of a job without its secrets, once somebody wants it: mostly nobody does.
struct Lazy<'a> {
    output: OnceCell<Output>,
    kept: RefCell<Captured>,
    lines: u64,
    producing: &'a Producing<'a>,
}

impl<'a> Lazy<'a> {
    fn new(kept: Captured, lines: u64, producing: &'a Producing<'a>) -> Lazy<'a> {
        Lazy { output: OnceCell::new(), kept: RefCell::new(kept), lines, producing }
    }

    fn get(&self) -> &Output {
        self.output.get_or_init(|| Output::of(self.kept.take(), self.lines, self.producing.redactor()))
    }
}

/// One run that is over.
struct Run<'a> {
    args: &'a Args,
    producing: &'a Producing<'a>,
    name: String,
    key: String,
    started: Timestamp,
    ended: Timestamp,
}

impl Run<'_> {
    /// Counts it, and tells what is news.
    fn tell(&self, mut ran: Ran) {
        self.beat();
        let capture = std::mem::take(&mut ran.capture);
        let (kept, capture) = capture.finish();
        let output = Lazy::new(kept, capture.lines.iter().sum(), self.producing);
        let outcome = self.outcome(&ran, &capture, &output);
        let state = &self.producing.state;
        let is_new = state.read(&self.key).is_none();
        let mut before = None;
        let news = state.update(&self.key, |tally| {
            before = Some(tally.clone());
            let news = tally.record(&outcome, self.ended, self.args.after_failures);
            if outcome == Outcome::Good {
                tally.good = Some((self.ended, self.took()));
            }
            news
        });
        let Some(news) = news else {
            if is_new && outcome == Outcome::Good {
                self.say_that_it_works();
            }
            // A hub hears of a job that is expected although there is no news.
            if self.args.expect_every.is_some() && self.producing.has_hub() {
                let _ = beat::may_try(&self.producing.places, self.ended).then(|| self.producing.deliver());
            }
            return;
        };
        let output = match self.args.no_output {
            true => Output::default(),
            false => output.get().clone(),
        };
        let account = self.account(&ran, output);
        let mut event = self.event(&news, &account);
        let kept = self.producing.keep(&mut event);
        if kept.is_safe() {
            state.update(&self.key, |tally| tally.told(&news));
        }
        let tried = match kept.is_safe() {
            true => self.producing.deliver(),
            false => Tried::default(),
        };
        self.print(&account, &news, &event, &before.unwrap_or_default(), &kept, &tried);
    }

    /// Of a job that nothing is remembered of, a desk here may have a ticket still: what was remembered has gone. Where
    /// nothing can be remembered, it would be said each time; a hub would have to be asked by every job there is.
    fn say_that_it_works(&self) {
        if self.producing.has_hub() || self.producing.state.read(&self.key).is_none() {
            return;
        }
        let mut event = self.producing.event(Ask::Resolve, &self.key, self.ended);
        event.recovery = self.args.resolve;
        if self.producing.keep(&mut event).is_safe() {
            self.producing.deliver();
        }
    }

    fn outcome(&self, ran: &Ran, capture: &Capture, output: &Lazy<'_>) -> Outcome {
        let code = ran.end.code();
        let complains = self.args.fail_on_stderr && capture.has_complaints();
        let well =
            ran.trouble.is_none() && matches!(ran.end, End::Code(code) if code == 0 || self.args.ok.contains(&code));
        let kind = |ended: &str| Outcome::Bad(kind_of(ended, &self.complaint(capture, output.get())));
        if ran.lost_output && well {
            return Outcome::Bad("output lost".to_owned());
        }
        match (well, complains) {
            (true, false) => Outcome::Good,
            (true, true) => kind("stderr"),
            (false, _) => kind(&format!("exit {code}")),
        }
    }

    /// What it complained of, as it may be remembered: of what was left out only the first line is known.
    fn complaint(&self, capture: &Capture, output: &Output) -> String {
        match output.complaint().filter(|_| output.is_whole()) {
            Some(line) => line.to_owned(),
            None => self.producing.safe(&capture.complaint()),
        }
    }

    fn took(&self) -> i64 {
        self.ended.as_second() - self.started.as_second()
    }

    fn beat(&self) {
        let beat = Beat {
            schema: beat::SCHEMA.to_owned(),
            key: self.key.clone(),
            name: self.name.clone(),
            host: self.producing.ctx.env.host.clone(),
            at: self.ended,
            every: self.args.expect_every.and_then(|every| i64::try_from(every.as_secs()).ok()),
            queue: self.args.labels.queue.clone().unwrap_or_default(),
        };
        beat.leave(&self.producing.places);
    }

    fn account(&self, ran: &Ran, output: Output) -> Account {
        let env = self.producing.ctx.env;
        let mut secrets = 0;
        let safe = |text: String, secrets: &mut u64| self.producing.redactor().text(&text, secrets);
        let command = safe(command_line(&self.args.words), &mut secrets);
        let timeout = self.args.timeout.and_then(|timeout| i64::try_from(timeout.as_secs()).ok());
        Account {
            name: safe(self.name.clone(), &mut secrets),
            host: env.host.clone(),
            user: env.login.clone(),
            folder: env.cwd.display().to_string(),
            command,
            end: ran.end,
            timeout,
            trouble: ran.trouble.clone(),
            lost_output: ran.lost_output,
            started: self.started,
            ended: self.ended,
            took: i64::try_from(ran.took.as_secs()).unwrap_or(i64::MAX),
            output,
        }
    }

    fn event(&self, news: &News, account: &Account) -> Event {
        let ask = match news.what {
            What::Failure { .. } => Ask::Trigger,
            What::Recovery { .. } => Ask::Resolve,
        };
        let mut event = self.producing.event(ask, &self.key, self.ended);
        event.asset.clone_from(&event.host);
        self.args.labels.onto(&mut event);
        event.recovery = self.args.resolve;
        event.flapping = news.flapping;
        event.redacted = account.output.secrets;
        match news.what {
            What::Failure { count, first, .. } => {
                event.title = account.title();
                event.body = account.body();
                event.exit_code = Some(i64::from(account.end.code()));
                (event.count, event.first) = (count, Some(first));
            }
            What::Recovery { count, first } => {
                (event.count, event.first) = (count, Some(first));
            }
        }
        event
    }

    /// What comes out of us beside the job's own output.
    fn print(&self, account: &Account, news: &News, event: &Event, before: &Tally, kept: &Kept, tried: &Tried) {
        let ui = &self.producing.ctx.ui;
        if let (Kept::Nowhere(why), Mail::Pass) = (kept, self.args.mail) {
            // The last place of all: whoever reads the job's complaints.
            ui.warning(&format!("{} was not recorded anywhere: {why}", account.title()));
            return;
        }
        let away = !kept.is_safe() || matches!(tried.trouble, Some(Trouble::Away(_)));
        if self.args.mail == Mail::Changes || self.args.mail == Mail::Never && away {
            let backlog = self.producing.spool.backlog();
            let letter = Letter {
                account,
                news,
                event,
                before,
                kept,
                tried,
                backlog: &backlog,
                spool: self.producing.spool.root(),
                whereto: self.producing.hub_shown(),
                zone: &self.producing.ctx.env.zone,
                now: self.ended,
            };
            // A reader that has gone has seen enough.
            let _ = ui.write(&ui.shown_text(&letter.text()));
        }
    }
}
