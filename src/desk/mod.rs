//! Use cases, by noun. Always the same three steps: load, apply a rule of the model, save.
//!
//! Every front end calls these; none of them prints or asks.

pub mod actor;
pub mod attributes;
pub mod catalogue;
pub mod check;
pub mod customers;
pub mod day;
pub mod demo;
pub mod doctor;
pub mod edit;
pub mod escalation;
pub mod explain;
pub mod export;
pub mod figures;
pub mod import;
pub mod init;
pub mod join;
pub mod knowledge;
pub mod levels;
pub mod look;
pub mod machines;
pub mod named;
pub mod policy;
pub mod portal;
pub mod problems;
pub mod registry;
pub mod sharing;
pub mod tickets;
pub mod undo;

use std::cell::{OnceCell, RefCell};
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::env::{Env, zone_named};
use crate::error::{Problem, Result};
use crate::index::{Index, Surroundings};
use crate::model::customer::directory::Directory;
use crate::model::id::TicketId;
use crate::model::policy::{Policy, Remark, Severity};
use crate::model::query::Context;
use crate::model::when;
use crate::store::message::When;
use crate::store::transaction::{Done, Terms};
use crate::store::{Fence, Oid, Snapshot, Store, Transaction};
use actor::Actor;
use look::Look;

/// How the caller wants writes done.
#[derive(Debug, Clone)]
pub struct Options {
    /// Go through everything, but write nothing.
    pub dry_run: bool,
    /// An act that would change nothing is refused.
    pub strict: bool,
    /// The caller's name for this operation.
    pub op_id: Option<String>,
    /// What is written must be as it was in this commit.
    pub if_rev: Option<Oid>,
    pub lock_timeout: Duration,
    /// Replaces the subject of the commit.
    pub subject: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        let lock_timeout = Duration::from_secs(30);
        Options { dry_run: false, strict: false, op_id: None, if_rev: None, lock_timeout, subject: None }
    }
}

/// A desk that somebody works at.
pub struct Desk<'e> {
    pub env: &'e Env,
    pub store: Store,
    pub options: Options,
    /// Told how far long work has come.
    pub progress: Box<dyn Fn(u64, u64) + 'e>,
}

/// What a rule sees while a transaction is open.
pub struct Room<'a, 's> {
    pub tx: &'a mut Transaction<'s>,
    pub policy: Policy,
    pub actor: Actor,
    pub now: Timestamp,
    pub env: &'a Env,
    /// A machine acts: it makes no new ticket active.
    pub machine: bool,
    /// The caller's name for this operation.
    op_id: Option<String>,
    /// The worktrees, where they are asked before the branch is to move.
    fence: Option<Fence>,
    /// Queues and agents whom the transaction gave a ticket of them, in its order.
    given: RefCell<Vec<(String, String)>>,
    /// The index of the commit that the transaction is on, once it was needed.
    index: OnceCell<Index<'s>>,
    /// Whose people are whose, once it was needed.
    directory: OnceCell<Directory>,
}

impl<'s> Room<'_, 's> {
    /// History and the other tickets as of the commit that the transaction is on; `None` while there is no commit.
    pub fn index(&self) -> Result<Option<&Index<'s>>> {
        let Some(base) = self.tx.base() else { return Ok(None) };
        if self.index.get().is_none() {
            let around = Surroundings { cache: cache(self.env), progress: &|_, _| {} };
            let _ = self.index.set(Index::at(self.tx.store(), base.commit(), &around)?);
        }
        Ok(self.index.get())
    }

    /// From now on [`refuse_edited`](Room::refuse_edited) looks.
    pub fn mind_edits(&mut self) -> Result<()> {
        self.fence = Some(self.tx.fence()?);
        Ok(())
    }

    /// Refuses, with exit code 5, what was done since a savepoint where a person is editing a file of it in a worktree.
    pub fn refuse_edited(&self, (changes, _): (usize, usize)) -> Result<()> {
        let refused = self.fence.as_ref().map_or(Ok(None), |fence| self.tx.refused_since(changes, fence))?;
        refused.map_or(Ok(()), |problem| Err(problem.into()))
    }

    /// What has been done so far, to come back to by [`roll_back`](Room::roll_back).
    pub fn savepoint(&self) -> (usize, usize) {
        (self.tx.savepoint(), self.given.borrow().len())
    }

    /// Forgets what was done since.
    pub fn roll_back(&mut self, (changes, given): (usize, usize)) {
        self.tx.roll_back(changes);
        self.given.get_mut().truncate(given);
    }

    /// The tickets that this very operation touched when it was done before; `None` when it was not.
    pub fn done_before(&self) -> Result<Option<Vec<TicketId>>> {
        self.op_id.as_deref().map_or(Ok(None), |op| self.operation(op))
    }

    /// The caller's name for this operation.
    pub fn op_id(&self) -> Option<&str> {
        self.op_id.as_deref()
    }

    /// The tickets that an operation of this name touched; `None` when it has not been done.
    pub fn operation(&self, op: &str) -> Result<Option<Vec<TicketId>>> {
        let Some(index) = self.index()? else { return Ok(None) };
        Ok(index.operation(op)?.map(|(_, tickets)| tickets))
    }
}

