//! How well articles fit some words, in any language that is written with spaces.
//!
//! BM25F (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009): how often a word stands in an article,
//! more where it is the title or a symptom, less where the text is long, and less for each further time; times how rare
//! the word is among all articles, so that nobody has to list the words that say nothing. What is added to it: a word
//! that is only [akin](word) to the one that was asked for counts for less, and never for more than the word itself.

pub mod question;
pub mod snippet;
pub mod word;

use std::collections::{BTreeMap, HashMap};

/// The parts of an article, in the order of [`Counts`].
pub const FIELDS: usize = 5;

/// In title, symptoms, labels (name, tags, categories, services), cause, body.
pub type Counts = [u32; FIELDS];

/// How much a word counts in each part.
const WEIGHT: [f64; FIELDS] = [8.0, 8.0, 3.0, 1.5, 1.0];

/// How much the length of each part counts against a word in it: 0 not at all, 1 wholly. Titles are short anyway.
const LENGTH: [f64; FIELDS] = [0.4, 0.3, 0.3, 0.6, 0.75];

/// How soon it no longer matters that a word stands there once more.
const SATURATION: f64 = 3.0;

/// What the frequency of a word is measured against.
#[derive(Debug, Clone, PartialEq)]
pub struct Corpus {
    pub articles: usize,
    /// Words of each part, on average.
    pub average: [f64; FIELDS],
}

impl Corpus {
    /// Of the lengths of all articles, in words.
    pub fn of<'l>(lengths: impl IntoIterator<Item = &'l Counts>) -> Corpus {
        let (mut articles, mut sums) = (0, [0.0; FIELDS]);
        for of_one in lengths {
            articles += 1;
            sums.iter_mut().zip(of_one).for_each(|(sum, length)| *sum += f64::from(*length));
        }
        Corpus { articles, average: sums.map(|sum| sum / f64::max(articles as f64, 1.0)) }
    }

    /// How much a word stands in an article of these lengths.
    pub fn frequency(&self, counts: &Counts, lengths: &Counts) -> f64 {
        let part = |at: usize| {
            let relative = f64::from(lengths[at]) / self.average[at].max(1.0);
            WEIGHT[at] * f64::from(counts[at]) / (1.0 - LENGTH[at] + LENGTH[at] * relative)
        };
        (0..FIELDS).map(part).sum()
    }

    /// How much a word says that so many articles have: next to nothing where all of many have it, something still on a
    /// desk that has one article. A word that none has says no more than one that one has.
    pub fn rarity(&self, having: f64) -> f64 {
        let having = having.max(1.0);
        (1.0 + ((self.articles as f64 - having).max(0.0) + 1.0) / (having + 0.5)).ln()
    }
}

/// Finds of one word that was asked for, in all articles.
#[derive(Debug, Clone, Default)]
pub struct Finds {
    /// Of each article, how close the words are that were found and how much they stand there.
    of: HashMap<i64, Vec<(f64, f64)>>,
}

impl Finds {
    /// A word as close as that (0 to 1] stands in an article so much.
    pub fn add(&mut self, article: i64, closeness: f64, frequency: f64) {
        self.of.entry(article).or_default().push((closeness, frequency));
    }

    /// In how many articles it is, those that have it only nearly counting less.
    fn having(&self) -> f64 {
        let closest = |finds: &[(f64, f64)]| finds.iter().map(|(closeness, _)| *closeness).fold(0.0, f64::max);
        let each: Vec<f64> = self.of.values().map(|finds| closest(finds)).collect();
        let best = each.iter().copied().fold(0.0, f64::max);
        // Summed by size, so that the order in which articles come does not show.
        let mut each: Vec<f64> = each.into_iter().map(|one| one / best).collect();
        each.sort_unstable_by(f64::total_cmp);
        each.into_iter().sum()
    }
}

/// From 0, not there, to 1: the closest words, or those with the next closest, whichever give more.
fn presence(finds: &mut [(f64, f64)]) -> f64 {
    finds.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then(other.1.total_cmp(&one.1)));
    let (mut frequency, mut presence) = (0.0, 0.0_f64);
    for (closeness, more) in finds {
        frequency += *more;
        presence = presence.max(*closeness * frequency / (SATURATION + frequency));
    }
    presence
}

/// A word that is asked for; [folded](super::text::folded).
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    pub word: String,
    /// How much it counts; 1 is usual.
    pub counts: f64,
    /// Whether it is one of those that the question is about: other forms of them, compounds and typing errors will do.
    pub is_main: bool,
}

