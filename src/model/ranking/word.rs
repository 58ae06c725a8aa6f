//! How close a word of a text is to one that somebody typed: the same, another form of it, part of a compound, or it with
//! a typing error. No language is known: endings and doubled letters are those that Dutch, German and English share.

/// The same word.
const SAME: f64 = 1.0;
/// Another form: `apparaat`, `apparaten`; `maken`, `maakt`.
const FORM: f64 = 0.9;
/// It begins with the one that was typed: `herstel`, `herstelsleutel`.
const BEGINS: f64 = 0.7;
/// They begin alike for the most part: `installatie`, `installeren`.
const RELATED: f64 = 0.6;
/// One is inside the other, more the more of it that is: `sleutel`, `herstelsleutel`; `vpn`, `vpnverbinding`.
const INSIDE: f64 = 0.35;
/// A typing error.
const MISTYPED: f64 = 0.32;
/// A typing error in the beginning of a longer one.
const BEGINS_MISTYPED: f64 = 0.2;

/// Beyond these a word is another one rather than the same in another form.
const ENDINGS: &[&str] = &[
    "", "d", "de", "den", "e", "ed", "em", "en", "end", "er", "ern", "ers", "es", "est", "et", "ing", "ingen", "ings",
    "je", "jes", "n", "r", "rs", "s", "st", "t", "te", "ten", "tje", "tjes", "ung", "ungen",
];

/// Longer ones are no words.
pub const LONGEST: usize = 64;

/// A word that was typed, ready to be compared with many. Words are [folded](crate::model::text::folded).
#[derive(Debug, Clone)]
pub struct Asked {
    word: String,
    plain: String,
    length: usize,
}

impl Asked {
    /// From this closeness on it is the word that was typed, in one form or another.
    pub const KNOWN: f64 = FORM;

    pub fn new(word: &str) -> Asked {
        Asked { word: word.to_owned(), plain: plain(word), length: word.chars().count() }
    }

    pub fn word(&self) -> &str {
        &self.word
    }

    /// How close a word is, typing errors apart: from 0, nothing to do with it, to 1, the same.
    pub fn closeness(&self, word: &str) -> f64 {
        if word == self.word {
            return SAME;
        }
        if self.length < 3 || word.len() < 3 {
            return 0.0;
        }
        let (common, ours, theirs) = parted(&self.word, word);
        if is_form(common, ours, theirs) || self.is_form_spelled_otherwise(word) {
            return FORM;
        }
        if ours.is_empty() {
            return BEGINS;
        }
        let letters = common.chars().count();
        if letters >= 5 && letters * 5 >= word.chars().count().max(self.length) * 3 {
            return RELATED;
        }
        self.inside(word)
    }

    /// Doubled letters and hard ends come and go with the ending: `maken`, `maakt`; `schrijven`, `schrijf`.
    fn is_form_spelled_otherwise(&self, word: &str) -> bool {
        // Only where they begin alike is it worth looking.
        let first = |word: &str| plain_letter(word.chars().next().unwrap_or_default());
        if first(word) != first(&self.word) {
            return false;
        }
        let other = plain(word);
        let (common, ours, theirs) = parted(&self.plain, &other);
        is_form(common, ours, theirs)
    }

    /// One inside the other.
    fn inside(&self, word: &str) -> f64 {
        let (ours, theirs) = (core(&self.word), core(word));
        let part = |inner: &str, outer: &str| inner.len() as f64 / outer.len() as f64;
        if ours.len() >= 4 && word.contains(ours) {
            return INSIDE + 0.25 * part(ours, word);
        }
        let beginning = self.word.starts_with(word);
        // A short one may be inside by chance: `open` in `verlopen`.
        let is_part = theirs.len() >= 5 || (theirs.len() == 4 && part(theirs, &self.word) >= 0.55);
        if (is_part || beginning) && self.word.contains(theirs) && (part(theirs, &self.word) >= 0.4 || beginning) {
            return INSIDE + 0.25 * part(theirs, &self.word);
        }
        0.0
    }

    /// How close it is if one typing error was made: a letter too many, missing, another, or two that changed places.
    pub fn closeness_mistyped(&self, word: &str) -> f64 {
        let letters = |text: &str| text.chars().all(char::is_alphabetic);
        if self.length < 3 || word.len() + 4 < self.word.len() || !letters(&self.word) || !letters(word) {
            return 0.0;
        }
        let same_first = word.chars().next() == self.word.chars().next();
        // Of three letters nearly every short word is one slip away.
        if self.length == 3 && (word.len() < 3 || !same_first && !is_turned_round(&self.word, word)) {
            return 0.0;
        }
        let alike = if same_first { 0.06 } else { 0.0 };
        if is_one_error(&self.word, word) {
            return MISTYPED + alike;
        }
        // An error and an ending.
        let begins = |more: usize| {
            let cut = word.char_indices().nth(self.length + more - 1).map(|(at, _)| at);
            cut.is_some_and(|cut| is_one_error(&self.word, &word[..cut]))
        };
        if self.length >= 5 && (0..3).any(begins) { BEGINS_MISTYPED + alike } else { 0.0 }
    }
}

/// What two words begin with, and what is left of each.
fn parted<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str, &'a str) {
    let mut at = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    while !one.is_char_boundary(at) || !other.is_char_boundary(at) {
        at -= 1;
    }
    (&one[..at], &one[at..], &other[at..])
}

fn is_form(common: &str, one: &str, other: &str) -> bool {
    let endings = ENDINGS.contains(&one) && ENDINGS.contains(&other);
    endings && (common.len() >= 4 || (common.len() == 3 && one.len() <= 2 && other.len() <= 2))
}

