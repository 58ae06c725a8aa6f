//! `fmt`

use super::Context;
use crate::error::{Problem, Result};
use crate::model::field::FileKind;
use crate::store::document;
use crate::store::message::Message;
use crate::store::snapshot::{Holds, holds};

/// Bring files into canonical form: order of keys, blank lines, text blocks
///
/// Nothing else re-orders a file. Without an ID: every ticket and entry of the desk. What they say stays the same, so
/// no history comes of it.
///
/// Examples:
///   git desk fmt k7m3
///   git desk fmt --check
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub ids: Vec<String>,
    /// Write nothing; exit 1 and name the files that are not in canonical form
    #[arg(long)]
    pub check: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let desk = ctx.desk()?;
        let ids = self.ids.iter().map(|typed| ctx.find(typed)).collect::<Result<Vec<_>>>()?;
        let check = self.check;
        let formatted = |room: &mut crate::desk::Room<'_, '_>| {
            let Some(base) = room.tx.base() else { return Ok(Vec::new()) };
            let mut files = Vec::new();
            base.walk_tickets(|path, oid, mode| match holds(path) {
                Holds::Ticket(id) if ids.is_empty() || ids.contains(&id) => {
                    files.push((path.to_owned(), FileKind::Ticket, oid, mode));
                }
                Holds::Entry(id, _) if ids.is_empty() || ids.contains(&id) => {
                    files.push((path.to_owned(), FileKind::Entry, oid, mode));
                }
                Holds::Policy | Holds::Ticket(_) | Holds::Entry(..) | Holds::Attachment(_) | Holds::Other => {}
            })?;
            let mut changed = Vec::new();
            for (path, kind, oid, mode) in files {
                // A file that cannot be read is `check`'s affair.
                let Ok(bytes) = base.blob(oid, mode, &path, document::MAX_SIZE)? else { continue };
                if let Ok(canonical) = document::format(kind, &bytes)
                    && canonical != bytes
                {
                    changed.push((path, canonical));
                }
            }
            let paths: Vec<String> = changed.iter().map(|(path, _)| path.clone()).collect();
            if !check {
                changed.into_iter().for_each(|(path, bytes)| room.tx.put(path, bytes));
                let files = if paths.len() == 1 { "1 file".to_owned() } else { format!("{} files", paths.len()) };
                room.tx.describe(Message::new(format!("fmt {files}")).trailer("Desk-Act", "fmt"));
            }
            Ok(paths)
        };
        let done = desk.write(formatted)?;
        for path in &done.value {
            ctx.ui.line(&format!("{}{path}", desk.store.root()))?;
        }
        if check && !done.value.is_empty() {
            ctx.ui.finish()?;
            return Err(Problem::no("").code("not_formatted").into());
        }
        ctx.ui.status(&match done.value.len() {
            0 => "everything is in canonical form".to_owned(),
            1 => "1 file formatted".to_owned(),
            count => format!("{count} files formatted"),
        });
        Ok(())
    }
}
