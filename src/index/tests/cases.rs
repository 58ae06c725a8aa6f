//! Single cases that a law of random histories would meet too rarely.

use super::*;

#[test]
fn a_damaged_file_is_known_discarded_and_built_anew() {
    let mut world = World::new();
    let ticket = Edit::Ticket { ticket: 0, status: 0, assignee: 0, tag: 0, body: 1 };
    world.take(&Step::Commit { edits: vec![ticket], stamp: Stamp { at: 11, who: 0, op: 3 } });
    let store = world.store();
    let tip = dump(&Index::open(&store, &QUIET).unwrap().unwrap().db);
    let folder = std::fs::read_dir(store.state_dir()).unwrap();
    let path = folder.map(|file| file.unwrap().path()).find(|path| path.extension().unwrap() == "sqlite").unwrap();
    let page = |sql: &str| -> usize {
        let db = Connection::open(&path).unwrap();
        db.execute_batch("pragma wal_checkpoint(truncate)").unwrap();
        usize::try_from(db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()).unwrap()
    };
    // What the file is of stays; the page of the tickets is lost.
    let lost = (page("select rootpage from sqlite_schema where name = 'tickets'") - 1) * 4_096;
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[lost..lost + 4_096].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();

    let index = Index::open(&store, &QUIET).unwrap().unwrap();
    let id = TicketId::parse(TICKETS[0]).unwrap();
    let error = index.ticket(id).and_then(|_| index.log(None)).unwrap_err();
    assert!(is_damage(&error), "{error:#}");
    drop(index);
    discard_file(&store, None);
    assert!(!path.exists());
    assert_eq!(dump(&Index::open(&store, &QUIET).unwrap().unwrap().db), tip);
}

#[test]
fn who_reads_sees_one_moment_whatever_others_do() {
    let mut world = World::new();
    let store = world.store();
    let reader = Index::open(&store, &QUIET).unwrap().unwrap();
    let before = dump(&reader.db);
    world.take(&Step::Commit {
        edits: vec![Edit::Ticket { ticket: 0, status: 0, assignee: 0, tag: 0, body: 1 }],
        stamp: Stamp { at: 11, who: 0, op: 3 },
    });
    let other = Index::open(&store, &QUIET).unwrap().unwrap();
    assert_eq!(other.commit(), world.commits[world.tip].id);
    assert_eq!(dump(&reader.db), before);
}

fn commit(at: i64, who: usize, edit: Edit) -> Step {
    Step::Commit { edits: vec![edit], stamp: Stamp { at, who, op: 0 } }
}

fn ticket(status: usize, assignee: usize) -> Edit {
    Edit::Ticket { ticket: 0, status, assignee, tag: 0, body: 1 }
}

#[test]
fn who_becomes_an_agent_has_answered_before() {
    let by_ben = [commit(11, 1, ticket(0, 0)), commit(12, 1, ticket(1, 0)), commit(13, 0, Edit::Policy(2))];
    let steps: Vec<Step> = by_ben.into_iter().flat_map(|step| [step, Step::Look]).collect();
    follow_through(&steps);
    let mut world = World::new();
    steps.iter().for_each(|step| world.take(step));
    let acknowledged = |commit: usize| -> Option<i64> {
        let db = built(&world.store(), world.commits[commit].id);
        db.query_row("select acknowledged from tickets", [], |row| row.get(0)).unwrap()
    };
    assert_eq!((acknowledged(2), acknowledged(3)), (None, Some(1_760_001_200)));
}

/// One commit on the branch, one beside it with a later date, and their merge.
fn merged(ours: Edit, theirs: Edit, merge: Edit) -> World {
    let mut world = World::new();
    world.take(&commit(11, 0, ticket(1, 1)));
    let files = world.edited(Some(world.tip), &[theirs]);
    world.commit(vec![world.tip], files, &Stamp { at: 30, who: 1, op: 0 });
    world.take(&commit(20, 0, ours));
    let (with, stamp) = (world.commits.len() - 2, Stamp { at: 31, who: 0, op: 0 });
    let files = world.edited(Some(world.tip), &[merge]);
    let made = world.commit(vec![world.tip, with], files, &stamp);
    world.move_branch(made);
    world
}

#[test]
fn a_ticket_deleted_on_one_side_of_a_merge_is_deleted_once() {
    let remove = Edit::Remove { ticket: 0, entry: None };
    let world = merged(remove.clone(), Edit::Entry { ticket: 1, entry: 0, by: 0, kind: 0 }, remove);
    let db = built(&world.store(), world.commits[world.tip].id);
    let count = "select count(*) from changes where facts like '[[\"ticket\"%'";
    assert_eq!(db.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
}

#[test]
fn what_heals_a_merge_full_of_markers_goes_by_all_that_was_merged() {
    let markers = Edit::Break { ticket: 0, entry: None, how: 0 };
    let mut world = merged(ticket(1, 0), ticket(2, 2), markers);
    // As the first parent had it, while the other side's facts came later.
    world.take(&commit(32, 0, ticket(1, 0)));
    let store = world.store();
    facts_are_lawful(&built(&store, world.commits[world.tip].id), &store);
}
