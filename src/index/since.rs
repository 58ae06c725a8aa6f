//! What is new since a commit, at the cost of what is new and not of all there is.

use rusqlite::OptionalExtension;

use super::Index;
use super::history::{Logged, logged, rows_logged};
use crate::error::Result;
use crate::store::Oid;

impl Index<'_> {
    /// Whether this is the commit that answers are as of, or one of its ancestors.
    pub fn has(&self, commit: Oid) -> Result<bool> {
        Ok(self.number(commit)?.is_some())
    }

    /// What happened since a commit, oldest first: in all that answers are as of and that it does not reach, merged
    /// branches too. Nothing for a commit that is not in this history.
    pub fn log_since(&self, base: Oid) -> Result<Vec<Logged>> {
        let Some(known) = self.number(base)? else { return Ok(Vec::new()) };
        let mut new = Vec::new();
        for row in self.store.commits(self.commit, Some(base))? {
            let Some(n) = self.number(row.id)? else { continue };
            // Where clocks were wrong, git's walk may come to ancestors of the base, which all stand before it.
            if n > known || !self.store.reaches(base, row.id)? {
                new.push(n);
            }
        }
        new.sort_unstable();
        let mut select = self.db.prepare_cached(&format!("{} where n = ? order by ticket", rows_logged()))?;
        let mut changes = Vec::new();
        for n in new {
            let rows = select.query_map([n], logged)?;
            changes.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten());
        }
        Ok(changes)
    }

    fn number(&self, commit: Oid) -> Result<Option<i64>> {
        let mut select = self.db.prepare_cached("select n from commits where id = ?")?;
        Ok(select.query_row([commit.to_string()], |row| row.get(0)).optional()?)
    }
}
