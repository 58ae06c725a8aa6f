//! Signing commits as git does: by the same programs with the same arguments (git's `gpg-interface.c`, git-config(1),
//! `gpg.*`).
//!
//! Whether to sign, and with which key, any configuration may say; which program signs, only the person's own: a
//! repository that somebody else made names no program.

use std::io::Write;
use std::process::Stdio;

use tempfile::NamedTempFile;

use super::message::Person;
use super::repository::Store;
use super::settings::global_setting;
use crate::env::Env;
use crate::error::{Problem, Result};
use crate::process;

/// How commits are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    format: Format,
    program: String,
    /// `user.signingkey`; empty is the key of the committer's address.
    key: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    OpenPgp,
    X509,
    Ssh,
}

impl Store {
    /// The signer that `commit.gpgsign` asks for; `None` when it does not. Exit code 2 for an unknown `gpg.format`.
    pub fn signer(&self, env: &Env) -> Result<Option<Signer>> {
        if !self.setting_is_true("commit.gpgsign") {
            return Ok(None);
        }
        let (format, name, own, fallback) = match self.setting("gpg.format").as_deref().unwrap_or("openpgp") {
            "openpgp" => (Format::OpenPgp, "gpg.openpgp.program", Some("gpg.program"), "gpg"),
            "x509" => (Format::X509, "gpg.x509.program", None, "gpgsm"),
            "ssh" => (Format::Ssh, "gpg.ssh.program", None, "ssh-keygen"),
            other => {
                return Err(Problem::usage(format!("`gpg.format` is \"{other}\": no way to sign is called that"))
                    .hint("git config gpg.format openpgp     or ssh, x509")
                    .into());
            }
        };
        let program = global_setting(env, name).or_else(|| own.and_then(|own| global_setting(env, own)));
        let key = self.setting("user.signingkey").unwrap_or_default();
        Ok(Some(Signer { format, program: program.unwrap_or_else(|| fallback.to_owned()), key }))
    }
}

impl Signer {
    /// The commit with its signature in the header. Exit code 7 when the program refuses: then no commit is made.
    pub fn sign(&self, commit: &[u8], committer: &Person) -> Result<Vec<u8>> {
        let signature = match self.format {
            Format::OpenPgp | Format::X509 => self.by_gpg(commit, committer)?,
            Format::Ssh => self.by_ssh(commit)?,
        };
        let signature = signature.replace('\r', "");
        let end = commit.windows(2).position(|pair| pair == b"\n\n").map_or(commit.len(), |at| at + 1);
        let header = format!("gpgsig {}\n", signature.trim_end().replace('\n', "\n "));
        Ok([&commit[..end], header.as_bytes(), &commit[end..]].concat())
    }

    fn by_gpg(&self, commit: &[u8], committer: &Person) -> Result<String> {
        let key = match self.key.as_str() {
            "" => format!("{} <{}>", committer.name, committer.email),
            key => key.to_owned(),
        };
        let mut command = process::start(&self.program);
        command.args(["--status-fd=2", "-bsau", &key]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| self.failed(&error.to_string()))?;
        if let Some(mut stdin) = child.stdin.take() {
            // One that reads no further says itself why.
            let _ = stdin.write_all(commit);
        }
        let output = child.wait_with_output().map_err(|error| self.failed(&error.to_string()))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let made = format!("\n{said}").contains("\n[GNUPG:] SIG_CREATED ");
        if !output.status.success() || !made {
            return Err(self.failed(&said).into());
        }
        String::from_utf8(output.stdout).map_err(|_| self.failed("its signature is no text").into())
    }

    fn by_ssh(&self, commit: &[u8]) -> Result<String> {
        let cannot = |error: std::io::Error| self.failed(&error.to_string());
        let literal = self.key.strip_prefix("key::").or_else(|| self.key.starts_with("ssh-").then_some(&*self.key));
        let mut key_file = None;
        let key = match literal {
            Some(text) => {
                let mut file = NamedTempFile::new().map_err(cannot)?;
                writeln!(file, "{text}").map_err(cannot)?;
                key_file.insert(file).path().display().to_string()
            }
            None if self.key.is_empty() => return Err(self.failed("`user.signingkey` is not set").into()),
            None => self.key.clone(),
        };
        let mut buffer = NamedTempFile::new().map_err(cannot)?;
        buffer.write_all(commit).map_err(cannot)?;
        let mut command = process::start(&self.program);
        command.args(["-Y", "sign", "-n", "git", "-f", &key]);
        // A literal key is a public one: the agent has the other half.
        command.args(literal.map(|_| "-U"));
        let output = command.arg(buffer.path()).stdin(Stdio::null()).output().map_err(cannot)?;
        if !output.status.success() {
            return Err(self.failed(&String::from_utf8_lossy(&output.stderr)).into());
        }
        let mut path = buffer.path().as_os_str().to_owned();
        path.push(".sig");
        let signature = std::fs::read_to_string(&path).map_err(cannot)?;
        let _ = std::fs::remove_file(&path);
        Ok(signature)
    }

    fn failed(&self, said: &str) -> Problem {
        let why = said.lines().map(str::trim).rfind(|line| !line.is_empty() && !line.starts_with("[GNUPG:]"));
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        Problem::repository(format!("`{}` did not sign, so nothing was written{why}", self.program))
            .code("signing_failed")
            .hint("the key that git uses: git config user.signingkey     without a signature: git -c commit.gpgsign=false desk …")
    }
}
