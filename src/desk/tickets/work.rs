//! `work`: time spent. An entry alone; the ticket's own file is never touched.

use jiff::Timestamp;

use super::Acted;
use super::open::known_agent;
use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::entry::Entry;
use crate::model::id::TicketId;
use crate::model::money::{hundredths, written};
use crate::model::when;
use crate::model::word::EntryKind;

/// The most that one entry counts, in minutes: a day.
pub const LONGEST: i64 = 24 * 60;

#[derive(Debug, Clone)]
pub struct Work {
    pub minutes: i64,
    /// Unset where nobody said.
    pub billable: Option<bool>,
    /// What was used up, in hundredths of the money that the time is paid in; 0 is nothing.
    pub materials: u64,
    /// When it was done, if not now.
    pub at: Option<Timestamp>,
    /// The agent whose time it was; empty for whoever acts.
    pub by: String,
    pub body: String,
}

impl Work {
    /// Adds the entry. Exit code 3 for an unknown agent.
    pub fn apply(&self, room: &mut Room<'_, '_>, id: TicketId) -> Result<Acted> {
        room.act(id, |room, draft| {
            let by = match self.by.strip_prefix('@').unwrap_or(&self.by) {
                "" | "me" => room.actor.name.clone(),
                who => known_agent(&room.policy, who)?,
            };
            let at = self.at.unwrap_or(room.now);
            let entry_id = room.tx.draw_entry_id(id, at)?;
            let mut entry = Entry::new(entry_id, EntryKind::Work, by, at, self.body.trim_end());
            entry = entry.with("minutes", self.minutes);
            if let Some(billable) = self.billable {
                entry = entry.with("billable", billable);
            }
            if self.materials > 0 {
                entry = entry.with("materials", written(self.materials));
            }
            draft.entries.push(entry);
            Ok(())
        })
    }
}

/// `90` or `1h30m` in minutes. Exit code 2 for anything but whole minutes, from one to a day.
pub fn minutes(text: &str) -> Result<i64> {
    let wrong = |what: &str| {
        let problem = Problem::usage(format!("`{text}` {what}")).code("bad_minutes");
        problem.hint("minutes, or hours and minutes: 90, 45m, 1h30m")
    };
    let minutes = match text.trim().parse::<i64>() {
        Ok(minutes) => minutes,
        Err(_) => match when::duration(text) {
            Some(seconds) if seconds % 60 == 0 => seconds / 60,
            Some(_) => return Err(wrong("is not whole minutes").into()),
            None => return Err(wrong("is no time spent").into()),
        },
    };
    match minutes {
        ..=0 => Err(wrong("is no time spent: it must be more than nothing").into()),
        1..=LONGEST => Ok(minutes),
        _ => Err(wrong("is more than a day; one entry is of one day at most").into()),
    }
}

/// `12.50` in hundredths. Exit code 2 for what is no amount above nothing.
pub fn materials(text: &str) -> Result<u64> {
    hundredths(text).filter(|amount| *amount > 0).ok_or_else(|| {
        let problem = Problem::usage(format!("`{text}` is no amount of money")).code("bad_amount");
        problem.hint("units and hundredths, without a currency: 12.50").into()
    })
}

#[cfg(test)]
mod tests {
    use super::minutes;

    #[test]
    fn minutes_are_read_as_people_write_them() {
        for (text, count) in [("90", 90), ("45m", 45), ("1h30m", 90), ("1h 30m", 90), ("1d", 1440), ("120s", 2)] {
            assert_eq!(minutes(text).unwrap(), count, "{text}");
        }
        for bad in ["0", "-5", "1441", "25h", "90s", "", "soon", "1.5", "9999999999999999999", "0m"] {
            assert!(minutes(bad).is_err(), "{bad}");
        }
    }
}
