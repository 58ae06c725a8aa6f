//! GitLab's Code Quality report: the subset of Code Climate's JSON that GitLab reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Finding;

/// The report. GitLab takes two findings of one fingerprint for one, and follows a finding from one report to the next
/// by it: it is of the code, the file and the message, not of the line, and equal ones are counted.
pub fn report(findings: &[Finding], whole: &str) -> Value {
    let mut seen: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let entry = |finding: &Finding, count: usize| {
        json!({
            "description": finding.words(),
            "check_name": finding.code,
            "fingerprint": fingerprint(finding, count),
            "severity": if finding.is_error() { "major" } else { "minor" },
            "location": {"path": if finding.path.is_empty() { whole } else { &finding.path },
                         "lines": {"begin": finding.line}},
        })
    };
    let mut entries = Vec::new();
    for finding in findings {
        let count = seen.entry((finding.code, &finding.path, &finding.message)).or_default();
        entries.push(entry(finding, *count));
        *count += 1;
    }
    Value::Array(entries)
}

/// The same wherever in its file a finding stands; `count` tells apart those that are equal.
pub fn fingerprint(finding: &Finding, count: usize) -> String {
    let text = [finding.code, &finding.path, &finding.message, &count.to_string()].join("\0");
    Sha256::digest(text).iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
