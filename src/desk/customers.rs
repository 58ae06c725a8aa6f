//! Customers and their contracts as of one commit, each read when it is first asked for.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use jiff::civil::Date;

use crate::desk::Desk;
use crate::error::Result;
use crate::model::customer::{Contract, Customer, FOLDER, path};
use crate::model::name::is_name;
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

impl Desk<'_> {
    /// Customers that have a file, with their names; those that cannot be read have none.
    pub fn customers(&self) -> Result<Vec<(String, String)>> {
        let (snapshot, customers) = (self.store.snapshot()?, Customers::default());
        let mut all = Vec::new();
        for file in snapshot.names_in(FOLDER.trim_end_matches('/'))? {
            let Some(name) = file.strip_suffix(".toml") else { continue };
            let shown = customers.customer(|| self.store.snapshot(), name)?.map(|customer| customer.name.clone());
            all.push((name.to_owned(), shown.unwrap_or_default()));
        }
        Ok(all)
    }
}
