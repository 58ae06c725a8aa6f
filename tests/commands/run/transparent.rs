//! Nobody can tell that a job is wrapped: output byte for byte, exit code, signals, whatever the desk and the spool are.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::{TestDesk, terminal};

fn output(desk: &TestDesk, options: &[&str], script: &str) -> Output {
    let words = [&["run", "--name", "job"], options, &["--", "sh", "-c", script]].concat();
    desk.command(&words).output().unwrap()
}

/// The same without us.
fn bare(desk: &TestDesk, script: &str) -> Output {
    desk.program("sh", &["-c", script]).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap_or(0))
}

/// Scripts whose output and end are compared.
const SCRIPTS: &[&str] = &[
    "exit 0",
    "printf 'a\\0b\\377\\r\\n\\033[31mred'; printf 'e\\200' >&2; exit 3",
    "head -c 3000000 /dev/urandom > bytes; cat bytes; cat bytes >&2; exit 1",
    "exec >&-; echo only >&2; exit 2",
    "exec >&- 2>&-; exit 4",
    "echo before; kill -9 $$",
    "echo before; kill -TERM $$",
    "exit 255",
];

/// A desk or a spool in a state that must make no difference.
fn worlds() -> Vec<(&'static str, TestDesk)> {
    let nothing = TestDesk::nowhere();
    let missing = TestDesk::nowhere().with("GIT_DESK_REPO", "/no/such/desk");
    let broken = TestDesk::bare();
    fs::write(broken.path().join("HEAD"), "nonsense").unwrap();
    let file = TestDesk::bare().with("GIT_DESK_SPOOL", "/dev/null");
    let nonsense = TestDesk::bare().with("GIT_DESK_OUTPUT", "nonsense");
    vec![
        ("a desk", TestDesk::bare()),
        ("nothing", nothing),
        ("a missing desk", missing),
        ("a broken desk", broken),
        ("a spool that takes nothing", file),
        ("preferences that cannot be", nonsense),
    ]
}

#[test]
fn output_and_end_are_those_of_the_job_whatever_is_around() {
    for (world, desk) in worlds() {
        for script in SCRIPTS {
            let without = bare(&desk, script);
            if script.contains("urandom") {
                // What is random is compared with what it was.
                let with = output(&desk, &[], &script.replace("head -c 3000000 /dev/urandom > bytes; ", ""));
                assert_eq!(with.stdout, without.stdout, "{world}: {script}");
                assert_eq!(with.stderr, without.stderr, "{world}: {script}");
                continue;
            }
            let with = output(&desk, &[], script);
            assert_eq!(
                (code(&with), &with.stdout, &with.stderr),
                (code(&without), &without.stdout, &without.stderr),
                "{world}: {script}"
            );
        }
    }
}

#[test]
fn programs_that_are_not_there_or_cannot_be_run_end_as_a_shell_has_it() {
    let desk = TestDesk::bare();
    fs::write(desk.path().join("text"), "no program").unwrap();
    fs::set_permissions(desk.path().join("text"), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(desk.run(&["run", "--", "/no/such/program"]).code, 127);
    assert_eq!(desk.run(&["run", "--", "./text"]).code, 126);
    assert_eq!(desk.run(&["list", "-o", "ids"]).ok().lines().count(), 2);
}

#[test]
fn a_line_for_the_shell_is_one() {
    let desk = TestDesk::bare();
    let run = desk.run(&["run", "--sh", "--", "echo a | tr a b; exit 5"]);
    assert_eq!((run.code, run.stdout.as_str()), (5, "b\n"));
}

#[test]
fn time_is_up_for_the_job_and_all_that_it_started() {
    let desk = TestDesk::bare();
    let script = "trap '' TERM; (sleep 600; touch late) & echo $! > child; sleep 600 & wait; sleep 600";
    let run = output(&desk, &["--timeout", "1s", "--kill-after", "1s"], script);
    assert_eq!(code(&run), 124);
    let child: u32 = fs::read_to_string(desk.path().join("child")).unwrap().trim().parse().unwrap();
    // It is gone, or a corpse that nobody has buried yet.
    let state = fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "{state}");
    assert!(desk.run(&["list", "-o", "jsonl"]).ok().contains("stopped after 1s"));
}

