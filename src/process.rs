//! The only place that starts a program.
//!
//! Git runs with overrides, so that a repository's own configuration names no program to run; editors and pagers are
//! named by the person's environment alone.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::platform;

/// Configuration by which a repository somebody else made could run programs of its choice.
const OVERRIDES: &[&str] = &[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.editor=true",
    "protocol.ext.allow=never",
];

/// Variables by which a surrounding git would turn ours to another repository.
const SCRUBBED: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_EXTERNAL_DIFF",
    "GIT_PAGER",
];

/// `git -C folder`, ready for its arguments.
pub fn git(folder: &Path) -> Command {
    let mut command = start("git");
    command.arg("-C").arg(folder);
    for setting in OVERRIDES {
        command.args(["-c", setting]);
    }
    for name in SCRUBBED {
        command.env_remove(name);
    }
    // Whoever may push `refs/replace/*` would show git another object than the one that is named (git-replace(1)).
    command.env("GIT_NO_REPLACE_OBJECTS", "1");
    command
}

/// A program that the person's environment names, arguments and all, as git runs its editor: by the shell.
pub fn named(line: &str, argument: Option<&Path>) -> Command {
    let mut command = start("sh");
    command.arg("-c");
    match argument {
        Some(path) => command.arg(format!("{line} \"$@\"")).arg(line).arg(path),
        None => command.arg(line),
    };
    command
}

/// Starts a program that is given nothing, and whose complaints are read; what it prints goes nowhere.
pub fn overheard(command: &mut Command) -> io::Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()
}

/// How long a program may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub limit: Duration,
    /// Whether it may ask somebody at the terminal: then it stays in our group of processes, where a terminal lets it
    /// read, and Ctrl-C ends it with us. Else it heads a group of its own, which is ended as a whole.
    pub may_ask: bool,
}

/// How long a program that was asked to end has for that, and how long its last words are waited for; where it had little
/// time for everything, an eighth of that.
const GRACE: Duration = Duration::from_secs(1);

/// How often is looked whether a program has ended.
const LOOK: Duration = Duration::from_millis(5);

/// Runs a program to its end, which is given this and may take as long as it likes. Where it does not end well: what it
/// says of that first, or why it could not be started.
pub fn done(command: &mut Command, input: &[u8]) -> Result<(), String> {
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).env("LC_ALL", "C");
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    // What it does not read is its affair: it says so itself.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let complaint = said.lines().find_map(|line| line.strip_prefix("fatal: ").or(line.strip_prefix("error: ")));
    Err(complaint.or(said.lines().next()).unwrap_or("it failed and said nothing").to_owned())
}

/// Gives a program its input and reads what it says, to the end of both.
///
/// One that takes longer than its patience is ended, and what it started with it: `TimedOut`. Where we are asked to end
/// meanwhile, one in a group of its own is ended, too: `Interrupted`; whoever has tidied up then calls [`end_as_told`].
pub fn converse(command: &mut Command, input: &[u8], patience: Patience) -> io::Result<Output> {
    let mut talk = Talk::begin(command, Stdio::piped(), patience)?;
    let (stdin, input) = (talk.child.stdin.take(), input.to_vec());
    // It may answer while it reads; what it does not read is its affair.
    std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&input)));
    let grace = GRACE.min(patience.limit / 8);
    let Some(status) = wait(&mut talk.child, patience.limit)? else {
        return Err(talk.cut_short(grace, &format!("no end after {:.1} s", patience.limit.as_secs_f64())));
    };
    let until = Instant::now() + grace;
    Ok(Output { status, stdout: words(&talk.said, until), stderr: words(&talk.complained, until) })
}

/// Runs a program that is given nothing and tells on stderr what it is at: each word there begins its patience anew, and
/// `hear` is given it; but longer than `at_most` it does not take.
///
/// One that is silent for longer than its patience is ended, and what it started with it: `TimedOut`; likewise
/// `Interrupted`, as in [`converse`]. Of its stderr the first MiB is given back.
pub fn attend(
    command: &mut Command,
    patience: Patience,
    at_most: Duration,
    hear: &mut dyn FnMut(&[u8]),
) -> io::Result<Output> {
    let mut talk = Talk::begin(command, Stdio::null(), patience)?;
    let end_of_all = Instant::now() + at_most;
    let (mut until, mut stderr) = (Instant::now() + patience.limit, Vec::new());
    let status = loop {
        match talk.complained.recv_timeout(LOOK) {
            Ok(part) => {
                until = Instant::now() + patience.limit;
                hear(&part);
                if stderr.len() < 1 << 20 {
                    stderr.extend(part);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(LOOK),
        }
        if let Some(status) = talk.child.try_wait()? {
            break status;
        }
        if Instant::now() >= until.min(end_of_all) || told_to_end().is_some() {
            return Err(talk.cut_short(GRACE, &format!("silent for {} s", patience.limit.as_secs())));
        }
    };
    let until = Instant::now() + GRACE;
    stderr.extend(words(&talk.complained, until));
    Ok(Output { status, stdout: words(&talk.said, until), stderr })
}

/// A program that runs, and what it says.
struct Talk {
    child: Child,
    said: Receiver<Vec<u8>>,
    complained: Receiver<Vec<u8>>,
    /// Whether it heads a group of its own.
    apart: bool,
    _hears: Option<Hearing>,
}

impl Talk {
    fn begin(command: &mut Command, stdin: Stdio, patience: Patience) -> io::Result<Talk> {
        let apart = !patience.may_ask;
        if apart {
            platform::apart(command);
        }
        // Before it is there, so that nothing is left of it whenever we are asked to end.
        let hears = apart.then(Hearing::begin);
        let mut child = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (said, complained) = (listen(child.stdout.take()), listen(child.stderr.take()));
        Ok(Talk { child, said, complained, apart, _hears: hears })
    }

    /// Ends it, and what it started, before its time: because we were asked to end ourselves, else for the reason given.
    fn cut_short(&mut self, grace: Duration, why: &str) -> io::Error {
        if let Err(error) = end(&mut self.child, self.apart, grace) {
            return error;
        }
        match told_to_end() {
            Some(_) => io::Error::new(ErrorKind::Interrupted, "we were asked to end"),
            None => io::Error::new(ErrorKind::TimedOut, why),
        }
    }
}

/// Reads to the end, in a thread that nobody has to wait for.
fn listen(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let Some(mut stream) = stream else { return };
        let mut part = [0; 8192];
        while let Ok(read @ 1..) = stream.read(&mut part)
            && tell.send(part[..read].to_vec()).is_ok()
        {}
    });
    told
}

