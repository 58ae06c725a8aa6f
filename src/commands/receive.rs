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
use crate::view::event::Event;

/// On a hub, as a forced command of ssh: take events from a producer
///
/// Reads `desk.event/1`, a line each, from stdin, keeps each in this user's spool, and answers
/// `{"kept": ID}` once it is durable; then tries to apply them to the desk. It answers with the desk's
/// `[redact]`, too, so that the producer takes out the same secrets from then on. A producer's key may
/// do this and nothing else: `git desk setup receive` prints the line for authorized_keys.
///
/// Examples:
///   command="git-desk receive /srv/desk/ops.git",restrict ssh-ed25519 AAAA… web1
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The desk
    #[arg(value_name = "DESK")]
    pub place: PathBuf,
}

/// Longest line of an event, and how many are read, in bytes.
const LINE: u64 = 1 << 20;
const ALL: u64 = 64 << 20;

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        ctx.globals.repo.get_or_insert(self.place);
        let producing = Producing::new(ctx, None);
        let mut input = std::io::stdin().lock().take(ALL);
        let (mut bad, mut kept) = (0_u64, HashSet::new());
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
                    let beat = beat.until(ctx.env.now);
                    beat.leave(&producing.places);
                    ctx.ui.line(&json!({"beat": beat.key}).to_string())?;
                }
                (None, Ok(event)) => {
                    let event = event.dated(ctx.env.now);
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
        match bad {
            0 => Ok(()),
            _ => {
                Err(Problem::new(Kind::Invalid, format!("{bad} of the lines are no events; all others are kept"))
                    .into())
            }
        }
    }
}
