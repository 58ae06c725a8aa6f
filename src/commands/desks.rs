//! Reading several desks at once, as `--desk a,b` asks for: each with its own policy and its own "me", and one that cannot
//! be read is no reason to keep the others back.

use serde_json::Value;

use super::Context;
use super::rows;
use crate::desk::look::Look;
use crate::desk::registry;
use crate::error::{Kind, Problem, Result};
use crate::index::{self, Found};
use crate::ui::format::Format;
use crate::ui::grid::{Grid, Look as Paint, Shown};

/// Whether rows name their desk: several are asked, or the field is wanted of one that is named.
pub fn are_named(ctx: &Context) -> bool {
    let wanted = || ctx.chosen_fields().is_some_and(|fields| fields.iter().any(|name| name == rows::DESK));
    ctx.globals.desk.len() > 1 || (ctx.globals.desk.len() == 1 && wanted())
}

/// What each desk answered, and the trouble with those that did not.
pub struct Answers<T> {
    pub given: Vec<(String, T)>,
    pub trouble: Trouble,
}

/// What was wrong with some of the desks.
#[derive(Default)]
pub struct Trouble(Vec<(String, Problem)>);

impl Trouble {
    /// The end of a command: all that was wrong, with the exit code of the first.
    pub fn end(self) -> Result<()> {
        let mut troubles = self.0.into_iter().map(|(name, problem)| of_desk(&name, problem));
        let Some(first) = troubles.next() else { return Ok(()) };
        let whole = troubles.fold(first, |whole, next| {
            let mut hints = whole.hints;
            hints.extend(next.hints.into_iter().filter(|hint| !hints.contains(hint)).collect::<Vec<_>>());
            Problem { message: format!("{}; {}", whole.message, next.message), hints, ..whole }
        });
        Err(whole.into())
    }

    /// The end where no desk answered: what is wrong with the question is said once.
    fn end_of_all(self) -> Result<()> {
        let mut problems = self.0.iter().map(|(_, problem)| problem);
        match problems.next().cloned() {
            Some(first) if problems.all(|problem| problem.message == first.message) => Err(first.into()),
            Some(_) | None => self.end(),
        }
    }

    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }
}

/// Asks each desk of `--desk`. Exit code 3 for a name that is none, and then nothing is answered; when no desk answers,
/// the code of the first.
pub fn ask<T>(ctx: &Context, question: impl Fn(&str, &Context) -> Result<T>) -> Result<Answers<T>> {
    for name in &ctx.globals.desk {
        registry::find(ctx.env, name)?;
    }
    let (mut given, mut trouble) = (Vec::new(), Vec::new());
    for name in &ctx.globals.desk {
        let inside = ctx.at_desk(name);
        let answer = match question(name, &inside) {
            Err(error) if index::is_damage(&error) => {
                inside.desk()?.forget_index();
                question(name, &inside)
            }
            answer => answer,
        };
        match answer {
            Ok(answer) => given.push((name.clone(), answer)),
            Err(error) => {
                let problem = error.downcast().unwrap_or_else(|error| Problem::new(Kind::Bug, format!("{error:#}")));
                trouble.push((name.clone(), problem));
            }
        }
    }
    let trouble = Trouble(trouble);
    match given.is_empty() {
        true => trouble.end_of_all().map(|()| Answers { given, trouble: Trouble::default() }),
        false => Ok(Answers { given, trouble }),
    }
}

fn of_desk(name: &str, problem: Problem) -> Problem {
    let begin = format!("desk {name}: ");
    let message =
        if problem.message.starts_with(&begin) { problem.message } else { format!("{begin}{}", problem.message) };
    Problem { message, ..problem }
}

/// A ticket of one of several desks, ready to be shown.
pub struct Line {
    pub found: Found,
    /// For people; the desk is the first cell.
    cells: Vec<Shown>,
    /// For programs.
    row: Value,
}

/// Makes the lines of one desk: `cells` for a table, values for everything else.
pub fn lines(
    ctx: &Context,
    name: &str,
    look: &Look<'_>,
    found: Vec<Found>,
    cells: impl Fn(&Found) -> Result<Vec<Shown>>,
) -> Result<Vec<Line>> {
    if rows::is_table(ctx) {
        let line = |found: Found| {
            let mut all = vec![Shown::new(name).look(Paint::Bold)];
            all.extend(cells(&found)?);
            Ok(Line { cells: all, row: Value::Null, found })
        };
        return found.into_iter().map(line).collect();
    }
    let fields = rows::fields(ctx, true)?;
    let values = rows::values(ctx, look, found.clone(), &fields)?;
    let lines = found.into_iter().zip(values).map(|(found, mut row)| {
        if fields.iter().any(|field| field == rows::DESK) {
            row[rows::DESK] = Value::from(name);
        }
        Line { found, cells: Vec::new(), row }
    });
    Ok(lines.collect())
}

/// Prints lines under the columns of `grid`, which gets one for the desk.
pub fn print(ctx: &Context, lines: Vec<Line>, grid: Grid) -> Result<()> {
    if ctx.ui.format() == Format::Ids {
        return lines.iter().try_for_each(|line| ctx.ui.line(line.found.ticket.id.as_str()));
    }
    if !rows::is_table(ctx) {
        let fields = rows::fields(ctx, true)?;
        let columns: Vec<&str> = fields.iter().map(String::as_str).collect();
        let values: Vec<Value> = lines.into_iter().map(|line| line.row).collect();
        return ctx.ui.rows(&columns, &values);
    }
    let mut grid = Grid {
        columns: ["DESK"].into_iter().chain(grid.columns).collect(),
        free: grid.free + 1,
        right: grid.right.iter().map(|at| at + 1).collect(),
        rows: lines.into_iter().map(|line| line.cells).collect(),
    };
    if grid.rows.iter().all(|row| row.last().is_none_or(|cell| cell.text.is_empty())) {
        grid.columns.pop();
        grid.rows.iter_mut().for_each(|row| drop(row.pop()));
    }
    ctx.ui.grid(&grid)
}
