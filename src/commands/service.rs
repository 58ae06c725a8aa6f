//! `service`

mod form;
mod list;
mod request;
mod show;

use super::Context;
use super::deed::Deed;
use crate::error::Result;

/// The service catalogue: what people may ask for
///
/// A service is a file, services/NAME.toml: its `title`, `description` (Markdown), `audience`
/// (internal, public), `queue`, `category`, `impact` and `urgency`; `approval`, the agents who must
/// all approve, or `requester-manager`; `sla`, the name of the `[[sla]]` that holds unless the
/// customer's contract does; `clock_start`, opened or approved; and a table `[form.NAME]` for each
/// question: `label`, `type` (text, number, date, choice, bool, email), `required`, `choices`,
/// `help`.
///
/// Examples:
///   git desk service list
///   git desk service show new-laptop
///   git desk service request new-laptop -r fatima@example.com --field model=13
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// What there is to ask for
    List,
    /// One service: what it is, what it asks, who approves, what is promised
    Show {
        #[arg(add = super::complete::services())]
        name: String,
    },
    Request(Box<request::Args>),
}

impl Args {
    pub fn writes(&self) -> bool {
        match &self.verb {
            Verb::List | Verb::Show { .. } => false,
            Verb::Request(_) => true,
        }
    }

    pub fn run(self, ctx: &mut Context) -> Result<()> {
        match self.verb {
            Verb::List => list::list(ctx),
            Verb::Show { name } => show::show(ctx, &name),
            Verb::Request(args) => args.run(ctx),
        }
    }

    /// The act that it is; `None` for one that only looks.
    pub fn deed(self, ctx: &Context) -> Option<Result<Deed>> {
        match self.verb {
            Verb::List | Verb::Show { .. } => None,
            Verb::Request(args) => Some(args.deed(ctx)),
        }
    }
}
