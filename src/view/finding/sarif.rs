//! SARIF 2.1.0, the OASIS standard for what analysers find.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Finding;
use super::codes::{CODES, Code};
use super::gitlab::fingerprint;

/// A log of one run. What is about no file stands at the file `whole`.
pub fn log(findings: &[Finding], whole: &str) -> Value {
    let used: BTreeSet<&str> = findings.iter().map(|finding| finding.code).collect();
    let rules: Vec<&Code> = CODES.iter().filter(|code| used.contains(code.code)).collect();
    let mut seen: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut results = Vec::new();
    for finding in findings {
        let count = seen.entry((finding.code, &finding.path, &finding.message)).or_default();
        results.push(result(finding, whole, &rules, *count));
        *count += 1;
    }
    let described: Vec<Value> = rules
        .iter()
        .map(|code| json!({"id": code.code, "shortDescription": {"text": code.what}, "helpUri": HELP}))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "git-desk", "version": env!("CARGO_PKG_VERSION"), "rules": described}},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {"ROOT": {"description": {"text": "the top of the repository"}}},
            "results": results,
        }],
    })
}

/// What a reader who has the program may type; a URI, as the standard asks for one.
const HELP: &str = "help:git-desk-check-codes";

fn result(finding: &Finding, whole: &str, rules: &[&Code], count: usize) -> Value {
    let path = if finding.path.is_empty() { whole } else { &finding.path };
    let mut result = json!({
        "ruleId": finding.code,
        "level": finding.level,
        "message": {"text": finding.words()},
        "partialFingerprints": {"deskFinding/v1": fingerprint(finding, count)},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(path), "uriBaseId": "ROOT"},
            "region": {"startLine": finding.line, "startColumn": finding.column},
        }}],
    });
    if let Some(at) = rules.iter().position(|code| code.code == finding.code) {
        result["ruleIndex"] = json!(at);
    }
    result
}

/// A path as a relative reference of RFC 3986.
fn uri(path: &str) -> String {
    path.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    })
}
