//! Nagios, Naemon and Icinga: what a notification command gets in its environment, or the file `status.dat`.
//!
//! Keys, groups and priorities are those that a notification command of a few lines of shell would choose:
//! `nagios/HOST/SERVICE` and, of the host itself, `nagios/HOST/HOST`.

mod macros;
mod status;

use jiff::Timestamp;

use super::Reading;
use crate::view::event::{Ask, Event};

pub fn read(text: &str, now: Timestamp, reading: &mut Reading) {
    if text.split(['\n', '\0']).any(|line| line.starts_with("NAGIOS_")) {
        macros::read(text, now, reading);
    } else if text.lines().any(status::is_ours) {
        status::read(text, now, reading);
    } else if !text.trim().is_empty() {
        reading.remark(|| "line 1: neither `NAGIOS_…=` nor the blocks of status.dat".to_owned());
    }
}

/// A host or a service and how it is.
struct Check<'a> {
    host: &'a str,
    /// `HOST` for the host itself.
    service: &'a str,
    /// In Nagios' word: `CRITICAL`, `DOWN`.
    state: &'a str,
}

impl Check<'_> {
    /// What all its events have.
    fn event(&self, ask: Ask, at: Timestamp) -> Event {
        let Check { host, service, state } = self;
        Event {
            ask,
            at,
            key: format!("nagios/{host}/{service}"),
            title: format!("{host}/{service} is {state}"),
            asset: (*host).to_owned(),
            group: format!("nagios/{service}"),
            priority: if ask == Ask::Trigger { self.priority().to_owned() } else { String::new() },
            note: if ask == Ask::Resolve { (*state).to_owned() } else { String::new() },
            ..Event::default()
        }
    }

    fn priority(&self) -> &'static str {
        match self.state {
            "CRITICAL" | "DOWN" | "UNREACHABLE" => "p1",
            "WARNING" => "p3",
            _ => "p2",
        }
    }
}

/// A text as Nagios writes it on one line: `\n` is a line break, `\\` a backslash.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(char) = rest.next() {
        match (char, rest.as_str().chars().next()) {
            ('\\', Some('n')) => plain.push('\n'),
            ('\\', Some('\\')) => plain.push('\\'),
            _ => {
                plain.push(char);
                continue;
            }
        }
        rest.next();
    }
    plain
}
