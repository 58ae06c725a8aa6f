//! Articles by words, the best first. How well they fit is the [model's](crate::model::ranking) affair; here is what it is
//! reckoned from.
//!
//! The words of all articles are looked through once for each question, whatever their number is: there are some
//! thousands in hundreds of articles. The articles themselves are read only where one of the nearest words stands.

use std::collections::HashMap;

use rusqlite::Row;

use super::{Index, sum};
use crate::error::Result;
use crate::model::article::{Audience, State};
use crate::model::ranking::word::Asked;
use crate::model::ranking::{Corpus, Counts, Finds, Wanted, says, scores};

/// Words of the articles that are looked up for one that was asked for, the closest.
const CLOSEST: usize = 48;
/// The same of those that it may have been meant as.
const MEANT: usize = 8;

/// What is known of an article without reading its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub name: String,
    pub title: String,
    pub state: State,
    pub audience: Audience,
    pub language: String,
}

/// An article that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitting {
    pub head: Head,
    /// From 0, in proportion to what was asked.
    pub score: f64,
    /// How much of the main words is there: from 0 to 1, every one as it was typed.
    pub share: f64,
}

/// The answer to a question.
#[derive(Debug, Default)]
pub struct Fits {
    /// In no order.
    pub articles: Vec<Fitting>,
    /// The words that were found, and how close each is to one that was asked for: up to 1.
    pub words: HashMap<String, f64>,
    /// How much was asked: 1 is one telling word, next to 0 are words that all articles have.
    pub says: f64,
}

/// A word of the articles.
struct Known {
    word: String,
    closeness: f64,
    articles: i64,
}

