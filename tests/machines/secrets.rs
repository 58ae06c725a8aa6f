//! No secret of a job's output, of its command line or of a monitor's words is kept: not in history, not in the spool,
//! not in what is remembered of the job, not in a mail.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use super::only;
use crate::support::TestDesk;

#[path = "../fixtures/secrets/corpus.rs"]
mod corpus;

use corpus::{Case, harmless, leaks, left};

/// A desk with the site's own rules, which are known to the spool from the first flush on.
fn desk() -> TestDesk {
    let desk = TestDesk::new();
    let policy = desk.path().join("desk.toml");
    let text = fs::read_to_string(&policy).unwrap();
    let rules = "\n[redact]\nenv = [\"HANDSHAKE\"]\npatterns = ['site-\\d{4}-[a-z]{4}']\n";
    fs::write(&policy, format!("{text}{rules}")).unwrap();
    desk.git(&["commit", "-qam", "redact"]);
    desk.run(&["flush"]).ok();
    desk
}

/// Runs a command in the environment of a case, with a text on stdin.
fn feed(desk: &TestDesk, case: &Case, input: &str, words: &[&str]) -> Output {
    let mut command = desk.command(words);
    command.envs(case.environment.iter().map(|(name, value)| (name, value)));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// All that lies on the disk: files, and what git has packed away.
fn everything(desk: &TestDesk) -> String {
    let objects = desk.program("git", &["cat-file", "--batch-all-objects", "--batch"]).output().unwrap();
    let mut all = String::from_utf8_lossy(&objects.stdout).into_owned();
    let mut folders = vec![desk.outside().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            all += &path.display().to_string();
            match path.is_dir() {
                true => folders.push(path),
                false => all += &text_of(&path),
            }
        }
    }
    all
}

