//! Text that attacks, and files that are broken: each harms nothing but itself.

mod repositories;

use std::fs;

use crate::support::{Ran, TestDesk, ticket_path};

/// Titles that have broken other programs.
const TITLES: &[&str] = &[
    "\u{1b}]52;c;aGVsbG8=\u{7}clipboard",
    "\u{1b}[31mred\u{1b}[0m and \u{9b}31m C1",
    "right \u{202e}gnirts\u{202c} left \u{200b}zero",
    "quotes \" ' ` and \\ backslash",
    "$(touch pwned) `touch pwned` ; touch pwned",
    "-n --help",
    "=HYPERLINK(\"http://x\",\"y\")",
    "+1+1",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "| cell | cell |",
    "[x](javascript:alert(1))",
    "::error file=x::forged",
    "Desk-Act: close",
    "tab\there",
    "''' triple",
    "# comment",
    "日本語 é ß 🎫",
];

#[test]
fn hostile_titles_come_back_as_they_went_in_and_hurt_no_output() {
    let desk = TestDesk::new();
    for title in TITLES {
        let id = desk.open(title, &["-m", title]);
        let ticket = desk.ticket(&id);
        assert_eq!(ticket["title"], *title);
        assert_eq!(ticket["body"], *title);
        let body = desk.git(&["log", "-1", "--format=%(trailers:key=Desk-Act,valueonly)", "main"]);
        assert_eq!(body.trim(), "open", "{title}");
    }
    let rows = TITLES.len();
    assert_eq!(desk.run(&["list"]).ok().lines().count(), rows);
    assert_eq!(
        desk.run(&["list", "--header"]).ok().lines().filter(|line| line.split('\t').count() == 7).count(),
        rows + 1
    );
    let screens: &[&[&str]] = &[
        &["list"],
        &["search", "a"],
        &["log"],
        &["report", "summary", "--since", "2026-11-24"],
        &["list", "-o", "tsv"],
        &["list", "-o", "csv"],
        &["list", "-o", "markdown"],
        &["list", "-o", "html"],
        &["report", "summary", "--since", "2026-11-24", "-o", "csv"],
    ];
    for words in screens {
        let screen = desk.on_terminal("", &[*words, &["--color", "never"]].concat()).stdout;
        // Columns of TSV stand apart by tabs, and lines of CSV end as RFC 4180 has it.
        let ours =
            |c: char| c == '\n' || (c == '\t' && words.contains(&"tsv")) || (c == '\r' && words.contains(&"csv"));
        let bad = screen.chars().find(|c| (c.is_control() && !ours(*c)) || "\u{202e}\u{202c}\u{200b}".contains(*c));
        assert_eq!(bad, None, "{words:?}: {screen:?}");
    }
    let now = ["report", "summary", "--since", "2026-11-24"];
    for words in [["list"].as_slice(), &["list", "-o", "tsv"], &["list", "-o", "csv"], &["log"], &now] {
        let screen = desk.on_terminal("", &[words, &["--color", "never", "--raw"]].concat()).stdout;
        assert!(screen.contains('\u{1b}') && screen.contains('\u{202e}'), "the bytes were asked for: {screen:?}");
    }
    let html = desk.run(&["list", "-o", "html"]).ok();
    assert!(!html.contains("<script") && !html.contains("href=\"javascript"), "{html}");
    let csv = desk.run(&["list", "-o", "csv", "--csv-safe"]).ok();
    for line in csv.lines() {
        assert!(
            !line.contains(",=") && !line.contains(",+") && !line.contains(",@") && !line.contains(",\"="),
            "{line}"
        );
    }
    assert!(!desk.path().join("pwned").exists());
    desk.is_sound();
}

#[test]
fn a_title_of_several_lines_loses_nothing() {
    let desk = TestDesk::new();
    let long = format!("rsync failed\n{}\nlast line", "x".repeat(300));
    let id = desk.open(&long, &["-m", "and a report"]);
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["title"], "rsync failed");
    assert_eq!(ticket["body"], format!("{long}\n\nand a report"));
    let id = desk.open(&"y".repeat(250), &[]);
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["title"].as_str().unwrap().chars().count(), 200);
    assert_eq!(ticket["body"], "y".repeat(250));
}

/// Breaks the file of one of three tickets by hand and commits it.
fn with_broken(break_it: impl FnOnce(&std::path::Path)) -> (TestDesk, String) {
    let desk = TestDesk::new();
    let broken = desk.open("to be broken", &[]);
    desk.open("a good one", &[]);
    desk.open("another good one", &[]);
    break_it(&desk.file(&broken));
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "broken by hand"]);
    (desk, broken)
}

/// The good tickets are listed, writes go on, the bad file is named, `check` fails on it and on nothing else.
#[track_caller]
fn only_itself(desk: &TestDesk, broken: &str, words: &str) {
    let listed: Ran = desk.run(&["list"]);
    assert_eq!((listed.code, listed.stdout.lines().count()), (0, 2), "{listed}");
    assert!(listed.stderr.contains(&ticket_path(broken)), "{listed}");
    desk.open("writes go on", &[]);
    assert_eq!(desk.run(&["report", "summary", "-o", "markdown"]).code, 0);
    let shown = desk.run(&["show", broken]);
    let said = shown.fails(6);
    assert!(said.contains(&ticket_path(broken)) && said.contains(words), "{said}");
    let refused = desk.run(&["set", broken, "priority=p1"]).fails(6);
    assert!(refused.contains(words), "{refused}");
    let check = desk.run(&["check", "-o", "tsv"]);
    assert_eq!(check.code, 1);
    assert!(check.stdout.lines().all(|line| line.contains(broken)), "{check}");
    assert!(check.stdout.contains(words), "{check}");
}

