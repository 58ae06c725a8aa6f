//! `search`

use serde_json::Value;

use super::desks::{self, Answers, Line};
use super::view::Only;
use super::{Context, kb, rows};
use crate::desk::knowledge::search::{Hit, Hits, Which};
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::index::Found;
use crate::model::text::tokens;
use crate::ui::format::Format;
use crate::ui::grid::{Grid, Look as Paint, Shown};
use crate::ui::time;

/// Tickets and articles by words, the best first
///
/// Of a ticket all words must be there: in title, report, solution or thread; the last may be the
/// beginning of one. The more of them stand in the title the better, then in the solution, then in the
/// report; of equals the newest comes first. Where more than 200 tickets have them all, that is the
/// order of the newest 200, then of the next; what has only a longer word for the last comes behind.
///
/// Articles come before the tickets, those that have most of what was asked, five at most; more,
/// and with less of it, with `--articles`. Off a terminal the row of an article has its name as
/// id, its state as status and its title; in JSON it is a `desk.article-hit/1`. With `--where`,
/// with `--view`, of several desks and as ids there are tickets alone.
///
/// With `--like`, open tickets that may be of the same trouble as another, of the newest 2,000:
/// their titles share words, the rare ones counting most; the same asset, requester, customer or
/// service is more.
///
/// Examples:
///   git desk search connection refused
///   git desk search "blank pages" -n 5 -o ids
///   git desk search "blank pages" --articles
///   git desk search "blank pages" --where 'is:closed customer:acme'
///   git desk search --like k7m3
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "TEXT", required_unless_present = "like", conflicts_with = "like")]
    pub text: Vec<String>,
    /// Open tickets like this one
    #[arg(long, value_name = "ID", conflicts_with_all = ["query", "view"], add = super::complete::tickets())]
    pub like: Option<String>,
    /// At most so many; 0 is all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Only tickets
    #[arg(long, conflicts_with = "articles")]
    pub tickets: bool,
    /// Only articles, as `kb search` finds them
    #[arg(long, conflicts_with_all = ["like", "query", "view"])]
    pub articles: bool,
    #[command(flatten)]
    pub only: Only,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let limit = if self.limit == 0 { None } else { Some(self.limit) };
        if let Some(id) = &self.like {
            let look = ctx.look()?;
            let ticket = look.ticket(look.find(id, ctx.ui.stdout_terminal)?)?.ticket;
            let found = look.similar(&ticket, limit.unwrap_or(usize::MAX))?;
            return print(ctx, &look, found, limit, &format!("no open ticket is like {}", ticket.id));
        }
        let text = self.text.join(" ");
        if tokens(&text).is_empty() {
            return Err(Problem::usage(format!("there is no word in `{text}` to search for"))
                .hint("git desk search connection refused")
                .into());
        }
        if desks::are_named(ctx) {
            return self.several(ctx, &text, limit);
        }
        let look = ctx.look()?;
        let hits = self.hits(ctx, &look, &text, limit)?;
        if self.articles {
            return kb::search::print(ctx, &look, &hits);
        }
        let found = self.found(ctx, &look, &text, limit)?;
        let none = format!("nothing has all of these words: {text}");
        if hits.hits.is_empty() {
            return print(ctx, &look, found, limit, &none);
        }
        if !rows::is_table(ctx) {
            return mixed(ctx, &look, &hits, found);
        }
        ctx.ui.grid(&shelf(&hits))?;
        if found.is_empty() {
            return Ok(());
        }
        ctx.ui.write("\n")?;
        print(ctx, &look, found, limit, &none)
    }

    /// The best of each desk, then the second best of each: how well words fit is not the same measure in two desks.
    fn several(&self, ctx: &Context, text: &str, limit: Option<usize>) -> Result<()> {
        let answers = desks::ask(ctx, |name, inside| {
            let look = inside.look()?;
            let found = self.found(inside, &look, text, limit)?;
            desks::lines(inside, name, &look, found, |one| row(inside, &look, one))
        })?;
        let Answers { given, trouble } = answers;
        let mut ranked: Vec<(usize, Line)> =
            given.into_iter().flat_map(|(_, lines)| lines.into_iter().enumerate()).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        let mut lines: Vec<Line> = ranked.into_iter().map(|(_, line)| line).collect();
        lines.truncate(limit.unwrap_or(usize::MAX));
        let count = lines.len();
        if count == 0 && rows::is_table(ctx) {
            ctx.ui.status(&format!("nothing has all of these words: {text}"));
        } else {
            desks::print(ctx, lines, grid())?;
            if rows::is_table(ctx) {
                cut_at(ctx, limit, count)?;
            }
        }
        trouble.end()
    }

    /// The articles that are wanted.
    fn hits(&self, ctx: &Context, look: &Look<'_>, text: &str, limit: Option<usize>) -> Result<Hits> {
        let only_tickets = self.tickets || self.only.is_given() || ctx.ui.format() == Format::Ids;
        if only_tickets && !self.articles {
            return Ok(Hits::default());
        }
        let mut hits = look.search_articles(text, &Which::default())?;
        if !self.articles {
            hits.hits.retain(|hit| hit.share >= MOST_OF_IT);
            hits.hits.truncate(BESIDE);
        }
        hits.hits.truncate(limit.unwrap_or(usize::MAX));
        Ok(hits)
    }

    /// The best tickets, of those that the query means where there is one.
    fn found(&self, ctx: &Context, look: &Look<'_>, text: &str, limit: Option<usize>) -> Result<Vec<Found>> {
        let Some(query) = self.only.text(ctx, look)? else { return look.search(text, limit, |_| true) };
        let meant = ctx.desk()?.meant(look, &query)?;
        look.search(text, limit, |id| meant.contains(&id))
    }
}

