//! The index follows a branch wherever it goes, and is then what building it there gives.

mod articles;
mod cases;
mod search;
mod similar;
mod world;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use proptest::sample::Index as Pick;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::{Index, Record, Surroundings, build, discard_file, follow, is_damage, schema, sum};
use crate::model::fact::Replay;
use crate::model::field::FileKind;
use crate::model::id::TicketId;
use crate::model::times::Act;
use crate::process;
use crate::store::{Oid, Snapshot, Store, document};
use world::*;

fn git(folder: &Path) -> Command {
    let mut git = process::git(folder);
    for (name, value) in [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")] {
        git.env(name, value);
    }
    git
}

/// All that is in the tables; commits stand by their ids, so gaps between their numbers do not show.
fn dump(db: &Connection) -> String {
    let mut said = String::new();
    let id = |n: &str| format!("(select id from commits where n = {n})");
    let (of_n, of_landed) = (id("x.n"), id("x.landed"));
    db.execute_batch("create virtual table if not exists temp.places using fts5vocab(main, words, instance)").unwrap();
    for sql in [
        "select * from header".to_owned(),
        format!("select id, at, committed, name, email, subject, mainline, {of_landed} from commits x order by n"),
        format!("select ticket, {of_n}, at, facts from changes x order by n, ticket"),
        format!("select op, {of_n} from ops x order by op, n"),
        "select * from tickets order by id".to_owned(),
        "select * from entries order by 1, 2, 3, 4, 5, 6".to_owned(),
        "select ticket, id, queue, agent from assigned join commits using (n) order by 1, 2, 3, 4".to_owned(),
        "select * from links order by 1, 2, 3".to_owned(),
        "select * from mentions order by 1, 2".to_owned(),
        "select name, title, state, audience, language, head, in_title, in_symptoms, in_labels, in_cause, in_body, sum
         from articles order by name"
            .to_owned(),
        "select word, name, w.in_title, w.in_symptoms, w.in_labels, w.in_cause, w.in_body
         from article_words w join articles on id = article order by 1, 2"
            .to_owned(),
        "select count(*) from article_words".to_owned(),
        "select * from vocabulary order by 1".to_owned(),
        "select * from damaged order by 1, 2, 3, 4, 5".to_owned(),
        "select * from temp.places order by 1, 2, 3, 4".to_owned(),
    ] {
        let mut select = db.prepare(&sql).unwrap();
        let columns = select.column_count();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<Value> = (0..columns).map(|at| row.get(at).unwrap()).collect();
            writeln!(said, "{values:?}").unwrap();
        }
        said.push('\n');
    }
    said
}

const QUIET: Surroundings<'static> = Surroundings { cache: None, progress: &|_, _| {} };

fn built(store: &Store, commit: Oid) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    sum::register(&db).unwrap();
    schema::create(&db).unwrap();
    build::whole(&db, store, commit, &|_, _| {}).unwrap();
    db
}

/// Replaying a ticket's facts up to any commit of the first-parent chain gives that commit's file.
fn facts_are_lawful(db: &Connection, store: &Store) {
    let mut select = db.prepare("select id, n from commits where mainline = 1").unwrap();
    let chain = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let chain: Vec<(String, i64)> = chain.collect::<rusqlite::Result<_>>().unwrap();
    for (commit, n) in chain {
        let snapshot = Snapshot::at(store, commit.parse().unwrap()).unwrap();
        for id in TICKETS.map(|id| TicketId::parse(id).unwrap()) {
            let sql = "select facts from changes join commits using (n) where ticket = ? and landed <= ? order by n";
            let mut select = db.prepare(sql).unwrap();
            let facts = select.query_map((id.pack(), n), |row| row.get::<_, String>(0)).unwrap();
            let mut replay = Replay::default();
            for facts in facts {
                Act::facts_of(&facts.unwrap()).unwrap().iter().for_each(|fact| replay.apply(fact));
            }
            match snapshot.file(&id.path(), 1 << 20).unwrap() {
                None | Some(Err(_)) => assert_eq!(replay, Replay::default(), "{id} is not there in {commit}"),
                Some(Ok(bytes)) => {
                    if let Ok(record) = document::parse(FileKind::Ticket, &bytes) {
                        assert_eq!(replay.settle(&record), [], "{id} in {commit}");
                    }
                }
            }
        }
    }
}

fn follow_through(steps: &[Step]) {
    let mut world = World::new();
    let store = world.store();
    let mut followed = built(&store, world.commits[0].id);
    let mut at = world.tip;
    for step in steps.iter().chain([&Step::Look]) {
        world.take(step);
        if !matches!(step, Step::Look) {
            continue;
        }
        let tip = world.commits[world.tip].id;
        let fresh = built(&store, tip);
        if !follow::bring(&followed, &store, tip, &|_, _| {}).unwrap() {
            let known = world.chain(at);
            assert!(!world.chain(world.tip).iter().any(|id| known.contains(id)), "was not followed");
            followed = built(&store, tip);
        }
        assert_eq!(dump(&followed), dump(&fresh));
        facts_are_lawful(&fresh, &store);
        at = world.tip;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(48), ..ProptestConfig::default() })]

    #[test]
    fn what_follows_is_what_is_built(steps in prop::collection::vec(step(), 1..24)) {
        follow_through(&steps);
    }

    #[test]
    fn any_commit_is_looked_at_as_if_it_were_the_tip(
        steps in prop::collection::vec(step(), 1..16),
        picks in prop::collection::vec(any::<Pick>(), 3),
    ) {
        let mut world = World::new();
        steps.iter().for_each(|step| world.take(step));
        let store = world.store();
        let file = || Index::open(&store, &QUIET).unwrap().unwrap();
        let tip = dump(&file().db);
        for pick in picks {
            let commit = world.commits[pick.index(world.commits.len())].id;
            let index = Index::at(&store, commit, &QUIET).unwrap();
            prop_assert_eq!(dump(&index.db), dump(&built(&store, commit)));
            prop_assert_eq!(&tip, &dump(&file().db));
        }
    }

    #[test]
    fn what_is_new_since_a_commit_is_what_it_does_not_reach(
        steps in prop::collection::vec(step(), 1..24),
        picks in prop::collection::vec(any::<Pick>(), 3),
    ) {
        let mut world = World::new();
        steps.iter().for_each(|step| world.take(step));
        let store = world.store();
        let index = Index::open(&store, &QUIET).unwrap().unwrap();
        for pick in picks {
            let base = world.commits[pick.index(world.commits.len())].id;
            let known = store.reaches(index.commit(), base).unwrap();
            prop_assert_eq!(index.has(base).unwrap(), known);
            let mut expected = Vec::new();
            index
                .each_in_order(|change| {
                    if known && !store.reaches(base, change.commit.parse()?)? {
                        expected.push(change);
                    }
                    Ok(())
                })
                .unwrap();
            prop_assert_eq!(index.log_since(base).unwrap(), expected);
        }
    }
}

/// Each case starts git many times, so a few of them unless `PROPTEST_CASES` says otherwise.
fn cases(few: u32) -> u32 {
    match ProptestConfig::default().cases {
        256 => few,
        set => set,
    }
}
