//! The index follows a branch wherever it goes, and is then what building it there gives.

mod cases;
mod search;
mod similar;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::sample::Index as Pick;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::{Index, Surroundings, build, discard_file, follow, is_damage, schema, sum};
use crate::model::fact::Replay;
use crate::model::field::FileKind;
use crate::model::id::TicketId;
use crate::model::times::Act;
use crate::process;
use crate::store::{Oid, Place, Snapshot, Store, document};

const TICKETS: [&str; 4] = ["260101-a0000001", "260101-b0000002", "260102-c0000003", "260103-c0000004"];
const PEOPLE: [&str; 3] = ["ana@example.com", "ben@example.com", "Caller@example.com"];

/// A change of one file.
#[derive(Debug, Clone)]
enum Edit {
    Ticket {
        ticket: usize,
        status: usize,
        assignee: usize,
        tag: usize,
        body: usize,
    },
    Entry {
        ticket: usize,
        entry: usize,
        by: usize,
        kind: usize,
    },
    /// Conflict markers, bytes that are no UTF-8, a missing field, a symlink.
    Break {
        ticket: usize,
        entry: Option<usize>,
        how: usize,
    },
    Remove {
        ticket: usize,
        entry: Option<usize>,
    },
    Policy(usize),
}

#[derive(Debug, Clone)]
struct Stamp {
    at: i64,
    who: usize,
    op: usize,
}

/// What somebody does to the repository.
#[derive(Debug, Clone)]
enum Step {
    Commit {
        edits: Vec<Edit>,
        stamp: Stamp,
    },
    /// A commit on any other one, or on none, without moving the branch.
    Aside {
        on: Option<Pick>,
        edits: Vec<Edit>,
        stamp: Stamp,
    },
    /// The branch merges another commit, as its first or its second parent; or it is a merge aside.
    Merge {
        with: Pick,
        branch_first: bool,
        moves: bool,
        mask: u32,
        edits: Vec<Edit>,
        stamp: Stamp,
    },
    Reset {
        to: Pick,
    },
    Rebase {
        onto: Pick,
        count: usize,
    },
    Look,
}

fn edit() -> impl Strategy<Value = Edit> {
    let ticket = 0..TICKETS.len();
    let entry = prop::option::of(0..2_usize);
    prop_oneof![
        6 => (ticket.clone(), 0..4_usize, 0..3_usize, 0..3_usize, 0..3_usize)
            .prop_map(|(ticket, status, assignee, tag, body)| Edit::Ticket { ticket, status, assignee, tag, body }),
        3 => (ticket.clone(), 0..2_usize, 0..3_usize, 0..3_usize)
            .prop_map(|(ticket, entry, by, kind)| Edit::Entry { ticket, entry, by, kind }),
        2 => (ticket.clone(), entry.clone(), 0..4_usize).prop_map(|(ticket, entry, how)| Edit::Break { ticket, entry, how }),
        2 => (ticket, entry).prop_map(|(ticket, entry)| Edit::Remove { ticket, entry }),
        2 => (0..4_usize).prop_map(Edit::Policy),
    ]
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(edit(), 0..3)
}

fn stamp() -> impl Strategy<Value = Stamp> {
    (0..40_i64, 0..PEOPLE.len(), 0..6_usize).prop_map(|(at, who, op)| Stamp { at, who, op })
}

fn step() -> impl Strategy<Value = Step> {
    let merge = (any::<Pick>(), any::<bool>(), prop::bool::weighted(0.8), any::<u32>(), edits(), stamp());
    prop_oneof![
        4 => (edits(), stamp()).prop_map(|(edits, stamp)| Step::Commit { edits, stamp }),
        4 => (prop::option::weighted(0.95, any::<Pick>()), edits(), stamp())
            .prop_map(|(on, edits, stamp)| Step::Aside { on, edits, stamp }),
        4 => merge.prop_map(|(with, branch_first, moves, mask, edits, stamp)| {
            Step::Merge { with, branch_first, moves, mask, edits, stamp }
        }),
        1 => any::<Pick>().prop_map(|to| Step::Reset { to }),
        1 => (any::<Pick>(), 1..4_usize).prop_map(|(onto, count)| Step::Rebase { onto, count }),
        4 => Just(Step::Look),
    ]
}

