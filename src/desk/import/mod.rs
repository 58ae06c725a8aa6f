//! `import`: histories from other systems, as commits of their own times and authors.

mod actor;
mod applied;
mod csv;
mod event;
mod html;
pub mod map;
pub mod misfits;
mod nested;
pub mod newcomers;
pub mod ours;
mod read;
mod replay;
mod rows;
mod sink;
mod times;
mod words;
mod written;

use std::io::{BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;

use crate::desk::Desk;
use crate::error::{Problem, Result};
use crate::model::id::TicketId;
use crate::model::policy::Policy;
use crate::store::{Oid, Snapshot, document};
use applied::Applied;
use event::{Event, Step};
use map::Map;
use misfits::Misfit;
use newcomers::{Newcomer, Newcomers};
use ours::Again;
use replay::{Past, Replay};
pub use rows::Files;
use rows::Rows;
pub use sink::Samples;
use sink::Sink;

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
    /// Largest attachment in bytes; that of `desk.toml` where nothing is said.
    pub max_file: Option<u64>,
    /// Called with the number of events read so far.
    pub progress: &'a dyn Fn(u64),
}

/// What came of an import, or would.
#[derive(Debug, Default)]
pub struct Summary {
    pub tickets: usize,
    pub events: u64,
    pub commits: u64,
    pub entries: u64,
    pub refused: u64,
    /// Attachments, of rows alone.
    pub files: Files,
    /// The largest attachment that is taken, in bytes.
    pub max_file: u64,
    pub misfits: Vec<Misfit>,
    pub newcomers: Vec<Newcomer>,
    /// The first tickets as they would be.
    pub samples: Samples,
    /// The new tip; `None` when nothing was new.
    pub tip: Option<Oid>,
}

/// The form of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A JSON object a line.
    Jsonl,
    /// RFC 4180, with a head.
    Csv,
}