/// The user's cache folder for us.
fn cache(env: &Env) -> Option<PathBuf> {
    let folder = env.var("XDG_CACHE_HOME").map(PathBuf::from);
    let folder = folder.or_else(|| env.home().map(|home| home.join(".cache")))?;
    folder.is_absolute().then(|| folder.join("git-desk"))
}

impl<'e> Desk<'e> {
    pub fn new(env: &'e Env, store: Store, options: Options) -> Desk<'e> {
        Desk { env, store, options, progress: Box::new(|_, _| {}) }
    }

    /// Where the user's cache is kept, if anywhere.
    pub fn cache(&self) -> Option<PathBuf> {
        cache(self.env)
    }

    /// Removes the index's files: the next question builds a new one.
    pub fn forget_index(&self) {
        crate::index::discard_file(&self.store, cache(self.env).as_deref());
    }

    /// Lets another reference begin with a copy of the index that there is, which it then follows by itself: to read
    /// all of history once more would take long.
    fn lend_index(&self, reference: &str) -> Result<()> {
        let around = Surroundings { cache: cache(self.env), progress: &*self.progress };
        crate::index::lend(&self.store, &self.store.on(reference)?, &around)
    }

    /// The index of the branch's tip. Exit code 7 while there is no commit.
    pub fn index(&self) -> Result<Index<'_>> {
        let around = Surroundings { cache: cache(self.env), progress: &*self.progress };
        let index = Index::open(&self.store, &around)?;
        Ok(index.ok_or_else(|| crate::store::repository::no_desk("the branch has no commit yet"))?)
    }

