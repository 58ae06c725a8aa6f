//! The derived index: an SQLite file beside the repository that answers questions about many tickets and about history.
//!
//! It records the commit it mirrors. Every read first brings it to the branch's tip; whatever is odd about it (another
//! schema, another repository, a rewritten history, a damaged file) makes it be built anew, so it is never wrong; and
//! where no file can be kept it is built in memory, so it is never needed.

mod ask;
mod build;
mod file;
mod history;
mod schema;
mod select;

pub use ask::Found;
pub use history::Logged;
pub use select::Order;

use std::path::PathBuf;

use rusqlite::Connection;

use crate::error::Result;
use crate::store::{Oid, Store};

/// Called with how many commits or files are done, and of how many.
pub type Progress<'a> = &'a dyn Fn(u64, u64);

/// Answers as of one commit.
pub struct Index<'s> {
    db: Connection,
    store: &'s Store,
    commit: Oid,
    /// Keeps others from replacing the file while it is read.
    _guard: Option<std::fs::File>,
}

/// Where an index may be kept when the repository is not writable, and whom to tell about long work.
pub struct Surroundings<'a> {
    /// The user's cache folder.
    pub cache: Option<PathBuf>,
    pub progress: Progress<'a>,
}

impl<'s> Index<'s> {
    /// The commit that answers are as of.
    pub fn commit(&self) -> Oid {
        self.commit
    }

    pub fn store(&self) -> &'s Store {
        self.store
    }

    /// An index of the branch's tip; `None` while the branch is unborn.
    pub fn open(store: &'s Store, around: &Surroundings<'_>) -> Result<Option<Index<'s>>> {
        let Some(tip) = store.tip()? else { return Ok(None) };
        file::open(store, tip, around).map(Some)
    }

    /// An index as of any commit, in memory. For one on the branch, history comes from the index of the tip.
    pub fn at(store: &'s Store, commit: Oid, around: &Surroundings<'_>) -> Result<Index<'s>> {
        if let Some(tip) = Index::open(store, around)? {
            if tip.commit == commit {
                return Ok(tip);
            }
            if let Some(index) = tip.earlier(commit, around)? {
                return Ok(index);
            }
        }
        Index::in_memory(store, commit, around)
    }

    /// Removes the file, so that the next one is built anew.
    pub fn discard(self) -> Result<()> {
        let path = self.db.path().map(PathBuf::from);
        drop(self);
        match path.filter(|path| path.is_file()) {
            Some(path) => Ok(std::fs::remove_file(path)?),
            None => Ok(()),
        }
    }

    /// Everything read anew, nothing kept.
    pub fn in_memory(store: &'s Store, commit: Oid, around: &Surroundings<'_>) -> Result<Index<'s>> {
        let db = Connection::open_in_memory()?;
        schema::create(&db)?;
        build::whole(&db, store, commit, around.progress)?;
        Ok(Index { db, store, commit, _guard: None })
    }

    fn earlier(&self, commit: Oid, around: &Surroundings<'_>) -> Result<Option<Index<'s>>> {
        let Some(landed) = self.mainline_number(commit)? else { return Ok(None) };
        let db = Connection::open_in_memory()?;
        schema::create(&db)?;
        build::earlier(&db, &self.db, self.store, commit, landed, around.progress)?;
        Ok(Some(Index { db, store: self.store, commit, _guard: None }))
    }
}
