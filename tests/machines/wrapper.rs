//! A wrapped job is not changed by us and not held up, whatever is wrong around it.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::{count, files, is_allowed, is_there, long};
use crate::support::TestDesk;

/// What jobs do: their output and end are compared with those without us.
const JOBS: &[&str] = &[
    ":",
    "printf 'a\\0b\\377\\r\\n\\033[31m'; printf 'e\\200' >&2; exit 3",
    "exec >&-; echo only >&2; exit 2",
    "sleep 30 & echo started; exit 5",
    "seq 20000; seq 20000 >&2; kill -9 $$",
];

/// After its end a job is held no longer than this: three seconds of trying to deliver, two for what it left running,
/// and what a busy machine takes.
const HELD: Duration = Duration::from_millis(5_500);
const LEFT: Duration = Duration::from_secs(2);

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap_or(0))
}

/// Each job without us, and with us through `wrapped`, all at once.
#[track_caller]
fn nobody_can_tell(world: &str, desk: &TestDesk, wrapped: impl Fn(&str) -> Command) {
    let running = JOBS.iter().map(|job| {
        let mut command = wrapped(job);
        (job, std::thread::spawn(move || (Instant::now(), command.output().unwrap(), Instant::now())))
    });
    for (job, running) in running.collect::<Vec<_>>() {
        let without = desk.program("sh", &["-c", &job.replace("sleep 30", "sleep 0")]).output().unwrap();
        let (begin, with, end) = running.join().unwrap();
        let left = if job.contains("sleep") { LEFT } else { Duration::ZERO };
        assert_eq!(
            (code(&with), &with.stdout, &with.stderr),
            (code(&without), &without.stdout, &without.stderr),
            "{world}: {job}"
        );
        assert!(end - begin < HELD + left, "{world}: {job} was held up: {:?}", end - begin);
    }
}

fn run<'d>(desk: &'d TestDesk, options: &'d [&'d str]) -> impl Fn(&str) -> Command {
    move |job| desk.command(&[&["run", "--name", "job"], options, &["--", "sh", "-c", job]].concat())
}

#[test]
fn a_desk_that_somebody_holds_changes_nothing() {
    let desk = TestDesk::bare();
    desk.open("the first", &[]);
    let lock = files(&desk.path().join("desk")).into_iter().find(|name| name.contains("lock")).unwrap();
    let lock = desk.path().join("desk").join(lock);
    let held = fs::File::options().write(true).open(lock).unwrap();
    held.lock().unwrap();
    nobody_can_tell("another process holds the desk", &desk, run(&desk, &[]));
    drop(held);
    let waiting = files(&desk.outside().join("home/state/git-desk/spool/new")).len();
    assert!(waiting > 0, "nothing waits");
    desk.run(&["flush"]).ok();
    assert_eq!(count(&desk, "key:run/testhost/ana/job"), 1);
}

#[test]
fn a_branch_that_somebody_holds_changes_nothing() {
    let desk = TestDesk::bare();
    let lock = desk.path().join("refs/heads/main.lock");
    fs::write(&lock, "").unwrap();
    nobody_can_tell("another program holds the branch", &desk, run(&desk, &[]));
    fs::remove_file(&lock).unwrap();
    desk.run(&["flush"]).ok();
    assert_eq!(count(&desk, "is:open"), 1);
}

#[test]
fn a_hub_that_does_not_answer_changes_nothing() {
    let desk = TestDesk::nowhere();
    let bin = desk.outside().join("bin");
    fs::create_dir(&bin).unwrap();
    fs::write(bin.join("ssh"), "#!/bin/sh\nsleep 60\n").unwrap();
    fs::set_permissions(bin.join("ssh"), fs::Permissions::from_mode(0o755)).unwrap();
    let desk = desk.with("PATH", &format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()));
    nobody_can_tell("a hub that hangs", &desk, run(&desk, &["--hub", "ssh://ops@hub"]));
}

#[test]
fn a_run_that_was_stopped_in_the_middle_holds_up_no_other() {
    let desk = TestDesk::bare();
    desk.run(&["run", "--name", "job", "--", "true"]).ok();
    let state = desk.outside().join("home/state/git-desk/state");
    let turn = files(&state).into_iter().find(|name| name.ends_with(".turn")).unwrap();
    let held = fs::File::options().write(true).open(state.join(turn)).unwrap();
    held.lock().unwrap();
    nobody_can_tell("another run holds the turn", &desk, run(&desk, &[]));
    drop(held);
}

