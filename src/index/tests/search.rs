//! What a search finds and in which order, beside a plain reading of the same texts.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::*;
use crate::index::search::{BLOCK, LONGER, best};

/// A ticket's title, solution, body and thread as words.
#[derive(Debug, Clone)]
struct Words {
    number: usize,
    opened: i64,
    texts: [Vec<String>; 4],
}

impl Words {
    fn new(number: usize, opened: i64, texts: [&str; 4]) -> Words {
        Words { number, opened, texts: texts.map(|text| text.split_whitespace().map(str::to_owned).collect()) }
    }

    /// The larger the number, the newer.
    fn id(&self) -> TicketId {
        let (year, month, day) = (self.number / 336 + 20, self.number / 28 % 12 + 1, self.number % 28 + 1);
        TicketId::parse(&format!("{year:02}{month:02}{day:02}-a{:07}", self.number)).unwrap()
    }

    fn put(&self, db: &Connection) {
        let [title, solution, body, thread] = self.texts.clone().map(|words| words.join(" "));
        let doc = serde_json::json!({"title": title, "status": "new", "opened": "2026-01-01T00:00:00Z"}).to_string();
        let sql = sum::insertion("tickets", 22, 1..=22);
        let mut values = vec![Value::Null; 22];
        (values[0], values[10]) = (Value::Integer(self.id().pack()), Value::Integer(self.opened));
        (values[19], values[20], values[21]) = (doc.into(), body.clone().into(), solution.clone().into());
        db.execute(&sql, rusqlite::params_from_iter(values)).unwrap();
        let sql = "insert into words(rowid, title, body, solution, thread) values (?, ?, ?, ?, ?)";
        db.execute(sql, (self.id().pack(), title, body, solution, thread)).unwrap();
    }

    fn remove(&self, db: &Connection) {
        db.execute("delete from tickets where id = ?", [self.id().pack()]).unwrap();
        db.execute("delete from words where rowid = ?", [self.id().pack()]).unwrap();
    }

    /// The first text with a word that `fits`.
    fn place(&self, fits: impl Fn(&str) -> bool) -> Option<usize> {
        self.texts.iter().position(|text| text.iter().any(|word| fits(word)))
    }
}

fn of(tickets: &[Words]) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    sum::register(&db).unwrap();
    schema::create(&db).unwrap();
    tickets.iter().for_each(|ticket| ticket.put(&db));
    db
}

fn found(db: &Connection, text: &str, limit: usize) -> Vec<TicketId> {
    best(db, &words(text), limit, &|_| true).unwrap()
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// What is found among fewer tickets than a block, by reading each.
fn read_one_by_one(tickets: &[Words], words: &[String]) -> Vec<TicketId> {
    let (last, others) = words.split_last().unwrap();
    let all: BTreeSet<&String> = tickets.iter().flat_map(|ticket| ticket.texts.iter().flatten()).collect();
    let first: Vec<&String> =
        all.into_iter().filter(|word| *word != last && word.starts_with(last)).take(LONGER).collect();
    let mut hits = Vec::new();
    for ticket in tickets {
        let begins = |word: &str| word.starts_with(last.as_str());
        let places: Option<Vec<usize>> = others.iter().map(|word| ticket.place(|other| other == word)).collect();
        let Some(mut places) = places else { continue };
        let (whole, longer) = (ticket.place(|word| word == last), ticket.place(begins));
        let Some(place) = whole.or(longer) else { continue };
        places.push(place);
        let is_first = ticket.place(|word| first.iter().any(|first| *first == word)).is_some();
        let stage = if whole.is_some() { 0 } else { 2 - usize::from(is_first) };
        let within = |place: usize| places.iter().filter(|other| **other <= place).count();
        let standing = [within(0), within(1), within(2)];
        hits.push((stage, Reverse((standing, ticket.opened, ticket.id()))));
    }
    hits.sort();
    hits.into_iter().map(|(_, Reverse((_, _, id)))| id).collect()
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => "[ab]",
        1 => Just("p".to_owned()),
        // More of them than are looked up one by one, and some that begin others.
        4 => "p[1-6]?[0-9]",
        1 => Just("pя".to_owned()),
    ]
}

fn ticket() -> impl Strategy<Value = (i64, [Vec<String>; 4])> {
    let text = || prop::collection::vec(word(), 0..4);
    (0..4_i64, [text(), text(), text(), text()])
}

