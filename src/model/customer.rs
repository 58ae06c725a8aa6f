//! `customers/NAME.toml`: an organisation that the desk works for, and what was agreed with it.
//!
//! Read as `desk.toml` is: reading never stops, and what is wrong becomes a [`Remark`].

pub mod directory;

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::civil::Date;
use toml::de::DeTable;

use super::policy::refs::remedy;
use super::policy::remark::Notes;
use super::policy::section::Section;
use super::policy::service::targets;
use super::policy::{Places, Policy, Remark, Severity, Targets};
use super::word::Priority;

/// Where customers' files are, from the desk's root.
pub const FOLDER: &str = "customers/";

/// The file of a customer; its name must be [one](super::name::is_name).
pub fn path(name: &str) -> String {
    format!("{FOLDER}{name}.toml")
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Customer {
    pub name: String,
    /// Of the addresses of its people, in lower case.
    pub domains: Vec<String>,
    pub contacts: Vec<String>,
    /// A retired customer opens no tickets.
    pub active: bool,
    /// In the order of the file.
    pub contracts: Vec<Rc<Contract>>,
}

/// One `[[contract]]`; a later one takes the place of an earlier one from its day on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contract {
    pub name: String,
    /// The first day it holds; from the beginning where none is said.
    pub valid_from: Option<Date>,
    /// Empty: the desk's.
    pub calendar: String,
    /// As it stands: `EUR`. Empty where none is said.
    pub currency: String,
    /// Money per hour, not negative.
    pub hourly_rate: Option<f64>,
    /// Hours a month that cost nothing more.
    pub included_hours: Option<f64>,
    /// Where there are any, they are the ticket's service level, and no `[[sla]]` is.
    pub targets: BTreeMap<Priority, Targets>,
    /// Of the customer's file, from 1.
    pub line: usize,
    /// Where its keys stand, by their paths in the contract.
    places: Places,
}

impl Customer {
    /// Reads a customer's file; `file` is what remarks call it. They come in the order of the text.
    pub fn parse(file: &str, text: &str) -> (Customer, Vec<Remark>) {
        let notes = Notes::new(file, text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let offset = error.span().map_or(0, |span| span.start);
            notes.error("", offset, format!("this is no TOML: {}", error.message()), None);
        }
        let mut customer = Customer::read(Section::top(&notes, table.get_ref()));
        one_a_day(&customer.contracts, &notes);
        let (remarks, places) = notes.done();
        for (at, contract) in customer.contracts.iter_mut().enumerate() {
            let head = format!("contract[{at}].");
            let own = places.iter().filter_map(|(key, place)| Some((key.strip_prefix(&head)?.to_owned(), *place)));
            Rc::make_mut(contract).places = own.collect();
        }
        (customer, remarks)
    }

    fn read(mut s: Section<'_>) -> Customer {
        let customer = Customer {
            name: s.text_or("name", ""),
            domains: domains(&mut s),
            contacts: s.list("contacts"),
            active: s.boolean("active", true),
            contracts: s.rules("contract").into_iter().map(Contract::read).map(Rc::new).collect(),
        };
        s.done();
        customer
    }

    /// What its contracts name that the policy does not have; `file` is what remarks call it.
    pub fn strays(&self, file: &str, policy: &Policy) -> Vec<Remark> {
        let known: Vec<&str> = policy.calendars.keys().map(String::as_str).collect();
        let strange = |contract: &&Rc<Contract>| !contract.calendar.is_empty() && !known.contains(&&*contract.calendar);
        let remark = |contract: &Rc<Contract>| {
            let name = &contract.calendar;
            let (line, column) = contract.places.get("calendar").copied().unwrap_or((contract.line, 1));
            Remark {
                severity: Severity::Error,
                file: file.to_owned(),
                line,
                column,
                key: "contract.calendar".to_owned(),
                message: format!("there is no calendar \"{name}\" in desk.toml"),
                fix: Some(remedy("calendar", name, &known)),
            }
        };
        self.contracts.iter().filter(strange).map(remark).collect()
    }
}

/// In lower case, without the dot that a full name may end with.
fn domains(s: &mut Section<'_>) -> Vec<String> {
    let mut domains = s.list("domains");
    for domain in &mut domains {
        *domain = domain.to_ascii_lowercase().trim_end_matches('.').to_owned();
        let fix = "domains = [\"acme.example\"]";
        if domain.contains(['@', ' ', '/']) {
            s.error("domains", format!("\"{domain}\" is no domain"), fix);
        } else if domain.contains('*') || domain.starts_with('.') {
            s.warning(
                "domains",
                format!("no address is in \"{domain}\"; what is below a domain counts by itself"),
                fix,
            );
        } else if !domain.contains('.') {
            s.warning("domains", format!("\"{domain}\" has no dot: all that ends with .{domain} is meant"), fix);
        }
    }
    domains
}

/// Of two contracts that begin on one day nobody could tell which holds.
fn one_a_day(contracts: &[Rc<Contract>], notes: &Notes<'_>) {
    for (at, contract) in contracts.iter().enumerate() {
        let Some(first) = contracts[..at].iter().find(|before| before.valid_from == contract.valid_from) else {
            continue;
        };
        let message = match contract.valid_from {
            Some(day) => format!("the contract in line {} begins on {day}, too", first.line),
            None => format!("the contract in line {} has no first day either", first.line),
        };
        let (key, table) = (format!("contract[{at}].valid_from"), format!("contract[{at}]"));
        let key = if contract.valid_from.is_some() { key } else { table };
        notes.remark_on(Severity::Error, &key, message, Some("valid_from = the day from which it holds".to_owned()));
    }
}

impl Contract {
    fn read(mut s: Section<'_>) -> Contract {
        let contract = Contract {
            line: s.line(),
            name: s.text_or("name", ""),
            valid_from: s.date("valid_from"),
            calendar: s.text_or("calendar", ""),
            currency: s.text_or("currency", ""),
            hourly_rate: s.number("hourly_rate", 1e9, "95.0"),
            included_hours: s.number("included_hours", 1e6, "20"),
            targets: targets(&mut s),
            places: Places::new(),
        };
        if !s.has("valid_from") {
            let message = "the contract says no first day, so it holds from the beginning";
            s.warning("valid_from", message, "valid_from = 2026-01-01");
        }
        if contract.hourly_rate.is_some() && contract.currency.is_empty() {
            s.warning("hourly_rate", "nobody says in which money the rate is", "currency = \"EUR\"");
        }
        s.done();
        contract
    }

    /// The contract that holds on a day: the one that began last, of those of one day the one that stands last.
    pub fn valid_on<C: Borrow<Contract>>(all: &[C], day: Date) -> Option<&C> {
        let from = |contract: &C| contract.borrow().valid_from;
        all.iter()
            .filter(|contract| from(contract).is_none_or(|from| from <= day))
            .max_by_key(|contract| from(contract))
    }

    /// What was agreed, wherever in the file it stands.
    pub fn terms(&self) -> Contract {
        Contract { line: 0, places: Places::new(), ..self.clone() }
    }

    /// The line of the customer's file that a key stands at, from 1: `calendar`, `targets.p1`, `targets.p1.resolve`.
    pub fn line_of(&self, key: &str) -> Option<usize> {
        self.places.get(key).map(|(line, _)| *line)
    }
}

#[cfg(test)]
mod tests;
