//! `hook`

use std::io::Read;

use super::Context;
use crate::desk::sharing::gate::{Gate, Pusher, Refusal, Update};
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
    /// What is published stays the first parent of what comes after, as `git desk sync` merges. Of a
    /// merge, what neither side did is the act of whoever merged. What somebody did and took back in
    /// one push they did; a ticket that is born closed they closed. Nobody changes another's words, or
    /// dates a commit a day ahead. What is said is said under one's own name, or that of somebody with
    /// an address who is no agent.
    /// Events and heartbeats of producers pass; other branches and tags are not looked at. While HEAD
    /// names a branch that is not there, each branch that holds a desk is the desk's.
    ///
    /// Who pushes is what the server says in GIT_DESK_PUSHER (a handle, an address, a name on the
    /// forge), else in GITEA_PUSHER_NAME, GL_USERNAME, GL_USER or REMOTE_USER: there `forge` of an agent
    /// goes before handles, and an agent who names one has that name alone. A signature counts when
    /// git on the server finds it good and trusts the key: gpg.ssh.allowedSignersFile, or gpg's trust.
    /// Where rules ask for signatures, any other is refused.
    ///
    /// Examples:
    ///   git -C /srv/desk.git desk setup hooks
    ///   command="GIT_DESK_PUSHER=ana git-shell -c \"$SSH_ORIGINAL_COMMAND\"",restrict ssh-ed25519 AAAA…
    #[command(verbatim_doc_comment)]
    PreReceive,
}

/// Where whoever keeps the server says who pushes.
const OURS: &str = "GIT_DESK_PUSHER";

/// Where others say it: Gitea and Forgejo, GitLab, Gitolite, and git's own server for HTTP.
const FORGES: &[&str] = &["GITEA_PUSHER_NAME", "GL_USERNAME", "GL_USER", "REMOTE_USER"];

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
    let pusher = pusher(ctx);
    let refusals = Gate { desk: &desk, pusher }.judge(&updates)?;
    let Some((first, more)) = refusals.split_first() else { return Ok(()) };
    refuse(ctx, first, more)
}

fn pusher(ctx: &Context) -> Option<Pusher> {
    let of = |is_of_forge: bool| move |word: &str| Pusher { word: word.to_owned(), is_of_forge };
    let ours = ctx.env.var(OURS).map(of(false));
    ours.or_else(|| FORGES.iter().find_map(|name| ctx.env.var(name)).map(of(true)))
}

/// The desk, also where its branch is yet to be pushed.
fn desk(ctx: &Context) -> Result<Desk<'static>> {
    let place = Place { reference: ctx.globals.reference.clone(), ..Place::around(ctx.env) };
    let store = Store::open(&place).or_else(|error| {
        let store = Store::open_undecided(&place)?;
        if store.tip()?.is_none() { Ok(store) } else { Err(error) }
    })?;
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
