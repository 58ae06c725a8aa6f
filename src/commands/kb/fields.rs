//! What may be said of an article on the command line.

use std::path::PathBuf;

use crate::commands::Context;
use crate::commands::args::{day, word};
use crate::commands::deed::read_bytes;
use crate::desk::knowledge::write::Given;
use crate::error::{Problem, Result};
use crate::model::article::Audience;

#[derive(Debug, Clone, Default, clap::Args)]
pub struct Fields {
    /// What it is about, in one line
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// The article itself, in Markdown: where it applies, steps, what should be seen
    #[arg(short = 'm', long = "message", visible_alias = "body", value_name = "TEXT", allow_hyphen_values = true)]
    pub message: Option<String>,
    /// Read the article from a file, or from stdin with `-`
    #[arg(short = 'F', long = "file", value_name = "FILE", conflicts_with = "message")]
    pub file: Option<PathBuf>,
    /// What people say who have the problem; several times for several
    #[arg(long, value_name = "TEXT")]
    pub symptom: Vec<String>,
    /// Why it happens
    #[arg(long, value_name = "TEXT")]
    pub cause: Option<String>,
    /// In which language it is: nl, en-GB
    #[arg(long, value_name = "LANG")]
    pub language: Option<String>,
    /// internal, or public for those who call, too
    #[arg(long, value_name = "WORD", value_parser = word(Audience::parse, Audience::ALL))]
    pub audience: Option<Audience>,
    /// A service that it is about; several times for several
    #[arg(long, value_name = "NAME")]
    pub service: Vec<String>,
    /// A category of tickets that it helps with; several times for several
    #[arg(long, value_name = "NAME")]
    pub category: Vec<String>,
    #[arg(long, value_name = "WORD,…", value_delimiter = ',')]
    pub tag: Vec<String>,
    /// Who keeps it right: an agent, `me` or `none`
    #[arg(long, value_name = "WHO", add = crate::commands::complete::agents())]
    pub owner: Option<String>,
    /// The day on which to look at it again, or `none`
    #[arg(long, value_name = "DATE")]
    pub review_by: Option<String>,
}

impl Fields {
    pub fn read(&self, ctx: &Context) -> Result<Given> {
        let list = |words: &Vec<String>| (!words.is_empty()).then(|| words.clone());
        let body = match (&self.message, &self.file) {
            (Some(text), _) => Some(text.clone()),
            (None, Some(file)) => Some(text_of(file)?),
            (None, None) => None,
        };
        Ok(Given {
            title: self.title.clone(),
            body,
            cause: self.cause.clone(),
            symptoms: list(&self.symptom),
            language: self.language.clone(),
            state: None,
            audience: self.audience,
            services: list(&self.service),
            categories: list(&self.category),
            tags: list(&self.tag),
            owner: self.owner.clone(),
            review_by: match self.review_by.as_deref() {
                None => None,
                Some("none") => Some(None),
                Some(text) => Some(Some(day(ctx, text)?)),
            },
        })
    }

    pub fn is_empty(&self) -> bool {
        let Fields {
            title,
            message,
            file,
            symptom,
            cause,
            language,
            audience,
            service,
            category,
            tag,
            owner,
            review_by,
        } = self;
        let texts = [title, message, cause, language, owner, review_by];
        let lists = [symptom, service, category, tag];
        texts.iter().all(|text| text.is_none())
            && lists.iter().all(|list| list.is_empty())
            && file.is_none()
            && audience.is_none()
    }
}

/// The text of a file. Exit code 2 where it is none.
fn text_of(file: &PathBuf) -> Result<String> {
    String::from_utf8(read_bytes(file)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to() + 1;
        Problem::usage(format!("{} is no UTF-8: byte {at}", file.display()))
            .code("no_text")
            .hint("iconv -f LATIN1 -t UTF-8 FILE")
            .into()
    })
}
