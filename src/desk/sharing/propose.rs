//! A write as a pull request: built on what the remote has, apart from every worktree, and published.
//!
//! The caller runs the write in between, on the reference of a [`Scratch`]: [`Ground::find`], [`Ground::branch`], the
//! write, [`Ground::publish`].

mod branch;
mod publish;

use std::time::Duration;

use jiff::Timestamp;

use crate::desk::Desk;
use crate::desk::check::{Asked, Scope, check};
use crate::error::{Kind, Problem, Result};
use crate::model::policy::Policy;
use crate::net::forge::Site;
use crate::store::edits::Edits;
use crate::store::proposal::Scratch;
use crate::store::remote::{Errand, Remote, Trouble};
use crate::store::{Oid, Snapshot};
use crate::view::Finding;
use crate::view::change::Change;
pub use branch::Branch;
pub use publish::{Published, Words};

/// How the network is used; `may_ask` is added.
const SILENCE: Duration = Duration::from_secs(30);
const AT_MOST: Duration = Duration::from_secs(600);

/// What somebody says of where a proposal goes.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// A remote's name; `None` is the desk's.
    pub remote: Option<String>,
    /// The branch that it is to be merged into, without `refs/heads/`; `None` is the desk's.
    pub base: Option<String>,
    /// A branch is enough: no pull request.
    pub no_pr: bool,
    /// Whether git may ask somebody at the terminal.
    pub may_ask: bool,
}

/// What a proposal is built on, and where it goes.
pub struct Ground<'d, 'e> {
    desk: &'d Desk<'e>,
    /// `None` where the desk has no remote: then the branch stays here.
    remote: Option<Remote>,
    /// `None` where no pull request is wanted.
    site: Option<Site>,
    /// The repository that is pushed to, where that is a fork.
    fork: Option<Site>,
    /// Without `refs/heads/`.
    pub base: String,
    /// The commit that is built on.
    pub tip: Oid,
    may_ask: bool,
}

impl<'d, 'e> Ground<'d, 'e> {
    /// Asks the remote for the base. Nothing of the desk is moved.
    ///
    /// Exit code 2 where the forge cannot be told, 3 where there is no such remote or branch, 8 and 9 when the remote
    /// is out of reach or wants somebody else.
    pub fn find(desk: &'d Desk<'e>, wish: &Wish) -> Result<Ground<'d, 'e>> {
        let store = &desk.store;
        let remote = match wish.no_pr && wish.remote.is_none() && !store.has_remote() {
            true => None,
            false => Some(store.remote(wish.remote.as_deref()).map_err(without_a_remote)?),
        };
        let base = match (&wish.base, &remote) {
            (Some(name), _) => branch_name(name)?,
            (None, Some(remote)) => short(&remote.branch).to_owned(),
            (None, None) => short(store.reference()).to_owned(),
        };
        let site = match &remote {
            Some(remote) if !wish.no_pr => {
                let (kind, api) = (store.setting("desk.forge"), store.setting("desk.forge-api"));
                Some(Site::of(remote.url.url(), kind.as_deref(), api.as_deref())?)
            }
            Some(_) | None => None,
        };
        let fork = match (&remote, &site) {
            (Some(remote), Some(site)) => site.fork(remote.url.url(), remote.push_url.url())?,
            (Some(_) | None, _) => None,
        };
        let may_ask = wish.may_ask;
        let unplaced = Ground { desk, remote, site, fork, base, tip: Oid::ZERO_SHA1, may_ask };
        let tip = unplaced.ask(unplaced.remote.as_ref(), &unplaced.base)?.ok_or_else(|| unplaced.no_base())?;
        Ok(Ground { tip, ..unplaced })
    }

    fn no_base(&self) -> Problem {
        let (base, place) = (&self.base, self.remote.as_ref().map_or("this repository", |remote| remote.name.as_str()));
        let problem = Problem::not_found(format!("{place} has no branch `{base}`")).code("no_base");
        match &self.remote {
            Some(remote) => problem.hint(format!("publish it first: git push {} {base}", remote.name)),
            None => problem.hint("another: git desk propose --base NAME -- …"),
        }
    }

    /// The name of the remote, for people.
    pub fn remote(&self) -> Option<&str> {
        self.remote.as_ref().map(|remote| remote.name.as_str())
    }

