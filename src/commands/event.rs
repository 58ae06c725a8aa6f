//! `event`

mod import;

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::Context;
use super::labels::Labels;
use super::producing::{Producing, key};
use crate::error::{Kind, Problem, Result};
use crate::jobs::courier::Tried;
use crate::jobs::spool::Kept;
use crate::jobs::tally::{News, Outcome, What, kind_of};
use crate::net::monitors::{self, Unit};
use crate::process;
use crate::ui::format::Format;
use crate::view::event::{Ask, Event};

/// What monitors have to say: something fails, somebody has seen it, it works again
///
/// Returns once the event is durable in the spool, and tries to deliver it for three seconds. The
/// key says what fails: of one key there is one open ticket. Failures 1, 2, 4, 8 … are told,
/// one a day, and at once one of another priority or in other words; every one is counted. `resolve`
/// with nothing open is free. Exit code 11 when the event could not be stored anywhere.
///
/// Examples:
///   git desk event trigger --key disk-full/web1/var --priority p2 --title "/var at 93% on web1"
///   git desk event ack --key disk-full/web1/var --by alice --note "cleaning up"
///   git desk event resolve --key disk-full/web1/var --note "back to 71%"
///   curl -s http://alertmanager:9093/api/v2/alerts | git desk event import --from alertmanager -
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment, arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// Something fails: a ticket, or one more on the open one
    Trigger(Box<Said>),
    /// Somebody has seen it
    Ack(Box<Said>),
    /// It works again
    Resolve(Box<Said>),
    /// What a monitor hands over, as it is
    Import(Box<import::Args>),
}

/// One list of options for all three verbs, so that a monitor may hand over the same ones whatever it has to say.
#[derive(Debug, Clone, clap::Args)]
pub struct Said {
    /// What it is about, in one word: its deduplication key
    #[arg(long, value_name = "KEY", value_parser = key, required_unless_present = "unit")]
    pub key: Option<String>,
    /// The ticket's title; else the key
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// What is known of it; beside `ack` and `resolve` more words
    #[arg(short = 'm', long = "message", value_name = "TEXT", conflicts_with = "file")]
    pub message: Option<String>,
    /// The same from a file, or from stdin with `-`
    #[arg(short = 'F', long = "file", value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// systemd: key, title and text are those of the unit
    #[arg(long, value_name = "SOURCE", requires = "unit", value_parser = ["systemd"])]
    pub from: Option<String>,
    /// The unit that it is about
    #[arg(long, value_name = "UNIT", requires = "from")]
    pub unit: Option<String>,
    /// Words beside it
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Who says so, of `ack` who has seen it: an agent's handle or address, or any name
    #[arg(long, value_name = "WHO")]
    pub by: Option<String>,
    /// Hand it to this hub instead of a desk here
    #[arg(long, value_name = "URL")]
    pub hub: Option<String>,
    #[command(flatten)]
    pub labels: Labels,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        match self.verb {
            Verb::Trigger(said) => said.send(ctx, Ask::Trigger),
            Verb::Ack(said) => said.send(ctx, Ask::Ack),
            Verb::Resolve(said) => said.send(ctx, Ask::Resolve),
            Verb::Import(args) => args.run(ctx),
        }
    }
}

impl Said {
    fn send(&self, ctx: &Context, ask: Ask) -> Result<()> {
        let producing = Producing::new(ctx, self.hub.as_deref());
        self.labels.warn(&ctx.ui);
        let event = self.event(&producing, ask)?;
        send(&producing, vec![event])
    }

