//! The tables, and the header that says what they mirror.

use std::collections::BTreeMap;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Row};

use super::sum;
use crate::error::Result;
use crate::model::policy::Policy;
use crate::store::{Oid, Snapshot, Store};

/// Counts changes of tables or of what is put in them.
pub const VERSION: i64 = 12;

/// `commits.n` is the order of history; there may be gaps. `landed` is the number of the first-parent commit by which
/// the branch got a commit, its own for one that is `mainline`. `assigned.n` is the last time that a ticket was given to
/// an agent while it was in a queue. `tickets.promised` is the earlier of wake and follow-up, the latter as the first
/// second of its day in UTC. `entries.type` is that of an escalation, the decision of an approval, of a note the
/// escalation rule that fired. `entries.amount` is the
/// minutes of work, the score of a rating, the count of repeats. `tickets.storm` is the ticket's group. `mentions` are the
/// articles that tickets name: whether the ticket has `ended`, and whether it is `solved`, for good. The words of an
/// article are counted by the part they stand in, and the columns of the same names in `articles` count all words there;
/// `vocabulary.articles` is how many articles have the word. Sums are those of `sum.rs`.
const TABLES: &str = "
create table header(version integer, repository text, ref text, root text, boundary text, tip text, tree text,
  agents text);
create table commits(n integer primary key, id text, at integer, committed integer, name text, email text,
  subject text, mainline integer, landed integer, sum integer);
create table changes(ticket integer, n integer, at integer, facts text, sum integer);
create table ops(op text, n integer, primary key(op, n)) without rowid;
create table tickets(id integer primary key, random integer, open integer, status text, priority text, queue text,
  assignee text, external_id text, key text, storm text, opened integer, acknowledged integer, responded integer,
  resolved integer, closed integer, updated integer, requester text, due integer, promised integer, doc text,
  body text, solution text, sum integer);
create table entries(ticket integer, at integer, kind text, author text, auto integer, type text, host text,
  amount integer, billable integer, materials integer, sum integer);
create table assigned(ticket integer, n integer, queue text, agent text);
create table links(ticket integer, kind text, target integer, sum integer);
create table mentions(ticket integer, article text, title text, ended integer, solved integer, sum integer);
create table articles(id integer primary key, name text, title text, state text, audience text, language text,
  head text, in_title integer, in_symptoms integer, in_labels integer, in_cause integer, in_body integer, sum integer);
create table article_words(word text, article integer, in_title integer, in_symptoms integer, in_labels integer,
  in_cause integer, in_body integer, primary key(word, article)) without rowid;
create table vocabulary(word text primary key, articles integer) without rowid;
create table damaged(ticket integer, path text, line integer, col integer, message text, fix text);
create virtual table words using fts5(title, body, solution, thread, content='', contentless_delete=1,
  tokenize='ascii', detail=full);
";

const OF_TICKETS: &str = "create index if not exists changes_ticket on changes(ticket, n)";

const INDEXES: &str = "
create index changes_n on changes(n);
create index commits_id on commits(id);
create index commits_landed on commits(landed) where mainline = 0;
create index ops_n on ops(n);
create index tickets_random on tickets(random);
create index tickets_open on tickets(open, queue, priority, opened, id);
create index tickets_order on tickets(open, priority, opened, id);
create index tickets_external on tickets(external_id) where external_id <> '';
create index tickets_key on tickets(key) where key <> '';
create index tickets_storm on tickets(storm) where storm <> '' and open = 1;
create index tickets_whose on tickets(assignee, queue, status, priority, opened, id) where open = 1;
create index tickets_due on tickets(assignee, queue, due, priority, opened, id) where open = 1 and due is not null;
create index tickets_promised on tickets(assignee, queue, promised, id) where open = 1 and promised is not null;
create index tickets_failing on tickets(queue, priority, opened, id) where key <> '' and open = 1;
create index tickets_requester on tickets(requester, open, opened) where requester <> '';
create index entries_ticket on entries(ticket);
create index assigned_ticket on assigned(ticket);
create index assigned_turn on assigned(queue, agent, n);
create index links_target on links(target);
create index links_ticket on links(ticket);
create index mentions_article on mentions(article) where ended = 1;
create index mentions_solved on mentions(ticket) where solved = 1;
create index mentions_ticket on mentions(ticket);
create index articles_name on articles(name);
create index article_words_article on article_words(article);
create index damaged_ticket on damaged(ticket);
";