#[test]
fn a_reader_that_takes_its_time_gets_everything() {
    let desk = TestDesk::bare();
    for job in ["seq 30000", "seq 30000; sleep 60 & exit 4"] {
        let begin = Instant::now();
        let mut child = run(&desk, &[])(job).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        // The job has written all of it long before.
        std::thread::sleep(Duration::from_millis(3_500));
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        child.wait().unwrap();
        assert_eq!(said.lines().last(), Some("30000"), "{job}");
        assert_eq!(said.lines().count(), 30_000, "{job}");
        assert!(begin.elapsed() < Duration::from_secs(20), "{job}");
    }
}

#[test]
fn a_job_that_is_stopped_by_time_is_so_beside_a_desk_that_is_held() {
    let desk = TestDesk::bare();
    fs::write(desk.path().join("refs/heads/main.lock"), "").unwrap();
    let begin = Instant::now();
    let run = run(&desk, &["--timeout", "1s"])("echo before; exec sleep 60").output().unwrap();
    assert_eq!(
        (code(&run), run.stdout.as_slice(), run.stderr.as_slice()),
        (124, b"before\n".as_slice(), b"".as_slice())
    );
    assert!(begin.elapsed() < HELD + Duration::from_secs(1), "{:?}", begin.elapsed());
    let (code, _) = desk.interrupt(&["run", "--", "sh", "-c", "echo ready; exec sleep 60"], "ready");
    assert_eq!(code, 130);
}

#[test]
fn a_gigabyte_passes_in_fixed_memory() {
    if !long() {
        // The short form stands with the command's own tests.
        return;
    }
    let desk = TestDesk::bare();
    for failure in ["exit 0", "exit 1"] {
        let script = format!("head -c 1G /dev/zero | tr '\\0' x; grep VmHWM /proc/$PPID/status >&2; {failure}");
        let mut child = run(&desk, &[])(&script).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let size = std::io::copy(&mut child.stdout.take().unwrap(), &mut std::io::sink()).unwrap();
        let said = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
        let kib: u64 = said.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert_eq!(size, 1 << 30);
        assert!(kib < 40 << 10, "{kib} KiB");
    }
}

/// A disk of one MiB, unmounted when it is dropped; `None` where this machine cannot do that.
struct Disk<'d> {
    desk: &'d TestDesk,
    path: std::path::PathBuf,
}

impl Disk<'_> {
    fn mount(desk: &TestDesk) -> Option<Disk<'_>> {
        let path = desk.outside().join("disk");
        fs::create_dir(&path).unwrap();
        let words = ["-t", "tmpfs", "-o", "size=1m", "none", path.to_str().unwrap()];
        let mounted = desk.program("mount", &words).output().is_ok_and(|output| output.status.success());
        mounted.then_some(Disk { desk, path })
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut file = fs::File::create(self.path.join("filler")).unwrap();
        while std::io::Write::write(&mut file, &[0; 4096]).is_ok_and(|written| written > 0) {}
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = self.desk.program("umount", &["-l", self.path.to_str().unwrap()]).status();
    }
}

#[test]
fn a_full_disk_changes_nothing_and_its_reserve_takes_one_more_event() {
    let world = TestDesk::nowhere();
    let disk = Disk::mount(&world);
    if !is_allowed("a mount of tmpfs", disk.is_some()) {
        return;
    }
    let disk = disk.unwrap();
    let spool = disk.path.join("spool");
    // Nothing else takes it: the event must go into the spool itself.
    let desk = world.at("desk").with("GIT_DESK_SPOOL", spool.to_str().unwrap()).with("XDG_RUNTIME_DIR", "/dev/null/x");
    desk.run(&["event", "trigger", "--key", "before"]).ok();
    assert!(fs::metadata(spool.join("reserve")).unwrap().len() >= 256 << 10);
    disk.fill();
    let run = run(&desk, &[])("echo out; exit 9").output().unwrap();
    assert_eq!((code(&run), run.stdout.as_slice(), run.stderr.as_slice()), (9, b"out\n".as_slice(), b"".as_slice()));
    assert_eq!((files(&spool.join("new")).len(), spool.join("reserve").exists()), (2, false));
    // Full to the end: whatever becomes of the event, the job is what it was.
    disk.fill();
    nobody_can_tell("a full disk", &desk, self::run(&desk, &[]));
    // Whatever was kept is delivered once there is a desk.
    fs::remove_file(disk.path.join("filler")).unwrap();
    desk.run(&["init", "--bare"]).ok();
    desk.run(&["flush"]).ok();
    assert_eq!((count(&desk, "key:before"), count(&desk, "key:run/testhost/ana/job")), (1, 1));
    assert!(is_empty(&spool.join("new")));
}

fn is_empty(folder: &Path) -> bool {
    files(folder).is_empty()
}

