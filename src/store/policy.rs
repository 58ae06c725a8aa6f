//! Reading the policy of a commit: `desk.toml` and the files of holidays that it names.

use super::document::MAX_SIZE;
use super::snapshot::{Damaged, Snapshot};
use crate::error::Result;
use crate::model::policy::{FILE, Policy, Remark, Severity};

/// A file as it stands, or why it cannot be read; `None` where there is none.
pub type Read = Option<Result<Vec<u8>, Damaged>>;

impl Snapshot<'_> {
    /// The policy as `desk.toml` alone says it, for whoever asks no calendar: no file of holidays is read.
    pub fn rules(&self) -> Result<Policy> {
        Ok(rules_of(self.file(FILE, MAX_SIZE)?).0)
    }

    /// The policy, and what is wrong with it. A `desk.toml` that is missing or cannot be read gives the defaults.
    pub fn policy(&self) -> Result<(Policy, Vec<Remark>)> {
        policy_by(|path| self.file(path, MAX_SIZE))
    }
}

/// The policy of files that `read` has, by their paths from the desk's root.
pub fn policy_by(mut read: impl FnMut(&str) -> Result<Read>) -> Result<(Policy, Vec<Remark>)> {
    let (mut policy, mut remarks) = rules_of(read(FILE)?);
    remarks.extend(policy.read_holidays(|path| {
        Ok::<_, anyhow::Error>(read(path)?.map(|bytes| bytes.map_err(|damaged| damaged.message)))
    })?);
    Ok((policy, remarks))
}

fn rules_of(file: Read) -> (Policy, Vec<Remark>) {
    let bytes = match file {
        Some(Ok(bytes)) => bytes,
        Some(Err(damaged)) => return (Policy::default(), vec![unread(damaged)]),
        None => Vec::new(),
    };
    match String::from_utf8(bytes) {
        Ok(text) => Policy::parse(&text),
        Err(_) => (Policy::default(), vec![unread(Damaged::whole(FILE, "is not UTF-8"))]),
    }
}

/// A remark without a key: the file as a whole is meant.
fn unread(damaged: Damaged) -> Remark {
    let Damaged { path: _, line, column, message, fix } = damaged;
    let (file, key) = (FILE.to_owned(), String::new());
    Remark { severity: Severity::Error, file, line, column, key, message, fix }
}
