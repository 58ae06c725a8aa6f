//! A write as a pull request: built on what the remote has, apart from every worktree, and published.
//!
//! The caller runs the write in between, on the reference of a [`Scratch`]: [`Ground::find`], [`Ground::branch`], the
//! write, [`Ground::publish`].

use std::time::Duration;

use jiff::Timestamp;

use super::credential::Credential;
use crate::desk::Desk;
use crate::desk::check::{Edits, check};
use crate::error::{Kind, Problem, Result};
use crate::model::policy::Policy;
use crate::net::forge::{Forge, Made, Opened, Pull, Site};
use crate::process;
use crate::store::proposal::Scratch;
use crate::store::remote::{Errand, Remote, Trouble};
use crate::store::{Oid, Snapshot};
use crate::view::Finding;
use crate::view::proposal::{Change, State};

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
    /// Without `refs/heads/`.
    pub base: String,
    pub tip: Oid,
    may_ask: bool,
}

/// The branch of a proposal, as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Without `refs/heads/`.
    pub name: String,
    here: Option<Oid>,
    there: Option<Oid>,
    /// The proposal that is made anew: its commit, where there is one that has not come into the base.
    known: Option<Oid>,
    /// When it was first made, in seconds since 1970.
    pub since: Option<i64>,
}

/// The words of a pull request.
#[derive(Debug, Clone)]
pub struct Words {
    pub title: String,
    /// Markdown.
    pub body: String,
    pub draft: bool,
    /// Names on the forge.
    pub reviewers: Vec<String>,
    /// Whether those were named by a person: then they are asked again, too.
    pub named: bool,
}

/// What was published.
#[derive(Debug)]
pub struct Published {
    pub state: State,
    pub commit: Oid,
    pub url: Option<String>,
    pub number: Option<u64>,
    /// Who was asked to review.
    pub reviewers: Vec<String>,
    /// What the person should know although it went well.
    pub warnings: Vec<String>,
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
        let may_ask = wish.may_ask;
        let unplaced = Ground { desk, remote, site, base, tip: Oid::ZERO_SHA1, may_ask };
        let tip = unplaced.ask(&unplaced.base)?.ok_or_else(|| unplaced.no_base())?;
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
    fn ask(&self, branch: &str) -> Result<Option<Oid>> {
        let reference = full(branch);
        let Some(remote) = &self.remote else { return self.desk.store.commit_of(&reference) };
        let remote = remote.with_branch(reference);
        let progress = |done, total| (self.desk.progress)(done, total);
        let fetched = self.desk.store.fetch(self.desk.env, &remote, self.errand(), &progress);
        fetched.map_err(|trouble| explain(trouble, &remote, "cannot be asked").into())
    }

    fn errand(&self) -> Errand {
        Errand { silence: SILENCE, at_most: AT_MOST, may_ask: self.may_ask }
    }

