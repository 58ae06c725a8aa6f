//! What is asked for, from what somebody typed or a ticket says. Never more than some dozen words, however long that is.

use std::collections::HashSet;

use super::Wanted;
use super::word::LONGEST;
use crate::model::text::{beginning, folded, tokens};
use crate::model::ticket::Ticket;

/// Words of a question; nobody types more and means each.
const MOST: usize = 24;
/// Words of a ticket's report.
const MOST_BESIDE: usize = 60;
/// Of a text that is cut, so many bytes are read.
const READ: usize = 8 * 1_024;

/// How much a word of one or two letters counts: `in`, `op`, `is`. Where there are few articles, that all have them says
/// too little against them.
const SHORT: f64 = 0.4;
/// How much a word counts that is one with its neighbour: `wi-fi` as `wifi`.
const JOINED: f64 = 0.5;
/// What a ticket is filed under.
const FILED: f64 = 0.7;
/// What the report says beside the title.
const REPORTED: f64 = 0.25;

/// The folded words of a text; those with a hyphen between them once more as one.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    tokens(text).into_iter().chain(joined(text))
}

fn joined(text: &str) -> impl Iterator<Item = String> {
    let inner = |part: &str| part.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let hyphenated = text.split_whitespace().filter(|part| part.contains(['-', '\u{2010}', '\u{2011}'])).map(inner);
    let one = |part: String| {
        let is_joint = |c| matches!(c, '-' | '\u{2010}' | '\u{2011}');
        let parts: Vec<&str> = part.split(is_joint).collect();
        let plain =
            parts.len() == 2 && parts.iter().all(|part| !part.is_empty() && part.chars().all(char::is_alphabetic));
        plain.then(|| folded(&parts.concat()))
    };
    hyphenated.filter_map(one)
}

/// What somebody asks for in words.
pub fn of_words(text: &str) -> Vec<Wanted> {
    let text = beginning(text, READ);
    let mut asked = Asked::default();
    tokens(text).into_iter().for_each(|word| {
        let is_short = word.len() < 3 && word.chars().all(char::is_alphabetic);
        asked.add(Wanted { counts: if is_short { SHORT } else { 1.0 }, ..Wanted::main(word) });
    });
    asked.wanted.truncate(MOST);
    joined(text).for_each(|word| asked.add(Wanted::beside(word, JOINED)));
    asked.wanted.truncate(MOST + MOST / 2);
    asked.wanted
}

/// What would help with a ticket: its title first of all, then what it is filed under, then its report.
pub fn of_ticket(ticket: &Ticket) -> Vec<Wanted> {
    let mut asked = Asked { wanted: of_words(&ticket.title), ..Asked::default() };
    asked.known.extend(asked.wanted.iter().map(|one| one.word.clone()));
    let filed = [&ticket.service, &ticket.category, &ticket.asset].into_iter().chain(&ticket.tags);
    filed.flat_map(|name| tokens(beginning(name, READ))).for_each(|word| asked.add(Wanted::beside(word, FILED)));
    tokens(beginning(&ticket.body, READ)).into_iter().for_each(|word| asked.add(Wanted::beside(word, REPORTED)));
    asked.wanted.truncate(MOST * 2 + MOST_BESIDE);
    asked.wanted
}

/// Words, each once.
#[derive(Default)]
struct Asked {
    wanted: Vec<Wanted>,
    known: HashSet<String>,
}

impl Asked {
    fn add(&mut self, wanted: Wanted) {
        if wanted.word.len() <= LONGEST && self.known.insert(wanted.word.clone()) {
            self.wanted.push(wanted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::TicketId;
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn shown(wanted: &[Wanted]) -> String {
        let one = |one: &Wanted| format!("{}{}{}", one.word, if one.is_main { "!" } else { ":" }, one.counts);
        wanted.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_hyphenated_word_is_also_one() {
        assert_eq!(
            shown(&of_words("Wi-Fi slow, slow (e-mail too) 2-3")),
            "wi!0.4 fi!0.4 slow!1 e!0.4 mail!1 too!1 2!1 3!1 wifi:0.5 email:0.5"
        );
        assert_eq!(words("VPN-verbinding").collect::<Vec<_>>(), ["vpn", "verbinding", "vpnverbinding"]);
    }

    #[test]
    fn of_a_ticket_the_title_counts_most_and_each_word_once() {
        let mut ticket = Ticket::new(TicketId::parse("261124-aaaa0001").unwrap(), "VPN drops", Timestamp::UNIX_EPOCH);
        ticket.category = "network/vpn".into();
        ticket.body = "It drops every hour".into();
        assert_eq!(shown(&of_ticket(&ticket)), "vpn!1 drops!1 network:0.7 it:0.25 every:0.25 hour:0.25");
    }

    proptest! {
        #[test]
        fn however_long_a_text_is_what_is_asked_is_short(text in any::<String>(), times in 1..2_000_usize) {
            let long = text.repeat(times);
            let wanted = of_words(&long);
            prop_assert!(wanted.len() <= MOST + MOST / 2);
            prop_assert!(wanted.iter().all(|one| !one.word.is_empty() && one.word.len() <= LONGEST));
        }
    }
}
