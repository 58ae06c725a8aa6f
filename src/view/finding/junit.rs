//! The XML of JUnit, as Jenkins and the forges read it: a finding that makes the check fail is a test that failed.

use std::fmt::Write as _;

use super::Finding;
use super::xml::escaped;

/// The report. A finding that does not make the check fail is a test that went well, with what there is to say as its
/// output; without any finding one test says so, as an empty suite passes for a mistake.
pub fn report(findings: &[Finding], whole: &str, fails: impl Fn(&Finding) -> bool) -> String {
    let failures = findings.iter().filter(|finding| fails(finding)).count();
    let tests = findings.len().max(1);
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"");
    let _ = writeln!(out, "<testsuites name=\"git-desk check\" {counts}>");
    let _ = writeln!(out, "  <testsuite name=\"git-desk check\" {counts} skipped=\"0\">");
    if findings.is_empty() {
        out.push_str("    <testcase name=\"everything is in order\" classname=\"git-desk\"/>\n");
    }
    for finding in findings {
        let path = if finding.path.is_empty() { whole } else { &finding.path };
        let Finding { code, level, line, column, .. } = finding;
        let name = escaped(&format!("{code} {path}:{line}:{column}"));
        let _ = writeln!(out, "    <testcase name=\"{name}\" classname=\"{}\">", escaped(path));
        let words = escaped(&finding.words());
        let _ = match fails(finding) {
            true => {
                writeln!(out, "      <failure type=\"{code}\" message=\"{words}\">{name}: {level}: {words}</failure>")
            }
            false => writeln!(out, "      <system-out>{name}: {level}: {words}</system-out>"),
        };
        out.push_str("    </testcase>\n");
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}
