//! A run that is over: it is counted, what is news goes to the desk, and whoever reads our output is told.

use std::cell::{OnceCell, RefCell};

use jiff::Timestamp;

use super::Args;
use super::mail::{Letter, Mail};
use crate::commands::producing::Producing;
use crate::jobs::account::{Account, Output, command_line};
use crate::jobs::beat::{self, Beat};
use crate::jobs::capture::{Capture, Kept as Captured};
use crate::jobs::courier::{Tried, Trouble};
use crate::jobs::spool::Kept;
use crate::jobs::tally::{News, Outcome, Results, Tally, What, kind_of};
use crate::jobs::wrap::{End, Ran};
use crate::view::event::{Ask, Event};

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
pub struct Run<'a> {
    pub args: &'a Args,
    pub producing: &'a Producing<'a>,
    pub name: String,
    pub key: String,
    pub started: Timestamp,
    pub ended: Timestamp,
}

impl Run<'_> {
    /// Counts it, and tells what is news.
    pub fn tell(&self, mut ran: Ran) {
        self.beat();
        let capture = std::mem::take(&mut ran.capture);
        let (kept, capture) = capture.finish();
        let output = Lazy::new(kept, capture.lines.iter().sum(), self.producing);
        let outcome = self.outcome(&ran, &capture, &output);
        let state = &self.producing.state;
        let mut before = Tally::default();
        let news = state.update(&self.key, |tally| {
            before = tally.clone();
            let news = tally.record(&outcome, self.ended, self.args.after_failures);
            if outcome == Outcome::Good {
                tally.good = Some((self.ended, self.took()));
            }
            news
        });
        let Some(news) = news else {
            // Nothing at all is remembered.
            if before.results == Results::default() && outcome == Outcome::Good {
                self.say_that_it_works();
            }
            // A hub hears of a job that is expected although there is no news.
            if self.args.expect_every.is_some() && self.producing.has_hub() {
                let _ = beat::may_try(&self.producing.places, self.ended).then(|| self.producing.deliver());
            }
            // What the spool did not take before comes along.
            if self.producing.spool.gather() > 0 {
                self.producing.deliver();
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
            state.update(&self.key, |tally| tally.told(&news, self.ended));
        }
        let tried = match kept.is_safe() {
            true => self.producing.deliver().of(&event.id),
            false => Tried::default(),
        };
        self.print(&account, &news, &event, &before, &kept, &tried);
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
            queue: self.args.labels.queue.as_deref().map_or_else(String::new, |queue| self.producing.safe(queue)),
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
            folder: safe(env.cwd.display().to_string(), &mut secrets),
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
        event.flapping = news.steadiness();
        event.redacted = account.output.secrets;
        match news.what {
            What::Failure { count, first, .. } => {
                event.title = account.title();
                event.body = account.body();
                event.exit_code = Some(i64::from(account.end.code()));
                // Where nothing is kept, each is the first, and nobody counts.
                if self.producing.state.keeps(&self.key, count) {
                    (event.count, event.first) = (count, Some(first));
                }
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
