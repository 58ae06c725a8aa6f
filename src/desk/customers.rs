//! Customers and their contracts as of one commit, each read when it is first asked for.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use jiff::civil::Date;

use crate::desk::{Desk, Room};
use crate::error::{Problem, Result};
use crate::model::customer::directory::{Directory, Member};
use crate::model::customer::{Contract, Customer, FOLDER, path};
use crate::model::name::is_name;
use crate::model::near::nearest;
use crate::model::policy::Requesters;
use crate::store::Snapshot;
use crate::store::document::MAX_SIZE;

/// The customers of one snapshot, which is asked for only where a file is read.
#[derive(Default)]
pub struct Customers {
    /// `None` for one that has no file, or a file that cannot be read.
    read: RefCell<HashMap<String, Option<Rc<Customer>>>>,
}

impl Customers {
    /// A customer by its name; `None` without a file that can be read. Only a repository that cannot be read is an
    /// error.
    pub fn customer<'s>(
        &self,
        snapshot: impl FnOnce() -> Result<Snapshot<'s>>,
        name: &str,
    ) -> Result<Option<Rc<Customer>>> {
        if let Some(known) = self.read.borrow().get(name) {
            return Ok(known.clone());
        }
        let customer = load(&snapshot()?, name)?.map(Rc::new);
        self.read.borrow_mut().insert(name.to_owned(), customer.clone());
        Ok(customer)
    }

    /// The contract of a customer that was valid on the day when a ticket was opened.
    pub fn contract_of<'s>(
        &self,
        snapshot: impl FnOnce() -> Result<Snapshot<'s>>,
        customer: &str,
        opened: Date,
    ) -> Result<Option<Rc<Contract>>> {
        let customer = self.customer(snapshot, customer)?;
        Ok(customer.and_then(|customer| Contract::valid_on(&customer.contracts, opened).cloned()))
    }
}

fn load(snapshot: &Snapshot<'_>, name: &str) -> Result<Option<Customer>> {
    // A ticket may say anything; only a name is a path.
    if !is_name(name) {
        return Ok(None);
    }
    let file = path(name);
    let Some(Ok(bytes)) = snapshot.file(&file, MAX_SIZE)? else { return Ok(None) };
    Ok(String::from_utf8(bytes).ok().map(|text| Customer::parse(&file, &text).0))
}

/// All customers that have a file that can be read, in the order of their names.
pub fn customers(snapshot: &Snapshot<'_>) -> Result<Vec<(String, Customer)>> {
    let mut all = Vec::new();
    for file in snapshot.names_in(FOLDER.trim_end_matches('/'))? {
        let Some(name) = file.strip_suffix(".toml") else { continue };
        all.extend(load(snapshot, name)?.map(|customer| (name.to_owned(), customer)));
    }
    Ok(all)
}

/// A customer that somebody names. Exit code 3 names the nearest.
pub fn known(snapshot: &Snapshot<'_>, name: &str) -> Result<Customer> {
    if let Some(customer) = load(snapshot, name)? {
        return Ok(customer);
    }
    let have: Vec<String> = customers(snapshot)?.into_iter().map(|(name, _)| name).collect();
    let there = if have.is_empty() { "none".to_owned() } else { have.join(", ") };
    let problem = Problem::not_found(format!("no customer `{name}`; this desk has {there}")).code("no_customer");
    Err(match nearest(name, have.iter().map(String::as_str)) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint("a customer is a file: customers/acme.toml is acme"),
    }
    .candidates(have)
    .into())
}

impl Desk<'_> {
    /// Customers that have a file, with their names; those that cannot be read have none.
    pub fn customers(&self) -> Result<Vec<(String, String)>> {
        Ok(customers(&self.store.snapshot()?)?.into_iter().map(|(name, customer)| (name, customer.name)).collect())
    }
}

/// Who somebody is who asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    Agent,
    /// Of an active customer.
    Of(String),
    /// Of a customer that is retired.
    Retired(String),
    Unknown,
}

impl Room<'_, '_> {
    /// Where somebody belongs, by their address and by the customer that is named with them.
    pub fn caller(&self, who: &str, customer: &str) -> Result<Caller> {
        if !customer.is_empty() {
            let named = self.tx.base().map_or(Ok(None), |base| load(base, customer))?;
            if let Some(named) = named {
                let name = customer.to_owned();
                return Ok(if named.active { Caller::Of(name) } else { Caller::Retired(name) });
            }
        }
        if self.policy.is_agent(who) {
            return Ok(Caller::Agent);
        }
        Ok(match self.directory()?.member(who) {
            Some(Member { customer, active: true }) => Caller::Of(customer.clone()),
            Some(Member { customer, active: false }) => Caller::Retired(customer.clone()),
            None => Caller::Unknown,
        })
    }

    /// Refuses, with exit code 5, for whom nothing may be opened here.
    pub fn admit(&self, who: &str, caller: &Caller) -> Result<()> {
        match (self.policy.desk.requesters, caller) {
            (Requesters::Anyone, _) | (Requesters::Known, Caller::Agent | Caller::Of(_)) => Ok(()),
            (Requesters::Known, Caller::Retired(customer)) => {
                Err(Problem::refused(format!("{who} is of {customer}, whom this desk no longer works for"))
                    .code("retired_customer")
                    .hint(format!("active = false in {}", path(customer)))
                    .into())
            }
            (Requesters::Known, Caller::Unknown) => {
                Err(Problem::refused(format!("nobody here knows {who}: tickets are for people of active customers"))
                    .code("unknown_requester")
                    .hint("say whose they are: --customer NAME     who there is: git desk customer list")
                    .hint("or add their domain to `domains` of customers/NAME.toml")
                    .into())
            }
        }
    }

    /// Whose people are whose, as of the commit that the transaction is on.
    fn directory(&self) -> Result<&Directory> {
        if let Some(known) = self.directory.get() {
            return Ok(known);
        }
        let all = self.tx.base().map_or(Ok(Vec::new()), customers)?;
        Ok(self.directory.get_or_init(|| Directory::of(all)))
    }
}