/// A program that another user can run; `None` where nobody can become one.
fn as_nobody(desk: &TestDesk, script: &str, words: &[&str]) -> Option<Command> {
    let is_root = rustix::process::getuid().is_root();
    if !is_root || !desk.program("setpriv", &["--version"]).output().is_ok_and(|output| output.status.success()) {
        return None;
    }
    let program = desk.outside().join("git-desk");
    if !program.exists() {
        fs::copy(env!("CARGO_BIN_EXE_git-desk"), &program).unwrap();
    }
    for folder in [desk.outside(), desk.path()] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let user = ["--reuid=54321", "--regid=54321", "--clear-groups", "sh", "-c", script, program.to_str().unwrap()];
    Some(desk.program("setpriv", &[&user[..], words].concat()))
}

#[test]
fn a_spool_that_cannot_be_written_changes_nothing() {
    let desk = TestDesk::nowhere().with("GIT_DESK_SPOOL", "/root/nobody/spool").with("XDG_RUNTIME_DIR", "/root/nobody");
    let wrapped = |job: &str| as_nobody(&desk, "exec \"$0\" run --name job -- sh -c \"$1\"", &[job]);
    if is_there("setpriv, for root", wrapped(":").is_some()) {
        nobody_can_tell("a spool of somebody else", &desk, |job| wrapped(job).unwrap());
    }
}

#[test]
fn what_another_user_kept_elsewhere_is_told_and_comes_along_with_their_next_job() {
    let world = TestDesk::nowhere();
    let spool = world.outside().join("spool");
    let desk = world.at("desk").with("GIT_DESK_SPOOL", spool.to_str().unwrap());
    desk.run(&["init", "--bare"]).ok();
    fs::create_dir(&spool).unwrap();
    fs::set_permissions(&spool, fs::Permissions::from_mode(0o755)).unwrap();
    let nobody = |words: &[&str]| as_nobody(&desk, "cd / && exec \"$0\" \"$@\"", words);
    if !is_there("setpriv, for root", nobody(&[]).is_some()) {
        return;
    }
    let nobody = |words: &[&str]| assert!(nobody(words).unwrap().output().unwrap().status.success(), "{words:?}");
    nobody(&["event", "trigger", "--key", "k"]);
    let told = desk.run(&["flush"]);
    assert!(told.stderr.contains("events of another user wait in /tmp/git-desk-54321-"), "{told}");
    assert_eq!(desk.run(&["flush", "-q"]).stderr, "");
    fs::set_permissions(&spool, fs::Permissions::from_mode(0o1733)).unwrap();
    desk.run(&["flush", "-q"]).ok();
    assert_eq!(count(&desk, "key:k"), 0);
    nobody(&["run", "--name", "job", "--", "true"]);
    assert_eq!(desk.run(&["flush"]).stderr, "");
    assert_eq!(count(&desk, "key:k"), 1);
}

#[test]
fn where_nothing_can_store_an_event_that_is_said() {
    let desk = TestDesk::nowhere().with("GIT_DESK_SPOOL", "/root/nobody/spool").with("XDG_RUNTIME_DIR", "/root/nobody");
    // /run and /tmp are everybody's; in a name space of its own they are nobody's.
    let inside = desk.outside().join("git-desk");
    fs::copy(env!("CARGO_BIN_EXE_git-desk"), &inside).unwrap();
    let away = |words: &[&str]| {
        let script = "mount -t tmpfs -o mode=755 none /run && mkdir /run/own && cp \"$0\" /run/own/git-desk && \
             chmod 755 /run/own/git-desk && mount -t tmpfs -o mode=755 none /tmp && mkdir /tmp/cwd && cd /tmp/cwd && \
             exec setpriv --reuid=54321 --regid=54321 --clear-groups /run/own/git-desk \"$@\"";
        let line = ["-m", "sh", "-c", script, inside.to_str().unwrap()];
        desk.program("unshare", &[&line[..], words].concat()).output()
    };
    let works = away(&["--version"]).is_ok_and(|output| output.status.success());
    if !is_allowed("a mount namespace", works) {
        return;
    }
    let event = away(&["event", "trigger", "--key", "k"]).unwrap();
    let said = String::from_utf8_lossy(&event.stderr).into_owned();
    assert_eq!(event.status.code(), Some(11), "{said}");
    assert!(said.contains("the event of k could not be stored: "), "{said}");
    // A job that is not recorded says so where its complaints are read, and ends as it ends.
    let job = away(&["run", "--name", "job", "--", "sh", "-c", "echo out; exit 6"]).unwrap();
    let said = String::from_utf8_lossy(&job.stderr).into_owned();
    assert_eq!((job.status.code(), job.stdout.as_slice()), (Some(6), b"out\n".as_slice()), "{said}");
    assert!(said.contains("was not recorded anywhere: "), "{said}");
}

