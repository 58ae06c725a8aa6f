//! The only place that starts a program.
//!
//! Git runs with overrides, so that a repository's own configuration names no program to run; editors and pagers are
//! named by the person's environment alone.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

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
pub fn overheard(command: &mut Command) -> std::io::Result<Child> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()
}

/// Gives a program its input and reads what it says, to the end of both.
pub fn converse(command: &mut Command, input: String) -> std::io::Result<Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let stdin = child.stdin.take();
    // It may answer while it reads; what it does not read is its affair.
    let writer = std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output();
    let _ = writer.join();
    output
}

/// What a program of the system says, with nothing to read; nothing where it cannot be asked.
pub fn asked(program: &str, words: &[&str]) -> String {
    let output = start(program).args(words).stdin(Stdio::null()).stderr(Stdio::null()).output();
    output.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).into_owned())
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
