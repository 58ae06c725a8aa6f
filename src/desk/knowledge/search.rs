//! Articles by words, the best first.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::desk::look::Look;
use crate::error::Result;
use crate::index::{Fitting, Head};
use crate::model::article::{Article, Audience, State};
use crate::model::ranking::question::of_words;
use crate::model::ranking::snippet::snippet;
use crate::model::text::folded;

/// What fits so much less than the best is no answer.
const TOO_LITTLE: f64 = 0.15;

/// Which articles are wanted.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// BCP 47; `nl` is `nl-BE` too.
    pub language: Option<String>,
    pub audience: Option<Audience>,
    /// Retired ones as well.
    pub retired: bool,
}

impl Which {
    pub fn includes(&self, head: &Head) -> bool {
        let speaks = |wanted: &String| {
            let (wanted, language) = (wanted.to_lowercase(), head.language.to_lowercase());
            language.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        self.language.as_ref().is_none_or(speaks)
            && self.audience.is_none_or(|audience| head.audience == audience)
            && (self.retired || head.state != State::Retired)
    }
}

/// An article that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub head: Head,
    /// From 0; about 1 where everything fits.
    pub score: f64,
    /// How much of what was asked is there: from 0 to 1, every word as it was typed.
    pub share: f64,
}

/// What was found, the best first.
#[derive(Debug, Default)]
pub struct Hits {
    pub hits: Vec<Hit>,
    /// The words by which they were found, and how close each is to one that was asked for.
    words: HashMap<String, f64>,
}

impl Look<'_> {
    /// Articles that have any of the words or one close to it. First those with just this title, then those that fit
    /// best; of those that fit alike a validated one comes before a draft, and that before a retired one.
    pub fn search_articles(&self, text: &str, which: &Which) -> Result<Hits> {
        if !self.index.has_articles()? {
            return Ok(Hits::default());
        }
        let fits = self.index.fitting(&of_words(text))?;
        let asked = folded(text);
        let mut hits: Vec<(bool, Hit)> = fits
            .articles
            .into_iter()
            .filter(|one| which.includes(&one.head))
            .map(|Fitting { head, score, share }| {
                let score = score * trust(head.state);
                (folded(&head.title) == asked, Hit { head, score, share })
            })
            .collect();
        hits.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| by_score(&one.1, &other.1)));
        let least = hits.iter().map(|(_, hit)| hit.score).fold(0.0, f64::max) * TOO_LITTLE;
        let hits = hits.into_iter().filter(|(titled, hit)| *titled || hit.score >= least).map(|(_, hit)| hit);
        Ok(Hits { hits: hits.collect(), words: fits.words })
    }

    /// The place in an article where what was asked for stands, on one line of at most `width` characters.
    pub fn snippet(&self, hits: &Hits, name: &str, width: usize) -> Result<String> {
        let Some(article) = self.snapshot()?.article(name)? else { return Ok(String::new()) };
        Ok(snippet(&text_of(&article), width, |word| hits.words.get(word).copied().unwrap_or(0.0)))
    }
}

/// What a draft and a retired article are worth beside one that somebody has followed.
pub(super) fn trust(state: State) -> f64 {
    match state {
        State::Validated => 1.0,
        State::Draft => 0.7,
        State::Retired => 0.4,
    }
}

fn by_score(one: &Hit, other: &Hit) -> Ordering {
    other.score.total_cmp(&one.score).then_with(|| one.head.name.cmp(&other.head.name))
}

/// What a snippet is cut from. A body that begins with the title as its heading would show that again.
fn text_of(article: &Article) -> String {
    let body = article.body.trim_start();
    let heading = body.lines().next().filter(|line| line.starts_with('#') && folded(line) == folded(&article.title));
    let body = heading.and_then(|heading| body.strip_prefix(heading)).unwrap_or(body);
    let symptoms = article.symptoms.join(". ");
    let parts = [symptoms.as_str(), article.cause.as_str(), body];
    let parts = parts.into_iter().map(str::trim_end).filter(|part| !part.is_empty());
    let sentence = |part: &str| if part.ends_with(['.', '!', '?', ':']) { part.to_owned() } else { format!("{part}.") };
    parts.map(sentence).collect::<Vec<_>>().join("\n")
}
