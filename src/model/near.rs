//! The word that somebody meant: the nearest known one to a misspelt one.

/// The candidate that `word` most likely is a misspelling of, if any comes near: one begins with the other (three
/// characters or more in common), or at most a third of the longer one is typed wrong. The first of several as near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let distance = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let longer = word.chars().count().max(candidate.chars().count());
        let shorter = word.chars().count().min(candidate.chars().count());
        let wrong = strsim::damerau_levenshtein(&word, &candidate);
        let begins = shorter >= 3 && (word.starts_with(&candidate) || candidate.starts_with(&word));
        (begins || wrong <= longer.max(3) / 3).then_some(wrong)
    };
    candidates.into_iter().filter_map(|c| Some((distance(c)?, c))).min_by_key(|(wrong, _)| *wrong).map(|(_, c)| c)
}

/// At most `most` of the candidates to tell somebody who typed a word that is none of them: all where there are no more,
/// in their order; else those that come nearest, the nearest first.
pub fn nearest_of<'a>(word: &str, candidates: &[&'a str], most: usize) -> Vec<&'a str> {
    let mut told = candidates.to_vec();
    if told.len() > most {
        let word = word.to_lowercase();
        told.sort_by_cached_key(|candidate| strsim::damerau_levenshtein(&word, &candidate.to_lowercase()));
        told.truncate(most);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_finds_its_neighbour_and_a_strange_one_finds_nothing() {
        let near = |word| nearest(word, ["infra", "platform", "mon", "network"]);
        assert_eq!(near("infar"), Some("infra"));
        assert_eq!(near("Netwrok"), Some("network"));
        assert_eq!(near("monday"), Some("mon"));
        assert_eq!(near("plat"), Some("platform"));
        assert_eq!(near("billing"), None);
    }

    #[test]
    fn of_many_the_nearest_are_told() {
        assert_eq!(nearest_of("x", &["b", "a"], 2), ["b", "a"], "few stay in their order");
        assert_eq!(nearest_of("acmee", &["zebra", "acne", "acme"], 2), ["acme", "acne"]);
    }
}