/// Paths to modes and contents.
type Files = BTreeMap<String, (&'static str, Vec<u8>)>;

#[derive(Clone)]
struct Made {
    id: Oid,
    parents: Vec<usize>,
    files: Files,
    stamp: Stamp,
}

/// A repository with all commits that were ever made in it.
struct World {
    folder: tempfile::TempDir,
    commits: Vec<Made>,
    tip: usize,
}

fn git(folder: &Path) -> Command {
    let mut git = process::git(folder);
    for (name, value) in [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")] {
        git.env(name, value);
    }
    git
}

fn file_of(ticket: usize, entry: Option<usize>) -> String {
    let id = TicketId::parse(TICKETS[ticket]).unwrap();
    match entry {
        None => id.path(),
        Some(entry) => format!("{}/20260101T00000{entry}Z-aaaaaa.toml", id.folder()),
    }
}

fn policy(variant: usize) -> String {
    let agent = |name: &str, email: &str| format!("[agents.{name}]\nname = \"{name}\"\nemails = [\"{email}\"]\n");
    let base = "[desk]\nschema = 1\nname = \"d\"\n";
    match variant {
        0 => base.to_owned(),
        1 => format!("{base}{}", agent("ana", PEOPLE[0])),
        2 => format!("{base}{}{}", agent("ana", PEOPLE[0]), agent("ben", PEOPLE[1])),
        _ => "[[[ broken".to_owned(),
    }
}

fn apply(files: &mut Files, edit: &Edit) {
    match edit {
        Edit::Ticket { ticket, status, assignee, tag, body } => {
            let status = ["new", "active", "resolved", "closed"][*status];
            let mut text = format!("title = \"Ticket {ticket}\"\nstatus = \"{status}\"\nqueue = \"l1\"\n");
            text += ["", "assignee = \"ana\"\n", "assignee = \"ben\"\nsolution = \"so\"\n"][*assignee];
            text += ["", "tags = [\"b\", \"a\"]\n", "tags = [\"a\"]\nlinks = [\"related 260102-c0000003\"]\n"][*tag];
            text += "requester = \"caller@example.com\"\nopened = 2026-01-01T00:00:00Z\n";
            text += ["", "body = \"one word\"\n", "body = \"other words\"\n"][*body];
            files.insert(file_of(*ticket, None), ("100644", text.into_bytes()));
        }
        Edit::Entry { ticket, entry, by, kind } => {
            let kind = ["comment", "note", "escalation"][*kind];
            let by = PEOPLE[*by];
            let text = format!("kind = \"{kind}\"\nby = \"{by}\"\nat = 2026-01-01T00:00:0{entry}Z\nbody = \"said\"\n");
            files.insert(file_of(*ticket, Some(*entry)), ("100644", text.into_bytes()));
        }
        Edit::Break { ticket, entry, how } => {
            let (mode, bytes) = match how {
                0 => ("100644", b"<<<<<<< ours\ntitle = \"x\"\n=======\n>>>>>>> theirs\n".to_vec()),
                1 => ("100644", b"title = \"\xff\xfe\"\n".to_vec()),
                2 => ("100755", b"title = \"no status\"\n".to_vec()),
                _ => ("120000", b"elsewhere".to_vec()),
            };
            files.insert(file_of(*ticket, *entry), (mode, bytes));
        }
        Edit::Remove { ticket, entry } => {
            files.remove(&file_of(*ticket, *entry));
        }
        Edit::Policy(variant) => {
            files.insert("desk.toml".to_owned(), ("100644", policy(*variant).into_bytes()));
        }
    }
}

impl World {
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let done = git(folder.path()).args(["init", "-q", "--bare", "-b", "main", "."]).status().unwrap();
        assert!(done.success());
        let mut world = World { folder, commits: Vec::new(), tip: 0 };
        let mut files = Files::new();
        apply(&mut files, &Edit::Policy(1));
        world.tip = world.commit(Vec::new(), files, &Stamp { at: 10, who: 0, op: 0 });
        world.move_branch(0);
        world
    }

    /// Makes a commit by `git fast-import`.
    fn commit(&mut self, parents: Vec<usize>, files: Files, stamp: &Stamp) -> usize {
        let Stamp { at, who, op } = stamp;
        // A name of an operation may come twice; the earlier commit in the order of history owns it.
        let message = if *op > 2 { format!("s\n\nDesk-Op: op-{op}\n") } else { format!("s {}\n", self.commits.len()) };
        let mut stream = String::from("feature done\ncommit refs/heads/made\nmark :1\n");
        let (author, committed) = (1_760_000_000 + at * 100, 1_760_000_000 + (at * 7 % 40) * 100);
        writeln!(stream, "author A <{}> {author} +0000", PEOPLE[*who]).unwrap();
        writeln!(stream, "committer C <c@example.com> {committed} +0000").unwrap();
        writeln!(stream, "data {}\n{message}", message.len()).unwrap();
        for (number, parent) in parents.iter().enumerate() {
            let word = if number == 0 { "from" } else { "merge" };
            writeln!(stream, "{word} {}", self.commits[*parent].id).unwrap();
        }
        let mut stream = stream.into_bytes();
        stream.extend(b"deleteall\n");
        for (path, (mode, bytes)) in &files {
            stream.extend(format!("M {mode} inline {path}\ndata {}\n", bytes.len()).into_bytes());
            stream.extend(bytes);
            stream.push(b'\n');
        }
        stream.extend(b"get-mark :1\nreset refs/heads/made\nfrom 0000000000000000000000000000000000000000\ndone\n");
        let mut import = git(self.folder.path());
        import.args(["fast-import", "--quiet", "--force"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut running = import.spawn().unwrap();
        running.stdin.take().unwrap().write_all(&stream).unwrap();
        let said = running.wait_with_output().unwrap();
        assert!(said.status.success());
        let id = String::from_utf8(said.stdout).unwrap().trim().parse().unwrap();
        self.commits.push(Made { id, parents, files, stamp: stamp.clone() });
        self.commits.len() - 1
    }

    fn move_branch(&mut self, to: usize) {
        self.tip = to;
        let path = self.folder.path().join("refs/heads/main");
        std::fs::write(path, format!("{}\n", self.commits[to].id)).unwrap();
    }

    fn edited(&self, on: Option<usize>, edits: &[Edit]) -> Files {
        let mut files = on.map_or_else(Files::new, |on| self.commits[on].files.clone());
        edits.iter().for_each(|edit| apply(&mut files, edit));
        files
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Commit { edits, stamp } => {
                let files = self.edited(Some(self.tip), edits);
                let made = self.commit(vec![self.tip], files, stamp);
                self.move_branch(made);
            }
            Step::Aside { on, edits, stamp } => {
                let on = on.map(|on| on.index(self.commits.len()));
                let files = self.edited(on, edits);
                self.commit(on.into_iter().collect(), files, stamp);
            }
            Step::Merge { with, branch_first, moves, mask, edits, stamp } => {
                let with = with.index(self.commits.len());
                if with == self.tip {
                    return;
                }
                let parents = if *branch_first { vec![self.tip, with] } else { vec![with, self.tip] };
                let sides = [&self.commits[self.tip].files, &self.commits[with].files];
                let paths: HashSet<&String> = sides.iter().flat_map(|files| files.keys()).collect();
                let mut files = Files::new();
                for path in paths {
                    let hash = path.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte));
                    let side = sides[(mask >> (hash % 32) & 1) as usize];
                    files.extend(side.get(path).map(|file| (path.clone(), file.clone())));
                }
                edits.iter().for_each(|edit| apply(&mut files, edit));
                let made = self.commit(parents, files, stamp);
                if *moves {
                    self.move_branch(made);
                }
            }
            Step::Reset { to } => self.move_branch(to.index(self.commits.len())),
            Step::Rebase { onto, count } => {
                let mut chain: Vec<usize> = vec![self.tip];
                while chain.len() < *count
                    && let Some(parent) = self.commits[chain[chain.len() - 1]].parents.first()
                {
                    chain.push(*parent);
                }
                let mut on = onto.index(self.commits.len());
                for made in chain.into_iter().rev() {
                    let Made { files, stamp, .. } = self.commits[made].clone();
                    on = self.commit(vec![on], files, &stamp);
                }
                self.move_branch(on);
            }
            Step::Look => {}
        }
    }

    fn chain(&self, from: usize) -> Vec<Oid> {
        let chain = std::iter::successors(Some(from), |at| self.commits[*at].parents.first().copied());
        chain.map(|at| self.commits[at].id).collect()
    }

    fn store(&self) -> Store {
        let place = Place {
            repository: Some(self.folder.path().to_owned()),
            reference: Some("main".to_owned()),
            cwd: self.folder.path().to_owned(),
            overrides: vec![("desk.durability".into(), "none".into()), ("desk.root".into(), "/".into())],
            ..Place::default()
        };
        Store::open(&place).unwrap()
    }
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
}

/// Each case starts git many times, so a few of them unless `PROPTEST_CASES` says otherwise.
fn cases(few: u32) -> u32 {
    match ProptestConfig::default().cases {
        256 => few,
        set => set,
    }
}