    fn event(&self, producing: &Producing<'_>, ask: Ask) -> Result<Event> {
        let ctx = producing.ctx;
        let fresh = producing.event(ask, self.key.as_deref().unwrap_or_default(), ctx.env.clock_second());
        let mut event = match &self.unit {
            Some(unit) => Event { ask, ..complete(unit_event(ctx, unit), fresh) },
            None => fresh,
        };
        if let Some(key) = &self.key {
            event.key.clone_from(key);
        }
        if let Some(title) = &self.title {
            event.title.clone_from(title);
        }
        let text = match (&self.message, &self.file) {
            (Some(text), _) => Some(text.clone()),
            (None, Some(file)) => Some(read_text(file)?),
            (None, None) => None,
        };
        match ask {
            Ask::Trigger => {
                event.body = text.unwrap_or(event.body);
                event.note = self.note.clone().unwrap_or_default();
            }
            // They have no text of their own.
            Ask::Ack | Ask::Resolve => {
                event.body.clear();
                event.note = self.note.iter().chain(&text).map(|words| words.trim()).collect::<Vec<_>>().join("\n");
            }
        }
        event.by = self.by.clone().unwrap_or_default();
        event.whole = ask == Ask::Resolve;
        if event.asset.is_empty() {
            event.asset.clone_from(&event.host);
        }
        self.labels.onto(&mut event);
        Ok(event)
    }
}

/// What a monitor said, with what it does not say of itself.
pub fn complete(said: Event, own: Event) -> Event {
    let or = |said: String, own: String| if said.is_empty() { own } else { said };
    Event {
        schema: own.schema,
        id: or(said.id, own.id),
        producer: or(said.producer, own.producer),
        host: or(said.host, own.host),
        user: or(said.user, own.user),
        ..said
    }
}

/// How a unit stands, in systemd's own words.
fn unit_event(ctx: &Context, name: &str) -> Event {
    let show = process::asked("systemctl", &["show", "--timestamp=unix", "--", name]);
    let unit = format!("--unit={name}");
    let journal = process::asked("journalctl", &["--no-pager", "--lines=100", "--output=short-iso", &unit]);
    monitors::unit(&Unit { host: &ctx.env.host, name, show: &show, journal: &journal }, ctx.env.clock_second())
}

/// Longest text of one event that is read, in bytes.
const LONGEST: u64 = 4 << 20;

/// Largest file of a monitor, in MiB: the state of some hundred thousand services.
const LARGEST: u64 = 256;

/// A file, or stdin for `-`; what is no UTF-8 is replaced.
pub fn read_text(file: &Path) -> Result<String> {
    read(file, LONGEST).map(text_of)
}

/// All of what a monitor wrote. Exit code 6 where that has no end.
fn read_whole(file: &Path) -> Result<String> {
    let bytes = read(file, (LARGEST << 20) + 1)?;
    if bytes.len() as u64 > LARGEST << 20 {
        let file = file.display();
        return Err(Problem::invalid(format!("{file}: it has more than {LARGEST} MiB; nothing of it was taken")).into());
    }
    Ok(text_of(bytes))
}

/// The first bytes of a file, or of stdin for `-`.
fn read(file: &Path, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = match file.to_str() {
        Some("-") => std::io::stdin().lock().take(most).read_to_end(&mut bytes),
        _ => std::fs::File::open(file).and_then(|open| open.take(most).read_to_end(&mut bytes)),
    };
    read.map_err(|error| Problem::usage(format!("cannot read {}: {error}", file.display())))?;
    Ok(bytes)
}

fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Counts events, keeps what is news, and tries to deliver it.
pub fn send(producing: &Producing<'_>, events: Vec<Event>) -> Result<()> {
    if producing.ctx.globals.dry_run {
        return would(producing, events);
    }
    let mut kept_events = Vec::new();
    for mut event in events {
        // What is remembered of it lies on the disk, too.
        event.key = producing.key(&event.key);
        producing.redactor().event(&mut event);
        if !is_news(producing, &mut event) {
            continue;
        }
        match producing.keep(&mut event) {
            Kept::Spool(_) | Kept::Elsewhere(_) => {}
            Kept::Logged => return Err(unstored(&event, "no spool took it; a line is in the system's log").into()),
            Kept::Nowhere(why) => return Err(unstored(&event, &why).into()),
        }
        if event.ask != Ask::Ack {
            producing.state.update(&event.key, |tally| tally.told(&news_of(&event), event.at));
        }
        kept_events.push(event);
    }
    let tried = match kept_events.is_empty() {
        true if producing.spool.gather() == 0 => Tried::default(),
        true | false => producing.deliver(),
    };
    print(producing, &kept_events, &tried)
}

