//! `check --format`: what each tool is given is as its maker says it must be.

use std::fs;

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::support::{TestDesk, ticket_path};

/// A desk with an error, a warning, and text from a ticket that would be an attack in every format.
fn desk() -> (TestDesk, String) {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.change(&desk.file(&id), "queue = \"l1\"", "queue = \"a::error::x%0A<b>&]]>|`@team\\u001B[2J\\u202E\u{fffe}\"");
    desk.change(&desk.file(&id), "waiting_on = \"\"", "waiting_on = \"vendor\"");
    desk.git(&["commit", "-qam", "by hand"]);
    (desk, id)
}

fn print(desk: &TestDesk, format: &str) -> String {
    let run = desk.run(&["check", "--format", format]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""), "{run}");
    run.stdout
}

#[test]
fn annotations_for_github() {
    let (desk, id) = desk();
    assert_data_eq!(
        print(&desk, "github").replace(&id, "ID"),
        str![[r#"
::error file=tickets/2026/11/24/ID.toml,line=13,col=9,title=DSK301::there is no queue "a::error::x%250A<b>&]]>|`@team/u{1b}[2J/u{202e}￾"
::warning file=tickets/2026/11/24/ID.toml,line=7,col=14,title=DSK407::`waiting_on` is set although the ticket is new; fix: waiting_on = ""

"#]]
    );
}

#[test]
fn github_gets_the_rest_in_the_summary_of_the_step() {
    let desk = TestDesk::new();
    for number in 0..13 {
        let id = desk.open(&format!("no {number}"), &[]);
        desk.change(&desk.file(&id), "queue = \"l1\"", "queue = \"l9\"");
    }
    let summary = desk.outside().join("summary.md");
    fs::write(&summary, "before\n").unwrap();
    let mut command = desk.command(&["check", "--format", "github"]);
    let ran = command.env("GITHUB_STEP_SUMMARY", &summary).output().unwrap();
    let annotations = String::from_utf8(ran.stdout).unwrap();
    assert_eq!((ran.status.code(), annotations.lines().count()), (Some(1), 10), "{annotations}");
    assert!(annotations.ends_with("and 4 more; the summary of this step has them all\n"), "{annotations}");
    let page = fs::read_to_string(summary).unwrap();
    assert!(page.starts_with("before\n**git-desk check**: 13 errors, 0 warnings\n"), "{page}");
    assert_eq!(page.lines().filter(|line| line.contains("DSK301")).count(), 13);
}

#[test]
fn the_report_for_gitlab_has_what_gitlab_asks_for() {
    let (desk, id) = desk();
    let report: Value = serde_json::from_str(&print(&desk, "gitlab")).unwrap();
    // The keys that GitLab's documentation of Code Quality reports names.
    let schema = json!({
        "type": "array", "minItems": 2, "uniqueItems": true,
        "items": {
            "type": "object", "additionalProperties": false,
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string"}, "check_name": {"pattern": "^DSK[0-9]{3}$"},
                "fingerprint": {"pattern": "^[0-9a-f]{64}$"},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object", "additionalProperties": false, "required": ["path", "lines"],
                    "properties": {"path": {"const": ticket_path(&id)},
                                   "lines": {"type": "object", "required": ["begin"],
                                             "properties": {"begin": {"type": "integer", "minimum": 1}}}},
                },
            },
        },
    });
    holds(&schema, &report);
}

#[test]
fn fields_are_chosen_as_of_any_list() {
    let (desk, _) = desk();
    let run = |words: &[&str]| desk.run(&[&["check"], words].concat());
    assert_eq!(run(&["-o", "tsv", "--fields", "code,line"]).stdout.lines().next(), Some("DSK407\t7"));
    let chosen: Value = serde_json::from_str(&run(&["--json=code"]).stdout).unwrap();
    assert_eq!(chosen[0], json!({"code": "DSK407"}));
    assert!(run(&["--fields", "cod"]).fails(2).contains("did you mean `code`?"));
}

#[test]
fn what_is_about_no_file_stands_at_the_policy_in_sarif_too() {
    let (desk, _) = desk();
    desk.git(&["clone", "-q", "--depth", "1", &format!("file://{}", desk.path().display()), "../cut"]);
    let log: Value = serde_json::from_str(&print(&desk.at("cut"), "sarif")).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let place = |one: &Value| one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert!(results.iter().all(|one| place(one).is_string()), "{results:#?}");
    assert!(results.iter().any(|one| place(one) == "desk.toml"), "{results:#?}");
}

fn holds(schema: &Value, value: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
}

#[test]
fn the_log_for_sarif_holds_against_the_standard() {
    let (desk, id) = desk();
    desk.git(&["clone", "-q", "--depth", "1", &format!("file://{}", desk.path().display()), "../shallow"]);
    let schema: Value = serde_json::from_str(include_str!("../../fixtures/sarif-2.1.0.json")).unwrap();
    for desk in [desk.at("shallow"), desk] {
        let log: Value = serde_json::from_str(&print(&desk, "sarif")).unwrap();
        holds(&schema, &log);
        let result =
            log["runs"][0]["results"].as_array().unwrap().iter().find(|one| one["ruleId"] == "DSK301").unwrap();
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], ticket_path(&id));
        assert_eq!(place["region"], json!({"startLine": 13, "startColumn": 9}));
        let at = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][at]["id"], "DSK301");
    }
}

