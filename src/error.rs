//! What can go wrong, in words a person can act on, and the exit code that a script can act on.
//!
//! A [`Problem`] says what is so, then at most a few lines of what to type. Everything else that
//! fails (a read error, a library's error) travels as `anyhow::Error` with context and ends as
//! exit code 70 or, when it names the repository, 7.

use std::fmt;

pub type Result<T, E = anyhow::Error> = std::result::Result<T, E>;

/// The kinds of failure; each has one exit code, which is public API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The answer is no: nothing matched under `--exit-code`, `check` found something.
    No,
    Usage,
    NotFound,
    Ambiguous,
    /// A precondition failed, a status may not change that way, or two edits really conflict.
    Refused,
    /// A file breaks the schema.
    Invalid,
    /// No repository, an unreadable one, or its lock was not to be had.
    Repository,
    /// Saved here, but the remote refused or did not answer.
    Remote,
    Denied,
    /// A person said no.
    Declined,
    /// An event could not be stored anywhere.
    Unstored,
    /// The same job is still running.
    Busy,
    /// `run` cannot be understood, so the job was not started.
    Misuse,
    /// A wrapped job ended so, and all is said.
    Job(u8),
    Bug,
    Interrupted,
}

impl Kind {
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::No => 1,
            Kind::Usage => 2,
            Kind::NotFound => 3,
            Kind::Ambiguous => 4,
            Kind::Refused => 5,
            Kind::Invalid => 6,
            Kind::Repository => 7,
            Kind::Remote => 8,
            Kind::Denied => 9,
            Kind::Declined => 10,
            Kind::Unstored => 11,
            Kind::Busy => 75,
            Kind::Misuse => 125,
            Kind::Job(code) => code,
            Kind::Bug => 70,
            Kind::Interrupted => 130,
        }
    }

    /// The `code` of the JSON error when the problem names no finer one.
    pub fn code(self) -> &'static str {
        match self {
            Kind::No => "no",
            Kind::Usage => "usage",
            Kind::NotFound => "not_found",
            Kind::Ambiguous => "ambiguous",
            Kind::Refused => "refused",
            Kind::Invalid => "invalid",
            Kind::Repository => "repository",
            Kind::Remote => "remote",
            Kind::Denied => "denied",
            Kind::Declined => "declined",
            Kind::Unstored => "unstored",
            Kind::Busy => "busy",
            Kind::Misuse => "misuse",
            Kind::Job(_) => "job",
            Kind::Bug => "bug",
            Kind::Interrupted => "interrupted",
        }
    }
}

/// One sentence (lower case, no full stop), hints, and for programs the same in parts.
///
/// `message` and `hints` may hold text from tickets: whoever prints them makes it visible first.
#[derive(Debug, Clone)]
pub struct Problem {
    pub kind: Kind,
    pub code: &'static str,
    pub message: String,
    /// Lines to show under the message, already in words; what can be typed stands as it is typed.
    pub hints: Vec<String>,
    /// What an ambiguous or misspelt word may have meant.
    pub candidates: Vec<String>,
    /// Commands to try, as argument vectors.
    pub tries: Vec<Vec<String>>,
}

impl Problem {
    pub fn new(kind: Kind, message: impl Into<String>) -> Problem {
        Problem {
            kind,
            code: kind.code(),
            message: message.into(),
            hints: Vec::new(),
            candidates: Vec::new(),
            tries: Vec::new(),
        }
    }

    pub fn no(message: impl Into<String>) -> Problem {
        Problem::new(Kind::No, message)
    }

    pub fn usage(message: impl Into<String>) -> Problem {
        Problem::new(Kind::Usage, message)
    }

    pub fn not_found(message: impl Into<String>) -> Problem {
        Problem::new(Kind::NotFound, message)
    }

    pub fn ambiguous(message: impl Into<String>) -> Problem {
        Problem::new(Kind::Ambiguous, message)
    }

    pub fn refused(message: impl Into<String>) -> Problem {
        Problem::new(Kind::Refused, message)
    }

    pub fn invalid(message: impl Into<String>) -> Problem {
        Problem::new(Kind::Invalid, message)
    }

    pub fn repository(message: impl Into<String>) -> Problem {
        Problem::new(Kind::Repository, message)
    }

    /// A finer name for programs, `snake_case`; it is public API.
    pub fn code(mut self, code: &'static str) -> Problem {
        self.code = code;
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hints.push(hint.into());
        self
    }

    pub fn candidates(mut self, words: impl IntoIterator<Item = impl Into<String>>) -> Problem {
        self.candidates.extend(words.into_iter().map(Into::into));
        self
    }

    /// A command to try, shown as a hint and given to programs as an argument vector.
    pub fn attempt(mut self, words: &[&str]) -> Problem {
        self.tries.push(words.iter().map(|word| (*word).to_owned()).collect());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}
