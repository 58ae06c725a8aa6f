//! The XML of Checkstyle, which many review tools read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Finding;
use super::xml::escaped;

/// The report, file by file. What is about no file stands under `whole`.
pub fn report(findings: &[Finding], whole: &str) -> String {
    let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        let path = if finding.path.is_empty() { whole } else { &finding.path };
        files.entry(path).or_default().push(finding);
    }
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n".to_owned();
    for (path, findings) in files {
        let _ = writeln!(out, "  <file name=\"{}\">", escaped(path));
        for finding in findings {
            let Finding { code, level, line, column, .. } = finding;
            let words = escaped(&finding.words());
            let _ = writeln!(
                out,
                "    <error line=\"{line}\" column=\"{column}\" severity=\"{level}\" message=\"{words}\" source=\"git-desk.{code}\"/>"
            );
        }
        out.push_str("  </file>\n");
    }
    out.push_str("</checkstyle>\n");
    out
}
