//! Filling the index: all of history at once, or what is new since.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use rayon::prelude::*;
use rusqlite::{Connection, params};

use super::{Progress, schema};
use crate::error::Result;
use crate::model::entry::Entry;
use crate::model::fact::{Fact, Replay};
use crate::model::id::TicketId;
use crate::model::policy::Policy;
use crate::model::record::Record;
use crate::model::text::folded;
use crate::model::times::{Act, Times};
use crate::store::history::{CommitRow, Handle, Touched};
use crate::store::snapshot::{Damaged, Holds, TicketFile, TicketSource, WholeTicket, holds};
use crate::store::{Oid, Snapshot, Store};

/// Commits or tickets that are read in parallel before they are written.
const BATCH: usize = 4_096;

/// Everything up to `tip`, into empty tables.
pub fn whole(db: &Connection, store: &Store, tip: Oid, progress: Progress<'_>) -> Result<()> {
    let rows = store.commits(tip, None)?;
    if rows.iter().any(|row| row.parents.len() > 1) {
        // Where histories meet, earlier changes of a ticket are asked for while later ones are written.
        schema::create_indexes(db)?;
        add_commits(db, store, &rows, tip, 0, progress)?;
    } else {
        add_commits(db, store, &rows, tip, 0, progress)?;
        schema::create_indexes(db)?;
    }
    drop(rows);
    all_tickets(db, store, tip, progress)
}

/// From the index of a later tip, everything up to `commit`, which landed on the branch as number `landed`.
pub fn earlier(
    db: &Connection,
    later: &Connection,
    store: &Store,
    commit: Oid,
    landed: i64,
    progress: Progress<'_>,
) -> Result<()> {
    let path = later.path().unwrap_or_default();
    if path.is_empty() {
        return whole(db, store, commit, progress);
    }
    db.execute("attach database ? as later", [path])?;
    db.execute("insert into commits select * from later.commits where landed <= ?", [landed])?;
    db.execute(
        "insert into changes select c.* from later.changes c join commits using (n) order by c.ticket, c.n",
        [],
    )?;
    db.execute_batch("detach database later")?;
    schema::create_indexes(db)?;
    all_tickets(db, store, commit, progress)
}

/// Applies what lies between two tips; `false` when the new one is no plain continuation of the old.
pub fn follow(db: &Connection, store: &Store, old: Oid, tip: Oid, progress: Progress<'_>) -> Result<bool> {
    let Ok(rows) = store.commits(tip, Some(old)) else { return Ok(false) };
    let mut parent = old;
    for row in &rows {
        if row.parents != [parent] {
            return Ok(false);
        }
        parent = row.id;
    }
    if parent != tip || store.is_shallow() {
        return Ok(false);
    }
    let snapshot = Snapshot::at(store, tip)?;
    let policy = policy_of(&snapshot)?;
    let before = policy_of(&Snapshot::at(store, old)?)?;
    if policy.agents != before.agents {
        // Who is an agent decides what counts as an answer, in every ticket.
        return Ok(false);
    }
    let last: i64 = db.query_row("select coalesce(max(n), -1) from commits", [], |row| row.get(0))?;
    let touched = add_commits(db, store, &rows, tip, last + 1, progress)?;
    let mut writer = TicketWriter::new(db, &policy);
    for id in touched {
        writer.remove(id)?;
        let (thread, damaged) = snapshot.thread(id)?;
        writer.add(id, read((snapshot.ticket(id)?, thread, damaged)))?;
    }
    schema::write_header(db, store, tip, snapshot.tree())?;
    Ok(true)
}

fn policy_of(snapshot: &Snapshot<'_>) -> Result<Policy> {
    Ok(snapshot.policy_text()?.map(|text| Policy::parse(&text).0).unwrap_or_default())
}

/// When each commit got onto the branch: the number of the first-parent commit that brought it.
struct Landing {
    mainline: HashSet<Oid>,
    landed: HashMap<Oid, i64>,
}

impl Landing {
    fn of(rows: &[CommitRow], tip: Oid, first: i64) -> Landing {
        let places: HashMap<Oid, usize> = rows.iter().enumerate().map(|(at, row)| (row.id, at)).collect();
        let mut chain = Vec::new();
        let mut at = places.get(&tip).copied();
        while let Some(place) = at {
            chain.push(place);
            at = rows[place].parents.first().and_then(|parent| places.get(parent).copied());
        }
        let mut landed = HashMap::with_capacity(rows.len());
        for place in chain.iter().rev() {
            let number = first + *place as i64;
            let mut open = vec![*place];
            while let Some(place) = open.pop() {
                if landed.contains_key(&rows[place].id) {
                    continue;
                }
                landed.insert(rows[place].id, number);
                open.extend(rows[place].parents.iter().filter_map(|parent| places.get(parent).copied()));
            }
        }
        Landing { mainline: chain.iter().map(|place| rows[*place].id).collect(), landed }
    }
}

