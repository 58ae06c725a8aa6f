//! `kb new`

use super::edit::in_editor;
use super::fields::Fields;
use super::print::{say, write};
use crate::commands::Context;
use crate::desk::knowledge::edit::read_edited;
use crate::desk::knowledge::file::settled;
use crate::desk::knowledge::write::{Given, Wanted, add, put_new};
use crate::error::{Kind, Problem, Result};
use crate::model::article::Article;
use crate::model::field::FileKind;
use crate::store::document::canonical;

/// A new article, as a draft; prints its name
///
/// Without a name it gets one from its title, below `--topic`. What is there already in the
/// same words is that article.
///
/// Examples:
///   git desk kb new vpn/reset-token --title "Reset a token" --symptom "token expired" -F steps.md
///   git desk kb new --topic vpn --title "Reset a token" --edit
///   git desk kb new vpn/reset-token-nl --language nl --title "Een token opnieuw instellen" -F -
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// TOPIC/SLUG
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Where it stands, in place of a name
    #[arg(long, value_name = "TOPIC", conflicts_with = "name", add = crate::commands::complete::topics())]
    pub topic: Option<String>,
    #[command(flatten)]
    pub fields: Fields,
    /// Write it in your editor
    #[arg(long)]
    pub edit: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let given = self.fields.read(ctx)?;
        let has_title = self.edit || given.title.as_deref().is_some_and(|title| !title.trim().is_empty());
        if !has_title {
            let place = match (&self.name, &self.topic) {
                (Some(name), _) => format!(" {name}"),
                (None, Some(topic)) => format!(" --topic {topic}"),
                (None, None) => " vpn/reset-token".to_owned(),
            };
            return Err(Problem::usage("an article needs a title")
                .code("missing_title")
                .hint(format!("git desk kb new{place} --title \"…\""))
                .into());
        }
        let wanted = Wanted::parse(self.name.as_deref(), self.topic.as_deref())?;
        let written = match self.edit {
            false => write(ctx, "new", "", |room| add(room, &wanted, &given))?,
            true => {
                let article = edited(ctx, &wanted, &given)?;
                write(ctx, "new", "", |room| put_new(room, &wanted, article.clone()))?
            }
        };
        let next = match given.body.is_some() || self.edit {
            true => format!("git desk kb review {}     once somebody has followed it", written.name),
            false => format!("git desk kb edit {}", written.name),
        };
        say(ctx, &written, "is there, a draft", Some(next));
        Ok(())
    }
}

/// How else an article is written.
const WITHOUT_EDITOR: &str = "GIT_DESK_EDITOR=… git desk kb new … --edit     without one: -F steps.md";

/// The article as somebody left it in the editor.
fn edited(ctx: &Context, wanted: &Wanted, given: &Given) -> Result<Article> {
    let name = match wanted {
        Wanted::Name(name) => name.clone(),
        Wanted::Topic(topic) => format!("{topic}/article"),
    };
    // In a transaction that writes nothing, where names of agents are known.
    let draft = ctx.desk()?.write(|room| {
        let mut article = Article::new(&name, "");
        article.owner = room.own_handle();
        article.body = "## Steps\n\n1. ".to_owned();
        given.apply(room, &mut article)?;
        Ok(article)
    })?;
    let begun = canonical(FileKind::Article, &draft.value.record());
    let mut article = None;
    let saved = in_editor(ctx, begun.as_bytes(), WITHOUT_EDITOR, |text| {
        let read = Article::read(&name, &read_edited(&name, text.as_bytes())?).0;
        settled(&read)?;
        article = Some(read);
        Ok(())
    })?;
    match article.filter(|_| saved) {
        Some(article) => Ok(article),
        None => Err(Problem::new(Kind::Declined, "nothing was changed, so nothing was written").into()),
    }
}