/// A desk with a spool that everybody may write to.
fn shared(world: &TestDesk) -> TestDesk {
    let spool = world.outside().join("spool");
    let desk = world.at("desk").with("GIT_DESK_SPOOL", spool.to_str().unwrap());
    desk.run(&["init", "--bare"]).ok();
    fs::create_dir(&spool).unwrap();
    fs::set_permissions(&spool, fs::Permissions::from_mode(0o1733)).unwrap();
    desk
}

#[test]
fn in_a_spool_for_all_each_user_speaks_of_their_own_failures_alone() {
    let world = TestDesk::nowhere();
    let desk = shared(&world);
    let nobody = |words: &[&str]| as_nobody(&desk, "cd / && exec \"$0\" \"$@\"", words);
    if !is_there("setpriv, for root", nobody(&[]).is_some()) {
        return;
    }
    let nobody = |words: &[&str]| {
        assert!(nobody(&[&["event"], words].concat()).unwrap().output().unwrap().status.success(), "{words:?}");
        desk.run(&["flush", "-q"]).ok();
    };
    desk.run(&["run", "--name", "job", "--", "false"]);
    let key = "run/testhost/ana/job";
    let ticket = || desk.ticket(desk.run(&["list", &format!("key:{key}"), "-o", "ids"]).ok().trim());
    let before = ticket();
    nobody(&["ack", "--key", key, "--by", "ana"]);
    nobody(&["resolve", "--key", key]);
    assert_eq!(ticket(), before);
    // Who fails of that key, too, ends that, and no more.
    nobody(&["trigger", "--key", key]);
    nobody(&["resolve", "--key", key]);
    assert_eq!((&ticket()["status"], &ticket()["occurrences"]["count"]), (&"new".into(), &2.into()));
    nobody(&["trigger", "--key", "own"]);
    nobody(&["ack", "--key", "own", "--by", "ana"]);
    let own = desk.ticket(desk.run(&["list", "key:own", "-o", "ids"]).ok().trim());
    assert_eq!((&own["assignee"], &own["requester"]), (&serde_json::Value::Null, &"uid54321@testhost".into()));
    nobody(&["resolve", "--key", "own"]);
    assert_eq!(count(&desk, "key:own is:open"), 0);
    desk.run(&["run", "--name", "job", "--", "true"]).ok();
    assert_eq!(count(&desk, "is:open"), 0);
}

#[test]
fn folders_that_another_user_made_in_a_spool_for_all_keep_nothing_from_being_put_aside() {
    let world = TestDesk::nowhere();
    let desk = shared(&world);
    let script = "cd \"$1\" && mkdir failed done failed-2 && touch bad.json && mkdir d.json && touch d.json/x";
    let Some(mut others) = as_nobody(&desk, script, &[world.outside().join("spool").to_str().unwrap()]) else {
        is_there("setpriv, for root", false);
        return;
    };
    assert!(others.status().unwrap().success());
    desk.run(&["event", "trigger", "--key", "k"]).ok();
    let run = desk.run(&["flush", "-q"]);
    assert!(run.code == 0 || run.stderr.contains("it was put aside"), "{run}");
    assert_eq!(desk.run(&["flush"]).to_string(), "");
    let spool = world.outside().join("spool");
    assert_eq!(files(&spool.join("failed-3")).len(), 4);
    assert_eq!((files(&spool.join("done-2")).len(), count(&desk, "key:k")), (1, 1));
}

#[test]
fn where_nothing_can_be_remembered_each_failure_counts() {
    let world = TestDesk::nowhere();
    let spool = world.outside().join("spool");
    fs::write(&spool, "").unwrap();
    let desk = world.at("desk").with("GIT_DESK_SPOOL", spool.to_str().unwrap());
    desk.run(&["init", "--bare"]).ok();
    let desk = desk.with("GIT_DESK_NOW", "2026-11-24T09:00:00Z");
    for _ in 0..3 {
        assert_eq!(desk.run(&["run", "--name", "job", "--", "false"]).code, 1);
        desk.run(&["event", "trigger", "--key", "k"]).ok();
    }
    for query in ["key~job", "key:k"] {
        let ticket = desk.ticket(desk.run(&["list", query, "-o", "ids"]).ok().trim());
        assert_eq!(ticket["occurrences"]["count"], 3, "{query}");
    }
    desk.run(&["run", "--name", "job", "--", "true"]).ok();
    desk.run(&["event", "resolve", "--key", "k"]).ok();
}

#[test]
fn who_holds_the_desk_is_told() {
    let desk = TestDesk::bare();
    desk.run(&["event", "trigger", "--key", "k"]).ok();
    let held = fs::File::options().write(true).open(desk.path().join("desk/lock")).unwrap();
    held.lock().unwrap();
    let run = desk.run(&["run", "--name", "job", "--mail", "changes", "--", "false"]);
    let told = "\nNOT YET A TICKET: the desk is busy: no turn within 2 s; kept in ";
    assert!(run.stdout.contains(told), "{run}");
}
