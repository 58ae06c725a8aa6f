//! Commits to facts, whoever made the commits and however: by comparing the files of each commit with its parent's.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::path::PathBuf;

use git2::{ErrorCode, ObjectType, Oid, Repository, Sort, TreeEntry};
use rayon::prelude::*;

use super::compare::Differs;
use super::document;
use super::repository::{Store, open_again, unreadable};
use super::snapshot::{Holds, TicketSource, WholeTicket, holds, whole_ticket};
use crate::error::{Problem, Result};
use crate::model::fact::{Fact, diff};
use crate::model::field::FileKind;
use crate::model::id::{EntryId, TicketId};
use crate::model::record::Record;

/// What a commit says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitRow {
    pub id: Oid,
    pub parents: Vec<Oid>,
    pub name: String,
    pub email: String,
    /// Author's time in seconds since 1970: when the act was.
    pub at: i64,
    /// Committer's time: when the branch got it.
    pub committed: i64,
    pub subject: String,
    /// Names of operations, from `Desk-Op` trailers; none where the commit changed nothing.
    pub ops: Vec<String>,
}

/// A ticket that a commit touched.
#[derive(Debug, Clone)]
pub struct Touched {
    pub ticket: TicketId,
    pub facts: Vec<Fact>,
    /// What cannot be told from two versions of the file, for whoever keeps the replay to settle; `facts` then has the
    /// thread only.
    pub settle: Option<Settle>,
}

/// Where the facts of a commit's ancestors have to be brought: at a merge, and where the version before is unreadable.
#[derive(Debug, Clone, PartialEq)]
pub enum Settle {
    File(Record),
    /// The commit has no such file.
    Gone,
}

/// What it takes to open the same desk again in another thread.
#[derive(Debug, Clone)]
pub struct Handle {
    git_dir: PathBuf,
    from_env: bool,
    root: String,
}

/// A second look at the repository, for one thread.
pub struct Reader {
    pub(super) repo: Repository,
    root: String,
}

impl Store {
    pub fn handle(&self) -> Handle {
        Handle { git_dir: self.git_dir().to_owned(), from_env: self.heeds_env(), root: self.root().to_owned() }
    }

    /// Says that much of history is about to be read, each object once.
    pub fn expect_much(&self) {
        super::switches::keep_nothing();
    }

    /// Commits reachable from `tip` and not from `known`, parents before children, else by author's time, else by id.
    pub fn commits(&self, tip: Oid, known: Option<Oid>) -> Result<Vec<CommitRow>> {
        let mut walk = self.repo().revwalk().map_err(unreadable)?;
        walk.set_sorting(Sort::NONE).map_err(unreadable)?;
        walk.push(tip).map_err(unreadable)?;
        if let Some(known) = known {
            walk.hide(known).map_err(unreadable)?;
        }
        let ids: Vec<Oid> = walk.map(|id| id.map_err(unreadable)).collect::<Result<_>>()?;
        if ids.len() < PARALLEL {
            return Ok(linearize(ids.into_iter().map(|id| self.commit_row(id)).collect::<Result<_>>()?));
        }
        let handle = self.handle();
        let read = |part: &[Oid]| -> Result<Vec<CommitRow>> {
            let reader = handle.open()?;
            part.iter().map(|id| row_of(&reader.repo, *id)).collect()
        };
        let parts: Vec<Vec<CommitRow>> = ids.par_chunks(PARALLEL).map(read).collect::<Result<_>>()?;
        Ok(linearize(parts.into_iter().flatten().collect()))
    }

    /// The newest act on the desk by this address, along first parents: a commit with our trailer.
    pub fn last_act_of(&self, email: &str) -> Result<Option<Oid>> {
        let mut at = self.tip()?;
        while let Some(id) = at {
            let commit = self.repo().find_commit(id).map_err(unreadable)?;
            let by = String::from_utf8_lossy(commit.author().email_bytes()).eq_ignore_ascii_case(email);
            let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
            let trailers = message.trim_end().rsplit("\n\n").next().unwrap_or_default();
            if by && trailers.lines().any(|line| line.starts_with("Desk-Act: ")) {
                return Ok(Some(id));
            }
            at = commit.parent_id(0).ok();
        }
        Ok(None)
    }

    pub fn commit_row(&self, id: Oid) -> Result<CommitRow> {
        row_of(self.repo(), id)
    }

    /// Refuses where commits are missing here. Exit code 7 says how to get them.
    pub fn require_history(&self) -> Result<()> {
        if !self.is_shallow() {
            return Ok(());
        }
        Err(Problem::repository("this clone is shallow: it has no history before some commit")
            .code("shallow")
            .hint("git fetch --unshallow          in GitHub Actions: actions/checkout with fetch-depth: 0")
            .into())
    }
}

/// Commits from which on several threads read them.
const PARALLEL: usize = 4_096;

