//! Knowledge articles: reading and finding them, and what people do with them.

pub mod edit;
pub mod file;
pub mod import;
pub mod link;
pub mod promote;
pub mod review;
pub mod search;
pub mod suggest;
pub mod usage;
pub mod write;

use crate::error::Result;
use crate::model::article::{Article, FOLDER, is_article};
use crate::store::Snapshot;

/// An article by its name; `None` where there is no file of it, or one that is no TOML.
pub fn article(snapshot: &Snapshot<'_>, name: &str) -> Result<Option<Article>> {
    snapshot.article(name)
}

/// All articles, in the order of their names; a file that cannot be read as one is none.
pub fn articles(snapshot: &Snapshot<'_>) -> Result<Vec<Article>> {
    let mut articles = Vec::new();
    for name in names_of(snapshot)? {
        articles.extend(article(snapshot, &name)?);
    }
    Ok(articles)
}

/// The names of all files of articles, in their order.
pub fn names_of(snapshot: &Snapshot<'_>) -> Result<Vec<String>> {
    names(&|folder| snapshot.names_in(folder))
}

/// The same where `names_in` tells what is in a folder, or below it.
fn names(names_in: &dyn Fn(&str) -> Result<Vec<String>>) -> Result<Vec<String>> {
    let top = FOLDER.trim_end_matches('/');
    let mut topics: Vec<String> =
        names_in(top)?.iter().map(|name| name.split('/').next().unwrap_or_default().to_owned()).collect();
    topics.sort_unstable();
    topics.dedup();
    let mut names = Vec::new();
    for topic in topics {
        let files = names_in(&format!("{top}/{topic}"))?;
        let all = files.iter().filter_map(|file| Some(format!("{topic}/{}", file.strip_suffix(".toml")?)));
        names.extend(all.filter(|name| is_article(name)));
    }
    // A tree has `a-b.toml` in front of `a.toml`.
    names.sort_unstable();
    Ok(names)
}