proptest! {
    #[test]
    fn all_that_has_the_words_is_found_once_and_any_limit_is_a_beginning_of_all(
        tickets in prop::collection::vec(ticket(), 1..40),
        gone in prop::collection::vec(any::<Pick>(), 0..4),
        words in prop::collection::vec(word(), 1..4),
        limit in 0..40_usize,
    ) {
        let tickets = tickets.into_iter().enumerate();
        let mut tickets: Vec<Words> =
            tickets.map(|(number, (opened, texts))| Words { number, opened, texts }).collect();
        let db = of(&tickets);
        for gone in gone {
            if !tickets.is_empty() {
                tickets.remove(gone.index(tickets.len())).remove(&db);
            }
        }
        let all = best(&db, &words, usize::MAX, &|_| true).unwrap();
        prop_assert_eq!(&all, &read_one_by_one(&tickets, &words));

        let (last, others) = words.split_last().unwrap();
        let mut phrase: Vec<String> = others.iter().map(|word| format!("\"{word}\"")).collect();
        phrase.push(format!("\"{last}\"*"));
        let mut select = db.prepare("select rowid from words where words match ?").unwrap();
        let plain = select.query_map([phrase.join(" ")], |row| row.get::<_, i64>(0)).unwrap();
        let plain: HashSet<TicketId> = plain.map(|id| TicketId::unpack(id.unwrap()).unwrap()).collect();
        prop_assert_eq!(all.len(), plain.len());
        prop_assert_eq!(all.iter().copied().collect::<HashSet<_>>(), plain);

        let some = best(&db, &words, limit, &|_| true).unwrap();
        prop_assert_eq!(&some, &all[..limit.min(all.len())]);
        let keep = |id: TicketId| id.pack() % 3 != 0;
        let kept: Vec<TicketId> = all.into_iter().filter(|id| keep(*id)).collect();
        prop_assert_eq!(best(&db, &words, usize::MAX, &keep).unwrap(), kept);
    }
}

#[test]
fn the_title_counts_most_then_solution_body_and_thread_then_the_newest() {
    let texts = [
        ["blank pages", "", "", ""],
        ["pages", "blank", "", ""],
        ["pages", "", "blank", ""],
        ["pages", "", "", "blank"],
        ["", "pages blank", "", ""],
        ["", "", "blank pages", ""],
        ["", "", "", "blank pages"],
        // Of equals the newest: by when it was opened, not by the day of its id.
        ["blank pages", "", "", "blank pages"],
        ["pages", "", "", ""],
    ];
    let opened = [5, 9, 9, 9, 9, 9, 9, 4, 9];
    let tickets: Vec<Words> =
        texts.into_iter().zip(opened).enumerate().map(|(n, (texts, opened))| Words::new(n, opened, texts)).collect();
    let best: Vec<TicketId> = [0, 7, 1, 2, 3, 4, 5, 6].into_iter().map(|number: usize| tickets[number].id()).collect();
    assert_eq!(found(&of(&tickets), "pages blank", 20), best);
}

#[test]
fn a_whole_word_in_the_thread_is_better_than_a_longer_one_in_the_title() {
    let tickets =
        [Words::new(0, 0, ["", "", "", "print"]), Words::new(1, 1, ["printer", "", "", ""]), Words::new(2, 0, [""; 4])];
    assert_eq!(found(&of(&tickets), "print", 20), [tickets[0].id(), tickets[1].id()]);
    assert_eq!(found(&of(&tickets), "pri", 20), [tickets[1].id(), tickets[0].id()]);
}

#[test]
fn the_newest_block_comes_first_and_any_limit_is_a_beginning_of_all() {
    let count = BLOCK * 2 + 10;
    let mut tickets: Vec<Words> = (0..count).map(|number| Words::new(number, 0, ["", "", "rare", ""])).collect();
    let (last_of_block, next) = (count - BLOCK, count - BLOCK - 1);
    for in_title in [last_of_block, next] {
        tickets[in_title] = Words::new(in_title, 0, ["rare", "", "", ""]);
    }
    let db = of(&tickets);
    let all = found(&db, "rare", usize::MAX);
    assert_eq!(all.len(), tickets.len());
    assert_eq!((all[0], all[BLOCK]), (tickets[last_of_block].id(), tickets[next].id()));
    for limit in [1, BLOCK - 1, BLOCK, BLOCK + 1, count - 1] {
        assert_eq!(found(&db, "rare", limit), all[..limit], "{limit}");
    }
}

#[test]
fn a_row_that_the_disk_has_changed_is_damage() {
    let ticket = Words::new(0, 0, ["blank pages", "", "", ""]);
    let db = of(std::slice::from_ref(&ticket));
    db.execute("update tickets set doc = replace(doc, 'blank', 'blink')", []).unwrap();
    let error = best(&db, &words("blank"), 20, &|_| true).unwrap_err();
    assert!(is_damage(&error), "{error:#}");
}
