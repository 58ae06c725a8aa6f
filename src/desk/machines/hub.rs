//! Handing events to a hub without a clone of its desk: over ssh to a forced command, or by a push to its inbox.

use std::path::Path;
use std::time::Instant;

use crate::env::Env;
use crate::error::{Kind, Problem, Result};
use crate::jobs::beat::Beat;
use crate::jobs::spool::{Spool, Waiting, short};
use crate::model::name::producer_of;
use crate::process::{self, Patience};
use crate::store::address::{Address, SCHEMES};
use crate::store::inbox::{BEATS, INBOX, Parcel};
use crate::store::message::{Person, When};
use crate::view::event::Event;

/// Where events are handed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hub {
    /// `ssh://USER@HOST[:PORT]` or `USER@HOST`: the forced command there takes them.
    Command { target: String, port: Option<u16> },
    /// Any address that git pushes to.
    Inbox(Address),
}

/// Events of one push.
const AT_ONCE: usize = 500;

/// What is left until a moment, for a program that asks nobody.
fn until(deadline: Instant) -> Patience {
    Patience { limit: deadline.saturating_duration_since(Instant::now()), may_ask: false }
}

impl Hub {
    /// Exit code 2 for an address that is none.
    pub fn parse(typed: &str, cwd: &Path) -> Result<Hub> {
        let address = Address::parse(typed, cwd)?;
        let login = match typed.strip_prefix("ssh://") {
            Some(rest) => rest.trim_end_matches('/'),
            None if typed.contains('@') && !typed.contains(':') => typed,
            None => "",
        };
        if login.is_empty() || login.contains('/') {
            return Ok(Hub::Inbox(address));
        }
        let (target, port) = match login.rsplit_once(':').map(|(target, port)| (target, port.parse())) {
            Some((target, Ok(port))) => (target, Some(port)),
            Some((_, Err(_))) => {
                return Err(Problem::usage(format!("`{}` has no port that is a number", address.shown())).into());
            }
            None => (login, None),
        };
        Ok(Hub::Command { target: target.to_owned(), port })
    }

    /// For people: without a password.
    pub fn shown(&self) -> String {
        match self {
            Hub::Command { target, port: None } => target.clone(),
            Hub::Command { target, port: Some(port) } => format!("{target}:{port}"),
            Hub::Inbox(address) => address.shown(),
        }
    }

    /// Hands over what waits in a spool; what the hub answered, a line of JSON each.
    ///
    /// Exit code 8 when the hub does not take it, or not before `deadline`; then it still waits.
    pub fn flush(&self, env: &Env, spool: &Spool, deadline: Instant) -> Result<Handed> {
        let mut handed = Handed::default();
        let mut queue = spool.waiting();
        loop {
            let waiting = queue.take(AT_ONCE);
            for one in &waiting {
                if let Err(why) = &one.event {
                    spool.failed(one, why)?;
                    handed.failed.push((one.path.display().to_string(), why.clone()));
                }
            }
            let events: Vec<(&Waiting, &Event)> =
                waiting.iter().filter_map(|one| Some((one, one.event.as_ref().ok()?))).collect();
            if events.is_empty() && queue.is_empty() {
                spool.tidy();
                return Ok(handed);
            }
            if events.is_empty() {
                continue;
            }
            match self {
                Hub::Command { target, port } => {
                    let (taken, lines) = command(target, *port, &events, deadline)?;
                    let (taken, left): (Vec<_>, Vec<_>) =
                        events.iter().partition(|(_, event)| taken.contains(&event.id));
                    for (one, event) in taken {
                        spool.done(one)?;
                        handed.events.push(event.id.clone());
                    }
                    handed.answer.extend(lines);
                    if !left.is_empty() {
                        return Err(self.refused("it did not take all events").into());
                    }
                }
                Hub::Inbox(address) => {
                    push(env, address, &events, deadline).map_err(|why| self.refused(&why))?;
                    for (one, event) in events {
                        spool.done(one)?;
                        handed.events.push(event.id.clone());
                    }
                }
            }
        }
    }

    /// Says when jobs last ran. Exit code 8 when the hub does not take it, or not before `deadline`.
    pub fn beat(&self, env: &Env, spool: &Spool, beats: &[Beat], deadline: Instant) -> Result<()> {
        let lines = beats.iter().map(|beat| serde_json::to_string(beat).unwrap_or_default());
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        match self {
            Hub::Command { target, port } => ask(target, *port, text, deadline).map(|_| ()),
            Hub::Inbox(address) => {
                let who = Person::new("git-desk", &format!("machine@{}", env.host));
                let at = When { at: env.now, offset_minutes: 0 };
                let parcel = Parcel::pack(&who, at, "beats", &[("beats.jsonl".to_owned(), text.into_bytes())])?;
                // Several users of one host have beats of their own.
                let whose = short(&format!("{} {}", env.login, spool.root().display()));
                let reference = format!("{BEATS}{}/{whose}", producer(env));
                let pushed = parcel.push(address.url(), &SCHEMES.join(":"), &reference, true, until(deadline));
                Ok(pushed.map_err(|why| self.refused(&why))?)
            }
        }
    }

