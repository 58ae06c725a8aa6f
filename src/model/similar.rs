//! Whether two tickets may be of the same trouble: by the words of their titles, the rare ones counting most, and by
//! what and whom they are about.

use super::text::tokens;
use super::ticket::Ticket;

/// From here on two tickets are shown as alike.
pub const ALIKE: f64 = 0.5;

/// Words that two titles must share at least, by weight: nothing else makes tickets alike.
const SHARED: f64 = 0.3;

/// How much a word says: the rarer, the more. Of `all` tickets `having` have it (`ln(1 + N/n)`, a smoothed inverse
/// document frequency, so that it works in a desk of three tickets, too).
pub fn weight(all: u64, having: u64) -> f64 {
    (1.0 + all.max(1) as f64 / having.max(1) as f64).ln()
}

/// How alike two tickets are: 0 is not at all, above 1 is the same title and more in common; [`ALIKE`] is the threshold.
///
/// The weight that the titles share of what both have (Dice's coefficient), more for the same asset, requester,
/// customer and service, less for another asset or another number of the same thing (`web7`, `web8`).
pub fn likeness(one: &Ticket, other: &Ticket, weight: impl Fn(&str) -> f64) -> f64 {
    let (ours, theirs) = (words(&one.title), words(&other.title));
    let share = share(&ours, &theirs, &weight);
    if share < SHARED {
        return 0.0;
    }
    let mut likeness = share + same(&one.requester, &other.requester) * 0.1;
    likeness += same(&one.customer, &other.customer) * 0.05 + same(&one.service, &other.service) * 0.05;
    likeness += match (one.asset.is_empty() || other.asset.is_empty(), same(&one.asset, &other.asset) > 0.0) {
        (true, _) => 0.0,
        (false, true) => 0.25,
        (false, false) => -0.3,
    };
    if names_another(&ours, &theirs) { likeness - 0.5 } else { likeness }
}

/// Whether tickets with titles of these words may be alike at all.
pub fn may_be_alike(ours: &[String], theirs: &[String], weight: impl Fn(&str) -> f64) -> bool {
    share(ours, theirs, weight) >= SHARED
}

/// Dice's coefficient of two titles' words, by weight: from 0, nothing in common, to 1.
fn share(ours: &[String], theirs: &[String], weight: impl Fn(&str) -> f64) -> f64 {
    let sum = |words: &[String]| words.iter().map(|word| weight(word)).sum::<f64>();
    let shared = |words: &[String], others: &[String]| {
        words.iter().filter(|word| has(others, word)).map(|word| weight(word)).sum::<f64>()
    };
    let both = sum(ours) + sum(theirs);
    if both > 0.0 { (shared(ours, theirs) + shared(theirs, ours)) / both } else { 0.0 }
}

/// The words of a title, each once.
pub fn words(title: &str) -> Vec<String> {
    let mut words = tokens(title);
    words.sort_unstable();
    words.dedup();
    words
}

fn same(one: &str, other: &str) -> f64 {
    if !one.is_empty() && one.to_lowercase() == other.to_lowercase() { 1.0 } else { 0.0 }
}

fn has(words: &[String], word: &str) -> bool {
    words.iter().any(|other| alike(other, word))
}

/// Equal but for an ending of up to two letters: `drop`, `drops`.
fn alike(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let ending = long.strip_prefix(short);
    ending.is_some_and(|ending| {
        let letters = ending.chars().all(char::is_alphabetic) && short.chars().all(char::is_alphabetic);
        ending.is_empty() || (letters && short.chars().count() >= 4 && ending.chars().count() <= 2)
    })
}

