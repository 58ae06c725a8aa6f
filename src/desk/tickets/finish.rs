//! `resolve`, `close`, `reopen`: how a ticket ends, and that it did not.

use jiff::Timestamp;

use super::Acted;
use crate::desk::Room;
use crate::desk::problems::open_incidents;
use crate::error::{Problem, Result};
use crate::model::calendar::Schedule;
use crate::model::id::TicketId;
use crate::model::policy::Span;
use crate::model::rules::{Effect, Ending};
use crate::model::word::{EntryKind, Kind, Status};

/// What marks a machine's ticket whose trouble comes and goes.
pub const FLAPPING: &str = "flapping";

#[derive(Debug, Clone, Default)]
pub struct Finish {
    /// `closed` instead of `resolved`.
    pub close: bool,
    pub resolution: String,
    pub solution: String,
    pub duplicate_of: Option<TicketId>,
    /// Names of articles that solved it.
    pub articles: Vec<String>,
    /// A last word to the requester.
    pub reply: String,
    /// A problem's open incidents are resolved with it.
    pub cascade: bool,
}

impl Finish {
    fn verb(&self) -> &'static str {
        if self.close { "close" } else { "resolve" }
    }

    /// Ends the ticket. Exit code 2 without a resolution, 5 when a guard refuses.
    pub fn apply(&self, room: &mut Room<'_, '_>, id: TicketId) -> Result<Acted> {
        room.act(id, |room, draft| {
            let given = !self.resolution.is_empty() || self.duplicate_of.is_some();
            if !given && draft.ticket.resolution.is_empty() {
                return Err(self.no_resolution(room, id).into());
            }
            room.known_articles(&self.articles)?;
            for article in &self.articles {
                if !draft.ticket.articles.contains(article) {
                    draft.ticket.articles.push(article.clone());
                    draft.ticket.articles.sort_unstable();
                }
            }
            let ending =
                Ending { resolution: &self.resolution, solution: &self.solution, duplicate_of: self.duplicate_of };
            if self.duplicate_of.is_some() && !matches!(self.resolution.as_str(), "" | "duplicate") {
                return Err(Problem::usage(format!(
                    "what repeats another ticket ends as duplicate, not as {}",
                    self.resolution
                ))
                .hint(format!("git desk {} {id} --duplicate-of ID     or: git desk link {id} related ID", self.verb()))
                .into());
            }
            let effect = room.rule(id, |around| match self.close {
                true => draft.ticket.close(&ending, around),
                false => draft.ticket.resolve(&ending, around),
            })?;
            // What has ended comes and goes no more; a machine that sees it do so says so again.
            if !draft.ticket.key.is_empty() {
                draft.ticket.tags.retain(|tag| tag != FLAPPING);
            }
            if effect == Effect::AlreadySo && !self.cascade && !self.reply.trim().is_empty() {
                return Err(self.not_sent(id).into());
            }
            if effect.changed() && !self.reply.trim().is_empty() {
                draft.entries.push(room.entry(id, EntryKind::Comment, self.reply.trim_end())?);
            }
            Ok(())
        })
    }

    /// As [`apply`](Finish::apply); with `cascade`, the problem's open incidents are resolved after it: as it ended and with
    /// its solution, and to each goes the reply. One that a guard holds back holds back all. Exit code 5 for a ticket
    /// that is no problem.
    pub fn apply_with_incidents(&self, room: &mut Room<'_, '_>, id: TicketId) -> Result<Vec<Acted>> {
        if !self.cascade {
            return Ok(vec![self.apply(room, id)?]);
        }
        let kind = room.tx.ticket(id)?.ticket.kind;
        if kind != Kind::Problem {
            return Err(Problem::refused(format!("{id} is no problem but of kind {kind}, so it has no incidents"))
                .code("no_problem")
                .hint(format!("git desk {} {id} --resolution …     without --cascade", self.verb()))
                .hint("what are problems: git desk problem")
                .into());
        }
        let incidents = open_incidents(room, id)?;
        let problem = self.apply(room, id)?;
        if problem.after.is_duplicate() {
            return Err(Problem::refused(format!("{id} repeats another problem: its incidents wait for that one"))
                .code("is_duplicate")
                .hint(format!("link them with it: git desk problem {id}"))
                .into());
        }
        if !problem.changed && incidents.is_empty() && !self.reply.trim().is_empty() {
            return Err(self.not_sent(id).into());
        }
        let with_it = Finish {
            resolution: problem.after.resolution.clone(),
            solution: problem.after.solution.clone(),
            articles: self.articles.clone(),
            reply: self.reply.clone(),
            ..Finish::default()
        };
        let mut done = vec![problem];
        for incident in incidents {
            done.push(with_it.apply(room, incident)?);
        }
        Ok(done)
    }

    fn not_sent(&self, id: TicketId) -> Problem {
        Problem::refused(format!("{id} has ended already, so the reply was not sent"))
            .code("already_so")
            .hint(format!("git desk reply {id} \"…\""))
    }

    fn no_resolution(&self, room: &Room<'_, '_>, id: TicketId) -> Problem {
        let verb = self.verb();
        let words: Vec<&str> = room.policy.resolutions().collect();
        Problem::usage(format!("how did {id} end? `--resolution` is missing"))
            .code("missing_resolution")
            .hint(format!("git desk {verb} {id} --resolution fixed -m \"what solved it\""))
            .hint(words.join(", "))
            .candidates(words)
    }
}

/// Opens an ended ticket again. Exit code 5 when it was closed longer ago than the desk's window.
pub fn reopen(room: &mut Room<'_, '_>, id: TicketId, reason: &str) -> Result<Acted> {
    room.act(id, |room, draft| {
        let (closed, until) = match draft.ticket.status {
            Status::Closed => room.closing(id)?,
            Status::New | Status::Active | Status::Waiting | Status::Resolved => (None, None),
        };
        let effect = room.rule(id, |around| draft.ticket.reopen(room.now, closed, until, around))?;
        if effect.changed() {
            room.hold(&mut draft.ticket)?;
        }
        room.keep_words(draft, effect, "reopen", reason)
    })
}

impl Room<'_, '_> {
    /// When the ticket was closed, from history, and until when it may be reopened.
    pub fn closing(&self, id: TicketId) -> Result<(Option<Timestamp>, Option<Timestamp>)> {
        let found = self.index()?.map_or(Ok(None), |index| index.ticket(id))?;
        let closed = found.and_then(|found| found.times.closed);
        Ok((closed, closed.map(|closed| self.until(self.policy.desk.reopen_window, closed))))
    }

    /// The moment a span after another: working days by the desk's calendar, everything else in real time. Where there is
    /// no such moment, never.
    pub fn until(&self, span: Span, start: Timestamp) -> Timestamp {
        let end = match span {
            Span::Seconds(seconds) => start.as_second().checked_add(seconds),
            Span::WorkingDays(_) | Span::EndOfWorkingDay(_) => {
                let calendar = self.policy.default_calendar().cloned().unwrap_or_default();
                Schedule::new(calendar).due(start.as_second(), span, &[])
            }
        };
        end.and_then(|end| Timestamp::from_second(end).ok()).unwrap_or(Timestamp::MAX)
    }
}
