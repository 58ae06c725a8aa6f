//! An article's file within a transaction.

use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::article::{Article, is_article, path};
use crate::model::field::FileKind;
use crate::model::near::nearest;
use crate::model::record::Record;
use crate::model::ticket::Fault;
use crate::store::document;
use crate::store::snapshot::Damaged;

/// An article with the file it was read from.
#[derive(Debug, Clone)]
pub struct ArticleFile {
    pub bytes: Vec<u8>,
    pub record: Record,
    pub article: Article,
    /// Fields whose values no article can have. They stay as they stand until somebody sets them.
    pub unread: Vec<String>,
}

impl ArticleFile {
    /// The file's record with what `after` changes of the article. Exit code 2 for what no article can say.
    fn with(&self, after: &Article) -> Result<Record> {
        let (said, faults) = said(after)?;
        let (before, now) = (self.article.record(), after.record());
        let changes = now.changes(&before);
        let changed = |field: &str| changes.iter().any(|change| change.key == field);
        if let Some(fault) = faults.into_iter().find(|fault| changed(&fault.field)) {
            return Err(refused(fault).into());
        }
        let mut record = self.record.clone();
        for change in changes {
            record.set(change.key, said.get(change.key).cloned().unwrap_or_default());
        }
        Ok(record)
    }
}

impl Room<'_, '_> {
    /// An article as this transaction has it by now. Exit code 3 with the nearest name where there is none, 6 where its
    /// file is damaged.
    pub fn article(&self, name: &str) -> Result<ArticleFile> {
        let file = if is_article(name) { self.tx.file(&path(name))? } else { None };
        match file {
            None => Err(unknown(name, &self.articles()?).into()),
            Some(Ok(bytes)) => read(name, bytes).map_err(|fault| self.damaged(name, fault).into()),
            Some(Err(damaged)) => Err(Problem::from(damaged).into()),
        }
    }

    fn damaged(&self, name: &str, mistake: document::Mistake) -> Problem {
        let document::Mistake { line, column, message, fix, .. } = mistake;
        let path = format!("{}{}", self.tx.store().root(), path(name));
        Problem::from(Damaged { path, line, column, message, fix })
    }

    /// The names of all articles.
    pub fn articles(&self) -> Result<Vec<String>> {
        super::names(&|folder| self.tx.names_in(folder))
    }

    /// Writes what was changed of an article; every other byte stays, of values that could not be read, too. Whether
    /// anything was. Exit code 2 for what no article can say.
    pub fn save_article(&mut self, before: &ArticleFile, after: &Article) -> Result<bool> {
        self.save_article_record(before, &before.with(after)?)
    }

    /// The same of a record that is in order.
    pub fn save_article_record(&mut self, before: &ArticleFile, record: &Record) -> Result<bool> {
        if *record == before.record {
            return Ok(false);
        }
        let name = &before.article.name;
        let edited = document::edit(FileKind::Article, &before.bytes, record);
        let bytes = edited.map_err(|mistake| self.damaged(name, mistake))?;
        self.tx.put(path(name), bytes);
        Ok(true)
    }

    /// Writes a new article in canonical form.
    pub fn put_article(&mut self, article: &Article) -> Result<()> {
        let record = settled(article)?;
        self.tx.put(path(&article.name), document::canonical(FileKind::Article, &record));
        Ok(())
    }

    /// Refuses, with exit code 3, a name of no article where the desk keeps articles. What machines say is kept as it is:
    /// nothing of theirs is lost.
    pub fn known_articles(&self, names: &[String]) -> Result<()> {
        if names.is_empty() || self.machine || !self.tx.exists("kb")? {
            return Ok(());
        }
        let known = self.articles()?;
        match names.iter().find(|name| !known.contains(name)) {
            Some(name) => Err(unknown(name, &known).into()),
            None => Ok(()),
        }
    }
}

/// Reads a file; what is wrong in its values is as if it were not there.
fn read(name: &str, bytes: Vec<u8>) -> Result<ArticleFile, document::Mistake> {
    let record = document::parse(FileKind::Article, &bytes)?;
    let (article, faults) = Article::read(name, &record);
    let unread = faults.into_iter().map(|fault| fault.field).collect();
    Ok(ArticleFile { bytes, record, article, unread })
}

/// What a file of the article says. Exit code 2 for what none can: a title of several lines, a word that is none.
pub fn settled(article: &Article) -> Result<Record> {
    let (record, faults) = said(article)?;
    faults.into_iter().next().map_or(Ok(record), |fault| Err(refused(fault).into()))
}

/// What a file of the article says, in the form that files have, and what is wrong in it.
fn said(article: &Article) -> Result<(Record, Vec<Fault>), Problem> {
    let text = document::canonical(FileKind::Article, &article.record());
    let record = document::parse(FileKind::Article, text.as_bytes())
        .map_err(|mistake| mistake.fix.into_iter().fold(Problem::usage(mistake.message), Problem::hint))?;
    let (_, faults) = Article::read(&article.name, &record);
    Ok((record, faults))
}

fn refused(fault: Fault) -> Problem {
    fault.fix.into_iter().fold(Problem::usage(fault.message), Problem::hint)
}

/// No such article: the nearest of those that there are, by its name or by its slug alone.
pub fn unknown(name: &str, known: &[String]) -> Problem {
    let problem = Problem::not_found(format!("no article `{name}`")).code("no_article");
    let by_slug = || known.iter().find(|known| known.split_once('/').is_some_and(|(_, slug)| slug == name));
    match nearest(name, known.iter().map(String::as_str)).or_else(|| by_slug().map(String::as_str)) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")).candidates([near]),
        None => problem.hint("all of them: git desk kb list"),
    }
}
