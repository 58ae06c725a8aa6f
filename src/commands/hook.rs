//! `hook`

use std::io::Read;

use super::Context;
use crate::desk::sharing::gate::{Gate, Refusal, Update};
use crate::desk::{Desk, Options};
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::store::{Place, Store};
use crate::ui::visible::visible_line;

/// What git asks before it takes a push
///
/// Examples:
///   git desk setup hooks
///   git-desk hook pre-receive
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment, arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// On a server: whether a push is taken; reads what git says of it on stdin
    ///
    /// The desk's branch only grows: no force, no deletion. What is pushed must pass `git desk check`
    /// against what is there, and `[[permit]]` and `[[require]]` of the policy that is there, never of
    /// the pushed one. Where the server says who pushes, a commit is by them, or signed by its author.
    /// Events and heartbeats of producers pass; other branches and tags are not looked at.
    ///
    /// Who pushes is what the server says in GIT_DESK_PUSHER (a handle, an address, a name on the
    /// forge), else in GITEA_PUSHER_NAME, GL_USERNAME, GL_USER or REMOTE_USER. A signature counts when
    /// git on the server finds it good and trusts the key: gpg.ssh.allowedSignersFile, or gpg's trust.
    ///
    /// Examples:
    ///   git -C /srv/desk.git desk setup hooks
    ///   command="GIT_DESK_PUSHER=ana git-shell -c \"$SSH_ORIGINAL_COMMAND\"",restrict ssh-ed25519 AAAA…
    #[command(verbatim_doc_comment)]
    PreReceive,
}

/// Where servers say who pushes: ours, Gitea and Forgejo, GitLab, Gitolite, and git's own server for HTTP.
const PUSHER: &[&str] = &["GIT_DESK_PUSHER", "GITEA_PUSHER_NAME", "GL_USERNAME", "GL_USER", "REMOTE_USER"];

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        match self.verb {
            Verb::PreReceive => pre_receive(ctx),
        }
    }
}

fn pre_receive(ctx: &Context) -> Result<()> {
    let mut told = String::new();
    std::io::stdin().lock().read_to_string(&mut told)?;
    let updates: Vec<Update> = told.lines().map(Update::parse).collect::<Result<_>>()?;
    let desk = desk(ctx)?;
    let pusher = PUSHER.iter().find_map(|name| ctx.env.var(name)).map(str::to_owned);
    let refusals = Gate { desk: &desk, pusher }.judge(&updates)?;
    let Some((first, more)) = refusals.split_first() else { return Ok(()) };
    refuse(ctx, first, more)
}

/// The desk, also where its branch is yet to be pushed.
fn desk(ctx: &Context) -> Result<Desk<'static>> {
    let place = Place { reference: ctx.globals.reference.clone(), ..Place::around(ctx.env) };
    let store = Store::open(&place).or_else(|_| Store::open_undecided(&place))?;
    Ok(Desk::new(ctx.env, store, Options::default()))
}

/// Refusals that are told, each in one line: names of files are the pusher's; a push of many faults would fill the screen.
const TOLD: usize = 12;

fn refuse(ctx: &Context, first: &Refusal, more: &[Refusal]) -> Result<()> {
    let tell = |one: &Refusal| {
        ctx.ui.warning(&visible_line(&one.message));
        if let Some(fix) = &one.fix {
            ctx.ui.hint(&visible_line(fix));
        }
    };
    more.iter().take(TOLD).for_each(tell);
    if more.len() > TOLD {
        ctx.ui.warning(&format!("and {} of the kind", counted(more.len() - TOLD, "more")));
    }
    let message = format!("not taken: {}", visible_line(&first.message));
    let problem = Problem::refused(message).code("push_refused");
    Err(first.fix.iter().fold(problem, |problem, fix| problem.hint(visible_line(fix))).into())
}
