//! The derived index: an SQLite file beside the repository that answers questions about many tickets and about history.
//!
//! It records the commit it mirrors. Every read first brings it to the branch's tip, however the branch got there;
//! whatever is odd about it (another schema, another repository, an unrelated history, a damaged file) makes it be built
//! anew, so it is never wrong; and where no file can be kept it is built in memory, so it is never needed.

mod acts;
mod articles;
mod ask;
mod build;
mod commits;
pub mod database;
mod day;
mod file;
mod follow;
mod history;
mod mentions;
mod past;
mod schema;
mod search;
mod select;
mod settle;
mod shelf;
mod similar;
mod since;
mod sum;
#[cfg(test)]
mod tests;
mod thread;
mod tickets;
mod times;
mod turns;

pub use ask::Found;
pub use day::{Caller, Turn, Whose};
pub use history::{Logged, Response};
pub use mentions::Record;
pub use past::Past;
pub use select::{Asked, Order};
pub use shelf::{Fits, Fitting, Head};
pub use thread::Thread;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};
use tempfile::TempPath;

use crate::error::Result;
use crate::store::{Oid, Store};

/// Called with how many commits or files are done, and of how many.
pub type Progress<'a> = &'a dyn Fn(u64, u64);

/// Answers as of one commit, whatever others do to the file meanwhile. That keeps the file's log from being cleared, so
/// it is not for holding on to.
pub struct Index<'s> {
    db: Connection,
    store: &'s Store,
    commit: Oid,
    /// Keeps others from replacing the file while it is read.
    _guard: Option<std::fs::File>,
    /// The file, where it is ours alone; removed behind `db`.
    _copy: Option<TempPath>,
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

    /// An index as of any commit: a copy of the tip's, brought there, else in memory.
    pub fn at(store: &'s Store, commit: Oid, around: &Surroundings<'_>) -> Result<Index<'s>> {
        if let Some(tip) = Index::open(store, around)? {
            if tip.commit == commit {
                return Ok(tip);
            }
            if let Some(index) = tip.elsewhere(commit, around)? {
                return Ok(index);
            }
        }
        Index::in_memory(store, commit, around)
    }

    /// The index as it is kept, of whatever commit: for who would rather do without than wait for one to be built.
    pub fn as_it_is(store: &'s Store, cache: Option<&Path>) -> Option<Index<'s>> {
        file::as_it_is(store, cache)
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
        schema::settle(&db)?;
        schema::create(&db)?;
        build::whole(&db, store, commit, around.progress)?;
        Ok(Index { db, store, commit, _guard: None, _copy: None })
    }

    /// A copy, brought to another commit; `None` where there is no room for one, or too little in common.
    fn elsewhere(&self, commit: Oid, around: &Surroundings<'_>) -> Result<Option<Index<'s>>> {
        let brought = file::copied(&self.db).and_then(|copied| match copied {
            Some((db, copy)) => self.bring_copy(db, copy, commit, around),
            None => Ok(None),
        });
        match brought {
            Err(error) if file::is_of_the_file(&error) => {
                log::debug!("index: no copy: {error:#}");
                Ok(None)
            }
            other => other,
        }
    }

    fn bring_copy(
        &self,
        mut db: Connection,
        copy: TempPath,
        commit: Oid,
        around: &Surroundings<'_>,
    ) -> Result<Option<Index<'s>>> {
        let change = db.transaction()?;
        if !follow::bring(&change, self.store, commit, around.progress)? {
            return Ok(None);
        }
        change.commit()?;
        Ok(Some(Index { db, store: self.store, commit, _guard: None, _copy: Some(copy) }))
    }
}

/// Whether an error says that an index's file is damaged: then [`discard_file`] and doing the same once more helps.
pub fn is_damage(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<rusqlite::Error>()).any(|error| match error {
        // What is in the tables is not what was put there.
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::Utf8Error(..) => true,
        other => matches!(
            other.sqlite_error_code(),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::SystemIoFailure)
        ),
    })
}

/// Gives another reference of the same desk a copy of the index's file, where it has none yet. Where there is no room for
/// one, nothing is lost: it is built.
pub fn lend(store: &Store, to: &Store, around: &Surroundings<'_>) -> Result<()> {
    match file::lend(store, to, around) {
        Err(error) if file::is_of_the_file(&error) => {
            log::debug!("index: not lent: {error:#}");
            Ok(())
        }
        lent => lent,
    }
}

/// Removes the files that an index of this desk is kept in, in the repository and in the user's cache folder. No
/// [`Index`] of it should be open in this process.
pub fn discard_file(store: &Store, cache: Option<&Path>) {
    file::discard(store, cache);
}
