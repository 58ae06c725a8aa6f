//! Makes the notices of what is new: from the commits that no run has come to, and from clocks as they stand.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::Warning;
use super::known::Known;
use super::occasions::{Happening, of_change, of_clocks};
use super::outbox::Waiting;
use super::rules::Rules;
use super::state::Reached;
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::index::{Found, Order};
use crate::model::count::counted;
use crate::model::id::TicketId;
use crate::net::payload;
use crate::store::Oid;

/// What happened longer ago is no news: an import brings years of it.
const NEWS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where to begin.
pub enum Begin {
    /// Behind this commit, whatever was told before.
    Asked(Oid),
    /// Where the last run ended.
    Known(Oid),
    /// At the present, with what to say about it: nobody wants the whole of history.
    Present(Warning),
}

impl Begin {
    /// Exit code 3 for a revision that is none, 5 for one that is not in the branch's history.
    pub fn find(look: &Look<'_>, since: Option<&str>, reached: Option<&Reached>) -> Result<Begin> {
        if let Some(revision) = since {
            let commit = look.index.store().resolve(revision)?;
            return match look.index.has(commit)? {
                true => Ok(Begin::Asked(commit)),
                false => Err(not_an_ancestor(revision).into()),
            };
        }
        let Some(reached) = reached else {
            let message = "notices begin here: what comes from now on is told".to_owned();
            let hint = "what has been, too: git desk notify --since REV".to_owned();
            return Ok(Begin::Present(Warning { message, hint, pressing: false }));
        };
        match reached.commit.parse() {
            Ok(commit) if look.index.has(commit)? => Ok(Begin::Known(commit)),
            Ok(_) | Err(_) => {
                let at = reached.commit.get(..8).unwrap_or(&reached.commit);
                let message =
                    format!("history was rewritten: {at}, where notices had come to, is no longer part of it");
                let hint = "begun anew at the present; what has been, too: git desk notify --since REV".to_owned();
                Ok(Begin::Present(Warning { message, hint, pressing: true }))
            }
        }
    }
}

fn not_an_ancestor(revision: &str) -> Problem {
    Problem::refused(format!("`{revision}` is not in the history of the desk's branch"))
        .code("not_an_ancestor")
        .hint("what is: git log --oneline")
}

/// Notices that are to be sent, in the order of what they tell, and how far they go.
pub struct Gathered {
    pub notices: Vec<Waiting>,
    pub reached: Reached,
    pub warnings: Vec<Warning>,
}

/// Gathers what is new since `begin`. `before` is how far the last run came.
pub fn gather(look: &Look<'_>, mut rules: Rules<'_>, begin: Begin, before: Option<&Reached>) -> Result<Gathered> {
    let mut work = Gatherer { look, rules: &mut rules, made: Vec::new(), ids: HashSet::new(), warnings: Vec::new() };
    let clocks = before.and_then(|reached| reached.clocks.clone());
    let mut reached = Reached::at(look.index.commit().to_string());
    match begin {
        Begin::Asked(base) => {
            work.commits(base, None)?;
            reached.clocks = work.clocks(Some(clocks.unwrap_or_default()))?;
        }
        Begin::Known(base) => {
            work.commits(base, look.now.checked_sub(NEWS).ok())?;
            reached.clocks = work.clocks(clocks)?;
        }
        Begin::Present(warning) => {
            work.warnings.push(warning);
            reached.clocks = work.clocks(clocks)?;
        }
    }
    let (notices, mut warnings) = (work.made, work.warnings);
    warnings.extend(rules.warnings());
    Ok(Gathered { notices, reached, warnings })
}

struct Gatherer<'g, 'l> {
    look: &'g Look<'g>,
    rules: &'g mut Rules<'l>,
    made: Vec<Waiting>,
    ids: HashSet<String>,
    warnings: Vec<Warning>,
}

