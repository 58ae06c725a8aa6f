//! A page of Markdown: for a comment on a pull request, or the summary of a step of GitHub Actions.

use std::fmt::Write as _;

use super::{Finding, by_level, visible};
use crate::model::count::counted;

/// Bytes that GitHub takes as the summary of one step.
pub const SUMMARY: usize = 1 << 20;

/// The findings as a table, of at most `limit` bytes; what has no room is counted.
pub fn page(findings: &[Finding], limit: usize) -> String {
    let (errors, warnings) = by_level(findings);
    if findings.is_empty() {
        return "**git-desk check**: everything is in order\n".to_owned();
    }
    let mut out = format!("**git-desk check**: {}, {}\n\n", counted(errors, "error"), counted(warnings, "warning"));
    out.push_str("| place | | code | what is wrong | fix |\n|---|---|---|---|---|\n");
    for (at, finding) in findings.iter().enumerate() {
        let row = row(finding);
        // Room for the line that counts the rest.
        if out.len() + row.len() + 100 > limit {
            let _ = writeln!(out, "\nand {} more", findings.len() - at);
            break;
        }
        out.push_str(&row);
    }
    out
}

fn row(finding: &Finding) -> String {
    let Finding { code, level, path, line, column, message, fix, .. } = finding;
    let place = if path.is_empty() { "the repository".to_owned() } else { format!("{path}:{line}:{column}") };
    let fix = fix.as_deref().unwrap_or_default();
    format!("| {} | {level} | {code} | {} | {} |\n", cell(&place), cell(message), cell(fix))
}

/// Text that shows itself and does nothing else, on one line.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Nobody is called to a pull request by a ticket's text.
            '@' => out.push_str("&#64;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