impl Wanted {
    pub fn main(word: String) -> Wanted {
        Wanted { word, counts: 1.0, is_main: true }
    }

    /// One that is looked for as it stands, and missed by nobody.
    pub fn beside(word: String, counts: f64) -> Wanted {
        Wanted { word, counts, is_main: false }
    }
}

/// How well an article fits. Each is in proportion to the main words that were asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    pub article: i64,
    /// From 0; 1 where every word stands everywhere, and more with words beside.
    pub score: f64,
    /// How much of the main words is there: from 0, nothing, to 1, every one as it was typed.
    pub share: f64,
}

/// How much the main words say together, in proportion to one that a single article has: words that nearly all articles
/// have say next to nothing, however many they are.
pub fn says(corpus: &Corpus, finds: &[(&Wanted, Finds)]) -> f64 {
    // Those that count for less are too short to say anything by themselves.
    let main = finds.iter().filter(|(wanted, _)| wanted.is_main && wanted.counts >= 1.0);
    let worth: f64 = main.map(|(wanted, found)| corpus.rarity(found.having()) * wanted.counts).sum();
    worth / corpus.rarity(1.0)
}

/// The articles that have any of the words, by number: from what was found of each.
pub fn scores(corpus: &Corpus, finds: Vec<(&Wanted, Finds)>) -> Vec<Score> {
    let mut of: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    let mut all = 0.0;
    for (wanted, found) in finds {
        let worth = corpus.rarity(found.having()) * wanted.counts;
        let main = if wanted.is_main { worth } else { 0.0 };
        all += main;
        for (article, mut there) in found.of {
            let closest = there.iter().map(|(closeness, _)| *closeness).fold(0.0, f64::max);
            let sums = of.entry(article).or_default();
            sums.0 += worth * presence(&mut there);
            sums.1 += main * closest;
        }
    }
    let all = all.max(f64::MIN_POSITIVE);
    of.into_iter().map(|(article, (score, share))| Score { article, score: score / all, share: share / all }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Three articles of a hundred words; what is asked for stands in these parts so often, this close.
    fn score(finds: &[(i64, f64, Counts)]) -> Vec<f64> {
        let lengths = [5, 5, 5, 0, 100];
        let corpus = Corpus::of(&[lengths; 3]);
        let mut found = Finds::default();
        for (article, closeness, counts) in finds {
            found.add(*article, *closeness, corpus.frequency(counts, &lengths));
        }
        let wanted = Wanted::main("token".into());
        scores(&corpus, vec![(&wanted, found)]).into_iter().map(|score| score.score).collect()
    }

    #[test]
    fn the_title_counts_more_than_the_body_and_the_word_more_than_one_close_to_it() {
        let scores = score(&[(1, 1.0, [1, 0, 0, 0, 0]), (2, 1.0, [0, 0, 0, 0, 2]), (3, 0.5, [1, 0, 0, 0, 0])]);
        assert!(scores[0] > scores[1] && scores[0] > scores[2], "{scores:?}");
        let often = score(&[(1, 1.0, [0, 0, 0, 0, 1]), (2, 1.0, [0, 0, 0, 0, 3]), (3, 0.5, [9, 9, 9, 9, 99])]);
        assert!(often[1] > often[0] && often[2] <= 0.5, "{often:?}");
    }

    #[test]
    fn a_word_that_all_have_says_little_and_one_article_is_found_all_the_same() {
        let corpus = |articles| Corpus { articles, average: [1.0; FIELDS] };
        assert!(corpus(100).rarity(100.0) * 20.0 < corpus(100).rarity(1.0));
        assert!(corpus(1).rarity(1.0) > 0.3);
        assert!(corpus(10).rarity(0.0) <= corpus(10).rarity(1.0), "what nobody has decides nothing");
    }

    proptest! {
        #[test]
        fn a_ranking_does_not_depend_on_the_order_in_which_things_are_found(
            finds in prop::collection::vec((0..6_i64, 0.01..1.0_f64, prop::array::uniform5(0..9_u32)), 0..20),
        ) {
            let mut turned = finds.clone();
            turned.reverse();
            prop_assert_eq!(score(&finds), score(&turned));
            prop_assert!(score(&finds).iter().all(|score| (0.0..=1.0 + 1e-9).contains(score)));
        }
    }
}