/// Letters that stand twice stand once, and soft ones are hard.
fn plain(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for letter in word.chars().map(plain_letter) {
        if !out.ends_with(letter) || letter.is_numeric() {
            out.push(letter);
        }
    }
    out
}

fn plain_letter(letter: char) -> char {
    match letter {
        'v' => 'f',
        'z' => 's',
        other => other,
    }
}

/// A word without its ending.
fn core(word: &str) -> &str {
    let endings = ["ingen", "ing", "en", "es", "er", "e", "s", "n", "t", "d"];
    let cut = endings.iter().filter_map(|ending| word.strip_suffix(ending)).find(|core| core.len() >= 4);
    cut.unwrap_or(word)
}

/// Whether two words have the same letters.
fn is_turned_round(one: &str, other: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(one) == sorted(other)
}

/// Whether two words differ by one slip of a finger.
fn is_one_error(one: &str, other: &str) -> bool {
    if one.len().abs_diff(other.len()) > 4 {
        return false;
    }
    let (_, one, other) = parted(one, other);
    let same = one.chars().rev().zip(other.chars().rev()).take_while(|(a, b)| a == b).count();
    let mut left = [one, other].map(|word| word.chars().take(word.chars().count() - same));
    let mut next = |at: usize| [left[at].next(), left[at].next(), left[at].next()];
    match (next(0), next(1)) {
        ([a, None, _], [b, None, _]) => a.is_some() || b.is_some(),
        ([Some(a), Some(b), None], [Some(c), Some(d), None]) => a == d && b == c,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(asked: &str, word: &str) -> f64 {
        Asked::new(asked).closeness(word)
    }

    #[test]
    fn forms_of_a_word_are_close_in_three_languages() {
        for (one, other) in [
            ("apparaat", "apparaten"),
            ("maken", "maakt"),
            ("schrijven", "schrijf"),
            ("huizen", "huis"),
            ("installeren", "installeer"),
            ("laptop", "laptops"),
            ("drop", "dropped"),
            ("print", "printing"),
            ("drucker", "druckern"),
            ("seite", "seiten"),
            ("meldung", "meldungen"),
        ] {
            assert!(of(one, other) >= Asked::KNOWN && of(other, one) >= Asked::KNOWN, "{one} {other}");
        }
        for (one, other) in
            [("mac", "machine"), ("web7", "web8"), ("inschrijven", "inschakelen"), ("van", "vanavond"), ("db1", "db12")]
        {
            assert!(of(one, other) < Asked::KNOWN && of(other, one) < Asked::KNOWN, "{one} {other}");
        }
    }

    #[test]
    fn the_word_is_closer_than_a_beginning_and_that_than_a_part_and_that_than_a_typing_error() {
        let [same, form, begins, related] =
            ["sleutel", "sleutels", "sleutelbos", "sleutelen"].map(|word| of("sleutel", word));
        let (inside, other_way) = (of("sleutel", "herstelsleutel"), of("herstelsleutel", "sleutel"));
        let mistyped = Asked::new("sluetel").closeness_mistyped("sleutel");
        assert!(same > form && form >= related && form > begins, "{same} {form} {related} {begins}");
        assert!(begins > inside && begins > other_way, "{begins} {inside} {other_way}");
        assert!(inside.min(other_way) > mistyped && mistyped > 0.0, "{inside} {other_way} {mistyped}");
        assert!(
            of("vpnverbinding", "vpn") > 0.0
                && of("gewijzigd", "wijzigen") > 0.0
                && of("installatie", "installeren") > 0.0
        );
        assert!(of("op", "opnieuw") == 0.0 && of("10", "100") == 0.0, "too short to be part of anything");
    }

    #[test]
    fn one_slip_of_a_finger_is_a_typing_error_and_two_are_another_word() {
        let close = |asked: &str, word: &str| Asked::new(asked).closeness_mistyped(word) > 0.0;
        for asked in ["tokne", "tken", "tokken", "toden", "okens", "tokenn"] {
            assert!(close(asked, "token") || close(asked, "tokens"), "{asked}");
        }
        assert!(close("insaller", "installeren"), "an error and an ending");
        for asked in ["tonek", "tkoen2", "toxxn", "to", "web7"] {
            assert!(!close(asked, "token") && !close(asked, "web8"), "{asked}");
        }
        assert!(close("vnp", "vpn") && close("pvn", "vpn") && close("usd", "usb"));
        assert!(!close("pin", "in") && !close("sap", "map") && !close("usb", "us"), "of three letters, chance");
    }

    proptest! {
        #[test]
        fn no_words_break_it(one in "\\PC{0,20}", other in "\\PC{0,20}") {
            let asked = Asked::new(&one);
            for closeness in [asked.closeness(&other), asked.closeness_mistyped(&other)] {
                prop_assert!((0.0..=1.0).contains(&closeness));
            }
            prop_assert_eq!(asked.closeness(&one), 1.0);
        }

        #[test]
        fn any_single_slip_is_known(word in "[a-z]{5,12}", at in 0..5_usize, letter in "[a-z]", how in 0..4) {
            let mut letters: Vec<char> = word.chars().collect();
            match how {
                0 => letters.swap(at, (at + 1) % 5),
                1 => drop(letters.remove(at)),
                2 => letters.insert(at, letters[at]),
                _ => letters[at] = letter.chars().next().unwrap(),
            }
            let typed: String = letters.into_iter().collect();
            // The first and the fifth do not stand side by side.
            prop_assume!(typed != word && (how != 0 || at < 4));
            prop_assert!(Asked::new(&typed).closeness_mistyped(&word) > 0.0, "{typed} {word}");
        }
    }
}
