//! `status.dat`: how every host and service is (`xdata/xsddefault.c` of Nagios Core 3 and 4 writes it).
//!
//! Left out is what a notification would not be sent for: a soft state, a check that was not made yet, a host or service
//! in scheduled downtime. What is well gives a `resolve`, which costs nothing where nothing is open.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Check, unescaped};
use crate::net::monitors::{DOCUMENT, Reading, epoch, first, paragraphs, shown};
use crate::view::event::{Ask, Event};

/// By the number that `current_state` has.
const OF_HOSTS: &[&str] = &["UP", "DOWN", "UNREACHABLE"];
const OF_SERVICES: &[&str] = &["OK", "WARNING", "CRITICAL", "UNKNOWN"];

/// The `entry_type` of a comment that an acknowledgement leaves.
const ACKNOWLEDGEMENT: &str = "4";

pub fn read(text: &str, now: Timestamp, reading: &mut Reading) {
    let blocks = blocks(text, reading);
    reading.understood = true;
    let away: BTreeSet<&str> = blocks
        .iter()
        .filter(|block| block.kind == "hoststatus" && block.is_away())
        .map(|block| block.get("host_name"))
        .collect();
    // The last one of a host or service stands.
    let comments: BTreeMap<_, _> = blocks
        .iter()
        .filter(|block| block.kind.ends_with("comment") && block.get("entry_type") == ACKNOWLEDGEMENT)
        .map(|block| (block.subject(), block))
        .collect();
    for block in blocks.iter().filter(|block| block.kind.ends_with("status")) {
        if block.get("state_type") != "1" || block.get("has_been_checked") == "0" || block.is_away() {
            continue;
        }
        if away.contains(block.get("host_name")) {
            continue;
        }
        match block.event(comments.get(&block.subject()).copied(), now) {
            Ok(event) => reading.event(event),
            Err(what) => reading.remark(|| format!("line {}: {what}", block.line)),
        }
    }
}

/// What stands between `hoststatus {` and `}`.
struct Block<'a> {
    kind: &'a str,
    line: usize,
    bytes: usize,
    values: BTreeMap<&'a str, &'a str>,
}

/// Whether a line opens a block that only status.dat has.
pub fn is_ours(line: &str) -> bool {
    matches!(opens(line), Some("programstatus" | "hoststatus" | "servicestatus"))
}

/// The kind of the block that a line opens.
fn opens(line: &str) -> Option<&str> {
    let kind = line.trim().strip_suffix('{')?.trim_end();
    (!kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase())).then_some(kind)
}

/// The blocks of states and comments.
fn blocks<'a>(text: &'a str, reading: &mut Reading) -> Vec<Block<'a>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'a>> = None;
    for (index, line) in text.lines().enumerate() {
        let Some(mut block) = open.take() else {
            open = opens(line).map(|kind| Block { kind, line: index + 1, bytes: 0, values: BTreeMap::new() });
            continue;
        };
        if line.trim() == "}" {
            if block.bytes > DOCUMENT {
                reading.remark(|| format!("line {}: a block is longer than 1 MiB", block.line));
            } else if matches!(block.kind, "hoststatus" | "servicestatus" | "hostcomment" | "servicecomment") {
                blocks.push(block);
            }
            continue;
        }
        block.bytes += line.len();
        if let Some((name, value)) = line.split_once('=').filter(|_| block.bytes <= DOCUMENT) {
            block.values.insert(name.trim(), value.trim());
        }
        open = Some(block);
    }
    if let Some(block) = open {
        reading.remark(|| format!("line {}: a block has no end", block.line));
    }
    blocks
}

impl<'a> Block<'a> {
    fn get(&self, name: &str) -> &'a str {
        self.values.get(name).copied().unwrap_or_default()
    }

    fn subject(&self) -> (&'a str, &'a str) {
        (self.get("host_name"), first([self.get("service_description"), "HOST"]))
    }

    /// In scheduled downtime.
    fn is_away(&self) -> bool {
        !matches!(self.get("scheduled_downtime_depth"), "" | "0")
    }

    fn event(&self, comment: Option<&Block<'_>>, now: Timestamp) -> Result<Event, String> {
        let (host, service) = self.subject();
        if host.is_empty() {
            return Err("a block has no `host_name`".to_owned());
        }
        let states = if self.kind == "hoststatus" { OF_HOSTS } else { OF_SERVICES };
        let number = self.get("current_state");
        let Some((number, state)) = number.parse::<usize>().ok().and_then(|at| Some((at, *states.get(at)?))) else {
            return Err(format!("`current_state` is {} and none of {}", shown(number), states.join(", ")));
        };
        let acknowledged = self.get("problem_has_been_acknowledged") == "1";
        let ask = match number {
            0 => Ask::Resolve,
            _ if acknowledged => Ask::Ack,
            _ => Ask::Trigger,
        };
        let at = ["last_hard_state_change", "last_state_change"].iter().find_map(|name| epoch(self.get(name)));
        let mut event = Check { host, service, state }.event(ask, at.unwrap_or(now));
        // `_DESK_QUEUE=0;web`: whether it was changed at run time, and the value.
        let queue = self.get("_DESK_QUEUE").split_once(';').map(|(_, queue)| queue);
        queue.unwrap_or_default().clone_into(&mut event.queue);
        match ask {
            Ask::Trigger => {
                event.body =
                    paragraphs(&[&unescaped(self.get("plugin_output")), &unescaped(self.get("long_plugin_output"))]);
            }
            Ask::Ack => {
                let said = |name| comment.map(|block| block.get(name)).unwrap_or_default();
                event.by = first([said("author"), "nagios"]).to_owned();
                event.note = unescaped(said("comment_data"));
            }
            Ask::Resolve => (),
        }
        Ok(event)
    }
}
