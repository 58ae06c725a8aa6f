//! `git clone --bare`, with its progress, and its complaints in one sentence.

use std::io::Read;
use std::path::Path;

use super::Join;
use crate::error::{Kind, Problem, Result};
use crate::process;
use crate::store::address::{Address, SCHEMES};

/// Where fetches put what others have.
pub const FETCH: &str = "+refs/heads/*:refs/remotes/origin/*";

/// Clones into a folder that is not there yet; git removes it again when it fails or is stopped.
///
/// Nothing of a template, hook or configuration of either side runs. Exit code 8 when the remote is out of reach, 9 when
/// it wants somebody else, 130 when git was stopped.
pub fn clone(address: &Address, folder: &Path, join: &Join, progress: &dyn Fn(u64, u64)) -> Result<()> {
    // Not in the folder that somebody is in: its repository's configuration could name an ssh command.
    let mut command = process::git(Path::new("/"));
    command.env("GIT_ALLOW_PROTOCOL", SCHEMES.join(":")).env("LC_ALL", "C");
    if !join.may_ask {
        command.env("GIT_TERMINAL_PROMPT", "0");
    }
    command.args(["clone", "--bare", "--single-branch", "--no-local", "--progress", "--template="]);
    command.arg("-c").arg(format!("remote.origin.fetch={FETCH}"));
    if let Some(branch) = &join.branch {
        command.arg(format!("--branch={}", branch.trim_start_matches("refs/heads/")));
    }
    command.arg("--").arg(address.url()).arg(folder);
    let child = process::overheard(&mut command);
    let mut child =
        child.map_err(|error| Problem::repository(format!("cannot start git: {error}")).hint("install git"))?;
    let said = child.stderr.take().map(|stderr| listen(stderr, progress)).unwrap_or_default();
    let status = child.wait()?;
    match status.code() {
        Some(0) => Ok(()),
        Some(_) => Err(refused(address, &said).into()),
        None => Err(Problem::new(Kind::Interrupted, "stopped; nothing was joined").into()),
    }
}

/// Reads what git says: how far it is goes to `progress`, the rest is given back, at most its last 4 KiB.
fn listen(mut stderr: impl Read, progress: &dyn Fn(u64, u64)) -> String {
    let mut said = String::new();
    let (mut line, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let read = match stderr.read(&mut part) {
            Ok(0) | Err(_) => break,
            Ok(read) => read,
        };
        for byte in &part[..read] {
            match byte {
                b'\r' | b'\n' => {
                    hear(&String::from_utf8_lossy(&line), &mut said, progress);
                    line.clear();
                }
                byte if line.len() < 4096 => line.push(*byte),
                _ => {}
            }
        }
    }
    hear(&String::from_utf8_lossy(&line), &mut said, progress);
    said
}

fn hear(line: &str, said: &mut String, progress: &dyn Fn(u64, u64)) {
    match objects(line) {
        Some((done, total)) => progress(done, total),
        None if line.contains("% (") || line.trim().is_empty() => {}
        None if said.len() < 4096 => {
            said.push_str(line);
            said.push('\n');
        }
        None => {}
    }
}

/// `Receiving objects:  45% (900/2000), 1.2 MiB | …`
fn objects(line: &str) -> Option<(u64, u64)> {
    let counts = line.strip_prefix("Receiving objects:")?.split_once('(')?.1.split_once(')')?.0;
    let (done, total) = counts.split_once('/')?;
    Some((done.parse().ok()?, total.parse().ok()?))
}

/// Why git did not clone, from the line in which it says so; where it only says that it could not read, from what ssh
/// said before.
fn refused(address: &Address, said: &str) -> Problem {
    let mut lines = said.lines().filter(|line| !line.starts_with("Cloning into "));
    let fatal = said.lines().find_map(|line| line.strip_prefix("fatal: "));
    let why = match fatal {
        Some(fatal) if !fatal.starts_with("Could not read from remote repository") => Some(fatal),
        Some(_) | None => lines.next().map(|line| line.trim_start_matches("fatal: ")),
    };
    let why = why.unwrap_or("git said nothing").trim().trim_end_matches('.').replace(address.url(), &address.shown());
    let lower = said.to_lowercase();
    let denied = ["authentication failed", "permission denied", "could not read username", "access denied", "403"];
    let message = format!("{} cannot be cloned: {why}", address.shown());
    if denied.iter().any(|words| lower.contains(words)) {
        return Problem::new(Kind::Denied, message).code("denied").hint("what git itself says: git ls-remote URL");
    }
    let problem = Problem::new(Kind::Remote, message).code("no_clone");
    match lower.contains("dubious ownership") {
        true => problem.hint("if you trust its owner: git config --global --add safe.directory PATH"),
        false => problem.hint("what git itself says: git ls-remote URL"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn progress_is_told_from_words() {
        let told = RefCell::new(Vec::new());
        let text = "Cloning into bare repository 'x'...\nremote: Counting objects: 100% (7/7), done.\r\
                    Receiving objects:  45% (900/2000), 1.2 MiB | 3 MiB/s\rReceiving objects: 100% (2000/2000), done.\nfatal: early EOF";
        let said = listen(text.as_bytes(), &|done, total| told.borrow_mut().push((done, total)));
        assert_eq!(said, "Cloning into bare repository 'x'...\nfatal: early EOF\n");
        assert_eq!(told.into_inner(), [(900, 2000), (2000, 2000)]);
        assert_eq!(objects("Receiving objects: x"), None);
    }
}
