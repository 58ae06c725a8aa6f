//! Problems with what hangs on them: the incidents they cause, what these cost, and how people get along meanwhile.

use std::collections::BTreeSet;

use crate::desk::figures::{self, workaround};
use crate::desk::look::Look;
use crate::desk::{Desk, Room};
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::link::Link;
use crate::model::word::Kind;
use crate::report::life::Life;
use crate::report::named::{Named, Tickets};
use crate::report::problems::{is_known_error, linked, lost};
use crate::report::ruler::Ruler;

/// A problem as of the moment of a look.
pub struct Known<'t> {
    pub problem: &'t Named,
    /// The tickets of that kind that are linked with it, the oldest first.
    pub incidents: Vec<&'t Named>,
    pub open_incidents: usize,
    /// See [`lost_by`], of all of them.
    pub lost_seconds: i64,
    /// That was noted with `work` on it and on its incidents.
    pub work_minutes: u64,
    pub customers: BTreeSet<&'t str>,
    pub workaround: String,
    /// Ended as `known-error`: it stays, and people know how to live with it.
    pub is_known_error: bool,
}

/// What problems are told from. The links lead to any ticket, so all are read.
pub fn read(desk: &Desk<'_>, look: &Look<'_>) -> Result<Tickets> {
    desk.store.require_history()?;
    figures::tickets(desk, look, None, true, None)
}

/// How long an incident was unsolved until the moment of the look, in working time of the desk's calendar, in seconds.
pub fn lost_by(look: &Look<'_>, life: &Life) -> i64 {
    let calendar = look.policy.desk.calendar.as_str();
    let ruler = Ruler { calendar: Some((calendar, look.levels().schedule(look, calendar))) };
    lost(life, ruler, look.now.as_second())
}

/// All problems: those with most open incidents first, then those that cost most.
pub fn problems<'t>(look: &Look<'_>, tickets: &'t Tickets) -> Vec<Known<'t>> {
    let is_incident = |one: &&Named| one.told.life.field("kind") == Kind::Incident.as_str();
    let known = |(problem, linked): (&'t Named, Vec<&'t Named>)| {
        let incidents = linked.into_iter().filter(is_incident).collect();
        known(look, problem, incidents)
    };
    let mut all: Vec<Known<'_>> = linked(tickets).into_values().map(known).collect();
    all.sort_by(|a, b| {
        let weight = |one: &Known<'_>| (one.open_incidents, one.lost_seconds, one.incidents.len());
        weight(b).cmp(&weight(a)).then_with(|| a.problem.id.cmp(&b.problem.id))
    });
    all
}

fn known<'t>(look: &Look<'_>, problem: &'t Named, incidents: Vec<&'t Named>) -> Known<'t> {
    let now = look.now.as_second();
    Known {
        open_incidents: incidents.iter().filter(|one| one.told.life.is_unsolved_at(now)).count(),
        lost_seconds: incidents.iter().map(|one| lost_by(look, &one.told.life)).fold(0, i64::saturating_add),
        work_minutes: std::iter::once(&problem)
            .chain(&incidents)
            .flat_map(|one| &one.told.work)
            .map(|work| work.minutes)
            .fold(0, u64::saturating_add),
        customers: incidents
            .iter()
            .map(|one| one.told.life.field("customer"))
            .filter(|name| !name.is_empty())
            .collect(),
        workaround: workaround(look, problem),
        is_known_error: is_known_error(&problem.told.life, now),
        problem,
        incidents,
    }
}

/// The open incidents of a problem, in the order of their ids: tickets of that kind which it is linked with, whichever of
/// the two says so.
pub fn open_incidents(room: &Room<'_, '_>, problem: TicketId) -> Result<Vec<TicketId>> {
    let counts = |link: &Link| link.kind.ties_to_problem();
    let own = room.tx.ticket(problem)?.ticket.links;
    let mut ids: BTreeSet<TicketId> = own.iter().filter(|link| counts(link)).map(|link| link.to).collect();
    if let Some(index) = room.index()? {
        let others = index.links_to(problem)?;
        ids.extend(others.into_iter().filter(|(_, kind)| kind.ties_to_problem()).map(|(id, _)| id));
    }
    let is_open = |id: &TicketId| {
        room.tx.ticket(*id).is_ok_and(|file| file.ticket.kind == Kind::Incident && file.ticket.status.is_open())
    };
    Ok(ids.into_iter().filter(is_open).collect())
}
