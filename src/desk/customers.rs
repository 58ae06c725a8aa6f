//! Customers and their contracts as of one commit, each read when it is first asked for.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use jiff::civil::Date;

use crate::desk::named;
use crate::desk::{Desk, Room};
use crate::error::{Problem, Result};
use crate::model::customer::directory::{Directory, Member};
use crate::model::customer::{Contract, Customer, FOLDER, path};
use crate::model::name::is_findable;
use crate::model::policy::{Requesters, Severity};
use crate::store::Snapshot;
use crate::store::document::MAX_SIZE;
use crate::store::snapshot::Damaged;

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

/// A customer's file: what can be read of it, and where it is damaged. `None` where there is none.
fn read(snapshot: &Snapshot<'_>, name: &str) -> Result<Option<(Customer, Option<Damaged>)>> {
    // A ticket may say anything; only a name is a path.
    if !is_findable(name) {
        return Ok(None);
    }
    let file = path(name);
    let shown = format!("{}{file}", snapshot.store().root());
    Ok(snapshot.file(&file, MAX_SIZE)?.map(|bytes| match bytes.map(String::from_utf8) {
        Ok(Ok(text)) => {
            let (customer, remarks) = Customer::parse(&file, &text);
            let broken = remarks.into_iter().find(|one| one.key.is_empty() && one.severity == Severity::Error);
            let damaged =
                broken.map(|one| Damaged { line: one.line, column: one.column, ..Damaged::whole(shown, one.message) });
            (customer, damaged)
        }
        Ok(Err(_)) => (Customer::default(), Some(Damaged::whole(shown, "the file is not UTF-8"))),
        Err(damaged) => (Customer::default(), Some(damaged)),
    }))
}

/// What can be read of a customer's file; of a damaged one that is not all that was agreed, so whoever shows it asks for
/// the [`damage`], too.
fn load(snapshot: &Snapshot<'_>, name: &str) -> Result<Option<Customer>> {
    Ok(read(snapshot, name)?.map(|(customer, _)| customer))
}

/// Where the file of a customer is damaged; `None` where it is not, or is not there.
pub fn damage(snapshot: &Snapshot<'_>, name: &str) -> Result<Option<Damaged>> {
    Ok(read(snapshot, name)?.and_then(|(_, damaged)| damaged))
}

/// Where the files of customers are damaged, in the order of their names.
pub fn all_damage(snapshot: &Snapshot<'_>) -> Result<Vec<Damaged>> {
    let mut all = Vec::new();
    for name in names(snapshot)? {
        all.extend(damage(snapshot, &name)?);
    }
    Ok(all)
}

/// The names of all customers that have a file.
fn names(snapshot: &Snapshot<'_>) -> Result<Vec<String>> {
    Ok(named::of(snapshot.names_in(FOLDER.trim_end_matches('/'))?))
}

/// All customers that have a file that can be read, in the order of their names.
pub fn customers(snapshot: &Snapshot<'_>) -> Result<Vec<(String, Customer)>> {
    let mut all = Vec::new();
    for name in names(snapshot)? {
        all.extend(load(snapshot, &name)?.map(|customer| (name, customer)));
    }
    Ok(all)
}

/// A customer that somebody names. Exit code 3 names the nearest, 6 is a file that is damaged.
pub fn known(snapshot: &Snapshot<'_>, name: &str) -> Result<Customer> {
    match read(snapshot, name)? {
        Some((customer, None)) => Ok(customer),
        Some((_, Some(damaged))) => Err(Problem::from(damaged).into()),
        None => Err(named::CUSTOMER.unknown(name, &names(snapshot)?).into()),
    }
}

impl Desk<'_> {
    /// Customers that have a file, with their names; those that cannot be read have none there.
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
                let message = format!("nobody here knows {who}: tickets are for people of active customers");
                let problem = Problem::refused(message)
                    .code("unknown_requester")
                    .hint("say whose they are: --customer NAME     who there is: git desk customer list")
                    .hint("or add their domain to `domains` of customers/NAME.toml");
                // Theirs may be what cannot be read.
                let damaged = self.tx.base().map_or(Ok(Vec::new()), all_damage)?;
                Err(damaged.iter().map(Damaged::told).fold(problem, Problem::hint).into())
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
