//! How far the desk's branch has been told, kept beside the index: a small file that moves on only after all that it
//! steps over lies in the outbox.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::files;
use crate::error::{Problem, Result};
use crate::model::ticket::slug;
use crate::store::Store;

/// Of the file; a later program's is never written over.
const VERSION: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    version: u32,
    /// The last commit whose facts lie in the outbox, or needed no telling.
    pub commit: String,
    /// What has been told of clocks: ticket, clock, cycle, occasion and target, with blanks between; of tickets that are
    /// open. `None` while no rule has asked for any.
    pub clocks: Option<BTreeSet<String>>,
}

impl Reached {
    pub fn at(commit: impl Into<String>) -> Reached {
        Reached { version: VERSION, commit: commit.into(), clocks: None }
    }

    /// `None` where nothing was told yet, and where the file is damaged. Exit code 7 for one of a newer program.
    pub fn read(path: &Path) -> Result<Option<Reached>> {
        let Some(text) = files::read(path)? else { return Ok(None) };
        let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        if value["version"].as_u64().is_some_and(|version| version > u64::from(VERSION)) {
            return Err(Problem::repository(format!("{} is of a newer git-desk", path.display()))
                .code("newer_state")
                .hint("to notify from here, install the newer git-desk")
                .into());
        }
        Ok(serde_json::from_value(value).ok())
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        files::write(path, &(serde_json::to_string_pretty(self)? + "\n"))
    }
}

/// Where all of it is kept: a folder of the branch's own beside the index.
pub struct Place(PathBuf);

impl Place {
    pub fn of(store: &Store) -> Place {
        let name = format!("{} {}", store.reference(), store.root());
        // Names that look alike as a file's are told apart.
        let hash = &hex(&[&name])[..8];
        Place(store.state_dir().join(format!("notify-{}-{hash}", slug(&name))))
    }

    pub fn folder(&self) -> &Path {
        &self.0
    }

    pub fn state(&self) -> PathBuf {
        self.0.join("state.json")
    }

    pub fn outbox(&self) -> PathBuf {
        self.0.join("outbox")
    }

    /// Held while notices are made.
    pub fn making(&self) -> PathBuf {
        self.0.join("making.lock")
    }

    /// Held while notices are sent.
    pub fn sending(&self) -> PathBuf {
        self.0.join("sending.lock")
    }
}

/// 32 hexadecimal digits for these words, each told from the next.
pub fn hex(words: &[&str]) -> String {
    let hash = Sha256::digest(words.join("\0").as_bytes());
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
