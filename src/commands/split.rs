//! `split`

use super::Context;
use super::deed::{Deed, Words, perform};
use crate::desk::tickets::split::Split;
use crate::error::{Problem, Result};

/// Make a second matter of a ticket a ticket of its own; prints the new id
///
/// The new ticket takes over queue, requester, customer, channel, kind, priority, service,
/// category, asset, location and environment, and is linked as `related`. Entries named with
/// `--entry` are copied. The first ticket keeps all it has; a note there says where it went.
///
/// Examples:
///   git desk split k7m3 "Second printer is jammed as well"
///   git desk split k7m3 "VPN drops" -m "asked in the same mail" --entry x7k2m9
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The ticket
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub id: String,
    /// What the new one is, in one line
    #[arg(value_name = "TITLE")]
    pub title: Option<String>,
    /// Words of a title without quotes: refused with the quotes put in
    #[arg(hide = true)]
    pub more: Vec<String>,
    /// An entry of the thread to copy: its id or the end of it; may be repeated
    #[arg(long, value_name = "ENTRY", value_delimiter = ',')]
    pub entry: Vec<String>,
    #[command(flatten)]
    pub words: Words,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let acted = perform(ctx, &self.deed(ctx)?)?;
        if let [one] = acted.as_slice() {
            super::say::opened(ctx, one, false);
        }
        Ok(())
    }

    pub fn deed(self, ctx: &Context) -> Result<Deed> {
        let shown = &self.id;
        let Some(title) = self.title.filter(|title| !title.trim().is_empty()) else {
            return Err(Problem::usage("what is the new ticket about? TITLE is missing")
                .code("missing_title")
                .hint(format!("git desk split {shown} \"what it is\""))
                .into());
        };
        if !self.more.is_empty() {
            let said = format!("{title} {}", self.more.join(" "));
            return Err(Problem::usage(format!("a title is one argument, here are {}", self.more.len() + 1))
                .code("title_words")
                .hint(format!("git desk split {shown} \"{said}\""))
                .into());
        }
        let split = Split { title, body: self.words.read()?.trim_end().to_owned(), entries: self.entry };
        let id = ctx.find(&self.id)?;
        Ok(Deed::each("split", format!("from {id}"), vec![id], move |room, id| split.apply(room, id)))
    }
}
