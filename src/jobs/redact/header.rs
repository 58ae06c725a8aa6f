//! Headers of HTTP that let somebody in: `Authorization`, cookies, keys.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::value;

/// The name of a header up to its value: `Authorization: `, `"authorization": ["`, `Authorization=`.
const OPEN: &str = r#"\\*["']?\]?[ \t]*(?:=>|[:=,])[ \t\\]*\[?(?:b|u)?\\*["']?"#;

static TOKEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let scheme = "bearer|basic|token|negotiate|ntlm|kerberos|api-?key|splunk|bot|key|jwt|genie-?key|sso-key|pve[a-z]+|private-token";
    Regex::new(&format!(
        r#"(?i-u)\b(?:proxy-|x-forwarded-|x-)?authorization{OPEN}(?:{scheme})[ \t\\:=+]+((?u:[^\s"'`,;<>{{}}\[\]()\\]){{3,}})"#
    ))
    .ok()
});

/// Schemes with parameters: the rest of the line is theirs.
static PARAMETERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let scheme = "digest|oauth|hawk|signature|sharedkey(?:lite)?|sharedaccesssignature|googlelogin|mac|aws4-[a-z0-9-]+|aws|goog4-[a-z0-9-]+|escher-[a-z0-9-]+";
    Regex::new(&format!(r"(?i-u)\b(?:proxy-)?authorization{OPEN}(?:{scheme})[ \t]+(?u:(.*[^\s'}},]))")).ok()
});

static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r#"(?i-u)\b(?:proxy-)?authorization{OPEN}((?u:[^\s"'`,;<>{{}}\[\]()\\]){{8,}})"#)).ok()
});

/// `Bearer …` and `Basic …` without their header.
static SCHEME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i-u)\b(?:bearer|basic)[ \t]+([a-z0-9._~+/=-]{12,})").ok());

static COOKIE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r#"(?i-u)\b(?:set-)?cookie2?{OPEN}((?u:[^\s"'`=;,:]+=[^"'`]*[^\s"'`\]}}),;\\]))"#)).ok()
});

/// `X-Api-Key: …` and its like.
static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = "x-[a-z0-9-]*(?:key|token|secret|auth|password|signature|session)|(?:private|job|deploy|circle|auth)-token|api-?key|dd-(?:api|application)-key|ocp-apim-subscription-key";
    Regex::new(&format!(r#"(?i-u)\b(?:{name}){OPEN}"#)).ok()
});

pub fn authorizations(line: &str) -> Vec<Range<usize>> {
    let mut found = groups(&TOKEN, line, |value| !value::is_plain(value));
    found.extend(groups(&PARAMETERS, line, |value| value.contains(['=', ':'])));
    found.extend(groups(&BARE, line, value::is_random));
    found.extend(groups(&SCHEME, line, is_encoded));
    found
}

pub fn cookies(line: &str) -> Vec<Range<usize>> {
    groups(&COOKIE, line, |_| true)
}

pub fn keys(line: &str) -> Vec<Range<usize>> {
    let Some(pattern) = KEY.as_ref() else { return Vec::new() };
    pattern
        .find_iter(line)
        .filter_map(|found| value::at(line, found.end()))
        .map(|value| value.range)
        .filter(|range| line.get(range.clone()).is_some_and(|text| text.len() >= 6 && !value::is_plain(text)))
        .collect()
}

/// The first groups of all matches that are accepted.
fn groups(pattern: &Option<Regex>, line: &str, accepts: fn(&str) -> bool) -> Vec<Range<usize>> {
    let found = pattern.iter().flat_map(|pattern| pattern.captures_iter(line));
    let values = found.filter_map(|found| found.get(1));
    values.filter(|value| accepts(value.as_str())).map(|value| value.range()).collect()
}

/// Not `basic authentication`: base64 and tokens have capitals and digits or padding.
fn is_encoded(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit() || byte == b'=')
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
pub fn compiles() -> bool {
    TOKEN.is_some() && PARAMETERS.is_some() && BARE.is_some() && SCHEME.is_some() && COOKIE.is_some() && KEY.is_some()
}
