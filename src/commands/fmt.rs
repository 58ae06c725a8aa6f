//! `fmt`

use std::path::Path;

use super::Context;
use super::paths::of_desk;
use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::model::field::FileKind;
use crate::model::id::TicketId;
use crate::store::document;
use crate::store::message::Message;
use crate::store::snapshot::{Damaged, Holds, holds, kind_of, read_entry, read_ticket};
use crate::store::{Oid, Snapshot};

/// Bring files into canonical form: order of keys, blank lines, text blocks
///
/// Nothing else re-orders a file. Without an ID: every ticket, entry and article of the desk. A
/// file can be named as `check` prints it. What they say stays the same, so no history comes of
/// it.
///
/// Examples:
///   git desk fmt k7m3
///   git desk fmt tickets/2026/11/24/261124-k7m3x9pd.toml
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
        let named = self.ids.iter().map(|typed| named(ctx, typed)).collect::<Result<Vec<_>>>()?;
        let done = desk.write(|room| format(room, &named, self.check))?;
        for path in &done.value {
            ctx.ui.line(&format!("{}{path}", desk.store.root()))?;
        }
        if self.check && !done.value.is_empty() {
            ctx.ui.finish()?;
            return Err(Problem::no("").code("not_formatted").into());
        }
        ctx.ui.status(&match done.value.len() {
            0 => "everything is in canonical form".to_owned(),
            count => format!("{} formatted", counted(count, "file")),
        });
        Ok(())
    }
}

/// What somebody wants formatted.
enum Named {
    Ticket(TicketId),
    Path(String),
}

impl Named {
    fn means(&self, path: &str) -> bool {
        match (self, holds(path)) {
            (Named::Path(named), _) => named == path,
            (Named::Ticket(named), Holds::Ticket(id) | Holds::Entry(id, _)) => *named == id,
            (Named::Ticket(_), Holds::Policy | Holds::Attachment(_) | Holds::Other) => false,
        }
    }
}

fn named(ctx: &Context, typed: &str) -> Result<Named> {
    if !typed.ends_with(".toml") {
        return ctx.find(typed).map(Named::Ticket);
    }
    let snapshot = ctx.desk()?.store.snapshot()?;
    let path = of_desk(ctx, Path::new(typed), |path| kind_of(path).map_or(Ok(false), |_| snapshot.exists(path)))?;
    Ok(Named::Path(path))
}

/// Formats what is named, else everything; the paths that were not in canonical form.
fn format(room: &mut Room<'_, '_>, named: &[Named], check: bool) -> Result<Vec<String>> {
    let Some(base) = room.tx.base() else { return Ok(Vec::new()) };
    let mut blobs = Vec::new();
    let mut add = |path: &str, oid, mode| {
        let meant = named.is_empty() || named.iter().any(|one| one.means(path));
        blobs.extend(kind_of(path).filter(|_| meant).map(|kind| (path.to_owned(), kind, oid, mode)));
    };
    base.walk("kb", &mut add)?;
    base.walk_tickets(&mut add)?;
    let mut changed = Vec::new();
    for (path, kind, oid, mode) in blobs {
        match canonical(base, &path, kind, (oid, mode))? {
            Ok(Some(bytes)) => changed.push((path, bytes)),
            Ok(None) => {}
            // Among all files, one that cannot be read is `check`'s affair.
            Err(_) if named.is_empty() => {}
            Err(damaged) => return Err(Problem::from(damaged).into()),
        }
    }
    let paths: Vec<String> = changed.iter().map(|(path, _)| path.clone()).collect();
    if !check {
        changed.into_iter().for_each(|(path, bytes)| room.tx.put(path, bytes));
        room.tx.describe(Message::new(format!("fmt {}", counted(paths.len(), "file"))).trailer("Desk-Act", "fmt"));
    }
    Ok(paths)
}

/// The canonical bytes where they differ from those that are there.
fn canonical(
    base: &Snapshot<'_>,
    path: &str,
    kind: FileKind,
    (oid, mode): (Oid, i32),
) -> Result<Result<Option<Vec<u8>>, Damaged>> {
    let bytes = match base.blob(oid, mode, path, document::MAX_SIZE)? {
        Ok(bytes) => bytes,
        Err(damaged) => return Ok(Err(damaged)),
    };
    let shown = format!("{}{path}", base.store().root());
    let read = match holds(path) {
        Holds::Ticket(id) => read_ticket(id, &shown, bytes.clone()).map(drop),
        Holds::Entry(_, entry) => read_entry(entry, &shown, &bytes).map(drop),
        Holds::Policy | Holds::Attachment(_) | Holds::Other => Ok(()),
    };
    let formatted = document::format(kind, &bytes).ok();
    Ok(match (formatted, read) {
        (Some(new), _) => Ok((new != bytes).then_some(new)),
        (None, Err(damaged)) => Err(damaged),
        (None, Ok(())) => Err(Damaged::whole(shown, "cannot be formatted")),
    })
}
