//! Desks to measure on, and the environment in which everything runs.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with desks.
pub struct World {
    root: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

/// Queues that tickets are spread over.
pub const QUEUES: &[&str] = &["l1", "l2", "l3", "infra", "web"];
/// Tickets a day.
const A_DAY: u64 = 1_000;
const VOCABULARY: u64 = 20_000;
/// 2024-01-01 00:00 UTC.
const BEGIN: i64 = 1_704_067_200;

const MAP: &str = r#"source = "bench"
title = "{fields.subject}"

[[field]]
to = "fields.subject"
from = "subject"
[[field]]
to = "body"
from = "body"
[[field]]
to = "status"
from = "status"
[[field]]
to = "resolution"
from = "resolution"
[[field]]
to = "queue"
from = "queue"
[[field]]
to = "assignee"
from = "assignee"
[[field]]
to = "priority"
from = "priority"
[[field]]
to = "requester"
from = "requester"
[[field]]
to = "opened"
from = "opened"
[[field]]
to = "external_id"
from = "ticket"
"#;

impl World {
    pub fn new(keep: Option<PathBuf>) -> World {
        let temporary = if keep.is_none() { tempfile::TempDir::with_prefix("git-desk-bench-").ok() } else { None };
        let root = keep.unwrap_or_else(|| temporary.as_ref().expect("a temporary folder").path().to_owned());
        fs::create_dir_all(root.join("home")).expect("a folder for the desks");
        let identity =
            "[user]\n\tname = Bench\n\temail = bench@example.com\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n";
        fs::write(root.join("gitconfig"), identity).expect("a git configuration");
        World { root, _temporary: temporary }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub fn prepare(&self, program: &str, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env_clear().env("HOME", self.root.join("home")).env("TZ", "UTC");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("LC_ALL", "C.UTF-8");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", self.root.join("gitconfig"));
        command
    }

    pub fn git(&self, folder: &Path, words: &[&str]) -> Command {
        let mut command = self.prepare("git", folder);
        command.args(words);
        command
    }

    pub fn desk(&self, folder: &Path, words: &[&str]) -> Command {
        let mut command = self.prepare(env!("CARGO_BIN_EXE_git-desk"), folder);
        command.args(words);
        command
    }

    pub fn shell(&self, folder: &Path, line: &str) -> Command {
        let mut command = self.prepare("sh", folder);
        command.args(["-c", line]);
        command
    }

    /// What a command prints.
    pub fn said(&self, mut command: Command) -> String {
        let output = command.stderr(Stdio::inherit()).output().expect("a command");
        assert!(output.status.success(), "{command:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A bare desk of so many tickets, made by the import of a log.
    pub fn build(&self, size: u64) -> PathBuf {
        let desk = self.path(&format!("desk-{size}.git"));
        if desk.join("built").exists() {
            return desk;
        }
        let _ = fs::remove_dir_all(&desk);
        eprintln!("building a desk of {size} tickets");
        self.said(self.desk(&self.root, &["init", "--bare", &format!("desk-{size}.git")]));
        let (log, map) = self.log(size);
        let (log, map) = (log.display().to_string(), map.display().to_string());
        self.said(self.desk(&desk, &["import", "events", &log, "--map", &map]));
        // To repack the largest takes more memory than most machines have; what the import wrote is one pack already.
        let repack = (size < 1_000_000).then_some(["repack", "-adq"].as_slice());
        for words in repack.into_iter().chain([["commit-graph", "write", "--reachable"].as_slice()]) {
            self.said(self.git(&desk, words));
        }
        self.said(self.desk(&desk, &["list", "--count"]));
        fs::write(desk.join("built"), "").expect("a mark");
        desk
    }

    /// The log of so many tickets, four events each, and its map.
    pub fn log(&self, size: u64) -> (PathBuf, PathBuf) {
        let (log, map) = (self.path(&format!("log-{size}.jsonl")), self.path("map.toml"));
        fs::write(&map, MAP).expect("a map");
        let mut dice = Dice(size ^ 0x5eed);
        let mut out = BufWriter::new(File::create(&log).expect("a log"));
        let mut events: Vec<(i64, String)> = Vec::new();
        for number in 0..size {
            let at = BEGIN + (number / A_DAY) as i64 * 86_400 + (number % A_DAY) as i64 * 40;
            ticket(number, at, number % 20 == 19, &mut dice, &mut events);
            if number % A_DAY == A_DAY - 1 || number + 1 == size {
                // Nothing of a day is later than the next day's first.
                events.sort();
                for (_, line) in events.drain(..) {
                    writeln!(out, "{line}").expect("room for the log");
                }
            }
        }
        out.flush().expect("room for the log");
        (log, map)
    }
}

/// Four events of a ticket: opened, given to somebody, answered, closed, or, for one that stays open, noted.
fn ticket(number: u64, at: i64, stays_open: bool, dice: &mut Dice, events: &mut Vec<(i64, String)>) {
    let agent = format!("agent-{}", dice.roll(40));
    let queue = QUEUES[dice.roll(QUEUES.len() as u64) as usize];
    let priority = ["p2", "p3", "p3", "p3", "p4"][dice.roll(5) as usize];
    let id = format!("T{number:07}");
    let mut add = |later: i64, rest: serde_json::Value| {
        let time = jiff::Timestamp::from_second(at + later).expect("a time").to_string();
        let mut line = serde_json::json!({"ticket": id, "at": time, "actor": agent});
        line.as_object_mut().expect("an object").extend(rest.as_object().expect("an object").clone());
        events.push((at + later, line.to_string()));
    };
    let opened = jiff::Timestamp::from_second(at).expect("a time").to_string();
    add(
        0,
        serde_json::json!({"changes": {"subject": dice.words(6), "body": dice.words(40), "status": "new", "queue": queue,
            "priority": priority, "requester": format!("user{}@example.com", dice.roll(5_000)), "opened": opened,
            "ticket": id}}),
    );
    add(5, serde_json::json!({"changes": {"status": "active", "assignee": agent}}));
    add(10, serde_json::json!({"entry": {"kind": "comment", "body": dice.words(25)}}));
    match stays_open {
        true => add(15, serde_json::json!({"entry": {"kind": "note", "body": dice.words(15)}})),
        false => add(15, serde_json::json!({"changes": {"status": "closed", "resolution": "fixed"}})),
    }
}

/// So many articles of three hundred words, in the folder of a topic, as a stream for `git fast-import`.
pub fn articles(count: u64) -> String {
    let mut dice = Dice(count ^ 0xa471);
    let mut stream =
        "commit refs/heads/main\ncommitter Bench <bench@example.com> now\ndata 8\narticles\nfrom refs/heads/main^0\n"
            .to_owned();
    for number in 0..count {
        let (title, symptom, body) = (dice.words(6), dice.words(8), dice.words(300));
        let text = format!(
            "title = \"{title}\"\n\nstate = \"validated\"\n\nsymptoms = [\n    \"{symptom}\",\n]\n\nbody = \"{body}\"\n"
        );
        stream.push_str(&format!("M 100644 inline kb/bench/a{number}.toml\ndata {}\n{text}\n", text.len()));
    }
    stream
}

/// A title of so many words.
pub fn titles(count: u64) -> Vec<String> {
    let mut dice = Dice(count ^ 0x717e);
    (0..count).map(|_| dice.words(6)).collect()
}

/// Numbers that are the same each time (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.next() % sides
    }

    /// A rank by Zipf's law with exponent 1: the inverse of its distribution, roughly `vocabulary ^ u`.
    fn word(&mut self) -> String {
        let u = self.next() as f64 / u64::MAX as f64;
        let rank = (VOCABULARY as f64).powf(u) as u64;
        spelled(rank)
    }

    fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

/// The word of a rank: syllables, the frequent ones short.
pub fn spelled(mut rank: u64) -> String {
    const SYLLABLES: &[&str] =
        &["ka", "lo", "mi", "ren", "to", "sa", "vi", "du", "pel", "no", "ga", "shi", "ter", "bo"];
    let mut word = String::new();
    loop {
        word.push_str(SYLLABLES[(rank % SYLLABLES.len() as u64) as usize]);
        rank /= SYLLABLES.len() as u64;
        if rank == 0 {
            return word;
        }
    }
}
