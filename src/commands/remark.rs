//! What `comment` and `note` share.

use std::path::PathBuf;

use super::Context;
use super::deed::{Deed, Words, read_uploads};
use crate::desk::tickets::comment::Comment;
use crate::desk::tickets::finish::Finish;
use crate::error::{Problem, Result};
use crate::model::word::EntryKind;

#[derive(Debug, Clone, clap::Args)]
pub struct Remark {
    /// The ticket
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub id: String,
    /// The text; `-` reads it from stdin
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    pub text: Option<String>,
    /// Words of a text without quotes: refused with the quotes put in
    #[arg(hide = true)]
    pub more: Vec<String>,
    #[command(flatten)]
    pub words: Words,
    /// Attach a file
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Resolve the ticket with it, as answered
    #[arg(long)]
    pub resolve: bool,
}

impl Remark {
    pub fn deed(self, ctx: &Context, kind: EntryKind) -> Result<Deed> {
        let verb = if kind == EntryKind::Note { "note" } else { "comment" };
        if !self.more.is_empty() {
            let id = &self.id;
            let said: Vec<&str> = self.text.iter().chain(&self.more).map(String::as_str).collect();
            let (count, said) = (said.len(), said.join(" "));
            return Err(Problem::usage(format!("the text is one argument, here are {count}"))
                .code("text_words")
                .hint(format!("git desk {verb} {id} \"{said}\""))
                .into());
        }
        let mut body = match (&self.text, self.words.read()?) {
            (Some(text), words) if words.is_empty() && text == "-" => super::deed::read_text(&PathBuf::from("-"))?,
            (Some(text), words) if words.is_empty() => text.clone(),
            (None, words) => words,
            (Some(_), _) => {
                return Err(Problem::usage("the text is given twice: as an argument and with `-m` or `-F`").into());
            }
        };
        if body.trim().is_empty() && self.attach.is_empty() && ctx.env.may_ask() && !ctx.globals.no_input {
            body = ctx.ui.edit("", ".md", "GIT_DESK_EDITOR=… git desk …     without one: -m \"…\"")?;
        }
        let comment = Comment { kind, body, uploads: read_uploads(&self.attach)?, automatic: false };
        let id = ctx.find(&self.id)?;
        let resolve = self.resolve;
        let run = move |room: &mut crate::desk::Room<'_, '_>| {
            let mut acted = comment.apply(room, id)?;
            if resolve {
                let finish = Finish { resolution: "answered".to_owned(), ..Finish::default() };
                let ended = finish.apply(room, id)?;
                acted.after = ended.after;
            }
            Ok(vec![acted])
        };
        Ok(Deed { verb, words: String::new(), contested: false, run: Box::new(run) })
    }
}