    /// The branch that the proposal gets, and what is there already.
    ///
    /// Exit code 2 for a name that cannot be, 5 when the branch is the base, is checked out, or has commits that are not
    /// of a proposal: nobody's work is put aside.
    pub fn branch(&self, name: &str) -> Result<Branch> {
        let name = branch_name(name)?;
        let (store, reference) = (&self.desk.store, full(&name));
        let another = "another name: git desk propose --branch NAME -- …";
        if name == self.base || reference == store.reference() {
            return Err(Problem::refused(format!("`{name}` is the branch that is proposed to"))
                .code("same_branch")
                .hint(another)
                .into());
        }
        if store.is_checked_out(&reference) {
            return Err(Problem::refused(format!("`{name}` is checked out, and would be moved"))
                .code("checked_out")
                .hint(format!("leave it: git switch {}", self.base))
                .hint(another)
                .into());
        }
        let here = store.commit_of(&reference)?;
        let there = match &self.remote {
            Some(_) => self.ask(&name)?,
            None => None,
        };
        let mut known = None;
        let places = [(self.remote(), there), (None, here)];
        for (place, commit) in places.into_iter().filter_map(|(place, commit)| Some((place, commit?))) {
            if store.reaches(self.tip, commit)? {
                continue;
            }
            if !store.is_act_on(commit, self.tip)? {
                let place = place.unwrap_or("this repository");
                return Err(Problem::refused(format!("`{name}` of {place} has commits that `propose` did not make"))
                    .code("foreign_branch")
                    .hint(another)
                    .hint(format!("what they are: git log {}..{commit}", self.tip))
                    .into());
            }
            known = known.or(Some(commit));
        }
        let since = known.map(|commit| store.author_time(commit)).transpose()?;
        Ok(Branch { name, here, there, known, since })
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
        let changed = self.desk.store.changed_files(made)?;
        let paths: Vec<String> = changed.files.into_iter().map(|file| file.path).collect();
        let snapshot = Snapshot::at(&self.desk.store, made)?;
        let mut findings = check(&snapshot, &Edits::new(), Some(&paths), self.desk.env.now)?;
        findings.retain(|finding| finding.level == "error");
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

    /// Keeps the branch here, pushes it, and opens or updates its pull request.
    ///
    /// Exit code 8 when the remote or the forge does not take it, 9 when one of them wants somebody else; what was done
    /// before stays done, and the error says so. Done twice, it is done once.
    pub fn publish(&self, branch: &Branch, commit: Oid, words: &Words) -> Result<Published> {
        let store = &self.desk.store;
        let known = branch.known == Some(commit);
        if branch.here != Some(commit) {
            store.point(&full(&branch.name), branch.here, commit)?;
        }
        let mut published = Published {
            state: if known { State::Unchanged } else { State::Local },
            commit,
            url: None,
            number: None,
            reviewers: Vec::new(),
            warnings: Vec::new(),
        };
        let Some(remote) = &self.remote else { return Ok(published) };
        let remote = remote.with_branch(full(&branch.name));
        let Some(site) = &self.site else {
            if branch.there != Some(commit) {
                self.push(&remote, branch, commit, &[])?;
                published.state = State::Pushed;
            }
            return Ok(published);
        };
        let user = remote.url.user().filter(|_| remote.url.way() == "https");
        match Credential::find(site, user, self.may_ask) {
            Some(credential) => {
                let pushed = branch.there != Some(commit);
                if pushed {
                    self.push(&remote, branch, commit, &[])?;
                }
                self.by_rest(site, credential, branch, (pushed, words), &mut published)
                    .map_err(|error| pushed_anyway(error, branch, &remote))?;
            }
            None if site.kind.takes_push_options() => {
                self.by_push(&remote, branch, commit, words, &mut published)?;
            }
            None => {
                self.push(&remote, branch, commit, &[])?;
                return Err(pushed_anyway(no_login(site).into(), branch, &remote));
            }
        }
        Ok(published)
    }

    /// What the other side says.
    fn push(&self, remote: &Remote, branch: &Branch, commit: Oid, options: &[String]) -> Result<Vec<String>> {
        if branch.there == Some(commit) {
            return Ok(Vec::new());
        }
        let progress = |done, total| (self.desk.progress)(done, total);
        let moved = (branch.there, commit);
        let pushed = self.desk.store.push_with(self.desk.env, remote, moved, (self.errand(), &progress), options);
        pushed.map_err(|trouble| {
            let problem = explain(trouble, remote, "does not take it");
            problem.hint(format!("it is here, on branch {}; when that is mended, run it again", branch.name)).into()
        })
    }

    fn by_rest(
        &self,
        site: &Site,
        credential: Credential,
        branch: &Branch,
        (pushed, words): (bool, &Words),
        published: &mut Published,
    ) -> Result<()> {
        let forge = Forge::new(site.clone(), credential.login(), self.desk.env.clock());
        let pull = Pull {
            head: branch.name.clone(),
            base: self.base.clone(),
            title: words.title.clone(),
            body: words.body.clone(),
            draft: words.draft,
        };
        let made = if pushed { forge.open(&pull) } else { forge.find_or_open(&pull) };
        let unknown = |problem: &Problem| problem.code == "unauthorized";
        match &made {
            Ok(_) => credential.settle(true),
            Err(error) if error.downcast_ref::<Problem>().is_some_and(unknown) => credential.settle(false),
            Err(_) => {}
        }
        let made = made?;
        let is_new = matches!(made, Made::New(_));
        published.state = match &made {
            Made::New(_) => State::Created,
            Made::Same(_) if !pushed => State::Unchanged,
            Made::Same(_) | Made::Updated(_) => State::Updated,
        };
        let Opened { url, number, .. } = made.opened();
        (published.url, published.number) = (Some(url.clone()), Some(*number));
        if !words.reviewers.is_empty() && (is_new || words.named) {
            match forge.ask(made.opened(), &words.reviewers) {
                Ok(()) => published.reviewers.clone_from(&words.reviewers),
                Err(error) => published.warnings.push(format!("nobody was asked to review: {error}")),
            }
        }
        Ok(())
    }

    /// Without a token: GitLab opens a merge request for a push that asks for it ("Push options" of GitLab Docs), and
    /// says where it is. It is remembered, for nothing is pushed the next time.
    fn by_push(
        &self,
        remote: &Remote,
        branch: &Branch,
        commit: Oid,
        words: &Words,
        published: &mut Published,
    ) -> Result<()> {
        let memory = format!("branch.{}.deskproposal", branch.name);
        if branch.there == Some(commit) {
            published.url = self.desk.store.setting(&memory).filter(|url| is_request(url));
        } else {
            let draft = words.draft.then(|| "merge_request.draft".to_owned());
            let options = ["merge_request.create".to_owned(), format!("merge_request.target={}", self.base)];
            let title = format!("merge_request.title={}", words.title);
            let options: Vec<String> = options.into_iter().chain([title]).chain(draft).collect();
            let said = self.push(remote, branch, commit, &options)?;
            published.url =
                said.iter().flat_map(|line| line.split_whitespace()).find(|word| is_request(word)).map(str::to_owned);
            published.state = if branch.there.is_none() { State::Created } else { State::Updated };
        }
        let Some(url) = &published.url else {
            let problem =
                Problem::new(Kind::Remote, format!("{} does not say where the merge request is", remote.name))
                    .code("no_url")
                    .hint("with a token it can be asked: git desk help propose");
            return Err(pushed_anyway(problem.into(), branch, remote));
        };
        published.number = url.rsplit('/').next().and_then(|number| number.parse().ok());
        if words.named {
            published.warnings.push("without a token nobody can be asked to review".to_owned());
        }
        let mut command = process::git(self.desk.store.common_dir());
        // Where it cannot be remembered, it is not told the next time.
        let _ = command.args(["config", "--local", &memory, url]).output();
        Ok(())
    }
}

/// The page of a merge request: `https://HOST/PATH/-/merge_requests/7`.
fn is_request(word: &str) -> bool {
    let Some((head, number)) = word.rsplit_once("/merge_requests/") else { return false };
    let plain = word.chars().all(|c| c.is_ascii_graphic());
    plain
        && head.starts_with("http")
        && head.contains("://")
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !number.is_empty()
}

fn no_login(site: &Site) -> Problem {
    let (protocol, host) = site.keeper();
    Problem::new(Kind::Denied, format!("git knows no token or password for {host}")).code("no_token").hint(format!(
        "give it one: printf 'protocol={protocol}\\nhost={host}\\n' | git credential fill | git credential approve"
    ))
}

/// The branch is where others see it, whatever became of the pull request.
fn pushed_anyway(error: anyhow::Error, branch: &Branch, remote: &Remote) -> anyhow::Error {
    match error.downcast::<Problem>() {
        Ok(problem) => {
            let hint =
                format!("the branch is pushed: {} on {}; for the pull request run it again", branch.name, remote.name);
            problem.hint(hint).into()
        }
        Err(error) => error,
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
