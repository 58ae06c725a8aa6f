//! All rules that need neither the environment nor the site, in their order, and what makes a line without secrets cheap:
//! one pass says which rules may find something in it.

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use regex::{Regex, RegexSet};

use super::plain::Line;
use super::shapes::{SHAPES, Shape};
use super::{header, label, options, pair, url};

/// A rule that is more than one pattern.
struct Place {
    rule: &'static str,
    hint: &'static str,
    find: fn(&str) -> Vec<Range<usize>>,
}

const PLACES: &[Place] = &[
    Place { rule: "url", hint: "://", find: url::secrets },
    Place { rule: "authorization", hint: "(?i-u:authorization|bearer|basic)", find: header::authorizations },
    Place { rule: "cookie", hint: "(?i-u:cookie)", find: header::cookies },
    Place { rule: "header", hint: "(?i-u:key|token|secret|auth|password|signature|session)", find: header::keys },
    Place {
        rule: "password",
        hint: concat!(
            r"(?i-u:mysql|maria|sshpass|ldap|ldb|redis-cli|login|mongo|sqlcmd|bcp|ipmitool|zip|rar|isql|tsql|impacket|7z)",
            r"|(?i-u:openssl|freerdp|smb|rpcclient|nmblookup|net |curl|wget|https? |lftp|nexus|jdbc:|sqlplus|dp |rman )",
            r"|(?i-u:passw|identified|pdo|connect\(|ftp_|@tcp|@unix| -b |passphrase|pass-phrase|psk|sudo|snmp)",
        ),
        find: options::programs,
    },
    Place {
        rule: "option",
        hint: r"-(?i-u:[a-z0-9-]*(?:pass|pwd|secret|token|pat|cookie|key|cred|auth))",
        find: options::long,
    },
    Place { rule: "env", hint: "(?i-u:value)", find: pair::secrets },
    Place { rule: "password", hint: "(?i-u:pass|pwd|masterauth|psk)", find: label::passwords },
    Place { rule: "secret", hint: "(?i-u:secret|token|credential|auth|key|connection)", find: label::secrets },
];

static HINTS: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    let hints = SHAPES.iter().map(|shape| shape.hint).chain(PLACES.iter().map(|place| place.hint));
    RegexSet::new(hints.map(|hint| format!("(?-u:{hint})"))).ok()
});

static PATTERNS: [OnceLock<Option<Regex>>; SHAPES.len()] = [const { OnceLock::new() }; SHAPES.len()];

/// Takes out of a line what the rules find.
pub fn apply(line: &mut Line) {
    let Some(hints) = HINTS.as_ref() else { return };
    if !hints.is_match(line.read()) {
        return;
    }
    let hinted = hints.matches(line.read());
    for (at, (shape, pattern)) in SHAPES.iter().zip(&PATTERNS).enumerate() {
        if !hinted.matched(at) {
            continue;
        }
        if let Some(pattern) = pattern.get_or_init(|| compiled(shape)) {
            line.take_out(shape.rule, |text| shaped(pattern, text));
        }
    }
    for (at, place) in PLACES.iter().enumerate() {
        if hinted.matched(SHAPES.len() + at) {
            line.take_out(place.rule, place.find);
        }
    }
}

/// Whether a text may hold anything that the rules know, all of its lines together.
pub fn may_find(text: &str) -> bool {
    HINTS.as_ref().is_some_and(|hints| hints.is_match(text))
}

/// What the rules find in a line that stays as it is, each with the name of its rule, the surest rule first. Without
/// `labelled`, only what is known by its shape.
pub fn spans(line: &Line, labelled: bool) -> Vec<(&'static str, Range<usize>)> {
    let Some(hints) = HINTS.as_ref().filter(|hints| hints.is_match(line.read())) else { return Vec::new() };
    let hinted = hints.matches(line.read());
    let mut spans = Vec::new();
    let mut add = |rule: &'static str, found: Vec<Range<usize>>| {
        spans.extend(line.fresh(found).into_iter().map(|span| (rule, span)));
    };
    for (_, (shape, pattern)) in SHAPES.iter().zip(&PATTERNS).enumerate().filter(|(at, _)| hinted.matched(*at)) {
        if let Some(pattern) = pattern.get_or_init(|| compiled(shape)) {
            add(shape.rule, shaped(pattern, line.read()));
        }
    }
    for (at, place) in PLACES.iter().enumerate() {
        if hinted.matched(SHAPES.len() + at) && (labelled || place.rule == "url") {
            add(place.rule, (place.find)(line.read()));
        }
    }
    spans
}

/// A pattern is compiled when its hint is first met: most jobs meet none.
fn compiled(shape: &Shape) -> Option<Regex> {
    Regex::new(&in_ascii(shape.pattern)).ok()
}

/// A pattern whose word boundaries are those of ASCII, which cost nothing.
pub fn in_ascii(pattern: &str) -> String {
    pattern.replace(r"\b", r"(?-u:\b)")
}

fn shaped(pattern: &Regex, text: &str) -> Vec<Range<usize>> {
    pattern
        .captures_iter(text)
        .filter_map(|found| {
            let secret = found.iter().skip(1).flatten().next().or_else(|| found.get(0));
            // An alternative without its group says that nothing is secret.
            let of_group = found.len() == 1 || found.iter().skip(1).flatten().next().is_some();
            secret.filter(|_| of_group).map(|secret| secret.range())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(HINTS.is_some());
        for shape in SHAPES {
            assert!(compiled(shape).is_some(), "{}", shape.pattern);
        }
        let places = [label::compiles(), pair::compiles(), header::compiles(), options::compiles(), url::compiles()];
        assert_eq!(places, [true; 5]);
        for place in PLACES {
            assert_eq!((place.find)("nothing of that kind"), Vec::<Range<usize>>::new());
        }
    }
}
