//! A name and its value as two fields: `name: DB_PASSWORD` and `value: …`, on one line or on two.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{environment, value};

static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i-u)\b(?:name|key|id|parameter)\\*["']?\s*[:=]\s*\\*["']?([a-z0-9_.:-]+)\\*["']?,?\s*$"#).ok()
});

static VALUE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"(?i-u)^[\s,]*["']?value["']?\s*[:=]\s*"#).ok());

static BOTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r#"\b(?:name|key|id|parameter)\\*["']?\s*[:=]\s*\\*["']?([a-z0-9_.:-]+)\\*["']?"#;
    Regex::new(&format!(r#"(?i-u){name}[,;]?\s*\\*["']?value\\*["']?\s*[:=]\s*"#)).ok()
});

/// The value in a line, if the line before has its name.
pub fn second(before: &str, line: &str) -> Vec<Range<usize>> {
    if !line.contains("alue") && !line.contains("ALUE") {
        return Vec::new();
    }
    let named = NAME.as_ref().and_then(|name| name.captures(before)).and_then(|found| found.get(1));
    if !named.is_some_and(|name| environment::is_secret(name.as_str())) {
        return Vec::new();
    }
    let found = VALUE.as_ref().and_then(|pattern| pattern.find(line));
    found.and_then(|found| taken(line, found.end())).into_iter().collect()
}

/// The values of secret names in one line.
pub fn secrets(line: &str) -> Vec<Range<usize>> {
    let Some(both) = BOTH.as_ref() else { return Vec::new() };
    both.captures_iter(line)
        .filter(|found| found.get(1).is_some_and(|name| environment::is_secret(name.as_str())))
        .filter_map(|found| taken(line, found.get(0)?.end()))
        .collect()
}

fn taken(line: &str, at: usize) -> Option<Range<usize>> {
    let range = value::at(line, at)?.range;
    let text = line.get(range.clone())?;
    (!value::is_plain(text) && !value::is_path(text)).then_some(range)
}

#[cfg(test)]
pub fn compiles() -> bool {
    NAME.is_some() && VALUE.is_some() && BOTH.is_some()
}
