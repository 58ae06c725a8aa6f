//! Annotations for GitHub Actions: workflow commands on stdout (`::error file=…,line=…::message`), as GitHub documents
//! them and its runner's toolkit escapes them. Of one step it shows ten errors and ten warnings and drops the rest.

use std::fmt::Write as _;

use super::{Finding, visible};

/// Annotations of one level that GitHub shows of a step.
const SHOWN: usize = 10;

/// The annotations: of each level those on changed lines first. Where there are more than are shown, the last one says
/// how many.
pub fn annotations(findings: &[Finding]) -> String {
    let mut out = String::new();
    for level in ["error", "warning"] {
        let mut of_level: Vec<&Finding> = findings.iter().filter(|finding| finding.level == level).collect();
        of_level.sort_by_key(|finding| !finding.touched);
        let room = if of_level.len() > SHOWN { SHOWN - 1 } else { SHOWN };
        for finding in of_level.iter().take(room) {
            let _ = writeln!(out, "::{level} {}::{}", properties(finding), data(&visible(&finding.words())));
        }
        if let Some(more) = of_level.len().checked_sub(room).filter(|more| *more > 0) {
            let _ = writeln!(out, "::{level} title=git-desk::and {more} more; the summary of this step has them all");
        }
    }
    out
}

fn properties(finding: &Finding) -> String {
    let Finding { code, path, line, column, .. } = finding;
    if path.is_empty() {
        return format!("title={code}");
    }
    format!("file={},line={line},col={column},title={code}", property(&visible(path)))
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value in front of the text.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
