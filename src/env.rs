//! The outside world, read once at start: the present, the environment, the terminal, randomness.
//!
//! Nothing else asks the process for its environment or the clock for the time.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::hash::{BuildHasher, RandomState};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error::{Problem, Result};
use crate::platform;

/// A picture of the process's surroundings. Tests make their own.
#[derive(Debug, Clone)]
pub struct Env {
    vars: BTreeMap<String, OsString>,
    pub cwd: PathBuf,
    /// The words of the command line; of one being typed in a shell, all that is there yet.
    pub arguments: Vec<String>,
    /// Our own file, where the system tells it.
    pub program: Option<PathBuf>,
    /// The present, to the second; `GIT_DESK_NOW` fixes it.
    pub now: Timestamp,
    /// The zone people see times in (`TZ`, else the machine's).
    pub zone: TimeZone,
    /// `GIT_DESK_HOST`, else the machine's name.
    pub host: String,
    pub login: String,
    pub pid: u32,
    pub stdin_terminal: bool,
    pub stdout_terminal: bool,
    pub stderr_terminal: bool,
    /// Columns of the terminal; 100 when there is none.
    pub width: usize,
    random: Cell<u64>,
    started: Instant,
    /// `GIT_DESK_NOW` fixes the present.
    is_fixed: bool,
}

impl Env {
    /// Reads the process's surroundings. Fails on a `GIT_DESK_NOW` that is no RFC 3339 time.
    pub fn read() -> Result<Env> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let vars: BTreeMap<String, OsString> =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect();
        let text = |name: &str| {
            vars.get(name).and_then(|value| value.to_str()).filter(|value| !value.is_empty()).map(str::to_owned)
        };
        let now = match text("GIT_DESK_NOW") {
            Some(fixed) => fixed.parse::<Timestamp>().map_err(|_| {
                Problem::usage(format!("`GIT_DESK_NOW` is not a time: {fixed}"))
                    .hint("like this: GIT_DESK_NOW=2026-11-24T08:15:02Z")
            })?,
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            None => Timestamp::now(),
        };
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let named = |name: &str| text(name).map(|host| one_line(&host)).filter(|host| !host.is_empty());
        let host = named("GIT_DESK_HOST").or_else(platform::host_name).or_else(|| named("COMPUTERNAME"));
        let host = host.unwrap_or_else(|| "localhost".to_owned());
        let login = text("USER")
            .or_else(|| text("LOGNAME"))
            .or_else(|| text("USERNAME"))
            .unwrap_or_else(platform::nameless_user);
        let width =
            text("COLUMNS").and_then(|columns| columns.parse().ok()).or_else(platform::terminal_width).unwrap_or(100);
        let seed = match text("GIT_DESK_SEED") {
            Some(seed) => fixed_seed(&seed),
            None => entropy(&host, now),
        };
        #[expect(clippy::disallowed_methods, reason = "the one place that asks for the folder")]
        let cwd = std::env::current_dir().unwrap_or_default();
        Ok(Env {
            cwd,
            arguments: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
            program: std::env::current_exe().ok(),
            now,
            zone: own_zone(text("TZ").as_deref()),
            host,
            login,
            pid: std::process::id(),
            stdin_terminal: std::io::stdin().is_terminal(),
            stdout_terminal: std::io::stdout().is_terminal(),
            stderr_terminal: std::io::stderr().is_terminal(),
            width,
            random: Cell::new(seed),
            started: Instant::now(),
            is_fixed: vars.get("GIT_DESK_NOW").is_some_and(|value| !value.is_empty()),
            vars,
        })
    }

    /// The value of a variable; unset, empty and not UTF-8 are all `None`.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars.get(name)?.to_str().filter(|value| !value.is_empty())
    }

    /// The present as finely as the machine has it, for what lasts longer than a command: `now` is of the start.
    pub fn clock(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
        let real = Timestamp::now();
        if self.is_fixed { self.now.checked_add(self.started.elapsed()).unwrap_or(self.now) } else { real }
    }

    /// The same to the second, as tickets and commits have it.
    pub fn clock_second(&self) -> Timestamp {
        let at = self.clock();
        Timestamp::from_second(at.as_second()).unwrap_or(at)
    }

    /// All variables that are text.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.vars.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str()?)))
    }

    /// The user's own folder.
    pub fn home(&self) -> Option<PathBuf> {
        self.var("HOME").or_else(|| self.var("USERPROFILE")).map(PathBuf::from).filter(|home| home.is_absolute())
    }

    /// What `git -c name=value` hands down in the environment, which libgit2 does not read.
    pub fn git_overrides(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let count = self.var("GIT_CONFIG_COUNT").and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
        for at in 0..count.min(1_000) {
            if let Some(key) = self.var(&format!("GIT_CONFIG_KEY_{at}")) {
                let value = self.var(&format!("GIT_CONFIG_VALUE_{at}")).unwrap_or_default();
                pairs.push((key.to_owned(), value.to_owned()));
            }
        }
        pairs.extend(self.var("GIT_CONFIG_PARAMETERS").map(parameters).unwrap_or_default());
        pairs
    }

    /// The same surroundings at another moment, with the random numbers that `seed` gives: what is done there twice gives
    /// the same twice.
    pub fn at(&self, now: Timestamp, seed: &str) -> Env {
        Env { now, is_fixed: true, random: Cell::new(mix(fixed_seed(seed))), ..self.clone() }
    }

    /// Whether a question may be asked: terminals on both ends, and nobody said no.
    pub fn may_ask(&self) -> bool {
        self.stdin_terminal
            && self.stderr_terminal
            && self.var("CI").is_none()
            && self.var("GIT_DESK_NO_INPUT").is_none()
    }

    /// The next of a stream of random numbers (`SplitMix64`), from the entropy of the system mixed with host,
    /// pid and clock, so that cloned machines do not mint the same id; `GIT_DESK_SEED` fixes the stream.
    pub fn random(&self) -> u64 {
        let state = self.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.random.set(state);
        mix(state)
    }
}

