//! Reading the files of a desk at one commit.
//!
//! A file that breaks the schema damages only itself: it is handed on as [`Damaged`], with place and reason.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use git2::{ObjectType, Oid, Repository, Tree, TreeWalkMode, TreeWalkResult};

use super::document;
use super::repository::{Store, unreadable};
use crate::error::{Problem, Result};
use crate::model::article::{self, Article};
use crate::model::entry::Entry;
use crate::model::field::FileKind;
use crate::model::id::{EntryId, TicketId};
use crate::model::record::Record;
use crate::model::ticket::{Fault, Ticket};

/// The desk's files at one commit.
pub struct Snapshot<'s> {
    store: &'s Store,
    commit: Oid,
    /// The desk's folder; `None` when the commit has no such folder.
    tree: Option<Oid>,
    /// Folders that were read: one of a day with thousands of tickets takes milliseconds to read, and libgit2 keeps only
    /// small ones.
    folders: RefCell<HashMap<Oid, Rc<Tree<'s>>>>,
}

/// Folders that are kept.
const FOLDERS: usize = 64;

/// A ticket with the file it was read from.
#[derive(Debug, Clone)]
pub struct TicketFile {
    /// From the repository's root.
    pub path: String,
    pub bytes: Vec<u8>,
    pub record: Record,
    pub ticket: Ticket,
}

/// A file that cannot be read as what its path says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// From the repository's root.
    pub path: String,
    /// 1-based; 1:1 when the whole file is meant.
    pub line: usize,
    pub column: usize,
    pub message: String,
    pub fix: Option<String>,
}

impl Damaged {
    pub fn whole(path: impl Into<String>, message: impl Into<String>) -> Damaged {
        Damaged { path: path.into(), line: 1, column: 1, message: message.into(), fix: None }
    }

    /// `customers/acme.toml:5:1 is damaged: this is no TOML: …`
    pub fn told(&self) -> String {
        let Damaged { path, line, column, message, .. } = self;
        format!("{path}:{line}:{column} is damaged: {message}")
    }

    fn mistake(path: &str, mistake: document::Mistake) -> Damaged {
        let document::Mistake { line, column, message, fix, .. } = mistake;
        Damaged { path: path.to_owned(), line, column, message, fix }
    }

    fn first_of(faults: Vec<Fault>, path: &str, bytes: &[u8]) -> Damaged {
        let Some(fault) = faults.into_iter().next() else { return Damaged::whole(path, "cannot be read") };
        let (line, column) = document::locate(bytes, &fault.field).unwrap_or((1, 1));
        Damaged { path: path.to_owned(), line, column, message: fault.message, fix: fault.fix }
    }
}

impl From<Damaged> for Problem {
    fn from(damaged: Damaged) -> Problem {
        let place = format!("{}:{}:{}", damaged.path, damaged.line, damaged.column);
        let problem = Problem::invalid(format!("{place}: {}", damaged.message)).code("damaged");
        match damaged.fix {
            Some(fix) => problem.hint(format!("fix: {fix}")),
            None => problem,
        }
    }
}

/// A file in the thread's `files` folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// As stored: six random characters, `-`, the cleaned name.
    pub name: String,
    /// In bytes.
    pub size: usize,
    /// From the repository's root.
    pub path: String,
}

/// Reads a ticket from the bytes of its file; `path` is for messages.
pub fn read_ticket(id: TicketId, path: &str, bytes: Vec<u8>) -> Result<TicketFile, Damaged> {
    let record = document::parse(FileKind::Ticket, &bytes).map_err(|mistake| Damaged::mistake(path, mistake))?;
    match Ticket::read(id, &record) {
        Ok(ticket) => Ok(TicketFile { path: path.to_owned(), bytes, record, ticket }),
        Err(faults) => Err(Damaged::first_of(faults, path, &bytes)),
    }
}

/// Reads a thread entry from the bytes of its file; `path` is for messages.
pub fn read_entry(id: EntryId, path: &str, bytes: &[u8]) -> Result<Entry, Damaged> {
    let record = document::parse(FileKind::Entry, bytes).map_err(|mistake| Damaged::mistake(path, mistake))?;
    Entry::read(id, &record).map_err(|faults| Damaged::first_of(faults, path, bytes))
}

/// What a path of a desk holds, told from the path alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    Policy,
    Ticket(TicketId),
    Entry(TicketId, EntryId),
    Attachment(TicketId),
    /// Something else: an article, a README, whatever people keep beside a desk.
    Other,
}