/// Whether each names a thing that the other does not, and the things differ by their number alone.
fn names_another(ours: &[String], theirs: &[String]) -> bool {
    let kind = |word: &str| {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        (letters.len() < word.len() && !letters.is_empty()).then(|| letters.to_owned())
    };
    let only = |words: &[String], others: &[String]| -> Vec<String> {
        words.iter().filter(|word| !others.contains(word)).filter_map(|word| kind(word)).collect()
    };
    let theirs_only = only(theirs, ours);
    only(ours, theirs).iter().any(|kind| theirs_only.contains(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::TicketId;
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn ticket(title: &str) -> Ticket {
        Ticket::new(TicketId::parse("261124-aaaa0001").unwrap(), title, Timestamp::UNIX_EPOCH)
    }

    /// As in a desk of a hundred tickets where these words are in many.
    fn by_rarity(word: &str) -> f64 {
        let having = match word {
            "and" | "on" | "the" | "in" | "for" | "not" => 60,
            "printer" | "failed" | "full" | "disk" => 12,
            _ => 2,
        };
        weight(100, having)
    }

    fn of(one: &str, other: &str) -> f64 {
        likeness(&ticket(one), &ticket(other), by_rarity)
    }

    #[test]
    fn the_same_trouble_in_other_words_is_alike() {
        for (one, other) in [
            ("Printer HP-4 prints blank pages", "HP-4 streaks and blank pages"),
            ("VPN drops every hour", "vpn: drop every hour, whole site"),
            ("Toner", "toner"),
            ("Certificate expires in 9 days", "Certificate expires in 8 days"),
        ] {
            assert!(of(one, other) >= ALIKE, "{one} / {other}: {}", of(one, other));
        }
    }

    #[test]
    fn what_shares_little_or_only_common_words_is_not() {
        for (one, other) in [
            ("Printer HP-4 prints blank pages", "Cannot print from Citrix since Friday"),
            ("Printer on the floor", "Printer in the shop is not found"),
            ("disk full on web7", "disk full on web8"),
            ("backup failed on db1", "update failed on mx1"),
            ("New chair for the office", "Key for the office"),
            ("", "x"),
        ] {
            assert!(of(one, other) < ALIKE, "{one} / {other}: {}", of(one, other));
        }
    }

    #[test]
    fn what_and_whom_it_is_about_counts() {
        let base = of("no signal on the big screen", "screen shows no picture");
        let both = |change: fn(&mut Ticket)| {
            let (mut one, mut other) = (ticket("no signal on the big screen"), ticket("screen shows no picture"));
            change(&mut one);
            change(&mut other);
            likeness(&one, &other, by_rarity)
        };
        let asset = both(|ticket| ticket.asset = "tv-3".into());
        let requester = both(|ticket| ticket.requester = "bob@x".into());
        let customer = both(|ticket| ticket.customer = "acme".into());
        assert!(asset > requester && requester > customer && customer > base, "{asset} {requester} {customer} {base}");
        assert!(base < ALIKE && asset >= ALIKE);
        let one = Ticket { asset: "tv-3".into(), ..ticket("big screen is dark") };
        let other = Ticket { asset: "tv-4".into(), ..ticket("big screen is dark") };
        assert!(likeness(&one, &other, by_rarity) < of("big screen is dark", "big screen is dark"));
        let elsewhere = Ticket { asset: "tv-3".into(), ..ticket("door is open") };
        assert_eq!(
            likeness(&one, &elsewhere, |word| if word == "is" { 0.1 } else { 3.0 }),
            0.0,
            "an asset alone is no trouble"
        );
    }

    #[test]
    fn an_ending_does_not_matter_and_a_number_does() {
        assert!(alike("drop", "drops") && alike("drops", "drop") && alike("folder", "folders"));
        assert!(!alike("print", "printer4") && !alike("web", "webs") && !alike("db1", "db12"));
    }

    proptest! {
        #[test]
        fn it_is_the_same_both_ways_and_a_title_is_like_itself(
            one in "[a-z0-9]{1,6}( [a-z0-9]{1,6}){0,5}",
            other in "[a-z0-9 ]{0,30}",
        ) {
            prop_assert!((of(&one, &one) - 1.0).abs() < 1e-9);
            let (there, back) = (of(&one, &other), of(&other, &one));
            prop_assert!((there - back).abs() < 1e-9 && there <= 1.0 + 1e-9, "{there} {back}");
        }
    }
}
