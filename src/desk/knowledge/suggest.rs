//! Articles that may help with a ticket: by what it says, and by what solved tickets like it.

use std::collections::{BTreeMap, BTreeSet};

use super::search::trust;
use crate::desk::look::Look;
use crate::error::Result;
use crate::index::{Head, Record};
use crate::model::article::State;
use crate::model::ranking::question::of_ticket;
use crate::model::ticket::Ticket;

/// Of those that fit the words best, so many are looked at.
const LOOKED_AT: usize = 24;

/// So much of the title has to be there for an article to be told of where nobody asked.
const TELLING: f64 = 0.45;
/// So much where somebody asks.
const WORTH_A_LOOK: f64 = 0.3;
/// What says less than this, as "in the of", says nothing of a trouble.
const SAYS_SOMETHING: f64 = 0.35;
/// What fits so much less than the best is of another trouble.
const TOO_LITTLE: f64 = 0.25;
/// What the likeness of solved tickets counts for, beside the words.
const PROVEN: f64 = 0.6;

/// An article that may help.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    pub head: Head,
    /// From 0; the more the better.
    pub score: f64,
    /// What became of the tickets that named it.
    pub record: Record,
    /// Whether it is likely enough to be told of where nobody asked.
    pub telling: bool,
}

impl Look<'_> {
    /// The articles that may help most, without those that the ticket names and retired ones; none where the desk has no
    /// articles.
    pub fn suggest(&self, ticket: &Ticket, limit: usize) -> Result<Vec<Suggestion>> {
        if limit == 0 || !self.index.has_articles()? {
            return Ok(Vec::new());
        }
        let fits = self.index.fitting(&of_ticket(ticket))?;
        let by_name: BTreeMap<&str, (f64, f64)> =
            fits.articles.iter().map(|one| (one.head.name.as_str(), (one.score, one.share))).collect();
        let alike = self.index.solved_alike(ticket)?;
        let mut best: Vec<(f64, &str)> = by_name.iter().map(|(name, (score, _))| (*score, *name)).collect();
        best.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
        let names: BTreeSet<&str> =
            best.iter().take(LOOKED_AT).map(|(_, name)| *name).chain(alike.keys().map(String::as_str)).collect();
        let mut suggestions = Vec::new();
        for name in names {
            let (score, share) = by_name.get(name).copied().unwrap_or_default();
            let proof = proof(alike.get(name).map_or(&[], Vec::as_slice));
            let Some(head) = self.index.article_head(name)? else { continue };
            if ticket.articles.contains(&head.name) || head.state == State::Retired {
                continue;
            }
            if (share < WORTH_A_LOOK || fits.says < SAYS_SOMETHING) && proof <= 0.0 {
                continue;
            }
            let record = self.index.record_of(name)?;
            let score = (score + PROVEN * proof) * trust(head.state) * standing(record);
            suggestions.push(Suggestion { head, score, record, telling: share >= TELLING || proof > 0.0 });
        }
        suggestions
            .sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.head.name.cmp(&other.head.name)));
        let least = suggestions.first().map_or(0.0, |best| best.score * TOO_LITTLE);
        suggestions.retain(|one| one.score >= least);
        suggestions.truncate(limit);
        Ok(suggestions)
    }

    /// The one or two that a person is told of without asking.
    pub fn may_help(&self, ticket: &Ticket) -> Result<Vec<Suggestion>> {
        Ok(self.suggest(ticket, 2)?.into_iter().filter(|one| one.telling).collect())
    }
}

/// From 0, no ticket like it was solved so, to 1: each further one adds half of what is missing.
fn proof(likenesses: &[f64]) -> f64 {
    1.0 - likenesses.iter().map(|likeness| 1.0 - 0.5 * likeness.clamp(0.0, 1.0)).product::<f64>()
}

/// What its record makes of an article: 1 without any; from 0.6, never solved anything, to 1.4 (Laplace's rule of
/// succession: of one trial nobody knows much).
fn standing(record: Record) -> f64 {
    0.6 + 0.8 * (record.solved as f64 + 1.0) / (record.of as f64 + 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_speaks_for_or_against_an_article_the_more_the_longer_it_is() {
        let of = |solved, of| standing(Record { solved, of });
        assert!((of(0, 0) - 1.0).abs() < 1e-9);
        assert!(of(9, 11) > of(1, 1) && of(1, 1) > of(0, 0) && of(0, 0) > of(0, 1) && of(0, 1) > of(0, 9));
        assert!(proof(&[]) == 0.0 && proof(&[1.0]) < proof(&[0.8, 0.8]) && proof(&[2.0; 99]) <= 1.0);
    }
}
