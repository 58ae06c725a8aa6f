//! `kb`

mod edit;
mod fields;
mod import;
mod link;
mod list;
mod new;
mod page;
mod print;
mod promote;
mod retire;
mod review;
pub mod search;
mod show;
pub mod suggest;
mod top;

use super::Context;
use super::deed::Deed;
use crate::error::Result;

/// Knowledge articles: how the problems are solved that come most
///
/// An article is a file, kb/TOPIC/SLUG.toml: symptoms in the words of those who call, the
/// cause, and steps in Markdown. The same in another language stands beside it with the
/// language behind its slug: vpn/reset-token, vpn/reset-token-nl.
///
/// Examples:
///   git desk kb new vpn/reset-token --title "Reset a token" --symptom "token expired" -F steps.md
///   git desk kb show vpn/reset-token
///   git desk kb search token verlopen
///   git desk kb suggest k7m3
///   git desk kb promote k7m3
///   git desk resolve k7m3 --resolution fixed --article vpn/reset-token
///   git desk kb review --due
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    New(Box<new::Args>),
    Show(show::Args),
    #[command(visible_alias = "ls")]
    List(list::Args),
    Search(Box<search::Args>),
    Suggest(Box<suggest::Args>),
    Edit(Box<edit::Args>),
    Link(link::Args),
    Promote(promote::Args),
    Review(review::Args),
    Retire(retire::Args),
    Top(top::Args),
    Import(import::Args),
}

impl Args {
    pub fn writes(&self) -> bool {
        match &self.verb {
            Verb::New(_) | Verb::Edit(_) | Verb::Link(_) | Verb::Promote(_) | Verb::Retire(_) | Verb::Import(_) => true,
            Verb::Review(args) => args.writes(),
            Verb::Show(_) | Verb::List(_) | Verb::Search(_) | Verb::Suggest(_) | Verb::Top(_) => false,
        }
    }

    pub fn run(self, ctx: &mut Context) -> Result<()> {
        match self.verb {
            Verb::New(args) => args.run(ctx),
            Verb::Show(args) => args.run(ctx),
            Verb::List(args) => args.run(ctx),
            Verb::Search(args) => args.run(ctx),
            Verb::Suggest(args) => args.run(ctx),
            Verb::Edit(args) => args.run(ctx),
            Verb::Link(args) => args.run(ctx),
            Verb::Promote(args) => args.run(ctx),
            Verb::Review(args) => args.run(ctx),
            Verb::Retire(args) => args.run(ctx),
            Verb::Top(args) => args.run(ctx),
            Verb::Import(args) => args.run(ctx),
        }
    }

    /// Whether it is an act on tickets.
    pub fn is_act(&self) -> bool {
        matches!(self.verb, Verb::Link(_))
    }

    /// The act on tickets that it is; `None` for what is about articles alone.
    pub fn deed(self, ctx: &Context) -> Option<Result<Deed>> {
        if let Verb::Link(args) = self.verb { Some(args.deed(ctx)) } else { None }
    }
}
