//! `customer`

mod list;
mod report;
mod show;

use super::Context;
use crate::error::Result;

/// Customers: for whom the desk works, and by which contract
///
/// A customer is a file, customers/NAME.toml: its `name`, the `domains` of its people's addresses,
/// `contacts`, `active`, and a `[[contract]]` for each agreement, by the day from which it holds.
/// Who has an address in a domain of an active customer, or below it, is of that customer.
///
/// With `requesters = "known"` in `[desk]`, a person opens tickets only for agents and for people
/// of active customers; what a machine reports for anybody else is opened in the default queue with
/// the tag `triage`.
///
/// Examples:
///   git desk customer list
///   git desk customer show acme
///   git desk customer report acme --period last-month
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// All of them, with their contracts of today and how many tickets are open
    List,
    /// One customer: people, contracts, promises, hours of this month
    Show {
        #[arg(add = super::complete::customers())]
        name: String,
    },
    /// What one customer was promised and got: `report customer NAME`
    Report(Box<report::Args>),
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        match self.verb {
            Verb::List => list::list(ctx),
            Verb::Show { name } => show::show(ctx, &name),
            Verb::Report(args) => args.run(ctx),
        }
    }
}
