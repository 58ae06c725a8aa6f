//! Which forge a repository is on, and where that is spoken to: from the address of a remote, and from what a person
//! says.

use reqwest::Url;

use super::Kind;
use crate::error::{Problem, Result};
use crate::net::text::percent;

/// A repository on a forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub kind: Kind,
    /// The interface, without a `/` behind it: `https://api.github.com`.
    api: String,
    /// Parts of the repository's path, two or, on GitLab, more; without `.git`.
    project: Vec<String>,
    /// What passwords are kept for: the host of the pages, with a port where it has one.
    keeper: String,
}

/// What the address of a remote says.
struct Remote {
    /// In lower case, with the port of an http address; empty for a folder.
    host: String,
    path: Vec<String>,
}

impl Site {
    /// Exit code 2 where the forge cannot be told, with how to say it; `kind` and `api` are what a person says.
    pub fn of(remote: &str, kind: Option<&str>, api: Option<&str>) -> Result<Site> {
        let Remote { host, mut path } = Remote::read(remote);
        let kind = match kind {
            Some(word) => Kind::parse(word).ok_or_else(|| {
                Problem::usage(format!("`desk.forge` is \"{word}\", which is no forge that is known here"))
                    .hint(format!("one of {}", Kind::spellings().join(", ")))
            })?,
            None => kind_of(&host).ok_or_else(|| unknown(&host))?,
        };
        if host.is_empty() {
            // Of a folder, only the end is the repository's.
            path = path.split_off(path.len().saturating_sub(2));
        }
        let fits = match kind {
            Kind::Gitlab => path.len() >= 2,
            Kind::Github | Kind::Gitea | Kind::Forgejo => path.len() == 2,
        };
        if !fits || path.iter().any(|part| matches!(part.as_str(), "." | "..")) {
            return Err(Problem::usage(format!("the remote's address has no repository of {kind}, like OWNER/NAME"))
                .code("no_project")
                .hint(WITHOUT)
                .into());
        }
        let (api, keeper) = match api {
            Some(api) => told(api)?,
            None if host.is_empty() => return Err(unknown(&host).into()),
            None => (interface(kind, &host), host),
        };
        Ok(Site { kind, api, project: path, keeper })
    }

    /// The repository that is pushed to, where that is another one than this, which is at `url`: a fork. Both are on one
    /// forge, else exit code 2. The same path is the same repository, however it is reached.
    pub fn fork(&self, url: &str, push_url: &str) -> Result<Option<Site>> {
        if url == push_url {
            return Ok(None);
        }
        let fork = Site::of(push_url, Some(self.kind.as_str()), Some(&self.api))?;
        let (here, there) = (Remote::read(url).host, Remote::read(push_url).host);
        match (fork.whole().eq_ignore_ascii_case(&self.whole()), without_port(&here) == without_port(&there)) {
            (true, _) => Ok(None),
            (false, true) => Ok(Some(fork)),
            (false, false) => Err(Problem::usage(format!(
                "it is pushed to {} on another machine, and no pull request leads from there to {}",
                fork.whole(),
                self.whole()
            ))
            .code("other_forge")
            .hint("where is pushed to: git remote get-url --push NAME")
            .hint(WITHOUT)
            .into()),
        }
    }

    /// The address of the interface.
    pub fn interface(&self) -> &str {
        &self.api
    }

    /// Where the interface is, for people: the host with its port.
    pub fn host(&self) -> &str {
        let rest = self.api.split_once("://").map_or(self.api.as_str(), |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default()
    }

    /// What `git credential` is asked for: protocol and host.
    pub fn keeper(&self) -> (&str, &str) {
        (self.api.split_once("://").map_or("https", |(scheme, _)| scheme), &self.keeper)
    }

    pub fn owner(&self) -> &str {
        self.project.first().map_or("", String::as_str)
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.project.last().map_or("", String::as_str)
    }

    /// The path as people write it.
    pub fn whole(&self) -> String {
        self.project.join("/")
    }

    /// The address of a request; each part of the path is escaped, slashes too.
    pub(super) fn address(&self, path: &[String], query: &[(&'static str, String)]) -> String {
        let path: String = path.iter().map(|part| format!("/{}", percent(part))).collect();
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        format!("{}{path}{query}", self.api)
    }
}

const WITHOUT: &str = "without a pull request: git desk propose --no-pr -- …";

fn unknown(host: &str) -> Problem {
    let (message, hint) = match host {
        "" => (
            "the remote is a folder, and no forge is named".to_owned(),
            "git config desk.forge github     and where it is: git config desk.forge-api URL",
        ),
        host => (
            format!("which forge is {host}? its name does not tell"),
            "git config desk.forge github     or gitlab, gitea, forgejo",
        ),
    };
    Problem::usage(message).code("no_forge").hint(hint).hint(WITHOUT)
}

/// Told from the host's name: the public ones, and those that have the program's name in theirs.
fn kind_of(host: &str) -> Option<Kind> {
    let name = host.split(':').next().unwrap_or_default();
    if name == "codeberg.org" {
        return Some(Kind::Forgejo);
    }
    Kind::ALL.iter().copied().find(|kind| name.contains(kind.as_str()))
}

/// "Getting started with the REST API" of GitHub Docs, "Using the REST API" of GitHub Enterprise Server, "REST API" of
/// GitLab Docs, "API Usage" of Gitea's.
fn interface(kind: Kind, host: &str) -> String {
    match kind {
        Kind::Github if host == "github.com" => "https://api.github.com".to_owned(),
        Kind::Github => format!("https://{host}/api/v3"),
        Kind::Gitlab => format!("https://{host}/api/v4"),
        Kind::Gitea | Kind::Forgejo => format!("https://{host}/api/v1"),
    }
}

/// An interface that a person names, and the host that passwords for it are kept for.
fn told(api: &str) -> Result<(String, String)> {
    let refuse = |why: &str| {
        Problem::usage(format!("`desk.forge-api` is no address of a forge's interface: {why}"))
            .code("bad_url")
            .hint("git config desk.forge-api https://HOST/api/v4")
    };
    let url = Url::parse(api).map_err(|_| refuse("it is no URL"))?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("it has more than a host and a path").into());
    }
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(host) => {}
        _ => return Err(refuse("it is not https").into()),
    }
    let keeper = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    Ok((url.as_str().trim_end_matches('/').to_owned(), keeper))
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Whether an address is that of a page, and nothing else.
pub(super) fn is_page(url: &str) -> bool {
    let parsed = Url::parse(url).ok();
    let plain = !url.chars().any(|c| c.is_control() || c.is_whitespace());
    plain && parsed.is_some_and(|url| matches!(url.scheme(), "https" | "http") && url.username().is_empty())
}

impl Remote {
    fn read(address: &str) -> Remote {
        let (host, path) = match address.split_once("://") {
            Some(("file", path)) => (String::new(), path),
            Some((scheme, rest)) => {
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                let host = host.rsplit('@').next().unwrap_or_default();
                // The port of another protocol is not that of the pages.
                let port = matches!(scheme, "https" | "http");
                (if port { host } else { without_port(host) }.to_ascii_lowercase(), path)
            }
            None => match address.split_once(':').filter(|(host, _)| !host.contains('/')) {
                Some((host, path)) => (host.rsplit('@').next().unwrap_or_default().to_ascii_lowercase(), path),
                None => (String::new(), address),
            },
        };
        // Both have a second door for ssh.
        let host = match host.as_str() {
            "ssh.github.com" => "github.com".to_owned(),
            "altssh.gitlab.com" => "gitlab.com".to_owned(),
            _ => host,
        };
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        Remote { host, path: path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect() }
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}