    /// The forge that a pull request is opened on.
    pub fn forge(&self) -> Option<&'static str> {
        self.site.as_ref().map(|site| site.kind.as_str())
    }

    /// Where the proposal is made. It keeps others from making one: not for while the network is used.
    pub fn scratch(&self) -> Result<Scratch<'d>> {
        let scratch = self.desk.store.scratch(self.tip, self.desk.options.lock_timeout)?;
        self.desk.lend_index(scratch.reference())?;
        Ok(scratch)
    }

    /// The tip of a branch where others have it, brought here; without a remote, here.
    fn ask(&self, remote: Option<&Remote>, branch: &str) -> Result<Option<Oid>> {
        let reference = full(branch);
        let Some(remote) = remote else { return self.desk.store.commit_of(&reference) };
        let remote = remote.with_branch(reference);
        let progress = |done, total| (self.desk.progress)(done, total);
        let fetched = self.desk.store.fetch(self.desk.env, &remote, self.errand(), &progress);
        fetched.map_err(|trouble| explain(trouble, &remote, "cannot be asked").into())
    }

    fn errand(&self) -> Errand {
        Errand { silence: SILENCE, at_most: AT_MOST, may_ask: self.may_ask }
    }

    /// The commit that a proposal made anew gives: the one that is there where it says the same.
    pub fn settled(&self, branch: &Branch, made: Oid) -> Result<Oid> {
        match branch.known {
            Some(known) if self.desk.store.is_same_act(known, made)? => Ok(known),
            Some(_) | None => Ok(made),
        }
    }

    /// What is wrong with the files that the proposal changes: errors only.
    pub fn errors(&self, made: Oid) -> Result<Vec<Finding>> {
        let store = &self.desk.store;
        let (snapshot, base) = (Snapshot::at(store, made)?, Snapshot::at(store, self.tip)?);
        let by = self.desk.person(&base.rules()?)?.name;
        let (edits, cache) = (Edits::new(), self.desk.cache());
        let mut findings = check(&Asked {
            snapshot: &snapshot,
            edits: &edits,
            scope: Scope::Since(&base),
            now: self.desk.env.now,
            by: &by,
            cache: cache.as_deref(),
        })?;
        findings.retain(Finding::is_error);
        Ok(findings)
    }

    /// The policy that holds where it is proposed to.
    pub fn policy(&self) -> Result<Policy> {
        Snapshot::at(&self.desk.store, self.tip)?.rules()
    }

    /// Leads of the queues that the changed tickets are in, by their names on the forge; never whoever proposes.
    pub fn leads(&self, policy: &Policy, changes: &[Change], made: Oid) -> Result<Vec<String>> {
        let me = self.desk.person(policy)?.name;
        let snapshot = Snapshot::at(&self.desk.store, made)?;
        let mut logins = Vec::new();
        for id in changes.iter().filter_map(|change| change.ticket) {
            let Some(Ok(file)) = snapshot.ticket(id)? else { continue };
            let lead = policy.queues.get(&file.ticket.queue).map(|queue| queue.lead.as_str());
            let login = lead.filter(|lead| *lead != me).and_then(|lead| policy.agents.get(lead));
            logins.extend(login.map(|agent| agent.forge.clone()).filter(|login| !login.is_empty()));
        }
        logins.sort();
        logins.dedup();
        Ok(logins)
    }
}

fn without_a_remote(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Problem>() {
        Ok(problem) if problem.code == "no_remote" => {
            problem.hint("a branch here, and no pull request: git desk propose --no-pr -- …").into()
        }
        Ok(problem) => problem.into(),
        Err(error) => error,
    }
}

fn explain(trouble: Trouble, remote: &Remote, what: &str) -> Problem {
    let name = &remote.name;
    let away = |words: String| Problem::new(Kind::Remote, words);
    match trouble {
        Trouble::Raced => {
            away(format!("{name} has another {} since a moment ago", short(&remote.branch))).code("raced")
        }
        Trouble::Silent(seconds) => away(format!("{name} said nothing for {seconds} s")).code("silent"),
        Trouble::Away(why) => away(format!("{name} {what}: {why}")).code("unreachable"),
        Trouble::Denied(why) => Problem::new(Kind::Denied, format!("{name} {what}: {why}")).code("denied"),
        Trouble::Refused(why, lines) => {
            let problem = away(format!("{name} {what}: {why}")).code("push_refused");
            lines.into_iter().take(5).fold(problem, Problem::hint)
        }
    }
}

/// A branch by its name. Exit code 2 for one that cannot be.
fn branch_name(name: &str) -> Result<String> {
    let name = short(name);
    // Git takes these for something else.
    let odd = name.starts_with('-') || name == "HEAD" || name.chars().any(|c| c.is_whitespace() || c.is_control());
    match !odd && crate::store::is_reference(&full(name)) {
        true => Ok(name.to_owned()),
        false => Err(Problem::usage(format!("`{name}` is no name of a branch")).code("bad_branch").into()),
    }
}

fn short(reference: &str) -> &str {
    reference.strip_prefix("refs/heads/").unwrap_or(reference)
}

fn full(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

/// When a proposal is made: as of when it was first made, so that doing it again gives the same.
pub fn moment(branch: &Branch, now: Timestamp) -> Timestamp {
    branch.since.and_then(|since| Timestamp::from_second(since).ok()).unwrap_or(now)
}