/// So much of what was asked for must an article have that is shown beside tickets.
const MOST_OF_IT: f64 = 0.5;
/// So many articles at most are shown beside tickets.
const BESIDE: usize = 5;

/// Articles and tickets for programs, in the columns of tickets.
fn mixed(ctx: &Context, look: &Look<'_>, hits: &Hits, found: Vec<Found>) -> Result<()> {
    let fields = rows::fields(ctx, false)?;
    let whole = ctx.wants_json() && ctx.chosen_fields().is_none();
    let mut values = kb::search::objects(look, hits)?;
    if !whole {
        values = values.iter().map(|article| as_ticket(article, &fields)).collect();
    }
    values.extend(rows::values(ctx, look, found, &fields)?);
    let columns: Vec<&str> = fields.iter().map(String::as_str).collect();
    ctx.ui.rows(&columns, &values)
}

/// An article in the fields of a ticket.
fn as_ticket(article: &Value, fields: &[String]) -> Value {
    let value = |field: &String| match field.as_str() {
        "id" => article["name"].clone(),
        "status" => article["state"].clone(),
        "schema" | "title" => article[field].clone(),
        _ => Value::Null,
    };
    fields.iter().map(|field| (field.clone(), value(field))).collect::<serde_json::Map<_, _>>().into()
}

fn shelf(hits: &Hits) -> Grid {
    let row = |hit: &Hit| {
        let head = &hit.head;
        vec![Shown::new(&head.name).look(Paint::Bold), Shown::new(&head.title), Shown::new(head.state.as_str())]
    };
    let rows = hits.hits.iter().map(row).collect();
    Grid { columns: vec!["ARTICLE", "TITLE", "STATE"], free: 1, right: vec![], rows }
}

fn grid() -> Grid {
    Grid { columns: vec!["ID", "TITLE", "QUEUE", "STATUS", "OPENED"], free: 1, right: vec![], rows: Vec::new() }
}

fn row(ctx: &Context, look: &Look<'_>, one: &Found) -> Result<Vec<Shown>> {
    let ticket = &one.ticket;
    Ok(vec![
        Shown::new(look.index.handle(ticket.id)?).look(Paint::Bold),
        Shown::new(&ticket.title),
        Shown::new(&ticket.queue),
        Shown::new(ticket.status.as_str()),
        Shown::new(time::moment(ticket.opened, look.now, &ctx.env.zone)),
    ])
}

/// Says that there may be more.
fn cut_at(ctx: &Context, limit: Option<usize>, count: usize) -> Result<()> {
    if limit == Some(count) {
        ctx.ui.finish()?;
        ctx.ui.status(&format!("the best {count}; all: git desk search -n 0 …"));
    }
    Ok(())
}

/// `none` is what people read where nothing was found.
fn print(ctx: &Context, look: &Look<'_>, found: Vec<Found>, limit: Option<usize>, none: &str) -> Result<()> {
    if !rows::is_table(ctx) {
        return rows::print(ctx, look, found);
    }
    if found.is_empty() {
        ctx.ui.status(none);
        return Ok(());
    }
    let mut grid = grid();
    for one in &found {
        grid.rows.push(row(ctx, look, one)?);
    }
    ctx.ui.grid(&grid)?;
    cut_at(ctx, limit, found.len())
}
