//! `notify`: tells chat and paging services what `[[notify]]` rules ask for, apart from every write.
//!
//! What is new becomes notices in an outbox on the disk, then the state moves on, then the outbox is sent: killed at any
//! moment, nothing is lost, and nothing is sent twice but what a service accepted in the very moment of the kill, and
//! that under the same id. Nothing here is ever said by the repository but which occasions go to which name: addresses
//! and keys are the person's own configuration, and neither outbox nor state holds any of them.

mod deliver;
mod files;
mod gather;
mod known;
mod occasions;
mod outbox;
mod rules;
mod state;
mod targets;
mod trial;

pub use targets::Targets;

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::desk::Desk;
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::model::policy::Occasion;
use crate::model::word::words;
use deliver::{Delivered, Terms, deliver};
use gather::{Begin, Gathered, gather};
use outbox::{Contents, Outbox, Waiting};
use rules::Rules;
use state::{Place, Reached};

words! {
    /// How far a notice has come.
    State {
        Sent = "sent",
        Waiting = "waiting",
        /// Nobody tries it any more.
        Failed = "failed",
        /// A dry run: it would be sent.
        Would = "would",
    }
}

/// What became of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub notice: String,
    pub occasion: Occasion,
    /// The ticket.
    pub id: String,
    pub title: String,
    pub target: String,
    pub state: State,
    pub tries: u32,
    pub error: Option<String>,
}

impl Told {
    fn of(one: &Waiting, state: State) -> Told {
        let Waiting { notice, target, tries, error, .. } = one;
        let (id, title) = (notice.ticket.id.clone(), notice.ticket.title.clone());
        let (occasion, notice, target) = (notice.occasion, notice.id.clone(), target.clone());
        Told { notice, occasion, id, title, target, state, tries: *tries, error: error.clone() }
    }
}

/// What people should know beside what was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub message: String,
    pub hint: String,
    /// Also for those who asked for quiet.
    pub pressing: bool,
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Report {
    pub told: Vec<Told>,
    pub warnings: Vec<Warning>,
    /// What stands in the way of targets.
    pub problems: Vec<Problem>,
    /// Another process is sending, and takes what is new along.
    pub busy: bool,
}

/// How to go about it.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Tell what came since this revision, whatever the state says.
    pub since: Option<String>,
    pub targets: Targets,
    /// In all.
    pub timeout: Duration,
}

impl Desk<'_> {
    /// Tells what is new, and what waits. Exit code 7 where nothing can be kept.
    pub fn notify(&self, wish: &Wish) -> Result<Report> {
        self.store.require_history()?;
        let place = Place::of(&self.store);
        let outbox = Outbox::at(place.outbox());
        if self.options.dry_run {
            return self.would_notify(wish, &place, &outbox);
        }
        let mut report = Report::default();
        let until = Instant::now() + wish.timeout;
        let new = self.make(wish, &place, &outbox, &mut report)?;
        self.send_all(wish, &place, &outbox, until, &mut report)?;
        let handled: HashSet<&str> = report.told.iter().map(|told| told.notice.as_str()).collect();
        let left: Vec<Told> = new.into_iter().filter(|told| !handled.contains(told.notice.as_str())).collect();
        report.told.extend(left);
        // What stands in the way is said once.
        let Report { warnings, problems, .. } = &mut report;
        warnings.retain(|warning| !problems.iter().any(|problem| warning.message.contains(&problem.message)));
        Ok(report)
    }

    fn gathered(&self, wish: &Wish, place: &Place, look: &Look<'_>) -> Result<(Gathered, Option<Reached>)> {
        let before = Reached::read(&place.state())?;
        let begin = Begin::find(look, wish.since.as_deref(), before.as_ref())?;
        let rules = Rules::read(look, &wish.targets);
        Ok((gather(look, rules, begin, before.as_ref())?, before))
    }

    /// Puts what is new into the outbox, and only then moves the state on.
    fn make(&self, wish: &Wish, place: &Place, outbox: &Outbox, report: &mut Report) -> Result<Vec<Told>> {
        outbox.prepare()?;
        let Some(_alone) = files::lock(&place.making(), self.options.lock_timeout)? else {
            let seconds = self.options.lock_timeout.as_secs();
            return Err(Problem::repository(format!("another git desk notify is at work: no turn within {seconds} s"))
                .code("lock_timeout")
                .hint("wait longer: --lock-timeout 2m")
                .into());
        };
        let look = self.look(None)?;
        let (gathered, before) = self.gathered(wish, place, &look)?;
        report.warnings.extend(gathered.warnings);
        let new = outbox.add(gathered.notices)?;
        if before.as_ref() != Some(&gathered.reached) {
            gathered.reached.write(&place.state())?;
            files::settle(place.folder())?;
        }
        Ok(new.iter().map(|one| Told::of(one, State::Waiting)).collect())
    }

    /// Sends until nothing is left that this run has not tried.
    fn send_all(&self, wish: &Wish, place: &Place, outbox: &Outbox, until: Instant, report: &mut Report) -> Result<()> {
        let terms = Terms { now: self.env.now, clock: (self.env.clock(), Instant::now()), until };
        let mut handled = HashSet::new();
        loop {
            let Some(alone) = files::lock(&place.sending(), Duration::ZERO)? else {
                report.busy = true;
                return Ok(());
            };
            outbox.tidy(terms.now)?;
            let Delivered { told, problems, unreadable } = deliver(outbox, &wish.targets, terms, &mut handled)?;
            let done = told.is_empty();
            report.told.extend(told);
            report.problems.extend(problems);
            // Whoever came meanwhile has found the lock taken and left, so it is looked again once it is free.
            drop(alone);
            if done {
                report.warnings.extend(unreadable.iter().map(|path| unread(path)));
                return Ok(());
            }
        }
    }

    fn would_notify(&self, wish: &Wish, place: &Place, outbox: &Outbox) -> Result<Report> {
        let look = self.look(None)?;
        let (gathered, _) = self.gathered(wish, place, &look)?;
        let accepted = outbox.accepted_ids();
        let waiting = outbox.waiting().waiting;
        let known: HashSet<&str> = waiting.iter().map(|one| one.notice.id.as_str()).collect();
        let is_new = |id: &str| !known.contains(id) && !accepted.contains(id);
        let due = waiting.iter().filter(|one| one.next <= self.env.now);
        let new = gathered.notices.iter().filter(|one| is_new(&one.notice.id));
        let told = due.chain(new).map(|one| Told::of(one, State::Would)).collect();
        Ok(Report { told, warnings: gathered.warnings, ..Report::default() })
    }

    /// What waits, and what was given up lately.
    pub fn outbox(&self) -> Result<Report> {
        let outbox = Outbox::at(Place::of(&self.store).outbox());
        let Contents { waiting, unreadable } = outbox.waiting();
        let waiting = waiting.iter().map(|one| Told::of(one, State::Waiting));
        let failed = outbox.given_up().waiting;
        let failed = failed.iter().map(|one| Told::of(one, State::Failed));
        let warnings = unreadable.iter().map(|path| unread(path)).collect();
        Ok(Report { told: waiting.chain(failed).collect(), warnings, ..Report::default() })
    }
}

fn unread(path: &Path) -> Warning {
    Warning {
        message: format!("{} cannot be read, so it is not sent", path.display()),
        hint: "a newer git-desk may have written it; if not, remove it".to_owned(),
        pressing: true,
    }
}
