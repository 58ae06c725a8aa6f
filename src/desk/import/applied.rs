//! What earlier runs of an import applied: the operations that the desk's commits name.

use std::collections::{BTreeSet, HashMap};

use super::event::Event;
use crate::desk::Desk;
use crate::error::Result;

/// What earlier runs applied, by number of the ticket in the source.
#[derive(Debug, Default)]
pub struct Applied {
    /// The highest number of an event of a log.
    pub highest: HashMap<String, u64>,
    /// The keys of parts of a row.
    pub keys: HashMap<String, BTreeSet<String>>,
}

impl Applied {
    /// What the desk has of a source.
    pub fn of(desk: &Desk<'_>, source: &str) -> Result<Applied> {
        let prefix = format!("{source}/");
        let mut applied = Applied::default();
        for op in desk.index()?.operations(&prefix)? {
            let rest = op.strip_prefix(&prefix).unwrap_or_default();
            let Some((ticket, key)) = rest.rsplit_once('/') else { continue };
            match key.parse::<u64>() {
                Ok(number) => {
                    let last = applied.highest.entry(ticket.to_owned()).or_default();
                    *last = number.max(*last);
                }
                Err(_) => {
                    applied.keys.entry(ticket.to_owned()).or_default().insert(key.to_owned());
                }
            }
        }
        Ok(applied)
    }

    /// Whether an event is among them; `number` is its own among those of its ticket.
    pub fn has(&self, event: &Event, number: u64, highest: u64) -> bool {
        match &event.part {
            None => number <= highest,
            Some(part) => self.keys.get(&event.ticket).is_some_and(|keys| keys.contains(&part.key)),
        }
    }
}
