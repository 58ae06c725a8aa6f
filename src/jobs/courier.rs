//! Trying to deliver at once what was just put into the spool, for a moment only: a process of its own, which is given up
//! when it takes too long. What it did not deliver waits for the next.

use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::env::Env;
use crate::platform;
use crate::process;

/// How long whoever has a job to end waits for a delivery.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// How long it may wait for a hub, and for whoever holds the desk: so much less that it can end what it started itself,
/// and say who that is, before it is given up.
const TIMEOUT: &str = "2s";

/// Of that time it has so much after it was asked to end.
const GRACE: Duration = Duration::from_millis(300);

/// What came of trying.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tried {
    /// What was applied, `desk.delivered/1` each.
    pub applied: Vec<Value>,
    /// A hub took them.
    pub taken: Vec<String>,
    pub trouble: Option<Trouble>,
}

impl Tried {
    /// As far as one event is concerned: what keeps others back is no trouble of one that arrived.
    pub fn of(mut self, event: &str) -> Tried {
        let applied = self.applied.iter().any(|line| line.get("event").and_then(Value::as_str) == Some(event));
        if applied || self.taken.iter().any(|taken| taken == event) {
            self.trouble = None;
        }
        self
    }
}

/// Why nothing was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// There is no desk here and no hub: somebody else delivers what is in the spool.
    NoDesk,
    /// The spool is another user's, who delivers from it.
    NotTheOwner,
    /// In words.
    Away(String),
}

/// Runs `git-desk WORDS flush` for a moment; `words` are those by which we were told of the desk, and `whom` is what it, or
/// the hub, is called.
pub fn deliver(env: &Env, words: &[String], hub: Option<&str>, whom: &str) -> Tried {
    let Some(program) = &env.program else { return away("cannot tell where git-desk is".to_owned()) };
    let mut command = process::ourselves(program);
    command.args(words).args([
        "--no-input",
        "--lock-timeout",
        TIMEOUT,
        "flush",
        "--output",
        "jsonl",
        "--timeout",
        TIMEOUT,
    ]);
    if let Some(hub) = hub {
        command.args(["--hub", hub]);
    }
    command.env("GIT_DESK_ERRORS", "json").env_remove("GIT_DESK_OP_ID");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    platform::apart(&mut command);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return away(format!("cannot start git-desk: {error}")),
    };
    let (sender, parts) = std::sync::mpsc::channel();
    let streams: [(bool, Option<Box<dyn Read + Send>>); 2] = [
        (true, child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>)),
        (false, child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>)),
    ];
    for (is_result, stream) in streams {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let mut text = String::new();
            // More than this no delivery of ours says.
            let _ = stream.map(|stream| stream.take(4 << 20).read_to_string(&mut text));
            let _ = sender.send((is_result, text));
        });
    }
    let (mut result, mut said) = (String::new(), String::new());
    let deadline = Instant::now() + PATIENCE;
    let mut signals = [(deadline - GRACE, platform::TERMINATE), (deadline, platform::KILL)].into_iter();
    let (mut next, mut left) = (signals.next(), 2);
    while left > 0 {
        let Some((until, signal)) = next else {
            // It is not waited for: what hangs in a file system that is away ends when that comes back.
            return no_answer(whom);
        };
        match parts.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok((true, text)) => (result, left) = (text, left - 1),
            Ok((false, text)) => (said, left) = (text, left - 1),
            Err(_) => {
                platform::send(child.id(), true, signal);
                next = signals.next();
            }
        }
    }
    let _ = child.wait();
    let mut tried = read(&result, &said);
    if signals.len() == 0 && tried.trouble.is_none() {
        tried.trouble = no_answer(whom).trouble;
    }
    tried
}

fn away(why: String) -> Tried {
    Tried { trouble: Some(Trouble::Away(why)), ..Tried::default() }
}

fn no_answer(whom: &str) -> Tried {
    away(format!("{whom} did not answer in {} s", PATIENCE.as_secs()))
}

fn read(result: &str, said: &str) -> Tried {
    let lines = result.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let (mut applied, mut taken) = (Vec::new(), Vec::new());
    for line in lines {
        match (line.get("schema").and_then(Value::as_str), line.get("event").and_then(Value::as_str)) {
            (Some("desk.delivered/1"), Some(_)) if line.get("error").is_some_and(|error| !error.is_null()) => {}
            (Some("desk.delivered/1"), Some(id)) if line.get("did").is_none_or(Value::is_null) => {
                taken.push(id.to_owned())
            }
            (Some("desk.delivered/1"), Some(_)) => applied.push(line),
            _ => {}
        }
    }
    let error = said.lines().find_map(|line| serde_json::from_str::<Value>(line).ok()).and_then(|line| {
        let error = line.get("error")?;
        let code = error.get("code")?.as_str()?.to_owned();
        Some((code, error.get("message")?.as_str()?.to_owned()))
    });
    let trouble = match error {
        Some((code, _)) if code == "no_desk" => Some(Trouble::NoDesk),
        Some((code, _)) if code == "not_the_owner" => Some(Trouble::NotTheOwner),
        Some((_, message)) => Some(Trouble::Away(message)),
        None => None,
    };
    Tried { applied, taken, trouble }
}
