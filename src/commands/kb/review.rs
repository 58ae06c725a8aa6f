//! `kb review`

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde_json::{Value, json};

use super::print::{say, write};
use crate::commands::args::{day, time};
use crate::commands::{Context, rows};
use crate::desk::knowledge::articles;
use crate::desk::knowledge::review::{Due, Review, due, review};
use crate::desk::zone_of;
use crate::error::{Problem, Result};
use crate::report::usage::usage;
use crate::ui::format::Format;
use crate::ui::grid::{Grid, Look as Paint, Shown};

/// Say that somebody followed an article and it worked, or see which ones should be looked at
///
/// A draft is validated by that. With `--due`, the articles whose review is past; that nobody
/// edited for twelve months and that are still used; of whose tickets, five or more, over a
/// fifth were opened again.
///
/// Examples:
///   git desk kb review vpn/reset-token
///   git desk kb review vpn/reset-token --tested 2026-11-20 --by bo --next 6m
///   git desk kb review --due
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "NAME", required_unless_present = "due", add = crate::commands::complete::articles())]
    pub name: Option<String>,
    /// The day on which it was followed
    #[arg(long, value_name = "DATE", default_value = "today")]
    pub tested: String,
    /// Who followed it; you, where nobody is named
    #[arg(long, value_name = "AGENT", add = crate::commands::complete::agents())]
    pub by: Option<String>,
    /// When to look at it again: a day, or so many weeks, months, years after that: 6m, 1y
    #[arg(long, value_name = "DATE|SPAN", default_value = "12m")]
    pub next: String,
    /// The articles that should be looked at, and why
    #[arg(long, conflicts_with = "name")]
    pub due: bool,
}

impl Args {
    pub fn writes(&self) -> bool {
        !self.due
    }

    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let Some(name) = &self.name else { return list(ctx) };
        let tested = time(ctx, &self.tested, false)?.to_zoned_datetime(ctx.env.zone.clone()).date();
        let next = match span(&self.next) {
            Some(span) => tested.checked_add(span).map_err(|_| Problem::usage("no calendar has that day"))?,
            None => day(ctx, &self.next)?,
        };
        in_order(ctx, tested, next)?;
        let by = self.by.clone().unwrap_or_default();
        let marked = Review { tested, by, next };
        let written = write(ctx, "review", "", |room| review(room, name, &marked))?;
        say(ctx, &written, &format!("is validated; the next review is on {next}"), None);
        Ok(())
    }
}

/// Exit code 2 for a test that is still to come, or a review that is past already.
fn in_order(ctx: &Context, tested: Date, next: Date) -> Result<()> {
    let today = ctx.env.now.to_zoned_datetime(ctx.env.zone.clone()).date();
    if tested > today {
        return Err(Problem::usage(format!("{tested} is still to come; tested is what has been")).into());
    }
    if next <= tested {
        return Err(Problem::usage(format!("the next review, {next}, is not after the test, {tested}")).into());
    }
    Ok(())
}

/// `6m`, `2w`, `30d`, `1y`: of days, weeks, months or years.
fn span(text: &str) -> Option<Span> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: i32 = number.parse().ok().filter(|number| (1..=10_000).contains(number))?;
    match unit {
        "d" => Some(number.days()),
        "w" => Some(number.weeks()),
        "m" => Some(number.months()),
        "y" => Some(number.years()),
        _ => None,
    }
}

const COLUMNS: &[&str] = &["name", "owner", "since", "why", "title"];

fn list(ctx: &Context) -> Result<()> {
    let desk = ctx.desk()?;
    desk.store.require_history()?;
    let look = ctx.look()?;
    let all = articles(&look.snapshot()?)?;
    let tickets = desk.tickets_with_articles(&look)?;
    let edits = desk.store.last_edits(look.index.commit(), "kb/")?;
    let found = due(&all, &usage(&tickets), &edits, look.now, &zone_of(&look.policy));
    if ctx.ui.format() == Format::Ids {
        return found.iter().try_for_each(|one| ctx.ui.line(&one.name));
    }
    if !rows::is_table(ctx) {
        let objects: Vec<Value> = found.iter().map(object).collect();
        return rows::done(ctx, "a review", COLUMNS, &[], &objects);
    }
    if found.is_empty() {
        ctx.ui.status("no article is due for review");
        return Ok(());
    }
    let columns = vec!["NAME", "OWNER", "WHY"];
    let mut grid = Grid { columns, free: 2, right: Vec::new(), rows: Vec::new() };
    for one in &found {
        let owner = if one.owner.is_empty() { ctx.ui.nobody() } else { &one.owner };
        let name = Shown::new(&one.name).look(Paint::Bold);
        grid.rows.push(vec![name, Shown::new(owner), Shown::new(one.why.join("; "))]);
    }
    ctx.ui.grid(&grid)
}

fn object(due: &Due) -> Value {
    let owner = (!due.owner.is_empty()).then_some(&due.owner);
    json!({"name": due.name, "title": due.title, "owner": owner, "why": due.why,
           "since": due.since.map(|day| day.to_string())})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_of_days_weeks_months_or_years() {
        let after =
            |text: &str| span(text).map(|span| "2026-01-31".parse::<Date>().unwrap().checked_add(span).unwrap());
        let day = |text: &str| Some(text.parse::<Date>().unwrap());
        assert_eq!(after("1m"), day("2026-02-28"));
        assert_eq!(after("2w"), day("2026-02-14"));
        assert_eq!((after("1y"), after("1d")), (day("2027-01-31"), day("2026-02-01")));
        for text in ["", "m", "0m", "-1m", "6", "6h", "2026-12-01", "€"] {
            assert_eq!(after(text), None, "{text}");
        }
    }
}
