//! `kb list`

use serde_json::Value;

use crate::commands::args::word;
use crate::commands::{Context, rows};
use crate::desk::knowledge::articles;
use crate::error::Result;
use crate::model::article::{Article, Audience, State};
use crate::ui::format::Format;
use crate::ui::grid::{Grid, Look as Paint, Shown};
use crate::ui::time;
use crate::view;

/// The articles, by name
///
/// Those that are retired are left out unless `--state` asks for them.
///
/// Examples:
///   git desk kb list
///   git desk kb list --audience public --language nl
///   git desk kb list --state draft --owner me -o ids
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// draft, validated, retired; several with commas
    #[arg(long, value_name = "WORD,…", value_delimiter = ',', value_parser = word(State::parse, State::ALL))]
    pub state: Vec<State>,
    /// internal, public
    #[arg(long, value_name = "WORD", value_parser = word(Audience::parse, Audience::ALL))]
    pub audience: Option<Audience>,
    /// `en` means en-GB, too
    #[arg(long, value_name = "LANG")]
    pub language: Option<String>,
    #[arg(long, value_name = "TOPIC", add = crate::commands::complete::topics())]
    pub topic: Option<String>,
    /// An agent, `me` or `none`
    #[arg(long, value_name = "WHO", add = crate::commands::complete::agents())]
    pub owner: Option<String>,
    #[arg(long, value_name = "WORD")]
    pub tag: Option<String>,
    /// At most so many
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
}

/// The columns of TSV and CSV; frozen.
const COLUMNS: &[&str] = &["name", "state", "audience", "language", "owner", "title"];

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let look = ctx.globals.at.is_some().then(|| ctx.look()).transpose()?;
        let store = &ctx.desk()?.store;
        let snapshot = match &look {
            Some(look) => look.snapshot()?,
            None => store.snapshot()?,
        };
        let owner = self.owner(ctx)?;
        let limit = self.limit.unwrap_or(usize::MAX);
        let found: Vec<Article> =
            articles(&snapshot)?.into_iter().filter(|one| self.fits(one, owner.as_deref())).take(limit).collect();
        if ctx.ui.format() == Format::Ids {
            return found.iter().try_for_each(|one| ctx.ui.line(&one.name));
        }
        if rows::is_table(ctx) {
            return table(ctx, &found);
        }
        let commit = snapshot.commit().to_string();
        let around = view::article::Around { translations: Vec::new(), linked: 0, solved: 0, edited: None };
        let wants = ctx.chosen_fields().unwrap_or_default();
        // What an article says is at hand; what stands around it is not looked up for each.
        let whole = |name: &&String| matches!(name.as_str(), "cause" | "body");
        let around = wants.iter().find(whole).map(|_| &around);
        let objects: Vec<Value> =
            found.iter().map(|one| view::article::to_json(one, around, store.root(), &commit)).collect();
        let known: Vec<&str> = view::article::FIELDS
            .iter()
            .copied()
            .filter(|name| matches!(*name, "cause" | "body") || !view::article::LONG.contains(name))
            .collect();
        rows::done(ctx, "an article in a list", COLUMNS, &known, &objects)
    }

    /// Whose articles are meant; `""` for nobody's.
    fn owner(&self, ctx: &Context) -> Result<Option<String>> {
        Ok(match self.owner.as_deref().map(|owner| owner.trim_start_matches('@')) {
            None => None,
            Some("none") => Some(String::new()),
            Some("me") => Some(ctx.desk()?.person(&ctx.policy()?.0)?.name),
            Some(name) => Some(name.to_owned()),
        })
    }

    fn fits(&self, article: &Article, owner: Option<&str>) -> bool {
        let state = match self.state.as_slice() {
            [] => !article.is_retired(),
            states => states.contains(&article.state),
        };
        let language = |wanted: &String| {
            let (wanted, is) = (wanted.to_ascii_lowercase(), article.language.to_ascii_lowercase());
            is == wanted || is.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('-'))
        };
        state
            && self.audience.is_none_or(|audience| audience == article.audience)
            && self.language.as_ref().is_none_or(language)
            && self.topic.as_ref().is_none_or(|topic| article.name.split('/').next() == Some(topic.as_str()))
            && owner.is_none_or(|owner| owner == article.owner)
            && self.tag.as_ref().is_none_or(|tag| article.tags.contains(tag))
    }
}

fn table(ctx: &Context, found: &[Article]) -> Result<()> {
    if found.is_empty() {
        ctx.ui.status("no article is like that     a new one: git desk kb new");
        return Ok(());
    }
    let columns = vec!["NAME", "TITLE", "STATE", "FOR", "LANG", "OWNER", "REVIEW"];
    let mut grid = Grid { columns, free: 1, right: Vec::new(), rows: Vec::new() };
    let today = ctx.env.now.to_zoned_datetime(ctx.env.zone.clone()).date();
    for one in found {
        let or_nobody = |word: &str| Shown::new(if word.is_empty() { ctx.ui.nobody() } else { word });
        let review = match one.review_by {
            Some(day) if day < today => Shown::new(format!("late, {}", time::day(day, ctx.env.now, &ctx.env.zone))),
            Some(day) => Shown::new(time::day(day, ctx.env.now, &ctx.env.zone)),
            None => Shown::new(""),
        };
        grid.rows.push(vec![
            Shown::new(&one.name).look(Paint::Bold),
            Shown::new(&one.title),
            Shown::new(one.state.as_str()),
            Shown::new(one.audience.as_str()),
            Shown::new(&one.language),
            or_nobody(&one.owner),
            review,
        ]);
    }
    if !grid.rows.iter().any(|row| row[6].text.starts_with("late")) {
        grid.columns.pop();
        grid.rows.iter_mut().for_each(|row| drop(row.pop()));
    }
    ctx.ui.grid(&grid)
}
