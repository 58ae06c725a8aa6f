//! How a run of a job is told: the title and the text of its ticket.

use std::ffi::OsString;
use std::fmt::Write as _;

use jiff::Timestamp;

use super::capture::{Kept, Line, Stream};
use super::redact::Redactor;
use super::wrap::End;
use crate::model::count::{counted, grouped, lasted};

/// A run of a job, as it is told. Its texts are without secrets.
#[derive(Debug, Clone)]
pub struct Account {
    pub name: String,
    pub host: String,
    pub user: String,
    pub folder: String,
    pub command: String,
    pub end: End,
    /// After how many seconds it was stopped, where it was given a time.
    pub timeout: Option<i64>,
    /// Why it did not start, in the system's words.
    pub trouble: Option<String>,
    /// Some of its output reached nobody.
    pub lost_output: bool,
    pub started: Timestamp,
    pub ended: Timestamp,
    /// In seconds.
    pub took: i64,
    pub output: Output,
}

/// What was printed, without secrets, each line with its mark.
#[derive(Debug, Clone, Default)]
pub struct Output {
    pub head: Vec<String>,
    pub left_out: u64,
    pub tail: Vec<String>,
    /// Lines that were printed.
    pub lines: u64,
    /// Secrets that were taken out.
    pub secrets: u64,
}

impl Output {
    /// Takes the secrets out of what was kept.
    pub fn of(kept: Kept, lines: u64, redactor: &Redactor) -> Output {
        let kept = kept.without_torn_lines();
        let mut secrets = 0;
        let mut safe = |lines: Vec<Line>| marked(lines, redactor, &mut secrets);
        let (head, tail) = (safe(kept.head), safe(kept.tail));
        Output { head, left_out: kept.left_out, tail, lines, secrets }
    }

    /// The last lines that were printed.
    pub fn last(&self, count: usize) -> impl Iterator<Item = &str> {
        let all = self.head.len() + self.tail.len();
        let lines = self.head.iter().chain(&self.tail).map(String::as_str);
        lines.skip(all.saturating_sub(count))
    }

    /// The first line that says something: of stderr, else of stdout.
    pub fn complaint(&self) -> Option<&str> {
        let of = |mark: &'static str| {
            let texts = self.head.iter().chain(&self.tail).filter_map(move |line| line.strip_prefix(mark));
            texts.map(str::trim).find(|text| !text.is_empty())
        };
        of(ERR).or_else(|| of(OUT))
    }

    /// Whether all that was printed is here.
    pub fn is_whole(&self) -> bool {
        self.left_out == 0
    }
}

/// What marks the lines of stdout and stderr.
const OUT: &str = " | ";
const ERR: &str = "2| ";

/// Lines with the stream that each is of: `2| ` for stderr, ` | ` for stdout. Parts of one line are one line again, so
/// that what a secret looks like is seen whole.
fn marked(lines: Vec<Line>, redactor: &Redactor, secrets: &mut u64) -> Vec<String> {
    let mut whole: Vec<Line> = Vec::new();
    for line in lines {
        let before =
            whole.iter_mut().rev().find(|one| one.stream == line.stream).filter(|one| one.is_cut && line.is_rest);
        match before {
            Some(before) => {
                before.text.extend(&line.text);
                before.in_key |= line.in_key;
                before.is_cut = line.is_cut;
            }
            None => whole.push(line),
        }
    }
    let runs = whole.chunk_by(|one, next| one.stream == next.stream);
    runs.flat_map(|run| {
        let mark = match run.first().map_or(Stream::Out, |line| line.stream) {
            Stream::Out => OUT,
            Stream::Err => ERR,
        };
        let texts: Vec<_> = run.iter().map(|line| (String::from_utf8_lossy(&line.text), line.in_key)).collect();
        let safe = redactor.lines(texts.iter().map(|(text, in_key)| (text.as_ref(), *in_key)), secrets);
        safe.into_iter().map(move |text| format!("{mark}{text}"))
    })
    .collect()
}

impl Account {
    /// `exit 23`, `killed by signal 9`, `stopped after 4h 00m`, `did not start: …`
    pub fn ending(&self) -> String {
        match (self.end, &self.trouble) {
            (_, Some(trouble)) => format!("did not start: {trouble}"),
            (End::TimedOut, _) => format!("stopped after {}", lasted(self.timeout.unwrap_or(self.took))),
            (End::Signal(signal), _) => format!("killed by signal {signal}"),
            (End::Code(code), _) if self.lost_output => format!("exit {code}, and its output could not be written"),
            (End::Code(code), _) => format!("exit {code}"),
            (End::NotFound | End::NotRunnable, _) => format!("exit {}", self.end.code()),
        }
    }

    /// `nightly-backup failed on db1 (exit 23)`
    pub fn title(&self) -> String {
        match (&self.trouble, self.end) {
            (Some(_), _) => format!("{} did not start on {}", self.name, self.host),
            (None, _) => format!("{} failed on {} ({})", self.name, self.host, self.ending()),
        }
    }

    /// What stands in the ticket.
    pub fn body(&self) -> String {
        let mut text = format!("{} after {}\n\n", self.ending(), lasted(self.took));
        let facts = [
            ("host", self.host.clone()),
            ("user", self.user.clone()),
            ("folder", self.folder.clone()),
            ("command", self.command.clone()),
            ("started", self.started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            ("ended", self.ended.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            ("output", self.amount()),
        ];
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            let _ = writeln!(text, "{name:<8} {value}");
        }
        let Output { head, left_out, tail, .. } = &self.output;
        if !head.is_empty() || !tail.is_empty() {
            text.push('\n');
        }
        for line in head {
            let _ = writeln!(text, "{line}");
        }
        if *left_out > 0 {
            let _ = writeln!(text, "\n   … {} left out …\n", lines(*left_out));
        }
        for line in tail {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    fn amount(&self) -> String {
        let secrets = match self.output.secrets {
            0 => String::new(),
            some => format!(", {} taken out", counted(some, "secret")),
        };
        match self.output.lines {
            0 => String::new(),
            some => format!("{}{secrets}", lines(some)),
        }
    }
}

fn lines(count: u64) -> String {
    let noun = if count == 1 { "line" } else { "lines" };
    format!("{} {noun}", grouped(count))
}

/// A command line as a person could type it.
pub fn command_line(words: &[OsString]) -> String {
    let quoted = |word: &OsString| {
        let word = word.to_string_lossy();
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
        match !word.is_empty() && word.chars().all(plain) {
            true => word.into_owned(),
            false => format!("'{}'", word.replace('\'', "'\\''")),
        }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}
