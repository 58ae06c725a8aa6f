//! Knowledge articles: reading and finding them.

pub mod search;
pub mod suggest;

use crate::error::Result;
use crate::model::article::{Article, FOLDER};
use crate::store::Snapshot;

/// An article by its name; `None` where there is no file of it, or one that is no TOML.
pub fn article(snapshot: &Snapshot<'_>, name: &str) -> Result<Option<Article>> {
    snapshot.article(name)
}

/// All articles, in the order of their names; a file that cannot be read as one is none.
pub fn articles(snapshot: &Snapshot<'_>) -> Result<Vec<Article>> {
    let mut articles = Vec::new();
    for topic in snapshot.names_in(FOLDER.trim_end_matches('/'))? {
        for file in snapshot.names_in(&format!("{FOLDER}{topic}"))? {
            let Some(slug) = file.strip_suffix(".toml") else { continue };
            articles.extend(article(snapshot, &format!("{topic}/{slug}"))?);
        }
    }
    Ok(articles)
}