#[test]
fn time_is_up_for_all_of_a_job_on_a_terminal_and_for_nobody_beside_it() {
    let desk = TestDesk::bare();
    // One ignores that it is asked to end, and one has lost whoever started it.
    let job = "trap '' TERM; sh -c 'trap \"\" TERM; sleep 600 & echo $! > child; wait; sleep 600' & \
               (sleep 600 & echo $! > orphan) ; sleep 0.3; echo ready; while :; do sleep 600; done";
    // Looked at before the shell has gone, for the terminal ends with it all that is left.
    let line = format!(
        "sleep 600 & echo $! > beside; '{}' run --name job --timeout 1s --kill-after 1s -- sh -c \"$JOB\" | cat; \
         sleep 0.2; for name in child orphan beside; do \
         grep -qs '^State:.[RSDT]' /proc/$(cat $name)/status && echo $name lives; done; kill $(cat beside); echo over",
        env!("CARGO_BIN_EXE_git-desk")
    );
    let desk = desk.with("JOB", job);
    let (_, screen) = terminal::converse(desk.program("sh", &["-c", &line]), None, &[("over", "")]);
    assert_eq!(screen.replace("\r\n", "\n"), "ready\nbeside lives\nover\n");
    assert!(desk.run(&["list", "-o", "jsonl"]).ok().contains("stopped after 1s"));
}

#[test]
fn signals_that_programs_agree_on_reach_the_job_alone() {
    let desk = TestDesk::bare();
    let script = "trap 'echo one' USR1; trap 'echo two' USR2; trap 'echo size; enough=1' WINCH; sleep 600 & echo ready; \
                  while [ -z \"$enough\" ]; do sleep 0.05; done; kill $! && echo child; exit 9";
    let mut child = desk.command(&["run", "--", "sh", "-c", script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut said = Vec::new();
    for signal in ["-USR1", "-USR2", "-WINCH"] {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut out, &mut line).unwrap();
        said.push(line);
        assert!(desk.program("kill", &[signal, &child.id().to_string()]).status().unwrap().success());
    }
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut out, &mut rest).unwrap();
    assert_eq!((said.concat() + &rest).as_str(), "ready\none\ntwo\nsize\nchild\n");
    assert_eq!(child.wait().unwrap().code(), Some(9));
}

