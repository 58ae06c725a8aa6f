//! What `run` prints when there is news and the job's own output is not wanted: what a person reads in a mail of cron.

use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::jobs::account::Account;
use crate::jobs::courier::{Tried, Trouble};
use crate::jobs::spool::{Backlog, Kept};
use crate::jobs::tally::{News, Tally, What};
use crate::model::count::{counted, grouped, lasted};
use crate::view::event::Event;

/// What comes out of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {
    Pass,
    Changes,
    Never,
}

pub fn parse(text: &str) -> Result<Mail, String> {
    match text {
        "pass" => Ok(Mail::Pass),
        "changes" => Ok(Mail::Changes),
        "never" => Ok(Mail::Never),
        _ => Err("one of pass, changes, never".to_owned()),
    }
}

/// Lines of the output that are shown.
const LAST: usize = 10;

pub struct Letter<'a> {
    pub account: &'a Account,
    pub news: &'a News,
    pub event: &'a Event,
    /// What was remembered of the job before this run.
    pub before: &'a Tally,
    pub kept: &'a Kept,
    pub tried: &'a Tried,
    pub backlog: &'a Backlog,
    pub spool: &'a Path,
    pub whereto: Option<String>,
    pub zone: &'a TimeZone,
    pub now: Timestamp,
}