#[test]
fn conflict_markers_damage_one_ticket() {
    let (desk, broken) = with_broken(|file| {
        let text = fs::read_to_string(file).unwrap();
        fs::write(
            file,
            text.replace(
                "status = \"new\"",
                "<<<<<<< ours\nstatus = \"new\"\n=======\nstatus = \"active\"\n>>>>>>> theirs",
            ),
        )
        .unwrap();
    });
    only_itself(&desk, &broken, "conflict");
}

#[test]
fn invalid_utf8_damages_one_ticket() {
    let (desk, broken) = with_broken(|file| {
        let mut bytes = fs::read(file).unwrap();
        bytes.extend_from_slice(b"# \xff\xfe\n");
        fs::write(file, bytes).unwrap();
    });
    only_itself(&desk, &broken, "UTF-8");
}

#[test]
fn a_body_of_ten_megabytes_damages_one_ticket() {
    let (desk, broken) = with_broken(|file| {
        let text = fs::read_to_string(file).unwrap();
        assert!(text.contains("body = '''\n'''"), "{text}");
        fs::write(file, text.replace("body = '''\n'''", &format!("body = \"{}\"", "x".repeat(10 << 20)))).unwrap();
    });
    only_itself(&desk, &broken, "bytes");
}

#[test]
fn a_hundred_thousand_nested_arrays_damage_one_ticket() {
    let (desk, broken) = with_broken(|file| {
        let mut text = fs::read_to_string(file).unwrap();
        text.push_str(&format!("\nnest = {}{}\n", "[".repeat(100_000), "]".repeat(100_000)));
        fs::write(file, text).unwrap();
    });
    only_itself(&desk, &broken, "");
}

#[test]
fn a_symlink_for_a_ticket_damages_one_ticket() {
    let (desk, broken) = with_broken(|file| {
        fs::remove_file(file).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", file).unwrap();
    });
    only_itself(&desk, &broken, "");
    assert!(!desk.run(&["show", &broken]).to_string().contains("root:"));
}

#[test]
fn an_id_that_climbs_is_no_id() {
    let desk = TestDesk::new();
    desk.open("a good one", &[]);
    for id in ["../../etc/passwd", "261124-../../x", "..", "/", ".git", "261124-aaaaaaaa/../x"] {
        let ran = desk.run(&["show", id]);
        assert!(matches!(ran.code, 2 | 3), "{id}: {ran}");
        assert_eq!(ran.stdout, "");
        assert!(matches!(desk.run(&["comment", id, "x"]).code, 2 | 3));
    }
    desk.is_sound();
}

#[test]
fn a_reader_that_leaves_early_is_success() {
    let desk = TestDesk::new();
    for number in 0..40 {
        desk.open(&format!("ticket {number} {}", "words ".repeat(30)), &["-m", &"body ".repeat(2_000)]);
    }
    for words in ["list", "list --json --fields id,body", "log", "list -o csv", "help --all", "report summary -o html"]
    {
        let line = format!("\"$0\" {words} | head -1 >/dev/null; echo \"${{PIPESTATUS[0]}}\"");
        let output = desk.program("bash", &["-c", &line, env!("CARGO_BIN_EXE_git-desk")]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "0\n", "{words}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{words}");
    }
}

#[test]
fn a_bare_environment_is_enough() {
    let desk = TestDesk::nowhere();
    let run = |words: &[&str]| {
        let mut command = desk.command(words);
        let path =
            command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value).unwrap().to_owned();
        command.env_clear().env("PATH", path);
        Ran::of(command.output().unwrap(), desk.outside())
    };
    run(&["init"]).ok();
    let id = run(&["open", "from cron"]).ok();
    assert_eq!(run(&["list", "--count"]).ok(), "1\n");
    assert_eq!(run(&["show", id.trim(), "-o", "ids"]).ok(), id);
}

#[test]
fn a_repository_that_cannot_be_written_can_be_read() {
    let desk = TestDesk::bare();
    desk.open("readable", &[]);
    let script = "chmod -R a-w . && \"$0\" list; code=$?; \"$0\" open x; echo \"$code $?\"; chmod -R u+w .";
    // Root may write anyway; as nobody the folder is what it says.
    let root = rustix::process::getuid().is_root();
    let words = ["-c", script, env!("CARGO_BIN_EXE_git-desk")];
    let output = if root {
        desk.git(&["config", "--file", desk.outside().join("gitconfig").to_str().unwrap(), "safe.directory", "*"]);
        as_nobody(&desk, script)
    } else {
        desk.program("sh", &words).output().unwrap()
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("readable") && said.contains("0 7"), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

fn as_nobody(desk: &TestDesk, script: &str) -> std::process::Output {
    let open_all = "chmod -R a+rX \"$1\"";
    desk.program("sh", &["-c", open_all, "sh", desk.outside().to_str().unwrap()]).status().unwrap();
    let binary = desk.outside().join("git-desk");
    fs::copy(env!("CARGO_BIN_EXE_git-desk"), &binary).unwrap();
    let line = script.replace("chmod -R a-w . && ", "").replace("; chmod -R u+w .", "");
    let words = ["--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", &line, binary.to_str().unwrap()];
    desk.program("setpriv", &words).output().unwrap()
}
