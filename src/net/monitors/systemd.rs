//! Units of systemd: lists of `systemctl list-units -o json`, blocks of `systemctl show`, and one unit by its name.
//!
//! The key is `systemd/HOST/UNIT`. A failed unit triggers; one that runs resolves, and so does one that ended well,
//! where its result is told. All others, as those that are just starting, say nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::documents::{self, text};
use super::{DOCUMENT, Reading, epoch, list, paragraphs, tidy};
use crate::view::event::{Ask, Event};

/// Most bytes of a journal that are kept, from its end.
const JOURNAL: usize = 48 * 1024;

/// One unit, of which somebody already knows that it has news: `OnFailure=` has started us.
#[derive(Debug, Clone, Copy)]
pub struct Unit<'a> {
    pub host: &'a str,
    pub name: &'a str,
    /// What `systemctl show NAME` says; may be empty.
    pub show: &'a str,
    /// Its last lines of the journal; may be empty.
    pub journal: &'a str,
}

/// The event of a unit: it fails, unless `show` says that it runs or ended well.
pub fn unit(unit: &Unit<'_>, now: Timestamp) -> Event {
    let values = values(unit.show);
    let state = State { name: unit.name, ..State::of(&values) };
    let ask = state.ask().unwrap_or(Ask::Trigger);
    tidy(state.event(ask, unit, now))
}

pub fn read(text: &str, host: &str, now: Timestamp, reading: &mut Reading) {
    if text.trim_start().starts_with(['[', '{']) {
        listed(text, host, now, reading);
    } else {
        blocks(text, host, now, reading);
    }
}

/// `[{"unit": "nginx.service", "load": "loaded", "active": "failed", "sub": "failed", "description": "…"}]`.
fn listed(all: &str, host: &str, now: Timestamp, reading: &mut Reading) {
    documents::each(all, reading, |document, reading| {
        let told = |name| text(&document.value, name);
        let (name, active, sub, description) = (told("unit"), told("active"), told("sub"), told("description"));
        if name.is_empty() || active.is_empty() {
            return reading.remark(|| format!("{}: has no `unit` or no `active`", document.place("")));
        }
        let state = State { name: &name, active: &active, sub: &sub, description: &description, ..State::default() };
        state.tell(host, now, reading);
    });
}

/// Blocks of `KEY=VALUE` with an empty line between them.
fn blocks(text: &str, host: &str, now: Timestamp, reading: &mut Reading) {
    let mut line = 1;
    for block in text.replace("\r\n", "\n").split("\n\n") {
        let place = line + block.len() - block.trim_start_matches('\n').len();
        line += block.matches('\n').count() + 2;
        if block.trim().is_empty() {
            continue;
        }
        if block.len() > DOCUMENT {
            reading.remark(|| format!("line {place}: a block is longer than 1 MiB"));
            continue;
        }
        let values = values(block);
        let state = State::of(&values);
        if state.name.is_empty() || state.active.is_empty() {
            reading.remark(|| format!("line {place}: a block has no `Id=` or no `ActiveState=`"));
            continue;
        }
        state.tell(host, now, reading);
    }
}

fn values(show: &str) -> BTreeMap<&str, &str> {
    show.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.trim(), value.trim())).collect()
}

/// What is known of a unit; empty is unknown.
#[derive(Default)]
struct State<'a> {
    name: &'a str,
    description: &'a str,
    active: &'a str,
    sub: &'a str,
    result: &'a str,
    /// As `waitid` has it: 1 exited, 2 killed, 3 dumped core.
    code: &'a str,
    /// The exit code, or the signal's number.
    status: &'a str,
    restarts: &'a str,
    invocation: &'a str,
    /// `@SECONDS`, of `--timestamp=unix`; else it is in words of the locale and not read.
    since: &'a str,
}

impl<'a> State<'a> {
    fn of(values: &BTreeMap<&'a str, &'a str>) -> State<'a> {
        let get = |name| values.get(name).copied().unwrap_or_default();
        State {
            name: get("Id"),
            description: get("Description"),
            active: get("ActiveState"),
            sub: get("SubState"),
            result: get("Result"),
            code: get("ExecMainCode"),
            status: get("ExecMainStatus"),
            restarts: get("NRestarts"),
            invocation: get("InvocationID"),
            since: get("StateChangeTimestamp"),
        }
    }

    fn ask(&self) -> Option<Ask> {
        match (self.active, self.result) {
            ("failed", _) => Some(Ask::Trigger),
            ("active" | "reloading", _) | ("inactive", "success") => Some(Ask::Resolve),
            _ => None,
        }
    }

    fn tell(&self, host: &str, now: Timestamp, reading: &mut Reading) {
        reading.understood = true;
        if let Some(ask) = self.ask() {
            let unit = Unit { host, name: self.name, show: "", journal: "" };
            reading.event(self.event(ask, &unit, now));
        }
    }

    fn event(&self, ask: Ask, unit: &Unit<'_>, now: Timestamp) -> Event {
        let Unit { host, name, journal, show: _ } = unit;
        let at = self.since.strip_prefix('@').and_then(epoch).unwrap_or(now);
        let told = Event {
            ask,
            at,
            key: format!("systemd/{host}/{name}"),
            asset: (*host).to_owned(),
            group: format!("systemd/{name}"),
            ..Event::default()
        };
        let state =
            if self.sub.is_empty() { self.active.to_owned() } else { format!("{} ({})", self.active, self.sub) };
        if ask == Ask::Resolve {
            return Event { title: format!("{name} works on {host}"), note: state, ..told };
        }
        // "success" is what a unit says that did not get as far as failing.
        let result = if self.result == "success" { "" } else { self.result };
        let why = if result.is_empty() { String::new() } else { format!(" ({result})") };
        let facts = list([
            ("State", state.as_str()),
            ("Result", result),
            ("Exit code", &self.exit_code().map(|code| code.to_string()).unwrap_or_default()),
            ("Restarts", if self.restarts == "0" { "" } else { self.restarts }),
            ("Invocation", self.invocation),
        ]);
        Event {
            title: format!("{name} failed on {host}{why}"),
            body: paragraphs(&[self.description, &facts, tail(journal, JOURNAL)]),
            exit_code: self.exit_code(),
            ..told
        }
    }

    /// As a shell tells it: 128 and the number for a signal. None for 0, which is no failure's.
    fn exit_code(&self) -> Option<i64> {
        let status = self.status.parse::<u8>().ok().filter(|status| *status != 0).map(i64::from)?;
        match self.code {
            "1" => Some(status),
            "2" | "3" => Some(128 + status),
            _ => None,
        }
    }
}

/// At most `limit` bytes of the end, from the beginning of a line where there is one.
fn tail(text: &str, limit: usize) -> &str {
    let text = text.trim_end();
    let from = text.len().saturating_sub(limit);
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let end = &text[from..];
    match end.find('\n') {
        Some(line) if from > 0 => &end[line + 1..],
        _ => end,
    }
}