    /// The desk as it is, or as it was `at` a time or revision.
    ///
    /// A time means the newest commit of the branch's first-parent chain whose committer date is not later. Exit code 3
    /// when there is no such commit or revision.
    pub fn look(&self, at: Option<&str>) -> Result<Look<'_>> {
        let (index, now) = match at {
            None => (self.index()?, self.env.now),
            Some(at) => self.look_back(at)?,
        };
        let (policy, _) = Snapshot::at(&self.store, index.commit())?.policy()?;
        Ok(Look::new(index, now, policy))
    }

    /// The desk as a commit has it, seen at a moment.
    pub fn look_at(&self, commit: Oid, now: Timestamp) -> Result<Look<'_>> {
        let around = Surroundings { cache: cache(self.env), progress: &*self.progress };
        let index = Index::at(&self.store, commit, &around)?;
        let (policy, _) = Snapshot::at(&self.store, commit)?.policy()?;
        Ok(Look::new(index, now, policy))
    }

    fn look_back(&self, at: &str) -> Result<(Index<'_>, Timestamp)> {
        let around = Surroundings { cache: cache(self.env), progress: &*self.progress };
        let hexadecimal = at.len() >= 7 && at.bytes().all(|byte| byte.is_ascii_hexdigit());
        let time = when::past(at, self.env.now, &self.env.zone).filter(|_| !hexadecimal);
        let (commit, now) = match time {
            Some(time) => {
                self.store.require_history()?;
                let commit = self.index()?.commit_at(time)?;
                let commit = commit.ok_or_else(|| {
                    Problem::not_found(format!("this desk has no commit that old: {at}"))
                        .code("before_history")
                        .hint("the first ones: git log --reverse")
                })?;
                (commit, time)
            }
            None => {
                let commit = self.store.resolve(at)?;
                (commit, Timestamp::from_second(self.store.commit_time(commit)?)?)
            }
        };
        Ok((Index::at(&self.store, commit, &around)?, now))
    }

    /// Who asks, and when, for the query language.
    pub fn query_context(&self, policy: &Policy, now: Timestamp) -> Result<Context> {
        let actor = self.person(policy)?;
        let mut me = vec![actor.name, actor.person.email];
        me.dedup();
        let mut oncall: Vec<String> =
            policy.all_on_call(now, &zone_of(policy)).into_iter().map(|duty| duty.agent).collect();
        oncall.sort_unstable();
        oncall.dedup();
        Ok(Context { now, zone: self.env.zone.clone(), me, oncall })
    }

    /// The policy at the branch's tip, and what is wrong with it.
    pub fn policy(&self) -> Result<(Policy, Vec<Remark>)> {
        self.store.snapshot()?.policy()
    }

    /// Who acts, as a person.
    pub fn person(&self, policy: &Policy) -> Result<Actor> {
        Actor::person(self.env, &self.store, policy)
    }

    /// Runs `act` in a transaction as a person, at the present.
    pub fn write<T>(&self, act: impl FnMut(&mut Room<'_, '_>) -> Result<T>) -> Result<Done<T>> {
        let policy = match self.store.tip()? {
            Some(_) => self.store.snapshot()?.rules()?,
            None => Policy::default(),
        };
        let actor = self.person(&policy)?;
        self.write_as(&actor, self.env.now, act)
    }

    /// As [`write`](Desk::write), but the branch stays where it is: the commit is for a push that decides.
    pub fn stage<T>(&self, act: impl FnMut(&mut Room<'_, '_>) -> Result<T>) -> Result<Done<T>> {
        let actor = self.person(&self.store.snapshot()?.rules()?)?;
        let terms = Terms { staged: true, ..self.terms(&actor, self.env.now)? };
        self.write_on(&terms, &actor, self.env.now, act)
    }

    /// Runs `act` in a transaction, as somebody, as of a time.
    ///
    /// Exit code 7 when `desk.toml` is of a newer program, 6 when it cannot be read at all.
    pub fn write_as<T>(
        &self,
        actor: &Actor,
        at: Timestamp,
        act: impl FnMut(&mut Room<'_, '_>) -> Result<T>,
    ) -> Result<Done<T>> {
        self.write_on(&self.terms(actor, at)?, actor, at, act)
    }

    fn write_on<T>(
        &self,
        terms: &Terms,
        actor: &Actor,
        at: Timestamp,
        mut act: impl FnMut(&mut Room<'_, '_>) -> Result<T>,
    ) -> Result<Done<T>> {
        let random = || self.env.random();
        self.store.transact(terms, &random, |tx| {
            let policy = match tx.base() {
                Some(base) => writable(base.policy()?)?,
                None => Policy::default(),
            };
            let mut room = Room {
                tx,
                policy,
                actor: actor.clone(),
                now: at,
                env: self.env,
                machine: false,
                op_id: self.options.op_id.clone(),
                fence: None,
                given: RefCell::default(),
                index: OnceCell::new(),
                directory: OnceCell::new(),
            };
            let value = act(&mut room)?;
            if let Some(since) = self.options.if_rev {
                room.tx.refuse_changed_since(since)?;
            }
            Ok(value)
        })
    }

    pub fn terms(&self, actor: &Actor, at: Timestamp) -> Result<Terms> {
        let zoned = |at: Timestamp| When { at, offset_minutes: self.env.zone.to_offset(at).seconds() / 60 };
        Ok(Terms {
            author: actor.person.clone(),
            committer: actor.person.clone(),
            at: zoned(at),
            now: zoned(if at < self.env.now { at } else { self.env.now }),
            lock_timeout: self.options.lock_timeout,
            dry_run: self.options.dry_run,
            staged: false,
            op_id: self.options.op_id.clone(),
            subject: self.options.subject.clone(),
            signer: self.store.signer(self.env)?,
        })
    }
}

/// The desk's time zone, in which its days and shifts are.
pub fn zone_of(policy: &Policy) -> TimeZone {
    zone_named(&policy.desk.timezone).unwrap_or(TimeZone::UTC)
}

/// Refuses to write where a newer program made the desk.
fn known(policy: &Policy) -> Result<()> {
    if policy.newer_schema() {
        let schema = policy.desk.schema;
        return Err(Problem::repository(format!("this desk has schema {schema}, which a newer git-desk made"))
            .code("newer_schema")
            .hint("it can be read here; to write, install the newer git-desk")
            .into());
    }
    Ok(())
}

/// Refuses to write by a policy that this program does not know or cannot read.
fn writable((policy, remarks): (Policy, Vec<Remark>)) -> Result<Policy> {
    known(&policy)?;
    if let Some(remark) =
        remarks.iter().find(|remark| remark.key == "desk.schema" && remark.severity == Severity::Error)
    {
        return Err(Problem::invalid(format!("desk.toml:{}:{}: {}", remark.line, remark.column, remark.message))
            .code("bad_policy")
            .hint("without a number nobody knows which program may write here; it is: schema = 1")
            .into());
    }
    // A remark without a key is about the file as a whole: its TOML cannot be read.
    match remarks.iter().find(|remark| remark.severity == Severity::Error && remark.key.is_empty()) {
        None => Ok(policy),
        Some(remark) => {
            Err(Problem::invalid(format!("desk.toml:{}:{}: {}", remark.line, remark.column, remark.message))
                .code("bad_policy")
                .hint("nothing was written; what is wrong: git desk check desk.toml")
                .into())
        }
    }
}