#[test]
fn something_that_the_job_leaves_running_holds_nobody_up() {
    let desk = TestDesk::bare();
    let began = Instant::now();
    let run = output(&desk, &[], "sleep 60 & echo started; exit 3");
    assert_eq!((code(&run), run.stdout.as_slice()), (3, b"started\n".as_slice()));
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_signal_reaches_the_job_and_its_end_is_told() {
    let desk = TestDesk::bare();
    let script = "trap 'echo caught; exit 9' TERM; echo ready; while :; do sleep 0.05; done";
    let mut child =
        desk.command(&["run", "--name", "job", "--", "sh", "-c", script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut ready = [0; 6];
    std::io::Read::read_exact(&mut out, &mut ready).unwrap();
    assert!(desk.program("kill", &["-TERM", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut out, &mut rest).unwrap();
    assert_eq!((rest.as_str(), child.wait().unwrap().code()), ("caught\n", Some(9)));
}

#[test]
fn what_a_person_stops_is_no_failure() {
    let desk = TestDesk::bare();
    // By then the job is one process that waits.
    let script = "(sleep 0.3; echo ready) & exec sleep 600";
    let (code, screen) = desk.interrupt(&["run", "--name", "job", "--", "sh", "-c", script], "ready");
    assert_eq!(code, 130, "{screen}");
    assert_eq!(desk.run(&["list", "--count"]).ok(), "0\n");
}

#[test]
fn a_reader_that_goes_is_felt_by_the_job_as_without_us() {
    let desk = TestDesk::bare();
    let words = ["run", "--name", "job", "--", "sh", "-c", "yes; echo $? > end"];
    let mut child = desk.command(&words).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    std::io::Read::read_exact(&mut out, &mut [0; 10]).unwrap();
    drop(out);
    child.wait().unwrap();
    assert_eq!(fs::read_to_string(desk.path().join("end")).unwrap(), "141\n");
}

#[test]
fn much_output_costs_no_memory() {
    let desk = TestDesk::bare();
    let script = "dd if=/dev/zero bs=1M count=200 2>/dev/null | tr '\\0' x; grep VmHWM /proc/$PPID/status >&2";
    let run = output(&desk, &[], script);
    assert_eq!(run.stdout.len(), 200 << 20);
    let said = String::from_utf8(run.stderr).unwrap();
    let kib: u64 = said.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(kib < 40 << 10, "{kib} KiB");
}

#[test]
fn nothing_is_kept_where_nothing_is_to_be() {
    let desk = TestDesk::bare();
    let run = output(&desk, &["--no-output"], "echo out; echo err >&2; exit 1");
    assert_eq!((run.stdout.as_slice(), run.stderr.as_slice()), (b"out\n".as_slice(), b"err\n".as_slice()));
    let ticket = desk.run(&["list", "-o", "jsonl", "--fields", "body"]).ok();
    assert!(ticket.contains("exit 1 after") && !ticket.contains("| out"), "{ticket}");
}

#[test]
fn what_whoever_started_us_ignores_the_job_ignores_too() {
    let desk = TestDesk::bare();
    let program = env!("CARGO_BIN_EXE_git-desk");
    let job = "echo ready; sleep 1; echo lived";
    let script = format!("trap '' HUP CHLD; exec {program} run --name job -- sh -c '{job}'");
    let mut child = desk.program("sh", &["-c", &script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    std::io::Read::read_exact(&mut out, &mut [0; 6]).unwrap();
    assert!(desk.program("kill", &["-HUP", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut out, &mut rest).unwrap();
    assert_eq!((rest.as_str(), child.wait().unwrap().code()), ("lived\n", Some(0)));
    assert_eq!(desk.run(&["list", "--count"]).ok(), "0\n");
}

#[test]
fn an_interrupt_that_no_person_typed_is_a_failure_like_any_other() {
    let desk = TestDesk::bare();
    let words = ["run", "--name", "job", "--", "sh", "-c", "echo ready; exec sleep 600"];
    let mut child = desk.command(&words).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    std::io::Read::read_exact(&mut out, &mut [0; 6]).unwrap();
    // By then the job is one process that waits.
    std::thread::sleep(Duration::from_millis(300));
    assert!(desk.program("kill", &["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(desk.run(&["list", "--count"]).ok(), "1\n");
}

#[test]
fn a_job_says_nothing_of_preferences_that_cannot_be_read_and_is_not_lost_by_wrong_options_of_ours() {
    let desk = TestDesk::bare();
    let config = desk.outside().join("home/config/git-desk");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("config.toml"), "this is = = no TOML").unwrap();
    let run = output(&desk, &[], "echo out");
    assert_eq!((run.stdout.as_slice(), run.stderr.as_slice()), (b"out\n".as_slice(), b"".as_slice()));
    fs::remove_file(config.join("config.toml")).unwrap();
    assert_eq!(desk.run(&["run", "--name", "job", "--at", "yesterday", "--", "true"]).code, 125);
    assert!(desk.run(&["list"]).ok().contains("job did not start on testhost"));
    let mut broken = desk.command(&["run", "--", "true"]);
    assert_eq!(broken.env("GIT_DESK_NOW", "nonsense").output().unwrap().status.code(), Some(125));
}

#[test]
fn output_that_cannot_be_written_is_felt_by_the_job_or_is_a_failure() {
    let desk = TestDesk::bare();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    // A short one is over before it can feel anything.
    let mut short = desk.command(&["run", "--name", "job", "--", "sh", "-c", "echo hi"]);
    assert_eq!(short.stdout(full()).status().unwrap().code(), Some(0));
    let ticket = desk.run(&["list", "-o", "jsonl", "--fields", "title"]).ok();
    assert!(ticket.contains("exit 0, and its output could not be written"), "{ticket}");
    let mut long = desk.command(&["run", "--name", "long", "--", "sh", "-c", "yes; echo $? > end"]);
    long.stdout(full()).status().unwrap();
    assert_eq!(fs::read_to_string(desk.path().join("end")).unwrap(), "141\n");
}

#[test]
fn a_reader_who_takes_their_time_gets_all_of_it() {
    let desk = TestDesk::bare();
    let program = env!("CARGO_BIN_EXE_git-desk");
    // dd makes its stdout, which is ours, one that says when it takes no more.
    let script = format!(
        "(dd oflag=nonblock count=0 2>/dev/null; exec {program} run --name job -- seq 1 200000) | (sleep 1; md5sum)"
    );
    let with = desk.program("sh", &["-c", &script]).output().unwrap();
    let without = desk.program("sh", &["-c", "seq 1 200000 | md5sum"]).output().unwrap();
    assert_eq!(with.stdout, without.stdout);
}

#[test]
fn a_script_that_names_no_shell_is_run_by_sh() {
    let desk = TestDesk::bare();
    fs::write(desk.path().join("script"), "echo from sh $1\nexit 4\n").unwrap();
    fs::set_permissions(desk.path().join("script"), fs::Permissions::from_mode(0o755)).unwrap();
    let run = desk.run(&["run", "--", "./script", "with words"]);
    assert_eq!((run.code, run.stdout.as_str()), (4, "from sh with words\n"));
}

#[test]
fn what_a_job_started_ends_with_its_time_whether_it_obeys_or_not() {
    let desk = TestDesk::bare();
    let child = desk.path().join("child");
    for (trap, least, most) in [("trap '' TERM;", 2_000, 3_500), ("", 1_000, 1_900)] {
        let script =
            format!("({trap} sleep 600; true) >/dev/null 2>&1 & echo $! > '{}'; exec sleep 600", child.display());
        let began = Instant::now();
        let run = output(&desk, &["--timeout", "1s", "--kill-after", "1s", "--no-output"], &script);
        let (took, pid) = (began.elapsed().as_millis(), fs::read_to_string(&child).unwrap());
        assert_eq!(run.status.code(), Some(124));
        // It is gone, or a corpse that nobody has buried yet.
        let state = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        assert!(state.is_empty() || state.contains(") Z "), "{trap} {state}");
        assert!((least..most).contains(&took), "{trap} {took}");
    }
}
