//! Whose signature a commit carries, by the word of the git program and of the keys that this machine trusts
//! (git-log(1), `%G?` and `%GS`).

use std::collections::BTreeMap;

use git2::Oid;

use super::repository::Store;
use super::settings::global_setting;
use crate::env::Env;
use crate::error::{Problem, Result};
use crate::process::{self, Patience};

/// What can be said of a commit's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    None,
    /// Good, and by a key that is trusted: whose it is, as the key says (`ana@example.com`, `Ana <ana@example.com>`).
    By(String),
    /// By a key that is not known here, not trusted, or over.
    Unknown,
    /// The commit is not what was signed.
    Broken,
}

/// How long git may take, with its programs.
const PATIENCE: Patience = Patience { limit: std::time::Duration::from_secs(60), may_ask: false };

/// Where git keeps what is being pushed until it is taken (githooks(5), quarantine).
const QUARANTINE: &[&str] = &["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH"];

/// Programs that verify. A repository names none of them.
const PROGRAMS: &[(&str, &str)] = &[
    ("gpg.program", "gpg"),
    ("gpg.openpgp.program", "gpg"),
    ("gpg.x509.program", "gpgsm"),
    ("gpg.ssh.program", "ssh-keygen"),
];

impl Store {
    /// The signatures of commits. Exit code 7 where git cannot say.
    pub fn signatures(&self, env: &Env, commits: &[Oid]) -> Result<BTreeMap<Oid, Signature>> {
        let mut found: BTreeMap<Oid, Signature> = commits.iter().map(|id| (*id, Signature::None)).collect();
        let signed: Vec<Oid> = commits.iter().filter(|id| self.is_signed(**id).unwrap_or(true)).copied().collect();
        if signed.is_empty() {
            return Ok(found);
        }
        let failed =
            |why: String| Problem::repository(format!("signatures cannot be looked at: {why}")).code("git_failed");
        let mut command = process::git(self.git_dir());
        for (name, program) in PROGRAMS {
            let own =
                global_setting(env, name).or_else(|| global_setting(env, "gpg.program").filter(|_| *program == "gpg"));
            command.arg("-c").arg(format!("{name}={}", own.as_deref().unwrap_or(program)));
        }
        for name in QUARANTINE {
            command.envs(env.var(name).map(|value| (name, value)));
        }
        command.args(["log", "--no-walk=unsorted", "--stdin", "--format=%H%x00%G?%x00%GS"]).env("LC_ALL", "C");
        let input: String = signed.iter().map(|id| format!("{id}\n")).collect();
        let output =
            process::converse(&mut command, input.as_bytes(), PATIENCE).map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned();
            return Err(failed(said).into());
        }
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let mut parts = line.splitn(3, '\0');
            let (Some(id), Some(verdict)) = (parts.next(), parts.next()) else { continue };
            if let Ok(id) = Oid::from_str(id) {
                found.insert(id, verdict_of(verdict, parts.next().unwrap_or_default()));
            }
        }
        Ok(found)
    }
}

/// A signature by a key whose owner nobody vouches for (`U`) says nothing about who signed; nor does a header in which git
/// sees no signature at all (`N`), which only commits that have one are asked about.
fn verdict_of(verdict: &str, signer: &str) -> Signature {
    match verdict {
        "G" => Signature::By(signer.to_owned()),
        "B" => Signature::Broken,
        _ => Signature::Unknown,
    }
}

impl Signature {
    /// Whether it is that of an address.
    pub fn is_by(&self, address: &str) -> bool {
        let Signature::By(signer) = self else { return false };
        let inside = signer.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>'));
        !address.is_empty() && inside.unwrap_or(signer).trim().eq_ignore_ascii_case(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_its_owners_alone() {
        let by = |signer: &str| Signature::By(signer.to_owned());
        assert!(by("Ana Agent <ana@example.com>").is_by("Ana@Example.com"));
        assert!(by("ana@example.com").is_by("ana@example.com"));
        for not in ["ana@example.com.evil", "<ana@example.com> x", "Ana <x@y>", "", "ana@example.com <x@y>"] {
            assert!(!by(not).is_by("ana@example.com"), "{not}");
        }
        assert!(!Signature::Unknown.is_by("ana@example.com") && !by("").is_by(""));
        assert_eq!(
            [verdict_of("U", "ana"), verdict_of("E", ""), verdict_of("N", ""), verdict_of("B", "")],
            [Signature::Unknown, Signature::Unknown, Signature::Unknown, Signature::Broken]
        );
    }
}