/// Reads a path below the desk's root.
pub fn holds(path: &str) -> Holds {
    if path == "desk.toml" {
        return Holds::Policy;
    }
    let Some(("tickets", rest)) = path.split_once('/') else { return Holds::Other };
    let Some(last) = rest.splitn(4, '/').nth(3) else { return Holds::Other };
    let (name, inside) = match last.split_once('/') {
        Some((folder, inside)) => (folder, Some(inside)),
        None => (last.strip_suffix(".toml").unwrap_or_default(), None),
    };
    let Some(id) = TicketId::parse(name).filter(|id| path.starts_with(&id.folder())) else { return Holds::Other };
    match inside {
        None => Holds::Ticket(id),
        Some(inside) if inside.starts_with("files/") => Holds::Attachment(id),
        Some(inside) => match inside.strip_suffix(".toml").and_then(EntryId::parse) {
            Some(entry) => Holds::Entry(id, entry),
            None => Holds::Other,
        },
    }
}

/// The kind of the file at a path below the desk's root, where its form is the desk's.
pub fn kind_of(path: &str) -> Option<FileKind> {
    match holds(path) {
        Holds::Ticket(_) => Some(FileKind::Ticket),
        Holds::Entry(..) => Some(FileKind::Entry),
        Holds::Other => article::name_of(path).map(|_| FileKind::Article),
        Holds::Policy | Holds::Attachment(_) => None,
    }
}

/// Whether a path can be a file of a desk that `check` has something to say about. Where a folder of it belongs, nothing
/// else may be.
pub fn is_checked(path: &str) -> bool {
    let record = is_beside(path) && (path.ends_with(".toml") || path.contains(NO_TEXT));
    matches!(path, "desk.toml" | ATTRIBUTES)
        || path.starts_with("tickets/")
        || is_folder(path)
        || record
        || path.ends_with(".ics")
        || is_twin(path)
}

/// Whether a path lies in a folder that git tells from `tickets/` and a file system without case does not.
pub fn is_twin(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    first != "tickets" && first.to_lowercase() == "tickets"
}

/// Whether a path lies in one of the folders beside `tickets/`.
pub fn is_beside(path: &str) -> bool {
    CHECKED.iter().any(|folder| path.starts_with(folder))
}

/// Whether a path is that of a folder of the desk itself.
pub fn is_folder(path: &str) -> bool {
    path == "tickets" || CHECKED.iter().any(|folder| folder.strip_suffix('/') == Some(path))
}

/// What stands in a path for bytes that are no UTF-8.
pub const NO_TEXT: char = char::REPLACEMENT_CHARACTER;

/// Folders of a desk, beside `tickets/`, whose files are TOML.
pub const CHECKED: &[&str] = &["customers/", "kb/", "services/"];

/// Git's attributes of the desk's files.
pub const ATTRIBUTES: &str = ".gitattributes";

/// Where the files of one ticket are in a tree: paths from the desk's root, ids and modes.
#[derive(Debug, Clone, Default)]
pub struct TicketSource {
    pub file: Option<(String, Oid, i32)>,
    pub entries: Vec<(EntryId, String, Oid, i32)>,
}

/// What was read of a ticket: the file (`None` when there is none), its thread, and what of the thread is damaged.
pub type WholeTicket = (Option<Result<TicketFile, Damaged>>, Vec<Entry>, Vec<Damaged>);

/// Reads a ticket and its thread from a list of its files; `root` is the desk's folder, for messages.
pub(super) fn whole_ticket(repo: &Repository, root: &str, id: TicketId, source: &TicketSource) -> Result<WholeTicket> {
    let file = match &source.file {
        None => None,
        Some((path, oid, mode)) => {
            let path = format!("{root}{path}");
            Some(match read_blob(repo, *oid, *mode, &path, document::MAX_SIZE)? {
                Ok(bytes) => read_ticket(id, &path, bytes),
                Err(damaged) => Err(damaged),
            })
        }
    };
    let (mut entries, mut damaged) = (Vec::new(), Vec::new());
    for (entry, path, oid, mode) in &source.entries {
        match entry_at(repo, entry.clone(), *oid, *mode, &format!("{root}{path}"))? {
            Ok(entry) => entries.push(entry),
            Err(fault) => damaged.push(fault),
        }
    }
    entries.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    Ok((file, entries, damaged))
}

fn entry_at(repo: &Repository, id: EntryId, oid: Oid, mode: i32, path: &str) -> Result<Result<Entry, Damaged>> {
    Ok(match read_blob(repo, oid, mode, path, document::MAX_SIZE)? {
        Ok(bytes) => read_entry(id, path, &bytes),
        Err(fault) => Err(fault),
    })
}