/// What a program said that has ended. What it left running may hold its end of the pipe for ever: not waited for.
fn words(told: &Receiver<Vec<u8>>, until: Instant) -> Vec<u8> {
    let part = || told.recv_timeout(until.saturating_duration_since(Instant::now())).ok();
    std::iter::from_fn(part).flatten().collect()
}

/// The signal that asked us to end while we waited for a program; 0 is none.
static TOLD: AtomicUsize = AtomicUsize::new(0);

/// Whether such a signal ends us as it ends any program.
static ENDS_US: AtomicBool = AtomicBool::new(true);

/// How many conversations hear of it themselves.
static TALKS: AtomicUsize = AtomicUsize::new(0);

static HEARS: Once = Once::new();

/// By which signal we were asked to end while we waited for a program.
fn told_to_end() -> Option<i32> {
    i32::try_from(TOLD.load(Ordering::Relaxed)).ok().filter(|signal| *signal != 0)
}

/// Ends us by the signal that asked for it while we waited for a program, where there was one.
pub fn end_as_told() {
    told_to_end().into_iter().for_each(platform::end_by);
}

/// While it is there, a signal that asks us to end is only noted.
struct Hearing;

impl Hearing {
    fn begin() -> Hearing {
        HEARS.call_once(|| {
            if let Err(error) = platform::note_ends(&TOLD, &ENDS_US) {
                log::debug!("signals: {error}");
            }
        });
        TALKS.fetch_add(1, Ordering::SeqCst);
        ENDS_US.store(false, Ordering::SeqCst);
        Hearing
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        ENDS_US.store(TALKS.fetch_sub(1, Ordering::SeqCst) == 1, Ordering::SeqCst);
    }
}

/// How it ended; `None` where it goes on.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let until = Instant::now() + limit;
    loop {
        match child.try_wait()? {
            None if Instant::now() < until && told_to_end().is_none() => std::thread::sleep(LOOK),
            status => return Ok(status),
        }
    }
}

/// Asks a program to end, then ends it. One that heads a group may be gone before those that it started.
fn end(child: &mut Child, whole_group: bool, grace: Duration) -> io::Result<()> {
    let until = Instant::now() + grace;
    platform::send(child.id(), whole_group, platform::TERMINATE);
    while child.try_wait()?.is_none() || whole_group && !platform::is_group_gone(child.id()) {
        if Instant::now() >= until {
            platform::send(child.id(), whole_group, platform::KILL);
            child.kill()?;
            child.wait()?;
            break;
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

/// What a program of the system says, with nothing to read; nothing where it cannot be asked.
pub fn asked(program: &str, words: &[&str]) -> String {
    let output = start(program).args(words).stdin(Stdio::null()).stderr(Stdio::null()).output();
    output.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Starts a program that nobody waits for and that outlives us: nothing is read and nothing heard.
pub fn leave(command: &mut Command) -> io::Result<()> {
    platform::apart(command);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(drop)
}

/// Ourselves again, for what must not hold up whoever waits for us.
pub fn ourselves(program: &Path) -> Command {
    log::debug!("run {}", program.display());
    #[expect(clippy::disallowed_methods, reason = "the one place that starts programs")]
    Command::new(program)
}

/// A job that a person named on our command line: run as it is, in our environment.
pub fn job(program: &OsStr) -> Command {
    #[expect(clippy::disallowed_methods, reason = "the one place that starts programs")]
    Command::new(program)
}

/// A program by name with nothing added: for `git-desk-NAME`.
pub fn start(program: &str) -> Command {
    log::debug!("run {program}");
    #[expect(clippy::disallowed_methods, reason = "the one place that starts programs")]
    Command::new(program)
}
