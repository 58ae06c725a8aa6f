//! Articles by words, and what became of tickets that named them.

use super::*;
use crate::model::ranking::Wanted;

fn article(article: usize, variant: usize) -> Edit {
    Edit::Article { article, variant }
}

/// A ticket that names `vpn/reset`, and `gone/x` too where `both`.
fn ticket(ticket: usize, status: usize, both: bool, rejected: bool) -> Edit {
    Edit::Ticket { ticket, status, assignee: if both { 2 } else { 1 }, tag: 0, body: if rejected { 2 } else { 1 } }
}

fn commit(at: i64, edits: Vec<Edit>) -> Step {
    Step::Commit { edits, stamp: Stamp { at, who: 0, op: 0 } }
}

fn world(steps: &[Step]) -> World {
    let mut world = World::new();
    steps.iter().for_each(|step| world.take(step));
    world
}

fn names(index: &Index<'_>, words: &[&str]) -> Vec<String> {
    let wanted: Vec<Wanted> = words.iter().map(|word| Wanted::main((*word).to_owned())).collect();
    let mut found = index.fitting(&wanted).unwrap().articles;
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    found.into_iter().map(|one| one.head.name).collect()
}

#[test]
fn the_words_of_every_part_are_found_and_those_of_a_broken_file_are_not() {
    let world = world(&[commit(11, vec![article(0, 0), article(1, 1), article(2, 0)])]);
    let store = world.store();
    let index = Index::open(&store, &QUIET).unwrap().unwrap();
    assert!(index.has_articles().unwrap());
    assert_eq!(names(&index, &["verlopen"]), ["vpn/reset"], "a symptom");
    assert_eq!(names(&index, &["reset"]), ["vpn/reset"], "its name");
    assert_eq!(names(&index, &["token", "of"]), ["vpn/token", "vpn/reset"]);
    assert_eq!(names(&index, &["opne"]), ["vpn/token", "vpn/reset"], "a typing error");
    assert_eq!(names(&index, &["zeppelin"]), [""; 0]);
    drop(index);
    let mut world = world;
    world.take(&commit(12, vec![article(0, 3), article(1, 5)]));
    let index = Index::open(&store, &QUIET).unwrap().unwrap();
    assert_eq!(names(&index, &["token"]), [""; 0]);
    assert!(!index.has_articles().unwrap() && index.article_head("vpn/reset").unwrap().is_none());
}

#[test]
fn an_article_has_solved_what_ended_well_and_stayed_so() {
    let ended = |number, rejected| commit(12, vec![ticket(number, 3, false, rejected)]);
    let world = world(&[
        commit(
            11,
            vec![article(0, 0), ticket(0, 0, true, false), ticket(1, 1, false, false), ticket(2, 1, false, false)],
        ),
        ended(1, true),
        ended(2, false),
        commit(13, vec![ticket(2, 1, false, false), ticket(3, 2, true, false)]),
        commit(14, vec![ticket(2, 2, false, false)]),
    ]);
    let store = world.store();
    let index = Index::open(&store, &QUIET).unwrap().unwrap();
    // One is open, one was rejected, one was reopened before it ended again, one is resolved.
    assert_eq!(index.record_of("vpn/reset").unwrap(), Record { solved: 1, of: 3 });
    assert_eq!(index.record_of("gone/x").unwrap(), Record { solved: 1, of: 1 });
    assert_eq!(index.record_of("vpn/token").unwrap(), Record::default());
    let open = index.ticket(TicketId::parse(TICKETS[0]).unwrap()).unwrap().unwrap().ticket;
    let like = crate::model::ticket::Ticket { title: "Ticket 3".to_owned(), ..open };
    let by: Vec<String> = index.solved_alike(&like).unwrap().into_keys().collect();
    assert_eq!(by, ["gone/x", "vpn/reset"]);
}

#[test]
fn a_row_that_the_disk_has_changed_is_damage() {
    let world = world(&[commit(11, vec![article(0, 0), ticket(0, 2, false, false)])]);
    let store = world.store();
    for sql in ["update articles set title = 'x'", "update articles set in_body = 9", "update mentions set solved = 0"]
    {
        let index = Index::in_memory(&store, world.commits[world.tip].id, &QUIET).unwrap();
        index.db.execute(sql, []).unwrap();
        let error =
            index.fitting(&[Wanted::main("token".into())]).and_then(|_| index.record_of("vpn/reset").map(|_| ()));
        assert!(is_damage(&error.unwrap_err()), "{sql}");
    }
}