/// A blob's bytes; a symlink, a folder or more than `limit` bytes is [`Damaged`], told before anything is read.
fn read_blob(repo: &Repository, oid: Oid, mode: i32, path: &str, limit: usize) -> Result<Result<Vec<u8>, Damaged>> {
    if mode != REGULAR && mode != EXECUTABLE {
        return Ok(Err(Damaged::whole(path, "is not a regular file (a symlink, a folder or a submodule)")));
    }
    let odb = repo.odb().map_err(unreadable)?;
    let (size, _) = odb.read_header(oid).map_err(unreadable)?;
    if size > limit {
        return Ok(Err(Damaged::whole(path, format!("has {size} bytes; more than {limit} are not read"))));
    }
    Ok(Ok(odb.read(oid).map_err(unreadable)?.data().to_vec()))
}

pub const REGULAR: i32 = 0o100_644;
pub const EXECUTABLE: i32 = 0o100_755;
pub const SYMLINK: i32 = 0o120_000;
pub const SUBMODULE: i32 = 0o160_000;
pub const FOLDER: i32 = 0o040_000;

impl<'s> Snapshot<'s> {
    pub fn at(store: &'s Store, commit: Oid) -> Result<Snapshot<'s>> {
        let whole = store.repo().find_commit(commit).and_then(|commit| commit.tree()).map_err(unreadable)?;
        let tree = if store.root().is_empty() {
            Some(whole.id())
        } else {
            whole.get_path(store.root().trim_end_matches('/').as_ref()).ok().map(|entry| entry.id())
        };
        Ok(Snapshot { store, commit, tree, folders: RefCell::default() })
    }

    pub fn store(&self) -> &'s Store {
        self.store
    }

    pub fn commit(&self) -> Oid {
        self.commit
    }

    /// The tree of the desk's folder.
    pub fn tree(&self) -> Option<Oid> {
        self.tree
    }

