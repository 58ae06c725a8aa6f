//! `portal`

mod build;
mod folder;

use std::path::PathBuf;

use super::Context;
use crate::error::Result;

/// A site for those who ask: articles, services, what is down
///
/// Plain files that work where they lie: opened from a disk, or served by anything. No page loads
/// anything from outside, and all of it can be read with scripts off. The same commit gives the same
/// bytes.
///
/// On it is what somebody has called public: articles that are validated and public, services that
/// are public, and on the status page open incidents with the tag `status-page` that are no
/// customer's: of these title, time and whether they are seen to, and nothing of threads, people
/// or queues. Whoever sets the tag publishes the title.
///
/// Examples:
///   git desk portal build public
///   git desk portal build public --language nl --request-to mailto:help@example.com
///   git desk tag k7m3 --add status-page && git desk portal build public
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// Write the site into a folder
    ///
    /// DIR is empty, not there yet, or holds a site that was made so before: files of that which are
    /// no longer part of it go, and what else lies there stays as it is.
    ///
    /// Requests go to a mailbox or begin an issue on a forge, with the answers of the service's form
    /// filled in; without --request-to a page says what to tell the desk.
    ///
    /// An article in several languages is one of each, with the language at the end of the name:
    /// vpn/reset-token and vpn/reset-token-nl.
    ///
    /// Examples:
    ///   git desk portal build public --title "IT help"
    ///   git desk portal build public --request-to "$FORGE/acme/it/issues/new"
    ///   git desk portal build public --at v2026.11
    #[command(verbatim_doc_comment)]
    Build(Build),
}

#[derive(Debug, Clone, clap::Args)]
pub struct Build {
    /// Where to
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// What the pages speak, nl or en: without it the language of most articles, or else en
    #[arg(long, value_name = "WORD", value_parser = ["en", "nl"])]
    pub language: Option<String>,
    /// What the site is called; without it as the desk
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// mailto:ADDRESS, or the page of a forge (GitHub, GitLab, Gitea, Forgejo) on which an issue is begun
    #[arg(long, value_name = "URL")]
    pub request_to: Option<String>,
    /// Into a folder that holds other things, and over files of the same names
    #[arg(long)]
    pub force: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        match self.verb {
            Verb::Build(build) => build.run(ctx),
        }
    }
}