/// What would be kept, `desk.event/1` a line, without its secrets; nothing is counted.
fn would(producing: &Producing<'_>, events: Vec<Event>) -> Result<()> {
    for mut event in events {
        event.key = producing.key(&event.key);
        producing.redactor().event(&mut event);
        producing.ctx.ui.line(&event.to_line())?;
    }
    Ok(())
}

fn unstored(event: &Event, why: &str) -> Problem {
    Problem::new(Kind::Unstored, format!("the event of {} could not be stored: {why}", event.key))
}

/// So long after it was said that something works, it is said again to a hub, which alone knows whether it was news.
const SAID: i64 = 3_600;

/// Counts an event; whether a desk is to hear of it. One that counts itself is taken as it is.
fn is_news(producing: &Producing<'_>, event: &mut Event) -> bool {
    if event.count > 0 || event.ask == Ask::Ack {
        return true;
    }
    let outcome = match event.ask {
        Ask::Trigger => Outcome::Bad(kind_of(&event.priority, &format!("{} {}", event.severity, event.title))),
        Ask::Ack | Ask::Resolve => Outcome::Good,
    };
    let (at, key) = (event.at, event.key.clone());
    let (news, said, unsteady) = producing.state.update(&key, |tally| {
        let said = tally.good.is_some_and(|(said, _)| at.as_second() - said.as_second() < SAID);
        let news = tally.record(&outcome, at, 1);
        if outcome == Outcome::Good && !said {
            tally.good = Some((at, 0));
        }
        (news, said, tally.flapping)
    });
    let Some(news) = news else {
        // Another host may have said that it fails: a desk here knows for nothing, a hub is asked now and then.
        // While it comes and goes nothing is resolved.
        return event.ask == Ask::Resolve && !unsteady && (!producing.has_hub() || !said);
    };
    event.flapping = news.steadiness();
    match news.what {
        // Where nothing is kept, each is the first, and nobody counts.
        What::Failure { count, .. } if !producing.state.keeps(&key, count) => {}
        What::Failure { count, first, .. } | What::Recovery { count, first } => {
            (event.count, event.first) = (count, Some(first));
        }
    }
    true
}

fn news_of(event: &Event) -> News {
    let first = event.first.unwrap_or(event.at);
    let what = match event.ask {
        Ask::Trigger => What::Failure { count: event.count, first, instead_of: None },
        Ask::Ack | Ask::Resolve => What::Recovery { count: event.count, first },
    };
    News { what, flapping: event.flapping, unsteady: event.flapping == Some(true) }
}

fn print(producing: &Producing<'_>, events: &[Event], tried: &Tried) -> Result<()> {
    let ui = &producing.ctx.ui;
    let of = |event: &Event| tried.applied.iter().find(|line| line["event"] == event.id.as_str());
    if producing.ctx.wants_json() {
        let objects = events.iter().map(|event| {
            let applied = of(event);
            let part = |name: &str| applied.map_or(serde_json::Value::Null, |line| line[name].clone());
            json!({"schema": "desk.kept/1", "event": event.id, "ask": event.ask.as_str(), "key": event.key,
                "count": event.count, "did": part("did"), "id": part("id")})
        });
        return match ui.format() {
            Format::Json | Format::Jsonl => ui.json_list(&objects.collect::<Vec<_>>()),
            _ => Ok(()),
        };
    }
    if events.is_empty() {
        ui.status("counted; nothing that the desk does not know");
    }
    for event in events {
        match of(event).map(|line| (line["did"].as_str(), line["id"].as_str())) {
            Some((Some(did), Some(id))) => ui.status(&format!("{did} {id}")),
            Some((_, _)) => ui.status("nothing is open of that key"),
            None if tried.taken.contains(&event.id) => ui.status("taken by the hub"),
            None => ui.status(&format!("kept in {}; delivered by: git desk flush", producing.spool.root().display())),
        }
    }
    Ok(())
}