/// Replays a log into the desk: one commit an event that says something new, then one swap of the branch.
///
/// Exit code 6 names the line that is no event; where nothing is written, such lines are counted instead.
pub fn events(desk: &Desk<'_>, source: impl Read, plan: Plan<'_>) -> Result<Summary> {
    let begun = Begun::of(desk)?;
    let file = begun.file();
    let mut replay = match plan.map {
        Some(map) => {
            let past = Past { file: &file, applied: Applied::of(desk, &map.source)? };
            Source::Theirs(Box::new(Replay::new(map, past, begun.names())))
        }
        None => Source::Ours(Box::new(Again::new(&file, ours::applied(desk)?, begun.names()))),
    };
    let mut sink = Sink::open(desk, &plan)?;
    for (number, line) in lines(source)?.split(b'\n').enumerate() {
        let line = line.map_err(|error| broken_off(plan.name, number, &error))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let step = match replay.take(&line, plan.name, number + 1) {
            Ok(step) => step?,
            Err(_) if sink.is_dry() => {
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
        sink.put(step)?;
    }
    let (tip, samples) = sink.finish()?;
    let (misfits, newcomers) = replay.found();
    Ok(Summary { misfits, newcomers, samples, tip, ..replay.summary() })
}

/// Makes the commits that rows imply, oldest first, then one swap of the branch. All rows are held in memory.
///
/// Exit code 6 names the line that is no row and what is wrong there; where nothing is written, such lines are counted.
pub fn rows(desk: &Desk<'_>, source: impl Read, plan: Plan<'_>, form: Form) -> Result<Summary> {
    let (map, row) = plan.map.and_then(|map| Some((map, map.row.as_ref()?))).ok_or_else(|| {
        Problem::invalid("the map has no [row]: which column is the ticket's number, which its times")
            .code("bad_map")
            .hint("[row]\n  ticket = \"number\"\n  opened = { at = \"opened_at\", by = \"opened_by\" }")
    })?;
    let begun = Begun::of(desk)?;
    let max_file = plan.max_file.unwrap_or(begun.policy.desk.max_file);
    let mut front = Rows::new(map, row, max_file);
    let file = begun.file();
    let applied = Applied::of(desk, &map.source)?;
    let mut replay = Replay::new(map, Past { file: &file, applied }, begun.names());
    let mut sink = Sink::open(desk, &plan)?;
    let mut events = Vec::new();
    let mut reader = read::Reader::new(lines(source)?, form).map_err(|wrong| bad_row(plan.name, wrong))?;
    while plan.sample.is_none_or(|most| front.tickets() < most) {
        let Some(row) = reader.next() else { break };
        match row.and_then(|(line, row)| front.events(row, line).map_err(|what| (line, what))) {
            Ok(more) => events.extend(more),
            Err((line, what)) if sink.is_dry() => {
                front.misfits.meet(
                    format!("a row: {what}"),
                    &format!("line {line}"),
                    "left out; a real run ends there",
                );
            }
            Err(wrong) => return Err(bad_row(plan.name, wrong).into()),
        }
        (plan.progress)(events.len() as u64);
    }
    front.finish();
    events.sort_by_key(|event| event.at);
    for event in events {
        let step = replay.take(event)?;
        sink.put(step)?;
    }
    let (tip, samples) = sink.finish()?;
    let newcomers = replay.newcomers.all();
    let (tickets, files) = (front.tickets(), front.files);
    let misfits = replay.misfits.and(front.misfits).all();
    let (events, commits, entries, refused) = (replay.events, replay.commits, replay.entries, replay.refused);
    Ok(Summary { tickets, events, commits, entries, refused, files, max_file, misfits, newcomers, samples, tip })
}

fn bad_row(name: &str, (line, what): (usize, String)) -> Problem {
    Problem::invalid(format!("{name}:{line}: {what}")).code("bad_row").hint("all that is wrong: --dry-run")
}

/// The desk as it is when an import begins.
struct Begun<'a> {
    snapshot: Snapshot<'a>,
    policy: Policy,
    text: Vec<u8>,
}

impl<'a> Begun<'a> {
    fn of(desk: &'a Desk<'_>) -> Result<Begun<'a>> {
        let snapshot = desk.store.snapshot()?;
        let (policy, _) = snapshot.policy()?;
        let text = snapshot.file("desk.toml", document::MAX_SIZE)?.and_then(Result::ok).unwrap_or_default();
        Ok(Begun { snapshot, policy, text })
    }

    /// The bytes of a ticket's file.
    fn file(&self) -> impl Fn(TicketId) -> Result<Option<Vec<u8>>> {
        |id| Ok(self.snapshot.ticket(id)?.map(|file| file.map(|file| file.bytes).unwrap_or_default()))
    }

    fn names(&self) -> Newcomers {
        let (queues, agents) = (self.policy.queues.keys().cloned(), self.policy.agents.keys().cloned());
        Newcomers::new(self.text.clone(), queues.collect(), agents.collect())
    }
}

/// Where the lines of a log come from.
enum Source<'a> {
    /// Another system; a map says what its words mean.
    Theirs(Box<Replay<'a>>),
    /// A desk.
    Ours(Box<Again<'a>>),
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
            Source::Theirs(one) => (one.misfits.all(), one.newcomers.all()),
            Source::Ours(one) => (one.misfits.all(), one.newcomers.all()),
        }
    }
}

fn broken_off(name: &str, lines: usize, error: &std::io::Error) -> Problem {
    let place = if lines == 0 { "before the end of line 1".to_owned() } else { format!("after line {lines}") };
    Problem::invalid(format!("{name}: the log breaks off {place}: {error}")).code("bad_log")
}

fn read_event(line: &[u8], name: &str, number: usize) -> Result<Event> {
    let wrong = |what: String| Problem::invalid(format!("{name}:{number}: {what}")).code("bad_event");
    let event: Event = serde_json::from_slice(line).map_err(|error| {
        wrong(format!("this line is no event: {error}"))
            .hint("one JSON object a line: {\"ticket\": …, \"at\": …, \"actor\": …, \"changes\": {…}}")
    })?;
    if event.at < Timestamp::UNIX_EPOCH {
        return Err(wrong(format!("{} is before 1970, which no commit can tell", event.at)).into());
    }
    Ok(event)
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
