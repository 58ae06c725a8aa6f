//! `kb search`

use serde_json::Value;

use crate::commands::args::word;
use crate::commands::{Context, rows};
use crate::desk::knowledge::search::{Hit, Hits, Which};
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::index::Head;
use crate::model::article::{Audience, State};
use crate::model::text::tokens;
use crate::ui::format::Format;
use crate::ui::grid::{Look as Paint, cut};
use crate::view::knowledge::{HIT_COLUMNS, Known, hit};

/// Articles by words, the best first
///
/// An article need not have every word. A word is found in title, symptoms, tags, categories,
/// services, cause and body, the first two counting most; as it was typed, in another form, as
/// part of a longer word or with a typing error, in this order. Of articles that fit alike a
/// validated one comes before a draft.
///
/// Off a terminal: name, title, state and the place where the words stand, with a tab between.
///
/// Examples:
///   git desk kb search herstelsleutel mac
///   git desk kb search "vpn token expired" -n 3
///   git desk kb search drucker --language de --audience public --json
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "WORDS", required = true)]
    pub words: Vec<String>,
    /// At most so many; 0 is all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    pub limit: usize,
    /// Only those in a language: nl, en-GB; `nl` is `nl-BE` too
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// Only those for: internal, public
    #[arg(long, value_parser = word(Audience::parse, Audience::ALL))]
    pub audience: Option<Audience>,
    /// Retired ones too
    #[arg(long)]
    pub all: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let text = self.words.join(" ");
        if tokens(&text).is_empty() {
            return Err(Problem::usage("there is no word in this to search for")
                .code("no_word")
                .hint("git desk kb search vpn token")
                .into());
        }
        let which = Which { language: self.language, audience: self.audience, retired: self.all };
        let look = ctx.look()?;
        let mut hits = look.search_articles(&text, &which)?;
        hits.hits.truncate(if self.limit == 0 { usize::MAX } else { self.limit });
        print(ctx, &look, &hits)
    }
}

/// Articles by themselves, in any format.
pub fn print(ctx: &Context, look: &Look<'_>, hits: &Hits) -> Result<()> {
    match ctx.ui.format() {
        Format::Ids => hits.hits.iter().try_for_each(|one| ctx.ui.line(&one.head.name)),
        Format::Table if ctx.chosen_fields().is_none() => page(ctx, look, hits),
        Format::Table | Format::Tsv | Format::Csv | Format::Json | Format::Jsonl | Format::Markdown | Format::Html => {
            let objects = objects(look, hits)?;
            rows::done(
                ctx,
                "an article that is found",
                HIT_COLUMNS,
                &["schema", "audience", "language", "score"],
                &objects,
            )
        }
    }
}

/// `desk.article-hit/1` of each.
pub fn objects(look: &Look<'_>, hits: &Hits) -> Result<Vec<Value>> {
    let object = |one: &Hit| Ok(hit(known(&one.head), one.score, &look.snippet(hits, &one.head.name, SNIPPET)?));
    hits.hits.iter().map(object).collect()
}

/// Characters of a snippet for programs.
const SNIPPET: usize = 160;

fn page(ctx: &Context, look: &Look<'_>, hits: &Hits) -> Result<()> {
    let ui = &ctx.ui;
    if hits.hits.is_empty() {
        ui.status("no article has any of these words");
        return Ok(());
    }
    let widest = hits.hits.iter().map(|one| one.head.name.chars().count()).max().unwrap_or(0).min(40);
    for one in &hits.hits {
        let head = &one.head;
        let state = match head.state {
            State::Validated => String::new(),
            State::Draft | State::Retired => format!("  {}", head.state),
        };
        let name = ui.shown(&head.name);
        let used = name.chars().count().max(widest) + 3 + state.len();
        let title = cut(&ui.shown(&head.title), ui.width.saturating_sub(used).max(20), ui.ellipsis());
        let name =
            format!("{}{}", ui.styled(&name, Paint::Bold), " ".repeat(widest.saturating_sub(name.chars().count())));
        // What comes from an article is harmless already; to make colour visible, too, would show its codes.
        ui.write(&format!("{}\n", format!(" {name}  {title}{}", ui.styled(&state, Paint::Dim)).trim_end()))?;
        let room = ui.width.saturating_sub(INDENT.len() + 1).clamp(20, 120);
        let snippet = ui.plain(&ui.shown(&look.snippet(hits, &head.name, room)?));
        if !snippet.is_empty() {
            ui.write(&format!("{INDENT}{}\n", ui.styled(&snippet, Paint::Dim)))?;
        }
    }
    Ok(())
}

const INDENT: &str = "     ";

/// As the published shapes want it.
pub fn known(head: &Head) -> Known<'_> {
    let Head { name, title, state, audience, language } = head;
    Known { name, title, state: *state, audience: *audience, language }
}
