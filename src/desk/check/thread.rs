//! Entries and attachments beside the ticket that they belong to.

use std::collections::BTreeMap;

use super::Check;
use crate::error::Result;
use crate::model::entry::Entry;
use crate::model::id::TicketId;
use crate::model::word::EntryKind;
use crate::store::document;
use crate::store::snapshot::Holds;
use crate::view::Finding;

impl Check<'_, '_> {
    /// A file of a ticket that is not there.
    pub(super) fn orphan(&mut self, id: TicketId, shown: &str) -> Result<()> {
        if !self.exists(&id.path())? {
            let message = format!("it belongs to {id}, which is not there");
            self.findings.push(Finding::error("DSK205", shown, (1, 1), message));
        }
        Ok(())
    }

    pub(super) fn entry(&mut self, path: &str, shown: &str, held: &Holds, entry: &Entry) -> Result<()> {
        let Holds::Entry(id, _) = held else { return Ok(()) };
        let mut wrong: Vec<(&str, Finding)> = Vec::new();
        let start = (1, 1);
        if entry.kind == EntryKind::Escalation && entry.body.trim().is_empty() {
            let message = "the escalation does not say why";
            wrong
                .push(("body", Finding::error("DSK412", shown, start, message).fix("body = '''\nwhy it went up\n'''")));
        }
        for file in &entry.files {
            let stored = file.split_once(' ').map_or(file.as_str(), |(stored, _)| stored);
            let harmless = !stored.is_empty() && !stored.contains('/');
            if !harmless || !self.exists(&format!("{}/files/{stored}", id.folder()))? {
                let message = format!("the attachment \"{stored}\" is not there");
                wrong.push(("files", Finding::error("DSK307", shown, start, message)));
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let Some(Ok(bytes)) = self.bytes(path)? else { return Ok(()) };
        // Where a field stands is looked up once, however many faults it has.
        let mut places: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (field, finding) in wrong {
            let (line, column) =
                *places.entry(field).or_insert_with(|| document::locate(&bytes, field).unwrap_or(start));
            self.findings.push(Finding { line, column, ..finding });
        }
        Ok(())
    }
}
