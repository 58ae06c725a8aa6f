//! `setup ci`

use std::fs;
use std::path::Path;

use crate::support::TestDesk;

const FORGES: [(&str, &str); 3] = [
    ("github", ".github/workflows/desk.yml"),
    ("gitlab", ".gitlab/desk.yml"),
    ("forgejo", ".forgejo/workflows/desk.yml"),
];

#[test]
fn the_workflows_of_the_examples_are_those_that_are_written() {
    let desk = TestDesk::new();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci");
    for (forge, path) in FORGES {
        let example = fs::read_to_string(examples.join(format!("{forge}.yml"))).unwrap();
        assert_eq!(desk.run(&["setup", "ci", forge, "--print"]).ok(), example, "examples/ci/{forge}.yml");
        assert_eq!(desk.run(&["setup", "ci", forge]).ok(), format!("{path}\n"));
        assert_eq!(fs::read_to_string(desk.path().join(path)).unwrap(), example);
        let depth = example.find("fetch-depth: 0").or(example.find("GIT_DEPTH: 0")).expect("all of history");
        assert!(example[..depth].contains("# All of history"), "the reason stands beside it");
    }
}

/// The shell lines of a workflow, run as a runner runs them, on a detached commit.
#[test]
fn the_line_that_a_runner_runs_checks_the_pull_request() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    desk.git(&["checkout", "-q", "--detach"]);
    desk.change(&desk.file(&id), "status = \"new\"", "status = \"closed\"");
    desk.git(&["commit", "-qam", "by hand"]);
    let folder = Path::new(env!("CARGO_BIN_EXE_git-desk")).parent().unwrap().display().to_string();
    let base = desk.git(&["rev-parse", "HEAD~1"]);
    for (forge, _) in FORGES {
        let workflow = fs::read_to_string(format!("{}/examples/ci/{forge}.yml", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let line = workflow.lines().find(|line| line.contains("git-desk check")).unwrap().trim();
        let line = line.trim_start_matches("run: ").trim_start_matches("- ");
        let run = |base: (&str, &str)| {
            let script =
                format!("PATH='{folder}':$PATH; {line}; echo exit $?; cat gl-*.json 2>/dev/null; rm -f gl-*.json");
            let ran = desk.program("bash", &["-c", &script]).env(base.0, base.1).output().unwrap();
            String::from_utf8(ran.stdout).unwrap() + &String::from_utf8_lossy(&ran.stderr)
        };
        let variable =
            if forge == "gitlab" { ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.trim()) } else { ("BASE", "main") };
        for said in [run(variable), run((variable.0, ""))] {
            assert!(said.contains("exit 1") && said.contains("DSK402"), "{forge}: {said}");
        }
        let hostile = run((variable.0, "x; echo hacked; $(echo hacked)"));
        assert!(!hostile.lines().any(|line| line == "hacked"), "{forge}: {hostile}");
    }
}

#[test]
fn the_summary_of_a_step_says_what_the_pull_request_changes() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    desk.run(&["set", &id, "location=Ghent"]).ok();
    desk.git(&["checkout", "-q", "--detach"]);
    let folder = Path::new(env!("CARGO_BIN_EXE_git-desk")).parent().unwrap().display().to_string();
    let workflow = fs::read_to_string(format!("{}/examples/ci/github.yml", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let line = workflow.lines().find(|line| line.contains("git-desk diff")).unwrap().trim();
    let script = format!("PATH='{folder}':$PATH; {}", line.trim_start_matches("run: "));
    let summary = desk.outside().join("summary");
    let mut runner = desk.program("bash", &["-c", &script]);
    let ran = runner.env("BASE", "main").env("GITHUB_STEP_SUMMARY", &summary).output().unwrap();
    assert_eq!((ran.status.code(), String::from_utf8(ran.stderr).unwrap()), (Some(0), String::new()));
    assert_eq!(
        fs::read_to_string(summary).unwrap(),
        format!(
            "| ticket | title | change | from | to | by | sla |\n|---|---|---|---|---|---|---|\n\
             | {id} | Printer | status | new | active | ana | ack stops, met |\n| {id} | Printer | location |  | Ghent | ana |  |\n"
        )
    );
}

#[test]
fn a_file_that_is_different_stays_and_a_link_is_not_followed() {
    let desk = TestDesk::new();
    let path = desk.path().join(".github/workflows/desk.yml");
    desk.run(&["setup", "ci", "github"]).ok();
    desk.run(&["setup", "ci", "github"]).ok();
    fs::write(&path, "name: mine\n").unwrap();
    assert!(desk.run(&["setup", "ci", "github"]).fails(5).contains("is there and different"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "name: mine\n");
    let own = ["setup", "ci", "github", "--force", "--install", "echo \"it's: here\" # x"];
    desk.run(&own).ok();
    assert!(fs::read_to_string(&path).unwrap().contains(r#"run: "echo \"it's: here\" # x""#));
    let elsewhere = desk.outside().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, desk.path().join(".forgejo")).unwrap();
    assert!(desk.run(&["setup", "ci", "forgejo"]).fails(5).contains("is a link"));
    assert!(TestDesk::bare().run(&["setup", "ci", "gitlab"]).fails(7).contains("no worktree"));
}
