use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::view::event::SCHEMA;

fn event(id: &str, key: &str) -> Event {
    Event { schema: SCHEMA.to_owned(), id: id.to_owned(), key: key.to_owned(), ..Event::default() }
}

fn spool(folder: &Path) -> Spool {
    Spool {
        root: folder.join("spool"),
        others: vec![folder.join("other")],
        state: folder.join("state"),
        host: "web1".to_owned(),
        user: "ana".to_owned(),
        room: bound::ROOM,
    }
}

fn all(spool: &Spool) -> Vec<Waiting> {
    spool.waiting().take(usize::MAX)
}

fn ids(spool: &Spool) -> Vec<String> {
    all(spool).into_iter().map(|one| one.event.unwrap().id).collect()
}

#[test]
fn events_wait_in_their_order_until_they_are_done() {
    let world = tempfile::tempdir().unwrap();
    let spool = spool(world.path());
    for id in ["2", "1", "3"] {
        assert!(matches!(spool.keep(&event(id, "k")), Kept::Spool(_)));
    }
    assert_eq!(ids(&spool), ["1", "2", "3"]);
    let waiting = spool.waiting().take(2);
    spool.done(&waiting[0]).unwrap();
    spool.forget(&waiting[1]).unwrap();
    // Somebody else was as fast.
    spool.done(&waiting[0]).unwrap();
    assert_eq!(ids(&spool), ["3"]);
    assert_eq!(spool.backlog().count, 1);
    assert_eq!(fs::read_dir(spool.root.join("tmp")).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_no_event_is_told_and_put_aside() {
    let world = tempfile::tempdir().unwrap();
    let spool = spool(world.path());
    spool.keep(&event("1", "k"));
    fs::write(spool.root.join("new/0.json"), "{").unwrap();
    symlink("/etc/passwd", spool.root.join("new/00.json")).unwrap();
    let waiting = spool.waiting().take(10);
    let why: Vec<String> = waiting.iter().filter_map(|one| one.event.clone().err()).collect();
    assert_eq!(why[0], "EOF while parsing an object at line 1 column 1");
    assert_eq!(why[1], "it is no regular file");
    spool.failed(&waiting[0], &why[0]).unwrap();
    spool.failed(&waiting[1], &why[1]).unwrap();
    assert_eq!(ids(&spool), ["1"]);
    assert_eq!(fs::read_to_string(spool.root.join("failed/0.why")).unwrap(), format!("{}\n", why[0]));
}

#[test]
fn a_spool_that_takes_nothing_leaves_the_event_in_another_folder_of_ours() {
    let world = tempfile::tempdir().unwrap();
    let spool = spool(world.path());
    // A file stands where the folder should be.
    fs::write(&spool.root, "").unwrap();
    let Kept::Elsewhere(path) = spool.keep(&event("1", "k")) else { panic!("not elsewhere") };
    assert!(path.starts_with(world.path().join("other/new")));
    assert_eq!(ids(&spool), ["1"]);
}

#[test]
fn another_folder_that_others_can_write_to_is_not_trusted() {
    let world = tempfile::tempdir().unwrap();
    let spool = spool(world.path());
    fs::write(&spool.root, "").unwrap();
    fs::create_dir(world.path().join("theirs")).unwrap();
    symlink(world.path().join("theirs"), world.path().join("other")).unwrap();
    assert!(!spool.keep(&event("1", "k")).is_safe());
    fs::remove_file(world.path().join("other")).unwrap();
    fs::create_dir(world.path().join("other")).unwrap();
    fs::set_permissions(world.path().join("other"), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(!spool.keep(&event("1", "k")).is_safe());
    assert_eq!(fs::read_dir(world.path().join("theirs")).unwrap().count(), 0);
}

#[test]
fn into_a_spool_for_all_everybody_may_put_events_and_nobody_may_list_them() {
    let world = tempfile::tempdir().unwrap();
    let spool = spool(world.path());
    fs::create_dir(&spool.root).unwrap();
    fs::set_permissions(&spool.root, fs::Permissions::from_mode(0o1733)).unwrap();
    spool.keep(&event("1", "k"));
    let mode = |name: &str| fs::metadata(spool.root.join(name)).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("new"), mode("tmp")), (0o1733, 0o1733));
}

#[test]
fn before_its_owner_has_made_folders_a_spool_for_all_takes_events_itself() {
    let world = tempfile::tempdir().unwrap();
    let spool = spool(world.path());
    fs::create_dir(&spool.root).unwrap();
    fs::set_permissions(&spool.root, fs::Permissions::from_mode(0o1733)).unwrap();
    // Somebody was faster than the owner, with a link for want of another user.
    symlink(world.path(), spool.root.join("new")).unwrap();
    let Kept::Spool(path) = spool.keep(&event("1", "k")) else { panic!("not kept") };
    assert_eq!(path.parent(), Some(spool.root.as_path()));
    assert_eq!(ids(&spool), ["1"]);
    spool.done(&spool.waiting().take(1)[0]).unwrap();
    assert_eq!((ids(&spool).len(), spool.backlog().count), (0, 0));
}

#[test]
fn of_each_key_the_first_and_the_newest_stay_and_the_others_are_counted() {
    let world = tempfile::tempdir().unwrap();
    let spool = Spool { room: 9 * 4096, ..spool(world.path()) };
    // Nine take all the room that there is.
    for at in 0..9 {
        spool.keep(&event(&format!("{at}"), if at < 2 || at == 8 { "a" } else { "b" }));
    }
    assert_eq!(ids(&spool).len(), 9);
    for at in 10..40 {
        spool.keep(&event(&format!("9-{at}"), "b"));
    }
    let events: Vec<Event> = all(&spool).into_iter().map(|one| one.event.unwrap()).collect();
    let stays = |id: &&str| events.iter().any(|event| event.id == **id);
    assert_eq!(["0", "1", "2", "3", "8", "9-38", "9-39"].iter().filter(|id| stays(id)).count(), 5);
    assert_eq!(["0", "2", "8", "9-38", "9-39"].iter().filter(|id| stays(id)).count(), 5);
    let lost = events.iter().find(|event| event.count > 0).unwrap();
    assert_eq!(lost.title, "1 event left out on web1: the spool was full");
    assert_eq!((lost.key.as_str(), lost.body.contains("\n  a\n")), ("spool-full/web1/ana", true));
    let (there, left_out) = accounted_for(&spool);
    assert_eq!(there as u64 + left_out, 39);
}

/// Events that are there, and those that are counted as left out.
fn accounted_for(spool: &Spool) -> (usize, u64) {
    let events: Vec<Event> = all(spool).into_iter().map(|one| one.event.unwrap()).collect();
    let (lost, there): (Vec<Event>, Vec<Event>) =
        events.into_iter().partition(|event| event.key.starts_with("spool-full/"));
    let left_out: u64 = there.iter().map(|event| event.left_out).chain(lost.iter().map(|event| event.count)).sum();
    (there.len(), left_out)
}

fn disk_of(folder: &Path) -> u64 {
    let sizes = files_in(folder).into_iter().map(|path| fs::metadata(path).unwrap().len().div_ceil(4096) * 4096);
    sizes.sum()
}

#[test]
fn a_spool_is_bounded_however_many_keys_there_are_and_nothing_is_lost_in_silence() {
    let world = tempfile::tempdir().unwrap();
    let room = 256 << 10;
    let spool = Spool { room, ..spool(world.path()) };
    let many = 400;
    for at in 0..many {
        spool.keep(&event(&format!("{at:05}"), &format!("disk/{}", at % 250)));
        assert!(disk_of(&spool.root.join("new")) <= room + 4096, "{at}");
    }
    let (there, left_out) = accounted_for(&spool);
    assert_eq!(there as u64 + left_out, many);
    assert!(there > 50, "{there}");
    // The newest are among those that stay.
    assert!(ids(&spool).contains(&"00399".to_owned()));
}

#[test]
fn what_was_delivered_makes_room_and_is_not_counted() {
    let world = tempfile::tempdir().unwrap();
    let spool = Spool { room: 20 * 4096, ..spool(world.path()) };
    for at in 0..100 {
        spool.keep(&event(&format!("{at:03}"), &format!("{at}")));
        all(&spool).iter().filter(|_| at % 10 == 9).for_each(|one| spool.done(one).unwrap());
    }
    assert_eq!(accounted_for(&spool), (0, 0));
    assert_eq!(files_in(&spool.root.join("done")).len(), 100);
}

#[test]
fn what_lies_elsewhere_comes_along_once_the_spool_takes_events_again() {
    let world = tempfile::tempdir().unwrap();
    let spool = spool(world.path());
    fs::write(&spool.root, "").unwrap();
    for id in ["1", "2"] {
        assert!(matches!(spool.keep(&event(id, "k")), Kept::Elsewhere(_)));
    }
    assert_eq!(spool.gather(), 0);
    fs::remove_file(&spool.root).unwrap();
    assert!(matches!(spool.keep(&event("3", "k")), Kept::Spool(_)));
    let new = spool.root.join("new");
    assert!(all(&spool).iter().all(|one| one.path.starts_with(&new)));
    assert_eq!((ids(&spool).join(" "), world.path().join("other").exists()), ("1 2 3".to_owned(), false));
}

#[test]
fn what_was_done_does_not_grow_for_ever() {
    let world = tempfile::tempdir().unwrap();
    let spool = spool(world.path());
    for at in 0..DONE + 5 {
        spool.keep(&event(&format!("{at:04}"), "k"));
    }
    all(&spool).iter().for_each(|one| spool.done(one).unwrap());
    spool.tidy();
    let kept = files_in(&spool.root.join("done"));
    assert_eq!(kept.len(), DONE);
    assert!(!kept.iter().any(|path| path.to_str().unwrap().contains("/0004.")));
}

#[test]
fn an_id_is_no_path_and_two_of_them_are_two_files() {
    let world = tempfile::tempdir().unwrap();
    let spool = spool(world.path());
    let long = "~".repeat(200);
    let wanted = ["../../../outside", "..", ".hidden", "a/b", "a_b", "a:b", "a\\b", &long];
    for id in wanted {
        assert!(matches!(spool.keep(&event(id, "k")), Kept::Spool(_)), "{id}");
    }
    let mut found = ids(&spool);
    found.sort();
    let mut wanted = wanted.map(str::to_owned);
    wanted.sort();
    assert_eq!(found, wanted);
    let places: Vec<_> = fs::read_dir(world.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(places, ["spool"]);
}

#[test]
fn a_draft_that_somebody_left_is_in_nobodys_way_and_goes_in_time() {
    let world = tempfile::tempdir().unwrap();
    let spool = spool(world.path());
    spool.keep(&event("0", "k"));
    let draft = spool.root.join("tmp").join(file_name(&event("1", "k")));
    let own = draft.with_extension(format!("json.{}", std::process::id()));
    [&draft, &own].iter().for_each(|path| fs::write(path, "half").unwrap());
    assert!(matches!(spool.keep(&event("1", "k")), Kept::Spool(_)));
    spool.tidy();
    assert!(draft.exists());
    let old = std::time::SystemTime::now() - OLD - Duration::from_secs(1);
    File::options().write(true).open(&draft).unwrap().set_modified(old).unwrap();
    spool.tidy();
    assert_eq!((draft.exists(), ids(&spool).len()), (false, 2));
}

#[test]
fn what_is_read_at_once_is_bounded() {
    let world = tempfile::tempdir().unwrap();
    let spool = spool(world.path());
    for id in 0..40 {
        spool.keep(&Event { body: "x".repeat(1_000_000), ..event(&format!("{id:02}"), "k") });
    }
    let mut queue = spool.waiting();
    assert_eq!(queue.take(usize::MAX).len(), 34);
    assert!(!queue.is_empty());
    assert_eq!((queue.take(usize::MAX).len(), queue.is_empty()), (6, true));
}

#[test]
fn a_key_is_one_line_that_fits_and_two_long_ones_are_two() {
    assert_eq!(fitting("disk/web1"), "disk/web1");
    assert_eq!(fitting(" a\tb\n"), "a b");
    let long = "ä".repeat(400);
    let (one, other) = (fitting(&format!("{long}1")), fitting(&format!("{long}2")));
    assert_eq!((one.chars().count(), fitting(&one)), (255, one.clone()));
    assert_ne!(one, other);
}

#[test]
fn an_event_that_is_too_long_loses_its_middle_and_nothing_else() {
    let world = tempfile::tempdir().unwrap();
    let spool = spool(world.path());
    let body = format!("begin{}end", "\0ä".repeat(2 << 20));
    assert!(matches!(spool.keep(&Event { body, ..event("1", "k") }), Kept::Spool(_)));
    let read = all(&spool).remove(0).event.unwrap().body;
    assert!(read.starts_with("begin") && read.ends_with("end") && read.contains(" bytes left out …\n"));
}