fn text_of(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

/// The pieces of the cases' secrets that a text still has: any eight characters in a row.
fn leaked(cases: &[Case], text: &str) -> Vec<String> {
    let secrets = || cases.iter().flat_map(|case| case.secrets.iter().map(move |secret| (case, secret.as_bytes())));
    // Most places of a text begin no piece, and there are many places.
    let mut begins = vec![false; 1 << 16];
    let mut pieces: HashMap<&[u8], &str> = HashMap::new();
    for (case, secret) in secrets() {
        for piece in secret.windows(secret.len().min(8)) {
            begins[usize::from(piece[0]) << 8 | usize::from(piece[1])] = true;
            pieces.insert(piece, &case.title);
        }
    }
    let shortest = pieces.keys().map(|piece| piece.len()).min().unwrap_or(8);
    let text = text.as_bytes();
    let mut found = BTreeSet::new();
    for (at, pair) in text.windows(2).enumerate() {
        if begins[usize::from(pair[0]) << 8 | usize::from(pair[1])] {
            let known = (shortest..=8).filter_map(|length| pieces.get_key_value(text.get(at..at + length)?));
            found.extend(known.map(|(piece, title)| format!("{title}: {}", String::from_utf8_lossy(piece))));
        }
    }
    found.into_iter().collect()
}

#[test]
fn what_a_job_prints_is_kept_without_its_secrets() {
    let (desk, cases) = (desk(), leaks());
    let mut mails = String::new();
    for (number, case) in cases.iter().enumerate() {
        let name = format!("job-{number}");
        let run = |input: &str| {
            let words = ["run", "--name", &name, "--mail", "changes", "--", "sh", "-c", "cat; exit 1"];
            String::from_utf8(feed(&desk, case, input, &words).stdout).unwrap()
        };
        mails += &run(&case.output);
        // Of another kind than before, of which the mail tells; it tells of all in the same way.
        if number % 6 > 0 {
            continue;
        }
        let other = run("something else\n");
        assert!(other.contains("new since last time"), "{}: {other}", case.title);
        mails += &other;
    }
    assert_eq!(desk.run(&["list", "is:open", "--count"]).ok(), format!("{}\n", cases.len()));
    assert_eq!(leaked(&cases, &mails), [""; 0]);
    assert_eq!(leaked(&cases, &everything(&desk)), [""; 0]);
}

#[test]
fn what_a_monitor_says_is_kept_without_its_secrets() {
    let (desk, cases) = (desk(), leaks());
    for (number, case) in cases.iter().enumerate() {
        let key = format!("key-{number}");
        let (title, note) = (format!("--title={}", case.output), format!("--note={}", case.output));
        let words = ["event", "trigger", "--key", &key, "-F", "-", &title, &note];
        let output = feed(&desk, case, &case.output, &words);
        assert!(output.status.success(), "{}: {}", case.title, String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(desk.run(&["list", "is:open", "--count"]).ok(), format!("{}\n", cases.len()));
    assert_eq!(leaked(&cases, &everything(&desk)), [""; 0]);
}

#[test]
fn a_command_line_a_name_and_a_key_are_kept_without_their_secrets() {
    let desk = desk();
    let secret = "k7Wq2ZpLm94t";
    let kept_nowhere = |words: &[&str]| {
        let run = desk.command(words).env("APP_TOKEN", secret).output().unwrap();
        assert!(run.status.code().is_some(), "{words:?}");
        let all = everything(&desk) + &String::from_utf8_lossy(&run.stdout);
        assert_eq!(left(secret, &all), None, "{words:?}");
    };
    let shell = format!("mysql -p{secret} app; exit 1");
    let before = format!("PGPASSWORD={secret} false");
    let url = format!("https://app:{secret}@api.example.org/");
    let header = format!("Authorization: Bearer {secret}");
    let key = format!("disk/password={secret}");
    let mail = ["run", "--mail", "changes"];
    kept_nowhere(&[&mail[..], &["--", "sh", "-c", &shell]].concat());
    kept_nowhere(&[&mail[..], &["--sh", "--", &before]].concat());
    kept_nowhere(&[&mail[..], &["--expect-every", "1h", "--name", &url, "--", "false"]].concat());
    kept_nowhere(&[&mail[..], &["--", "sh", "-c", "exit 1", "-H", &header]].concat());
    kept_nowhere(&["run", "--timout", "1h", "--name", secret, "--", "curl", &url]);
    kept_nowhere(&["run", "--lock", "skip", "--key", secret, "--", "false"]);
    kept_nowhere(&["event", "trigger", "--key", &key, "--title", &url, "--tag", secret, "--field", &url]);
    kept_nowhere(&["event", "ack", "--key", &key, "--note", &header, "--by", secret]);
    kept_nowhere(&["event", "resolve", "--key", &key, "--note", &url]);
}

#[test]
fn what_is_no_secret_stays_as_it_is() {
    let desk = desk();
    for (number, case) in harmless().iter().enumerate() {
        let name = format!("job-{number}");
        feed(&desk, case, &case.output, &["run", "--name", &name, "--", "sh", "-c", "cat; exit 1"]);
        let ticket = only(&desk, &format!("key:run/testhost/ana/{name}"));
        let marked: Vec<String> = case.output.lines().map(|line| format!(" | {}", line.trim_end())).collect();
        let body = ticket["body"].as_str().unwrap();
        assert!(body.ends_with(marked.join("\n").trim_end()), "{}: {body}", case.title);
        assert!(!body.contains("REDACTED") && !body.contains("taken out"), "{}: {body}", case.title);
    }
}

#[test]
fn a_secret_deep_in_a_field_or_in_any_label_is_kept_nowhere() {
    let desk = desk();
    let token = |number: usize| format!("ghp_{number}6C7e42F292c6912E7710c838347Ae178B4a");
    let nested = serde_json::json!({"key": "nest", "fields": {
        "cfg": {"password": "NestedS3cret!9x", "pin": {"api_token": 4_711_081_522_u64}},
        "list": ["plain", token(1)],
        token(2): "its name",
        "password": 8_150_247_112_u64,
    }});
    let mut child = desk.command(&["event", "import", "--from", "jsonl", "-"]);
    let mut child = child.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(nested.to_string().as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let fields = only(&desk, "key:nest")["fields"].to_string();
    assert!(fields.contains("plain") && fields.contains("its name"), "{fields}");
    let labels = [
        "--field",
        r#"cfg={"password":"CliNested9x"}"#,
        "--queue",
        &token(3),
        "--assign",
        &token(4),
        "--severity",
        "password=SevS3cret9x",
        "--priority",
        &token(5),
        "--requester",
        "https://u:ReqS3cret@h/x",
    ];
    desk.run(&[&["event", "trigger", "--key", "labels"], &labels[..]].concat()).ok();
    desk.run(&[&["run", "--name", "j", "--expect-every", "1h"], &labels[..], &["--", "false"]].concat());
    let all = everything(&desk);
    let secrets = ["NestedS3cret", "CliNested9x", "SevS3cret9x", "ReqS3cret", "4711081522", "8150247112"];
    let left: Vec<&str> = secrets.into_iter().filter(|secret| all.contains(secret)).collect();
    assert_eq!((left, all.matches("6C7e42F292c6912E77").count()), (Vec::<&str>::new(), 0));
}

#[test]
fn a_mail_names_no_folder_with_its_secret() {
    let desk = desk();
    let secret = "ghp_56C7e42F292c6912E7710c838347Ae178B4a";
    let said = desk.at(&format!("desk/{secret}")).run(&["run", "--name", "cwd", "--mail", "changes", "--", "false"]);
    assert!(said.stdout.contains("/desk/[REDACTED:") && !said.stdout.contains(secret), "{said}");
}
