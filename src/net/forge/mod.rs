//! Forges: pull requests by the REST interfaces that GitHub, GitLab, Gitea and Forgejo document.
//!
//! A [`Site`] says which forge a repository is on and where it is spoken to; a [`Forge`] asks it, one request after the
//! other. What the three have in common is here and in `call`; what each calls otherwise has a file of its own. A token
//! goes to that one place, in a header; no redirect takes it elsewhere, and it is in no message.

mod call;
mod gitea;
mod github;
mod gitlab;
mod site;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use super::deliver::Proxy;
use super::request::Method;
use crate::error::{Kind as Failure, Problem, Result};
use crate::model::word::words;
pub use site::Site;

words! {
    /// What the interface of a forge is.
    Kind {
        Github = "github",
        Gitlab = "gitlab",
        Gitea = "gitea",
        /// Speaks as Gitea does.
        Forgejo = "forgejo",
    }
}

impl Kind {
    /// Whether a push may ask for a pull request, without a token.
    pub fn takes_push_options(self) -> bool {
        match self {
            Kind::Gitlab => true,
            Kind::Github | Kind::Gitea | Kind::Forgejo => false,
        }
    }
}

/// Who asks: a name, which may be empty, and a token or password.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub secret: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A pull request as it is to be. Branches are without `refs/heads/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    pub head: String,
    /// The repository that has it, where that is another one than the base's: a fork.
    pub from: Option<Site>,
    pub base: String,
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: String,
    pub draft: bool,
}

/// A pull request as the forge has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its number in the repository.
    pub number: u64,
    /// Its page, http or https.
    pub url: String,
    /// Without the mark of a draft.
    pub title: String,
    pub body: String,
    /// Whether it is marked as not ready to be merged.
    pub draft: bool,
    /// Numbers of those who were asked to review, where the forge names them so.
    reviewers: Vec<u64>,
}

impl Pull {
    /// The branch as GitHub and Gitea name it from the base's repository: with the owner of a fork in front.
    fn head_there(&self) -> String {
        match &self.from {
            Some(fork) => format!("{}:{}", fork.owner(), self.head),
            None => self.head.clone(),
        }
    }

    /// Whether a repository is that of the branch, by its path; where a forge says none, it is.
    fn is_from(&self, site: &Site, path: &str) -> bool {
        path.is_empty() || path.eq_ignore_ascii_case(&self.from.as_ref().unwrap_or(site).whole())
    }
}

/// What came of asking for a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    New(Opened),
    /// There was one for these branches; it says now what was wished.
    Updated(Opened),
    /// There was one, and it said so already.
    Same(Opened),
}

impl Made {
    pub fn opened(&self) -> &Opened {
        match self {
            Made::New(opened) | Made::Updated(opened) | Made::Same(opened) => opened,
        }
    }
}

/// A request to a forge, before it has the address and the headers.
struct Call {
    method: Method,
    /// Parts of the path behind that of the interface, not escaped yet.
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Value,
}

impl Call {
    fn new(method: Method, path: &[&str]) -> Call {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        Call { method, path, query: Vec::new(), body: Value::Null }
    }

    fn query(mut self, name: &'static str, value: impl Into<String>) -> Call {
        self.query.push((name, value.into()));
        self
    }

    fn body(mut self, body: Value) -> Call {
        self.body = body;
        self
    }
}

/// A forge, and who speaks to it.
#[derive(Debug)]
pub struct Forge {
    site: Site,
    login: Login,
    /// The present, for answers that name a time.
    now: Timestamp,
    /// Who is asked in the forge's place.
    proxy: Option<Proxy>,
}

/// The numbers of two projects on GitLab: that of the branch, and that of the base.
#[derive(Debug, Clone, Copy)]
struct Fork {
    source: u64,
    target: u64,
}

/// Pull requests of one page, of which a forge may give fewer, and the most pages that are looked through, where it cannot
/// be asked for branches.
const PAGE: usize = 50;
const PAGES: usize = 100;

impl Forge {
    pub fn new(site: Site, login: Login, now: Timestamp, proxy: Option<Proxy>) -> Forge {
        Forge { site, login, now, proxy }
    }

    /// Opens the pull request; where there is one for these branches, brings that to what is wished.
    ///
    /// Exit code 9 when the forge does not know or not allow whoever asks, 8 for everything else that it refuses.
    pub fn open(&self, pull: &Pull) -> Result<Made> {
        let call = match self.site.kind {
            Kind::Github => github::create(&self.site, pull),
            Kind::Gitlab => gitlab::create(&self.site, pull, self.fork(pull)?),
            Kind::Gitea | Kind::Forgejo => gitea::create(&self.site, pull),
        };
        let answer = self.call(&call)?;
        if (200..300).contains(&answer.status) {
            return Ok(Made::New(self.read(&answer.body).ok_or_else(|| self.unclear())?));
        }
        let there = match self.site.kind {
            Kind::Github => github::is_there(answer.status, &answer.body),
            Kind::Gitlab | Kind::Gitea | Kind::Forgejo => answer.status == 409,
        };
        match there.then(|| self.find(pull)).transpose()?.flatten() {
            Some(opened) => self.bring(opened, pull),
            None => Err(self.refused(&answer).into()),
        }
    }

