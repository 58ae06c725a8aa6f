//! Writing articles: what they are, and which words stand in which part of them.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::sum;
use crate::error::Result;
use crate::model::article::{self, Article, FOLDER};
use crate::model::ranking::{Counts, question, word};
use crate::store::Snapshot;

/// Words of a part that are counted. An article has some hundreds; a file that is all words is no article.
const MOST: usize = 20_000;

/// Every article of a commit, into empty tables.
pub fn all(db: &Connection, snapshot: &Snapshot<'_>) -> Result<()> {
    let mut names = BTreeSet::new();
    snapshot.walk(FOLDER.trim_end_matches('/'), |path, _, _| {
        names.extend(article::name_of(path).map(str::to_owned));
    })?;
    names.iter().try_for_each(|name| add(db, snapshot, name))
}

/// These articles as they are in a commit, in place of what the tables say of them.
pub fn refresh(db: &Connection, snapshot: &Snapshot<'_>, names: &BTreeSet<String>) -> Result<()> {
    for name in names {
        remove(db, name)?;
        add(db, snapshot, name)?;
    }
    Ok(())
}

fn remove(db: &Connection, name: &str) -> Result<()> {
    let mut select = db.prepare_cached("select id from articles where name = ?")?;
    let Some(id) = select.query_row([name], |row| row.get::<_, i64>(0)).optional()? else { return Ok(()) };
    for sql in [
        "update vocabulary set articles = articles - 1
         where word in (select word from article_words where article = ?)",
        "delete from vocabulary
         where articles = 0 and word in (select word from article_words where article = ?)",
        "delete from article_words where article = ?",
        "delete from articles where id = ?",
    ] {
        db.prepare_cached(sql)?.execute([id])?;
    }
    Ok(())
}

/// Writes an article; a file that cannot be read as one is none.
fn add(db: &Connection, snapshot: &Snapshot<'_>, name: &str) -> Result<()> {
    let Some(article) = snapshot.article(name)? else { return Ok(()) };
    let (words, lengths) = counted(&article);
    let mut head = article.record();
    head.remove("body");
    let [title, symptoms, labels, cause, body] = lengths;
    let columns = "name, title, state, audience, language, head, in_title, in_symptoms, in_labels, in_cause, in_body";
    let into = format!("articles({columns}, sum)");
    db.prepare_cached(&sum::insertion(&into, 11, 1..=11))?.execute(params![
        article.name,
        article.title,
        article.state.as_str(),
        article.audience.as_str(),
        article.language,
        head.to_json().to_string(),
        title,
        symptoms,
        labels,
        cause,
        body,
    ])?;
    let id = db.last_insert_rowid();
    let mut insert = db.prepare_cached("insert into article_words values (?, ?, ?, ?, ?, ?, ?)")?;
    let mut count = db.prepare_cached(
        "insert into vocabulary values (?, 1) on conflict (word) do update set articles = articles + 1",
    )?;
    for (word, [title, symptoms, labels, cause, body]) in words {
        insert.execute((&word, id, title, symptoms, labels, cause, body))?;
        count.execute([&word])?;
    }
    Ok(())
}

/// How often each word stands in each part of an article, and how many words each part has.
fn counted(article: &Article) -> (BTreeMap<String, Counts>, Counts) {
    let lists = [&article.services, &article.categories, &article.tags];
    let labels: Vec<&str> = lists.into_iter().flatten().map(String::as_str).chain([article.name.as_str()]).collect();
    let parts = [
        article.title.clone(),
        article.symptoms.join("\n"),
        labels.join("\n"),
        article.cause.clone(),
        article.body.clone(),
    ];
    let (mut words, mut lengths): (BTreeMap<String, Counts>, Counts) = Default::default();
    for (at, part) in parts.iter().enumerate() {
        for token in question::words(part).filter(|token| token.len() <= word::LONGEST).take(MOST) {
            words.entry(token).or_default()[at] += 1;
            lengths[at] += 1;
        }
    }
    (words, lengths)
}
