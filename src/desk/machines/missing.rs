//! Jobs that did not run: of each that is expected, when it last did, and what is due when that was too long ago.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::desk::Room;
use crate::desk::machines::deliver::held::Held;
use crate::error::{Problem, Result};
use crate::jobs::beat::{Beat, newest};
use crate::jobs::spool::fitting;
use crate::model::count::lasted;
use crate::model::id::{EntryId, TicketId};
use crate::model::policy::Span;
use crate::store::Store;
use crate::store::inbox::BEATS;
use crate::view::event::{Ask, Event, Recovery, SCHEMA};

/// The key of the ticket about a job that did not run begins so.
pub const MISSED: &str = "missed/";

/// Who says so.
pub const SWEEP: &str = "sweep";

/// Producers whose signs are read.
const PRODUCERS: usize = 100_000;

/// A job that must run.
struct Expected {
    key: String,
    name: String,
    host: String,
    queue: String,
    every: Span,
    grace: Span,
    last: Option<Timestamp>,
}

/// The signs of life that producers pushed to a hub.
pub fn pushed(store: &Store) -> Result<Vec<Beat>> {
    let mut letters = store.letters(BEATS)?;
    letters.truncate(PRODUCERS);
    let mut reading = store.read_letters(letters);
    let mut beats = Vec::new();
    while let Some(part) = reading.take() {
        for (letter, texts) in part.letters {
            let lines = texts.iter().flatten().flat_map(|text| text.lines());
            // What is no sign is none, and neither is one of another host's job.
            let signs = lines.filter_map(|line| serde_json::from_str::<Beat>(line).ok()).filter_map(|mut beat| {
                let own = beat.bind(&letter.producer) && !fitting(&beat.key).is_empty();
                own.then_some(beat)
            });
            beats.extend(signs);
        }
        // Of each job the newest is enough.
        beats = newest(beats);
    }
    Ok(beats)
}

/// What is to be said of jobs that did not run, and of those that did again. `since` is when each rule was first seen by
/// whoever sweeps: one whose job never ran is due after that.
pub fn events(room: &Room<'_, '_>, beats: Vec<Beat>, since: &BTreeMap<String, Timestamp>) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for job in expected(room, beats) {
        let key = fitting(&format!("{MISSED}{}", job.key));
        let open = room.open_with_key(&key)?;
        let from = job.last.or_else(|| since.get(&job.key).copied());
        let due = from.map(|from| room.until(job.grace, room.until(job.every, from)));
        match (due.is_some_and(|due| due < room.now), open) {
            (true, None) if !is_told(room, &key, job.last)? => events.push(job.missed(room.now, key)),
            // It had come back while somebody had the ticket, and stopped once more.
            (true, Some(id)) if is_back(room, id)? => events.push(job.missed(room.now, key)),
            (false, Some(id)) if job.last.is_some() && !is_back(room, id)? => events.push(job.again(room.now, key)),
            (_, _) => {}
        }
    }
    Ok(events)
}

/// Whether its ticket, which a person has and which therefore stays open, says already that the job has run again.
fn is_back(room: &Room<'_, '_>, id: TicketId) -> Result<bool> {
    let entry = match room.tx.entry(id, &EntryId::occurrence(SWEEP)) {
        // Whatever is said of it finds that out, too, and is told.
        Err(error) if error.downcast_ref::<Problem>().is_some_and(Held::waits_for) => return Ok(false),
        entry => entry?,
    };
    Ok(entry.is_some_and(|entry| !entry.extra.text("recovered").is_empty()))
}

/// Whether somebody ended a ticket about the same gap: it is not opened again before the job has run. One that ended
/// because the job was back was about another.
fn is_told(room: &Room<'_, '_>, key: &str, last: Option<Timestamp>) -> Result<bool> {
    let ended = room.index()?.map_or(Ok(None), |index| index.ended_with_key(key))?;
    let Some(ended) = ended else { return Ok(false) };
    if is_back(room, ended.ticket.id)? {
        return Ok(false);
    }
    let at = ended.times.resolved.max(ended.times.closed);
    Ok(last.is_none_or(|last| at.is_none_or(|at| at > last)))
}

fn expected(room: &Room<'_, '_>, beats: Vec<Beat>) -> Vec<Expected> {
    let beats: HashMap<String, Beat> = newest(beats).into_iter().map(|beat| (beat.key.clone(), beat)).collect();
    let rules = room.policy.expect.iter().map(|rule| {
        let beat = beats.get(&rule.key);
        let name = |beat: &Beat| Some(beat.name.clone()).filter(|name| !name.is_empty());
        let named = Some(rule.name.clone()).filter(|name| !name.is_empty());
        Expected {
            key: rule.key.clone(),
            name: named.or_else(|| name(beat?)).unwrap_or_else(|| rule.key.clone()),
            host: beat.map_or_else(String::new, |beat| beat.host.clone()),
            queue: beat.map_or_else(String::new, |beat| beat.queue.clone()),
            every: rule.every,
            grace: rule.grace,
            last: beat.map(|beat| beat.at),
        }
    });
    let ruled = |beat: &&Beat| !room.policy.expect.iter().any(|rule| rule.key == beat.key);
    let said = beats.values().filter(ruled).filter_map(|beat| {
        Some(Expected {
            key: beat.key.clone(),
            name: beat.name.clone(),
            host: beat.host.clone(),
            queue: beat.queue.clone(),
            every: Span::Seconds(beat.every?),
            grace: Span::Seconds(0),
            last: Some(beat.at),
        })
    });
    let mut all: Vec<Expected> = rules.chain(said).collect();
    all.sort_by(|a, b| a.key.cmp(&b.key));
    all
}

impl Expected {
    fn missed(&self, now: Timestamp, key: String) -> Event {
        let place = if self.host.is_empty() { String::new() } else { format!(" on {}", self.host) };
        let since = match self.last {
            Some(last) => format!("since {}", last.strftime("%Y-%m-%d %H:%M UTC")),
            None => "yet".to_owned(),
        };
        let age = self.last.map(|last| format!("It last ran {} ago. ", lasted(now.as_second() - last.as_second())));
        Event {
            title: format!("{} has not run{place} {since}", self.name),
            body: format!("{}It is expected every {}. Its key is {}.", age.unwrap_or_default(), self.every, self.key),
            queue: self.queue.clone(),
            asset: self.host.clone(),
            ..self.event(now, key, Ask::Trigger)
        }
    }

    fn again(&self, now: Timestamp, key: String) -> Event {
        Event { note: "it has run again".to_owned(), ..self.event(now, key, Ask::Resolve) }
    }

    fn event(&self, now: Timestamp, key: String, ask: Ask) -> Event {
        Event {
            schema: SCHEMA.to_owned(),
            // The moment makes it unique; it is never sent a second time.
            id: format!("missed-{}-{}", now.as_second(), crate::jobs::spool::short(&key)),
            at: now,
            ask,
            key,
            producer: SWEEP.to_owned(),
            host: if self.host.is_empty() { SWEEP.to_owned() } else { self.host.clone() },
            recovery: Recovery::Auto,
            whole: true,
            ..Event::default()
        }
    }
}
