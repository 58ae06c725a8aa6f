//! `import`: histories from other systems, as commits of their own times and authors.

pub mod map;
pub mod newcomers;
pub mod ours;
pub mod stream;
mod written;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;

use crate::desk::{Desk, policy_of};
use crate::error::{Problem, Result};
use crate::store::bulk::Bulk;
use crate::store::{Oid, document};
use map::Map;
use newcomers::{Newcomer, Newcomers};
use ours::Again;
use stream::{Event, Misfit, Past, Replay, Step};

/// How an import is to be done.
pub struct Plan<'a> {
    /// How their words become ours; `None` for a history that `export jsonl` told.
    pub map: Option<&'a Map>,
    /// The log's name, for messages.
    pub name: &'a str,
    /// Say what would be, write nothing.
    pub dry_run: bool,
    /// Stop after this many tickets have been met.
    pub sample: Option<usize>,
    /// Called with the number of events read so far.
    pub progress: &'a dyn Fn(u64),
    /// The highest event of each ticket that earlier runs applied.
    pub applied: HashMap<String, u64>,
}

/// What came of an import, or would.
#[derive(Debug, Default)]
pub struct Summary {
    pub tickets: usize,
    pub events: u64,
    pub commits: u64,
    pub entries: u64,
    pub refused: u64,
    pub misfits: Vec<Misfit>,
    pub newcomers: Vec<Newcomer>,
    /// The first tickets as they would be: path and text of the files.
    pub samples: Vec<(String, String)>,
    /// The new tip; `None` when nothing was new.
    pub tip: Option<Oid>,
}

/// Replays a log into the desk: one commit an event that says something new, then one swap of the branch.
///
/// Exit code 6 names the line that is no event; where nothing is written, such lines are counted instead.
pub fn events(desk: &Desk<'_>, source: impl Read, plan: Plan<'_>) -> Result<Summary> {
    let snapshot = desk.store.snapshot()?;
    let (policy, _) = policy_of(&snapshot)?;
    let text = snapshot.file("desk.toml", document::MAX_SIZE)?.and_then(Result::ok).unwrap_or_default();
    let file = |id| Ok(snapshot.ticket(id)?.map(|file| file.map(|file| file.bytes).unwrap_or_default()));
    let names = Newcomers::new(text, policy.queues.into_keys().collect(), policy.agents.into_keys().collect());
    let mut replay = match plan.map {
        Some(map) => Source::Theirs(Replay::new(map, Past { file: &file, applied: plan.applied }, names)),
        None => Source::Ours(Again::new(&file, ours::applied(desk)?, names)),
    };
    let mut bulk = match plan.dry_run || plan.sample.is_some() {
        true => None,
        false => Some(Bulk::begin(&desk.store, desk.options.lock_timeout)?),
    };
    let mut samples: Vec<(String, String)> = Vec::new();
    for (number, line) in lines(source)?.split(b'\n').enumerate() {
        let line = line.map_err(|error| broken_off(plan.name, number, &error))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let step = match replay.take(&line, plan.name, number + 1) {
            Ok(step) => step?,
            Err(_) if bulk.is_none() => {
                replay.unread(number as u64 + 1);
                continue;
            }
            Err(error) => return Err(error),
        };
        let so_far = replay.summary();
        if plan.sample.is_some_and(|most| so_far.tickets > most) {
            break;
        }
        (plan.progress)(so_far.events);
        match (step, &mut bulk) {
            (Some(step), Some(bulk)) => {
                bulk.commit(&step.author, step.when, &step.message, &step.files, &step.gone)?;
            }
            (Some(step), None) if plan.sample.is_some() => keep_sample(&mut samples, step),
            (Some(_) | None, _) => {}
        }
    }
    let tip = bulk.map(Bulk::finish).transpose()?.flatten();
    let (misfits, newcomers) = replay.found();
    Ok(Summary { misfits, newcomers, samples, tip, ..replay.summary() })
}

/// Where the lines of a log come from.
enum Source<'a> {
    /// Another system; a map says what its words mean.
    Theirs(Replay<'a>),
    /// A desk.
    Ours(Again<'a>),
}

impl Source<'_> {
    /// The commit that a line makes. The outer error is a line that cannot be read.
    fn take(&mut self, line: &[u8], name: &str, number: usize) -> Result<Result<Option<Step>>> {
        Ok(match self {
            Source::Theirs(replay) => replay.take(read_event(line, name, number)?),
            Source::Ours(again) => again.take(ours::read(line, name, number)?),
        })
    }

    fn unread(&mut self, line: u64) {
        match self {
            Source::Theirs(replay) => replay.unread(line),
            Source::Ours(again) => again.unread(line),
        }
    }

    /// The counts so far.
    fn summary(&self) -> Summary {
        let (tickets, [events, commits, entries, refused]) = match self {
            Source::Theirs(one) => (one.tickets(), [one.events, one.commits, one.entries, one.refused]),
            Source::Ours(one) => (one.tickets(), [one.events, one.commits, one.entries, one.refused]),
        };
        Summary { tickets, events, commits, entries, refused, ..Summary::default() }
    }

    fn found(&self) -> (Vec<Misfit>, Vec<Newcomer>) {
        match self {
            Source::Theirs(one) => (one.misfits(), one.newcomers.all()),
            Source::Ours(one) => (one.misfits(), one.newcomers.all()),
        }
    }
}

/// The last state of each file of a sample.
fn keep_sample(samples: &mut Vec<(String, String)>, step: Step) {
    for (path, bytes) in step.files.into_iter().filter(|(path, _)| path != "desk.toml") {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match samples.iter_mut().find(|(have, _)| *have == path) {
            Some(sample) => sample.1 = text,
            None => samples.push((path, text)),
        }
    }
}

fn broken_off(name: &str, lines: usize, error: &std::io::Error) -> Problem {
    let place = if lines == 0 { "before the end of line 1".to_owned() } else { format!("after line {lines}") };
    Problem::invalid(format!("{name}: the log breaks off {place}: {error}")).code("bad_log")
}

fn read_event(line: &[u8], name: &str, number: usize) -> Result<Event> {
    serde_json::from_slice(line).map_err(|error| {
        Problem::invalid(format!("{name}:{number}: this line is no event: {error}"))
            .code("bad_event")
            .hint("one JSON object a line: {\"ticket\": …, \"at\": …, \"actor\": …, \"changes\": {…}}")
            .into()
    })
}

/// The log's bytes, unpacked when they are gzip.
fn lines<'a>(source: impl Read + 'a) -> Result<Box<dyn BufRead + 'a>> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    let start = source.fill_buf().map_err(|error| Problem::not_found(format!("cannot read the log: {error}")))?;
    Ok(match start {
        [0x1f, 0x8b, ..] => Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(source))),
        _ => Box::new(source),
    })
}