fn row_of(repo: &Repository, id: Oid) -> Result<CommitRow> {
    let commit = repo.find_commit(id).map_err(unreadable)?;
    let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
    let author = commit.author();
    let ops = operations_in(&message);
    // An operation that left nothing is none: else anybody could say of what is still to come that it is done.
    let is_empty = !ops.is_empty() && commit.parent(0).is_ok_and(|parent| parent.tree_id() == commit.tree_id());
    Ok(CommitRow {
        id,
        parents: commit.parent_ids().collect(),
        name: String::from_utf8_lossy(author.name_bytes()).into_owned(),
        email: String::from_utf8_lossy(author.email_bytes()).into_owned(),
        at: author.when().seconds(),
        committed: commit.committer().when().seconds(),
        subject: message.lines().next().unwrap_or_default().to_owned(),
        ops: if is_empty { Vec::new() } else { ops },
    })
}

/// The operations that a commit's trailers name, each with the tickets that its result names.
pub fn operations_in(message: &str) -> Vec<String> {
    let last = message.trim_end().rsplit("\n\n").next().unwrap_or_default();
    last.lines().filter_map(|line| line.strip_prefix("Desk-Op: ")).map(str::to_owned).collect()
}

/// Parents before children, else the earlier author's time, else the smaller id.
pub fn linearize(rows: Vec<CommitRow>) -> Vec<CommitRow> {
    let places: HashMap<Oid, usize> = rows.iter().enumerate().map(|(at, row)| (row.id, at)).collect();
    let mut waiting: Vec<usize> = vec![0; rows.len()];
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    for (at, row) in rows.iter().enumerate() {
        for parent in row.parents.iter().filter_map(|parent| places.get(parent)) {
            waiting[at] += 1;
            children[*parent].push(at);
        }
    }
    let key = |at: usize| Reverse((rows[at].at, rows[at].id, at));
    let mut ready: BinaryHeap<_> = (0..rows.len()).filter(|at| waiting[*at] == 0).map(key).collect();
    let mut order = Vec::with_capacity(rows.len());
    while let Some(Reverse((_, _, at))) = ready.pop() {
        order.push(at);
        for child in &children[at] {
            waiting[*child] -= 1;
            if waiting[*child] == 0 {
                ready.push(key(*child));
            }
        }
    }
    let mut rows: Vec<Option<CommitRow>> = rows.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| rows[at].take()).collect()
}

impl Handle {
    pub fn open(&self) -> Result<Reader> {
        let repo = open_again(&self.git_dir, self.from_env)?;
        Ok(Reader { repo, root: self.root.clone() })
    }
}

impl Reader {
    /// The desk's folder in a commit.
    pub fn desk_tree(&self, commit: Oid) -> Result<Option<Oid>> {
        let tree = self.repo.find_commit(commit).and_then(|commit| commit.tree()).map_err(unreadable)?;
        if self.root.is_empty() {
            return Ok(Some(tree.id()));
        }
        Ok(tree.get_path(self.root.trim_end_matches('/').as_ref()).ok().map(|entry| entry.id()))
    }

    /// A ticket and its thread from a list of their files.
    pub fn ticket(&self, id: TicketId, source: &TicketSource) -> Result<WholeTicket> {
        whole_ticket(&self.repo, &self.root, id, source)
    }

    /// How many bytes a blob has.
    pub fn size(&self, id: Oid) -> Result<usize> {
        let odb = self.repo.odb().map_err(unreadable)?;
        Ok(odb.read_header(id).map_err(unreadable)?.0)
    }

    /// A blob's bytes; `None` for one over the largest size.
    pub fn blob(&self, id: Oid) -> Result<Option<Vec<u8>>> {
        let odb = self.repo.odb().map_err(unreadable)?;
        let (size, kind) = odb.read_header(id).map_err(unreadable)?;
        if size > document::MAX_SIZE || kind != ObjectType::Blob {
            return Ok(None);
        }
        Ok(Some(odb.read(id).map_err(unreadable)?.data().to_vec()))
    }

    fn record(&self, kind: FileKind, id: Option<Oid>) -> Result<Option<Record>> {
        let Some(id) = id else { return Ok(Some(Record::default())) };
        Ok(self.blob(id)?.and_then(|bytes| document::parse(kind, &bytes).ok()))
    }