/// Writes commits and what they changed; the tickets they touched.
fn add_commits(
    db: &Connection,
    store: &Store,
    rows: &[CommitRow],
    tip: Oid,
    first: i64,
    progress: Progress<'_>,
) -> Result<HashSet<TicketId>> {
    let landing = Landing::of(rows, tip, first);
    let handle = store.handle();
    let mut touched_tickets = HashSet::new();
    let mut latest: HashMap<TicketId, i64> = HashMap::new();
    let mut insert_commit = db.prepare("insert into commits values (?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    let mut insert_change = db.prepare("insert into changes values (?, ?, ?, ?)")?;
    let mut insert_op = db.prepare("insert or ignore into ops values (?, ?)")?;
    let mut number = first;
    for batch in rows.chunks(BATCH) {
        for (row, touched) in batch.iter().zip(read_touched(&handle, batch)?) {
            let mainline = landing.mainline.contains(&row.id);
            let landed = landing.landed.get(&row.id).copied().unwrap_or(number);
            insert_commit.execute(params![
                number,
                row.id.to_string(),
                row.at,
                row.committed,
                row.name,
                row.email,
                row.subject,
                mainline,
                landed
            ])?;
            for op in &row.ops {
                insert_op.execute((op, number))?;
            }
            for one in touched {
                let facts = settled(db, store, row, mainline.then_some(landed), &one)?;
                if facts.is_empty() {
                    continue;
                }
                let before = match latest.get(&one.ticket) {
                    Some(at) => *at,
                    None if first > 0 => last_change(db, one.ticket)?,
                    None => i64::MIN,
                };
                // On one ticket a fact is never earlier than the one before it.
                let at = row.at.max(before);
                latest.insert(one.ticket, at);
                insert_change.execute((one.ticket.pack(), number, at, Act::facts_json(&facts)))?;
                touched_tickets.insert(one.ticket);
            }
            number += 1;
        }
        progress((number - first) as u64, rows.len() as u64);
    }
    Ok(touched_tickets)
}

fn last_change(db: &Connection, ticket: TicketId) -> Result<i64> {
    let mut last = db.prepare_cached("select at from changes where ticket = ? order by n desc limit 1")?;
    let mut rows = last.query([ticket.pack()])?;
    Ok(rows.next()?.map_or(Ok(i64::MIN), |row| row.get(0))?)
}

/// What each of these commits touched, in their order; read on all processors when there are many.
fn read_touched(handle: &Handle, rows: &[CommitRow]) -> Result<Vec<Vec<Touched>>> {
    let part = |rows: &[CommitRow]| -> Result<Vec<Vec<Touched>>> {
        let reader = handle.open()?;
        rows.iter().map(|row| reader.touched(row)).collect()
    };
    if rows.len() < 64 {
        return part(rows);
    }
    let parts: Vec<_> = rows.par_chunks(256).map(part).collect::<Result<_>>()?;
    Ok(parts.into_iter().flatten().collect())
}

/// The facts of a commit on a ticket. A merge has those by which the file differs from what the facts of its
/// ancestors lead to.
fn settled(db: &Connection, store: &Store, row: &CommitRow, landed: Option<i64>, one: &Touched) -> Result<Vec<Fact>> {
    let Some(merged) = &one.merged else { return Ok(one.facts.clone()) };
    let mut replay = Replay::default();
    let mut earlier = db.prepare_cached(
        "select facts, commits.id, landed from changes join commits using (n) where ticket = ? order by n",
    )?;
    let mut changes = earlier.query([one.ticket.pack()])?;
    while let Some(change) = changes.next()? {
        let known = match landed {
            Some(landed) => change.get::<_, i64>(2)? <= landed,
            None => change.get::<_, String>(1)?.parse().is_ok_and(|id| store.reaches(row.id, id).unwrap_or(false)),
        };
        if known {
            let facts = Act::facts_of(&change.get::<_, String>(0)?).unwrap_or_default();
            facts.iter().for_each(|fact| replay.apply(fact));
        }
    }
    let mut facts = replay.settle(merged);
    facts.extend(one.facts.iter().cloned());
    Ok(facts)
}

/// Every ticket of a commit, into an empty table, and the header.
fn all_tickets(db: &Connection, store: &Store, commit: Oid, progress: Progress<'_>) -> Result<()> {
    let snapshot = Snapshot::at(store, commit)?;
    let policy = policy_of(&snapshot)?;
    let mut sources: BTreeMap<TicketId, TicketSource> = BTreeMap::new();
    snapshot.walk_tickets(|path, oid, mode| match holds(path) {
        Holds::Ticket(id) => sources.entry(id).or_default().file = Some((path.to_owned(), oid, mode)),
        Holds::Entry(id, entry) => sources.entry(id).or_default().entries.push((entry, path.to_owned(), oid, mode)),
        Holds::Policy | Holds::Attachment(_) | Holds::Other => {}
    })?;
    let sources: Vec<(TicketId, TicketSource)> =
        sources.into_iter().filter(|(_, source)| source.file.is_some()).collect();
    let handle = store.handle();
    let mut writer = TicketWriter::new(db, &policy);
    let mut done = 0;
    for batch in sources.chunks(BATCH) {
        let part = |part: &[(TicketId, TicketSource)]| -> Result<Vec<Prepared>> {
            let reader = handle.open()?;
            part.iter().map(|(id, source)| Ok(read(reader.ticket(*id, source)?))).collect()
        };
        let read: Vec<_> = batch.par_chunks(256).map(part).collect::<Result<_>>()?;
        for ((id, _), read) in batch.iter().zip(read.into_iter().flatten()) {
            writer.add(*id, read)?;
        }
        done += batch.len();
        progress(done as u64, sources.len() as u64);
    }
    schema::write_header(db, store, commit, snapshot.tree())
}

/// A ticket with what costs time to make of it, done where it was read.
struct Prepared {
    file: Option<Result<TicketFile, Damaged>>,
    thread: Vec<Entry>,
    damaged: Vec<Damaged>,
    doc: String,
    words: [String; 4],
}

fn read((file, thread, damaged): WholeTicket) -> Prepared {
    let mut prepared = Prepared { file, thread, damaged, doc: String::new(), words: Default::default() };
    if let Some(Ok(file)) = &prepared.file {
        let mut doc: Record = file.record.clone();
        doc.remove("body");
        doc.remove("solution");
        prepared.doc = doc.to_json().to_string();
        let ticket = &file.ticket;
        let bodies: Vec<String> = prepared.thread.iter().map(|entry| folded(&entry.body)).collect();
        prepared.words = [folded(&ticket.title), folded(&ticket.body), folded(&ticket.solution), bodies.join(" ")];
    }
    prepared
}

struct TicketWriter<'a> {
    db: &'a Connection,
    policy: &'a Policy,
}

