//! Tickets whose file cannot be read: the index does not know their keys, so what is said of them must wait.

use std::collections::HashMap;

use super::Batch;
use crate::error::{Problem, Result};
use crate::model::id::TicketId;
use crate::store::document::guess;

/// By the keys that they seem to have.
pub type Damaged = HashMap<String, (TicketId, Problem)>;

impl Batch<'_, '_, '_> {
    /// The ticket that seems to have a key and cannot be read, where no open one has it; and what is wrong with it.
    pub fn damaged_with_key(&self, key: &str) -> Result<Option<(TicketId, Problem)>> {
        if self.damaged.get().is_none() {
            let _ = self.damaged.set(self.find_damaged()?);
        }
        let Some(found) = self.damaged.get().and_then(|damaged| damaged.get(key)) else { return Ok(None) };
        Ok(if self.room.open_with_key(key)?.is_some() { None } else { Some(found.clone()) })
    }

    fn find_damaged(&self) -> Result<Damaged> {
        let mut found = Damaged::new();
        let Some(index) = self.room.index()? else { return Ok(found) };
        for (id, damaged) in index.damaged_tickets()? {
            let Some(Ok(bytes)) = self.room.tx.file(&id.path())? else { continue };
            for key in guess(&bytes, "key") {
                found.entry(key).or_insert_with(|| (id, damaged.clone().into()));
            }
        }
        Ok(found)
    }
}
