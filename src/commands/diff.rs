//! `diff`

mod effect;
mod range;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Context;
use super::rows::{done, is_silent, is_table};
use crate::desk::Desk;
use crate::desk::look::Look;
use crate::desk::sharing::effect::{cause, effects};
use crate::desk::sharing::words::changes;
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::model::id::TicketId;
use crate::model::word::EntryKind;
use crate::store::{Oid, Snapshot};
use crate::ui::format::Format;
use crate::ui::grid::{Grid, Look as Paint, Shown, cut};
use crate::view::change::{COLUMNS, Change, Moved, change as object};
use effect::words;
use range::Range;

/// What changes, in words: which ticket, what, by whom, and what that does to its clocks
///
/// A...B is what B has changed since it left A, as in a pull request; A..B is all that differs between
/// the two; A alone is A...HEAD. Without a range: what is here and not at the desk's remote, as far as
/// that is known without asking it.
///
/// The clocks are those of now, with the changes against without. What is no ticket's, such as
/// desk.toml, has its rows, too: key by key where it can be read so.
///
/// Works on the detached commit that a forge checks out; it needs the commits between both.
///
/// Examples:
///   git desk diff
///   git desk diff main...review
///   git desk diff HEAD~5 --json | jq -r '.[].title'
///   git desk diff origin/main...HEAD -o markdown >> "$GITHUB_STEP_SUMMARY"
///   git desk diff --exit-code -q || git desk sync
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// A...B, A..B, or A for A...HEAD
    #[arg(value_name = "A...B")]
    pub range: Option<String>,
    /// Exit 1 when anything changes
    #[arg(long)]
    pub exit_code: bool,
}

/// A change with what it does to the clocks.
struct Row {
    change: Change,
    moved: Vec<(Moved, String)>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let desk = ctx.desk_to_read()?;
        let (end, now) = present(ctx, desk)?;
        let range = Range::read(desk, self.range.as_deref(), end)?;
        let changes = changes(&desk.store, range.before, range.after)?;
        let none = changes.is_empty();
        if !(self.exit_code && is_silent(ctx)) {
            print(ctx, desk, range, (changes, now))?;
        }
        if self.exit_code && !none {
            ctx.ui.finish()?;
            return Err(Problem::no("").code("differs").into());
        }
        Ok(())
    }
}

/// The commit that is meant where none is said, and the moment of the clocks.
fn present(ctx: &Context, desk: &Desk<'_>) -> Result<(Oid, Timestamp)> {
    match &ctx.globals.at {
        Some(at) => desk.look(Some(at)).map(|look| (look.index.commit(), look.now)),
        None => Ok((desk.store.snapshot()?.commit(), ctx.env.now)),
    }
}

fn print(ctx: &Context, desk: &Desk<'_>, range: Range, (changes, now): (Vec<Change>, Timestamp)) -> Result<()> {
    let tickets: BTreeSet<TicketId> = changes.iter().filter_map(|change| change.ticket).collect();
    if ctx.ui.format() == Format::Ids {
        return tickets.iter().try_for_each(|id| ctx.ui.line(id.as_str()));
    }
    // Where no ticket changes, nobody's clocks do.
    let look = if tickets.is_empty() { None } else { Some(desk.look_at(range.after, now)?) };
    let rows = match &look {
        Some(look) => rows(ctx, desk, range, (changes, &tickets), look)?,
        None => changes.into_iter().map(|change| Row { change, moved: Vec::new() }).collect(),
    };
    if is_table(ctx) {
        return table(ctx, look.as_ref(), &rows);
    }
    let objects: Vec<Value> = rows.iter().map(|row| row.object(ctx.wants_json())).collect();
    done(ctx, "a change", COLUMNS, &["schema"], &objects)
}