impl<'a> TicketWriter<'a> {
    fn new(db: &'a Connection, policy: &'a Policy) -> TicketWriter<'a> {
        TicketWriter { db, policy }
    }

    fn remove(&mut self, id: TicketId) -> Result<()> {
        for table in [
            "tickets where id",
            "entries where ticket",
            "links where ticket",
            "damaged where ticket",
            "words where rowid",
        ] {
            self.db.prepare_cached(&format!("delete from {table} = ?"))?.execute([id.pack()])?;
        }
        Ok(())
    }

    fn add(&mut self, id: TicketId, read: Prepared) -> Result<()> {
        let Prepared { file, thread, damaged, doc, words } = read;
        let key = id.pack();
        let broken = match &file {
            Some(Err(fault)) => Some(fault),
            Some(Ok(_)) | None => None,
        };
        for fault in damaged.iter().chain(broken) {
            let mut insert = self.db.prepare_cached("insert into damaged values (?, ?, ?, ?, ?, ?)")?;
            insert.execute(params![
                key,
                fault.path,
                fault.line as i64,
                fault.column as i64,
                fault.message,
                fault.fix
            ])?;
        }
        let Some(Ok(file)) = file else { return Ok(()) };
        let ticket = &file.ticket;
        let times = Times::of(ticket, &self.acts(id)?, &thread, self.policy);
        let second = |time: Option<Timestamp>| time.map(Timestamp::as_second);
        let mut insert = self
            .db
            .prepare_cached("insert into tickets values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
        insert.execute(params![
            key,
            key & ((1 << 40) - 1),
            ticket.status.is_open(),
            ticket.status.as_str(),
            ticket.priority.as_str(),
            ticket.queue.to_lowercase(),
            ticket.assignee.to_lowercase(),
            ticket.external_id.to_lowercase(),
            ticket.key.to_lowercase(),
            ticket.opened.as_second(),
            second(times.acknowledged),
            second(times.responded),
            second(times.resolved),
            second(times.closed),
            second(times.updated),
            doc,
            ticket.body,
            ticket.solution,
        ])?;
        for entry in &thread {
            let mut insert = self.db.prepare_cached("insert into entries values (?, ?, ?, ?, ?, ?)")?;
            let (kind, form) = (entry.kind.as_str(), entry.extra.text("type"));
            insert.execute((key, entry.at.as_second(), kind, &entry.by, entry.is_automatic(), form))?;
        }
        for link in &ticket.links {
            let mut insert = self.db.prepare_cached("insert into links values (?, ?, ?)")?;
            insert.execute((key, link.kind.as_str(), link.to.pack()))?;
        }
        let [title, body, solution, thread] = words;
        let mut insert =
            self.db.prepare_cached("insert into words(rowid, title, body, solution, thread) values (?, ?, ?, ?, ?)")?;
        insert.execute((key, title, body, solution, thread))?;
        Ok(())
    }

    fn acts(&self, id: TicketId) -> Result<Vec<Act>> {
        let mut select = self.db.prepare_cached(
            "select changes.at, email, facts from changes join commits using (n) where ticket = ? order by n",
        )?;
        let mut rows = select.query([id.pack()])?;
        let mut acts = Vec::new();
        while let Some(row) = rows.next()? {
            acts.push(Act {
                at: Timestamp::from_second(row.get(0)?).unwrap_or_default(),
                email: row.get(1)?,
                facts: Act::facts_of(&row.get::<_, String>(2)?).unwrap_or_default(),
            });
        }
        Ok(acts)
    }
}
