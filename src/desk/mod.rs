//! Use cases, by noun. Always the same three steps: load, apply a rule of the model, save.
//!
//! Every front end calls these; none of them prints or asks.

pub mod actor;
pub mod edit;
pub mod import;
pub mod init;
pub mod policy;
pub mod tickets;
pub mod undo;

use std::time::Duration;

use jiff::Timestamp;

use crate::env::Env;
use crate::error::{Problem, Result};
use crate::model::id::TicketId;
use crate::model::policy::{Policy, Remark, Severity};
use crate::store::message::When;
use crate::store::transaction::{Done, Terms};
use crate::store::{Snapshot, Store, Transaction};
use actor::Actor;

/// How the caller wants writes done.
#[derive(Debug, Clone)]
pub struct Options {
    /// Go through everything, but write nothing.
    pub dry_run: bool,
    /// An act that would change nothing is refused.
    pub strict: bool,
    /// The caller's name for this operation.
    pub op_id: Option<String>,
    pub lock_timeout: Duration,
    /// Replaces the subject of the commit.
    pub subject: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options { dry_run: false, strict: false, op_id: None, lock_timeout: Duration::from_secs(30), subject: None }
    }
}

/// A desk that somebody works at.
pub struct Desk<'e> {
    pub env: &'e Env,
    pub store: Store,
    pub options: Options,
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
    /// When a ticket was last closed, from history; `None` where that is not known.
    pub closed_at: &'a dyn Fn(TicketId) -> Option<Timestamp>,
}

impl<'e> Desk<'e> {
    pub fn new(env: &'e Env, store: Store, options: Options) -> Desk<'e> {
        Desk { env, store, options }
    }

    /// The policy at the branch's tip, and what is wrong with it.
    pub fn policy(&self) -> Result<(Policy, Vec<Remark>)> {
        policy_of(&self.store.snapshot()?)
    }

    /// Who acts, as a person.
    pub fn person(&self, policy: &Policy) -> Result<Actor> {
        Actor::person(self.env, &self.store, policy)
    }

    /// Runs `act` in a transaction as a person, at the present.
    pub fn write<T>(&self, act: impl FnMut(&mut Room<'_, '_>) -> Result<T>) -> Result<Done<T>> {
        let policy = match self.store.tip()? {
            Some(_) => self.policy()?.0,
            None => Policy::default(),
        };
        let actor = self.person(&policy)?;
        self.write_as(&actor, self.env.now, act)
    }

    /// Runs `act` in a transaction, as somebody, as of a time.
    ///
    /// Exit code 7 when `desk.toml` is of a newer program, 6 when it cannot be read at all.
    pub fn write_as<T>(
        &self,
        actor: &Actor,
        at: Timestamp,
        mut act: impl FnMut(&mut Room<'_, '_>) -> Result<T>,
    ) -> Result<Done<T>> {
        let terms = self.terms(actor, at);
        let random = || self.env.random();
        self.store.transact(&terms, &random, |tx| {
            let policy = match tx.base() {
                Some(base) => writable(policy_of(base)?)?,
                None => Policy::default(),
            };
            act(&mut Room {
                tx,
                policy,
                actor: actor.clone(),
                now: at,
                env: self.env,
                machine: false,
                closed_at: &|_| None,
            })
        })
    }

    pub fn terms(&self, actor: &Actor, at: Timestamp) -> Terms {
        let zoned = |at: Timestamp| When { at, offset_minutes: self.env.zone.to_offset(at).seconds() / 60 };
        Terms {
            author: actor.person.clone(),
            committer: actor.person.clone(),
            at: zoned(at),
            now: zoned(if at < self.env.now { at } else { self.env.now }),
            lock_timeout: self.options.lock_timeout,
            dry_run: self.options.dry_run,
            op_id: self.options.op_id.clone(),
            subject: self.options.subject.clone(),
        }
    }
}

/// The policy of a snapshot. A `desk.toml` that cannot be read gives the defaults and a remark.
pub fn policy_of(snapshot: &Snapshot<'_>) -> Result<(Policy, Vec<Remark>)> {
    Ok(match snapshot.policy_text()? {
        Ok(text) => Policy::parse(&text),
        Err(damaged) => {
            let remark = Remark {
                severity: Severity::Error,
                line: damaged.line,
                column: damaged.column,
                key: String::new(),
                message: damaged.message,
                fix: damaged.fix,
            };
            (Policy::default(), vec![remark])
        }
    })
}

/// Refuses to write by a policy that this program does not know or cannot read.
fn writable((policy, remarks): (Policy, Vec<Remark>)) -> Result<Policy> {
    if policy.newer_schema() {
        let schema = policy.desk.schema;
        return Err(Problem::repository(format!("this desk has schema {schema}, which a newer git-desk made"))
            .code("newer_schema")
            .hint("it can be read here; to write, install the newer git-desk")
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