/// Elements of a document of XML with their attributes, read strictly: what is no well-formed XML 1.0 ends the test.
fn elements(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a declaration");
    let allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(allowed), "a character that XML has not");
    let entities = |text: &str| {
        for part in text.split('&').skip(1) {
            let name = part.split_once(';').expect("an entity ends").0;
            assert!(["amp", "lt", "gt", "quot", "apos", "#10", "#13"].contains(&name), "{name}");
        }
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&")
    };
    let (mut open, mut found) = (Vec::new(), Vec::new());
    for part in rest.split('<').skip(1) {
        let (tag, content) = part.split_once('>').expect("a tag ends");
        entities(content);
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "elements are nested");
            continue;
        }
        let empty = tag.ends_with('/');
        let (name, mut attributes) =
            tag.trim_end_matches('/').split_once(' ').unwrap_or((tag.trim_end_matches('/'), ""));
        let mut pairs: Vec<(String, String)> = Vec::new();
        while let Some((key, behind)) = attributes.trim_start().split_once("=\"") {
            let (value, behind) = behind.split_once('"').expect("a value ends");
            assert!(pairs.iter().all(|(known, _)| known != key), "{key} is there twice");
            pairs.push((key.to_owned(), entities(value)));
            attributes = behind;
        }
        assert_eq!(attributes.trim(), "", "{tag}");
        if !empty {
            open.push(name.to_owned());
        }
        found.push((name.to_owned(), pairs));
    }
    assert_eq!(open, [""; 0], "every element is closed");
    found
}

fn keys(element: &(String, Vec<(String, String)>)) -> (&str, Vec<&str>) {
    (element.0.as_str(), element.1.iter().map(|(key, _)| key.as_str()).collect())
}

#[test]
fn the_xml_of_checkstyle_has_its_elements_and_no_others() {
    let (desk, id) = desk();
    let elements = elements(&print(&desk, "checkstyle"));
    let error = ("error", vec!["line", "column", "severity", "message", "source"]);
    let shape = [("checkstyle", vec!["version"]), ("file", vec!["name"]), error.clone(), error];
    assert_eq!(elements.iter().map(keys).collect::<Vec<_>>(), shape);
    assert_eq!(elements[1].1[0].1, ticket_path(&id));
    let severities: Vec<&str> = elements[2..].iter().map(|one| one.1[2].1.as_str()).collect();
    assert_eq!(severities, ["warning", "error"]);
    assert!(
        elements[3].1[3].1.starts_with("there is no queue \"a::error::x%0A<b>&]]>|`@team\\u{1b}[2J\\u{202e}\u{fffd}\"")
    );
}

#[test]
fn the_xml_of_junit_counts_what_fails() {
    let (desk, _) = desk();
    let all = elements(&print(&desk, "junit"));
    let shape: Vec<&str> = all.iter().map(|one| one.0.as_str()).collect();
    assert_eq!(shape, ["testsuites", "testsuite", "testcase", "system-out", "testcase", "failure"]);
    let counts: Vec<&str> = all[1].1.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(keys(&all[1]).1, ["name", "tests", "failures", "errors", "skipped"]);
    assert_eq!(counts, ["git-desk check", "2", "1", "0", "0"]);
    assert_eq!(keys(&all[2]).1, ["name", "classname"]);
    assert_eq!(keys(&all[5]).1, ["type", "message"]);
    let strict = desk.run(&["check", "--format", "junit", "--fail-level", "warning"]);
    assert!(strict.stdout.contains("failures=\"2\""), "{strict}");
    let good = TestDesk::new().run(&["check", "--format", "junit"]).ok();
    assert_eq!(elements(&good).len(), 3, "one test that went well");
}

#[test]
fn json_and_markdown_and_words_for_people() {
    let (desk, id) = desk();
    let findings: Vec<Value> = serde_json::from_str(&print(&desk, "json")).unwrap();
    let whole: Vec<Value> = serde_json::from_str(&desk.run(&["check", "--json"]).stdout).unwrap();
    assert_eq!(findings, whole);
    assert_data_eq!(
        print(&desk, "human").replace(&id, "ID"),
        str![[r#"
tickets/2026/11/24/ID.toml:7:14  DSK407  `waiting_on` is set although the ticket is new (warning)
  fix: waiting_on = ""
tickets/2026/11/24/ID.toml:13:9  DSK301  there is no queue "a::error::x%0A<b>&]]>|`@team␛[2J/u{202e}￾"

"#]]
    );
    assert!(print(&desk, "markdown").starts_with("**git-desk check**: 1 error, 1 warning\n\n| place |"));
    assert!(desk.run(&["check", "--format", "xml"]).fails(2).contains("one of human, github"));
}

#[test]
fn a_file_that_is_called_like_an_attack_is_shown_to_the_log_as_text() {
    let desk = TestDesk::new();
    let folder = desk.path().join("tickets/2026");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("x\u{1b}[2J,\u{202e}.toml"), "x = 1\n").unwrap();
    let told = desk.run(&["check", "--format", "github"]).stdout;
    assert!(told.starts_with("::error file=tickets/2026/x\\u{1b}[2J%2C\\u{202e}.toml,line=1"), "{told}");
    assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told}");
}