/// Each change with the clocks that it moves, each of them once.
fn rows(
    ctx: &Context,
    desk: &Desk<'_>,
    range: Range,
    (changes, tickets): (Vec<Change>, &BTreeSet<TicketId>),
    look: &Look<'_>,
) -> Result<Vec<Row>> {
    if desk.store.is_shallow() {
        ctx.ui.warning("this clone is shallow, so what becomes of the clocks is not known");
    }
    let tickets: Vec<TicketId> = tickets.iter().copied().collect();
    let snapshot = Snapshot::at(&desk.store, range.before)?;
    let mut old = None;
    for id in &tickets {
        if old.is_none() && snapshot.exists(&id.path())? {
            old = Some(desk.look_at(range.before, look.now)?);
        }
    }
    let mut effects = effects(old.as_ref(), look, &tickets)?;
    let mut rows = Vec::with_capacity(changes.len());
    for group in changes.chunk_by(|one, other| one.ticket.is_some() && one.ticket == other.ticket) {
        let first = rows.len();
        rows.extend(group.iter().map(|change| Row { change: change.clone(), moved: Vec::new() }));
        for moved in group[0].ticket.and_then(|id| effects.remove(&id)).unwrap_or_default() {
            let said = words(ctx, look, &moved);
            let at = first + cause(&moved, group);
            if let Some(row) = rows.get_mut(at) {
                row.moved.push((moved, said));
            }
        }
    }
    Ok(rows)
}

impl Row {
    /// Whether both are of one ticket, or of one file.
    fn is_of(&self, other: &Row) -> bool {
        let (one, other) = (&self.change, &other.change);
        one.ticket == other.ticket && (one.ticket.is_some() || one.title == other.title)
    }

    /// The effects on the clocks, in one line.
    fn sla(&self) -> String {
        self.moved.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// `desk.change/1`; for formats of one line a row, lists are text.
    fn object(&self, whole: bool) -> Value {
        let moved: Vec<(&Moved, String)> = self.moved.iter().map(|(moved, words)| (moved, words.clone())).collect();
        let mut object = object(&self.change, &moved);
        if !whole {
            object["by"] = json!(self.change.by.join(", "));
            object["sla"] = json!(self.sla());
        }
        object
    }
}

/// Characters of a title and of one side of a change, on a terminal.
const TITLE: usize = 80;
const SIDE: usize = 40;

/// The changes of each ticket below its title.
fn table(ctx: &Context, look: Option<&Look<'_>>, rows: &[Row]) -> Result<()> {
    if rows.is_empty() {
        ctx.ui.status("nothing changes");
        return Ok(());
    }
    let mut grid = Grid { columns: vec!["CHANGE", "BY", "SLA"], free: 0, right: Vec::new(), rows: Vec::new() };
    for group in rows.chunk_by(|one, other| one.is_of(other)) {
        let Change { ticket, title, .. } = &group[0].change;
        let title = cut(title, TITLE, ctx.ui.ellipsis());
        let heading = match (ticket, look) {
            (Some(id), Some(look)) => format!("{}  {title}", look.index.handle(*id)?),
            (Some(_), None) | (None, _) => title,
        };
        grid.rows.push(vec![Shown::new(heading).look(Paint::Bold)]);
        for row in group {
            let by = &row.change.by;
            grid.rows.push(vec![
                Shown::new(format!("  {}", said(ctx, &row.change))),
                Shown::new(if by.is_empty() { ctx.ui.nobody().to_owned() } else { by.join(", ") }),
                Shown::new(row.sla()),
            ]);
        }
    }
    ctx.ui.grid(&grid)?;
    ctx.ui.finish()?;
    let tickets: BTreeSet<TicketId> = rows.iter().filter_map(|row| row.change.ticket).collect();
    let clocks: usize = rows.iter().map(|row| row.moved.len()).sum();
    let of = |many: usize, words: &str, noun| match many {
        0 => String::new(),
        many => format!("{words} {}", counted(many, noun)),
    };
    let (to, moving) = (of(tickets.len(), " to", "ticket"), of(clocks, ", moving", "clock"));
    ctx.ui.status(&format!("{}{to}{moving}", counted(rows.len(), "change")));
    Ok(())
}

/// What is no value that becomes another, beside the kinds of entries.
const TOLD: &[&str] = &["opened", "file", "attachment", "policy", "customer", "service", "article"];

/// `priority p3 → p1`, `comment: We see it, too`.
fn said(ctx: &Context, change: &Change) -> String {
    let side =
        |text: &str| if text.is_empty() { ctx.ui.nobody().to_owned() } else { cut(text, SIDE, ctx.ui.ellipsis()) };
    let Change { what, from, to, .. } = change;
    let is_told = TOLD.contains(&what.as_str()) || EntryKind::parse(what).is_some();
    match (from.is_empty(), to.is_empty()) {
        (true, true) => what.clone(),
        (true, false) if is_told => format!("{what}: {}", side(to)),
        (_, _) => format!("{what} {} {} {}", side(from), ctx.ui.plain("→"), side(to)),
    }
}
