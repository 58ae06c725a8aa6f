//! The repository that a desk is shared through: which it is, what it had when it was last asked, fetch and push.
//!
//! The network is the user's own git's: its credentials, ssh configuration and proxies. It runs in a git folder of its
//! own, see `outpost`.

mod order;
mod outpost;
mod paths;
mod replant;
mod seen;
mod words;

use std::path::Path;

use super::address::Address;
use super::repository::Store;
use crate::error::{Problem, Result};
use crate::process;
pub use outpost::{Errand, Progress, Trouble};
pub use words::objects;

/// A repository and a branch of it that the desk's branch is shared through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Its name in git's configuration.
    pub name: String,
    /// Full name of the branch there.
    pub branch: String,
    pub url: Address,
    /// Where is pushed to.
    pub push_url: Address,
    /// `remote.NAME.proxy`, empty where there is none.
    proxy: String,
}

impl Remote {
    /// For people: `origin/main`.
    pub fn shown(&self) -> String {
        format!("{}/{}", self.name, self.branch_name())
    }

    /// Another branch of the same repository, by its full name.
    pub fn with_branch(&self, branch: String) -> Remote {
        Remote { branch, ..self.clone() }
    }

    /// The repository that is pushed to, which may be another one.
    pub fn where_pushed(&self) -> Remote {
        Remote { url: self.push_url.clone(), ..self.clone() }
    }

    /// The branch's name without `refs/heads/`.
    fn branch_name(&self) -> &str {
        let short = |name: &'static str| self.branch.strip_prefix(name);
        short("refs/heads/").or_else(|| short("refs/")).unwrap_or(&self.branch)
    }

    /// Where git keeps what the remote had.
    fn tracking(&self) -> String {
        format!("refs/remotes/{}/{}", self.name, self.branch_name())
    }

    /// The same as we have seen it, which no plain fetch moves.
    fn seen(&self) -> String {
        // A branch may have the name that was a folder of branches before; so each is one name.
        let plain = |name: &str| name.replace('%', "%25").replace('/', "%2f");
        format!("refs/desk/seen/{}/{}", plain(&self.name), plain(self.branch_name()))
    }
}

impl Store {
    /// The remote by that name; else that of `desk.remote`, of the branch (`branch.NAME.remote`), the only one there is,
    /// `origin`.
    ///
    /// Exit code 2 for a name or an address that git could take for something else, 3 when there is none.
    pub fn remote(&self, asked: Option<&str>) -> Result<Remote> {
        let name = match asked {
            Some(name) => name.to_owned(),
            None => self.remote_name()?,
        };
        if !is_plain(&name) {
            return Err(Problem::usage(format!("`{name}` is no name of a remote")).code("bad_remote").into());
        }
        let unknown = || {
            Problem::not_found(format!("there is no remote `{name}` here"))
                .code("no_remote")
                .hint("which there are: git remote -v")
                .candidates(self.remote_names())
        };
        let found = self.repo().find_remote(&name).map_err(|_| unknown())?;
        let url = found.url().ok().filter(|url| !url.is_empty()).ok_or_else(unknown)?;
        let push_url = found.pushurl().ok().flatten().unwrap_or(url);
        Ok(Remote {
            branch: self.branch_there(&name)?,
            url: self.address(&name, url)?,
            push_url: self.address(&name, push_url)?,
            proxy: self.setting(&format!("remote.{name}.proxy")).unwrap_or_default(),
            name,
        })
    }

    /// Whether there is a remote at all.
    pub fn has_remote(&self) -> bool {
        !self.remote_names().is_empty()
    }

    fn remote_names(&self) -> Vec<String> {
        let names = self.repo().remotes();
        let names = names.iter().flat_map(|names| names.iter());
        names.filter_map(|name| name.ok().flatten().map(str::to_owned)).collect()
    }

    fn remote_name(&self) -> Result<String> {
        let own = self.short_reference().and_then(|branch| self.setting(&format!("branch.{branch}.remote")));
        if let Some(name) = self.setting("desk.remote").or_else(|| own.filter(|name| name != ".")) {
            return Ok(name);
        }
        let names = self.remote_names();
        match names.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(Problem::not_found("this desk has no remote, so there is nobody to share it with")
                .code("no_remote")
                .hint("git remote add origin URL     then: git desk sync")
                .into()),
            several if several.iter().any(|name| name == "origin") => Ok("origin".to_owned()),
            several => Err(Problem::not_found(format!("there are {} remotes, and none is the desk's", several.len()))
                .code("no_remote")
                .hint(format!("choose one: git config desk.remote {}", several[0]))
                .candidates(several)
                .into()),
        }
    }

    /// The branch as git's configuration names it; `None` for a reference that is no branch.
    fn short_reference(&self) -> Option<&str> {
        self.reference().strip_prefix("refs/heads/")
    }

    /// The branch there that is this one: `branch.NAME.merge`, else that of the same name.
    fn branch_there(&self, remote: &str) -> Result<String> {
        let Some(branch) = self.short_reference() else { return Ok(self.reference().to_owned()) };
        let is_its = self.setting(&format!("branch.{branch}.remote")).as_deref() == Some(remote);
        let there = self.setting(&format!("branch.{branch}.merge")).filter(|_| is_its);
        let there = there.unwrap_or_else(|| self.reference().to_owned());
        match there.starts_with("refs/") && git2::Reference::is_valid_name(&there) {
            true => Ok(there),
            false => Err(Problem::usage(format!("`branch.{branch}.merge` is no name of a branch: {there}"))
                .code("bad_remote")
                .into()),
        }
    }

    /// Notes that the branch belongs to that of the remote, where nothing else is noted: for `git status` and `git push`.
    pub fn track(&self, remote: &Remote) -> Result<()> {
        let Some(branch) = self.short_reference() else { return Ok(()) };
        let setting = format!("branch.{branch}.remote");
        if self.setting(&setting).is_some() {
            return Ok(());
        }
        for (name, value) in [(setting, &remote.name), (format!("branch.{branch}.merge"), &remote.branch)] {
            if let Err(why) = process::done(process::git(self.git_dir()).args(["config", &name, value]), b"") {
                log::debug!("git config {name} {value}: {why}");
            }
        }
        Ok(())
    }

    fn address(&self, remote: &str, url: &str) -> Result<Address> {
        Address::parse(url, self.place()).map_err(|error| match error.downcast::<Problem>() {
            Ok(problem) => Problem { hints: vec![format!("git remote set-url {remote} URL")], ..problem }.into(),
            Err(error) => error,
        })
    }

    /// Where git reads relative paths from.
    fn place(&self) -> &Path {
        self.workdir().unwrap_or(self.git_dir())
    }
}

/// Whether a name can be nothing but a remote's.
fn is_plain(name: &str) -> bool {
    !name.starts_with('-')
        && git2::Remote::is_valid_name(name)
        && git2::Reference::is_valid_name(&format!("refs/remotes/{name}/x"))
        && !name.contains(['"', '\\'])
        && name.chars().all(|c| !c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_be_an_option_is_no_remote() {
        for good in ["origin", "team/hub", "hub-2", "büro"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in ["", "-u", "--upload-pack=touch x", "a b", "a\nb", "..", "x/../y", "x:y", "ext::sh -c x", "a\"b"] {
            assert!(!is_plain(bad), "{bad}");
        }
    }
}