/// What every connection begins with. Plans do not depend on the values that are bound: else SQLite plans anew for each
/// ticket that is asked for, which takes longer than the answer.
pub fn settle(db: &Connection) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    sum::register(db)
}

pub fn create(db: &Connection) -> Result<()> {
    Ok(db.execute_batch(TABLES)?)
}

/// After the bulk of the rows: building indexes at once is faster than keeping them.
pub fn create_indexes(db: &Connection) -> Result<()> {
    index_by_ticket(db)?;
    Ok(db.execute_batch(INDEXES)?)
}

/// Before the history of single tickets is asked for.
pub fn index_by_ticket(db: &Connection) -> Result<()> {
    Ok(db.execute_batch(OF_TICKETS)?)
}

/// What the tables mirror.
pub struct Mirrored {
    pub tip: Oid,
    /// The desk's folder in it.
    pub tree: Option<Oid>,
    pub agents: Agents,
}

/// Addresses, in lower case, to the handles of their owners: all of the policy that the moments of tickets depend on.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Agents(BTreeMap<String, String>);

impl Agents {
    pub fn of(policy: &Policy) -> Agents {
        let emails = policy.agents.values().flat_map(|agent| &agent.emails);
        let owners = emails.filter_map(|email| Some((email.to_ascii_lowercase(), policy.agent_by_email(email)?.0)));
        Agents(owners.map(|(email, handle)| (email, handle.to_owned())).collect())
    }

    /// The addresses that mean somebody else in `other`.
    pub fn differing<'a>(&'a self, other: &'a Agents) -> Vec<&'a str> {
        let all = self.0.keys().chain(other.0.keys().filter(|email| !self.0.contains_key(*email)));
        all.filter(|email| self.0.get(*email) != other.0.get(*email)).map(String::as_str).collect()
    }
}

/// What an index of this desk must say of itself: repository, branch, folder, and where history is cut off or grafted.
fn identity(store: &Store) -> [String; 4] {
    let folder = store.common_dir();
    let repository = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    let boundary = text("shallow") + &text("info/grafts");
    [repository.to_string_lossy().into_owned(), store.reference().to_owned(), store.root().to_owned(), boundary]
}

pub fn write_header(db: &Connection, snapshot: &Snapshot<'_>, agents: &Agents) -> Result<()> {
    let [repository, reference, root, boundary] = identity(snapshot.store());
    let tip = snapshot.commit().to_string();
    let tree = snapshot.tree().map(|tree| tree.to_string()).unwrap_or_default();
    let agents = serde_json::to_string(&agents.0)?;
    db.execute("delete from header", [])?;
    db.execute(
        "insert into header values (?, ?, ?, ?, ?, ?, ?, ?)",
        (VERSION, repository, reference, root, boundary, tip, tree, agents),
    )?;
    Ok(())
}

/// Makes it that of another reference, which has to be followed to where it is.
pub fn rename(db: &Connection, store: &Store) -> rusqlite::Result<usize> {
    db.execute("update header set ref = ?", [store.reference()])
}

/// What the index mirrors; `None` when it is not of this desk or not of this version.
pub fn mirrored(db: &Connection, store: &Store) -> rusqlite::Result<Option<Mirrored>> {
    header(db, store, false)
}

/// The same where any reference of the repository will do.
pub fn mirrored_anywhere(db: &Connection, store: &Store) -> rusqlite::Result<Option<Mirrored>> {
    header(db, store, true)
}

fn header(db: &Connection, store: &Store, anywhere: bool) -> rusqlite::Result<Option<Mirrored>> {
    let [repository, reference, root, boundary] = identity(store);
    let read = |row: &Row<'_>| -> rusqlite::Result<[String; 3]> { Ok([row.get(0)?, row.get(1)?, row.get(2)?]) };
    let found = db
        .query_row(
            "select tip, tree, agents from header
             where version = ? and repository = ? and (ref = ? or ?) and root = ? and boundary = ?",
            (VERSION, repository, reference, anywhere, root, boundary),
            read,
        )
        .optional()?;
    let Some([tip, tree, agents]) = found else { return Ok(None) };
    let (Ok(tip), Ok(agents)) = (tip.parse(), serde_json::from_str(&agents)) else { return Ok(None) };
    Ok(Some(Mirrored { tip, tree: tree.parse().ok(), agents: Agents(agents) }))
}
