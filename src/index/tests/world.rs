//! Histories that are made up, for the laws of the index.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use proptest::prelude::*;
use proptest::sample::Index as Pick;

use super::git;
use crate::model::id::TicketId;
use crate::store::{Oid, Place, Store};

pub const TICKETS: [&str; 4] = ["260101-a0000001", "260101-b0000002", "260102-c0000003", "260103-c0000004"];
/// The last is no name of an article.
pub const ARTICLES: [&str; 3] = ["vpn/reset", "vpn/token", "vpn/a/b"];
pub const PEOPLE: [&str; 3] = ["ana@example.com", "ben@example.com", "Caller@example.com"];

/// A change of one file.
#[derive(Debug, Clone)]
pub enum Edit {
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
    Article {
        article: usize,
        variant: usize,
    },
}

#[derive(Debug, Clone)]
pub struct Stamp {
    pub at: i64,
    pub who: usize,
    pub op: usize,
}

/// What somebody does to the repository.
#[derive(Debug, Clone)]
pub enum Step {
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

pub fn edit() -> impl Strategy<Value = Edit> {
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
        3 => (0..ARTICLES.len(), 0..6_usize).prop_map(|(article, variant)| Edit::Article { article, variant }),
    ]
}

pub fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(edit(), 0..3)
}

pub fn stamp() -> impl Strategy<Value = Stamp> {
    (0..40_i64, 0..PEOPLE.len(), 0..6_usize).prop_map(|(at, who, op)| Stamp { at, who, op })
}

pub fn step() -> impl Strategy<Value = Step> {
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
pub type Files = BTreeMap<String, (&'static str, Vec<u8>)>;

#[derive(Clone)]
pub struct Made {
    pub id: Oid,
    pub parents: Vec<usize>,
    pub files: Files,
    pub stamp: Stamp,
}

/// A repository with all commits that were ever made in it.
pub struct World {
    pub folder: tempfile::TempDir,
    pub commits: Vec<Made>,
    pub tip: usize,
}

pub fn file_of(ticket: usize, entry: Option<usize>) -> String {
    let id = TicketId::parse(TICKETS[ticket]).unwrap();
    match entry {
        None => id.path(),
        Some(entry) => format!("{}/20260101T00000{entry}Z-aaaaaa.toml", id.folder()),
    }
}

pub fn policy(variant: usize) -> String {
    let agent = |name: &str, email: &str| format!("[agents.{name}]\nname = \"{name}\"\nemails = [\"{email}\"]\n");
    let base = "[desk]\nschema = 1\nname = \"d\"\n";
    match variant {
        0 => base.to_owned(),
        1 => format!("{base}{}", agent("ana", PEOPLE[0])),
        2 => format!("{base}{}{}", agent("ana", PEOPLE[0]), agent("ben", PEOPLE[1])),
        _ => "[[[ broken".to_owned(),
    }
}

pub fn apply(files: &mut Files, edit: &Edit) {
    match edit {
        Edit::Ticket { ticket, status, assignee, tag, body } => {
            let status = ["new", "active", "resolved", "closed"][*status];
            let mut text = format!("title = \"Ticket {ticket}\"\nstatus = \"{status}\"\nqueue = \"l1\"\n");
            text += ["", "assignee = \"ana\"\n", "assignee = \"ben\"\nsolution = \"so\"\n"][*assignee];
            text += ["", "tags = [\"b\", \"a\"]\n", "tags = [\"a\"]\nlinks = [\"related 260102-c0000003\"]\n"][*tag];
            text += "requester = \"caller@example.com\"\nopened = 2026-01-01T00:00:00Z\n";
            text += ["", "articles = [\"vpn/reset\"]\n", "articles = [\"gone/x\", \"vpn/reset\"]\n"][*assignee];
            text += ["", "resolution = \"fixed\"\n", "resolution = \"rejected\"\n"][*body];
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
        Edit::Article { article, variant } => {
            let path = format!("kb/{}.toml", ARTICLES[*article]);
            let text: &[u8] = match variant {
                0 => b"title = \"Token\"\nstate = \"validated\"\nsymptoms = [\"verlopen\"]\nbody = \"Open the app\"\n",
                1 => b"title = \"Token of the app\"\nlanguage = \"en\"\ntags = [\"app\"]\nbody = \"Open, open\"\n",
                2 => b"title = 3\nstate = \"none\"\n",
                3 => b"<<<<<<< ours\n",
                4 => b"title = \"\xff\"\n",
                _ => {
                    files.remove(&path);
                    return;
                }
            };
            files.insert(path, ("100644", text.to_vec()));
        }
        Edit::Policy(variant) => {
            files.insert("desk.toml".to_owned(), ("100644", policy(*variant).into_bytes()));
        }
    }
}

impl World {
    pub fn new() -> World {
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
    pub fn commit(&mut self, parents: Vec<usize>, files: Files, stamp: &Stamp) -> usize {
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

    pub fn move_branch(&mut self, to: usize) {
        self.tip = to;
        let path = self.folder.path().join("refs/heads/main");
        std::fs::write(path, format!("{}\n", self.commits[to].id)).unwrap();
    }

    pub fn edited(&self, on: Option<usize>, edits: &[Edit]) -> Files {
        let mut files = on.map_or_else(Files::new, |on| self.commits[on].files.clone());
        edits.iter().for_each(|edit| apply(&mut files, edit));
        files
    }

    pub fn take(&mut self, step: &Step) {
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

    pub fn chain(&self, from: usize) -> Vec<Oid> {
        let chain = std::iter::successors(Some(from), |at| self.commits[*at].parents.first().copied());
        chain.map(|at| self.commits[at].id).collect()
    }

    pub fn store(&self) -> Store {
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
