//! One list of several desks: the order goes over all of them, and so does the limit.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::{Args, damage, footer, grid, nothing, order, row, sort_by_field};
use crate::commands::clocks::{self, Due};
use crate::commands::desks::{self, Answers, Line};
use crate::commands::{Context, rows};
use crate::error::Result;
use crate::index::{Found, Order};
use crate::model::id::TicketId;

/// What one desk has to say.
struct Told {
    /// How many tickets are meant.
    count: usize,
    lines: Vec<Line>,
    /// Files that cannot be read.
    damage: Option<String>,
    dues: HashMap<TicketId, Due>,
}

pub fn run(args: &Args, ctx: &Context) -> Result<()> {
    let Answers { given, trouble } = desks::ask(ctx, |name, inside| tell(args, name, inside))?;
    let count = given.iter().map(|(_, told)| told.count).sum::<usize>().min(args.limit.unwrap_or(usize::MAX));
    let damages: Vec<(String, String)> =
        given.iter().filter_map(|(name, told)| Some((name.clone(), told.damage.clone()?))).collect();
    if args.count {
        ctx.ui.write(&format!("{count}\n"))?;
    } else {
        let (mut lines, mut dues) = (Vec::new(), HashMap::new());
        for (_, told) in given {
            lines.extend(told.lines);
            dues.extend(told.dues);
        }
        show(args, ctx, merged(args, lines)?, &dues)?;
    }
    for (name, words) in damages {
        ctx.ui.warning(&format!("desk {name}: {words}"));
    }
    match trouble.is_none() {
        true => args.answer(ctx, count == 0),
        false => trouble.end(),
    }
}

fn tell(args: &Args, name: &str, ctx: &Context) -> Result<Told> {
    let listed = args.find(ctx)?;
    let damage = damage(&listed.look)?;
    let count = listed.found.len();
    if args.count {
        return Ok(Told { count, lines: Vec::new(), damage, dues: HashMap::new() });
    }
    let me = ctx.desk()?.person(&listed.look.policy)?.name;
    let look = &listed.look;
    let mut dues = HashMap::new();
    if rows::is_table(ctx) {
        let all = clocks::dues(ctx, look, &listed.found)?;
        dues.extend(listed.found.iter().map(|one| one.ticket.id).zip(all));
    }
    let cells = |one: &Found| row(ctx, look, one, &me, &dues[&one.ticket.id]);
    let lines = desks::lines(ctx, name, look, listed.found, cells)?;
    Ok(Told { count, lines, damage, dues })
}

/// All lines in the order that was asked for; where two are alike, in the order of the desks.
fn merged(args: &Args, mut lines: Vec<Line>) -> Result<Vec<Line>> {
    let (order, down, field) = order(args.sort.as_deref())?;
    lines.sort_by(|one, other| compare(order, down && field.is_none(), &one.found, &other.found));
    if let Some(field) = field {
        sort_by_field(&mut lines, &field, down, |line| &line.found);
    }
    lines.truncate(args.limit.unwrap_or(usize::MAX));
    Ok(lines)
}

/// The order that the index gives within one desk.
fn compare(order: Order, down: bool, one: &Found, other: &Found) -> Ordering {
    let turned = |order: Ordering| if down { order.reverse() } else { order };
    let opened = |found: &Found| found.ticket.opened.as_second();
    let first = match order {
        Order::Urgency => turned(one.ticket.priority.cmp(&other.ticket.priority)).then(opened(one).cmp(&opened(other))),
        Order::Opened => turned(opened(one).cmp(&opened(other))),
        Order::Updated => turned(one.times.updated.cmp(&other.times.updated)),
        Order::Id => return turned(one.ticket.id.cmp(&other.ticket.id)),
    };
    first.then(one.ticket.id.cmp(&other.ticket.id))
}

fn show(args: &Args, ctx: &Context, lines: Vec<Line>, dues: &HashMap<TicketId, Due>) -> Result<()> {
    if !rows::is_table(ctx) {
        return desks::print(ctx, lines, grid());
    }
    if lines.is_empty() {
        let text = args.query.join(" ");
        let view = args.view.view.as_ref().map(|view| format!("view {view} {text}"));
        ctx.ui.status(&nothing(view.as_deref().unwrap_or(&text)));
        return Ok(());
    }
    let with_dues = lines.iter().filter_map(|line| Some((&line.found, dues.get(&line.found.ticket.id)?)));
    let footer = footer(&with_dues.collect::<Vec<_>>());
    desks::print(ctx, lines, grid())?;
    ctx.ui.finish()?;
    ctx.ui.status(&footer);
    Ok(())
}