/// The zone people see times in. `TimeZone::system` walks all of the machine's zones to find one by name; the name
/// leads to its file, too.
fn own_zone(named: Option<&str>) -> TimeZone {
    let name = match named {
        Some(name) => Some(name.trim_start_matches(':').to_owned()),
        None => std::fs::read_link("/etc/localtime").ok().and_then(|path| {
            let path = path.to_str()?.to_owned();
            Some(path.split_once("/zoneinfo/")?.1.to_owned())
        }),
    };
    name.and_then(|name| zone_named(&name)).unwrap_or_else(TimeZone::system)
}

/// A zone by its IANA name: from the machine's file, which is the newest, else from those that we bring along.
pub fn zone_named(name: &str) -> Option<TimeZone> {
    if name == "UTC" {
        return Some(TimeZone::UTC);
    }
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-' | b'/');
    if name.is_empty() || name.starts_with('/') || !name.bytes().all(harmless) {
        return None;
    }
    let file = std::fs::read(std::path::Path::new("/usr/share/zoneinfo").join(name));
    let own = file.ok().and_then(|bytes| TimeZone::tzif(name, &bytes).ok());
    own.or_else(|| jiff::tz::TimeZoneDatabase::bundled().get(name).ok())
}

/// Reads git's own form: `'name=value'` or `'name'='value'`, in a shell's single quotes, with blanks between.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let Some((name, behind)) = quoted(rest) else { break };
        rest = behind;
        let pair = match rest.strip_prefix('=').and_then(quoted) {
            Some((value, behind)) => {
                rest = behind;
                (name, value)
            }
            None => match name.split_once('=') {
                Some((name, value)) => (name.to_owned(), value.to_owned()),
                None => (name, "true".to_owned()),
            },
        };
        pairs.push(pair);
        rest = rest.trim_start();
    }
    pairs
}

/// A text in single quotes, where `'\''` is a quote, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut value = String::new();
    loop {
        let (part, behind) = rest.split_once('\'')?;
        value.push_str(part);
        match behind.strip_prefix("\\'") {
            Some(more) => {
                value.push('\'');
                rest = more.strip_prefix('\'')?;
            }
            None => return Some((value, behind)),
        }
    }
}

/// Finaliser of `SplitMix64` (Steele, Lea, Flood 2014).
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn fixed_seed(seed: &str) -> u64 {
    seed.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A name as it can stand in the one line of a title.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

fn entropy(host: &str, now: Timestamp) -> u64 {
    let mut bytes = [0; 8];
    // A system without entropy still has a hasher seeded at start, host, pid and clock.
    let system = match getrandom::fill(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes),
        Err(_) => 0,
    };
    let place = RandomState::new().hash_one((host, std::process::id(), now.as_nanosecond()));
    mix(system ^ place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_of_the_command_line_is_read_in_both_of_gits_forms() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let read = parameters("'desk.ref=main' 'user.name'='Ana O'\\''Neil' 'core.bare'");
        assert_eq!(read, [pair("desk.ref", "main"), pair("user.name", "Ana O'Neil"), pair("core.bare", "true")]);
        assert_eq!(parameters("'broken"), []);
    }
}