impl Index<'_> {
    /// Whether there is any article.
    pub fn has_articles(&self) -> Result<bool> {
        Ok(self.db.prepare_cached("select 1 from articles limit 1")?.exists([])?)
    }

    /// What is known of one article.
    pub fn article_head(&self, name: &str) -> Result<Option<Head>> {
        let sql = format!("select {HEAD}, {} = sum from articles where name = ?", sum::OF_ARTICLE);
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query([name])?;
        rows.next()?.map(|row| Ok(shelved(row)?.1)).transpose()
    }

    /// The articles that have any of the words.
    pub fn fitting(&self, wanted: &[Wanted]) -> Result<Fits> {
        let shelf = self.shelf()?;
        let corpus = Corpus::of(shelf.values().map(|(_, lengths)| lengths));
        let mut words: HashMap<String, f64> = HashMap::new();
        let mut finds = Vec::with_capacity(wanted.len());
        for (one, known) in wanted.iter().zip(self.known(wanted)?) {
            let mut found = Finds::default();
            for Known { word, closeness, .. } in known {
                self.each_place(&word, |article, counts| {
                    if let Some((_, lengths)) = shelf.get(&article) {
                        found.add(article, closeness, corpus.frequency(&counts, lengths));
                    }
                })?;
                let closest = words.entry(word).or_default();
                *closest = closest.max(closeness * one.counts);
            }
            finds.push((one, found));
        }
        let fitting = |(article, score, share)| {
            let (head, _): &(Head, Counts) = shelf.get(&article)?;
            Some(Fitting { head: head.clone(), score, share })
        };
        let says = says(&corpus, &finds);
        let scores = scores(&corpus, finds).into_iter().map(|one| (one.article, one.score, one.share));
        Ok(Fits { articles: scores.filter_map(fitting).collect(), words, says })
    }

    /// All articles by number, with how many words each part has.
    fn shelf(&self) -> Result<HashMap<i64, (Head, Counts)>> {
        let sql = format!("select {HEAD}, {} = sum from articles", sum::OF_ARTICLE);
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query([])?;
        let mut shelf = HashMap::new();
        while let Some(row) = rows.next()? {
            let (id, head, lengths) = shelved(row)?;
            shelf.insert(id, (head, lengths));
        }
        Ok(shelf)
    }

    /// For each word that is asked for, the words of the articles that are meant by it, the closest first.
    fn known(&self, wanted: &[Wanted]) -> Result<Vec<Vec<Known>>> {
        let mut known: Vec<Vec<Known>> = wanted.iter().map(|one| self.same(&one.word)).collect::<Result<_>>()?;
        let asked: Vec<(usize, Asked)> = wanted
            .iter()
            .enumerate()
            .filter(|(_, one)| one.is_main)
            .map(|(at, one)| (at, Asked::new(&one.word)))
            .collect();
        if asked.is_empty() {
            return Ok(known);
        }
        let mut mistyped: Vec<Vec<Known>> = wanted.iter().map(|_| Vec::new()).collect();
        let mut select = self.db.prepare_cached("select word, articles from vocabulary")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let word = row.get_ref(0)?.as_str()?;
            let articles = row.get(1)?;
            for (at, asked) in asked.iter().filter(|(_, asked)| asked.word() != word) {
                let one = |closeness| Known { word: word.to_owned(), closeness, articles };
                match asked.closeness(word) {
                    0.0 => {
                        let closeness = asked.closeness_mistyped(word);
                        mistyped[*at].extend((closeness > 0.0).then(|| one(closeness)));
                    }
                    closeness => known[*at].push(one(closeness)),
                }
            }
        }
        for (known, mistyped) in known.iter_mut().zip(mistyped) {
            // Who typed a word that is there has typed it well.
            let typed_well = known.iter().any(|one| one.closeness >= Asked::KNOWN && one.articles > 1);
            closest(known, CLOSEST);
            if !typed_well {
                let mut meant = mistyped;
                closest(&mut meant, MEANT);
                known.extend(meant);
            }
        }
        Ok(known)
    }

    fn same(&self, word: &str) -> Result<Vec<Known>> {
        let mut select = self.db.prepare_cached("select articles from vocabulary where word = ?")?;
        let rows = select
            .query_map([word], |row| Ok(Known { word: word.to_owned(), closeness: 1.0, articles: row.get(0)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The articles that have a word, and how often in each of their parts.
    fn each_place(&self, word: &str, mut each: impl FnMut(i64, Counts)) -> Result<()> {
        let mut select = self.db.prepare_cached(
            "select article, in_title, in_symptoms, in_labels, in_cause, in_body from article_words where word = ?",
        )?;
        let mut rows = select.query([word])?;
        while let Some(row) = rows.next()? {
            each(row.get(0)?, counts(row, 1)?);
        }
        Ok(())
    }
}

/// The closest, then those that most articles have, then by the alphabet.
fn closest(known: &mut Vec<Known>, most: usize) {
    known.sort_unstable_by(|one, other| {
        let by_closeness = other.closeness.total_cmp(&one.closeness);
        by_closeness.then(other.articles.cmp(&one.articles)).then_with(|| one.word.cmp(&other.word))
    });
    known.truncate(most);
}

/// The columns that [`shelved`] reads, in its order, before the sum.
const HEAD: &str = "id, name, title, state, audience, language, in_title, in_symptoms, in_labels, in_cause, in_body";

fn shelved(row: &Row<'_>) -> rusqlite::Result<(i64, Head, Counts)> {
    sum::checked(row, 11)?;
    let head = Head {
        name: row.get(1)?,
        title: row.get(2)?,
        state: State::parse(row.get_ref(3)?.as_str()?).unwrap_or(State::Draft),
        audience: Audience::parse(row.get_ref(4)?.as_str()?).unwrap_or(Audience::Internal),
        language: row.get(5)?,
    };
    Ok((row.get(0)?, head, counts(row, 6)?))
}

fn counts(row: &Row<'_>, from: usize) -> rusqlite::Result<Counts> {
    let mut counts = Counts::default();
    for (at, count) in counts.iter_mut().enumerate() {
        *count = row.get(from + at)?;
    }
    Ok(counts)
}
