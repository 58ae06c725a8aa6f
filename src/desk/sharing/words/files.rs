//! Changes of files that are no fields of tickets: the policy, customers, services, articles, attachments, the rest.

use super::keys;
use super::{Sides, cut};
use crate::error::Result;
use crate::model::id::TicketId;
use crate::store::Snapshot;
use crate::store::changed::Differing;
use crate::store::document::MAX_SIZE;
use crate::store::snapshot::{Holds, holds};
use crate::view::change::Change;

impl Sides<'_, '_> {
    /// What is to be said of one file that differs.
    pub(super) fn file(&self, file: &Differing) -> Result<Vec<Change>> {
        match holds(&file.path) {
            Holds::Ticket(id) | Holds::Entry(id, _) => {
                let to = self.form(file)?.to_owned();
                Ok(vec![self.of_ticket(id, file, "file", String::new(), to)?])
            }
            Holds::Attachment(id) => {
                let name = file.path.rsplit('/').next().unwrap_or_default();
                let side = |there: bool| if there { name.to_owned() } else { String::new() };
                let (from, to) = (side(file.before.is_some()), side(file.after.is_some()));
                Ok(vec![self.of_ticket(id, file, "attachment", from, to)?])
            }
            Holds::Policy | Holds::Other => self.of_path(file),
        }
    }

    fn of_ticket(&self, id: TicketId, file: &Differing, what: &str, from: String, to: String) -> Result<Change> {
        let by = self.authors.of_path(&file.path);
        Ok(Change { ticket: Some(id), title: self.title(id)?, what: what.to_owned(), from, to, by })
    }

    fn of_path(&self, file: &Differing) -> Result<Vec<Change>> {
        let title = format!("{}{}", self.new.store().root(), file.path);
        let (kind, by) = (kind(&file.path), self.authors.of_path(&file.path));
        let change = |what: String, from: &str, to: &str| {
            let (from, to) = (cut(from), cut(to));
            Change { ticket: None, title: title.clone(), what, from, to, by: by.clone() }
        };
        let by_key = if kind == "file" { None } else { self.keys(file)? };
        Ok(match by_key {
            Some(keys) if !keys.is_empty() => {
                keys.iter().map(|(key, from, to)| change(format!("{kind} {key}"), from, to)).collect()
            }
            Some(_) | None => vec![change(kind.to_owned(), "", self.form(file)?)],
        })
    }

    fn keys(&self, file: &Differing) -> Result<Option<Vec<keys::Differs>>> {
        let (Some(before), Some(after)) = (bytes(self.old, file)?, bytes(self.new, file)?) else { return Ok(None) };
        Ok(keys::differing(&before, &after))
    }

    /// What has become of a file, where nothing more is to be said of it.
    fn form(&self, file: &Differing) -> Result<&'static str> {
        Ok(match (file.before, file.after) {
            (_, None) => "deleted",
            (None, Some(_)) => "added",
            (Some(_), Some(_)) => match holds(&file.path) {
                Holds::Ticket(id) if self.new.ticket(id)?.is_some_and(|file| file.is_err()) => "cannot be read",
                Holds::Entry(id, entry) if self.new.one_entry(id, &entry)?.is_none() => "cannot be read",
                Holds::Ticket(_) | Holds::Entry(..) => "its form",
                Holds::Policy | Holds::Attachment(_) | Holds::Other => "changed",
            },
        })
    }
}

/// `None` where there is no such file, or none that can be read.
fn bytes(side: &Snapshot<'_>, file: &Differing) -> Result<Option<Vec<u8>>> {
    Ok(side.file(&file.path, MAX_SIZE)?.and_then(Result::ok))
}

/// What a file of the desk is, by its path.
fn kind(path: &str) -> &'static str {
    match path.split_once('/').map_or(path, |(folder, _)| folder) {
        crate::model::policy::FILE => "policy",
        "customers" => "customer",
        "services" => "service",
        "kb" => "article",
        _ => "file",
    }
}