    /// The open pull request for these branches, brought to what is wished, else a new one.
    pub fn find_or_open(&self, pull: &Pull) -> Result<Made> {
        match self.find(pull)? {
            Some(opened) => self.bring(opened, pull),
            None => self.open(pull),
        }
    }

    /// What GitLab calls a fork and what it is of.
    fn fork(&self, pull: &Pull) -> Result<Option<Fork>> {
        let Some(from) = pull.from.as_ref().filter(|_| self.site.kind == Kind::Gitlab) else { return Ok(None) };
        let number = |site: &Site| -> Result<u64> {
            let found = self.good(&gitlab::project(site))?;
            Ok(found.get("id").and_then(Value::as_u64).ok_or_else(|| self.unclear())?)
        };
        Ok(Some(Fork { source: number(from)?, target: number(&self.site)? }))
    }

    /// The open pull request for these branches. Where they can be asked for, there is one page.
    fn find(&self, pull: &Pull) -> Result<Option<Opened>> {
        let fork = self.fork(pull)?;
        let pages = match self.site.kind {
            Kind::Github | Kind::Gitlab => 1,
            Kind::Gitea | Kind::Forgejo => PAGES,
        };
        for page in 1..=pages {
            let call = match self.site.kind {
                Kind::Github => github::search(&self.site, pull),
                Kind::Gitlab => gitlab::search(&self.site, pull),
                Kind::Gitea | Kind::Forgejo => gitea::search(&self.site, page),
            };
            let answer = self.good(&call)?;
            let all = answer.as_array().ok_or_else(|| self.unclear())?;
            let fits = |value: &&Value| match self.site.kind {
                Kind::Github => github::fits(value, &self.site, pull),
                Kind::Gitlab => gitlab::fits(value, pull, fork),
                Kind::Gitea | Kind::Forgejo => gitea::fits(value, &self.site, pull),
            };
            if let Some(found) = all.iter().find(fits) {
                return Ok(Some(self.read(found).ok_or_else(|| self.unclear())?));
            }
            if all.is_empty() {
                break;
            }
        }
        Ok(None)
    }

    /// Sets title and text where they are not as wished. A draft stays one, and what is ready stays ready.
    fn bring(&self, opened: Opened, pull: &Pull) -> Result<Made> {
        if opened.title == pull.title && opened.body.trim_end() == pull.body.trim_end() {
            return Ok(Made::Same(opened));
        }
        let pull = Pull { draft: opened.draft, ..pull.clone() };
        let call = match self.site.kind {
            Kind::Github => github::update(&self.site, opened.number, &pull),
            Kind::Gitlab => gitlab::update(&self.site, opened.number, &pull),
            Kind::Gitea | Kind::Forgejo => gitea::update(&self.site, opened.number, &pull),
        };
        let answer = self.good(&call)?;
        Ok(Made::Updated(self.read(&answer).unwrap_or(opened)))
    }

    /// Asks people, by their names on the forge, to review.
    pub fn ask(&self, opened: &Opened, reviewers: &[String]) -> Result<()> {
        let call = match self.site.kind {
            Kind::Github => github::ask(&self.site, opened.number, reviewers),
            Kind::Gitea | Kind::Forgejo => gitea::ask(&self.site, opened.number, reviewers),
            Kind::Gitlab => {
                let mut ids = opened.reviewers.clone();
                for name in reviewers {
                    let found = self.good(&gitlab::user(name))?;
                    let id = gitlab::id_of(&found, name).ok_or_else(|| {
                        Problem::new(Failure::Remote, format!("{} knows nobody called {name}", self.site.host()))
                    })?;
                    ids.push(id);
                }
                ids.sort_unstable();
                ids.dedup();
                gitlab::ask(&self.site, opened.number, &ids)
            }
        };
        self.good(&call).map(|_| ())
    }

    fn read(&self, value: &Value) -> Option<Opened> {
        let opened = match self.site.kind {
            Kind::Github => github::read(value),
            Kind::Gitlab => gitlab::read(value),
            Kind::Gitea | Kind::Forgejo => gitea::read(value),
        };
        opened.filter(|opened| site::is_page(&opened.url))
    }

    /// What a forge that goes wrong says, in a shape that nobody documents.
    fn unclear(&self) -> Problem {
        let host = self.site.host();
        Problem::new(Failure::Remote, format!("{host} answers what is no answer of {}", self.site.kind))
            .code("forge_unclear")
            .hint("is it another forge? git config desk.forge github     or gitlab, gitea, forgejo")
    }
}

/// The text under a key; empty where there is none.
fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The title without a mark by which a forge knows a draft, and whether there was one. Case does not count.
fn unmarked<'t>(title: &'t str, marks: &[&str]) -> (&'t str, bool) {
    let marked = |mark: &&str| {
        let head = title.get(..mark.len())?;
        head.eq_ignore_ascii_case(mark).then(|| title[mark.len()..].trim_start())
    };
    match marks.iter().find_map(marked) {
        Some(title) => (title, true),
        None => (title, false),
    }
}
