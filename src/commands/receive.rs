//! `receive`

use std::collections::HashSet;
use std::io::{BufRead, Read};
use std::path::PathBuf;

use serde_json::json;

use super::producing::Producing;
use super::{Context, delivered, flush};
use crate::error::{Kind, Problem, Result};
use crate::jobs::beat::{self, Beat};
use crate::jobs::redact::site;
use crate::model::count::counted;
use crate::model::name::is_name;
use crate::view::event::Event;

/// On a hub, as a forced command of ssh: take events from a producer
///
/// Reads `desk.event/1`, a line each, from stdin, keeps each in this user's spool, and answers
/// `{"kept": ID}` once it is durable; then tries to apply them to the desk. It answers with the desk's
/// `[redact]`, too, so that the producer takes out the same secrets from then on. A producer's key may
/// do this and nothing else: `git desk setup receive` prints the line for authorized_keys.
///
/// With `--producer` whoever has that key speaks for that host alone: what it says of another is its
/// own word, the signs of life of another host's jobs are refused, and nobody acknowledges in the
/// name of an agent.
///
/// Examples:
///   command="git-desk receive /srv/desk/ops.git --producer web1",restrict ssh-ed25519 AAAA… web1
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The desk
    #[arg(value_name = "DESK")]
    pub place: PathBuf,

    /// Who speaks, a host as a name (web1.example.org is `web1-example-org`); else whoever the events say
    #[arg(long, value_name = "NAME", value_parser = producer)]
    pub producer: Option<String>,

    /// That producer may acknowledge in the name of agents: one that relays what people press
    #[arg(long, requires = "producer")]
    pub may_ack: bool,
}

/// The name of a producer as it is typed.
pub fn producer(text: &str) -> Result<String, String> {
    match is_name(text) {
        true => Ok(text.to_owned()),
        false => Err("a producer's name has lower-case letters, digits and hyphens".to_owned()),
    }
}

/// Longest line of an event, and how many are read, in bytes.
const LINE: u64 = 1 << 20;
const ALL: u64 = 64 << 20;

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        ctx.globals.repo.get_or_insert_with(|| self.place.clone());
        let producing = Producing::new(ctx, None);
        let mut input = std::io::stdin().lock().take(ALL);
        let (mut bad, mut of_others, mut kept) = (0_u64, 0_u64, HashSet::new());
        loop {
            let mut line = Vec::new();
            if input.by_ref().take(LINE).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let text = String::from_utf8_lossy(&line);
            let beat = serde_json::from_str(&text).ok().filter(|beat: &Beat| beat.schema == beat::SCHEMA);
            match (beat, Event::read(&text)) {
                (Some(beat), _) => {
                    // Of a clock that is ahead no job is alive for ever.
                    let mut beat = beat.until(ctx.env.now);
                    if self.producer.as_ref().is_some_and(|producer| !beat.bind(producer)) {
                        of_others += 1;
                        continue;
                    }
                    beat.leave(&producing.places);
                    ctx.ui.line(&json!({"beat": beat.key}).to_string())?;
                }
                (None, Ok(event)) => {
                    let mut event = event.dated(ctx.env.now);
                    self.bind(&mut event);
                    if producing.spool.keep(&event).is_safe() {
                        ctx.ui.line(&json!({"kept": event.id}).to_string())?;
                        kept.insert(event.id);
                    }
                }
                (None, Err(_)) => bad += 1,
            }
        }
        ctx.ui.finish()?;
        let applied = ctx.desk().and_then(|desk| desk.flush(&producing.spool));
        match applied {
            // What other producers said is not for this one.
            Ok(flushed) => {
                let mut own = flushed.applied.iter().filter(|one| kept.contains(&one.event));
                own.try_for_each(|one| ctx.ui.line(&delivered::object(one).to_string()))?;
            }
            // They are kept, and go with the next flush.
            Err(error) => log::debug!("{error:#}"),
        }
        // The next event comes without what this site calls a secret.
        if let Ok(rules) = flush::rules(ctx) {
            let line = json!({"schema": site::SCHEMA, "patterns": rules.patterns, "env": rules.env});
            ctx.ui.line(&line.to_string())?;
        }
        ctx.ui.finish()?;
        match (bad, of_others) {
            (0, 0) => Ok(()),
            (0, others) => {
                let are = if others == 1 { "is" } else { "are" };
                let what = format!("{} {are} of other hosts' jobs; all others are kept", counted(others, "sign"));
                Err(Problem::new(Kind::Denied, what).code("other_producer").into())
            }
            (bad, others) => {
                let what = format!("{} of the lines are no events; all others are kept", bad + others);
                Err(Problem::new(Kind::Invalid, what).into())
            }
        }
    }

    fn bind(&self, event: &mut Event) {
        let Some(producer) = &self.producer else { return };
        event.bind(producer);
        if !self.may_ack {
            event.by.clear();
        }
    }
}
