//! Knowledge articles: reading them.

use crate::error::Result;
use crate::model::article::{Article, FOLDER, is_article, path};
use crate::model::field::FileKind;
use crate::store::Snapshot;
use crate::store::document::{self, MAX_SIZE};

/// An article by its name; `None` where there is no file of it, or one that is no TOML.
pub fn article(snapshot: &Snapshot<'_>, name: &str) -> Result<Option<Article>> {
    // A ticket may say anything; only a name is a path.
    if !is_article(name) {
        return Ok(None);
    }
    let Some(Ok(bytes)) = snapshot.file(&path(name), MAX_SIZE)? else { return Ok(None) };
    Ok(document::parse(FileKind::Article, &bytes).ok().map(|record| Article::read(name, &record).0))
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