impl<'g> Gatherer<'g, '_> {
    /// Notices of what commits did since `base`, and not before `oldest`.
    fn commits(&mut self, base: Oid, oldest: Option<Timestamp>) -> Result<()> {
        if !self.rules.hear_commits() {
            return Ok(());
        }
        let mut changes = self.look.index.log_since(base)?;
        let before = changes.len();
        changes.retain(|change| oldest.is_none_or(|oldest| change.at >= oldest));
        if changes.len() < before {
            let message = format!("not told: {} of more than a week ago", counted(before - changes.len(), "change"));
            self.warnings.push(Warning {
                message,
                hint: format!("to tell them: git desk notify --since {base}"),
                pressing: true,
            });
        }
        let known = self.known(changes.iter().map(|change| change.ticket).collect())?;
        for change in &changes {
            // One that was deleted, or cannot be read, is not told of.
            let Some(known) = known.get(&change.ticket) else { continue };
            for happening in of_change(change, &known.found.ticket, known.thread(), &self.look.policy) {
                self.tell(known, &happening)?;
            }
        }
        Ok(())
    }

    /// Notices of clocks that have come to press since; what is told from now on. Of `None` before, nothing is told: all
    /// is as it was when the rules came.
    fn clocks(&mut self, told: Option<BTreeSet<String>>) -> Result<Option<BTreeSet<String>>> {
        if !self.rules.hear_clocks() {
            return Ok(told);
        }
        let open = self.open()?;
        let ids: HashSet<&str> = open.iter().map(|found| found.ticket.id.as_str()).collect();
        let is_open = |told: &&String| told.split(' ').next().is_some_and(|id| ids.contains(id));
        let mut now: BTreeSet<String> = told.iter().flatten().filter(is_open).cloned().collect();
        let clocks = self.look.clocks(&open)?;
        for (found, clocks) in open.into_iter().zip(clocks) {
            let happenings = of_clocks(&clocks.runs, self.look.now);
            if happenings.is_empty() {
                continue;
            }
            let known = Known::new(self.look, found, clocks);
            for happening in happenings {
                for target in self.rules.whom(&known, &happening)? {
                    let Happening { event, occasion, .. } = &happening;
                    let is_new = now.insert(format!("{} {event} {occasion} {target}", known.found.ticket.id));
                    if is_new && told.is_some() {
                        self.make(&known, &happening, target)?;
                    }
                }
            }
        }
        Ok(Some(now))
    }

    fn open(&self) -> Result<Vec<Found>> {
        let context = self.look.levels().context();
        self.look.select(&self.look.query("is:open", context)?, context, (Order::Id, false), None)
    }

    /// These tickets, with their clocks.
    fn known(&self, mut ids: Vec<TicketId>) -> Result<HashMap<TicketId, Known<'g>>> {
        ids.sort_unstable();
        ids.dedup();
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.look.index.ticket(id)?);
        }
        let clocks = self.look.clocks(&found)?;
        let known = |(found, clocks): (Found, _)| (found.ticket.id, Known::new(self.look, found, clocks));
        Ok(found.into_iter().zip(clocks).map(known).collect())
    }

    fn tell(&mut self, known: &Known<'_>, happening: &Happening) -> Result<()> {
        for target in self.rules.whom(known, happening)? {
            self.make(known, happening, target)?;
        }
        Ok(())
    }

    fn make(&mut self, known: &Known<'_>, happening: &Happening, target: &str) -> Result<()> {
        let notice = known.notice(happening, target)?;
        // A service may have nothing to be told: a pager is not rung for a comment.
        let is_told = match self.rules.target(target) {
            Some(Ok(target)) => payload::request(target, &notice, self.look.now).is_some(),
            Some(Err(_)) | None => true,
        };
        if is_told && self.ids.insert(notice.id.clone()) {
            self.made.push(Waiting::new(target, notice, self.look.now));
        }
        Ok(())
    }
}
