//! Publishing a proposal: its branch here, its branch at the remote, its pull request.

use super::{Branch, Ground, explain, full};
use crate::desk::sharing::credential::Credential;
use crate::desk::sharing::proxy::proxy;
use crate::error::{Kind, Problem, Result};
use crate::net::forge::{Forge, Made, Opened, Pull, Site};
use crate::process;
use crate::store::Oid;
use crate::store::remote::Remote;
use crate::view::proposal::State;

/// The words of a pull request.
#[derive(Debug, Clone)]
pub struct Words {
    pub title: String,
    /// Markdown.
    pub body: String,
    /// The same in one line, for where there is no room for more.
    pub line: String,
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

impl Ground<'_, '_> {
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
        let forge = Forge::new(site.clone(), credential.login(), self.desk.env.clock(), proxy(self.desk.env, site));
        let pull = Pull {
            head: branch.name.clone(),
            from: self.fork.clone(),
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
            let project = self.site.as_ref().filter(|_| self.fork.is_some());
            let project = project.map(|site| format!("merge_request.target_project={}", site.whole()));
            let title = format!("merge_request.title={}", words.title);
            let text = format!("merge_request.description={}", words.line);
            let options: Vec<String> = options.into_iter().chain(project).chain([title, text]).chain(draft).collect();
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
