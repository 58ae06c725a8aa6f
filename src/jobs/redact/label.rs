//! Values behind a label that says what they are: `password=…`, `"api_key": "…"`, `client-secret => …`.
//!
//! How sure a value must look depends on how sure its place is: behind a `=` without blanks, or in quotes behind a
//! quoted label, nearly all is taken; behind a colon in a sentence only what no sentence has.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::value::{self, Value};

/// What labels of secrets end with.
const LABEL: &str = concat!(
    r"(?:(?P<password>passw(?:or)?d|passwort|pwd|pass-?(?:phrase|code)|[_.-]pass|requirepass|masterauth|(?:\b|[_.-])psk)",
    r"|(?P<hard>(?:api|access|secret|private|encryption|signing|master|account|shared|storage|subscription|deploy|license)[_. -]?key",
    r"|secret[_-]?access[_-]?key|client[_-]?secret|shared[_-]?secret|secret[_-]?id|connection[_-]?string",
    r"|auth[_-]?token|access[_-]?token|session[_-]?token|refresh[_-]?token|id[_-]?token)",
    r"|(?P<soft>secret|token|credentials?|[_-]auth|\bauth)|(?P<pass>\bpass))",
    // `DB_PASSWORD_PROD`, `SECRET_KEY_BASE`, `password2`
    r"(?:[_.-]?(?:value|hash|base|b64|base64|prod|production|staging|stage|dev|live|test|old|new|[0-9]{1,3}))?",
);

static LABELLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // The label's own quotes, as in `"a":`, `\"a\":`, `['a'] =`, `:a =>`; then what separates.
    Regex::new(&format!(r#"(?i-u){LABEL}(?P<close>\\*["'`]?\]?)(?P<gap>[ \t]*(?:=>|:=|==?|:)[ \t]*)"#)).ok()
});

/// `password   x`, `| token | x |`: two columns and no more.
static COLUMN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i-u)^[ \t]*\|?[ \t]*[a-z0-9_.-]*{LABEL}(?:[ \t]*\|[ \t]*|[ \t]{{2,}}|\t)(?P<value>[!-~]+)[ \t]*\|?[ \t]*$"
    ))
    .ok()
});

/// `<password>x</password>`
static ELEMENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?i-u)<[a-z0-9_.:-]*{LABEL}(?u:\s[^<>]*)?>(?P<value>(?u:[^<]+))</")).ok());

/// Values behind labels of passwords.
pub fn passwords(line: &str) -> Vec<Range<usize>> {
    of(line, is_password)
}

/// Values behind all other labels.
pub fn secrets(line: &str) -> Vec<Range<usize>> {
    of(line, |found| !is_password(found))
}

fn is_password(found: &Captures) -> bool {
    found.name("password").or_else(|| found.name("pass")).is_some()
}

fn of(line: &str, wanted: fn(&Captures) -> bool) -> Vec<Range<usize>> {
    let mut secrets = labelled(line, wanted);
    let fixed = |pattern: &'static Option<Regex>| {
        let found = pattern.iter().flat_map(|pattern| pattern.captures_iter(line)).filter(wanted);
        found.filter_map(|found| found.name("value")).filter(|value| !value::is_path(value.as_str()))
    };
    secrets.extend(fixed(&COLUMN).filter(|value| value::is_random(value.as_str())).map(|value| value.range()));
    secrets.extend(fixed(&ELEMENT).filter(|value| !value::is_plain(value.as_str())).map(|value| value.range()));
    secrets
}

fn labelled(line: &str, wanted: fn(&Captures) -> bool) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    let Some(pattern) = LABELLED.as_ref() else { return secrets };
    for found in pattern.captures_iter(line).filter(wanted) {
        let (Some(whole), Some(gap)) = (found.get(0), found.name("gap")) else { continue };
        let Some(value) = value::at(line, whole.end()) else { continue };
        let place = Place {
            before: before(line, whole.start()),
            hard: found.name("hard").is_some() || found.name("password").is_some(),
            pass: found.name("pass").is_some(),
            quoted_label: found.name("close").is_some_and(|close| close.as_str().ends_with(['"', '\'', '`', ']'])),
            colon: gap.as_str().trim() == ":",
            tight: gap.as_str().trim() == gap.as_str(),
            rest: line.get(value.range.end..).unwrap_or_default(),
        };
        if place.takes(line.get(value.range.clone()).unwrap_or_default(), &value) {
            secrets.push(value.range);
        }
    }
    secrets
}

/// What stands before a label, which may have words before the one that it was known by.
fn before(line: &str, at: usize) -> &str {
    let before = line.get(..at).unwrap_or_default();
    before.trim_end_matches(|char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.'))
}

/// Where a value stands.
struct Place<'a> {
    before: &'a str,
    rest: &'a str,
    /// The label is of nothing but secrets.
    hard: bool,
    /// The label is `pass`, which is also what a test does.
    pass: bool,
    quoted_label: bool,
    colon: bool,
    tight: bool,
}

impl Place<'_> {
    fn takes(&self, text: &str, value: &Value) -> bool {
        if value::is_plain(text) || value::is_path(text) {
            return false;
        }
        if self.pass && !self.quoted_label && (self.colon || !self.tight || !value::is_odd(text)) {
            return false;
        }
        // `auth::token::tests`, `${TOKEN:?not set}`
        if self.colon && self.tight && (text.starts_with(':') || self.before.ends_with("${")) {
            return !text.starts_with(':') && value::is_random(text);
        }
        // `/etc/secret: Permission denied`, `unexpected token: '}'`
        if self.colon && (self.before.ends_with(['/', '\\']) && !self.before.ends_with("\\\"") || self.in_sentence()) {
            return value::is_random(text);
        }
        let sure = self.quoted_label || (!self.colon && (self.tight || value.quoted));
        match (self.hard, sure || value.quoted) {
            (true, true) => true,
            (false, true) => text.len() >= 4 && (sure || value::is_odd(text)),
            (_, false) => self.takes_bare(text),
        }
    }

    /// A bare value behind a colon or blanks: the whole line is label and value, or the value is no word.
    fn takes_bare(&self, text: &str) -> bool {
        if self.is_last() {
            return (self.hard && self.opens()) || (value::is_odd(text) && text.len() >= if self.hard { 4 } else { 8 });
        }
        value::is_random(text) || (self.hard && self.tight && value::is_odd(text))
    }

    /// Whether the label opens its line, as in YAML and in settings.
    fn opens(&self) -> bool {
        self.before.chars().all(|char| char.is_whitespace() || "-+>|*\"'{,".contains(char))
    }

    /// Whether nothing follows the value but what closes or comments.
    fn is_last(&self) -> bool {
        let rest = self.rest.trim_start_matches(['"', '\'', '`', ',', ';', ')', ']', '}', '\\', '|']).trim_start();
        rest.is_empty() || rest.starts_with('#') || self.rest.starts_with(['"', '\'', '`', ',', ';', '}'])
    }

    fn in_sentence(&self) -> bool {
        let word = self.before.trim_end().rsplit([' ', '\t']).next().unwrap_or_default().to_ascii_lowercase();
        ["unexpected", "invalid", "expected", "bad", "missing", "illegal", "next", "near", "unknown", "unrecognized"]
            .contains(&word.as_str())
    }
}

#[cfg(test)]
pub fn compiles() -> bool {
    LABELLED.is_some() && COLUMN.is_some() && ELEMENT.is_some()
}