    fn refused(&self, why: &str) -> Problem {
        Problem::new(Kind::Remote, format!("{} took no events: {why}", self.shown()))
            .code("hub_refused")
            .hint("they are kept, and go with the next: git desk flush")
    }
}

/// What a hub took.
#[derive(Debug, Default)]
pub struct Handed {
    /// Ids of events.
    pub events: Vec<String>,
    /// What it answered, where it answers.
    pub answer: Vec<String>,
    pub failed: Vec<(String, String)>,
}

/// The ids that the forced command keeps, and the lines that it answers.
fn command(
    target: &str,
    port: Option<u16>,
    events: &[(&Waiting, &Event)],
    deadline: Instant,
) -> Result<(Vec<String>, Vec<String>)> {
    let lines: String = events.iter().map(|(_, event)| format!("{}\n", event.to_line())).collect();
    let answer = ask(target, port, lines, deadline)?;
    let kept = |line: &String| {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(value.get("kept")?.as_str()?.to_owned())
    };
    let taken: Vec<String> = answer.iter().filter_map(kept).collect();
    Ok((taken, answer))
}

/// What the forced command answers.
fn ask(target: &str, port: Option<u16>, lines: String, deadline: Instant) -> Result<Vec<String>> {
    let trouble =
        |why: String| Problem::new(Kind::Remote, format!("{target} took no events: {why}")).code("hub_refused");
    let mut command = process::start("ssh");
    // No master stays behind with our pipes, and a hub that has gone is noticed.
    command.args(["-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "ControlPath=none"]);
    command.args(["-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=2"]);
    if let Some(port) = port {
        command.arg("-p").arg(port.to_string());
    }
    command.args(["--", target, "git-desk receive"]);
    let output = process::converse(&mut command, lines.as_bytes(), until(deadline));
    let output = output.map_err(|error| trouble(format!("ssh: {error}")))?;
    let answer: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    // What is kept is kept although something else went wrong there.
    if answer.is_empty() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(trouble(said.lines().next().unwrap_or("no answer").to_owned()).into());
    }
    Ok(answer)
}

fn push(env: &Env, address: &Address, events: &[(&Waiting, &Event)], deadline: Instant) -> Result<(), String> {
    let Some((_, first)) = events.first() else { return Ok(()) };
    let files: Vec<(String, Vec<u8>)> = events
        .iter()
        .enumerate()
        .map(|(at, (_, event))| (format!("{at:06}.json"), event.to_line().into_bytes()))
        .collect();
    let who = Person::new("git-desk", &format!("machine@{}", env.host));
    let at = When { at: first.at, offset_minutes: 0 };
    let parcel =
        Parcel::pack(&who, at, &format!("{} events", events.len()), &files).map_err(|error| error.to_string())?;
    // One that was tried before, with fewer events, may be there already.
    let reference = format!("{INBOX}{}/{}-{}", producer(env), part(&first.id), parcel.short());
    parcel.push(address.url(), &SCHEMES.join(":"), &reference, false, until(deadline))
}

/// This host as a name.
pub fn producer(env: &Env) -> String {
    producer_of(&env.host)
}

/// An id as the last part of a reference's name.
fn part(id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    id.chars().map(plain).take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_takes_events_by_command_and_every_other_address_by_push() {
        let parse = |typed: &str| Hub::parse(typed, Path::new("/srv"));
        let command = |target: &str, port| Hub::Command { target: target.to_owned(), port };
        assert_eq!(parse("ssh://ops@hub").unwrap(), command("ops@hub", None));
        assert_eq!(parse("ssh://ops@hub:2222/").unwrap(), command("ops@hub", Some(2222)));
        assert_eq!(parse("ssh://hub").unwrap(), command("hub", None));
        assert_eq!(parse("ops@hub").unwrap(), command("ops@hub", None));
        for inbox in
            ["ssh://ops@hub/srv/desk.git", "ops@hub:desk.git", "https://hub/desk.git", "/srv/hub.git", "hub.git"]
        {
            assert!(matches!(parse(inbox).unwrap(), Hub::Inbox(_)), "{inbox}");
        }
        for bad in ["ssh://-oProxyCommand=x", "ext::sh -c x", "-oX@hub", ""] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