    /// The id and mode of what is at `path` (from the desk's root).
    pub fn entry(&self, path: &str) -> Result<Option<(Oid, i32)>> {
        let Some(mut tree) = self.tree else { return Ok(None) };
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let folder = self.folder_at(tree).map_err(unreadable)?;
            let Some(entry) = folder.get_name(part) else { return Ok(None) };
            match (parts.peek(), entry.kind()) {
                (None, _) => return Ok(Some((entry.id(), entry.filemode()))),
                (Some(_), Some(ObjectType::Tree)) => tree = entry.id(),
                (Some(_), _) => return Ok(None),
            }
        }
        Ok(None)
    }

    fn folder_at(&self, id: Oid) -> Result<Rc<Tree<'s>>, git2::Error> {
        if let Some(folder) = self.folders.borrow().get(&id) {
            return Ok(folder.clone());
        }
        let folder = Rc::new(self.store.repo().find_tree(id)?);
        let mut folders = self.folders.borrow_mut();
        if folders.len() >= FOLDERS {
            folders.clear();
        }
        folders.insert(id, folder.clone());
        Ok(folder)
    }

    /// Names of what is in a folder; none where there is no such folder.
    pub fn names_in(&self, folder: &str) -> Result<Vec<String>> {
        let Some((oid, _)) = self.entry(folder)? else { return Ok(Vec::new()) };
        let Ok(tree) = self.store.repo().find_tree(oid) else { return Ok(Vec::new()) };
        Ok(tree.iter().map(|entry| String::from_utf8_lossy(entry.name_bytes()).into_owned()).collect())
    }

    pub fn exists(&self, path: &str) -> Result<bool> {
        Ok(self.entry(path)?.is_some())
    }

    /// The bytes of a regular file, `None` when there is none.
    ///
    /// A symlink, a folder or a file over `limit` bytes is [`Damaged`]; the size is looked at before reading.
    pub fn file(&self, path: &str, limit: usize) -> Result<Option<Result<Vec<u8>, Damaged>>> {
        let Some((oid, mode)) = self.entry(path)? else { return Ok(None) };
        Ok(Some(self.blob(oid, mode, path, limit)?))
    }

    /// The bytes of the blob `oid`, with the same care as [`file`](Snapshot::file); `path` is for messages.
    pub fn blob(&self, oid: Oid, mode: i32, path: &str, limit: usize) -> Result<Result<Vec<u8>, Damaged>> {
        read_blob(self.store.repo(), oid, mode, &format!("{}{path}", self.store.root()), limit)
    }

    /// A ticket; `None` when there is no such file.
    pub fn ticket(&self, id: TicketId) -> Result<Option<Result<TicketFile, Damaged>>> {
        let path = format!("{}{}", self.store.root(), id.path());
        Ok(match self.file(&id.path(), document::MAX_SIZE)? {
            None => None,
            Some(Err(damaged)) => Some(Err(damaged)),
            Some(Ok(bytes)) => Some(read_ticket(id, &path, bytes)),
        })
    }

    /// An article by its name; `None` where there is no file of it, or one that is no TOML.
    pub fn article(&self, name: &str) -> Result<Option<Article>> {
        // A ticket may say anything; only a name is a path.
        if !article::is_article(name) {
            return Ok(None);
        }
        let Some(Ok(bytes)) = self.file(&article::path(name), document::MAX_SIZE)? else { return Ok(None) };
        Ok(document::parse(FileKind::Article, &bytes).ok().map(|record| Article::read(name, &record).0))
    }

    /// The entries of a ticket's thread, oldest first, and the files among them that are damaged.
    pub fn thread(&self, id: TicketId) -> Result<(Vec<Entry>, Vec<Damaged>)> {
        let (mut entries, mut damaged) = (Vec::new(), Vec::new());
        for (name, oid, mode) in self.folder(&id.folder())? {
            let Some(entry) = name.strip_suffix(".toml").and_then(EntryId::parse) else { continue };
            let path = format!("{}{}/{name}", self.store.root(), id.folder());
            match entry_at(self.store.repo(), entry, oid, mode, &path)? {
                Ok(entry) => entries.push(entry),
                Err(fault) => damaged.push(fault),
            }
        }
        entries.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        Ok((entries, damaged))
    }

    /// One entry of a thread; `None` when there is none, or none that can be read.
    pub fn one_entry(&self, ticket: TicketId, id: &EntryId) -> Result<Option<Entry>> {
        let path = format!("{}/{id}.toml", ticket.folder());
        let Some((oid, mode)) = self.entry(&path)? else { return Ok(None) };
        Ok(entry_at(self.store.repo(), id.clone(), oid, mode, &path)?.ok())
    }

    pub fn attachments(&self, id: TicketId) -> Result<Vec<Attachment>> {
        let folder = format!("{}/files", id.folder());
        let odb = self.store.repo().odb().map_err(unreadable)?;
        let mut found = Vec::new();
        for (name, oid, mode) in self.folder(&folder)? {
            if mode == REGULAR || mode == EXECUTABLE {
                let (size, _) = odb.read_header(oid).map_err(unreadable)?;
                found.push(Attachment { path: format!("{}{folder}/{name}", self.store.root()), name, size });
            }
        }
        Ok(found)
    }

    /// Names, ids and modes in a folder; empty when there is none. Names that are not UTF-8 are left out.
    fn folder(&self, path: &str) -> Result<Vec<(String, Oid, i32)>> {
        let Some((oid, _)) = self.entry(path)? else { return Ok(Vec::new()) };
        let Ok(tree) = self.store.repo().find_tree(oid) else { return Ok(Vec::new()) };
        Ok(tree.iter().filter_map(|e| Some((e.name().ok()?.to_owned(), e.id(), e.filemode()))).collect())
    }

    /// Calls `each` with path (from the desk's root), id and mode of every file below `tickets/`, in the tree's order.
    pub fn walk_tickets(&self, each: impl FnMut(&str, Oid, i32)) -> Result<()> {
        self.walk("tickets", each)
    }

    /// The same of the files of the tickets themselves; the folders of their threads are not read.
    pub fn walk_ticket_files(&self, each: impl FnMut(&str, Oid, i32)) -> Result<()> {
        // The files are in `YYYY/MM/DD/`.
        self.walk_down("tickets", 3, each)
    }

    /// The same below any folder of the desk's root. Of a name that is not UTF-8, `�` stands for what is no text.
    pub fn walk(&self, below: &str, each: impl FnMut(&str, Oid, i32)) -> Result<()> {
        self.walk_down(below, usize::MAX, each)
    }

    /// The same, where at most `depth` folders lie between a file and `below`.
    fn walk_down(&self, below: &str, depth: usize, mut each: impl FnMut(&str, Oid, i32)) -> Result<()> {
        let Some((oid, _)) = self.entry(below)? else { return Ok(()) };
        let Ok(tree) = self.store.repo().find_tree(oid) else { return Ok(()) };
        tree.walk(TreeWalkMode::PreOrder, |folder, entry| {
            if entry.kind() == Some(ObjectType::Tree) {
                let is_deepest = folder.matches('/').count() >= depth;
                return if is_deepest { TreeWalkResult::Skip } else { TreeWalkResult::Ok };
            }
            let name = String::from_utf8_lossy(entry.name_bytes());
            each(&format!("{below}/{folder}{name}"), entry.id(), entry.filemode());
            TreeWalkResult::Ok
        })
        .map_err(unreadable)
    }
}