impl Letter<'_> {
    pub fn text(&self) -> String {
        match self.news.what {
            What::Failure { count, first, .. } => self.failure(count, first),
            What::Recovery { count, first } => self.recovery(count, first),
        }
    }

    fn failure(&self, count: u64, first: Timestamp) -> String {
        let Account { name, host, command, folder, user, .. } = self.account;
        let mut text =
            format!("{name} FAILED on {host}: {} after {}\n", self.account.ending(), lasted(self.account.took));
        text.push_str(&self.standing(count, first));
        if let What::Failure { instead_of: Some(before), .. } = &self.news.what {
            let _ = writeln!(text, "new since last time: {}", self.change(before));
        }
        if self.news.flapping == Some(true) {
            text.push_str("it comes and goes; until it stays one way, only failures are counted\n");
        }
        let full = "%a %-d %b %Y %H:%M:%S %Z";
        let _ = write!(text, "\n  started    {}\n  ended      ", self.moment(self.account.started, full));
        let _ = writeln!(text, "{}", self.moment(self.account.ended, full));
        let _ = writeln!(text, "  command    {command}          (cwd {folder}, user {user})");
        if let Some((at, took)) = self.before.good {
            let _ = writeln!(text, "  last good  {}, took {}", self.moment(at, "%a %-d %b %H:%M"), lasted(took));
        }
        text.push_str(&self.output());
        let recorded = self.recorded();
        if !recorded.is_empty() {
            let _ = write!(text, "\n{recorded}");
        }
        let next = (count + 1).next_power_of_two();
        let _ = writeln!(
            text,
            "next mail at failure {next}, after a day, when it fails differently, or when it works again"
        );
        text
    }

    /// `exit 23, it was exit 12`; of another complaint with the same end its words.
    fn change(&self, before: &str) -> String {
        let ending = self.account.ending();
        let (was, code) = (before.splitn(3, ' ').collect::<Vec<_>>(), self.account.end.code().to_string());
        match was.as_slice() {
            ["exit", before, ..] if *before != code => format!("{ending}, it was exit {before}"),
            _ => format!("{ending} with other words; it was \"{before}\""),
        }
    }

    /// The ticket, or why there is none yet.
    fn standing(&self, count: u64, first: Timestamp) -> String {
        if let Some(away) = self.undelivered() {
            return away;
        }
        let nth = format!("{} failure since {}", ordinal(count), self.moment(first, "%a %-d %b %H:%M"));
        let Some(applied) = self.applied() else { return format!("{nth}\n") };
        let text = |name: &str| applied.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let whose = match text("assignee").as_str() {
            "" => "nobody has it".to_owned(),
            agent => format!("{agent} has it"),
        };
        format!("ticket {}, {nth}, {}, queue {}, {whose}\n", text("id"), text("priority"), text("queue"))
    }

    fn output(&self) -> String {
        let output = &self.account.output;
        if output.lines == 0 {
            return String::new();
        }
        let secrets = match output.secrets {
            0 => String::new(),
            some => format!(", less {},", counted(some, "secret")),
        };
        let rest = if output.is_whole() { "all of it" } else { "its first and last lines" };
        let many = output.lines > LAST as u64;
        let head = if many { format!("last lines of {}", grouped(output.lines)) } else { "its output".to_owned() };
        let mut text = format!("\n{head} ({rest}{secrets} is in the ticket):\n\n").replace("lines is", "lines are");
        for line in output.last(LAST) {
            let _ = writeln!(text, "  {line}");
        }
        text
    }

    fn recovery(&self, count: u64, first: Timestamp) -> String {
        let Account { name, host, .. } = self.account;
        let down = lasted(self.now.as_second() - first.as_second());
        let head = format!("{name} WORKS AGAIN on {host} after {}, down {down}", counted(count, "failure"));
        if let Some(away) = self.undelivered() {
            return format!("{head}\n{away}");
        }
        let Some(applied) = self.applied() else { return format!("{head}\n") };
        let text = |name: &str| applied.get(name).and_then(Value::as_str).unwrap_or_default();
        let (id, agent) = (text("id"), text("assignee"));
        match (text("did"), agent) {
            ("resolved", _) => format!("{head}; ticket {id} resolved\n"),
            ("noted", "") => format!("{head}; ticket {id} noted, it is still open\n"),
            ("noted", agent) => format!("{head}; ticket {id} noted, {agent} still has it\n"),
            (_, _) => format!("{head}; no ticket was open\n"),
        }
    }

    /// What is said where a ticket would be.
    fn undelivered(&self) -> Option<String> {
        let spool = self.spool.display();
        let kept = match self.kept {
            Kept::Spool(_) => {
                let oldest = self.oldest().map_or_else(String::new, |age| format!(", oldest {age}"));
                match self.backlog.count {
                    // What lies in a spool for all only its owner sees.
                    0 => format!("kept in {spool}"),
                    count => format!("kept in {spool} ({count} kept{oldest})"),
                }
            }
            Kept::Elsewhere(path) => format!("kept in {}", path.display()),
            Kept::Logged => return Some("NOT A TICKET: no spool took it; a line is in the system's log\n".to_owned()),
            Kept::Nowhere(why) => return Some(format!("NOT A TICKET, and recorded nowhere: {why}\n")),
        };
        match &self.tried.trouble {
            None => None,
            Some(Trouble::NoDesk | Trouble::NotTheOwner) => {
                Some(format!("a ticket with the next `git-desk flush`: {kept}\n"))
            }
            Some(Trouble::Away(why)) => Some(format!(
                "NOT YET A TICKET: {why}; {kept}\n  \
                 delivered by the next `git-desk flush`; cron line for it: git desk setup cron\n"
            )),
        }
    }

    fn oldest(&self) -> Option<String> {
        self.backlog.age(self.now).filter(|seconds| *seconds > 0).map(lasted)
    }

    fn recorded(&self) -> String {
        let at = self.moment(self.now, "%H:%M:%S");
        let place = self.whereto.as_ref().map_or_else(String::new, |place| format!(" on {place}"));
        match self.applied().and_then(|applied| applied.get("id")).and_then(Value::as_str) {
            Some(id) => format!("recorded{place} at {at}     git desk show {id}\n"),
            None if self.tried.taken.contains(&self.event.id) => {
                format!("taken by{} at {at}\n", place.trim_start_matches(" on"))
            }
            None => String::new(),
        }
    }

    fn applied(&self) -> Option<&Value> {
        let ours = |line: &&Value| line.get("event").and_then(Value::as_str) == Some(self.event.id.as_str());
        self.tried.applied.iter().find(ours).filter(|line| line.get("id").is_some_and(Value::is_string))
    }

    fn moment(&self, at: Timestamp, form: &str) -> String {
        at.to_zoned_datetime(self.zone.clone()).strftime(form).to_string()
    }
}

/// `1st`, `2nd`, `3rd`, `4th`, `11th`
fn ordinal(number: u64) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        (_, _) => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::ordinal;

    #[test]
    fn numbers_have_their_endings() {
        let said = [1, 2, 3, 4, 11, 12, 13, 21, 112, 122].map(ordinal);
        assert_eq!(said, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th", "122nd"]);
    }
}
