//! One notification, as the macros that stand in the environment of its command (`enable_environment_macros=1`).
//!
//! `env -0` is the safe way to hand it over: a plugin may put line breaks into its output, and what follows one of them
//! may look like a macro. Of lines, one that begins like no variable goes on the value above it, and of a macro that
//! stands twice the first is taken, with a remark.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Check, unescaped};
use crate::net::monitors::{DOCUMENT, Reading, epoch, first, list, paragraphs, shown};
use crate::view::event::{Ask, Event};

pub fn read(text: &str, now: Timestamp, reading: &mut Reading) {
    if text.len() > DOCUMENT {
        return reading.remark(|| "the environment is longer than 1 MiB".to_owned());
    }
    let macros = Macros::of(text, reading);
    let host = macros.get("HOSTNAME");
    if host.is_empty() {
        return reading.remark(|| "there is no `NAGIOS_HOSTNAME`".to_owned());
    }
    match macros.get("NOTIFICATIONTYPE") {
        "" => reading.remark(|| "there is no `NAGIOS_NOTIFICATIONTYPE`".to_owned()),
        kind => match macros.event(host, kind, now) {
            Some(event) => reading.event(event),
            None => {
                reading.understood = true;
                reading.remark(|| format!("a notification {} of {} makes no event", shown(kind), shown(host)));
            }
        },
    }
}

/// Values by their name without `NAGIOS_`.
struct Macros<'a>(BTreeMap<&'a str, String>);

impl<'a> Macros<'a> {
    fn of(text: &'a str, reading: &mut Reading) -> Macros<'a> {
        let mut macros = Macros(BTreeMap::new());
        if text.contains('\0') {
            for (name, value) in text.split('\0').filter_map(variable) {
                name.strip_prefix("NAGIOS_").map(|name| macros.put(name, value, reading));
            }
            return macros;
        }
        // The macro whose value the next line may go on.
        let mut open = None;
        for line in text.split('\n') {
            if let Some((name, value)) = variable(line) {
                open = name.strip_prefix("NAGIOS_").filter(|name| macros.put(name, value, reading));
            } else if let Some(value) = open.and_then(|name| macros.0.get_mut(name)) {
                value.push('\n');
                value.push_str(line);
            }
        }
        macros
    }

    /// Whether the macro is the first of its name, and so taken.
    fn put(&mut self, name: &'a str, value: &str, reading: &mut Reading) -> bool {
        if self.0.contains_key(name) {
            let name = shown(&format!("NAGIOS_{name}"));
            reading.remark(|| format!("{name} stands twice and the first is taken: `env -0`"));
            return false;
        }
        self.0.insert(name, value.to_owned());
        true
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map(|value| value.trim()).unwrap_or_default()
    }

    /// The first of some macros that says something.
    fn any(&self, names: &[&str]) -> &str {
        first(names.iter().map(|name| self.get(name)))
    }

    fn event(&self, host: &str, kind: &str, now: Timestamp) -> Option<Event> {
        let at = epoch(self.get("TIMET")).unwrap_or(now);
        let service = first([self.get("SERVICEDESC"), "HOST"]);
        let check = Check { host, service, state: first([self.any(&["SERVICESTATE", "HOSTSTATE"]), "UNKNOWN"]) };
        let mut event = match kind {
            "PROBLEM" => Event { body: self.body(), ..check.event(Ask::Trigger, at) },
            "FLAPPINGSTART" => Event {
                title: format!("{host}/{service} is flapping"),
                body: self.body(),
                flapping: Some(true),
                ..check.event(Ask::Trigger, at)
            },
            "ACKNOWLEDGEMENT" => Event {
                by: first([self.any(&["NOTIFICATIONAUTHOR", "SERVICEACKAUTHOR", "HOSTACKAUTHOR"]), "nagios"])
                    .to_owned(),
                note: self.any(&["NOTIFICATIONCOMMENT", "SERVICEACKCOMMENT", "HOSTACKCOMMENT"]).to_owned(),
                ..check.event(Ask::Ack, at)
            },
            "RECOVERY" => check.event(Ask::Resolve, at),
            "FLAPPINGSTOP" => Event { flapping: Some(false), ..check.event(Ask::Resolve, at) },
            _ => return None,
        };
        // A custom variable `_DESK_QUEUE` of the service, else of the host.
        self.any(&["_SERVICEDESK_QUEUE", "_HOSTDESK_QUEUE"]).clone_into(&mut event.queue);
        Some(event)
    }

    fn body(&self) -> String {
        // A service's notification has its host's macros as well.
        let service = !self.get("SERVICEDESC").is_empty();
        let own = |service_name, host_name| self.get(if service { service_name } else { host_name });
        paragraphs(&[
            own("SERVICEOUTPUT", "HOSTOUTPUT"),
            &unescaped(own("LONGSERVICEOUTPUT", "LONGHOSTOUTPUT")),
            &list([
                ("Address", self.get("HOSTADDRESS")),
                ("Notes", own("SERVICENOTESURL", "HOSTNOTESURL")),
                ("Actions", own("SERVICEACTIONURL", "HOSTACTIONURL")),
            ]),
        ])
    }
}

/// `NAME=value`, where the name is one that a shell could have.
fn variable(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (plain && name.starts_with(|first: char| !first.is_ascii_digit())).then_some((name, value))
}
