//! The only place that starts a program.
//!
//! Git runs with overrides, so that a repository's own configuration names no program to run; editors and pagers are
//! named by the person's environment alone.

use std::path::Path;
use std::process::{Child, Command, Stdio};

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

/// A program by name with nothing added: for `git-desk-NAME`.
pub fn start(program: &str) -> Command {
    log::debug!("run {program}");
    #[expect(clippy::disallowed_methods, reason = "the one place that starts programs")]
    Command::new(program)
}