    /// Where the files of a ticket are in the desk's tree.
    pub fn source(&self, tree: Option<Oid>, id: TicketId) -> Result<TicketSource> {
        let mut source = TicketSource::default();
        let Some(tree) = tree else { return Ok(source) };
        let tree = self.repo.find_tree(tree).map_err(unreadable)?;
        let at = |path: &str| match tree.get_path(path.as_ref()) {
            Ok(entry) => Ok(Some(entry)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(unreadable(error)),
        };
        let is_tree = |entry: &TreeEntry<'_>| entry.kind() == Some(ObjectType::Tree);
        source.file = at(&id.path())?.filter(|e| !is_tree(e)).map(|e| (id.path(), e.id(), e.filemode()));
        let Some(folder) = at(&id.folder())?.filter(is_tree) else { return Ok(source) };
        for entry in self.repo.find_tree(folder.id()).map_err(unreadable)?.iter().filter(|entry| !is_tree(entry)) {
            let Ok(name) = entry.name() else { continue };
            if let Some(thread) = name.strip_suffix(".toml").and_then(EntryId::parse) {
                source.entries.push((thread, format!("{}/{name}", id.folder()), entry.id(), entry.filemode()));
            }
        }
        Ok(source)
    }

    /// The tickets that a commit touched, with the facts of it.
    ///
    /// A version that cannot be read counts as no change: the facts come with the next one that can. At a merge a
    /// ticket counts when its file differs from any parent's, an entry when it differs from all.
    pub fn touched(&self, commit: &CommitRow) -> Result<Vec<Touched>> {
        let after = self.desk_tree(commit.id)?;
        if commit.parents.len() > 1 {
            return self.touched_by_merge(commit, after);
        }
        let before = commit.parents.first().map(|parent| self.desk_tree(*parent)).transpose()?.flatten();
        self.between(before, after)
    }

    /// The tickets that differ between two trees of the desk, with the facts that make the one of the other.
    pub fn between(&self, before: Option<Oid>, after: Option<Oid>) -> Result<Vec<Touched>> {
        let mut gathered = Gathered::default();
        for file in self.regular(before, after)? {
            match holds(&file.path) {
                Holds::Ticket(id) => gathered.add(self.ticket_change(id, &file)?),
                Holds::Entry(id, entry) => gathered.add(self.entry_change(id, &entry, &file)?),
                Holds::Policy | Holds::Attachment(_) | Holds::Other => {}
            }
        }
        Ok(gathered.touched)
    }

    fn touched_by_merge(&self, commit: &CommitRow, after: Option<Oid>) -> Result<Vec<Touched>> {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut files = Vec::new();
        for parent in &commit.parents {
            for file in self.regular(self.desk_tree(*parent)?, after)? {
                *seen.entry(file.path.clone()).or_default() += 1;
                files.push(file);
            }
        }
        let (mut gathered, mut done) = (Gathered::default(), HashSet::new());
        for file in files.into_iter().filter(|file| done.insert(file.path.clone())) {
            match holds(&file.path) {
                Holds::Ticket(ticket) => {
                    let settle = self.settle(file.after)?;
                    gathered.add(Touched { ticket, facts: Vec::new(), settle });
                }
                Holds::Entry(id, entry) if seen.get(&file.path) == Some(&commit.parents.len()) => {
                    gathered.add(self.entry_change(id, &entry, &file)?);
                }
                Holds::Entry(..) | Holds::Policy | Holds::Attachment(_) | Holds::Other => {}
            }
        }
        Ok(gathered.touched)
    }

    /// Regular files that differ; history knows no others.
    fn regular(&self, before: Option<Oid>, after: Option<Oid>) -> Result<Vec<Differs>> {
        let mut files = self.compare(before, after)?;
        files.retain(|file| file.before != file.after);
        Ok(files)
    }

    fn settle(&self, file: Option<Oid>) -> Result<Option<Settle>> {
        match file {
            None => Ok(Some(Settle::Gone)),
            Some(_) => Ok(self.record(FileKind::Ticket, file)?.map(Settle::File)),
        }
    }

    fn ticket_change(&self, ticket: TicketId, file: &Differs) -> Result<Touched> {
        let mut touched = Touched { ticket, facts: Vec::new(), settle: None };
        if file.after.is_none() {
            touched.facts.push(Fact::deleted(ticket.as_str()));
            return Ok(touched);
        }
        let Some(after) = self.record(FileKind::Ticket, file.after)? else { return Ok(touched) };
        match self.record(FileKind::Ticket, file.before)? {
            Some(before) => touched.facts = diff(&before, &after),
            // Behind a merge that left conflict markers, say, only the replay knows the state.
            None => touched.settle = Some(Settle::File(after)),
        }
        Ok(touched)
    }

    fn entry_change(&self, ticket: TicketId, entry: &EntryId, file: &Differs) -> Result<Touched> {
        let (before, after) = (self.record(FileKind::Entry, file.before)?, self.record(FileKind::Entry, file.after)?);
        let same = before.is_some() && before == after && file.before.is_some() == file.after.is_some();
        let fact = Fact::entry(entry.as_str(), file.before.is_some(), file.after.is_some());
        Ok(Touched { ticket, facts: if same { Vec::new() } else { vec![fact] }, settle: None })
    }
}

/// The tickets of one commit, each once, in the order of their first file.
#[derive(Default)]
struct Gathered {
    touched: Vec<Touched>,
    places: HashMap<TicketId, usize>,
}

impl Gathered {
    fn add(&mut self, found: Touched) {
        if found.facts.is_empty() && found.settle.is_none() {
            return;
        }
        match self.places.get(&found.ticket) {
            Some(place) => {
                let one = &mut self.touched[*place];
                one.facts.extend(found.facts);
                one.settle = found.settle.or(one.settle.take());
            }
            None => {
                self.places.insert(found.ticket, self.touched.len());
                self.touched.push(found);
            }
        }
    }
}
